"""What changes between two texts, and what raising a figure does."""

from __future__ import annotations

import pytest

from demand import TERMS
from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.differences import differences, prose
from narrowgate.agreement.document import read_agreement
from narrowgate.catalogue.direction import RAISING, Effect, effect
from narrowgate.catalogue.index import RULES
from narrowgate.reasons import Code

SOURCE = (bundled(TERMS.id) or b"").decode()
Told = tuple[str, str, str, str, Effect]


def told(old: str, new: str) -> list[Told]:
    text = SOURCE.replace(old, new)
    assert text != SOURCE
    found = differences(TERMS, read_agreement(text.encode(), "x"))
    return [(each.clause, each.what, each.old, each.new, each.effect) for each in found]


def test_a_text_does_not_differ_from_itself() -> None:
    assert differences(TERMS, TERMS) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("more_than_days = 90", "more_than_days = 120",
         ("4.9", "order.period_not_run more_than_days", "90", "120", Effect.LESS)),
        ("most_years = 20", "most_years = 30",
         ("4.8", "order.too_old most_years", "20", "30", Effect.MORE)),
        ("per_day = 20_000\n", "",
         ("3.7", "request.volume_exceeded per_day", "20000", "no bound", Effect.MORE)),
        ('"TEAM", "OFFICE"', '"TEAM"',
         ("4.16", "officer.not_a_person words", "OFFICE", "", Effect.MORE)),
        ("identity_threshold = 20.0", "identity_threshold = 24.0",
         ("answer", "identity_threshold", "20.0", "24.0", Effect.LESS)),
        ("destroy_after_days = 180", "destroy_after_days = 90",
         ("use", "destroy_after_days", "180", "90", Effect.NONE)),
        ("days = 2557", "days = 3653", ("retention", "days", "2557", "3653", Effect.NONE)),
        ('purposes = ["criminal-investigation"]', 'purposes = ["criminal-investigation", "b"]',
         ("", "purposes", "", "b", Effect.MORE)),
        ('[[rule]]\nname = "address.po_box"\n\n', "",
         ("4.4", "rule address.po_box", "no figures", "", Effect.MORE)),
        ("### 9.3 Mistakes", "### 9.3 Errors", ("9.3", "title", "Mistakes", "Errors", Effect.NONE)),
        ('record = { order_date = "2006-07-01" }', 'record = { order_date = "2006-07-02" }',
         ("4.8", "worked case “twenty years”", "record = {'order_date': '2006-07-01'}",
          "record = {'order_date': '2006-07-02'}", Effect.NONE)),
        ("signatures_required = 1", "signatures_required = 2",
         ("", "signatures_required", "1", "2", Effect.NONE)),
    ],
)  # fmt: skip
def test_one_change_is_one_difference(old: str, new: str, expected: Told) -> None:
    assert told(old, new) == [expected]


def test_what_differs_outside_the_clauses_is_not_nothing() -> None:
    found = told("A draft for negotiation", "A draft")
    assert [(clause, what) for clause, what, *_ in found] == [
        ("", "text outside the clauses, or its layout")
    ]


def test_prose_is_told_by_words() -> None:
    found = told("no more than\ntwenty years ago", "no more than\nthirty years ago")
    assert [(clause, what) for clause, what, *_ in found] == [("4.8", "prose")]
    assert prose(found[0][2], found[0][3]) == ["and no more than [-twenty-] {+thirty+} years ago."]


def test_a_clause_and_an_attestation_gone() -> None:
    start, end = SOURCE.index("### 5.2"), SOURCE.index("### 5.3")
    found = told(SOURCE[start:end], "")
    assert [(clause, what, new) for clause, what, _, new, _ in found] == [
        ("5.2", "clause", ""), ("5.2", "attestation engaged-officers-only", ""),
    ]  # fmt: skip
    assert found[1][4] is Effect.MORE


def test_every_parameter_has_a_direction() -> None:
    parameters = {(code, name) for code, rule in RULES.items() for name in rule.model_fields}
    assert set(RAISING) == parameters


def test_an_exchange_in_a_list_has_none() -> None:
    code = Code.OFFICER_NOT_A_PERSON
    assert effect(code, "words", ("A", "B"), ("A", "C")) is Effect.NONE
    assert effect(code, "words", ("A",), ("A", "C")) is Effect.LESS
