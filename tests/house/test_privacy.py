"""Marked values go in everywhere; none comes out in a log, an error, a listing or a report."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest

from narrowgate.cli.main import main
from narrowgate.clock import now
from narrowgate.gateway.process import process
from narrowgate.gateway.receive import receive
from world import World, person, record

MARK = "ZZMARKED"


def marked(number: int) -> dict[str, str]:
    """A record in which every free text bears the mark."""
    return record(
        number,
        given_name=f"{MARK}A",
        family_name=f"{MARK}B",
        address_line1=f"7 {MARK} ST",
        case_number=f"{MARK}-{number}",
        reason=f"{MARK} is under investigation in case {number}.",
        engaged_officer=f"{MARK} OFFICER",
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    people = [{**person(n), "given_name": f"{MARK}A", "family_name": f"{MARK}B"} for n in range(9)]
    return World(tmp_path_factory.mktemp("world"), people=people, now=now())


@pytest.fixture(autouse=True)
def by_the_clock(world: World) -> None:
    """The commands read the clock; so does what is done between them."""
    world.now = now()


def outputs(world: World, *commands: list[str]) -> str:
    """All that the commands print, errors too."""
    out = io.StringIO()
    for words in commands:
        for json_too in ([], ["--json"]):
            with redirect_stdout(out), redirect_stderr(out), suppress(SystemExit):
                main([*words, "--home", str(world.site.home), *json_too])
    return out.getvalue()


def test_nothing_personal_leaves_by_the_side(world: World) -> None:
    rows = [marked(1), {**marked(2), "tin": "3456"}, {**marked(3), "address_line1": f"{MARK}"}]
    case = world.receive(rows).case
    process(world.site, case)
    broken = world.request(rows, data=(f'record_id,given_name\nR1,"{MARK}').encode())
    receive(world.site, broken)
    bad = world.root / "bad.jsonl"
    bad.write_text(json.dumps({"given_name": [MARK]}) + "\n")
    ragged = world.root / "ragged.csv"
    ragged.write_text(f"record_id,given_name\n{MARK},{MARK},{MARK}\n")
    report = world.root / "report.html"
    printed = outputs(
        world,
        ["case", "show", case],
        ["case", "list"],
        ["log", "entries"],
        ["register", "show"],
        ["register", "load", str(bad)],
        ["register", "load", str(ragged)],
        ["request", "check", str(broken), "--agreement", "removal-order-address"],
        ["receive", str(broken)],
        ["release", case],
        ["report", "--out", str(report)],
    )
    assert "case.matched" in printed
    assert MARK not in printed
    assert MARK not in report.read_text()


def test_nothing_personal_lies_in_the_clear(world: World) -> None:
    process(world.site, world.receive([marked(5), marked(6)]).case)
    found = [
        path.relative_to(world.site.home)
        for path in Path(world.site.home).rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    ]
    assert found == []


def test_a_file_without_a_header_shows_nobody(world: World) -> None:
    """Its first record stands where the names of columns are expected, and is not named."""
    headless = f"R1,{MARK},{MARK}B,7 {MARK} ST\n".encode()
    folder = world.request([], data=headless)
    path = world.root / "headless.csv"
    path.write_bytes(headless)
    printed = outputs(
        world,
        ["receive", str(folder)],
        ["register", "load", str(path)],
        ["case", "list"],
        ["log", "entries"],
    )
    assert "request.column_unknown" in printed
    assert MARK not in printed


def test_a_record_run_into_the_header_shows_nobody(world: World) -> None:
    """The line's end between them is lost: names of columns, then somebody's values."""
    known = "record_id,given_name,family_name,address_line1,city"
    folder = world.request([], data=f"{known},state_R1,{MARK},{MARK}B,7 {MARK} ST\n".encode())
    printed = outputs(world, ["receive", str(folder)])
    assert "request.column_unknown" in printed
    assert MARK not in printed


def test_the_log_holds_codes_and_no_sentences(world: World) -> None:
    """A fault's sentence may name a column of the request: it stays with the case, sealed."""
    column = "favourite_colour"

    receipt = world.receive([{**record(1), column: "x"}])
    assert any(column in reason.fault for reason in receipt.reasons)
    entry = json.loads(world.site.log.entry(world.site.log.size - 1))
    assert entry["reasons"] == [{"code": "request.column_unknown", "clause": "3.3"}]
    assert column not in outputs(world, ["log", "entries"])
