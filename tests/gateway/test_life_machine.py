"""Any order of acts at any times: the site and a small plain model never differ.

The model below is written from docs/life-of-an-agreement.md, record by record, and knows nothing of
the gate's code. After each step a lawful request under every text ever signed, by each signatory,
is judged by the gate as of that second, and must get exactly the model's codes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from demand import demand, lawful
from drafts import ID, both, delegate, draft, fact, rebuilt, resume, suspend
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.errors import BadInput, Conflict
from narrowgate.gateway import life, powers
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.desk import law
from narrowgate.gateway.enrol import create_site
from narrowgate.gateway.site import Site
from narrowgate.request.received import Signer
from narrowgate.screening.request_rules import request_reasons
from narrowgate.store import reading
from world import NOW, World

DAY = timedelta(days=1)
DELEGATION = timedelta(days=40)
STEPS = (timedelta(seconds=1), timedelta(hours=11), DAY, 20 * DAY, 90 * DAY)
REFUSED = (BadInput, Conflict)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass
class Text:
    """A signed text in the model: when it is asked under, and until when it is in force."""

    terms: Terms
    begins: datetime
    until: date
    gives_way: datetime | None = None


@dataclass
class Model:
    """All that the law of the site is."""

    texts: list[Text] = field(default_factory=list)
    renewals: int = 0
    term: int = 0  # index of the first text of the present term
    suspended: bool = False
    ended: int = 0  # texts before this one are ended
    reviews: list[tuple[date, date]] = field(default_factory=list)
    findings: dict[str, date | None] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    revoked: dict[str, datetime] = field(default_factory=dict)
    delegations: list[list[datetime]] = field(default_factory=list)

    def over(self, at: datetime) -> bool:
        """Whether the last text is ended or has run out."""
        return self.ended == len(self.texts) or at >= midnight(self.texts[-1].until)

    def codes(self, text: Text, signatory: str, at: datetime) -> set[str]:
        """What a lawful request under `text`, signed by `signatory`, is refused for."""
        found = set()
        if text.gives_way is not None and at >= text.gives_way:
            found.add("request.agreement_digest_mismatch")
        over = self.texts.index(text) < self.ended
        if over or not text.begins <= at < midnight(text.until):
            found.add("request.agreement_not_in_force")
        if self.suspended:
            found.add("request.agreement_suspended")
        due = [max(self.reviews, key=lambda review: review[0])[1]] if self.reviews else []
        planned = [day for name, day in self.findings.items() if name not in self.closed]
        if None in planned or any(at.date() > day for day in [*due, *planned] if day):
            found.add("request.safeguards_not_met")
        if self.revoked.get(signatory, at + DAY) <= at:
            found.add("request.signatory_revoked")
        if signatory == "signatory-2":
            begun = [span for span in self.delegations if span[0] <= at]
            if not begun:
                found.add("request.signatory_not_named")
            elif not any(at < end for _, end in begun) or "signatory-1" in self.revoked:
                found.add("request.signatory_revoked")
        return found


class Lives(RuleBasedStateMachine):
    """The acts of officers and the passing of time."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        shutil.copytree(_template(), self.root / "site")
        self.world = World.__new__(World)
        self.world.root, self.world.now = self.root, NOW
        self.world.site = Site(self.root / "site", clock=lambda: self.world.now)
        self.first = self.world.site.log.size
        self.model, self.drafts, self.acts = Model(), 0, 0

    def teardown(self) -> None:
        again = rebuilt(self.world.site, self.root / "again")
        assert catch_up(again) == self.world.site.log.size == self.first + self.acts
        for ask in (reading.agreements, reading.people, reading.applied):
            assert ask(again.db) == ask(self.world.site.db)
        for ask, what in ((reading.delegations, ID), (reading.safeguards, "requester")):
            assert ask(again.db, what) == ask(self.world.site.db, what)
        assert list(again.log.verify()) == []
        shutil.rmtree(self.root)

    def attempt(self, allowed: bool, act: Any, event: str) -> bool:
        """Do it: it happens, with one entry of that kind, if and only if the model allows it."""
        size = self.world.site.log.size
        try:
            act()
        except REFUSED:
            assert not allowed, f"{event} was refused and should not be"
            assert self.world.site.log.size == size
            return False
        assert allowed, f"{event} happened and should not have"
        assert self.world.site.log.size == size + 1
        assert json.loads(self.world.site.log.entry(size))["event"] == event
        self.acts += 1
        return True

    @initialize()
    def adopted(self) -> None:
        self.adopt(months=2, delay=0, renewal=(1, 2, 30))

    @rule(
        months=st.sampled_from([1, 2, 4]),
        delay=st.sampled_from([0, 0, 3, 100]),
        renewal=st.sampled_from([None, (1, 2, 30)]),
    )
    def adopt(self, months: int, delay: int, renewal: tuple[int, int, int] | None) -> None:
        model, at = self.model, self.world.now
        self.drafts += 1
        not_before = (at + delay * DAY).date()
        source = draft(
            f"draft {self.drafts}", not_before=f"{not_before}", months=months, renewal=renewal,
            delegated=True,
        ).replace(b"delegation_days = 60", b"delegation_days = 40")  # fmt: skip
        terms = read_agreement(source, "draft")
        begins = max(at, midnight(not_before))
        until = terms.term.ends(begins.date())
        anew = not model.texts or model.over(at)
        if not anew:
            until = min(until, model.texts[-1].until)
        allowed = not model.suspended and (anew or begins < midnight(until))
        event = "agreement.adopted" if anew else "agreement.amended"
        if not self.attempt(
            allowed, lambda: adopt(self.world.site, source, "draft", both(self.world)), event
        ):
            return
        gives_way = at if anew else begins
        for text in model.texts:
            text.gives_way = min(text.gives_way or gives_way, gives_way)
        if anew:
            model.renewals, model.term = 0, len(model.texts)
        model.texts.append(Text(terms, begins, until))

    @rule()
    def renew(self) -> None:
        model, at = self.model, self.world.now
        text = model.texts[-1]
        renewal = text.terms.term.renewal
        allowed = (
            renewal is not None
            and not model.over(at)
            and not model.suspended
            and text.begins <= at
            and model.renewals < renewal.times
            and at >= midnight(text.until) - timedelta(days=renewal.last_days)
        )
        if self.attempt(
            allowed, lambda: life.renew(self.world.site, ID, both(self.world)), "agreement.renewed"
        ):
            until = reading.agreements(self.world.site.db)[-1].until
            assert until is not None
            assert 59 <= (until - text.until).days <= 62
            for each in model.texts[model.term :]:
                each.until = until
            model.renewals += 1

    @rule()
    def suspend(self) -> None:
        if self.attempt(
            not self.model.suspended, lambda: suspend(self.world), "agreement.suspended"
        ):
            self.model.suspended = True

    @rule()
    def resume(self) -> None:
        if self.attempt(self.model.suspended, lambda: resume(self.world), "agreement.resumed"):
            self.model.suspended = False

    @rule(sure=st.integers(0, 4))
    def end(self, sure: int) -> None:
        if sure:  # or every life would be short
            return
        allowed = not self.model.over(self.world.now)
        if self.attempt(
            allowed, lambda: life.end(self.world.site, ID, both(self.world)), "agreement.ended"
        ):
            self.model.ended = len(self.model.texts)

    @rule(days=st.sampled_from([1, 30, 200]), ago=st.sampled_from([0, 5]))
    def review(self, days: int, ago: int) -> None:
        today = self.world.now.date()
        done, due = today - ago * DAY, today + days * DAY
        allowed = (done, due) not in self.model.reviews
        if self.attempt(
            allowed, lambda: fact(self.world, "review", done, due), "safeguards.recorded"
        ):
            # Of two on one day the later record counts: max() takes the first it meets.
            self.model.reviews.insert(0, (done, due))

    @rule(
        number=st.sampled_from(["F-1", "F-2"]), what=st.sampled_from(["finding", "plan", "closed"])
    )
    def finding(self, number: str, what: str) -> None:
        model, today = self.model, self.world.now.date()
        due = today + 10 * DAY if what == "plan" else None
        known, closed = number in model.findings, number in model.closed
        allowed = not known if what == "finding" else known and not closed
        if what == "plan" and known and model.findings[number] == due:
            allowed = False  # this very plan, on this very day
        if self.attempt(
            allowed, lambda: fact(self.world, what, today, due, number), "safeguards.recorded"
        ):
            if what == "closed":
                model.closed.add(number)
            else:
                model.findings[number] = due

    @rule(whom=st.sampled_from(["signatory-1", "signatory-2"]), sure=st.integers(0, 6))
    def revoke(self, whom: str, sure: int) -> None:
        if sure:
            return
        key = self.world.key("agreement-officer-1")
        allowed = whom not in self.model.revoked
        if self.attempt(
            allowed, lambda: powers.revoke(self.world.site, whom, key), "person.revoked"
        ):
            self.model.revoked[whom] = self.world.now

    @rule(delay=st.sampled_from([timedelta(), timedelta(hours=1), 10 * DAY]))
    def delegate(self, delay: timedelta) -> None:
        model, at = self.model, self.world.now
        if "signatory-1" in model.revoked:
            return  # Denied: tests/gateway/test_powers.py
        first, end = at + delay, at + delay + DELEGATION
        free = all(end <= begun or over <= first for begun, over in model.delegations)
        current = next(t for t in model.texts if t.gives_way is None or at < t.gives_way)
        lives = model.texts.index(current) >= model.ended and at < midnight(current.until)
        if self.attempt(
            free and lives, lambda: delegate(self.world, end, first), "delegation.given"
        ):
            model.delegations.append([first, end])

    @rule()
    def withdraw(self) -> None:
        model, at = self.model, self.world.now
        key = self.world.key("agreement-officer-2")
        unfinished = sorted(span for span in model.delegations if at < span[1])
        if self.attempt(
            bool(unfinished),
            lambda: powers.withdraw(self.world.site, ID, "signatory-2", key),
            "delegation.withdrawn",
        ):
            unfinished[0][1] = at

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step: timedelta) -> None:
        self.world.now += step

    @rule(before=st.booleans())
    def wait_for_a_boundary(self, before: bool) -> None:
        """To the next second at which something begins or ends, or to the second before it."""
        model, at = self.model, self.world.now
        ends = [midnight(text.until) for text in model.texts]
        ends += [text.gives_way for text in model.texts if text.gives_way]
        ends += [text.begins for text in model.texts]
        ends += [second for span in model.delegations for second in span]
        ends += [midnight(due + DAY) for _, due in model.reviews]
        ends += [midnight(due + DAY) for due in model.findings.values() if due]
        ahead = [end - timedelta(seconds=before) for end in ends]
        self.world.now = min((end for end in ahead if end > at), default=at)

    @invariant()
    def the_gate_says_what_the_model_says(self) -> None:
        model, at, site = self.model, self.world.now, self.world.site
        for text in model.texts:
            past = law(site, text.terms, "")
            asked = demand(
                [lawful(1)], terms=text.terms, created_at=at, expires_at=at + timedelta(hours=1)
            )
            for signatory in ("signatory-1", "signatory-2"):
                received = replace(asked, signers=(Signer(0, signatory, True),))
                found = {r.code.value for r in request_reasons(received, text.terms, past, at)}
                assert found == model.codes(text, signatory, at), (text.terms.digest, signatory)


_MADE: list[Path] = []


def _template() -> Path:
    """A site with its people and nothing else, made once."""
    if not _MADE:
        home = Path(tempfile.mkdtemp()) / "site"
        create_site(
            home, custodian="custodian", origin="custodian.example/narrowgate",
            test_parties=True, clock=lambda: NOW,
        )  # fmt: skip
        _MADE.append(home)
    return _MADE[0]


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
