"""The law of a past second is what stood at that second, whatever was recorded afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drafts import ID, both, delegate, draft, fact, resume, suspend
from narrowgate.errors import BadInput, NotFound
from narrowgate.gateway import life, powers
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.law_at import law_at, moment_of
from world import NOW, World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(5)])


def seen(world: World) -> Any:
    return life.life_of(world.site, ID)


def test_every_second_is_as_it_was_seen_then(world: World) -> None:
    """A life, looked at after each act; afterwards the same is told of each of those seconds."""
    new = draft("new", months=8, renewal=(1, 3, 60), delegated=True)
    acts = [
        lambda: world.process([record(1)]),
        lambda: suspend(world),
        lambda: resume(world),
        lambda: adopt(world.site, new, "x", both(world)),
        lambda: delegate(world, ends=world.now + timedelta(days=30)),
        lambda: fact(world, "review", world.now.date(), due=world.now.date() + timedelta(days=90)),
        lambda: fact(world, "finding", world.now.date(), finding="F-1"),
        lambda: powers.revoke(world.site, "signatory-1", world.key("agreement-officer-1")),
        lambda: fact(world, "closed", world.now.date(), finding="F-1"),
        lambda: suspend(world),
        lambda: resume(world),
        lambda: life.end(world.site, ID, both(world)),
    ]  # fmt: skip
    moments: list[tuple[datetime, Any]] = []
    for act in acts:
        world.now += timedelta(days=3)
        act()
        moments.append((world.now, seen(world)))
        world.now += timedelta(seconds=1)
        moments.append((world.now, seen(world)))
    world.now += timedelta(days=500)
    size = world.site.log.size
    stages = set()
    for at, then in moments:
        told = law_at(world.site, at, ID)[0]
        assert told.life == then
        stages.add(told.text.stage.value if told.text else "none")
    assert stages == {"in_force", "suspended", "none"}
    assert world.site.log.size == size
    assert not list(world.site.home.glob(".law-*"))


def test_who_could_sign(world: World) -> None:
    world.now += timedelta(days=1)
    adopt(world.site, draft("new", delegated=True), "x", both(world))
    without = world.now
    world.now += timedelta(days=1)
    delegate(world, ends=world.now + timedelta(days=30))
    given = world.now
    world.now += timedelta(days=1)
    powers.revoke(world.site, "signatory-1", world.key("agreement-officer-1"))
    told = [law_at(world.site, at, ID)[0].signing for at in
            (NOW, without, given, given + timedelta(days=31), world.now)]  # fmt: skip
    # After the revocation nobody: the power of the second goes with the first.
    assert told == [
        ("signatory-1", "signatory-2"), ("signatory-1",), ("signatory-1", "signatory-2"), (), (),
    ]  # fmt: skip


def test_a_text_that_has_not_begun_is_not_the_law(world: World) -> None:
    world.now += timedelta(days=1)
    later = draft("later", not_before="2026-12-01")
    new = adopt(world.site, later, "x", both(world))
    for day, expected in (("2026-11-30", world.terms.digest), ("2026-12-01", new.digest)):
        text = law_at(world.site, moment_of(day), ID)[0].text
        assert text is not None
        assert text.row.digest == expected


def test_before_its_adoption_there_is_none(world: World) -> None:
    assert law_at(world.site, NOW - timedelta(seconds=1)) == []
    with pytest.raises(NotFound):
        law_at(world.site, NOW - timedelta(seconds=1), ID)


def test_a_date_is_its_last_second() -> None:
    assert moment_of("2026-11-20") == datetime.fromisoformat("2026-11-20T23:59:59Z")
    assert moment_of("2026-11-20T12:00:00Z") == NOW
    with pytest.raises(BadInput):
        moment_of("yesterday")
    assert moment_of("2028-02-29").date() == date(2028, 2, 29)
