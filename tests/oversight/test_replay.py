"""Replay: the same to the bit; and what it says where something is not as it was."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from narrowgate import way
from narrowgate.cli.main import main
from narrowgate.errors import WrongState
from narrowgate.gateway.review import decide, list_pairs
from narrowgate.oversight import replay as module
from narrowgate.oversight.replay import replay
from narrowgate.oversight.what_if import what_if
from narrowgate.store import database
from world import World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(10)])


ROWS = [
    *(record(n) for n in range(4)),
    record(40),
    record(5, record_id="Y", given_name="ROBERTA"),
    record(6, record_id="Z", tin="000000000"),
]


def reviewed(world: World) -> str:
    case = world.process(ROWS).case
    (pair,) = list_pairs(world.site, case)
    for officer in ("review-officer-1", "review-officer-2"):
        decide(world.site, case, str(pair.row), "confirm", "seen", world.key(officer))
    return case


def test_a_case_is_the_same_at_every_station(world: World) -> None:
    case = world.receive(ROWS).case
    assert replay(world.site, case).stages == ("receive",)
    case = reviewed(world)
    assert replay(world.site, case).stages == ("receive", "screen", "match")
    world.release(case)
    found = replay(world.site, case)
    assert (found.same, found.stages) == (True, ("receive", "screen", "match", "release"))
    assert found.records == len(ROWS)


def test_what_happened_since_has_no_say(world: World) -> None:
    first = world.process([record(0)]).case
    world.register([{**person(n), "address_line1": "1 OTHER ST"} for n in range(10)])
    world.now += timedelta(days=3)
    world.process([record(0, address_line1="9 ELSEWHERE RD")])
    later = world.process([record(0, address_line1="1 OTHER ST")]).case
    assert replay(world.site, first).same
    assert replay(world.site, later).same


def test_the_database_has_no_say(world: World) -> None:
    case = reviewed(world)
    world.release(case)
    database.reset(world.site.db)
    assert replay(world.site, case).same


def test_a_refused_request_is_replayed(world: World) -> None:
    for refused in (
        world.receive(ROWS, sign_with=["outsider"]).case,
        world.receive(ROWS, change=lambda m: m.update(attributes=["phone"])).case,
        world.receive([], data=b"\x00\xff", name="records.parquet").case,
    ):
        found = replay(world.site, refused)
        assert (found.same, found.stages) == (True, ("receive",))


def test_a_register_that_is_gone_is_told(world: World) -> None:
    case = reviewed(world)
    shutil.rmtree(world.site.config.snapshots)
    found = replay(world.site, case)
    assert not found.same
    assert found.differences == ("case.matched: it cannot be derived: the snapshot is gone",)


def test_other_software_is_told_and_other_answers_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = reviewed(world)
    world.release(case)
    monkeypatch.setattr(module, "SOFTWARE", "narrowgate 99")
    found = replay(world.site, case)
    assert found.same
    assert found.software[1] == "narrowgate 99" != found.software[0]
    monkeypatch.setattr(way, "STAGES", (way.STAGES[0],))
    assert not replay(world.site, case).same


def test_what_if_counts_and_looks_nobody_new_up(world: World) -> None:
    case = reviewed(world)
    same = what_if(world.site, case, "removal-order-address")
    assert same.was == same.would_be
    assert same.was["review"] == 1
    laxer = what_if(world.site, case, "voter-roll")
    assert sum(laxer.would_be.values()) == len(ROWS)
    assert laxer.would_be["confirmed"] <= same.was["confirmed"] + same.was["review"]
    with pytest.raises(WrongState):
        what_if(world.site, world.receive([record(8)]).case, "removal-order-address")


def test_the_command(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    case = reviewed(world)
    home = ["--home", str(world.site.home), "--json"]
    with pytest.raises(SystemExit) as left:
        main(["replay", case, *home])
    said = json.loads(capsys.readouterr().out)
    assert (left.value.code, said["same"], said["records"]) == (0, True, len(ROWS))
    with pytest.raises(SystemExit):
        main(["replay", case, "--agreement", "removal-order-address", *home])
    said = json.loads(capsys.readouterr().out)
    assert said["was"] == said["would_be"]
    for path in (world.site.home / "evidence" / case).glob("findings.*"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SystemExit) as left:
        main(["replay", case, *home])
    assert left.value.code == 1
