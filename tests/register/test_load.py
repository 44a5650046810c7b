"""Loading: what cannot be taken is named, what is taken is sealed; the digest is the content's."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from narrowgate.errors import BadInput, Internal, NotFound
from narrowgate.keys import seal
from narrowgate.register import judges, shelf
from narrowgate.register import load as module
from narrowgate.register.layout import HEADER
from narrowgate.register.load import Loaded, load
from narrowgate.register.mapping import read_mapping
from narrowgate.register.rows import ROWS
from narrowgate.register.snapshot import Snapshot
from world import person, write_csv

KEY = bytes(32)
PEOPLE = [person(n) for n in range(40)]


def loaded(tmp_path: Path, rows: list[dict[str, str]], partitions: int | None = None) -> Loaded:
    source = tmp_path / "register.csv"
    write_csv(source, rows)
    return load([source], mapping=None, partitions=partitions, target=tmp_path / "s", key=KEY)


def test_counts_and_content(tmp_path: Path) -> None:
    second = {**person(3), "address_line1": "9 OAK ST", "address_to": "", "address_from": ""}
    result = loaded(tmp_path, [*PEOPLE, second])
    assert (result.people, result.addresses, result.rejected) == (40, 41, 0)
    assert result.rejects is None
    snapshot = Snapshot.open(result.path, KEY)
    assert snapshot.digest == result.digest
    (part,) = snapshot.partitions
    assert (len(part.people), len(part.names), len(part.homes)) == (40, 40, 41)


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "csv.zst", "jsonl", "parquet"])
def test_every_format_gives_the_same_snapshot(ending: str, tmp_path: Path) -> None:
    expected = loaded(tmp_path, PEOPLE).digest
    source = tmp_path / f"other.{ending}"
    table = pa.Table.from_pylist(PEOPLE)
    if ending == "parquet":
        flags = pa.array([row["sealed"] == "true" for row in PEOPLE])
        numbered = table.set_column(table.column_names.index("sealed"), "sealed", flags)
        pq.write_table(numbered, source)
    elif ending == "jsonl":
        source.write_text("".join(json.dumps({**row, "sealed": False}) + "\n" for row in PEOPLE))
    else:
        plain = (tmp_path / "register.csv").read_bytes()
        packed = {"csv": None, "csv.gz": "gzip", "csv.zst": "zstd"}[ending]
        source.write_bytes(pa.compress(plain, packed, asbytes=True) if packed else plain)
    assert (
        load([source], mapping=None, partitions=2, target=tmp_path / "t", key=KEY).digest
        == expected
    )


def test_the_digest_changes_with_any_content(tmp_path: Path) -> None:
    digests = {loaded(tmp_path, PEOPLE).digest}
    for column, value in (
        ("given_name", "OTHER"),
        ("date_of_birth", "1999-09-09"),
        ("tin", "402-11-2222"),
        ("address_line1", "9 OTHER ST"),
        ("address_to", "2024-01-01"),
        ("sealed", "true"),
        ("name_kind", "alias"),
        ("person_id", "OTHER"),
    ):
        digests.add(loaded(tmp_path, [{**PEOPLE[0], column: value}, *PEOPLE[1:]]).digest)
    digests.add(loaded(tmp_path, PEOPLE[1:]).digest)
    assert len(digests) == 10


BAD = [
    ({"person_id": ""}, "person_id"),
    ({"given_name": "", "family_name": ""}, "family_name"),
    ({"date_of_birth": "1990-02-30"}, "date_of_birth"),
    ({"address_from": "soon"}, "address_from"),
    ({"address_to": "2020-13-01"}, "address_to"),
    ({"address_from": "2020-01-02", "address_to": "2020-01-01"}, "address_to"),
    ({"sealed": "perhaps"}, "sealed"),
    ({"name_kind": "stage"}, "name_kind"),
]


def test_rows_that_cannot_be_taken_are_named_by_row_and_column(tmp_path: Path) -> None:
    rows = [*PEOPLE[:3], *({**person(100 + n), **change} for n, (change, _) in enumerate(BAD))]
    result = loaded(tmp_path, rows)
    assert (result.people, result.rejected) == (3, len(BAD))
    assert result.rejects is not None
    with result.rejects.open() as stream:
        listed = list(csv.DictReader(stream))
    assert [(int(r["row"]), r["column"]) for r in listed] == [
        (4 + n, column) for n, (_, column) in enumerate(BAD)
    ]
    assert "1990-02-30" not in result.rejects.read_text()
    assert "perhaps" not in result.rejects.read_text()


def test_people_whose_rows_contradict_each_other_are_left_out(tmp_path: Path) -> None:
    rows = [
        *PEOPLE,
        {**person(1), "tin": "402-11-2222"},
        {**person(2), "date_of_birth": "1999-01-01"},
    ]
    result = loaded(tmp_path, rows)
    assert (result.people, result.rejected) == (38, 4)


def test_contradicting_rows_are_named_one_by_one(tmp_path: Path) -> None:
    rows = [*PEOPLE[:3], {**person(1), "tin": "402-11-2222"}]
    result = loaded(tmp_path, rows, partitions=3)
    assert result.rejects is not None
    with result.rejects.open() as stream:
        listed = [(r["file"], r["row"], r["line"], r["column"]) for r in csv.DictReader(stream)]
    assert listed == [("register.csv", "2", "3", "tin"), ("register.csv", "4", "5", "tin")]


def sealed_people(result: Loaded) -> list[str]:
    """Ids of those among the first few people who are sealed, found by the keys of their ids."""
    (part,) = Snapshot.open(result.path, KEY).partitions
    sealed = part.keys.whole()[part.people.whole()["sealed"] > 0]
    hidden = {key.tobytes() for key in sealed}
    ids = (person(n)["person_id"] for n in range(10))
    return [i for i in ids if hashlib.md5(i.encode()).digest() in hidden]  # noqa: S324


def test_a_seal_in_any_row_and_one_that_cannot_be_read_protect_the_person(tmp_path: Path) -> None:
    moved = {"address_line1": "9 BIRCH CT", "address_to": "2021-01-01", "sealed": ""}
    rows = [
        *PEOPLE[:3],
        {**person(1), **moved, "sealed": "true"},
        {**person(2), **moved, "sealed": "treu"},
    ]
    result = loaded(tmp_path, rows, partitions=1)
    assert (result.people, result.rejected) == (3, 1)
    assert sealed_people(result) == [person(1)["person_id"], person(2)["person_id"]]


def test_what_waits_on_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [person(n) for n in range(300)]
    expected = loaded(tmp_path, rows)
    monkeypatch.setattr(shelf, "ROWS_IN_MEMORY", 0)
    folder = tmp_path / "spilled"
    folder.mkdir()
    spilled = loaded(folder, rows, partitions=4)
    assert (spilled.digest, spilled.people) == (expected.digest, expected.people)
    assert len(Snapshot.open(spilled.path, KEY).partitions) == 4
    assert not [path for path in spilled.path.iterdir() if path.name.startswith("spill")]


def test_spilled_rows_cannot_be_read_back_by_others(tmp_path: Path) -> None:
    taken = pa.Table.from_pylist([{"bucket": 3, "family": "XYLOPHONIST"}], ROWS)
    where = shelf.Shelf(tmp_path, most=1)
    where.add(taken)
    (spill,) = tmp_path.iterdir()
    assert b"XYLOPHONIST" not in spill.read_bytes()
    assert where.take(3, 4).equals(taken)
    assert where.take(4, 256).num_rows == 0


def test_a_bad_address_is_no_reason_to_reject_a_person(tmp_path: Path) -> None:
    result = loaded(tmp_path, [*PEOPLE, {**person(77), "address_line1": "UNKNOWN"}])
    assert (result.people, result.rejected) == (41, 0)


def test_no_row_taken_is_bad_input_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        loaded(tmp_path, [{**person(1), "person_id": ""}])
    assert list((tmp_path / "s").iterdir()) == []


def test_an_unknown_column_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="branch"):
        loaded(tmp_path, [{**person(1), "branch": "x"}])


def test_a_mapping_names_other_columns_and_drops_some(tmp_path: Path) -> None:
    expected = loaded(tmp_path, PEOPLE).digest
    rows = [
        {**{("ID" if n == "person_id" else n): v for n, v in row.items()}, "BRANCH": "x"}
        for row in PEOPLE
    ]
    write_csv(tmp_path / "other.csv", rows)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('person_id = "ID"\nignore = ["BRANCH"]\n')
    result = load(
        [tmp_path / "other.csv"], mapping=mapping, partitions=None, target=tmp_path / "t", key=KEY
    )
    assert result.digest == expected


def test_a_column_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    write_csv(tmp_path / "register.csv", PEOPLE)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('address_to = "ENDED"\nignore = ["address_to"]\n')
    with pytest.raises(BadInput, match="ENDED"):
        load([tmp_path / "register.csv"], mapping=mapping, partitions=None,
             target=tmp_path / "t", key=KEY)  # fmt: skip


@pytest.mark.parametrize("text", ["person = 'x'", "person_id = 1", "[", "tin = 'a'\nstate = 'a'"])
def test_a_mapping_that_is_none_is_bad_input(text: str, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(BadInput):
        read_mapping(tmp_path / "m.toml")


def test_nothing_lies_in_the_clear(tmp_path: Path) -> None:
    result = loaded(tmp_path, [{**person(1), "family_name": "XYLOPHONIST"}])
    for path in (tmp_path / "s").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"XYLOPHONIST" not in data
            assert data.startswith(seal.MAGIC)
    assert result.people == 1


def test_a_snapshot_is_read_only_when_asked(tmp_path: Path) -> None:
    nowhere = Snapshot.open(tmp_path / "sha256-0000", KEY)
    assert nowhere.digest == "sha256:0000"
    with pytest.raises(NotFound):
        assert nowhere.partitions  # the first question


def test_a_changed_or_exchanged_file_does_not_open(tmp_path: Path) -> None:
    result = loaded(tmp_path, PEOPLE, partitions=2)
    one, other = (result.path / f"part-000{n}-names" for n in (0, 1))
    kept = one.read_bytes()
    for broken in (other.read_bytes(), kept[:-1], kept[:50] + b"\1" + kept[51:]):
        one.write_bytes(broken)
        with pytest.raises(Internal):
            Snapshot.open(result.path, KEY).partitions[0].names.whole()
    one.write_bytes(kept)
    assert len(Snapshot.open(result.path, KEY).partitions[0].names.whole())
    one.unlink()
    with pytest.raises(Internal, match="lacks a file"):
        Snapshot.open(result.path, KEY).partitions[0].names.whole()
    header = result.path / HEADER
    header.write_bytes(header.read_bytes()[:-1] + b"\0")
    with pytest.raises(Internal):
        assert Snapshot.open(result.path, KEY).partitions


def test_blocks_and_processes_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [person(n) for n in range(300)]
    expected = loaded(tmp_path, rows)
    monkeypatch.setattr(module, "_ROWS_A_BLOCK", 7)
    monkeypatch.setattr(judges, "_WORTH_PROCESSES", 1)
    monkeypatch.setattr(judges, "_ROWS_A_TASK", 100)
    (tmp_path / "again").mkdir()
    again = loaded(tmp_path / "again", rows)
    assert (again.digest, again.people) == (expected.digest, expected.people)
    one, other = (Snapshot.open(r.path, KEY).partitions[0] for r in (expected, again))
    assert np.array_equal(one.keys.whole(), other.keys.whole())
    for column in ("tin", "born", "names", "homes", "sealed"):
        assert np.array_equal(one.people.whole()[column], other.people.whole()[column])
