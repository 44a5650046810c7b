"""What changes from one text of an agreement to another: in words, clauses, rules and figures."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from narrowgate.agreement.terms import AnswerTerms, Terms
from narrowgate.catalogue.direction import Effect, effect
from narrowgate.catalogue.rule import Bound
from narrowgate.reasons import Code

# What raising a figure of the answer does to what is confirmed.
_ANSWER: Mapping[str, Effect] = {
    "identity_threshold": Effect.LESS,
    "residence_threshold": Effect.LESS,
    "margin": Effect.LESS,
    "review_from": Effect.NONE,
    "most_false_confirmations": Effect.MORE,
    "most_review": Effect.MORE,
    "most_group_gap": Effect.MORE,
    "period_months": Effect.MORE,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `clause`: the new text's number, or the old one's where it is gone; empty for the
    document's head. `what`: what is changed; `old`, `new`: as texts, empty where there is none.
    `effect`: on what is let through or confirmed.
    """

    clause: str
    what: str
    old: str
    new: str
    effect: Effect = Effect.NONE


def differences(old: Terms, new: Terms) -> tuple[Difference, ...]:
    """All changes, the head first, then by clause in the new text's order.

    Two texts never differ in nothing: where it is only outside the clauses, that is said.
    """
    found = (*_head(old, new), *_clauses(old, new), *_rules(old, new), *_answer(old, new))
    if found or old.digest == new.digest:
        return found
    return (Difference("", "text outside the clauses, or its layout", old.digest, new.digest),)


def prose(old: str, new: str) -> list[str]:
    """The changed words of two texts: `[-gone-]` and `{+new+}` with some words around them."""
    was, now = old.split(), new.split()
    told = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone = f"[-{' '.join(was[a:b])}-]" if a < b else ""
        come = f"{{+{' '.join(now[c:d])}+}}" if c < d else ""
        around = (" ".join(was[max(a - 4, 0) : a]), " ".join(was[b : b + 4]))
        told.append(" ".join(part for part in (around[0], gone, come, around[1]) if part))
    return told


def _head(old: Terms, new: Terms) -> Iterator[Difference]:
    for name in ("id", "title", "custodian", "requester", "signatures_required", "privacy_act"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield Difference("", name, str(was), str(now))
    lists: tuple[tuple[str, Effect], ...] = (
        ("purposes", Effect.MORE), ("statutes", Effect.MORE), ("attributes", Effect.MORE),
    )  # fmt: skip
    for name, adding in lists:
        yield from _listed("", name, getattr(old, name), getattr(new, name), adding)
    signed, sign = ([f"{s.person} ({s.office})" for s in t.signatories] for t in (old, new))
    yield from _listed("", "signatory", signed, sign, Effect.MORE)
    if old.example != new.example:
        given, gives = _unlike(old.example, new.example), _unlike(new.example, old.example)
        yield Difference("", "example", given, gives)
    if old.term != new.term:
        yield Difference("", "term", _fields(old.term), _fields(new.term))


def _clauses(old: Terms, new: Terms) -> Iterator[Difference]:
    was = {clause.number: clause for clause in old.clauses}
    now = {clause.number: clause for clause in new.clauses}
    for number in [*now, *(number for number in was if number not in now)]:
        before, after = was.get(number), now.get(number)
        if before is None or after is None:
            was_title, title = (clause.title if clause else "" for clause in (before, after))
            yield Difference(number, "clause", was_title, title)
            continue
        if before.title != after.title:
            yield Difference(number, "title", before.title, after.title)
        if before.text != after.text:
            yield Difference(number, "prose", before.text, after.text)
        if before.kind != after.kind:
            yield Difference(number, "how it is kept", before.kind, after.kind)
        elif before.kind in ("performed", "informative") and before.by != after.by:
            yield Difference(number, before.kind, "; ".join(before.by), "; ".join(after.by))
    attestations = [{a.id: a for a in terms.attestations} for terms in (old, new)]
    for id_ in dict.fromkeys([*attestations[0], *attestations[1]]):
        stated, states = (by_id.get(id_) for by_id in attestations)
        if (stated and stated.text) != (states and states.text):
            was_text, text = (each.text if each else "" for each in (stated, states))
            clause = states.clause if states else stated.clause if stated else ""
            effect_of = Effect.LESS if not stated else Effect.MORE if not states else Effect.NONE
            yield Difference(clause, f"attestation {id_}", was_text, text, effect_of)
    cases = [{(c.clause, c.case.title): c.case for c in terms.cases} for terms in (old, new)]
    for clause, title in sorted(cases[0].keys() | cases[1].keys()):
        shown, shows = (by_title.get((clause, title)) for by_title in cases)
        if shown is None or shows is None:
            gone, come = (title if each else "" for each in (shown, shows))
            yield Difference(clause, "worked case", gone, come)
        elif shown != shows:
            gone, come = _unlike(shown, shows), _unlike(shows, shown)
            yield Difference(clause, f"worked case “{title}”", gone, come)


def _rules(old: Terms, new: Terms) -> Iterator[Difference]:
    was: dict[Code, Bound] = {bound.rule.code: bound for bound in old.rules}
    now: dict[Code, Bound] = {bound.rule.code: bound for bound in new.rules}
    for code in Code:
        before, after = was.get(code), now.get(code)
        if before is None and after is None:
            continue
        if before is None or after is None:
            bound = after or before
            assert bound is not None  # noqa: S101 - one of them is there
            words = _fields(bound.rule) or "no figures"
            if after:
                yield Difference(after.clause, f"rule {code}", "", words, Effect.LESS)
            else:
                yield Difference(bound.clause, f"rule {code}", words, "", Effect.MORE)
            continue
        if before.clause != after.clause:
            yield Difference(after.clause, f"clause of {code}", before.clause, after.clause)
        for name in type(after.rule).model_fields:
            values = getattr(before.rule, name), getattr(after.rule, name)
            if values[0] != values[1]:
                texts = _values(*values)
                yield Difference(
                    after.clause, f"{code} {name}", *texts, effect(code, name, *values)
                )


def _answer(old: Terms, new: Terms) -> Iterator[Difference]:
    for name in AnswerTerms.model_fields:
        was, now = getattr(old.answer, name), getattr(new.answer, name)
        if was == now:
            continue
        raising = _ANSWER.get(name, Effect.NONE)
        known = isinstance(was, int | float) and isinstance(now, int | float)
        yield Difference(
            "answer", name, str(was), str(now),
            Effect(raising if was < now else -raising) if known else Effect.NONE,
        )  # fmt: skip
    for name in type(new.use).model_fields:
        was, now = getattr(old.use, name), getattr(new.use, name)
        if was != now:
            yield Difference("use", name, str(was), str(now))
    if old.retention_days != new.retention_days:
        yield Difference("retention", "days", f"{old.retention_days}", f"{new.retention_days}")


def _listed(
    clause: str, what: str, old: Iterable[str], new: Iterable[str], adding: Effect
) -> Iterator[Difference]:
    was, now = list(old), list(new)
    for each in was:
        if each not in now:
            yield Difference(clause, what, each, "", Effect(-adding))
    for each in now:
        if each not in was:
            yield Difference(clause, what, "", each, adding)


def _values(old: object, new: object) -> tuple[str, str]:
    """Two values as texts; of two lists, what only one of them has."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        gone = [str(each) for each in old if each not in new]
        come = [str(each) for each in new if each not in old]
        return ", ".join(gone), ", ".join(come)
    return ("no bound" if old is None else str(old), "no bound" if new is None else str(new))


def _unlike(model: object, other: object) -> str:
    """The fields of a model that another has otherwise."""
    given = getattr(model, "__dict__", {})
    return ", ".join(
        f"{name} = {value}" for name, value in given.items() if value != getattr(other, name)
    )


def _fields(model: object) -> str:
    given = getattr(model, "__dict__", {})
    return ", ".join(f"{name} = {value}" for name, value in given.items() if value is not None)
