"""The end of retention: not a day before, not while a court looks, logged first, for good."""

from datetime import timedelta
from pathlib import Path

import pytest

from narrowgate.errors import WrongState
from narrowgate.gateway import expire as module
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.cases import show_case
from narrowgate.gateway.commit import rebuild_database
from narrowgate.gateway.expire import due_cases, expire
from narrowgate.gateway.integrity import faults_of
from narrowgate.gateway.life import suspend
from narrowgate.gateway.prove import prove
from narrowgate.oversight.replay import replay
from world import World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(6)])


def released(world: World) -> str:
    case = world.process([record(n) for n in range(5)]).case
    world.release(case)
    return case


def later(world: World, case: str, days: int = 0) -> None:
    (due,) = due_cases(world.site, case)
    world.now += due.on - world.now.date() + timedelta(days=days)


def test_a_case_is_kept_as_long_as_the_agreement_says_and_no_longer(world: World) -> None:
    case = released(world)
    assert due_cases(world.site)[0].on == world.now.date() + timedelta(days=2557)
    later(world, case, days=-1)
    assert expire(world.site) == []
    with pytest.raises(WrongState, match="kept until"):
        expire(world.site, case)
    later(world, case)
    assert expire(world.site) == [case]
    assert not world.site.evidence.has(case)
    assert not (world.site.home / "evidence" / case).exists()
    with pytest.raises(WrongState, match="expired already"):
        expire(world.site, case)


def test_an_expired_case_is_proved_and_shown_and_nothing_else(world: World) -> None:
    case = released(world)
    before = show_case(world.site, case)[1].counts
    later(world, case)
    expire(world.site, case)
    assert show_case(world.site, case)[1].counts == before
    assert prove(world.site, case, None)["record"] is None
    for act in (lambda: prove(world.site, case, "R000001"), lambda: replay(world.site, case)):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(WrongState, match="destroyed"):
        fetch_answers(world.site, case, world.root / "answers.csv")
    assert faults_of(world.site) == []
    rebuild_database(world.site)
    assert faults_of(world.site) == []


def test_a_suspended_agreement_holds_its_evidence(world: World) -> None:
    case = released(world)
    suspend(world.site, world.terms.id, world.key("agreement-officer-1"), order="26-cv-1")
    later(world, case, days=400)
    assert expire(world.site) == []
    with pytest.raises(WrongState, match="suspended"):
        expire(world.site, case)
    assert world.site.evidence.has(case)


def test_a_run_cut_off_behind_the_entry_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = released(world)
    later(world, case)
    plain = module.commit

    def cut(*arguments: object, **named: object) -> int:
        plain(*arguments, **named)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "commit", cut)
    with pytest.raises(KeyboardInterrupt):
        expire(world.site)
    monkeypatch.undo()
    assert any("its key is still here" in fault for fault in faults_of(world.site))
    assert expire(world.site) == []
    assert not world.site.evidence.has(case)
    assert faults_of(world.site) == []


def test_a_refused_request_expires_too(world: World) -> None:
    receipt = world.receive([record(1)], sign_with=["outsider"])
    later(world, receipt.case)
    assert expire(world.site) == [receipt.case]
    unknown = world.receive([record(1)], change=lambda m: m.update(agreement="other"))
    assert due_cases(world.site, unknown.case)[0].on == world.now.date() + timedelta(days=365)
