import io
import json
import pathlib
import warnings

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import ReadWarning, iter_read, read
from callclf.transcript import Transcript

TEXT = "Agent: Hello.\nCustomer: Hi, my parcel is lost.\nAgent: Let me look.\n"


def record(id, text="Hello."):
    return {"id": id, "turns": [{"role": "agent", "text": text}]}


def lines(*records):
    return "".join(json.dumps(one) + "\n" for one in records)


class TestSources:
    def test_a_path_as_path_or_str(self, tmp_path):
        path = tmp_path / "call.txt"
        path.write_text(TEXT)
        assert len(read(path)) == len(read(str(path))) == 3

    def test_content_as_str_or_bytes(self):
        assert read(TEXT) == read(TEXT.encode()) == read(bytearray(TEXT, "utf-8"))

    def test_file_objects(self, tmp_path):
        path = tmp_path / "call.txt"
        path.write_text(TEXT)
        with path.open("rb") as binary, path.open() as text:
            assert read(binary) == read(text) == read(TEXT)
        assert read(io.StringIO(TEXT)) == read(io.BytesIO(TEXT.encode()))

    def test_a_file_object_that_gives_little_at_a_time(self):
        class Trickle(io.BytesIO):
            def read(self, size=-1, /):
                return super().read(min(size, 7) if size > 0 else size)

        data = lines(*(record(str(i)) for i in range(3000)))
        assert sum(1 for _ in iter_read(Trickle(data.encode()))) == 3000
        csv = "call_id,role,text\n" + "a,agent,hello\n" * 9000
        assert len(read(Trickle(csv.encode()))) == 9000

    def test_parsed_json(self):
        assert read(record("a")).id == "a"
        assert [call.id for call in iter_read([record("a"), record("b")])] == ["a", "b"]

    def test_something_else(self):
        with pytest.raises(ReadError, match="cannot read a int; pass a path"):
            read(7)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(ReadError, match=r"nowhere\.txt: there is no such file"):
            read(tmp_path / "nowhere.txt")
        with pytest.raises(ReadError, match="without a line break is taken as a path"):
            read("Agent: Hello.")

    @pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
    def test_a_str_that_can_be_no_path(self, name):
        with pytest.raises(ReadError, match="cannot be opened"):
            read(name)

    def test_over_the_size_limit(self):
        with pytest.raises(ReadError, match=r"more than 20 bytes.*max_bytes"):
            read(TEXT, max_bytes=20)
        with pytest.raises(ReadError, match="more than 20 bytes"):
            read(json.dumps(record("a"), indent=1), max_bytes=20)
        many = lines(*(record(str(i)) for i in range(100)))
        assert sum(1 for _ in iter_read(many, max_bytes=100)) == 100

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"speakers": {"a": "agnet"}}, r"speakers\['a'\]: unknown role 'agnet'; did you mean"),
            ({"speakers": ["a"]}, "speakers must map"),
            ({"speakers": {"Jo": "agent", "jo": "customer"}}, "given twice"),
            ({"columns": {"texts": "a"}}, "unknown field in columns 'texts'; did you mean 'text'"),
            ({"encoding": "utf-9"}, "unknown encoding 'utf-9'"),
            ({"max_bytes": 0}, "at least 1"),
        ],
    )
    def test_options_are_checked_at_once(self, options, message):
        with pytest.raises(ReadError, match=message):
            iter_read(TEXT, **options)


class TestBytes:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le-bom", "utf-16-be-bom"]
    )
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_marked_encodings(self, encoding, end):
        text = TEXT.replace("Hello", "Grüezi ☎").replace("\n", end)
        name = encoding.removesuffix("-bom")
        data = ("\ufeff" + text if name != encoding else text).encode(name)
        assert read(data).turns[0].text == "Grüezi ☎."

    def test_unmarked_windows_text_needs_its_encoding(self):
        data = "Agent: I\u2019ll look.\nCustomer: Thanks.\nAgent: Bye.\n".encode("cp1252")
        with pytest.raises(ReadError, match=r"line 1: byte 0x92 is not utf-8.*encoding='cp1252'"):
            read(data)
        assert read(data, encoding="cp1252").turns[0].text == "I\u2019ll look."

    def test_nul_bytes(self):
        with pytest.raises(ReadError, match="line 2: NUL bytes"):
            read(b"Agent: Hello.\nCustomer: Hi\0.\nAgent: Bye.\n")
        with pytest.raises(ReadError, match="encoding='utf-16-le'"):
            read(TEXT.encode("utf-16-le"))
        assert len(read(TEXT.encode("utf-16-le"), encoding="utf-16-le")) == 3

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "not utf-8|NUL bytes"),
            (b"\x1f\x8b\x08\x00rest", "gzip-compressed"),
            (b"PK\x03\x04rest", "Excel workbook"),
            (b"%PDF-1.7", "PDF document"),
            (b"PAR1 but no parquet", "not a readable parquet file"),
            (bytes(range(256)) * 10, "NUL bytes|not utf-8"),
            (b"", "is empty"),
        ],
    )
    def test_no_text_at_all(self, data, message):
        with pytest.raises(ReadError, match=message):
            read(data)

    def test_nothing_but_blanks(self):
        with pytest.raises(UnknownFormatError):
            read(b" \n\n ")


class TestJson:
    def test_truncated_json_names_line_and_column(self, tmp_path):
        path = tmp_path / "call.json"
        path.write_text(json.dumps(record("a"), indent=2)[:-20])
        with pytest.raises(ReadError, match=r"call\.json: line \d, column \d+: not valid JSON"):
            read(path)

    def test_json_that_is_not_quite_json_is_not_mended(self):
        with pytest.raises(ReadError, match="line 2, column 1: not valid JSON: Expecting"):
            read('{"turns": [],\n// more\n}\n')
        with pytest.raises(ReadError, match="line 3, column 2: not valid JSON: Extra data"):
            read('{\n"turns": []\n}}\n')

    def test_a_pretty_printed_document_is_one_document(self):
        for indent in (None, 0, 1, 4):
            assert read(json.dumps(record("a"), indent=indent).encode()).id == "a"
        listed = "[\n" + json.dumps(record("a")) + ",\n" + json.dumps(record("b")) + "\n]\n"
        assert [call.id for call in iter_read(listed)] == ["a", "b"]
        one = "[\n" + json.dumps(record("a")) + "\n]\n"
        assert [call.id for call in iter_read(one)] == ["a"]

    def test_one_line_of_json_with_blank_lines_is_one_document(self):
        assert read("\n\n" + json.dumps(record("a")) + "\n\n\n").id == "a"

    def test_text_in_brackets_is_not_json(self):
        assert len(read("[00:01] Agent: Hello.\n[00:02] Customer: Hi.\n")) == 2

    def test_deep_nesting(self):
        with pytest.raises(ReadError):
            read(b"[" * 200_000)
        with pytest.raises(ReadError):
            read(b'{"turns": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")

    def test_numbers_of_many_digits(self):
        with pytest.raises(ReadError, match="not valid JSON"):
            read(b'{"id": ' + b"9" * 5000 + b', "turns": []}')

    def test_each_line_of_any_json_format(self):
        chats = [
            {"id": i, "messages": [{"role": "user", "content": "hi"}]} for i in ("a", "b", "c")
        ]
        assert [call.id for call in iter_read(lines(*chats))] == ["a", "b", "c"]
        bare = [one["messages"] for one in chats]
        assert [len(call) for call in iter_read(lines(*bare))] == [1, 1, 1]

    def test_a_line_separator_within_a_string_ends_no_line(self):
        data = json.dumps(record("a", "one\u2028two\x85three"), ensure_ascii=False) + "\n"
        assert [c.turns[0].text for c in iter_read(data * 1 + lines(record("b")))] == [
            "one\u2028two\x85three",
            "Hello.",
        ]

    @pytest.mark.parametrize("bad", [0, 1, 500, 999])
    @pytest.mark.parametrize(
        "damage",
        [
            lambda line: line[: len(line) // 2],
            lambda line: line[:-3] + "\n",
            lambda line: '{"foo": 1}',
            lambda line: "null",
            lambda line: line.replace("agent", "nobody at all"),
        ],
    )
    def test_one_bad_line_of_a_thousand_costs_that_line(self, bad, damage):
        records = [json.dumps(record(str(i))) for i in range(1000)]
        records[bad] = damage(records[bad]).strip()
        results = list(iter_read("\n".join(records), on_error="yield"))
        assert len(results) == 1000
        error = results.pop(bad)
        assert isinstance(error, ReadError)
        assert error.where.split(",")[0] == f"line {bad + 1}"
        assert [call.id for call in results] == [str(i) for i in range(1000) if i != bad]

    def test_a_byte_that_does_not_decode_costs_its_line(self):
        data = lines(record("a"), record("b")).encode() + b'{"turns": "\x92"}\n'
        first, second, error = iter_read(data, on_error="yield")
        assert (first.id, second.id, error.where) == ("a", "b", "line 3")

    def test_lines_of_no_known_format(self):
        with pytest.raises(UnknownFormatError, match="line 1: JSON object with the keys 'foo'"):
            list(iter_read('{"foo": 1}\n' * 1000))

    def test_a_bad_element_of_a_list_is_named_by_its_path(self):
        bad = record("c")
        bad["turns"][0]["role"] = None
        results = list(iter_read([record("a"), record("b"), bad], on_error="yield"))
        assert str(results[2]) == "[2]: turns[0]: a turn needs a 'role', as a string"


class TestOnError:
    SOURCE = lines(record("a")) + "{broken\n" + lines(record("b"))

    def test_warn_is_the_default(self):
        with pytest.warns(ReadWarning, match="line 2, column 2: not valid JSON"):
            assert [call.id for call in iter_read(self.SOURCE)] == ["a", "b"]

    def test_raise(self):
        results = iter_read(self.SOURCE, on_error="raise")
        assert next(results).id == "a"
        with pytest.raises(ReadError, match="line 2"):
            next(results)

    def test_yield(self):
        kinds = [type(result) for result in iter_read(self.SOURCE, on_error="yield")]
        assert kinds == [Transcript, ReadError, Transcript]

    def test_something_else(self):
        with pytest.raises(ReadError, match="unknown on_error 'ignore'"):
            iter_read(self.SOURCE, on_error="ignore")

    def test_a_source_that_cannot_be_read_at_all_always_raises(self):
        for on_error in ("warn", "raise", "yield"):
            with pytest.raises(ReadError):
                list(iter_read("{broken\n", on_error=on_error))


class TestOneCall:
    def test_several(self):
        with pytest.raises(ReadError, match=r"expected one call, found 3; iter_read\(\)"):
            read(lines(record("a"), record("b"), record("c")))

    def test_none(self):
        with pytest.raises(ReadError, match="expected one call, found none"):
            read("call_id,role,text\n", "table")

    def test_an_id_of_the_callers_own(self):
        assert read(record("a"), id="b").id == "b"
        assert read(TEXT, id="b").id == "b"


class TestIds:
    def test_an_id_that_comes_again_is_an_error(self):
        source = lines(record("a"), record("x"), record("b"), record("x"), record("x"))
        results = list(iter_read(source, on_error="yield"))
        assert [getattr(result, "id", None) for result in results] == ["a", "x", "b", None, None]
        assert str(results[3]).startswith("line 4: id 'x' was already used in line 2; ")

    def test_numbers_become_strings_and_none_may_repeat(self):
        source = lines(record(7), record("007"), record(None), record(None), record(7.0))
        results = list(iter_read(source, on_error="yield"))
        assert [getattr(result, "id", "error") for result in results] == [
            "7",
            "007",
            None,
            None,
            "error",
        ]


class TestFolders:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "in" / "sub").mkdir(parents=True)
        (tmp_path / "in" / ".git").mkdir()
        (tmp_path / "in" / "b.txt").write_text(TEXT)
        (tmp_path / "in" / "a.jsonl").write_text(lines(record("x"), record(None), record(None)))
        (tmp_path / "in" / "sub" / "b.txt").write_text(TEXT)
        (tmp_path / "in" / ".hidden.txt").write_text(TEXT)
        (tmp_path / "in" / ".git" / "c.txt").write_text(TEXT)
        (tmp_path / "out.txt").write_text(TEXT)
        return tmp_path / "in"

    def test_every_file_in_order_named_by_its_path(self, folder):
        ids = [call.id for call in iter_read(folder)]
        assert ids == ["x", "a.jsonl#2", "a.jsonl#3", "b.txt", "sub/b.txt"]
        assert [call.id for call in iter_read(str(folder))] == ids

    def test_links_are_not_followed_out_of_the_folder(self, folder):
        try:
            (folder / "link.txt").symlink_to(folder.parent / "out.txt")
            (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
        except OSError:
            pytest.skip("this system does not allow links")
        assert sum(1 for _ in iter_read(folder)) == 5

    def test_a_file_that_cannot_be_read_costs_that_file(self, folder):
        (folder / "c.bin").write_bytes(b"\0\1\2")
        with pytest.warns(ReadWarning, match=r"c\.bin: line 1: NUL bytes"):
            assert sum(1 for _ in iter_read(folder)) == 5

    def test_ids_are_compared_across_files(self, folder):
        (folder / "d.jsonl").write_text(lines(record("x"), record("y")))
        results = list(iter_read(folder, on_error="yield"))
        errors = [str(result) for result in results if isinstance(result, ReadError)]
        assert len(errors) == 1
        assert "d.jsonl, line 1: id 'x' was already used in a.jsonl, line 1" in errors[0]


class TestMuch:
    def test_a_turn_of_ten_megabytes(self):
        words = "word " * 2_000_000
        for source in (
            json.dumps(record("a", words)).encode(),
            f"Agent: Hello.\nCustomer: {words}\n",
            f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>{words}\n",
            f"1\n00:00:01,000 --> 00:00:02,000\nAgent: {words}\n",
        ):
            assert max(len(turn.text) for turn in read(source).turns) >= len(words) - 1

    def test_a_call_of_fifty_thousand_turns(self):
        turns = [{"role": "agent", "text": "yes"}, {"role": "customer", "text": "no"}] * 25_000
        assert len(read({"turns": turns})) == 50_000
        assert len(read("Agent: yes\nCustomer: no\n" * 25_000)) == 50_000

    def test_lines_are_streamed(self, tmp_path):
        path = tmp_path / "calls.jsonl"
        with path.open("w") as file:
            for i in range(2000):
                file.write(json.dumps(record(str(i), "x" * 1000)) + "\n")
            file.write("{broken\n")
        calls = iter_read(path, max_bytes=5000, on_error="raise")
        assert [next(calls).id for _ in range(2000)] == [str(i) for i in range(2000)]
        with pytest.raises(ReadError, match="line 2001"):
            next(calls)


def test_reading_warns_of_nothing_else_and_leaves_no_file_open(tmp_path):
    path = pathlib.Path(tmp_path / "calls.jsonl")
    path.write_text(lines(record("a"), record("b")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calls = iter_read(path)
        next(calls)
        calls.close()
        path.unlink()
