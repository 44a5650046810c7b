"""The rules on single records, over the whole file at once.

A sheet (sheet.py) holds what came (raw columns), the standard form (`std_`), and the columns that
families prepare. Each rule is one boolean expression; a rule is silent where one that it yields to
has refused the row. One record and a million run the same expressions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from narrowgate.catalogue.index import STEPS
from narrowgate.catalogue.rule import Changes, RecordRule, Sight
from narrowgate.reasons import Code, Reason
from narrowgate.screening.sheet import Sheet
from narrowgate.standard.columns import RAW_COLUMNS, STANDARD_COLUMNS
from narrowgate.standard.form import standardise

Broken: TypeAlias = Mapping[Code, npt.NDArray[np.bool_]]
"""By code, which rows break the rule."""


# What screen.py and guesses.py count by, beside what the rules name.
_COUNTED = ("officer_key", "subject", "place", "birth_name")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The expressions of the rules in force, and the values bound in them."""

    rules: tuple[RecordRule, ...]
    expressions: tuple[str, ...]
    bound: Mapping[str, object]


def judgement(
    con: duckdb.DuckDBPyConnection, rules: Sequence[RecordRule], now: datetime
) -> Judgement:
    """The rules as expressions at the hour `now`."""
    sight = Sight(now, lambda places: _standard_places(con, places))
    expressions = tuple(rule.expression(sight) for rule in rules)
    return Judgement(tuple(rules), expressions, sight.value.bound)


def spread(
    con: duckdb.DuckDBPyConnection, raw: pa.Table, standard: pa.Table, judged_by: Judgement
) -> Sheet:
    """Raw and `std_` columns, and of the prepared columns those that something reads."""
    columns = {name: _whole(raw.column(name)) for name in raw.column_names}
    columns |= {f"std_{name}": _whole(standard.column(name)) for name in STANDARD_COLUMNS}
    sheet = Sheet(con, columns)
    needed = _needed(judged_by)
    for step in STEPS:
        sheet.add({name: sql for name, sql in step.items() if name in needed})
    return sheet


def broken_rules(sheet: Sheet, judged_by: Judgement) -> Broken:
    """Which rows break which rule; bool (n,) by code, in the rules' order."""
    sheet.tell_repeated(_asked_of_repeated(judged_by))
    columns = {
        f"r{index}": f"coalesce({expression}, false)"
        for index, expression in enumerate(judged_by.expressions)
    }
    judged = sheet.evaluate(columns, judged_by.bound)
    found = {
        rule.code: np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)
        for rule, column in zip(judged_by.rules, judged.values(), strict=True)
    }
    return {rule.code: _unless_said_better(rule, found) for rule in judged_by.rules}


def _asked_of_repeated(judged_by: Judgement) -> Mapping[str, str]:
    """The columns by whose repeated values rules ask, each with the subqueries that do."""
    asked: dict[str, str] = {}
    for expression in judged_by.expressions:
        for subquery in _subqueries(expression):
            for key in set(re.findall(r"\brepeated_(\w+)", subquery)):
                asked[key] = f"{asked.get(key, '')} {subquery}"
    return dict(sorted(asked.items()))


def _subqueries(expression: str) -> list[str]:
    """The outermost parentheses of an expression that begin with SELECT."""
    found, depth, start = [], 0, -1
    for sign in re.finditer(r"'[^']*'|\(SELECT\b|[()]", expression):
        if sign[0].startswith("("):
            if start < 0 and len(sign[0]) > 1:
                start, depth = sign.start(), 0
            depth += 1
        elif sign[0] == ")":
            depth -= 1
            if start >= 0 and not depth:
                found.append(expression[start : sign.end()])
                start = -1
    return found


def _needed(judged_by: Judgement) -> set[str]:
    """Prepared columns that an expression names, or another prepared column that is needed."""
    prepared = {name: sql for step in STEPS for name, sql in step.items()}
    needed: set[str] = set()
    texts = [*judged_by.expressions, *_COUNTED]
    while texts:
        words = set(re.findall(r"\w+", " ".join(texts)))
        words |= {word.removeprefix("repeated_") for word in words}
        found = (words & prepared.keys()) - needed
        needed |= found
        texts = [prepared[name] for name in found]
    return needed


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def refusals(
    broken: Broken, reasons: Mapping[Code, Reason]
) -> list[tuple[Reason, npt.NDArray[np.int64]]]:
    """As the docket takes them: each reason with the rows that bear it."""
    return [(reasons[code], np.flatnonzero(rows)) for code, rows in broken.items()]


def _unless_said_better(rule: RecordRule, found: Broken) -> npt.NDArray[np.bool_]:
    rows = found[rule.code]
    for code in rule.yields_to:
        if code in found:
            rows = rows & ~found[code]
    return rows


def _standard_places(con: duckdb.DuckDBPyConnection, places: Sequence[Changes]) -> pa.Table:
    """The standard form of addresses that the agreement names."""
    table = pa.table(
        {
            name: pa.array([place.get(name) for place in places], type=pa.string())
            for name in RAW_COLUMNS
        }
    )
    return standardise(con, table)
