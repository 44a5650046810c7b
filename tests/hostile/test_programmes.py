"""Hostile requests that a programme of its own calls for, and those that reach the matching: facts
B51 to B53 by agreement, B58 to B60 by what is answered.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from demand import codes, demand, history, lawful, screened
from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedRequest
from narrowgate.catalogue.lawful import AT
from narrowgate.screening.request_rules import request_reasons
from narrowgate.screening.specimen import columns_of
from world import World, person, record


def terms_of(agreement: str) -> Terms:
    source = bundled(agreement)
    assert source is not None
    return read_agreement(source, agreement)


CONSENT = terms_of("consent-identity")


def consented(number: int, **changes: str | None) -> dict[str, str | None]:
    """A record under the consent agreement, with a consent of its own."""
    told = {"consent_id": f"C-{number}", "consent_date": "2026-06-01", **changes}
    return lawful(number, **told)


@pytest.mark.parametrize(
    ("changes", "twin", "code"),
    [
        ({"consent_id": None}, {"consent_id": "C-A"}, "consent.missing"),
        ({"consent_id": "-"}, {"consent_id": "7"}, "consent.missing"),
        ({"consent_date": None}, {"consent_date": "2026-06-30"}, "consent.missing"),
        ({"consent_date": "2026-06-31"}, {"consent_date": "20260630"}, "consent.missing"),
        ({"consent_date": "2026-04-01"}, {"consent_date": "2026-04-02"}, "consent.expired"),
        ({"consent_expires": "2026-06-30"}, {"consent_expires": "2026-07-01"}, "consent.expired"),
        ({"consent_expires": "never"}, {"consent_expires": "9999-12-31"}, "consent.expired"),
        ({"consent_expires": "2027-02-29"}, {"consent_expires": "2028-02-29"}, "consent.expired"),
        ({"consent_date": "2026-07-02"}, {"consent_date": "2026-07-01"}, "consent.in_future"),
    ],
)
def test_b51_a_consent_that_is_none(
    changes: dict[str, str], twin: dict[str, str], code: str
) -> None:
    rows = [consented(0, **changes), consented(1, **twin), *(consented(n) for n in range(2, 9))]
    assert codes(screened(rows, terms=CONSENT)) == [[code], *[[]] * 8]


def test_b51_one_consent_for_two_people() -> None:
    rows = [consented(0), consented(1, consent_id="c 0"), consented(2)]
    rows += [{**consented(3), "record_id": "R3b", "middle_name": "Q"}, consented(3)]
    told = codes(screened(rows, terms=CONSENT))
    assert told == [["consent.missing"], ["consent.missing"], [], [], []]


def test_b51_a_consent_for_another_purpose() -> None:
    received = demand([consented(0)], terms=CONSENT, purpose="employment")
    found = request_reasons(received, CONSENT, history(), AT)
    assert [reason.code.value for reason in found] == ["request.purpose_not_allowed"]


@pytest.mark.parametrize("agreement", bundled_ids())
def test_b24_b52_b53_no_programme_carries_another_ones_purpose(agreement: str) -> None:
    terms = terms_of(agreement)
    others = {each for other in bundled_ids() for each in terms_of(other).purposes}
    for purpose in sorted({*others, "employment"} - set(terms.purposes)):
        received = demand([lawful(0)], terms=terms, purpose=purpose)
        found = {r.code.value for r in request_reasons(received, terms, history(), AT)}
        assert "request.purpose_not_allowed" in found


@pytest.mark.parametrize("agreement", ["voter-roll", "benefit-address", "consent-identity"])
def test_b53_no_enforcement_case_in_a_benefit_or_an_election(agreement: str) -> None:
    terms = terms_of(agreement)
    admitted = columns_of(terms, WorkedRequest())
    received = replace(demand([lawful(0)], terms=terms), columns=admitted)

    def found(columns: tuple[str, ...]) -> set[str]:
        sent = replace(received, columns=columns)
        return {r.code.value for r in request_reasons(sent, terms, history(), AT)}

    assert "request.column_unknown" not in found(admitted)
    for column in ("offense_statute", "engaged_officer", "order_number"):
        assert column not in admitted
        assert "request.column_unknown" in found((*admitted, column))


def test_b58_urgency_opens_nothing_and_is_on_record(tmp_path: Path) -> None:
    world = World(tmp_path, people=[person(1)])
    before = world.site.log.size
    receipt = world.receive(
        [record(1)], change=lambda manifest: manifest.update(override="by order of the secretary")
    )
    assert (receipt.state, [r.code.value for r in receipt.reasons]) == (
        "refused", ["request.unreadable"],
    )  # fmt: skip
    assert world.site.log.size == before + 1
    pressed = world.process([record(1, reason="", order_date="")])
    assert pressed.docket.counts["refused"] == 1


def test_b59_b60_what_is_not_confirmed_and_never_says_why(tmp_path: Path) -> None:
    people = [person(n) for n in range(12)]
    people[2]["sealed"] = "true"
    people[5] |= {"name_suffix": "SR"}
    father, son = person(8), {**person(8), "person_id": "P8B", "tin": person(9)["tin"]}
    people[8], people[9] = father, son  # two of one name and birth date at one address
    world = World(tmp_path, people=people)
    rows = [
        record(1),
        record(2),
        record(3, address_line1="9177 QUARRY RD"),
        record(4, tin="746-52-1093"),
        record(5, name_suffix="JR", tin=""),
        record(700),
        record(8, tin=""),
    ]
    case = world.process(rows).case
    world.release(case)
    answers = [(a["answer"], a["reasons"]) for a in world.answers(case)]
    assert answers == [("confirmed", []), *[("not_confirmed", [])] * 6]
