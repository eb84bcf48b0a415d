"""Limits on size and nesting, archives, and links out of a folder."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile

import pytest

from callclf.errors import ReadError
from callclf.readers import ReadOptions, iter_read, read
from callclf.readers.json_text import Document, open_json
from callclf.readers.sources import open_stream

CALL = {
    "turns": [{"role": "customer", "text": "Hello?"}, {"role": "agent", "text": "Good morning."}]
}
TEXT = json.dumps(CALL).encode()


def archived(how):
    data = io.BytesIO()
    if how == "zip":
        with zipfile.ZipFile(data, "w") as file:
            file.writestr("call.json", TEXT)
    elif how == "empty zip":
        zipfile.ZipFile(data, "w").close()
    else:
        with tarfile.open(fileobj=data, mode="w") as file:
            info = tarfile.TarInfo("call.json")
            info.size = len(TEXT)
            file.addfile(info, io.BytesIO(TEXT))
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gzip.compress(TEXT), "gzip-compressed; unpack it"),
        (bz2.compress(TEXT), "bzip2-compressed; unpack it"),
        (lzma.compress(TEXT), "xz-compressed; unpack it"),
        (archived("zip"), "a zip archive or an Excel workbook; unpack it"),
        (archived("empty zip"), "an empty zip archive"),
        (archived("tar"), "an archive; unpack it"),
    ],
)
def test_archives_are_named_and_never_unpacked(tmp_path, content, problem):
    path = tmp_path / "call.json"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=problem) as error:
        read(path)
    assert "call.json" in str(error.value)


def test_the_way_that_the_message_names_works():
    with gzip.open(io.BytesIO(gzip.compress(TEXT + b"\n"))) as file:
        assert len(read(file)) == 2


@pytest.mark.parametrize(
    "source",
    [TEXT, b"Agent: Hello.\nCustomer: Hi.\nAgent: Good morning to you, how can I help?\n"],
)
def test_the_size_limit_can_be_set_and_is_in_the_message(source):
    with pytest.raises(ReadError, match=r"more than 20 bytes.*max_bytes"):
        read(source, max_bytes=20)
    assert read(source, max_bytes=len(source))


def test_in_json_lines_the_limit_is_for_one_line():
    lines = b"\n".join([TEXT] * 3 + [b'{"turns": [], "x": "' + b"x" * 500 + b'"}'] + [TEXT])
    with pytest.raises(ReadError, match="more than 300 bytes"):
        list(iter_read(lines, max_bytes=300))
    assert len(list(iter_read(b"\n".join([TEXT] * 100), max_bytes=300))) == 100


def nested(depth):
    return b'{"turns": [], "x": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


def parsed(data, **options):
    with open_stream(data, ReadOptions(**options)) as stream:
        return open_json(stream)


def test_the_nesting_limit_can_be_set_and_is_in_the_message():
    assert isinstance(parsed(nested(100)), Document)
    with pytest.raises(ReadError, match=r"nested more than 100 deep.*max_depth"):
        parsed(nested(101))
    assert isinstance(parsed(nested(150), max_depth=150), Document)
    with pytest.raises(ReadError, match="nested more than 5 deep"):
        parsed(nested(6), max_depth=5)


def test_wide_json_is_not_deep():
    wide = b'{"turns": [], "x": [' + b"[],{}," * 1000 + b"[]]}"
    assert isinstance(parsed(wide), Document)


def test_nesting_that_would_end_the_interpreter_is_an_error():
    for data in (b"[" * 200_000, b'{"a":' * 200_000, nested(200_000)):
        with pytest.raises(ReadError, match="nested"):
            read(data)


def test_deep_lines_cost_only_themselves():
    first, second, third = iter_read(
        b"\n".join([TEXT, nested(5000), TEXT.replace(b"Hello", b"Hi")]), on_error="yield"
    )
    assert len(first) == len(third) == 2
    assert isinstance(second, ReadError) and "line 2" in str(second)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "10"])
@pytest.mark.parametrize("name", ["max_bytes", "max_depth"])
def test_a_limit_that_is_none_is_refused(name, value):
    with pytest.raises(ReadError, match=f"{name} must be a whole number, at least 1"):
        ReadOptions(**{name: value})


def test_links_are_not_followed_out_of_a_folder(tmp_path):
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    for folder in (outside, inside, inside / "deep"):
        folder.mkdir()
    (outside / "secret.json").write_bytes(TEXT)
    (inside / "call.json").write_bytes(TEXT)
    (inside / "file-link.json").symlink_to(outside / "secret.json")
    (inside / "folder-link").symlink_to(outside, target_is_directory=True)
    (inside / "round").symlink_to(inside, target_is_directory=True)
    (inside / "gone.json").symlink_to(outside / "missing.json")
    (inside / "deep" / "same.json").symlink_to(inside / "call.json")
    assert [call.id for call in iter_read(inside)] == ["call.json", "deep/same.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_in_a_folder_are_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "call.json").write_bytes(TEXT)
    assert [call.id for call in iter_read(tmp_path)] == ["call.json"]
