"""The tamper hunt: whatever is changed in log, case, answers or database is found, and named.

Bits are flipped in every file at many places; files are cut, exchanged between cases, left out and
put in; the log is reordered, cut back and forked by somebody who holds its key; a decision is made
otherwise by somebody who holds all keys. docs/log.md tells by what each is found.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from narrowgate import way
from narrowgate.docket import State
from narrowgate.errors import Internal, NarrowgateError
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.integrity import faults_of, file_faults
from narrowgate.gateway.prove import prove, write_proof
from narrowgate.gateway.review import decide, list_pairs
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.ledger.log import Log
from narrowgate.oversight.replay import replay
from narrowgate.store.files import Files
from narrowgate_verify.main import main
from world import NOW, World, person, record

PLACES = 24


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("world"), people=[person(n) for n in range(8)])
    rows = [record(n) for n in range(4)]
    rows += [record(40), record(3, record_id="X", tin="3456", case_number="INV-X")]
    rows += [record(5, record_id="Y", given_name="ROBERTA")]
    for batch in (rows, [record(6), record(7)]):
        case = made.process(batch).case
        for pair in list_pairs(made.site, case) if batch is rows else ():
            for officer in ("review-officer-1", "review-officer-2"):
                key = made.key(officer)
                decide(made.site, case, str(pair.row), "not-confirm", "seen", key)
        made.release(case)
        made.answers(case)
        made.now += timedelta(seconds=1)
    return made


@pytest.fixture(scope="module")
def cases(world: World) -> list[str]:
    entries = [json.loads(entry) for entry in world.site.log.entries(0, world.site.log.size)]
    return [each["case"] for each in entries if each["event"] == "case.released"]


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    """A copy, to be spoilt."""
    return copied(world, tmp_path / "site")


def copied(world: World, home: Path) -> Site:
    shutil.copytree(world.site.home, home)
    return Site(home, clock=lambda: NOW + timedelta(hours=1))


def flips(data: bytes, places: int = PLACES) -> Iterator[tuple[int, bytes]]:
    """The data with one bit flipped, at places spread over all of it, first and last among them."""
    step = max(1, len(data) // places)
    for place in sorted({*range(0, len(data), step), *([len(data) - 1] if data else [])}):
        broken = bytearray(data)
        broken[place] ^= 1 << (place % 8)
        yield place, bytes(broken)


def spoilt(path: Path, places: int = PLACES) -> Iterator[str]:
    """Spoil a file in every way, one after the other; whole again at the end."""
    kept = path.read_bytes()
    for place, broken in flips(kept, places):
        path.write_bytes(broken)
        yield f"{path.name} at {place}"
    for how, broken in (("cut", kept[:-1]), ("longer", kept + b"\0"), ("empty", b"")):
        path.write_bytes(broken)
        yield f"{path.name} {how}"
    path.unlink()
    yield f"{path.name} gone"
    path.write_bytes(kept)


def verified(home: Path, vkey: str, *words: object) -> bool:
    with pytest.raises(SystemExit) as left:
        main([str(home / "log"), "--key", vkey, *map(str, words)])
    return left.value.code == 0


def test_the_log(world: World, site: Site) -> None:
    files = [
        p
        for p in (site.home / "log").rglob("*")
        if p.is_file() and p.name != "vkey" and p.name[0] != "."
    ]
    for path in sorted(files):
        superseded = ".p" in path.parent.name and path.name != str(site.log.size)
        for how in spoilt(path, 8 if superseded else PLACES):
            if how.endswith("gone") and superseded:
                continue  # nothing rests on it any more
            assert not verified(site.home, world.site.vkey), (str(path), how)
    assert verified(site.home, world.site.vkey)


def test_the_sealed_files(site: Site, cases: list[str]) -> None:
    for path in sorted((site.home / "evidence").rglob("*")):
        if not path.is_file():
            continue
        case = path.parent.name
        label = path.name.partition(".")[0]
        for how in spoilt(path, 3):
            found = file_faults(site)
            assert any(case in fault and label in (fault, *fault.split(", ")[-1].split(": "))
                       for fault in found) or (label == "key" and found), (how, found)  # fmt: skip
    assert faults_of(site) == []


def test_replay_finds_what_it_rests_on(site: Site, cases: list[str]) -> None:
    for case in cases:
        assert replay(site, case).same
    for path in sorted((site.home / "evidence" / cases[0]).iterdir()):
        for place, broken in flips(path.read_bytes(), 1):
            kept = path.read_bytes()
            path.write_bytes(broken)
            assert not same(site, cases[0]), (path.name, place)
            path.write_bytes(kept)
    assert same(site, cases[0])


def same(site: Site, case: str) -> bool:
    try:
        return replay(site, case).same
    except NarrowgateError:
        return False


def test_files_exchanged_between_cases(site: Site, cases: list[str]) -> None:
    one, other = (sorted((site.home / "evidence" / case).iterdir()) for case in cases)
    labelled = {path.name.partition(".")[0]: path for path in other}
    for path in one:
        twin = labelled.get(path.name.partition(".")[0])
        if twin is None:
            continue
        kept = path.read_bytes()
        path.write_bytes(twin.read_bytes())
        assert faults_of(site), path.name
        path.write_bytes(kept)
    assert faults_of(site) == []


def test_agreements_and_the_register(site: Site) -> None:
    for folder in ("agreements", "snapshots"):
        for path in sorted((site.home / folder).rglob("*")):
            if path.is_file() and path.stat().st_size:
                for how in spoilt(path, 1):
                    assert file_faults(site), how
    assert faults_of(site) == []


def test_the_answers(world: World, cases: list[str], tmp_path: Path) -> None:
    for ending in ("csv", "jsonl"):
        answers = tmp_path / f"answers.{ending}"
        fetch_answers(world.site, cases[0], answers)
        (tmp_path / "manifest.json").unlink()
        words = (world.site.home, world.site.vkey, "--answers", answers)
        assert verified(*words)
        for path in (answers, tmp_path / f"answers.{ending}.manifest.json"):
            for how in spoilt(path):
                assert not verified(*words), how
        assert verified(*words)
    other = tmp_path / "other.csv"
    fetch_answers(world.site, cases[1], other)
    other.write_bytes((tmp_path / "answers.csv").read_bytes())
    assert not verified(world.site.home, world.site.vkey, "--answers", other)


def test_a_proof(world: World, cases: list[str], tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    write_proof(prove(world.site, cases[0], "R000001"), path)
    words = (world.site.home, world.site.vkey, "--proof", path)
    assert verified(*words)
    for how in spoilt(path, 400):
        assert not verified(*words), how


def changed(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("x" if not value.endswith("x") else "y") if value else "x"
    if isinstance(value, dict):
        return {**value, "x": 1}
    if isinstance(value, list):
        return [*value, "x"]
    return value + timedelta(days=1)


def test_the_rows_of_the_database(site: Site) -> None:
    found = 0
    for model in apps.get_app_config("store").get_models():
        rows = model._default_manager.using(site.db)
        row = rows.values().first()
        if row is None:
            continue
        key = {model._meta.pk.attname: row[model._meta.pk.attname]}  # type: ignore[union-attr]
        for field in model._meta.concrete_fields:
            value = row[field.attname]
            if field.primary_key or field.is_relation or value is None:
                continue
            rows.filter(**key).update(**{field.attname: changed(value)})
            faults = faults_of(site)
            assert any(model.__name__ in fault for fault in faults), (model.__name__, field.name)
            rows.filter(**key).update(**{field.attname: value})
            found += 1
    assert found > 30
    assert faults_of(site) == []


def forged(site: Site, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """The log written anew, and signed, by somebody who holds its key."""
    entries = change(site.log.entries(0, site.log.size))
    folder, vkey = site.home / "log", (site.home / "log/vkey").read_bytes()
    shutil.rmtree(folder)
    files = Files(folder)
    files.write("vkey", vkey)
    key = Key.read(site.home / "keys/log.jwk")
    Log(files, files, key, site.config.origin).append(entries)


def without(index: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda entries: entries[:index] + entries[index + 1 :]


def exchanged(entries: list[bytes]) -> list[bytes]:
    return [*entries[:-2], entries[-1], entries[-2]]


def another_answer(entries: list[bytes]) -> list[bytes]:
    last = json.loads(entries[-1])
    last["answers_root"] = last["answers_root"][::-1]
    text = json.dumps(last, sort_keys=True, separators=(",", ":"))
    return [*entries[:-1], text.encode()]


@pytest.mark.parametrize(
    "change",
    [without(5), without(14), without(17), exchanged, another_answer, lambda e: e[:-1],
     lambda e: [*e, e[-1]], lambda e: [*e[:-1], e[-1].replace(b'"v":1', b'"v":2')]],
)  # fmt: skip
def test_a_log_forged_by_who_holds_its_key(
    change: Callable[[list[bytes]], list[bytes]], world: World, site: Site, tmp_path: Path
) -> None:
    """The database has seen another root; so has whoever kept a checkpoint; and what was done to
    cases shows in the log alone, but for a mere cutting back.
    """
    seen = tmp_path / "seen"
    seen.write_bytes(site.log.checkpoint())
    forged(site, change)
    assert not verified(site.home, world.site.vkey, "--since", seen)
    with pytest.raises(Internal, match="incident"):
        catch_up(Site(site.home, clock=lambda: NOW))


def test_a_decision_made_otherwise_by_who_holds_all_keys(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All is sealed, signed and logged as it must be; only the decision is not the code's."""
    home = tmp_path / "whole"
    shutil.copytree(world.root, home)
    made = World.__new__(World)
    made.root, made.now, made.terms = home, world.now + timedelta(hours=1), world.terms
    made.site = Site(home / "site", clock=lambda: made.now)
    plain = way.STAGES[1]

    def lenient(desk: way.Desk) -> way.Outcome:
        outcome = plain.run(desk)
        docket = outcome.docket
        states = docket.states.copy()
        states[states == State.NOT_CONFIRMED] = State.CONFIRMED
        return replace(outcome, docket=replace(docket, states=states))

    monkeypatch.setattr(way, "STAGES", (way.STAGES[0], replace(plain, run=lenient)))
    case = made.process([record(1), record(50)]).case
    made.release(case)
    assert [row["answer"] for row in made.answers(case)] == ["confirmed", "confirmed"]
    monkeypatch.undo()
    assert verified(made.site.home, made.site.vkey)
    assert faults_of(made.site) == []
    found = replay(made.site, case)
    assert not found.same
    assert any(each.startswith("match: rows") for each in found.differences)
