"""What looks like guessing or fishing and is no refusal: told to the custodian, to nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.errors import WrongState
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.alarms import alarms
from narrowgate.gateway.enrol import add_person
from narrowgate.keys.jwk import Key
from narrowgate.people.roles import Role
from world import Record, World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(20)])


def told(world: World, case: str) -> dict[str, int]:
    return {alarm.sort.value: alarm.count for alarm in alarms(world.site, case)}


def other_requester(world: World) -> None:
    """From here on another agency asks, under an agreement of its own."""
    site, officer, head = world.site, Key.generate("Ed25519"), Key.generate("Ed25519")
    for name, key, role in (("their-officer", officer, Role.AGREEMENT_OFFICER),
                            ("their-head", head, Role.SIGNATORY)):  # fmt: skip
        key.write(site.home / "parties" / f"{name}.jwk")
        add_person(site, name, organisation="elsewhere", roles=frozenset({role}), key=key)
    source = bundled("removal-order-address")
    assert source is not None
    text = re.sub(r"\[\[case]]\n.*?(?=\[\[case|```)", "", source.decode(), flags=re.DOTALL)
    text = text.replace('id = "removal-order-address"', 'id = "their-agreement"')
    text = text.replace('requester = "requester"', 'requester = "elsewhere"')
    text = text.replace('person = "signatory-1"', 'person = "their-head"')
    world.terms = adopt(site, text.encode(), "x", [world.key("agreement-officer-1"), officer])


def theirs(world: World, records: list[Record]) -> str:
    """The case of a request by the other agency."""
    change = {"requester": "elsewhere"}
    return world.process(
        records, sign_with=["their-head"], change=lambda m: m.update(change)
    ).case  # fmt: skip


def at(line: str, number: int = 1, **changes: str) -> Record:
    return record(number, address_line1=line, **changes)


def test_an_ordinary_case_gives_no_alarm(world: World) -> None:
    assert told(world, world.process([record(n) for n in range(8)]).case) == {}


def test_only_screened_cases_have_alarms(world: World) -> None:
    refused = world.process([record(n, order_date="") for n in range(30)])
    assert refused.reasons
    for case in (world.receive([record(1)]).case, refused.case):
        with pytest.raises(WrongState):
            alarms(world.site, case)


def test_b16_pooled_guessing_is_an_alarm_and_no_refusal(tmp_path: Path) -> None:
    """One world in which another agency asked before, and one in which nobody did: the requester
    gets the same answers, and only the custodian hears of it."""
    answers, heard = [], []
    for pooled in (True, False):
        world = World(tmp_path / f"{pooled}", people=[person(n) for n in range(20)])
        ours = world.terms
        other_requester(world)
        if pooled:
            theirs(world, [at("1 GUESS ST")])
            theirs(world, [at("2 GUESS ST")])
        world.terms = ours
        case = world.process([at("3 GUESS ST"), record(2)]).case
        world.release(case)
        answers.append(world.answers(case))
        heard.append(told(world, case))
        entries = b"".join(world.site.log.entries(0, world.site.log.size))
        assert b"guess" not in entries
    assert [answer["answer"] for answer in answers[0]] == ["not_confirmed", "confirmed"]
    assert answers[0] == answers[1]
    assert heard == [{"pooled_guessing": 2}, {}]  # under both keys of the subject


def test_a_number_under_many_names(world: World) -> None:
    for number in range(3):
        changes = {"tin": person(9)["tin"], "reason": f"Reason {number} of this person's own."}
        case = world.process([record(number, address_line1="9 OAK ST", **changes)]).case
        assert told(world, case).get("key_of_many", 0) == (number == 2)


def test_an_address_of_many_over_several_requests(world: World) -> None:
    for part, expected in ((range(8), 0), (range(8, 16), 1)):
        case = world.process([at("77 JUNIPER ST", n) for n in part]).case
        assert told(world, case).get("address_of_many", 0) == expected


def test_an_officer_over_several_requests(world: World) -> None:
    rows = [record(n, engaged_officer="OFFICER 1") for n in range(140)]
    first = world.process(rows[:70]).case
    assert "officer_of_many" not in told(world, first)
    assert told(world, world.process(rows[70:]).case)["officer_of_many"] == 1


def test_reasons_alike_but_for_their_figures(world: World) -> None:
    plain = [record(n, reason=f"Reason {n} of a form.") for n in range(101)]
    assert told(world, world.process(plain).case)["reasons_alike"] == 101
    words = ("alder", "birch", "cedar", "elder", "fir", "gorse", "hazel", "iris", "juniper")
    own = [record(n, reason=f"The {words[n % 9]} {words[n // 9 % 9]} case of {n}.")
           for n in range(200, 280)]  # fmt: skip
    assert "reasons_alike" not in told(world, world.process(own).case)


def test_numbers_in_sequence(world: World) -> None:
    rows = [record(n, tin=f"401-22-{1000 + n}") for n in range(30)]
    assert told(world, world.process(rows).case)["sequence"] >= 29
