"""Every bundled agreement: sound, shown by its own cases, and walked from receipt to answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.agreement.worked import WorkedRequest
from narrowgate.catalogue.rule import RecordRule
from narrowgate.screening.soundness import examine
from narrowgate.screening.specimen import columns_of, documents_of
from world import World, person

NOW = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
ALL = bundled_ids()


def terms_of(agreement: str) -> Terms:
    source = bundled(agreement)
    assert source is not None
    return read_agreement(source, agreement)


def test_the_programmes_of_the_project_are_there() -> None:
    assert ALL == (
        "benefit-address",
        "consent-identity",
        "ex-parte-order",
        "removal-order-address",
        "voter-roll",
    )


@pytest.mark.parametrize("agreement", ALL)
def test_it_is_sound_and_leaves_nothing_to_advise(agreement: str) -> None:
    examined = examine(terms_of(agreement))
    assert [f"line {each.line}: {each.text}" for each in examined.findings] == []
    assert all(outcome.holds for outcome in examined.outcomes)


@pytest.mark.parametrize("agreement", ALL)
def test_each_rule_on_records_is_shown_by_a_case(agreement: str) -> None:
    terms = terms_of(agreement)
    shown = {code for placed in terms.cases for code in placed.case.refused}
    judged = {bound.rule.code for bound in terms.rules if isinstance(bound.rule, RecordRule)}
    assert judged <= shown


@pytest.mark.parametrize("agreement", ALL)
def test_a_lawful_request_walks_the_whole_way(agreement: str, tmp_path: Path) -> None:
    """Its own lawful record, about somebody whom the register has there, and about a stranger."""
    world = World(tmp_path, people=[person(n) for n in range(30)], now=NOW, agreement=agreement)
    terms = world.terms
    columns = columns_of(terms, WorkedRequest())
    rows = [about(terms, number, columns) for number in (3, 7)]
    rows[1]["address_line1"] = "9177 QUARRY RD"
    case = world.process(rows, **documents(terms, signers=terms.signatures_required)).case
    world.release(case)
    answers = world.answers(case)
    assert [answer["answer"] for answer in answers] == ["confirmed", "not_confirmed"]
    assert [answer["reasons"] for answer in answers] == [[], []]


def about(terms: Terms, number: int, columns: tuple[str, ...]) -> dict[str, str]:
    """The agreement's lawful record with somebody of the register in it."""
    lawful = terms.example.changed()
    who = person(number)
    found: dict[str, str] = {name: lawful[name] or "" for name in columns}
    found |= {"record_id": f"R{number}", "address_line2": "", "tin_kind": ""}
    for name in ("given_name", "family_name", "date_of_birth", "tin", "address_line1", "city",
                 "state", "postal_code"):  # fmt: skip
        found[name] = who[name]
    for name in ("case_number", "consent_id", "reason"):
        if found.get(name):
            found[name] = f"{found[name]} {number}"
    return found


def documents(terms: Terms, *, signers: int) -> Mapping[str, Any]:
    """The documents that the agreement requires, signed for and sent, and its signatories."""
    data = b"%PDF-1.7 an order, made up"
    digest = hashlib.sha256(data).hexdigest()
    names = documents_of(terms)
    named = [{"name": name, "sha256": digest} for name in names]

    def put(folder: Path) -> None:
        for name in names:
            (folder / name).write_bytes(data)

    return {
        "sign_with": [each.person for each in terms.signatories[:signers]],
        "change": lambda manifest: manifest.update(documents=named),
        "after_signing": put,
    }


def test_code_knows_no_programme() -> None:
    root = Path(__file__).parents[2] / "src" / "narrowgate"
    naming = {
        f"{path.relative_to(root)}: {agreement}"
        for path in root.rglob("*.py")
        for agreement in ALL
        if agreement in path.read_text(encoding="utf-8")
    }
    assert naming == set()
