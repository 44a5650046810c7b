"""Keys revoked, powers delegated: who may, for how long, and for which requests it counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from drafts import ID, both, delegate, draft, later
from narrowgate.errors import BadInput, Conflict, Denied, NotFound, WrongState
from narrowgate.gateway import life, powers
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.hold import Held
from narrowgate.gateway.process import process
from narrowgate.store import reading
from world import NOW, World, person, record

REVOKED, NOT_NAMED = "request.signatory_revoked", "request.signatory_not_named"
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(4)])


@pytest.fixture
def delegating(world: World) -> World:
    """Under an agreement whose second signatory signs by delegation, for 60 days at most."""
    world.terms = adopt(world.site, draft(delegated=True), "x", both(world))
    return world


def asked(world: World, number: int, *signers: str) -> list[str]:
    receipt = world.receive([record(number)], sign_with=signers or ("signatory-1",))
    return [reason.code.value for reason in receipt.reasons]


def revoke(world: World, whom: str = "signatory-1", since: datetime | None = None) -> None:
    powers.revoke(world.site, whom, world.key("agreement-officer-1"), since=since)


def test_a_revocation_is_at_once_and_for_what_comes_after(world: World) -> None:
    ready, waiting = world.process([record(0)]).case, world.receive([record(1)]).case
    later(world, seconds=1)
    revoke(world)
    assert json.loads(world.site.log.entry(world.site.log.size - 1))["since"] == (
        "2026-11-20T12:00:01Z"
    )
    assert asked(world, 2) == [REVOKED]
    assert asked(world, 2, "signatory-2") == []
    # Signed and received while the key stood: these stay.
    process(world.site, waiting)
    for case in (ready, waiting):
        world.release(case)
    with pytest.raises(Conflict):
        revoke(world)


def test_a_key_in_wrong_hands_is_revoked_since_then(world: World) -> None:
    later(world, days=1)
    before = world.process([record(0)]).case
    later(world, hours=1)
    since = world.now
    ready, waiting = world.process([record(1)]).case, world.receive([record(2)]).case
    released = world.process([record(3)]).case
    world.release(released)
    later(world, hours=1)
    revoke(world, since=since)
    for act in (lambda: world.release(ready), lambda: world.answers(released)):
        with pytest.raises(Held, match=REVOKED):
            act()
    assert [r.code.value for r in process(world.site, waiting).reasons] == [REVOKED]
    world.release(before)


def test_who_may_revoke_and_since_when(world: World) -> None:
    def attempt(key: str, since: datetime | None = None, whom: str = "signatory-1") -> None:
        powers.revoke(world.site, whom, world.key(key), since=since)

    for wrong in ("signatory-1", "release-officer-1", "outsider"):
        with pytest.raises(Denied):
            attempt(wrong)
    with pytest.raises(Denied):
        attempt("agreement-officer-2", whom="release-officer-1")
    for since in (NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)):
        with pytest.raises(BadInput):
            attempt("agreement-officer-1", since)
    with pytest.raises(NotFound):
        attempt("agreement-officer-1", whom="nobody")
    attempt("agreement-officer-2", NOW)  # of the signatory's own organisation


def test_a_revoked_officer_signs_nothing_more(world: World) -> None:
    case = world.process([record(0)]).case
    revoke(world, "release-officer-2")
    with pytest.raises(Denied):
        world.release(case)
    revoke(world, "agreement-officer-2")
    with pytest.raises(Denied):
        life.end(world.site, ID, both(world))


def test_a_delegation_is_in_force_between_its_seconds(delegating: World) -> None:
    world = delegating
    assert asked(world, 0, "signatory-2") == [NOT_NAMED]
    assert asked(world, 0, "signatory-1") == []
    first, end = NOW + DAY, datetime.fromisoformat("2026-12-31T19:00:00-05:00")
    index = delegate(world, end, first)
    said = json.loads(world.site.log.entry(index))
    assert (said["delegator"], said["delegate"]) == ("signatory-1", "signatory-2")
    assert (said["begins"], said["ends"]) == ("2026-11-21T12:00:00Z", "2027-01-01T00:00:00Z")
    assert [s["person"] for s in said["signatures"]] == ["signatory-1", "agreement-officer-1"]
    world.now = first - timedelta(seconds=1)
    assert asked(world, 1, "signatory-2") == [NOT_NAMED]
    world.now = first
    assert asked(world, 1, "signatory-2") == []
    world.now = datetime.fromisoformat("2026-12-31T23:59:59+00:00")
    case = world.receive([record(2)], sign_with=("signatory-2",)).case
    world.now += timedelta(seconds=1)
    assert asked(world, 3, "signatory-2") == [REVOKED]
    process(world.site, case)
    world.release(case)


def test_a_withdrawal_is_at_once(delegating: World) -> None:
    world = delegating
    with pytest.raises(WrongState):
        powers.withdraw(world.site, ID, "signatory-2", world.key("signatory-1"))
    delegate(world, NOW + 30 * DAY)
    for wrong in ("signatory-2", "release-officer-1", "outsider"):
        with pytest.raises(Denied):
            powers.withdraw(world.site, ID, "signatory-2", world.key(wrong))
    case = world.receive([record(0)], sign_with=("signatory-2",)).case
    later(world, seconds=1)
    powers.withdraw(world.site, ID, "signatory-2", world.key("signatory-1"))
    assert asked(world, 1, "signatory-2") == [REVOKED]
    process(world.site, case)
    with pytest.raises(WrongState):
        powers.withdraw(world.site, ID, "signatory-2", world.key("agreement-officer-2"))
    # Given anew, it stands anew.
    delegate(world, NOW + 20 * DAY)
    assert asked(world, 2, "signatory-2") == []
    powers.withdraw(world.site, ID, "signatory-2", world.key("agreement-officer-2"))


def test_a_power_goes_with_the_one_who_gave_it(delegating: World) -> None:
    world = delegating
    delegate(world, NOW + 30 * DAY)
    assert asked(world, 0, "signatory-2") == []
    later(world, seconds=1)
    revoke(world, "signatory-1")
    assert asked(world, 1, "signatory-2") == [REVOKED]


def test_what_is_no_delegation(delegating: World) -> None:
    world, size = delegating, delegating.site.log.size
    delegate(world, NOW + 10 * DAY)

    def attempt(
        *keys: str, begins: datetime | None = None, days: float = 20, whom: str = "signatory-2"
    ) -> None:
        first = begins or NOW + 10 * DAY
        powers.delegate(
            world.site, ID, whom, [world.key(key) for key in keys],
            begins=first, ends=first + timedelta(days=days), instrument=b"x",
        )  # fmt: skip

    good = ("agreement-officer-1", "signatory-1")
    for keys in (good[:1], good[1:], ("signatory-1", "signatory-1"), ("signatory-2", good[0]),
                 ("signatory-1", "agreement-officer-2"), ("agreement-officer-1",) * 2):  # fmt: skip
        with pytest.raises(Denied):
            attempt(*keys)
    with pytest.raises(Denied):
        attempt(*good, whom="signatory-1")  # signs by office
    with pytest.raises(NotFound):
        attempt(*good, whom="deputy")
    with pytest.raises(Denied):
        attempt(*good, whom="outsider")  # B17: a deputy not on the list
    for days in (0, -1, 60.00002):
        with pytest.raises(BadInput):
            attempt(*good, days=days)
    with pytest.raises(BadInput):
        attempt(*good, begins=NOW - timedelta(seconds=1))
    with pytest.raises(Conflict):
        attempt(*good, begins=NOW + 10 * DAY - timedelta(seconds=1))
    assert world.site.log.size == size + 1
    attempt(*good, days=60)
    assert len(reading.delegations(world.site.db, ID)) == 2


def test_no_delegation_under_an_agreement_that_is_over(delegating: World) -> None:
    life.end(delegating.site, ID, both(delegating))
    with pytest.raises(WrongState):
        delegate(delegating, NOW + DAY)


def test_the_instrument_is_sealed(delegating: World) -> None:
    keys = [delegating.key("signatory-1"), delegating.key("agreement-officer-1")]
    powers.delegate(
        delegating.site, ID, "signatory-2", keys, ends=NOW + DAY, instrument=b"ZZMARKED"
    )
    for path in delegating.site.home.rglob("*"):
        assert not path.is_file() or b"ZZMARKED" not in path.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('delegated_by = "signatory-1"', 'delegated_by = "nobody"', "delegated_by"),
        ('delegated_by = "signatory-1"', 'delegated_by = "signatory-2"', "delegated_by"),
        ("delegation_days = 60", "", "delegation_days"),
        ('delegated_by = "signatory-1"', "", "delegated_by"),
        ("delegation_days = 60", "delegation_days = 0", "delegation_days"),
    ],
)
def test_faults_of_the_document(world: World, old: str, new: str, line: str) -> None:
    with pytest.raises(BadInput, match=line):
        adopt(
            world.site, draft(delegated=True).replace(old.encode(), new.encode()), "x", both(world)
        )
