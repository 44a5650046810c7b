"""Past requests under two texts, in counts, without a register and without a trace."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from demand import TERMS
from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.gateway.whatif import on_cases
from narrowgate.register.snapshot import Snapshot
from world import NOW, World, person, record

SOURCE = (bundled(TERMS.id) or b"").decode()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(20)])


def changed(old: str, new: str) -> Terms:
    assert old in SOURCE
    return read_agreement(SOURCE.replace(old, new).encode(), "x")


def final(days: int, number: int) -> dict[str, str]:
    return record(number, order_date=f"{(NOW - timedelta(days=days)).date()}")


def test_a_figure_is_told_in_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [final(days, number) for number, days in enumerate((80, 100, 110, 130, 400))]
    case = world.process([*rows, record(9, reason="")]).case
    size = world.site.log.size

    def never(*arguments: object) -> None:
        raise AssertionError("the register was opened")

    monkeypatch.setattr(Snapshot, "open", never)
    world.now += timedelta(days=200)  # judged as on the day on which it came
    stricter = changed("more_than_days = 90", "more_than_days = 120")
    found = on_cases(world.site, [case], TERMS, stricter)[0]
    assert (found.records, found.refused) == (6, (2, 4))
    assert (found.only_old, found.only_new) == (0, 2)
    assert found.codes == (("order.period_not_run", 1, 3), ("reason.missing", 1, 1))
    back = on_cases(world.site, [case], stricter, TERMS)[0]
    assert (back.only_old, back.only_new) == (2, 0)
    assert world.site.log.size == size


def test_under_its_own_text_a_case_comes_out_as_it_did(world: World) -> None:
    guesses = [
        world.process([record(1, address_line1=f"{n} GUESS ST", case_number=f"G-{n}")])
        for n in (1, 2, 3, 4)
    ]
    assert [progress.docket.counts["refused"] for progress in guesses] == [0, 0, 1, 1]
    told = on_cases(world.site, [progress.case for progress in guesses], TERMS, TERMS)
    assert [case.refused for case in told] == [(0, 0), (0, 0), (1, 1), (1, 1)]
    more = changed("most_addresses = 2", "most_addresses = 3")
    told = on_cases(world.site, [progress.case for progress in guesses], TERMS, more)
    # The third was refused, and so is no attempt: under the other text the fourth is the third.
    assert [case.refused for case in told] == [(0, 0), (0, 0), (1, 0), (1, 0)]


def test_what_the_new_text_asks_of_the_whole_refuses_the_whole(world: World) -> None:
    case = world.process([record(n) for n in range(3)]).case
    fewer = changed("per_request = 10_000", "per_request = 2")
    found = on_cases(world.site, [case], TERMS, fewer)[0]
    assert (found.refused, found.only_new) == ((0, 3), 3)
    assert found.codes == (("request.volume_exceeded", 0, 3),)
