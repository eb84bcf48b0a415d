"""Inputs with which fuzzing once brought out something else than our own exceptions."""

import pytest

from callclf.errors import ReadError
from callclf.readers import formats, iter_read


@pytest.mark.parametrize("reader", formats(), ids=lambda reader: reader.name)
@pytest.mark.parametrize("content", [b" ", b"\n\n", b"\xef\xbb\xbf", b"\t\n "])
def test_blank_content_read_as_a_named_format(reader, content):
    with pytest.raises(ReadError):
        list(iter_read(content, reader.name, on_error="yield"))
