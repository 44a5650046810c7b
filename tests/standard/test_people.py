"""Names, dates of birth and numbers of a person in standard form."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise


def person(**cells: str) -> dict[str, object]:
    row = dict.fromkeys(RAW_COLUMNS) | cells
    schema = pa.schema([(name, pa.string()) for name in RAW_COLUMNS])
    with duckdb.connect() as con:
        result: dict[str, object] = standardise(
            con, pa.Table.from_pylist([row], schema=schema)
        ).to_pylist()[0]
    return result


@pytest.mark.parametrize(
    ("cells", "given", "family", "suffix"),
    [
        (("John", "O'Brien", ""), "JOHN", "OBRIEN", None),
        (("John", "O’Brien", ""), "JOHN", "OBRIEN", None),
        (("José María", "García-López", ""), "JOSE MARIA", "GARCIA LOPEZ", None),
        (("Łukasz", "Ørsted", ""), "LUKASZ", "ORSTED", None),
        (("Jürgen", "Strauß", ""), "JURGEN", "STRAUSS", None),
        (("Mary-Anne", "De La Cruz", ""), "MARY ANNE", "DE LA CRUZ", None),
        (("Mr. John", "Smith", ""), "JOHN", "SMITH", None),
        (("Dr. Mrs. Ann", "Smith", ""), "ANN", "SMITH", None),
        (("John", "Smith Jr.", ""), "JOHN", "SMITH", "JR"),
        (("John", "Smith, Junior", ""), "JOHN", "SMITH", "JR"),
        (("John Sr", "Smith", ""), "JOHN", "SMITH", "SR"),
        (("John", "Smith III", ""), "JOHN", "SMITH", "III"),
        (("John", "Smith", "3rd"), "JOHN", "SMITH", "III"),
        (("John", "Smith Jr", "II"), "JOHN", "SMITH", "II"),
        (("John", "Smith V", ""), "JOHN", "SMITH", "V"),
        (("John V", "Smith", ""), "JOHN V", "SMITH", None),
        (("Junior", "Senior", ""), "JUNIOR", "SENIOR", None),
        (("Mr", "Hon", ""), None, "HON", None),
        (("", "--", "xyz"), None, None, None),
        (("Иван", "李", ""), None, None, None),
    ],
)
def test_names(
    cells: tuple[str, str, str], given: str | None, family: str | None, suffix: str | None
) -> None:
    row = person(given_name=cells[0], family_name=cells[1], name_suffix=cells[2])
    assert (row["given"], row["family"], row["suffix"]) == (given, family, suffix)


def test_middle_names_stay_as_given() -> None:
    assert person(middle_name="q.")["middle"] == "Q"
    assert person(middle_name="Lee Ann")["middle"] == "LEE ANN"
    assert person(middle_name=".")["middle"] is None


def test_spellings_of_one_person_share_a_name_key() -> None:
    def key(given: str, family: str) -> object:
        return person(given_name=given, family_name=family)["name_key"]

    assert key("John", "Hernandez") == key("JON", "Hernández") == key("J", "Hernandes")
    assert key("Catherine", "Schmidt") == key("Cathy", "Schmitt")
    assert key("John", "Hernandez") != key("John", "Martinez")
    assert key("John", "Smith") != key("Mary", "Smith")
    assert key("John", "") is None


@pytest.mark.parametrize(
    ("cell", "born", "fault"),
    [
        ("1980-02-29", date(1980, 2, 29), None),
        ("1980-02-29T00:00:00Z", date(1980, 2, 29), None),
        ("1980-02-29 00:00:00", date(1980, 2, 29), None),
        ("19800229", date(1980, 2, 29), None),
        ("2/29/1980", date(1980, 2, 29), None),
        ("02/29/1980", date(1980, 2, 29), None),
        ("1981-02-29", None, "invalid"),
        ("29/02/1980", None, "invalid"),
        ("0000-00-00", None, "invalid"),
        ("80-02-29", None, "invalid"),
        ("unknown", None, "invalid"),
        ("1980-02-29x", None, "invalid"),
        ("١٩٨٠-٠٢-٢٩", None, "invalid"),
        ("", None, None),
        ("  ", None, None),
    ],
)
def test_dates(cell: str, born: date | None, fault: str | None) -> None:
    row = person(date_of_birth=cell)
    assert (row["birth_date"], row["birth_date_fault"]) == (born, fault)


@pytest.mark.parametrize(
    ("tin", "stated", "kind", "fault"),
    [
        ("219-45-6789", "", "ssn", None),
        ("219456789", "ssn", "ssn", None),
        ("219 45 6789", "SSN", "ssn", None),
        ("900-70-1234", "", "itin", None),
        ("900-70-1234", "itin", "itin", None),
        ("900-70-1234", "ssn", None, "kind_mismatch"),
        ("219-45-6789", "itin", None, "kind_mismatch"),
        ("219-45-6789", "ein", None, "kind_mismatch"),
        ("000-45-6789", "", None, "invalid"),
        ("666-45-6789", "", None, "invalid"),
        ("219-00-6789", "", None, "invalid"),
        ("219-45-0000", "", None, "invalid"),
        ("900-49-1234", "", None, "invalid"),
        ("900-50-1234", "", "itin", None),
        ("900-65-1234", "", "itin", None),
        ("900-66-1234", "", None, "invalid"),
        ("900-69-1234", "", None, "invalid"),
        ("900-88-1234", "", "itin", None),
        ("900-89-1234", "", None, "invalid"),
        ("900-92-1234", "", "itin", None),
        ("900-93-1234", "", None, "invalid"),
        ("900-94-1234", "", "itin", None),
        ("900-99-1234", "", "itin", None),
        ("078-05-1120", "", None, "placeholder"),
        ("219-09-9999", "", None, "placeholder"),
        ("457-55-5462", "", None, "placeholder"),
        ("987-65-4320", "", None, "placeholder"),
        ("987-65-4329", "", None, "placeholder"),
        ("123-45-6789", "", None, "placeholder"),
        ("111-11-1111", "", None, "placeholder"),
        ("999-99-9999", "itin", None, "placeholder"),
        ("6789", "", None, "invalid"),
        ("XXX-XX-6789", "", None, "invalid"),
        ("21945678", "", None, "invalid"),
        ("2194567890", "", None, "invalid"),
        ("219-456-789", "", None, "invalid"),
        ("٢١٩٤٥٦٧٨٩", "", None, "invalid"),
        ("", "", None, None),
        ("  ", "ssn", None, None),
    ],
)
def test_numbers(tin: str, stated: str, kind: str | None, fault: str | None) -> None:
    row = person(tin=tin, tin_kind=stated)
    digits = "".join(c for c in tin if c.isdigit()) if kind else None
    assert (row["tin"], row["tin_kind"], row["tin_fault"]) == (digits, kind, fault)
