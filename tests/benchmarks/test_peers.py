"""The table of peers: seven records whose answers are known by hand, and what a process costs."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PEERS = Path(__file__).parents[2] / "benchmarks/peers"

PERSON = ("person_id", "tin", "given_name", "family_name", "date_of_birth")
PLACE = ("address_line1", "postal_code", "address_from", "address_to", "sealed")
ZIP = "99201"
REGISTER = [
    ("right", "100000001", "Ana", "Lopez", "1980-01-01", "1 Oak St", ZIP, "2020", None, False),
    ("moved", "100000002", "Bob", "Moore", "1981-02-02", "2 Oak St", ZIP, "2020", None, False),
    ("moved", "100000002", "Bob", "Moore", "1981-02-02", "9 Elm St", ZIP, "2015", "2020", False),
    ("typed", "100000003", "Carl", "Martinez", "1982-03-03", "3 Oak St", ZIP, "2020", None, False),
    ("sealed", "100000004", "Dora", "Stone", "1983-04-04", "4 Oak St", ZIP, "2020", None, True),
    ("dated", "100000005", "Ed", "Young", "1984-05-05", "5 Oak St", ZIP, "2020", None, False),
    ("twin", None, "Fay", "Hill", "1985-06-06", "6 Oak St", ZIP, "2020", None, False),
    ("other twin", None, "Fay", "Hill", "1985-06-06", "6 Oak St", ZIP, "2020", None, False),
    ("stale", "100000007", "Gus", "Ward", "1986-07-07", "7 Oak St", ZIP, "2021", None, False),
    ("stale", "100000007", "Gus", "Ward", "1986-07-07", "8 Elm St", ZIP, "2010", None, False),
]  # fmt: skip
RECORDS = [
    ("right", "100-00-0001", "ANA", "LOPEZ", "1980-01-01", "1 oak st.", "99201-1234"),
    ("moved", "100000002", "Bob", "Moore", "1981-02-02", "9 Elm St", ZIP),
    ("typed", "100000003", "Carl", "Martines", "1983-03-09", "3 Oak St", ZIP),
    ("sealed", "100000004", "Dora", "Stone", "1983-04-04", "4 Oak St", ZIP),
    ("dated", None, "Ed", "Young", "1984-05-05", "5 Oak St", ZIP),
    ("twin", None, "Fay", "Hill", "1985-06-06", "6 Oak St", ZIP),
    ("stale", "100000007", "Gus", "Ward", "1986-07-07", "8 Elm St", ZIP),
]
LIVE_THERE = {"right", "typed", "dated", "twin"}

# Confirmed, false confirmations.
KNOWN = {
    "exact": (2, 0),  # right, dated
    "jaro-winkler": (3, 0),  # and typed
    "prefixes": (3, 2),  # right; moved and stale, for it does not look where they live
    "prefixes, same address": (1, 0),
    "edit": (4, 2),  # and typed, a year and some days off
    "edit, same address": (2, 0),
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The table as JSON, by name of its row."""
    folder = tmp_path_factory.mktemp("peers")
    files = {name: folder / f"{name}.parquet" for name in ("register", "requests", "truth")}
    write(files["register"], REGISTER, (*PERSON, *PLACE))
    write(files["requests"], RECORDS, ("record_id", *PERSON[1:], *PLACE[:2]))
    told = [(r[0], r[0], r[0] in LIVE_THERE, "by hand") for r in RECORDS]
    write(files["truth"], told, ("record_id", "person_id", "lives_there", "kind"))
    out = folder / "figures.json"
    words = [word for name, file in files.items() for word in (f"--{name}", file)]
    only = ("--only", "exact", "jaro-winkler", "prefixes", "edit")
    subprocess.run([sys.executable, PEERS, *words, *only, "--out", out], check=True)
    said = json.loads(out.read_text())
    assert (said["records"], said["should_confirm"]) == (len(RECORDS), len(LIVE_THERE))
    return {row["name"]: row for row in said["rows"]}


def write(path: Path, rows: list[tuple[object, ...]], names: tuple[str, ...]) -> None:
    """Rows as Parquet."""
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)


@pytest.mark.parametrize("name", KNOWN)
def test_each_rule_confirms_whom_it_must_and_is_judged(figures: dict[str, Any], name: str) -> None:
    row = figures[name]
    confirmed, false = KNOWN[name]
    assert (row["confirmed"], row["false"]) == (confirmed, false)
    assert row["precision"] == 1 - false / confirmed
    assert row["recall"] == (confirmed - false) / len(LIVE_THERE)
    assert row["false_by"] == ({"by hand": false} if false else {})


def test_the_floor_decides_nothing_and_costs_are_those_of_its_run(figures: dict[str, Any]) -> None:
    assert "confirmed" not in figures["floor"]
    assert figures["floor"]["x_floor"] == 1
    row = figures["exact"]
    assert row["x_floor"] == pytest.approx(row["seconds"] / figures["floor"]["seconds"])


@pytest.mark.parametrize(("mebibytes", "most"), [(0, 60), (200, 260)])
def test_a_peak_is_that_of_the_process_and_not_of_who_started_it(
    tmp_path: Path, mebibytes: int, most: int
) -> None:
    held = bytearray(b"x" * (300 << 20))
    out, code = tmp_path / "out.json", f"b'x' * ({mebibytes} << 20); print('said')"
    between = [sys.executable, "-I", "-S", PEERS / "measure.py", out, tmp_path / "log"]
    subprocess.run([*between, sys.executable, "-c", code], check=True)
    measured = json.loads(out.read_text())
    assert len(held) == 300 << 20
    assert mebibytes <= measured["peak_mib"] < most
    assert measured["status"] == 0
    assert (tmp_path / "log").read_text() == "said\n"


def test_a_peer_that_fails_has_its_status_and_says_why(tmp_path: Path) -> None:
    between = [sys.executable, "-I", "-S", PEERS / "measure.py", tmp_path / "o", tmp_path / "log"]
    subprocess.run([*between, sys.executable, "-c", "raise SystemExit('no')"], check=True)
    assert json.loads((tmp_path / "o").read_text())["status"] == 1
    assert (tmp_path / "log.err").read_text() == "no\n"


@pytest.mark.parametrize("confirmed", [["a", "a"], ["nobody's"]])
def test_what_is_no_record_of_the_truth_is_not_counted(
    tmp_path: Path, confirmed: list[str]
) -> None:
    truth, said = tmp_path / "truth.parquet", tmp_path / "said.parquet"
    write(truth, [("a", "p", True)], ("record_id", "person_id", "lives_there"))
    write(said, [(each, "p") for each in confirmed], ("record_id", "person_id"))
    judge = runpy.run_path(str(PEERS / "judge.py"))
    with pytest.raises(ValueError, match="records of the truth"):
        judge["Truth"](truth).of(said)


def test_recall_of_what_was_answered_leaves_out_what_the_gate_refused(tmp_path: Path) -> None:
    truth, said, refused = (tmp_path / f"{name}.parquet" for name in ("truth", "said", "refused"))
    told = [("a", "p", True), ("b", "q", True), ("c", "r", True), ("d", "s", False)]
    write(truth, told, ("record_id", "person_id", "lives_there"))
    write(said, [("a", "p"), ("c", "r")], ("record_id", "person_id"))
    write(refused, [("c",), ("d",)], ("record_id",))
    quality = runpy.run_path(str(PEERS / "judge.py"))["Truth"](truth, refused).of(said)
    assert (quality.recall, quality.recall_of_answered) == (2 / 3, 1 / 2)
