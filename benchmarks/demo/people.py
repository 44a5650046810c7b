"""Simulated people: a register and a lawful request, from the sample of the pseudopeople package.

Runs in an environment of its own (it needs pandas and the simulation): `people.py OUT_FOLDER`.

- The register: tax forms 1040, W-2 and 1099 of the years up to 2025 and Social Security rows,
  clean. One person per simulant; the number is Social Security's or that of an own 1040, never
  that of a W-2, for some simulants work under a borrowed number; one address a spell of years at
  it, of which the latest is current.
- The lawful request: W-2 and 1099 rows of 2025 and census rows of 2020, with the package's own
  default noise; the census rows have a birth date and no number, and many have moved since.
- The truth, kept apart: the row's simulant, and whether the row should be confirmed: the simulant
  has, in the register, the clean address of the row as current address, and works under no
  number of somebody else's (right name and address, other number: facts B60).
- Records near the truth about other people of the register (near.py).

The sample's one fictional town is given a real city and ZIP, on both sides.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pseudopeople
import pyarrow.parquet as pq
from near import near_records, unseen

YEAR, CENSUS = 2025, 2020
WORKERS, COUNTED = 5000, 2500
PLACE = {"city": "Spokane", "state": "WA", "zip": "99201"}
SEED = 20251
SAMPLES = Path(pseudopeople.__file__).parent / "data" / "sample_datasets"
UNUSED = ("copy_", "dependent_", "employer_", "spouse_")
ADDRESS = ["street_number", "street_name", "unit_number", "po_box", "city", "state", "zipcode"]


def main(out: Path) -> None:
    """Write register.parquet, request.parquet, truth.parquet and near.parquet into `out`."""
    warnings.filterwarnings("ignore")
    logging.disable()
    spells, people = clean_people()
    register = pd.concat([register_rows(spells, people), social_security_rows(spells)])
    write(register, out / "register.parquet")
    current = spells[spells["until"].isna()].set_index("simulant_id")["where"]
    records, truth = lawful_request(current)
    write(records, out / "request.parquet")
    write(truth, out / "truth.parquet")
    assert unseen(register["tin"])
    write(near_records(register, truth["person_id"], SEED), out / "near.parquet")


def clean_people() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spells at addresses (simulant_id, where, since, until) and people (by simulant_id)."""
    forms = [sample("taxes_1040"), sample("taxes_w2_and_1099")]
    columns = ["simulant_id", "tax_year", "first_name", "middle_initial", "last_name"]
    columns += ["date_of_birth", *(f"mailing_address_{part}" for part in ADDRESS)]
    rows = pd.concat([form[columns] for form in forms])
    rows = rows[rows["tax_year"].astype(int) <= YEAR].copy()
    rows["year"] = rows["tax_year"].astype(int)
    rows["where"] = place_of(rows, "mailing_address_")
    rows = rows.sort_values(["simulant_id", "year"], kind="stable")
    yearly = rows.drop_duplicates(["simulant_id", "year"], keep="last")
    before = yearly.groupby("simulant_id")["where"].shift().fillna("")
    moved = yearly["where"] != before
    spells = yearly[moved][["simulant_id", "year", "where"]].copy()
    spells["since"] = spells["year"]
    spells["until"] = spells.groupby("simulant_id")["since"].shift(-1)
    people = yearly.drop_duplicates("simulant_id", keep="last").set_index("simulant_id")
    return spells, people[["first_name", "middle_initial", "last_name", "date_of_birth"]]


def own_numbers() -> pd.Series:
    """SSN by simulant: Social Security's, else that of an own 1040."""
    taxes = sample("taxes_1040").dropna(subset=["ssn"]).drop_duplicates("simulant_id")
    social = sample("social_security").dropna(subset=["ssn"]).drop_duplicates("simulant_id")
    taxes, social = (t.set_index("simulant_id")["ssn"] for t in (taxes, social))
    return social.combine_first(taxes)


def register_rows(spells: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Contract section 4: one row a person and address."""
    rows = spells.join(people, on="simulant_id")
    line1, line2 = zip(*rows["where"].map(lines), strict=True)
    return pd.DataFrame(
        {
            "person_id": rows["simulant_id"],
            "tin": rows["simulant_id"].map(own_numbers()),
            "given_name": rows["first_name"],
            "middle_name": rows["middle_initial"],
            "family_name": rows["last_name"],
            "date_of_birth": day(rows["date_of_birth"]),
            "address_line1": line1,
            "address_line2": line2,
            "city": PLACE["city"],
            "state": PLACE["state"],
            "postal_code": PLACE["zip"],
            "address_from": rows["since"].map(lambda year: f"{int(year)}-01-01"),
            "address_to": rows["until"].map(
                lambda year: None if pd.isna(year) else f"{int(year)}-01-01"
            ),
        }
    )


def social_security_rows(spells: pd.DataFrame) -> pd.DataFrame:
    """People whom only Social Security knows: no address, and so never confirmed, but there."""
    rows = sample("social_security").drop_duplicates("simulant_id")
    rows = rows[~rows["simulant_id"].isin(spells["simulant_id"])]
    return pd.DataFrame(
        {
            "person_id": rows["simulant_id"],
            "tin": rows["ssn"],
            "given_name": rows["first_name"],
            "middle_name": rows["middle_name"],
            "family_name": rows["last_name"],
            "date_of_birth": day(rows["date_of_birth"]),
            "address_line1": None,
        }
    )


def lawful_request(current: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records, and for each its person and whether it should be confirmed."""
    chance = np.random.default_rng(SEED)
    workers = noisy(pseudopeople.generate_taxes_w2_and_1099, YEAR, "mailing_address_")
    counted = noisy(pseudopeople.generate_decennial_census, CENSUS, "")
    counted = counted[pd.to_numeric(counted["age"], errors="coerce") >= 18]
    workers["where"] = clean_places("taxes_w2_and_1099", "tax_year", YEAR, workers)
    counted["where"] = clean_places("decennial_census", "year", CENSUS, counted)
    # Boxes are no residences, and homes of hundreds are shared: both are refused. So that the
    # request is like those seen in life (facts 5.2), one in ten of them is kept.
    workers, counted = (
        rows[~(unanswerable(rows) & (chance.random(len(rows)) > 0.1))].drop_duplicates(
            "simulant_id"
        )
        for rows in (workers, counted)
    )
    workers = workers.sample(WORKERS, random_state=SEED)
    counted = counted[~counted["simulant_id"].isin(workers["simulant_id"])]
    counted = counted.sample(COUNTED, random_state=SEED)
    workers["date_of_birth"], workers["source"] = None, "W-2"
    counted["ssn"], counted["source"] = None, "census"
    rows = pd.concat([workers, counted], ignore_index=True)
    rows = rows.sample(frac=1, random_state=SEED).reset_index(drop=True)
    records = as_records(rows)
    where = rows["simulant_id"].map(current)
    borrowed = works_under_a_borrowed_number(rows) & (rows["source"] == "W-2")
    right = (where == rows["where"]) & where.notna() & ~borrowed
    truth = pd.DataFrame(
        {
            "record_id": records["record_id"],
            "person_id": rows["simulant_id"],
            "source": rows["source"].mask(borrowed, "W-2, another's number"),
            "should_confirm": right.astype(bool),
        }
    )
    return records, truth


def works_under_a_borrowed_number(rows: pd.DataFrame) -> pd.Series:
    """Whether the clean W-2 of the row's simulant bears another number than the simulant's own."""
    clean = sample("taxes_w2_and_1099")
    clean = clean[clean["tax_year"].astype(int) == YEAR].drop_duplicates("simulant_id")
    used = rows["simulant_id"].map(clean.set_index("simulant_id")["ssn"])
    return used.notna() & (used != rows["simulant_id"].map(own_numbers()))


def unanswerable(rows: pd.DataFrame) -> pd.Series:
    """Rows with a box, or at an address where many live."""
    crowd = rows.groupby("where")["simulant_id"].transform("nunique") > 10
    return rows["po_box"].notna() | crowd


def as_records(rows: pd.DataFrame) -> pd.DataFrame:
    """Contract section 3: what the agency writes about each of them."""
    number = np.arange(len(rows))
    today = dt.datetime.now(tz=dt.UTC).date()
    final = [str(today - dt.timedelta(days=120 + int(n) % 900)) for n in number]
    first = [text(row.po_box, "PO BOX ") or text(row.street_number) for row in rows.itertuples()]
    street = [text(row.street_name) for row in rows.itertuples()]
    return pd.DataFrame(
        {
            "record_id": [f"R-{n:05}" for n in number],
            "given_name": rows["first_name"],
            "middle_name": rows["middle_initial"],
            "family_name": rows["last_name"],
            "date_of_birth": day(rows["date_of_birth"]),
            "tin": rows["ssn"],
            "address_line1": [f"{a} {b}".strip() for a, b in zip(first, street, strict=True)],
            "address_line2": [text(unit) for unit in rows["unit_number"]],
            "city": rows["city"].map(city),
            "state": rows["state"],
            "postal_code": rows["zipcode"].map(zip_code),
            "address_as_of": str(today - dt.timedelta(days=30)),
            "order_date": final,
            "order_ground": "8 U.S.C. 1227(a)(1)(B)",
            "case_number": [f"INV-{n:05}" for n in number],
            "offense_statute": "8 U.S.C. 1253(a)(1)(A)",
            "reason": [
                f"Investigation INV-{n:05}: the residence shows whether the subject departed "
                f"after the order of {date}."
                for n, date in zip(number, final, strict=True)
            ],
            "engaged_officer": [f"Special Agent {n // 80:04}" for n in number],
            "tax_periods": str(today.year - 2),
        }
    )


def noisy(generate: object, year: int, prefix: str) -> pd.DataFrame:
    """A dataset with the package's own default noise, its address columns without prefix."""
    rows = generate(year=year, seed=SEED)  # type: ignore[operator]
    rows = rows.rename(columns={f"{prefix}{part}": part for part in ADDRESS})
    return rows.assign(po_box=rows.get("po_box"), ssn=rows.get("ssn"))


def clean_places(name: str, column: str, year: int, rows: pd.DataFrame) -> pd.Series:
    """The clean address of each row's simulant in that year."""
    clean = sample(name)
    clean = clean[clean[column].astype(int) == year].drop_duplicates("simulant_id")
    prefix = "mailing_address_" if f"mailing_address_{ADDRESS[0]}" in clean else ""
    return rows["simulant_id"].map(clean.assign(where=place_of(clean, prefix)).set_index(
        "simulant_id")["where"])  # fmt: skip


def place_of(rows: pd.DataFrame, prefix: str) -> pd.Series:
    """One text an address, of clean rows: box, or number, street and unit."""
    parts = []
    for part in ("po_box", "street_number", "street_name", "unit_number"):
        column = rows.get(f"{prefix}{part}")
        blank = pd.Series("", index=rows.index)
        # Box numbers are floats there, for most rows have none.
        parts.append(
            blank if column is None else column.astype("string").str.removesuffix(".0").fillna("")
        )
    return parts[0] + "|" + parts[1] + "|" + parts[2] + "|" + parts[3]


def lines(where: str) -> tuple[str | None, str | None]:
    """Address lines of a clean address."""
    box, number, street, unit = where.split("|")
    return (f"PO BOX {box}" if box else f"{number} {street}".strip() or None), unit or None


def text(value: object, prefix: str = "") -> str:
    """A cell as text, blank where it is missing."""
    return "" if pd.isna(value) else f"{prefix}{value}"  # type: ignore[call-overload]


def city(value: object) -> str | None:
    """The town by its real name; a misspelling stays one."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    return PLACE["city"] if value == "Anytown" else f"{PLACE['city']}{str(value)[-1]}"


def zip_code(value: object) -> str | None:
    """The ZIP; digits that noise has changed stay changed."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    kept = (real if seen == "0" else seen for real, seen in zip(PLACE["zip"], str(value)))  # noqa: B905
    return "".join(kept)


def day(dates: pd.Series) -> pd.Series:
    """ISO 8601 where it is a date; what noise made of others as it is."""
    read = pd.to_datetime(dates, errors="coerce", format="mixed")
    return read.dt.strftime("%Y-%m-%d").astype(object).where(read.notna(), dates.astype(object))


@cache
def sample(name: str) -> pd.DataFrame:
    """A clean dataset of the package's sample, up to the last year that is asked about."""
    path = SAMPLES / name / f"{name}.parquet"
    columns = [column for column in pq.read_schema(path).names if not column.startswith(UNUSED)]
    years = [column for column in columns if column in ("year", "tax_year")]
    until = [(column, "<=", max(YEAR, CENSUS)) for column in years]
    return pd.read_parquet(path, columns=columns, filters=until or None)


def write(rows: pd.DataFrame, path: Path) -> None:
    """All columns as text."""
    rows = rows.copy()
    for column in rows:
        if column != "should_confirm":
            rows[column] = rows[column].astype("string").replace("", pd.NA)
    rows.to_parquet(path, index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
