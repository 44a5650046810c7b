"""What can be read is read the same from every format and packing."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foreign import PACKED, PLAIN, encode, pack, parquet, save
from narrowgate.engine.read import format_of, read_batches, read_table
from narrowgate.engine.text import Text
from narrowgate.engine.unpack import Limits, ReadFault

COLUMNS = ("id", "name", "born", "tin")
ROWS = [
    {"id": "1", "name": 'O"Hara, "Jr"', "born": "1980-02-29", "tin": "012345678"},
    {"id": "2", "name": "two\nlines\r\nand, a comma", "born": None, "tin": None},
    {"id": "3", "name": "Núñez 楊 🙂", "born": "1 Jan", "tin": "NULL"},
]


def read(path: Path, **named: object) -> list[dict[str, str | None]]:
    return read_table(path, COLUMNS, **named)[0].to_pylist()  # type: ignore[arg-type]


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("kind", PLAIN)
def test_every_format_and_packing_gives_the_same_table(
    tmp_path: Path, kind: str, ending: str
) -> None:
    path = save(tmp_path, f"rows.{kind}{ending}", pack(encode(ROWS, kind), ending))
    table, header = read_table(path, COLUMNS)
    assert table.to_pylist() == ROWS
    assert sorted(header) == sorted(COLUMNS)
    assert table.schema == pa.schema([(name, pa.string()) for name in COLUMNS])
    table.validate(full=True)


@pytest.mark.parametrize("kind", PLAIN)
def test_columns_come_in_the_order_asked_for_and_absent_ones_are_null(
    tmp_path: Path, kind: str
) -> None:
    rows = [{"tin": "9", "id": "1"}]
    path = save(tmp_path, f"r.{kind}", encode(rows, kind))
    table, header = read_table(path, COLUMNS)
    assert table.column_names == list(COLUMNS)
    assert table.to_pylist() == [{"id": "1", "name": None, "born": None, "tin": "9"}]
    assert sorted(header) == ["id", "tin"]


@pytest.mark.parametrize("kind", PLAIN)
def test_blank_is_null_and_nothing_else_is_touched(tmp_path: Path, kind: str) -> None:
    cells = ["", " ", "\t \u00a0\u2003", " x ", "NA", "null", "0", "\u200b"]
    rows: list[dict[str, str | None]] = [{"id": "i", "name": cell} for cell in cells]
    path = save(tmp_path, f"r.{kind}", encode(rows, kind))
    assert [row["name"] for row in read(path)] == [
        None, None, None, " x ", "NA", "null", "0", "\u200b"
    ]  # fmt: skip


def test_a_column_of_nulls_is_a_column(tmp_path: Path) -> None:
    path = save(tmp_path, "r.jsonl", b'{"id":"1","tin":null}\n{"id":"\\"name\\": x"}\n')
    assert sorted(read_table(path, COLUMNS)[1]) == ["id", "tin"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"\xef\xbb\xbfid,name\n1,A\n", [("1", "A")], id="byte order mark"),
        pytest.param(b"id,name\r\n1,A\r\n2,B", [("1", "A"), ("2", "B")], id="no last line end"),
        pytest.param(b"id,name\r1,A\r2,B\r", [("1", "A"), ("2", "B")], id="old line ends"),
        pytest.param(b"id,name\n\n1,A\n\n\n2,B\n", [("1", "A"), ("2", "B")], id="blank lines"),
        pytest.param(b'"id","name"\n"1",""\n', [("1", None)], id="all quoted"),
        pytest.param(b'id,name\n1,""""""\n', [("1", '""')], id="quotes alone"),
        pytest.param(b"name,id\nA,1\n", [("1", "A")], id="another order"),
        pytest.param(b"id,name\n1,2020-01-01\n", [("1", "2020-01-01")], id="no type is guessed"),
    ],
)
def test_csv_as_it_comes(
    tmp_path: Path, data: bytes, expected: list[tuple[str | None, str | None]]
) -> None:
    rows = read(save(tmp_path, "r.csv", data))
    assert [(row["id"], row["name"]) for row in rows] == expected


@given(
    rows=st.lists(
        st.lists(
            st.text(st.sampled_from('ab,"\n\r \té楊\u2028'), max_size=6), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=8,
    ),
    # With bare line feeds, Python's writer leaves a lone carriage return unquoted.
    style=st.sampled_from(
        [(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n")]
    ),
    piece=st.integers(1, 9),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_a_csv_library_writes_is_read_as_it_was_meant(
    tmp_path: Path, rows: list[list[str]], style: tuple[int, str], piece: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=style[0], lineterminator=style[1])  # type: ignore[arg-type]
    writer.writerows([["id", "name", "born"], *([f"i{row[0]}", *row[1:]] for row in rows)])
    path = save(tmp_path, "r.csv", text.getvalue().encode())
    meant = [
        {"id": f"i{row[0]}", "name": row[1] if row[1].strip() else None,
         "born": row[2] if row[2].strip() else None, "tin": None}
        for row in rows
    ]  # fmt: skip
    assert read(path) == meant
    with Text(path, Limits(), quoted=True) as watched:
        pieces = list(iter(lambda: watched.read(piece), b""))
    assert b"".join(pieces) == path.read_bytes()


@given(
    values=st.lists(
        st.one_of(
            st.none(),
            st.integers(),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        ),
        min_size=1,
        max_size=8,
    ),
    ascii_only=st.booleans(),
)
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_json_lines_are_read_as_a_json_library_reads_them(
    tmp_path: Path, values: list[int | str | None], ascii_only: bool
) -> None:
    lines = [json.dumps({"id": "x", "name": value}, ensure_ascii=ascii_only) for value in values]
    path = save(tmp_path, "r.jsonl", "\n".join(lines).encode(errors="replace"))
    texts = [None if value is None else str(value) for value in values]
    meant = [text.encode(errors="replace").decode() if text else None for text in texts]
    assert [row["name"] for row in read(path)] == [
        text if text and text.strip() else None for text in meant
    ]


def test_dates_and_whole_numbers_become_text(tmp_path: Path) -> None:
    data = parquet(
        id=pa.array([7, None], pa.int16()),
        name=pa.array([Decimal(12), None], pa.decimal128(9, 0)),
        born=pa.array([date(1980, 2, 29), None]),
        tin=pa.array([datetime(2020, 1, 2, tzinfo=UTC).replace(tzinfo=None), None]),
    )
    assert read(save(tmp_path, "r.parquet", data)) == [
        {"id": "7", "name": "12", "born": "1980-02-29", "tin": "2020-01-02"},
        {"id": None, "name": None, "born": None, "tin": None},
    ]


def test_a_time_of_day_is_not_dropped(tmp_path: Path) -> None:
    moments = pa.array([datetime(2020, 1, 2, 13, 30), datetime(2020, 1, 3)])  # noqa: DTZ001
    rows = read(save(tmp_path, "r.parquet", parquet(born=moments)))
    assert [row["born"] for row in rows] == ["2020-01-02T13:30:00", "2020-01-03T00:00:00"]


def test_a_day_is_that_of_its_own_zone(tmp_path: Path) -> None:
    zone = pa.timestamp("us", tz="America/Chicago")
    moments = pa.array([datetime(2020, 1, 2, 6, tzinfo=UTC)], zone)
    rows = read(save(tmp_path, "r.parquet", parquet(born=moments)))
    assert [row["born"] for row in rows] == ["2020-01-02"]


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["x", None]).dictionary_encode(),
        pa.array(["x", None], pa.large_string()),
        pa.array(["x", None], pa.string_view()),
    ],
    ids=["dictionary", "large", "view"],
)
def test_text_of_every_kind(tmp_path: Path, array: pa.Array) -> None:
    rows = read(save(tmp_path, "r.parquet", parquet(id=array)))
    assert [row["id"] for row in rows] == ["x", None]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_register_may_hold_numbers_and_booleans(tmp_path: Path, kind: str) -> None:
    data = (
        b'{"id":1,"tin":12345678,"name":true}\n{"id":2,"tin":null,"name":false}\n'
        if kind == "jsonl"
        else parquet(
            id=pa.array([1, 2]), tin=pa.array([12345678, None]), name=pa.array([True, False])
        )
    )
    path = save(tmp_path, f"r.{kind}", data)
    assert read(path, digits=("tin",), loose=True) == [
        {"id": "1", "name": "true", "born": None, "tin": "12345678"},
        {"id": "2", "name": "false", "born": None, "tin": None},
    ]


def test_a_column_may_change_its_kind_from_block_to_block(tmp_path: Path) -> None:
    filler = "y" * 1000
    lines = [{"id": number if number // 9000 % 2 else str(number), "name": filler}
             for number in range(27_000)]  # fmt: skip
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    rows = read(save(tmp_path, "r.jsonl", data))
    assert [row["id"] for row in rows] == [str(number) for number in range(27_000)]


@pytest.mark.parametrize("kind", PLAIN)
def test_batches_are_the_table_piece_by_piece(tmp_path: Path, kind: str) -> None:
    rows: list[dict[str, str | None]] = [
        {"id": f"{number}", "name": f'a "name", {number % 7:080}'} for number in range(140_000)
    ]
    path = save(tmp_path, f"r.{kind}", encode(rows, kind))
    reading = read_batches(path, COLUMNS, required=["id"])
    batches = list(reading.batches)
    assert len(batches) > 1
    ids = [name for batch in batches for name in batch.column("id").to_pylist()]
    assert ids == [row["id"] for row in rows]
    assert sorted(reading.columns) == ["id", "name"]


@pytest.mark.parametrize("kind", PLAIN)
def test_columns_that_a_mapping_passes_over(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path, f"r.{kind}", encode([{"id": "1", "branch": "x"}], kind))
    assert read(path, ignored=["branch"])[0]["id"] == "1"
    with pytest.raises(ReadFault) as caught:
        read(path)
    assert caught.value.fault_kind == "column_unknown"


@pytest.mark.parametrize("name", ["a.CSV", "b.Jsonl.GZ", "c.parquet.zst", "d.ndjson"])
def test_format_by_ending(name: str) -> None:
    assert format_of(Path(name)) in PLAIN


def test_a_register_of_any_size_is_never_held_whole(tmp_path: Path) -> None:
    rows: list[dict[str, str | None]] = [{"id": f"{n}", "name": "x" * 400} for n in range(60_000)]
    path = save(tmp_path, "r.csv", encode(rows, "csv"))
    limits = Limits(record_bytes=1 << 20)
    before = pa.total_allocated_bytes()
    for batch in read_batches(path, COLUMNS, limits=limits).batches:
        del batch
        assert pa.total_allocated_bytes() - before < 12 << 20
