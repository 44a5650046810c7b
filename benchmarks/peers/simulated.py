"""Register, request and truth from the sample of the pseudopeople package, one tax or census form.

`simulated.py FORM NOISE FOLDER`, in the simulation's environment: the register, the records and
what is true of them are those of benchmarks/demo/people.py, but of one form, every row of it.

- w2: W-2 and 1099 rows of 2025, with a number and no birth date;
- census: adults of 2020, with a birth date and no number; many have moved since.
- default: the package's own noise; heavy: each of its errors in a cell four times as likely.
"""

from __future__ import annotations

import logging
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pseudopeople

sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

import people as demo  # its folder is on the path from here on

HEAVIER = 4


def main(form: str, noise: str, out: Path) -> None:
    """Write register.parquet, request.parquet and truth.parquet into `out`."""
    warnings.filterwarnings("ignore")
    logging.disable()
    spells, people = demo.clean_people()
    register = [demo.register_rows(spells, people), demo.social_security_rows(spells)]
    demo.write(pd.concat(register), out / "register.parquet")
    rows = {"w2": workers, "census": counted}[form](noise)
    rows = some_unanswerable(rows).drop_duplicates("simulant_id")
    rows = rows.sample(frac=1, random_state=demo.SEED).reset_index(drop=True)
    records = demo.as_records(rows)
    demo.write(records, out / "request.parquet")
    truth = truth_of(rows, spells[spells["until"].isna()].set_index("simulant_id")["where"])
    truth.insert(0, "record_id", records["record_id"])
    truth.to_parquet(out / "truth.parquet", index=False)


def workers(noise: str) -> pd.DataFrame:
    """W-2 and 1099 rows with their clean address `where`."""
    name = "taxes_w2_and_1099"
    generate = partial(pseudopeople.generate_taxes_w2_and_1099, config=config(name, noise))
    rows = demo.noisy(generate, demo.YEAR, "mailing_address_")
    rows["where"] = demo.clean_places(name, "tax_year", demo.YEAR, rows)
    return rows.assign(
        date_of_birth=None,
        source=np.where(demo.works_under_a_borrowed_number(rows), "W-2, another's number", "W-2"),
    )


def counted(noise: str) -> pd.DataFrame:
    """Census rows of adults with their clean address `where`."""
    name = "decennial_census"
    generate = partial(pseudopeople.generate_decennial_census, config=config(name, noise))
    rows = demo.noisy(generate, demo.CENSUS, "")
    rows = rows[pd.to_numeric(rows["age"], errors="coerce") >= 18]
    rows["where"] = demo.clean_places(name, "year", demo.CENSUS, rows)
    return rows.assign(ssn=None, source="census")


def config(name: str, noise: str) -> dict[str, Any]:
    """The package's configuration of a dataset with its cells' errors as likely as `noise` says."""
    given = pseudopeople.get_config()[name]["column_noise"]
    if noise == "heavy":
        for errors in given.values():
            for error in errors.values():
                error["cell_probability"] = min(1.0, HEAVIER * error["cell_probability"])
    return {name: {"column_noise": given}}


def some_unanswerable(rows: pd.DataFrame) -> pd.DataFrame:
    """One in ten of those with a box or a home of hundreds is kept, as in the demo."""
    chance = np.random.default_rng(demo.SEED)
    return rows[~(demo.unanswerable(rows) & (chance.random(len(rows)) > 0.1))]


def truth_of(rows: pd.DataFrame, current: pd.Series) -> pd.DataFrame:
    """Columns person_id, source and lives_there: the clean address of the row is the register's
    current one of that person, and no number of somebody else is used.
    """
    where = rows["simulant_id"].map(current)
    borrowed = rows["source"].str.endswith("another's number")
    return pd.DataFrame(
        {
            "person_id": rows["simulant_id"],
            "source": rows["source"],
            "lives_there": ((where == rows["where"]) & where.notna() & ~borrowed).astype(bool),
        }
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
