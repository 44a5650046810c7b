"""Agreements are read whole or refused by line, every fault at once, nothing passed over."""

from __future__ import annotations

import dataclasses
import difflib
import re
from datetime import date
from pathlib import Path

import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.coverage import coverage, gaps
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import Terms
from narrowgate.canonical import sha256
from narrowgate.errors import BadInput
from narrowgate.reasons import Code
from narrowgate.standard.columns import REQUEST_COLUMNS

ROOT = Path(__file__).parents[2]
NATIONAL = ROOT / "benchmarks" / "agreements" / "national-scale.md"


def source() -> str:
    data = bundled("removal-order-address")
    assert data is not None
    return data.decode()


@pytest.fixture(scope="module")
def terms() -> Terms:
    return read_agreement(source().encode(), "removal-order-address.md")


def faults(text: str) -> dict[int, str]:
    """Line -> fault, of a text that is refused."""
    with pytest.raises(BadInput) as caught:
        read_agreement(text.encode(), "draft.md")
    told = f"{caught.value.place}: {caught.value.fault}"
    found = re.findall(r"^draft\.md line (\d+): (.*)$", told, re.MULTILINE)
    return {int(line): fault for line, fault in found}


def line_of(text: str, wanted: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if wanted in line)


def test_the_bundled_agreement_is_what_the_story_says(terms: Terms) -> None:
    assert terms.digest == sha256(source().encode())
    assert (terms.id, terms.custodian, terms.requester) == (
        "removal-order-address",
        "custodian",
        "requester",
    )
    assert [signatory.person for signatory in terms.signatories] == ["signatory-1", "signatory-2"]
    assert terms.signatures_required == 1
    assert terms.purposes == ("criminal-investigation",)
    assert terms.attributes == ("name", "address")
    assert terms.attempts_window_days == 365
    assert (terms.answer.addresses, terms.answer.unit) == ("current", "exact")


def test_it_requires_the_columns_of_the_contract(terms: Terms) -> None:
    # contract section 2, last paragraph
    assert set(terms.required_columns) == {
        *("record_id", "given_name", "family_name", "address_line1", "city", "state"),
        *("postal_code", "order_date", "order_ground", "case_number", "offense_statute"),
        *("reason", "engaged_officer", "tax_periods"),
    }
    assert terms.required_column_sets == (("tin", "date_of_birth"),)
    assert set(terms.required_columns) <= set(REQUEST_COLUMNS)


def test_every_clause_is_kept_by_something(terms: Terms) -> None:
    rows = coverage(terms)
    assert gaps(terms) == ()
    assert len(rows) == len(terms.clauses) == source().count("\n### ")
    assert {row.kind for row in rows} == {"enforced", "attested", "performed", "informative"}
    lines = source().splitlines()
    for row in rows:
        assert lines[row.line - 1] == f"### {row.number} {row.title}"


def test_a_rule_has_the_number_of_its_clause(terms: Terms) -> None:
    assert terms.clause_of("order.period_not_run") == "4.9"
    assert terms.reason(Code.ORDER_PERIOD_NOT_RUN).clause == "4.9"
    assert terms.clause_of(Code.ORDER_NUMBER_MISSING) == ""


def test_sentences_carry_the_figures_of_the_clause() -> None:
    text = source().replace("more_than_days = 90", "more_than_days = 120")
    other = read_agreement(text.encode(), "other.md")
    assert "120 days" in other.reason(Code.ORDER_PERIOD_NOT_RUN).fault


def test_a_clause_without_anything_under_it_is_a_gap() -> None:
    text = source().replace(
        "\n## 8. Use\n", "\n### 7.9 Forgotten\n\nNobody does this.\n\n## 8. Use\n"
    )
    terms = read_agreement(text.encode(), "draft.md")
    assert [(gap.number, gap.text) for gap in gaps(terms)] == [("7.9", "Nobody does this.")]


def test_all_faults_are_told_together_by_line() -> None:
    text = (
        source()
        .replace('name = "request.empty"', 'name = "request.emptyy"')
        .replace("most_days = 30", "most_dayz = 30")
        .replace("most_percent = 30", 'most_percent = "thirty"')
        .replace("months = 18", 'months = "eighteen"')
        .replace('postal_code = "77060"', "postal_code = 77060")
        .replace("most_addresses = 2", "most_addresses = 0")
    )
    found = faults(text)
    assert found[line_of(text, "request.emptyy")] == "the catalogue has no rule request.emptyy"
    for wanted in (
        "most_dayz",
        "most_percent",
        "months",
        "postal_code = 77060",
        "most_addresses = 0",
    ):
        assert line_of(text, wanted) in found
    # The column that is misspelt is missing as well: told at its rule.
    assert any("most_days" in fault for fault in found.values())
    assert len(found) == 7


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("[retention]\ndays = 2557", "[retention]\ndays = = 2557", "days = = 2557"),
        ("### 4.9 More than ninety days", "### More than ninety days", "### More than"),
        ("### 4.9 More than ninety days", "### 4.8 More than ninety days", "### 4.8 More"),
        ('[use]\npurpose = "Solely', '[use]\npurpos = "Solely', "purpos = "),
        ("[[rule]]\nname = \"address.shared\"", "[[rul]]\nname = \"address.shared\"", "[[rul]]"),
        ('name = "address.shared"', 'name = "order.too_old"', 'name = "order.too_old"'),
        ('addresses = "current"', 'addresses = "all"', 'addresses = "all"'),
        ('id = "removal-order-address"', 'id = "../etc"', 'id = "../etc"'),
        ("signatures_required = 1", "signatures_required = 3", "signatures_required"),
        ("## 4. What each record holds\n", "## 4.\n\n```toml rules\n```\n", "```toml rules\n```"),
        # What keeps nothing, or is not shown to whoever signs.
        ("### 4.9 More than", "```\n```\n\n### 4.9 More than", "```\n```\n\n### 4.9"),
        ("### 4.9 More than", "```toml rule\n```\n\n### 4.9 More than", "```toml rule\n```"),
        ("### 4.9 More than", "> ```toml rules\n> ```\n\n### 4.9 More than", "> ```toml rules"),
        ("### 4.9 More than", "<!-- unless -->\n\n### 4.9 More than", "<!-- unless"),
        ("Days are\ncalendar", "Days are<b hidden>\ncalendar", "Limb (A) of 8 U.S.C. 1253"),
        ("### 4.9 More than", "#### Exceptions\n\n### 4.9 More than", "#### Exceptions"),
    ],
)  # fmt: skip
def test_each_fault_has_its_line(old: str, new: str, wanted: str) -> None:
    text = source().replace(old, new, 1)
    assert text != source()
    line = text[: text.index(wanted)].count("\n") + 1
    assert any(abs(line - at) <= 1 for at in faults(text))


@pytest.mark.parametrize(
    "name", ["record.text_invalid", "record.id_missing", "record.id_duplicate"]
)
def test_rules_that_others_lean_on_cannot_be_left_out(name: str) -> None:
    text = source().replace(f'[[rule]]\nname = "{name}"\n', "")
    assert any(name in fault for fault in faults(text).values())


def test_two_kinds_under_one_clause_are_told_apart() -> None:
    text = source().replace(
        '[[rule]]\nname = "request.attestation_missing"',
        'informative = "x"\n[[rule]]\nname = "request.attestation_missing"',
    )
    assert any("split it" in fault for fault in faults(text).values())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"# Nothing\n", b"```toml agreement\n```\n"])
def test_what_is_no_agreement_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        read_agreement(data, "draft.md")
    assert caught.value.place.startswith("draft.md line ")


@pytest.mark.parametrize(
    ("adopted", "first", "end"),
    [
        (date(2025, 12, 1), date(2026, 1, 1), date(2027, 7, 1)),
        (date(2026, 8, 31), date(2026, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 30), date(2026, 8, 30), date(2028, 2, 29)),
        (date(2026, 6, 15), date(2026, 6, 15), date(2027, 12, 15)),
    ],
)
def test_the_term_runs_eighteen_months(terms: Terms, adopted: date, first: date, end: date) -> None:
    # 5 U.S.C. 552a(o)(2) (facts C4)
    assert (terms.term.begins(adopted), terms.term.ends(adopted)) == (first, end)


def test_national_scale_differs_in_its_limits_alone(terms: Terms) -> None:
    national = read_agreement(NATIONAL.read_bytes(), NATIONAL.name)
    changed = {
        "id",
        "title",
        "digest",
        "rules",
        "clauses",
        "cases",
    }
    for field in dataclasses.fields(Terms):
        if field.name not in changed:
            assert getattr(national, field.name) == getattr(terms, field.name), field.name
    mine = {bound.rule.code: bound.rule for bound in terms.rules}
    theirs = {bound.rule.code: bound.rule for bound in national.rules}
    assert mine.keys() - theirs.keys() == {Code.REASON_BOILERPLATE}
    assert {code for code in theirs if theirs[code] != mine[code]} == {
        Code.REQUEST_VOLUME_EXCEEDED,
        Code.REQUEST_QUALITY_TOO_LOW,
        Code.REQUEST_OFFICER_OVERLOAD,
    }
    assert theirs[Code.REQUEST_VOLUME_EXCEEDED].model_dump() == {
        "per_request": 1_000_000,
        "per_day": None,
        "per_term": None,
    }
    assert theirs[Code.REQUEST_QUALITY_TOO_LOW].model_dump()["most_percent"] == 50
    assert theirs[Code.REQUEST_OFFICER_OVERLOAD].model_dump() == {"most_subjects": 2000}


def test_the_two_files_are_textually_close() -> None:
    diff = difflib.ndiff(source().splitlines(), NATIONAL.read_text().splitlines())
    assert sum(line[:2] in ("+ ", "- ") for line in diff) < 90
