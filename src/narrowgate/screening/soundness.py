"""Whether an agreement is sound: no gap, no rule that cannot fail or pass, none that contradict,
every worked case as expected.

Two kinds of knowledge, told apart in what is said. By arithmetic (catalogue/figures.py,
agreement/contradictions.py): certain. By trying (probes.py, circumstances.py): a rule seen to
refuse one record and to pass another can do both, for certain, and a record that passes every rule
shows that no two contradict; a rule that was not seen to do so is reported as such, with the number
of records tried. What is tried goes through the screening's own rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from narrowgate.agreement.contradictions import Finding, by_arithmetic, finding
from narrowgate.agreement.coverage import gaps
from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedCase, WorkedPast, WorkedRequest
from narrowgate.catalogue.rule import Bound, RecordRule, RequestRule
from narrowgate.engine.duck import connect
from narrowgate.errors import NarrowgateError
from narrowgate.reasons import Code
from narrowgate.screening.circumstances import BREAKING
from narrowgate.screening.probes import Choice, Probe, probes
from narrowgate.screening.record_rules import broken_rules, judgement, spread
from narrowgate.screening.request_rules import CHECKS, Matter, request_reasons
from narrowgate.screening.screen import RECORDS
from narrowgate.screening.specimen import demand, past, table
from narrowgate.screening.worked import Outcome, read_at, rows_of, run_cases
from narrowgate.standard.form import standardise

_CERTAIN = ("never_fails", "never_passes")
# Counted over requests: screening counts it beside its expression, which refuses nothing.
_COUNTED = (Code.SUBJECT_ATTEMPTS_EXCEEDED,)
_PLAIN_CASE = WorkedCase(title="a lawful request", passes=True)


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination found, by line, and how each worked case came out."""

    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What makes the agreement unsound."""
        return tuple(each for each in self.findings if each.sort != "advice")


def examine(terms: Terms) -> Examined:
    """All that is amiss with an agreement whose document has no fault of form."""
    found = [*_gaps(terms), *by_arithmetic(terms)]
    decided = {each.code for each in found if each.sort in _CERTAIN}
    unusable, usable = _usable(terms, [b for b in terms.rules if b.rule.code not in decided])
    found += unusable
    found += _requests(terms, usable)
    found += _records(terms, usable)
    outcomes = () if unusable else run_cases(terms)
    found += _cases(outcomes)
    found += _without_cases(terms)
    return Examined(tuple(sorted(set(found))), outcomes)


def _gaps(terms: Terms) -> Iterator[Finding]:
    for clause in gaps(terms):
        text = "nothing and nobody keeps this clause: say how it is kept"
        yield Finding(clause.line, "gap", clause.number, "", text)


def _usable(terms: Terms, rules: Sequence[Bound]) -> tuple[list[Finding], list[Bound]]:
    """Rules whose lists the engine cannot use as they stand are told, and not tried."""
    try:
        _alone(terms, rules)
    except NarrowgateError:
        unusable = [found for bound in rules if (found := _unusable(terms, bound))]
        told = {each.code for each in unusable}
        return unusable, [bound for bound in rules if bound.rule.code.value not in told]
    return [], list(rules)


def _unusable(terms: Terms, bound: Bound) -> Finding | None:
    try:
        _alone(terms, [bound])
    except NarrowgateError as error:
        why = f"its words or places cannot be used as they stand ({error.fault})"
        return finding(bound, "never_passes", why)
    return None


def _alone(terms: Terms, rules: Sequence[Bound]) -> npt.NDArray[np.bool_]:
    """Which of the rules the agreement's lawful record breaks; bool (record rules,)."""
    return _broken(terms, rules, [Probe(terms.example.changed())])[:, 0]


def _requests(terms: Terms, rules: Sequence[Bound]) -> Iterator[Finding]:
    """Each rule on the whole request refuses what is made to break it; a lawful one passes."""
    now = read_at(terms, _PLAIN_CASE)
    rows = rows_of(terms, _PLAIN_CASE)

    def matter(asked: WorkedRequest, told: WorkedPast) -> Matter:
        received = demand(terms, asked, rows, now)
        assert received.manifest is not None  # noqa: S101 - a made-up request has one
        return Matter(received, received.manifest, terms, past(terms, told, now), now)

    for bound in rules:
        code = bound.rule.code
        if not isinstance(bound.rule, RequestRule) or code not in BREAKING:
            continue
        circumstance = BREAKING[code](terms, now)
        if circumstance is not None and not CHECKS[code](matter(*circumstance)):
            why = "the request made to break it passed"
            yield finding(bound, "never_fails", why)
    lawful = matter(WorkedRequest(), WorkedPast())
    for reason in request_reasons(lawful.received, terms, lawful.history, now):
        bound_by = terms.bound(reason.code)
        yield Finding(
            bound_by.line if bound_by else 1,
            "contradiction",
            reason.clause,
            reason.code.value,
            "a request that is lawful by every other clause is refused by this one",
        )


def _records(terms: Terms, rules: Sequence[Bound]) -> Iterator[Finding]:
    """Record rules, over every probe at once."""
    record_rules = [b for b in rules if isinstance(b.rule, RecordRule)]
    tried = probes(terms, read_at(terms, _PLAIN_CASE).date())
    broken = _broken(terms, record_rules, tried)
    for bound, refused in zip(record_rules, broken, strict=True):
        if bound.rule.code in _COUNTED:
            continue
        if not refused.any():
            yield finding(bound, "never_fails", f"it refused none of {len(tried)} records tried")
        elif refused.all():
            yield finding(bound, "never_passes", f"it refused all {len(tried)} records tried")
    refuses = zip(record_rules, _alone(terms, record_rules), strict=True)
    against = [bound for bound, refused in refuses if refused]
    for bound in against:
        yield finding(
            bound,
            "contradiction",
            "the agreement's own lawful record is refused by this rule: mend the rule, or say in "
            "[example.record] what a lawful record holds",
        )
    if not against:
        yield from _denied_choices(record_rules, tried, broken)


def _denied_choices(
    rules: Sequence[Bound], tried: Sequence[Probe], broken: npt.NDArray[np.bool_]
) -> Iterator[Finding]:
    """What one clause grants and others, between them, never let pass."""
    by_choice: dict[Choice, list[int]] = {}
    for row, probe in enumerate(tried):
        if probe.choice is not None:
            by_choice.setdefault(probe.choice, []).append(row)
    for choice, rows in by_choice.items():
        if not broken[:, rows].any(axis=0).all():
            continue
        guilty = _between_them(rules, broken[:, rows])
        said = " or ".join(f"{b.rule.code.value} (clause {b.clause})" for b in guilty)
        text = (
            f"{choice.words} is granted here, and every record that gives it is refused by {said}"
        )
        yield finding(choice.bound, "contradiction", text)


def _between_them(rules: Sequence[Bound], broken: npt.NDArray[np.bool_]) -> list[Bound]:
    """The fewest rules, one or two, that refuse every row; all that refuse one where more do."""
    some = [number for number in range(len(rules)) if broken[number].any()]
    for size in (1, 2):
        for chosen in combinations(some, size):
            if broken[list(chosen)].any(axis=0).all():
                return [rules[number] for number in chosen]
    return [rules[number] for number in some]


def _broken(terms: Terms, rules: Sequence[Bound], tried: Sequence[Probe]) -> npt.NDArray[np.bool_]:
    """Which of the rules each record breaks; bool (rules, records)."""
    chosen = [bound.rule for bound in rules if isinstance(bound.rule, RecordRule)]
    con = connect()
    try:
        raw = table(probe.record for probe in tried)
        standard = standardise(con, raw).cast(RECORDS)
        judged_by = judgement(con, chosen, read_at(terms, _PLAIN_CASE))
        found = broken_rules(spread(con, raw, standard, judged_by), judged_by)
    finally:
        con.close()
    if not chosen:
        return np.zeros((0, len(tried)), dtype=bool)
    return np.stack([found[rule.code] for rule in chosen])


def _cases(outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    for outcome in outcomes:
        if outcome.holds:
            continue
        placed, case = outcome.placed, outcome.placed.case
        told = _words(outcome.got)
        text = f"“{case.title}”: expected {_words(case.expected)}, came out {told}"
        yield Finding(placed.line, "worked_case", placed.clause, "", text)


def _words(codes: Sequence[str]) -> str:
    return f"refused for {', '.join(codes)}" if codes else "as passing"


def _without_cases(terms: Terms) -> Iterator[Finding]:
    """Clauses whose rules have figures or judge records, and no worked case that shows them."""
    shown = {placed.clause for placed in terms.cases}
    for clause in terms.clauses:
        rules = [bound.rule for bound in terms.rules if bound.clause == clause.number]
        weighty = [r for r in rules if isinstance(r, RecordRule) or type(r).model_fields]
        if weighty and clause.number not in shown:
            text = "no worked case shows what this clause does"
            yield Finding(clause.line, "advice", clause.number, "", text)
