"""Each rule on the request, broken alone, gives exactly its code; one step away it passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from demand import NATIONAL, TERMS, demand, history, lawful
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Signatory
from narrowgate.case.history import AgreementStanding, Delegation, History
from narrowgate.catalogue.lawful import AT
from narrowgate.catalogue.request import SafeguardsNotMet
from narrowgate.catalogue.rule import Bound
from narrowgate.reasons import Code
from narrowgate.request.received import Received, Signer
from narrowgate.request.records import Fault
from narrowgate.screening.request_rules import (
    CHECKS,
    agreement_unknown,
    fault_reasons,
    request_reasons,
    standing_reasons,
)
from narrowgate.standard.columns import REQUEST_COLUMNS

NAMED = (Signer(0, "signatory-1", True),)
ADOPTED = AgreementStanding(datetime(2026, 3, 1, tzinfo=UTC))


def asked(**manifest: Any) -> Received:
    return demand([lawful(1), lawful(2)], **manifest)


def found(received: Received, past: History | None = None, now: datetime = AT) -> list[str]:
    return [r.code.value for r in request_reasons(received, TERMS, past or history(), now)]


def counted(count: int) -> Received:
    received = asked()
    assert received.manifest is not None
    records = replace(received.manifest.records, count=count)
    return replace(received, count=count, manifest=replace(received.manifest, records=records))


def test_a_lawful_request_passes() -> None:
    assert found(asked()) == []
    assert found(replace(asked(), signers=(Signer(0, "signatory-2", True),))) == []


@pytest.mark.parametrize(
    ("code", "received"),
    [
        ("request.signature_missing", lambda: replace(asked(), signers=())),
        ("request.signature_invalid", lambda: replace(asked(), signers=(Signer(0, None, False),))),
        ("request.signature_invalid",
         lambda: replace(asked(), signers=(*NAMED, Signer(1, "signatory-2", False)))),
        ("request.signatory_not_named",
         lambda: replace(asked(), signers=(Signer(0, "outsider", True),))),
        ("request.signatory_not_named", lambda: replace(asked(), signers=(Signer(0, None, True),))),
        ("request.signatory_not_named",
         lambda: replace(asked(), signers=(*NAMED, Signer(1, "deputy", True)))),
        ("request.agreement_unknown", lambda: asked(agreement="voter-roll")),
        ("request.agreement_digest_mismatch",
         lambda: asked(agreement_digest="sha256:" + "0" * 64)),
        ("request.requester_not_party", lambda: asked(requester="another-agency")),
        ("request.purpose_not_allowed", lambda: asked(purpose="civil-removal")),
        ("request.statute_not_allowed", lambda: asked(statutes=())),
        ("request.statute_not_allowed",
         lambda: asked(statutes=("26 U.S.C. 6103(i)(2)", "26 U.S.C. 7201"))),
        ("request.attribute_not_allowed", lambda: asked(attributes=("name", "address", "phone"))),
        ("request.attribute_not_allowed", lambda: asked(attributes=())),
        ("request.attestation_missing",
         lambda: asked(attestations=tuple(a.id for a in TERMS.attestations[1:]))),
        ("request.document_missing", lambda: asked(documents=(("order.pdf", "0" * 64),))),
        ("request.document_digest_mismatch",
         lambda: replace(asked(documents=(("order.pdf", "0" * 64),)),
                         documents={"order.pdf": "1" * 64})),
        ("request.records_digest_mismatch", lambda: replace(asked(), records_sha256="1" * 64)),
        ("request.records_count_mismatch", lambda: replace(asked(), count=3)),
        ("request.column_missing",
         lambda: replace(asked(), columns=tuple(set(REQUEST_COLUMNS) - {"order_date"}))),
        ("request.column_missing",
         lambda: replace(asked(), columns=tuple(set(REQUEST_COLUMNS) - {"tin", "date_of_birth"}))),
        ("request.stale", lambda: asked(created_at=AT - timedelta(days=30, seconds=1))),
        ("request.stale", lambda: asked(expires_at=AT - timedelta(seconds=1))),
        ("request.in_future", lambda: asked(created_at=AT + timedelta(minutes=5, seconds=1))),
        ("request.volume_exceeded", lambda: counted(10_001)),
    ],
)  # fmt: skip
def test_each_fault_alone_gives_its_code(code: str, received: Callable[[], Received]) -> None:
    assert found(received()) == [code]


@pytest.mark.parametrize(
    "received",
    [
        lambda: asked(statutes=("26 USC § 6103(i)(2)", "8 U.S.C. 1253(a)(1)(A)")),
        lambda: asked(attributes=("address",)),
        lambda: asked(attestations=(*(a.id for a in TERMS.attestations), "more")),
        lambda: replace(asked(documents=(("order.pdf", "0" * 64),)),
                        documents={"order.pdf": "0" * 64}),
        lambda: replace(asked(), columns=tuple(set(REQUEST_COLUMNS) - {"tin", "order_number"})),
        lambda: replace(asked(), columns=tuple(set(REQUEST_COLUMNS) - {"date_of_birth"})),
        lambda: asked(created_at=AT - timedelta(days=30)),
        lambda: asked(expires_at=AT),
        lambda: asked(created_at=AT + timedelta(minutes=5)),
        lambda: counted(10_000),
        lambda: replace(asked(), signers=(*NAMED, Signer(1, "signatory-2", True))),
    ],
)  # fmt: skip
def test_one_step_away_it_passes(received: Callable[[], Received]) -> None:
    assert found(received()) == []


def test_the_volume_that_was_said_counts_where_the_records_did_not_come() -> None:
    received = replace(counted(700_000), records=None, count=0)
    assert found(received) == ["request.volume_exceeded"]


@pytest.mark.parametrize(
    ("past", "code"),
    [
        (history(persons_today=19_998), None),
        (history(persons_today=19_999), "request.volume_exceeded"),
        (history(persons_term=249_998), None),
        (history(persons_term=249_999), "request.volume_exceeded"),
        (history(request_ids=frozenset({asked().manifest.request_id})), "request.replayed"),  # type: ignore[union-attr]
        (history(requester_people={"signatory-2": None}), "request.signatory_not_named"),
        (history(requester_people={"signatory-1": AT}), "request.signatory_revoked"),
        (history(requester_people={"signatory-1": AT + timedelta(seconds=1)}), None),
        (history(agreement=replace(ADOPTED, suspended=True)), "request.agreement_suspended"),
        (history(agreement=replace(ADOPTED, ended=True)), "request.agreement_not_in_force"),
        (history(agreement=replace(ADOPTED, adopted_at=None)), "request.agreement_not_in_force"),
        (history(agreement=replace(ADOPTED, safeguards_due=date(2026, 7, 1))), None),
        (history(agreement=replace(ADOPTED, safeguards_due=date(2026, 6, 30))),
         "request.safeguards_not_met"),
    ],
)  # fmt: skip
def test_the_requesters_past_and_the_agreements_standing(past: History, code: str | None) -> None:
    assert found(asked(), past) == ([code] if code else [])


SOON = AT + timedelta(seconds=1)


def power(begins: datetime, ends: datetime, withdrawn_at: datetime | None = None) -> Delegation:
    return Delegation("signatory-1", "signatory-2", begins, ends, withdrawn_at)


@pytest.mark.parametrize(
    ("agreement", "code"),
    [
        ({"until": AT.date()}, "request.agreement_not_in_force"),
        ({"until": AT.date() + timedelta(days=1)}, None),
        ({"superseded_at": AT}, "request.agreement_digest_mismatch"),
        ({"superseded_at": SOON}, None),
    ],
)
def test_a_set_end_and_a_text_amended(agreement: dict[str, Any], code: str | None) -> None:
    past = history(agreement=replace(ADOPTED, **agreement))
    assert found(asked(), past) == ([code] if code else [])


def test_what_came_before_stays_under_its_text_and_its_signature() -> None:
    """Judged later, by the second on which it came; the term and a suspension by the hour."""
    later = AT + timedelta(days=2)
    revoked = AT + timedelta(days=1)
    past = history(
        agreement=replace(ADOPTED, superseded_at=revoked),
        requester_people={"signatory-1": revoked},
    )
    assert found(asked(), replace(past, received_at=revoked - timedelta(seconds=1)), later) == []
    for received_at in (revoked, None):
        assert found(asked(), replace(past, received_at=received_at), later) == [
            "request.signatory_revoked",
            "request.agreement_digest_mismatch",
        ]
    stopped = history(agreement=replace(ADOPTED, suspended=True), received_at=AT)
    assert found(asked(), stopped, later) == ["request.agreement_suspended"]
    over = history(agreement=replace(ADOPTED, until=later.date()), received_at=AT)
    assert found(asked(), over, later) == ["request.agreement_not_in_force"]


@pytest.mark.parametrize(
    ("powers", "code"),
    [
        ((), "request.signatory_not_named"),
        ((power(SOON, SOON + timedelta(days=9)),), "request.signatory_not_named"),
        ((power(AT, AT + timedelta(days=9)),), None),
        ((power(AT - timedelta(days=9), SOON),), None),
        ((power(AT - timedelta(days=9), AT),), "request.signatory_revoked"),
        ((power(AT - timedelta(days=9), SOON, AT),), "request.signatory_revoked"),
        ((power(AT - timedelta(days=9), AT + timedelta(days=9), SOON),), None),
        ((power(AT - timedelta(days=9), AT), power(AT, SOON)), None),
        ((replace(power(AT, SOON), delegator="deputy"),), "request.signatory_not_named"),
        ((replace(power(AT, SOON), delegate="deputy"),), "request.signatory_not_named"),
    ],
)
def test_b18_a_delegate_signs_while_the_delegation_stands(
    powers: tuple[Delegation, ...], code: str | None
) -> None:
    delegated = Signatory(
        person="signatory-2", office="x", delegated_by="signatory-1", delegation_days=30
    )
    terms = replace(TERMS, signatories=(TERMS.signatories[0], delegated))
    received = replace(asked(), signers=(Signer(0, "signatory-2", True),))
    past = history(delegations=powers)
    told = [r.code.value for r in request_reasons(received, terms, past, AT)]
    assert told == ([code] if code else [])
    # A power goes with the one who gave it.
    gone = replace(past, requester_people={"signatory-1": AT, "signatory-2": None})
    told = [r.code.value for r in request_reasons(received, terms, gone, AT)]
    assert told == [code or "request.signatory_revoked"]


def test_a_review_on_record_where_the_agreement_wants_one() -> None:
    strict = Bound(SafeguardsNotMet(reviewed=True), "2.5")
    others = tuple(b for b in TERMS.rules if b.rule.code != Code.REQUEST_SAFEGUARDS_NOT_MET)
    terms = replace(TERMS, rules=(*others, strict))
    for reviewed in (False, True):
        past = history(agreement=replace(ADOPTED, safeguards_reviewed=reviewed))
        codes = [r.code for r in request_reasons(asked(), terms, past, AT)]
        assert codes == ([] if reviewed else [Code.REQUEST_SAFEGUARDS_NOT_MET])


def test_what_may_stand_against_a_case_after_its_screening() -> None:
    past = history(
        agreement=replace(ADOPTED, suspended=True, ended=True, safeguards_due=date(2026, 1, 1)),
        requester_people={"signatory-1": AT},
        request_ids=frozenset({asked().manifest.request_id}),  # type: ignore[union-attr]
    )
    assert [r.code.value for r in standing_reasons(asked(), TERMS, past, AT)] == [
        "request.signatory_revoked",
        "request.agreement_not_in_force",
        "request.agreement_suspended",
        "request.safeguards_not_met",
    ]
    assert standing_reasons(asked(), TERMS, history(), AT) == []


@pytest.mark.parametrize(
    ("adopted", "now", "in_force"),
    [
        (datetime(2025, 12, 1, tzinfo=UTC), datetime(2025, 12, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, tzinfo=UTC), True),
        (datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 6, 30, 23, 59, tzinfo=UTC), True),
        (datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 7, 1, 0, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 11, tzinfo=UTC), False),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2027, 8, 31, 12, tzinfo=UTC), True),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2027, 9, 1, tzinfo=UTC), False),
    ],
)
def test_b23_the_term(adopted: datetime, now: datetime, in_force: bool) -> None:
    received = asked(created_at=now, expires_at=now + timedelta(days=1))
    past = history(agreement=AgreementStanding(adopted))
    assert found(received, past, now) == ([] if in_force else ["request.agreement_not_in_force"])


def test_more_than_one_signatory_where_the_agreement_says_so() -> None:
    third = Signatory(person="signatory-3", office="x")
    two = replace(TERMS, signatures_required=2, signatories=(*TERMS.signatories, third))
    past = history()

    def told(*signers: Signer) -> list[str]:
        received = replace(asked(), signers=signers)
        return [reason.code.value for reason in request_reasons(received, two, past, AT)]

    assert told(*NAMED) == ["request.signatures_too_few"]
    assert told(*NAMED, Signer(1, "signatory-1", True)) == ["request.signatures_too_few"]
    assert told(*NAMED, Signer(1, "signatory-2", True)) == []


def test_all_faults_are_listed_in_the_order_of_the_contract() -> None:
    received = asked(purpose="gossip", attributes=("email",), agreement_digest="sha256:x")
    reasons = found(replace(received, signers=()), history(persons_today=30_000))
    assert reasons == [
        "request.signature_missing",
        "request.agreement_digest_mismatch",
        "request.purpose_not_allowed",
        "request.attribute_not_allowed",
        "request.volume_exceeded",
    ]


def test_faults_of_reading_become_reasons_with_their_place() -> None:
    fault = Fault(Code.REQUEST_COLUMN_UNKNOWN, "records.csv", "a column of no meaning", "Drop it.")
    received = replace(asked(), faults=(fault,))
    reason = request_reasons(received, TERMS, history(), AT)[0]
    assert (reason.code, reason.clause) == (Code.REQUEST_COLUMN_UNKNOWN, "3.3")
    assert reason.fault.startswith("records.csv: ")
    assert [r.clause for r in fault_reasons(received)] == [""]


def test_without_terms_there_is_still_a_reason() -> None:
    assert (agreement_unknown().code, agreement_unknown().clause) == (
        Code.REQUEST_AGREEMENT_UNKNOWN,
        "",
    )


def test_every_request_code_is_somebodys() -> None:
    elsewhere = {
        # Found in reading (received.faults), or with the records judged (screen.py).
        *(Code.REQUEST_UNREADABLE, Code.REQUEST_TOO_LARGE, Code.REQUEST_EMPTY),
        *(Code.REQUEST_COLUMN_UNKNOWN, Code.REQUEST_COLUMN_TYPE),
        *(Code.REQUEST_QUALITY_TOO_LOW, Code.REQUEST_OFFICER_OVERLOAD),
    }
    assert {code for code in Code if code.family == "request"} == {*CHECKS, *elsewhere}


def test_national_scale_bears_a_million_and_counts_no_days() -> None:
    national = read_agreement(NATIONAL.read_bytes(), NATIONAL.name)
    received = demand([lawful(1)], terms=national)
    assert received.manifest is not None
    for count, expected in ((1_000_000, []), (1_000_001, [Code.REQUEST_VOLUME_EXCEEDED])):
        records = replace(received.manifest.records, count=count)
        many = replace(received, count=count, manifest=replace(received.manifest, records=records))
        past = history(persons_today=5_000_000, persons_term=50_000_000)
        assert [r.code for r in request_reasons(many, national, past, AT)] == expected
