"""Every case of the data tables gets exactly its code, and its twin one step away none.

All cases of all families travel in one request, as they would in life.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demand import Record, among, codes, lawful, screened
from narrowgate.catalogue.index import record_rules
from narrowgate.reasons import Code

# Not in this agreement (test_consent.py), or counted over requests (tests/screening).
ELSEWHERE = {
    Code.BIRTH_DATE_MISSING,
    Code.CONSENT_MISSING,
    Code.CONSENT_EXPIRED,
    Code.CONSENT_IN_FUTURE,
    Code.ORDER_NUMBER_MISSING,
    Code.SUBJECT_ATTEMPTS_EXCEEDED,
}
TABLES = sorted(Path(__file__).parent.glob("*.toml"))


@dataclass
class Told:
    """All cases as one request: what each row is, and the codes it must get."""

    records: list[Record] = field(default_factory=list)
    expected: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, name: str, rows: list[Any], codes: list[str], one_subject: bool) -> None:
        first = len(self.records)
        for changes in rows:
            number = first if one_subject else len(self.records)
            identity = {"record_id": f"R{len(self.records)}"} if one_subject else {}
            self.records.append(lawful(number, **{**identity, **changes}))
            self.expected.append((name, codes))

    def add_case(self, family: str, case: dict[str, Any]) -> None:
        name = f"{family}: {case['title']}"
        one = case.get("one_subject", False)
        # `beside` shares the subject of `records` where there is one subject, so they go together.
        first = len(self.records)
        rows = [*case.get("records", []) * case.get("repeat", 1), *_long(case.get("long", []))]
        beside = case.get("beside", [])
        self.add(name, [*rows, *beside], [case["code"]], one)
        for row in range(first + len(rows), len(self.records)):
            code = case.get("beside_code")
            self.expected[row] = (f"{name} (beside)", [code] if code else [])
        twins = [*case["twin"] * case.get("twin_repeat", 1)] if "twin" in case else []
        self.add(f"{name} (twin)", [*twins, *_long(case.get("twin_long", []))], [], one)


def _long(entries: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{entry["column"]: ("word " * 500)[: entry["length"]]} for entry in entries]


def cases() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.stem, case)
        for path in TABLES
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def test_every_case_gets_exactly_its_code_and_its_twin_none() -> None:
    told = Told()
    for family, case in cases():
        told.add_case(family, case)
    found = screened(among(told.records))
    assert found.reasons == ()
    given = codes(found)
    told_rows = [(name, given[row]) for row, (name, _) in enumerate(told.expected)]
    wrong = [
        (row, name, want, got)
        for row, ((name, want), (_, got)) in enumerate(zip(told.expected, told_rows, strict=True))
        if want != got
    ]
    assert wrong == []
    assert all(row == [] for row in given[len(told.records) :])


def test_each_family_has_its_table_and_each_code_a_case() -> None:
    covered = {Code(case["code"]) for _, case in cases()}
    used = {rule.code for rule in record_rules()}
    assert used - covered == ELSEWHERE
    for family, _ in cases():
        assert any(rule.code.family == family for rule in record_rules())


def test_the_catalogues_own_examples() -> None:
    """Each example beside all others: its own code where it fails, not where it passes."""
    rules = [rule for rule in record_rules() if rule.code not in ELSEWHERE]
    records: list[Record] = []
    expected: list[tuple[int, Code, bool]] = []
    for rule in rules:
        for examples, fails in ((rule.fails, True), (rule.passes, False)):
            for example in examples:
                first = len(records)
                if example.records:
                    expected.append((first, rule.code, fails))
                for changes in example.records:
                    identity = {"record_id": f"R{len(records)}"}
                    records.append(lawful(first, **{**identity, **changes}))
    given = codes(screened(among(records)))
    wrong = [(code, fails) for row, code, fails in expected if (code.value in given[row]) != fails]
    assert wrong == []
    assert {code for _, code, fails in expected if fails} >= {
        rule.code for rule in rules if rule.code is not Code.ADDRESS_SHARED
    }
