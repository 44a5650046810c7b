"""Each act of an agreement's life on a real site: who may, when, what the log says, what then."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drafts import ID, ORDER, both, draft, fact, later, rebuilt, resume, suspend
from narrowgate.canonical import canonical
from narrowgate.errors import BadInput, Conflict, Denied, WrongState
from narrowgate.gateway import life
from narrowgate.gateway import process as module
from narrowgate.gateway import release as release_module
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.cases import show_case
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import history
from narrowgate.gateway.hold import Held
from narrowgate.gateway.process import process
from narrowgate.gateway.prove import prove
from narrowgate.gateway.receive import Receipt
from narrowgate.gateway.review import decide, show_pair
from narrowgate.gateway.safeguards import record_fact
from narrowgate.keys.jwk import Key
from narrowgate.store import reading
from world import NOW, World, person, record

SUSPENDED = "request.agreement_suspended"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(6)])


def entry(world: World, index: int = -1) -> dict[str, Any]:
    log = world.site.log
    found: dict[str, Any] = json.loads(log.entry(log.size - 1 if index < 0 else index))
    return found


def codes(receipt: Receipt) -> list[str]:
    return [reason.code.value for reason in receipt.reasons]


def open_pair() -> dict[str, str]:
    """A record that the weights leave to people."""
    born = record(3)["date_of_birth"]
    slip = f"{born[:3]}{(int(born[3]) + 1) % 10}{born[4:]}"
    return record(3, date_of_birth=slip, tin="")


def test_a_suspension_stops_every_station(world: World) -> None:
    received = world.receive([record(0)]).case
    ready = world.process([record(1)]).case
    review = world.process([open_pair()]).case
    released = world.process([record(2)]).case
    world.release(released)
    later(world, hours=1)
    index = suspend(world)
    said = entry(world, index)
    assert (said["event"], said["ground"], said["order"]) == (
        "agreement.suspended", "court_order", ORDER,
    )  # fmt: skip
    assert codes(world.receive([record(4)])) == [SUSPENDED]
    size = world.site.log.size
    officer = world.key("review-officer-1")
    stations: list[Callable[[], object]] = [
        lambda: world.release(ready),
        lambda: world.release(review),
        lambda: show_pair(world.site, review, "R000003"),
        lambda: decide(world.site, review, "R000003", "confirm", "digits", officer),
        lambda: fetch_answers(world.site, released, world.root / "a.csv"),
        lambda: prove(world.site, released, "R000002"),
    ]
    for station in stations:
        with pytest.raises(Held, match=SUSPENDED):
            station()
    assert world.site.log.size == size
    assert not (world.root / "a.csv").exists()
    assert [r.code.value for r in show_case(world.site, ready)[1].held] == [SUSPENDED]
    # What was not yet screened is refused, by the very same check.
    progress = process(world.site, received)
    assert [r.code.value for r in progress.reasons] == [SUSPENDED]
    later(world, hours=1)
    resume(world)
    assert show_case(world.site, ready)[1].held == ()
    world.release(ready)
    for case in (ready, released):
        assert [row["answer"] for row in world.answers(case)] == ["confirmed"]
    decide(world.site, review, "R000003", "confirm", "digits", officer)


def test_matching_is_held_before_the_register_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suspended between screening and matching."""
    case = world.receive([record(0)]).case
    plain, touched = module._commit, []

    def commit_then_suspend(*arguments: Any) -> None:
        plain(*arguments)
        suspend(world)

    monkeypatch.setattr(module, "_commit", commit_then_suspend)
    monkeypatch.setattr(module.CaseDesk, "snapshot", touched.append)
    with pytest.raises(Held):
        process(world.site, case)
    assert touched == []
    monkeypatch.undo()
    resume(world)
    assert module.resume(world.site, case).state == "ready"


def test_a_suspension_during_the_match_wins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.receive([record(0)]).case
    plain = module.CaseDesk.snapshot

    def suspended_meanwhile(desk: Any) -> Any:
        suspend(world)
        return plain(desk)

    monkeypatch.setattr(module.CaseDesk, "snapshot", suspended_meanwhile)
    with pytest.raises(Held):
        process(world.site, case)
    assert reading.case_state(world.site.db, case) == "screened"


def test_who_may_suspend_and_resume(world: World) -> None:
    keys = {name: world.key(name) for name in ("agreement-officer-1", "agreement-officer-2")}
    for wrong in ("agreement-officer-2", "release-officer-1", "signatory-1", "outsider"):
        with pytest.raises(Denied):
            life.suspend(world.site, ID, world.key(wrong), order=ORDER)
    with pytest.raises(WrongState):
        resume(world)
    suspend(world)
    with pytest.raises(Conflict):
        suspend(world)
    one, two = keys.values()
    for signers in ([one], [two], [one, one], [one, two, two], [one, world.key("signatory-1")]):
        with pytest.raises(Denied):
            life.resume(world.site, ID, signers, reason="x")
    resume(world)
    with pytest.raises(WrongState):
        resume(world)
    suspend(world)


@pytest.mark.parametrize(
    ("order", "taken"),
    [
        ("1:25-cv-00457-CKK", True),
        ("25-5181", True),
        ("2026-CH-01234", True),
        ("No. 25-5181", False),
        ("DOE v. ROE", False),
        ("MARIA MORALES", False),
        ("MORALES-25", False),
        ("DOE-ROE-1", False),
        ("25-5181\n", False),
        ("٢٥-٥١٨١", False),
        ("", False),
    ],
)
def test_the_number_of_an_order_has_no_room_for_a_name(
    world: World, order: str, taken: bool
) -> None:
    if taken:
        suspend(world, order)
        assert entry(world)["order"] == order
    else:
        with pytest.raises(BadInput):
            suspend(world, order)


def test_words_are_sealed_and_shown_to_the_site_alone(world: World) -> None:
    words = "A complaint of ZZMARKED"
    life.suspend(world.site, ID, world.key("agreement-officer-1"), reason=words)
    assert entry(world)["ground"] == "not_kept"
    assert life.life_of(world.site, ID).suspension["reason"] == words
    for path in world.site.home.rglob("*"):
        assert not path.is_file() or b"ZZMARKED" not in path.read_bytes()


def test_amended_both_texts_are_kept(world: World) -> None:
    old = world.terms
    before = world.process([record(0)]).case
    waiting = world.receive([record(1)]).case
    later(world, days=1)
    new = draft("amended", not_before=f"{(NOW + timedelta(days=5)).date()}")
    with pytest.raises(Conflict):
        adopt(world.site, new, "x", both(world), replaces="sha256:" + "0" * 64)
    with pytest.raises(Denied):
        adopt(world.site, new, "x", both(world)[:1])
    terms = adopt(world.site, new, "x", both(world), replaces=old.digest)
    said = entry(world)
    assert (said["event"], said["replaces"]) == ("agreement.amended", old.digest)
    assert (said["begins"], said["until"]) == ("2026-11-25T00:00:00Z", "2028-05-20")
    with pytest.raises(Conflict):
        adopt(world.site, new, "x", both(world))

    def asked(number: int, digest: str) -> list[str]:
        change = {"agreement_digest": digest}
        return codes(world.receive([record(number)], change=lambda m: m.update(change)))

    world.now = datetime.fromisoformat("2026-11-24T23:59:59Z")
    last = world.receive([record(2)])
    assert codes(last) == []
    assert asked(3, terms.digest) == ["request.agreement_not_in_force"]
    world.now += timedelta(seconds=1)
    assert asked(3, old.digest) == ["request.agreement_digest_mismatch"]
    assert asked(4, terms.digest) == []
    # A digest that was never adopted is told against the text that now stands.
    assert asked(5, "sha256:" + "1" * 64) == ["request.agreement_digest_mismatch"]
    # What came before runs on, under the text it names.
    for case in (waiting, last.case):
        process(world.site, case)
    for case in (before, waiting, last.case):
        world.release(case)
        row = reading.case(world.site.db, case)
        assert (row.agreement_digest, row.state) == (old.digest, "released")


def test_an_amendment_starts_no_new_volume(world: World) -> None:
    world.receive([record(0), record(1)])
    later(world, days=400)
    terms = adopt(world.site, draft("amended"), "x", both(world))
    assert history(world.site, terms, "", world.now).persons_term == 2
    life.end(world.site, ID, both(world))
    anew = adopt(world.site, draft("a new agreement"), "x", both(world))
    assert history(world.site, anew, "", world.now).persons_term == 0


def test_no_amendment_while_suspended_or_over(world: World) -> None:
    suspend(world)
    for _ in range(2):
        with pytest.raises(WrongState, match="suspended"):
            adopt(world.site, draft("amended"), "x", both(world))
    life.end(world.site, ID, both(world))
    # Ending does not get round the court's order either.
    with pytest.raises(WrongState, match="suspended"):
        adopt(world.site, draft("again"), "x", both(world))
    resume(world)
    terms = adopt(world.site, draft("again"), "x", both(world))
    assert entry(world)["event"] == "agreement.adopted"
    world.terms = terms
    assert codes(world.receive([record(0)])) == []


def test_an_amendment_is_between_the_same_parties(world: World) -> None:
    other = draft("x").replace(b'requester = "requester"', b'requester = "elsewhere"', 1)
    with pytest.raises(Denied):
        adopt(world.site, other, "x", both(world))


def test_ended_at_once_and_for_good(world: World) -> None:
    ready = world.process([record(0)]).case
    gone = world.process([record(1)]).case
    world.release(gone)
    officers = both(world)
    for signers in (officers[:1], officers[1:], [officers[0], officers[0]]):
        with pytest.raises(Denied):
            life.end(world.site, ID, signers)
    life.end(world.site, ID, officers)
    assert entry(world)["event"] == "agreement.ended"
    with pytest.raises(WrongState):
        life.end(world.site, ID, officers)
    assert codes(world.receive([record(2)])) == ["request.agreement_not_in_force"]
    with pytest.raises(Held, match="agreement_not_in_force"):
        world.release(ready)
    # Released while it was in force: the answer can still be fetched.
    assert [row["answer"] for row in world.answers(gone)] == ["confirmed"]


def test_the_term_runs_out_for_cases_too(world: World) -> None:
    world.terms = adopt(world.site, draft(months=1), "x", both(world))
    ready = world.process([record(0)]).case
    world.now = datetime.fromisoformat("2026-12-19T23:59:59Z")
    assert codes(world.receive([record(1)])) == []
    world.now += timedelta(seconds=1)
    assert codes(world.receive([record(2)])) == ["request.agreement_not_in_force"]
    with pytest.raises(Held, match="agreement_not_in_force"):
        world.release(ready)


def test_renewed_once_as_the_agreement_says(world: World) -> None:
    with pytest.raises(WrongState, match="no renewal"):
        life.renew(world.site, ID, both(world))
    text = draft("renewable", months=2, renewal=(1, 12, 30))
    world.terms = adopt(world.site, text, "x", both(world))
    world.now = datetime.fromisoformat("2026-12-20T23:59:59Z")
    with pytest.raises(WrongState, match="last 30 days"):
        life.renew(world.site, ID, both(world))
    world.now += timedelta(seconds=1)
    with pytest.raises(Denied):
        life.renew(world.site, ID, both(world)[:1])
    assert life.renew(world.site, ID, both(world)) == date(2028, 1, 20)
    assert entry(world)["until"] == "2028-01-20"
    world.now = datetime.fromisoformat("2028-01-19T23:59:59Z")
    with pytest.raises(WrongState, match="1 times"):
        life.renew(world.site, ID, both(world))
    # An amendment does not bring the renewal back, nor does it lengthen the term.
    again = draft("again", months=24, renewal=(1, 12, 30))
    world.terms = adopt(world.site, again, "x", both(world))
    with pytest.raises(WrongState, match="1 times"):
        life.renew(world.site, ID, both(world))
    assert codes(world.receive([record(0)])) == []
    world.now += timedelta(seconds=1)
    assert codes(world.receive([record(1)])) == ["request.agreement_not_in_force"]


def test_safeguards_close_the_gate_and_open_it_again(world: World) -> None:
    closed = ["request.safeguards_not_met"]
    ready = world.process([record(0)]).case
    today = world.now.date()
    fact(world, "review", today, today + timedelta(days=10))
    world.now = datetime.fromisoformat("2026-11-30T23:59:59Z")
    assert codes(world.receive([record(1)])) == []
    world.now += timedelta(seconds=1)
    assert codes(world.receive([record(2)])) == closed
    with pytest.raises(Held, match=closed[0]):
        world.release(ready)
    fact(world, "review", world.now.date(), date(2029, 1, 1))
    assert codes(world.receive([record(3)])) == []
    fact(world, "finding", world.now.date(), finding="F-1")
    assert codes(world.receive([record(4)])) == closed
    fact(world, "plan", world.now.date(), date(2027, 1, 31), "F-1")
    assert codes(world.receive([record(5)])) == []
    later(world, days=62)
    assert codes(world.receive([record(0)])) == closed
    fact(world, "closed", world.now.date(), finding="F-1")
    world.release(ready)
    assert codes(world.receive([record(0)])) == []


def test_a_review_must_be_on_record_where_the_agreement_says_so(world: World) -> None:
    world.terms = adopt(world.site, draft(reviewed=True), "x", both(world))
    assert codes(world.receive([record(0)])) == ["request.safeguards_not_met"]
    fact(world, "review", world.now.date(), date(2029, 1, 1))
    assert codes(world.receive([record(0)])) == []


@pytest.mark.parametrize(
    ("name", "on", "due", "finding", "error"),
    [
        ("review", 0, None, "", BadInput),
        ("review", 1, 400, "", BadInput),
        ("review", -400, -1, "", BadInput),
        ("review", 0, 400, "F-1", BadInput),
        ("finding", 0, None, "", BadInput),
        ("finding", 0, 9, "F-2", BadInput),
        ("finding", 0, None, "Mr Morales's desk", BadInput),
        ("finding", 0, None, "MORALES-1", BadInput),
        ("finding", 0, None, "F-1", Conflict),
        ("plan", 0, 9, "F-9", Conflict),
        ("plan", 0, None, "F-1", BadInput),
        ("plan", -9, 9, "F-1", BadInput),
        ("closed", 0, None, "F-9", Conflict),
        ("gossip", 0, None, "F-1", BadInput),
    ],
)
def test_facts_that_are_none(
    world: World, name: str, on: int, due: int | None, finding: str, error: type[Exception]
) -> None:
    today = world.now.date()
    fact(world, "finding", today, finding="F-1")
    size = world.site.log.size
    end = today + timedelta(days=due) if due is not None else None
    with pytest.raises(error):
        fact(world, name, today + timedelta(days=on), end, finding)
    assert world.site.log.size == size


def test_a_finding_is_closed_once(world: World) -> None:
    today = world.now.date()
    fact(world, "finding", today, finding="F-1")
    fact(world, "closed", today, finding="F-1")
    for name, due in (("closed", None), ("plan", today + timedelta(days=9)), ("finding", None)):
        with pytest.raises(Conflict):
            fact(world, name, today, due, "F-1")
    key = world.key("agreement-officer-2")  # the requester's own
    with pytest.raises(Denied):
        record_fact(world.site, "requester", "finding", key, on=today, finding="F-3")


def test_every_act_is_signed_over_its_entry_and_rebuilds_the_database(
    world: World, tmp_path: Path
) -> None:
    first = world.site.log.size
    world.terms = adopt(world.site, draft("r", renewal=(1, 12, 540)), "x", both(world))
    later(world, days=30)
    fact(world, "review", world.now.date(), date(2029, 1, 1))
    fact(world, "finding", world.now.date(), finding="F-1")
    suspend(world)
    resume(world)
    life.renew(world.site, ID, both(world))
    suspend(world)
    life.end(world.site, ID, both(world))
    people = {p.key.thumbprint: p for p in world.site.directory}
    entries = [json.loads(e) for e in world.site.log.entries(first, world.site.log.size)]
    assert [each["event"] for each in entries] == [
        "agreement.amended", "safeguards.recorded", "safeguards.recorded", "agreement.suspended",
        "agreement.resumed", "agreement.renewed", "agreement.suspended", "agreement.ended",
    ]  # fmt: skip
    for each in entries:
        signatures = each.pop("signatures")
        for signature in signatures:
            key: Key = people[signature["key"]].key
            raw = base64.b64decode(signature["signature"])
            assert key.verify(raw, canonical(each))
            assert not key.verify(raw, canonical({**each, "at": "2026-01-01T00:00:00Z"}))
        lone = each["event"] in ("agreement.suspended", "safeguards.recorded")
        assert len(signatures) == (1 if lone else 2)
    again = rebuilt(world.site, tmp_path / "again")
    assert catch_up(again) == world.site.log.size
    for ask in (reading.agreements, reading.people, reading.cases, reading.applied):
        assert ask(again.db) == ask(world.site.db)
    assert life.life_of(again, ID) == life.life_of(world.site, ID)


def test_a_renewal_reaches_what_came_under_the_text_before(world: World) -> None:
    world.terms = adopt(world.site, draft("a", months=1, renewal=(1, 2, 30)), "x", both(world))
    ready = world.process([record(0)]).case
    later(world, days=2)
    adopt(world.site, draft("b", months=1, renewal=(1, 2, 30)), "x", both(world))
    assert life.renew(world.site, ID, both(world)) == date(2027, 2, 20)
    later(world, days=60)
    world.release(ready)


def test_an_amendment_may_come_before_one_that_is_to_begin(world: World) -> None:
    first = world.terms
    far = adopt(world.site, draft("far", not_before="2027-06-01"), "x", both(world))
    soon = adopt(world.site, draft("soon", not_before="2026-12-01"), "x", both(world))
    assert entry(world)["replaces"] == far.digest
    world.now = datetime.fromisoformat("2026-12-01T00:00:00Z")
    texts = {text.row.digest: text.stage.value for text in life.life_of(world.site, ID).texts}
    assert texts == {
        first.digest: "superseded", far.digest: "superseded", soon.digest: "in_force",
    }  # fmt: skip
    assert codes(world.receive([record(0)])) == ["request.agreement_digest_mismatch"]
    world.terms = soon
    assert codes(world.receive([record(0)])) == []


def test_a_suspension_during_the_release_wins(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.process([record(0)]).case
    plain = release_module.answers_tree

    def suspended_meanwhile(*arguments: Any) -> Any:
        suspend(world)
        return plain(*arguments)

    monkeypatch.setattr(release_module, "answers_tree", suspended_meanwhile)
    with pytest.raises(Held, match=SUSPENDED):
        world.release(case)
    assert reading.case_state(world.site.db, case) == "ready"
