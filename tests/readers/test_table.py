import warnings

import pandas as pd
import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read

CSV = "call_id,turn,role,text\n007,1,agent,Hello.\n007,2,customer,Hi.\n"


def texts(call):
    return [turn.text for turn in call.turns]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(delimiter):
    call = read(CSV.replace(",", delimiter))
    assert (call.id, texts(call)) == ("007", ["Hello.", "Hi."])


def test_cells_with_line_breaks_quotes_and_delimiters():
    call = read('call_id,role,text\na,agent,"one, ""two""\nthree"\na,customer,four\n')
    assert texts(call) == ['one, "two"\nthree', "four"]
    crlf = read(b'call_id,role,text\r\na,agent,"one\r\ntwo"\r\na,customer,x\r\n')
    assert crlf.turns[0].text.splitlines() == ["one", "two"]


def test_excel_text_in_utf_16():
    data = CSV.replace(",", "\t").replace("Hello", "Grüezi").replace("\n", "\r\n").encode("utf-16")
    assert texts(read(data)) == ["Grüezi.", "Hi."]


def test_rows_of_several_calls_may_be_mixed():
    source = "chat_id,role,message\na,agent,1\nb,agent,2\na,customer,3\nc,agent,4\nb,customer,5\n"
    calls = list(iter_read(source))
    assert [(call.id, texts(call)) for call in calls] == [
        ("a", ["1", "3"]),
        ("b", ["2", "5"]),
        ("c", ["4"]),
    ]
    assert [turn.source_index for turn in calls[1].turns] == [1, 4]


def test_turn_numbers_decide_the_order():
    call = read("call_id,turn,role,text\na,10,agent,c\na,2,agent,b\na,1,agent,a\n")
    assert texts(call) == ["a", "b", "c"]
    assert [turn.source_index for turn in call.turns] == [2, 1, 0]


def test_turn_numbers_that_come_twice():
    call = read("call_id,turn,role,text\na,2,agent,c\na,1,agent,a\na,1,agent,b\n")
    assert texts(call) == ["a", "b", "c"]
    assert call.meta["warnings"] == ["turn numbers occur twice, so the table's order decides (1)"]


def test_turn_numbers_that_are_none():
    call = read("call_id,turn,role,text\na,2,agent,a\na,x,agent,b\na,,agent,c\n")
    assert texts(call) == ["a", "b", "c"]
    assert "no numbers" in call.meta["warnings"][0]


def test_no_column_says_who_speaks():
    call = read("call_id,text\na,Hello.\na,Hi.\n")
    assert {turn.role.value for turn in call.turns} == {"unknown"}
    assert call.meta["warnings"] == ["nobody is named as speaker, so the role is unknown (2 turns)"]


def test_columns_that_cannot_be_told_are_asked_for():
    source = "Vorgang,Wer,Was\n1,Agent,Hallo.\n1,Kunde,Guten Tag.\n"
    with pytest.raises(ReadError, match=r"the id and the text.*'Vorgang', 'Wer', 'Was'"):
        read(source)
    call = read(source, columns={"id": "Vorgang", "role": "Wer", "text": "Was"})
    assert (call.id, [turn.role.value for turn in call.turns]) == ("1", ["agent", "customer"])
    with pytest.raises(ReadError, match="unknown column 'Vorgan'; did you mean 'Vorgang'"):
        read(source, columns={"id": "Vorgan"})


def test_a_table_that_is_one_call():
    call = read("speaker,text\nagent,Hello.\ncustomer,Hi.\n", columns={"id": None})
    assert (call.id, len(call)) == (None, 2)


def test_a_column_that_numbers_the_rows_is_not_taken_for_calls():
    source = "id,role,text\n1,agent,Hello.\n2,customer,Hi.\n"
    with pytest.raises(ReadError, match="another id in each row"):
        list(iter_read(source))
    assert len(list(iter_read(source, columns={"id": "id"}))) == 2


def test_rows_without_an_id_cost_themselves():
    source = CSV + ",3,agent,Lost.\n,4,agent,Lost.\n"
    call, error = iter_read(source, on_error="yield")
    assert len(call) == 2
    assert str(error) == "line 4: no id in 2 rows; fill in the column 'call_id'"


def test_a_row_with_too_many_fields_costs_its_call():
    source = CSV + "8,1,agent,Hello, there\n9,1,agent,Hello\n"
    first, error, third = iter_read(source, on_error="yield")
    assert (first.id, third.id) == ("007", "9")
    assert str(error).startswith("line 4: 5 fields under 4 columns")


def test_a_quote_that_is_never_closed():
    with pytest.raises(ReadError, match=r"line 4: not well-formed as a table.*quote"):
        list(iter_read(CSV + '8,1,agent,"Hello\n9,1,agent,Hi\n'))


@pytest.mark.parametrize(
    ("header", "values", "expected"),
    [
        ("start", ["0.5", "2"], [0.5, 2.0]),
        ("start_ms", ["500", "2000"], [0.5, 2.0]),
        ("BeginOffsetMillis", ["500", "2000"], [0.5, 2.0]),
        ("start", ["00:00:05", "0:07"], [5.0, 7.0]),
        ("timestamp", ["2026-01-05 10:00:00", "2026-01-05T10:00:02.5"], [0.0, 2.5]),
        ("timestamp", ["2026-01-05T10:00:00Z", "2026-01-05T11:00:02+01:00"], [0.0, 2.0]),
        ("start", ["", "2"], [None, 2.0]),
        ("start", ["soon", "2"], [None, 2.0]),
    ],
)
def test_times(header, values, expected):
    rows = "".join(f"a,agent,x,{value}\n" for value in values)
    call = read(f"call_id,role,text,{header}\n{rows}")
    assert [turn.start for turn in call.turns] == expected


def test_data_frames():
    frame = pd.DataFrame(
        {
            "ticket": [7.0, 7.0, 8.0, None],
            "author": ["agent", None, "customer", "agent"],
            "body": ["Hello.", "Hi.", 4587, float("nan")],
            "created_at": pd.to_datetime(["2026-01-05 10:00", "2026-01-05 10:01", None, None]),
        }
    )
    first, second, error = iter_read(
        frame, columns={"id": "ticket", "text": "body", "speaker": "author"}, on_error="yield"
    )
    assert (first.id, second.id) == ("7", "8")
    assert [turn.role.value for turn in first.turns] == ["agent", "unknown"]
    assert [turn.start for turn in first.turns] == [0.0, 60.0]
    assert second.turns[0].text == "4587"
    assert "no id in 1 row" in str(error)


def test_parquet_in_memory(examples):
    assert [c.id for c in iter_read((examples / "calls.parquet").read_bytes())] == [
        "171",
        "172",
        "173",
    ]


def test_a_damaged_parquet_file(examples):
    with pytest.raises(ReadError, match="not a readable parquet file"):
        list(iter_read((examples / "calls.parquet").read_bytes()[:-50]))


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir, dear Madam,\nI write to you, with regret, about\nthe parcel, again.\n",
        "2026-01-05 10:00:00,INFO,started\n2026-01-05 10:00:01,INFO,stopped\n",
        "a,b\n",
    ],
)
def test_prose_and_logs_are_no_tables(text):
    with pytest.raises(UnknownFormatError):
        read(text)


def test_what_says_the_same_in_all_rows_is_about_the_call():
    call = read("call_id,role,text,queue,mood\na,agent,x,sales,calm\na,customer,y,sales,angry\n")
    assert call.meta == {"queue": "sales", "format": "table"}


def test_calls_come_as_soon_as_they_are_complete(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("call_id,role,text\n" + "".join(f"{i},agent,x\n" * 3 for i in range(5000)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calls = iter_read(path)
        assert [next(calls).id for _ in range(3)] == ["0", "1", "2"]
        assert sum(1 for _ in calls) == 4997
