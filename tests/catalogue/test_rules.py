"""What the catalogue takes in, and that it says the same in Python and in SQL."""

from __future__ import annotations

from typing import ClassVar

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from narrowgate.catalogue.citation import citation_key, is_citation, is_citation_sql, key_sql
from narrowgate.catalogue.dates import day_sql
from narrowgate.catalogue.index import RULES, STEPS
from narrowgate.catalogue.order import OrderPeriodNotRun
from narrowgate.catalogue.rule import Example, RecordRule, record
from narrowgate.reasons import Code


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_a_rule_without_examples_is_not_taken_in() -> None:
    for left_out in ("cites", "passes", "fails"):
        body: dict[str, object] = {
            "__module__": __name__,
            "code": Code.NAME_MISSING,
            "cites": ("facts T11",),
            "passes": (record(given_name="Ana"),),
            "fails": (record(given_name=None),),
        }
        body[left_out] = ()
        with pytest.raises(TypeError, match=left_out):
            type("Halfway", (RecordRule,), body)


def test_each_rule_says_what_is_wrong_and_how_to_mend_it() -> None:
    for code, rule in RULES.items():
        assert rule.code is code
        assert rule.__doc__
        assert all(isinstance(example, Example) for example in (*rule.passes, *rule.fails))
    reason = OrderPeriodNotRun(more_than_days=90, limbs=("8 U.S.C. 1253(a)(1)(A)",)).reason("4.9")
    assert (reason.code, reason.clause) == (Code.ORDER_PERIOD_NOT_RUN, "4.9")
    assert "90 days" in reason.fault
    assert "91st day" in reason.mend


def test_every_code_has_a_rule() -> None:
    assert set(RULES) == set(Code)


def test_parameters_are_strict_and_closed() -> None:
    for parameters in (
        {"more_than_days": "90", "limbs": ["x"]},
        {"more_than_days": 90.0, "limbs": ["x"]},
        {"more_than_days": 90, "limbs": "x"},
        {"more_than_days": 90, "limbs": ["x"], "or_so": True},
        {"more_than_days": 90},
    ):
        with pytest.raises(ValidationError):
            OrderPeriodNotRun.model_validate(parameters)


def test_each_shared_column_is_prepared_once() -> None:
    names = [name for step in STEPS for name in step]
    assert len(names) == len(set(names))
    assert "faulty" in STEPS[1]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("8 U.S.C. 1253(a)(1)(A)", "8USC1253(A)(1)(A)"),
        ("8 USC 1253(a)(1)(A)", "8USC1253(A)(1)(A)"),
        ("8 U.S.C. § 1253 (a) (1) (A)", "8USC1253(A)(1)(A)"),
        ("Title 8 U.S. Code section 1253(a)(1)(a)", "8USC1253(A)(1)(A)"),
        ("8 u.s.c. sec. 1324d", "8USC1324D"),
        ("26 U.S.C. 6103(i)(2)", "26USC6103(I)(2)"),
    ],
)
def test_one_provision_has_one_key(text: str, key: str) -> None:
    assert citation_key(text) == key
    assert is_citation(key)


@pytest.mark.parametrize(
    "text",
    [
        "Title 8",
        "immigration law",
        "8 U.S.C.",
        "8 U.S.C. 1253(a)(1)(A), (B)",
        "8 U.S.C. 1253(a)(1)(A); 8 U.S.C. 1253(a)(1)(B)",
        "8 U.S.C. 1253(a)(1)(A)-(D)",
        "8 U.S.C. 1253 or 1325",
        "INA 243(a)(1)(A)",
        "",
    ],
)
def test_what_names_none_or_several_is_no_citation(text: str) -> None:
    assert not is_citation(citation_key(text))


_PIECES = st.sampled_from(
    ["8", " ", "U.S.C.", "USC", "§", "1253", "(a)", "(1)", "(A)", "Title", "sec.", ",", ";", "-",
     "U.S. Code", "section", "1324d", ".", "é", "x", "\t", "'"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_citations_are_read_the_same_in_python_and_sql(
    con: duckdb.DuckDBPyConnection, text: str
) -> None:
    query = f"SELECT {key_sql('t')} AS k, {is_citation_sql('k')} FROM (SELECT $text AS t)"
    found = con.sql(query, params={"text": text}).fetchall()
    key = citation_key(text)
    assert found == [(key, is_citation(key))]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", "2024-02-29"),
        ("20240229", "2024-02-29"),
        ("2024-02-29T00:00:00", "2024-02-29"),
        ("2024-02-29 00:00:00.000000", "2024-02-29"),
        ("2024-02-29T00:00:00Z", "2024-02-29"),
        ("2023-02-29", None),
        ("2024-13-01", None),
        ("02/29/2024", None),
        ("2024-02-29T13:00:00", None),
        ("2024-2-9", None),
        ("yesterday", None),
        ("-2024-02-29", None),
        (None, None),
    ],
)
def test_dates_are_calendar_dates(
    con: duckdb.DuckDBPyConnection, text: str | None, day: str | None
) -> None:
    query = f"SELECT {day_sql('t')}::VARCHAR FROM (SELECT $text::VARCHAR AS t)"
    assert con.sql(query, params={"text": text}).fetchall() == [(day,)]


def test_an_example_keeps_its_records_in_order() -> None:
    example = record({"record_id": "R-2"}, record_id="R-1")
    assert [changes["record_id"] for changes in example.records] == ["R-1", "R-2"]


class _Unused(RecordRule):
    """A rule made outside the catalogue is no part of it."""

    code: ClassVar = Code.NAME_MISSING
    cites: ClassVar = ("facts T11",)
    passes: ClassVar = (record(given_name="Ana"),)
    fails: ClassVar = (record(given_name=None),)


def test_the_catalogue_is_closed() -> None:
    assert RULES[_Unused.code] is not _Unused
