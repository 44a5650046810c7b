"""The counter of guesses is not got round: not by splitting, sending again, or a lost database."""

from __future__ import annotations

from pathlib import Path

import pytest

from narrowgate.gateway.commit import rebuild_database
from narrowgate.gateway.process import process
from narrowgate.gateway.receive import receive
from world import Record, World, person, record

LIMIT = 2  # clause 6.2


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(20)])


def guess(number: int, **changes: str) -> Record:
    told = {
        "record_id": f"G{number}",
        "address_line1": f"{number} GUESS ST",
        "case_number": f"G-{number}",
        "reason": f"Investigation {number} of this person.",
    }
    return record(1, **told | changes)


def refused(world: World, rows: list[Record]) -> list[list[str]]:
    docket = world.process(rows).docket
    return [sorted(r.code.value for r in docket.reasons_of(row)) for row in range(len(docket))]


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_splitting_a_request_tells_no_more(world: World, parts: int) -> None:
    """However ten guesses are cut up, at most as many addresses are answered as the clause says."""
    rows = [guess(number) for number in range(1, 11)]
    size = len(rows) // parts
    told = [codes for part in range(parts)
            for codes in refused(world, rows[part * size : (part + 1) * size])]  # fmt: skip
    assert len(told) == 10
    assert sum(not codes for codes in told) <= LIMIT


def test_one_by_one_the_third_address_is_refused(world: World) -> None:
    told = [refused(world, [guess(number)])[0] for number in range(1, 6)]
    assert told == [[], [], *[["subject.attempts_exceeded"]] * 3]
    assert refused(world, [guess(1, record_id="again")]) == [[]]


def test_sent_again_it_is_refused_and_counts_nothing(world: World) -> None:
    folder = world.request([guess(1)])
    process(world.site, receive(world.site, folder).case)
    again = receive(world.site, folder)
    assert [reason.code.value for reason in again.reasons] == ["request.replayed"]
    assert refused(world, [guess(2)]) == [[]]
    assert refused(world, [guess(3)]) == [["subject.attempts_exceeded"]]


def test_a_database_made_anew_remembers(world: World) -> None:
    for number in (1, 2):
        refused(world, [guess(number)])
    rebuild_database(world.site)
    assert refused(world, [guess(3)]) == [["subject.attempts_exceeded"]]


def test_two_cases_at_once_do_not_both_slip_under_it(world: World) -> None:
    """Both were received before either was screened."""
    refused(world, [guess(1)])
    waiting = [world.receive([guess(number)]).case for number in (2, 3)]
    dockets = [process(world.site, case).docket for case in waiting]
    assert [docket.counts["refused"] for docket in dockets] == [0, 1]
