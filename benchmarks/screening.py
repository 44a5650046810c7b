"""Screening rule by rule: `screening.py [--records N] [--seed S] [--agreement FILE_OR_ID]`.

N records of benchmarks/world are put into standard form and judged by every rule of the agreement
(the strictest bundled one unless told otherwise), all in this process. Printed: seconds of each
step, of all rules together, which share what they prepare, and of each rule alone; steps also as a
ratio to a floor of the same run: one pass of DuckDB that takes a hash of every record.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT)

import duckdb  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
from benchmarks.world.generate import generate  # noqa: E402

from narrowgate.agreement.bundled import bundled  # noqa: E402
from narrowgate.agreement.document import read_agreement  # noqa: E402
from narrowgate.agreement.terms import Terms  # noqa: E402
from narrowgate.catalogue.lawful import AT  # noqa: E402
from narrowgate.docket import Docket, State  # noqa: E402
from narrowgate.engine.duck import connect  # noqa: E402
from narrowgate.request.records import read_records  # noqa: E402
from narrowgate.screening.guesses import ATTEMPTED, attempts_of  # noqa: E402
from narrowgate.screening.record_rules import (  # noqa: E402
    Judgement,
    broken_rules,
    judgement,
    refusals,
    spread,
)
from narrowgate.screening.screen import RECORDS  # noqa: E402
from narrowgate.standard.form import standardise  # noqa: E402

T = TypeVar("T")
_WARM = 20_000  # records judged once before anything is timed


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=700_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--agreement", default="removal-order-address")
    parser.add_argument("--folder", type=Path, help="where the generated files are, or shall be")
    asked = parser.parse_args()
    given = bundled(asked.agreement)
    text = Path(asked.agreement).read_bytes() if given is None else given
    terms = read_agreement(text, asked.agreement)
    with tempfile.TemporaryDirectory(prefix="narrowgate-screening-") as scratch:
        folder = asked.folder or Path(scratch)
        if not (folder / "request.parquet").exists():
            generate(max(asked.records, 10_000), asked.records, asked.seed, folder)
        raw, _, faults = read_records(folder / "request.parquet")
    if raw is None:
        sys.exit(f"the records cannot be read: {faults}")
    # The generator writes one reason for all, which a rule against phrases from a form refuses.
    reasons = pc.binary_join_element_wise(raw["reason"], raw["record_id"], " ")
    run(raw.set_column(raw.column_names.index("reason"), "reason", reasons), terms)


def run(raw: pa.Table, terms: Terms) -> None:
    """`raw`: REQUEST_COLUMNS, text. Judge it and print the seconds."""
    Trial(raw.slice(0, _WARM), terms)
    trial = Trial(raw, terms)
    sys.stdout.write(f"{terms.id}: {raw.num_rows:,} records, {len(terms.record_rules)} rules\n")
    for name, took in trial.seconds.items():
        sys.stdout.write(f"{name:32}{took:8.2f} s{took / trial.floor:8.1f} x floor\n")
    rules = trial.seconds["what rules share"] + trial.seconds["all rules together"]
    sys.stdout.write(f"{'all rules and what they share':32}{rules:8.2f} s")
    sys.stdout.write(f"{rules / trial.floor:8.1f} x floor\n\nseconds of each rule alone\n")
    for code, took, refused in sorted(trial.alone(), key=lambda each: -each[1]):
        sys.stdout.write(f"  {code:28}{took:8.3f}{refused:12,} refused\n")


class Trial:
    """Records judged step by step. `seconds`: of each step; `floor`: of one bare pass."""

    def __init__(self, raw: pa.Table, terms: Terms) -> None:
        self.seconds: dict[str, float] = {}
        raw = raw.combine_chunks()
        con = connect()
        self.floor = self._timed("floor: one pass that hashes", lambda: _pass(con, raw))
        standard = self._timed("standard form", lambda: standardise(con, raw).cast(RECORDS))
        self.judged_by = judgement(con, [rule for rule, _ in terms.record_rules], AT)
        self.sheet = self._timed(
            "what rules share", lambda: spread(con, raw, standard, self.judged_by)
        )
        broken = self._timed("all rules together", lambda: broken_rules(self.sheet, self.judged_by))
        found = refusals(broken, {rule.code: reason for rule, reason in terms.record_rules})
        docket = self._timed("docket", lambda: Docket.issue(raw.num_rows).refuse(found))
        self._timed(
            "attempts",
            lambda: attempts_of(self.sheet.table(ATTEMPTED), docket.rows(State.OPEN), bytes(32)),
        )

    def alone(self) -> Iterator[tuple[str, float, int]]:
        """Code, seconds and records refused of each rule as if there were no other."""
        judged_by = self.judged_by
        for rule, expression in zip(judged_by.rules, judged_by.expressions, strict=True):
            one = Judgement((rule,), (expression,), judged_by.bound)
            watch = time.perf_counter()
            broken = broken_rules(self.sheet, one)
            took = time.perf_counter() - watch
            yield rule.code.value, took, int(broken[rule.code].sum())

    def _timed(self, name: str, step: Callable[[], T]) -> T:
        watch = time.perf_counter()
        result = step()
        self.seconds[name] = time.perf_counter() - watch
        return result


def _pass(con: duckdb.DuckDBPyConnection, raw: pa.Table) -> float:
    """Seconds of one pass over the records that takes a hash of each whole row."""
    con.register("raw", raw)
    watch = time.perf_counter()
    con.sql(f"SELECT bit_xor(hash({', '.join(raw.column_names)})) FROM raw").fetchall()
    return time.perf_counter() - watch


if __name__ == "__main__":
    main()
