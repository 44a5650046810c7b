"""What cannot be read is named by file, line (or row) and column, and never by its value."""

import gzip
import io
import itertools
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foreign import PACKED, PLAIN, encode, pack, parquet, save
from narrowgate.engine import text
from narrowgate.engine.read import read_table
from narrowgate.engine.text import Text, line_at
from narrowgate.engine.unpack import Limits, ReadFault

COLUMNS = ("id", "name", "tin")
MARK = "MARKED7731"
ROWS: list[dict[str, str | None]] = [
    {"id": f"{number}", "name": MARK, "tin": "012345678"} for number in range(400)
]
SMALL = Limits(record_bytes=1 << 12, columns=10)


def fault(path: Path, limits: Limits | None = None) -> ReadFault:
    with pytest.raises(ReadFault) as caught:
        read_table(path, COLUMNS, required=["id"], digits=["tin"], limits=limits)
    error = caught.value
    assert MARK not in str(error)
    assert error.place.startswith(path.name)
    assert error.fault
    return error


CSV = {
    "ragged short": (b"id,name\n1,a\n2\n3,c\n", "unreadable", "line 3"),
    "ragged long": (b"id,name\n1,a\n2,b,c\n", "unreadable", "line 3"),
    "ragged behind a field of two lines": (
        b'id,name\r\n1,"a\r\nb"\r\n\r\n2\r\n', "unreadable", "line 5"),
    "ragged, old line ends": (b"id,name\r1,a\r2\r", "unreadable", "line 3"),
    "cut off in a quote": (b'id,name\n1,a\n2,"' + MARK.encode(), "unreadable", "line 3"),
    "cut off in a quote, lines behind": (b'id,name\n1,"a\n2,b\n3,c\n', "unreadable", "line 2"),
    "quote in a plain field": (b'id,name\n1,5" pipe\n2,6" pipe\n', "unreadable", "line 2"),
    "text behind a quote": (b'id,name\n1,"a" b\n', "unreadable", "line 2"),
    "text behind a quote at a line's end": (b'id,name\n1,"a"\n2,"b"c\n', "unreadable", "line 3"),
    "NUL byte": (b"id,name\n1,a\n2,\0\n", "unreadable", "line 3"),
    "not UTF-8": (b"id,name\n1,a\n2,\xe9t\xe9\n", "unreadable", "line 3"),
    "UTF-8 cut off": (b"id,name\n1,a\n2,\xc3", "unreadable", "line 3"),
    "surrogates": (b"id,name\n1,\xed\xa0\x80\n", "unreadable", "line 2"),
    "UTF-16": ("id,name\n1,a\n".encode("utf-16"), "unreadable", "line 1"),
    "UTF-16 without its mark": ("id,name\n1,a\n".encode("utf-16-le"), "unreadable", "line 1"),
    "unknown column": (b"id,phone\n1,2\n", "column_unknown", "line 1"),
    "missing column": (b"name\nx\n", "column_missing", "line 1"),
    "column twice": (b"id,name,id\n1,a,1\n", "unreadable", "line 1"),
    "space in a column's name": (b"id, name\n1,a\n", "column_unknown", "line 1"),
    "semicolons": (b"id;name;tin\n1;a;2\n", "unreadable", "line 1"),
    "tabs": (b"id\tname\n1\ta\n", "unreadable", "line 1"),
    "no header": (b"\nid,name\n1,a\n", "unreadable", "line 1"),
    "JSON": (b'{"id":"1"}\n', "unreadable", "line 1"),
    "eleven columns": (b",".join([b"id"] * 11) + b"\n", "unreadable", "line 1"),
    "a million columns": (
        b",".join(b"c%d" % number for number in range(1_000_000)), "unreadable", "line 1"),
    "a header without end": (b"x" * (2 << 20), "unreadable", "line 1"),
    "a field too long": (b"id,name\n1,a\n2," + b"x" * 200_000 + b"\n", "unreadable", "line 3"),
    "a record too long": (b"id,name\n1,a\n2," + b"x" * 9000 + b"\n", "unreadable", ""),
    "empty": (b"", "empty", ""),
    "a byte order mark alone": (b"\xef\xbb\xbf", "empty", ""),
    "blank": (b"\n \r\n", "empty", ""),
    "header only": (b"id,name\n", "empty", ""),
    "header only, no line end": (b"id,name", "empty", ""),
}  # fmt: skip

JSONL = {
    "not JSON": (b'{"id":"1"}\n{"id":\n', "unreadable", "line 2"),
    "cut off": (b'{"id":"1"}\n\n{"id":"2","na', "unreadable", "line 3"),
    "a list": (b'{"id":"1"}\n["2"]\n', "unreadable", "line 2"),
    "one array": (b'[{"id":"1"},\n{"id":"2"}]', "unreadable", "line 1"),
    "a null record": (b'{"id":"1"}\nnull\n', "unreadable", "line 2"),
    "a null record first": (b"null\n", "unreadable", "line 1"),
    "a null behind a record": (b'{"id":"1"} null\n', "unreadable", "line 1"),
    "two records on a line": (b'{"id":"1"}{"id":"2"}\n', "unreadable", "line 1"),
    "a record on two lines": (b'{"id":"1"}\n{"id":\n"2"}\n', "unreadable", "line 2"),
    "member twice": (b'{"id":"1"}\n{"id":"1","id":"2"}\n', "unreadable", "line 2"),
    "unknown member": (b'{"id":"1"}\n{"id":"2","phone":"3"}\n', "column_unknown", "line 2"),
    "missing member": (b'{"name":"x"}\n', "column_missing", ""),
    "a fraction": (b'{"id":"1"}\n{"id":1.5}\n', "column_type", "line 2, column id"),
    "an exponent": (b'{"id":1e3}\n', "column_type", "line 1, column id"),
    "true": (b'{"id":true}\n', "column_type", "line 1, column id"),
    "nested list": (b'{"id":["1"]}\n', "column_type", "line 1, column id"),
    "nested object": (b'{"id":"1","name":{"a":"b"}}\n', "column_type", "line 1, column name"),
    "a number that lost its zero": (b'{"id":1,"tin":12345678}\n', "column_type",
                                    "line 1, column tin"),
    "not a number": (b'{"id":NaN}\n', "unreadable", "line 1"),
    "an escaped NUL": (b'{"id":"1"}\n{"id":"\\u0000"}\n', "unreadable", "line 2, column id"),
    "half a surrogate pair": (b'{"id":"\\ud800"}\n', "unreadable", "line 1, column id"),
    "a tab in a text": (b'{"id":"a\tb"}\n', "unreadable", "line 1"),
    "NUL byte": (b'{"id":"1"}\n{"id":"\0"}\n', "unreadable", "line 2"),
    "not UTF-8": (b'{"id":"1"}\n{"id":"\xff"}\n', "unreadable", "line 2"),
    "UTF-16": ('{"id":"1"}\n'.encode("utf-16"), "unreadable", "line 1"),
    "nested without end": (b'{"id":' + b"[" * 100_000, "unreadable", "line 1"),
    "unknown and nested without end": (b'{"x":' + b"[" * 4000 + b"]" * 4000 + b"}", "unreadable",
                                       "line 1"),
    "a million members": (
        b"{" + b",".join(b'"c%d":"1"' % number for number in range(1_000_000)) + b"}",
        "unreadable", "line 1"),
    "a line too long": (b'{"id":"1"}\n{"id":"' + b"x" * (9 << 20) + b'"}\n', "unreadable",
                        "line 2"),
    "CSV": (b"id,name\n1,a\n", "unreadable", "line 1"),
    "empty": (b"", "empty", ""),
    "blank": (b"\n\n", "empty", ""),
}  # fmt: skip

PARQUET = {
    "CSV": (b"id,name\n1,a\n", "unreadable", ""),
    "four letters": (b"PAR1", "unreadable", ""),
    "cut short": (encode(ROWS, "parquet")[:-40], "unreadable", ""),
    "encrypted": (b"PARE" + b"\0" * 40, "unreadable", ""),
    "empty": (b"", "empty", ""),
    "no records": (encode(ROWS[:1], "parquet") and parquet(id=pa.array([], pa.string())),
                   "empty", ""),
    "no columns": (parquet(), "column_missing", ""),
    "unknown column": (parquet(id=pa.array(["1"]), phone=pa.array(["2"])), "column_unknown", ""),
    "missing column": (parquet(name=pa.array(["1"])), "column_missing", ""),
    "fractions": (parquet(id=pa.array([None, None, 1.5])), "column_type", "row 3, column id"),
    "decimals": (parquet(id=pa.array([None, 5]).cast(pa.decimal128(21, 2))), "column_type",
                 "row 2, column id"),
    "booleans": (parquet(id=pa.array([None, True])), "column_type", "row 2, column id"),
    "bytes": (parquet(id=pa.array([b"1"])), "column_type", "row 1, column id"),
    "fixed bytes": (parquet(id=pa.array([b"1"], pa.binary(1))), "column_type", "row 1, column id"),
    "lists": (parquet(id=pa.array([["1"]])), "column_type", "row 1, column id"),
    "structs": (parquet(id=pa.array([{"a": "1"}])), "column_type", "row 1, column id"),
    "maps": (parquet(id=pa.array([[("a", "1")]], pa.map_(pa.string(), pa.string()))),
             "column_type", "row 1, column id"),
    "numbers that lost a zero": (
        parquet(id=pa.array([1, 2]), tin=pa.array([None, 12345678])), "column_type",
        "row 2, column tin"),
    "NUL": (parquet(id=pa.array(["1", None, "\0"])), "unreadable", "row 3, column id"),
    "eleven columns": (parquet(**{f"c{n}": pa.array(["1"]) for n in range(11)}), "unreadable", ""),
}  # fmt: skip

BAD = {"csv": CSV, "jsonl": JSONL, "parquet": PARQUET}


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, table in BAD.items() for name in table]
)
def test_each_fault_is_told_at_its_place(tmp_path: Path, kind: str, name: str, ending: str) -> None:
    data, expected, where = BAD[kind][name]
    path = save(tmp_path, f"r.{kind}{ending}", pack(data, ending))
    found = fault(path, SMALL)
    assert found.fault_kind == expected
    assert found.place == f"{path.name} {where}".strip()


def test_text_that_is_not_utf_8_in_parquet(tmp_path: Path) -> None:
    offsets = pa.py_buffer(pa.array([0, 1, 2, 4], pa.int32()).buffers()[1])
    words = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"ab\xff\xfe")])
    found = fault(save(tmp_path, "r.parquet", parquet(id=words)))
    assert found.place == "r.parquet row 3, column id"


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize("kind", PLAIN)
def test_a_packed_file_cut_short(tmp_path: Path, kind: str, ending: str) -> None:
    data = pack(encode(ROWS, kind), ending)
    found = fault(save(tmp_path, f"r.{kind}{ending}", data[: len(data) * 2 // 3]))
    assert found.fault_kind == "unreadable"


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_packed_file_with_a_bit_changed(tmp_path: Path, ending: str) -> None:
    data = bytearray(pack(encode(ROWS, "csv"), ending))
    data[-3] ^= 1  # in the checksum of gzip; zstd as written here has none, so into its block
    if ending == ".zst":
        data[len(data) // 2] ^= 0xFF
    found = fault(save(tmp_path, f"r.csv{ending}", bytes(data)))
    assert found.fault_kind == "unreadable"


def test_behind_a_packed_file_stands_something_else(tmp_path: Path) -> None:
    data = pack(encode(ROWS, "csv"), ".gz") + b"and more"
    assert fault(save(tmp_path, "r.csv.gz", data)).fault_kind == "unreadable"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("r.csv.gz", encode(ROWS, "csv")),
        ("r.csv.zst", pack(encode(ROWS, "csv"), ".gz")),
        ("r.csv", encode(ROWS, "parquet")),
        ("r.jsonl", encode(ROWS, "csv")),
        ("r.parquet", encode(ROWS, "jsonl")),
        ("r.csv", b"PK\x03\x04" + bytes(60)),
        ("r.csv", b"BZh91AY"),
        ("r.xlsx", b"PK\x03\x04"),
        ("r.csv.gz", pack(pack(encode(ROWS, "csv"), ".gz"), ".gz")),
        ("records", encode(ROWS, "csv")),
    ],
)
def test_a_file_that_is_not_what_its_ending_says(tmp_path: Path, name: str, data: bytes) -> None:
    assert fault(save(tmp_path, name, data)).fault_kind == "unreadable"


def test_no_file_and_no_plain_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ReadFault):
            read_table(path, COLUMNS)


@pytest.mark.parametrize("kind", PLAIN)
def test_damage_anywhere_is_a_fault_or_changes_nothing_unseen(tmp_path: Path, kind: str) -> None:
    """A byte changed in every place in turn: either it is told, or the table is still a table."""
    data = encode(ROWS[:3], kind)
    for position, changed in zip(range(len(data)), itertools.cycle((0x00, 0xFF)), strict=False):
        broken = bytearray(data)
        broken[position] = changed
        path = save(tmp_path, f"r.{kind}", bytes(broken))
        told = ""
        try:
            read_table(path, COLUMNS, required=["id"])[0].validate(full=True)
        except ReadFault as error:
            told = str(error)
        assert MARK not in told


def test_a_page_whose_checksum_is_wrong(tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"id": [MARK] * 9}), sink, compression="none", use_dictionary=False,
                   write_page_checksum=True)  # fmt: skip
    before, value, after = sink.getvalue().partition(MARK.encode() + b"\x0a\0\0\0")
    data = before + value.swapcase() + after
    assert fault(save(tmp_path, "r.parquet", data)).fault_kind == "unreadable"


def test_an_encoding_that_cannot_be_bounded(tmp_path: Path) -> None:
    sink = io.BytesIO()
    table = pa.table({"id": ["x" * 900] * 100})
    pq.write_table(table, sink, use_dictionary=False, column_encoding={"id": "DELTA_BYTE_ARRAY"})
    # Told of the file, from its page headers: Arrow has not been asked to decode it.
    assert fault(save(tmp_path, "r.parquet", sink.getvalue())).place == "r.parquet"


def test_a_footer_that_claims_another_number_of_rows(tmp_path: Path) -> None:
    data = encode(ROWS[:40], "parquet")
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    claimed = data[footer:].replace(b"\x16\x50", b"\x16\x52", 1)  # num_rows: 40, zigzag; 41
    assert fault(save(tmp_path, "r.parquet", data[:footer] + claimed)).place == "r.parquet"


@given(st.text(st.sampled_from('a,"\n\r'), max_size=12), st.integers(1, 4))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_quotes_are_judged_the_same_in_pieces_of_any_size(
    tmp_path: Path, body: str, piece: int
) -> None:
    path = save(tmp_path, "r.csv", b"id\n" + body.encode())

    def place(size: int) -> str:
        with Text(path, Limits(), quoted=True) as watched:
            try:
                while watched.read(size):
                    pass
            except ReadFault as error:
                return error.place
        return ""

    assert place(piece) == place(1 << 20)
    fields = r'(?:"(?:[^"]|"")*"|[^",\r\n]*)'
    assert (place(piece) == "") == bool(re.fullmatch(rf"(?:{fields}[,\r\n])*{fields}", body))


def test_lines_are_counted_across_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"a\r\nb\rc\n\r\nd"
    path = save(tmp_path, "r.csv", data)
    for piece in (1, 2, 3, 1 << 20):
        monkeypatch.setattr(text, "_PIECE", piece)
        assert line_at(path, Limits(), len(data) - 1) == 5


def test_a_gzip_header_alone(tmp_path: Path) -> None:
    found = fault(save(tmp_path, "r.csv.gz", gzip.compress(b"")[:10]))
    assert found.fault_kind == "unreadable"
