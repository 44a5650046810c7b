"""Drafts of records: codes that any kind of error may change, then text, then the request's rest.

Codes are the columns of block.NAME, dwellings.LINE, birth (render.NO_DATE: none), tin (-1: none),
and the writings of render.places_of under `as_` names.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .people import NONE, Columns
from .render import NO_DATE, constant, dates_of, names_of, places_of, tins_of

Texts = dict[str, pa.Array]

TEXTS = ("given_name", "middle_name", "family_name", "name_suffix", "date_of_birth", "tin",
         "address_line1", "address_line2", "city", "state", "postal_code")  # fmt: skip
WRITINGS = ("suffix_word", "direction", "unit_word")
_LEAST_AGE = 19


def texts_of(codes: Columns) -> Texts:
    """TEXTS of drafts."""
    writing = {name: codes[f"as_{name}"] for name in WRITINGS if f"as_{name}" in codes}
    columns = {
        **names_of(codes),
        "date_of_birth": dates_of(codes["birth"], codes["birth"] == NO_DATE),
        "tin": tins_of(codes["tin"]),
        **places_of(codes, writing),
    }
    return {name: columns[name] for name in TEXTS}


def identified(chance: np.random.Generator, codes: Columns, with_number: float = 0.6) -> None:
    """Leaves a number to this share of drafts, of which two in five have a birth date too; the
    others have a birth date alone. Who has no number has a birth date.
    """
    count = len(codes["tin"])
    numbered = (chance.random(count) < with_number) & (codes["tin"] >= 0)
    dated = ~numbered | (chance.random(count) < 0.4)
    codes["tin"] = np.where(numbered, codes["tin"], NONE)
    codes["birth"] = np.where(dated, codes["birth"], NO_DATE)


def written(chance: np.random.Generator, codes: Columns, share: float) -> None:
    """Writes this share of addresses in other words: STREET, NORTH, # 4."""
    count = len(codes["house"])
    chosen = chance.random(count) < share
    codes["as_suffix_word"] = np.where(chosen, chance.integers(0, 3, count), 0)
    codes["as_direction"] = np.where(chosen, chance.integers(0, 2, count), 0)
    codes["as_unit_word"] = np.where(chosen, chance.integers(0, 2, count), 0)


def loosely(chance: np.random.Generator, texts: Texts, share: float) -> None:
    """Of this share of records: capitals as people write them, a ZIP+4, hyphens in the number, the
    unit on the first line.
    """
    count = len(texts["city"])

    def some(part: float = 1.0) -> pa.Array:
        return pa.array(chance.random(count) < share * part)

    cased = some()
    for name in ("given_name", "family_name", "middle_name", "address_line1", "city"):
        texts[name] = pc.if_else(cased, pc.utf8_title(texts[name]), texts[name])
    four = pc.utf8_lpad(pa.array(chance.integers(1, 9999, count)).cast(pa.string()), 4, "0")
    longer = pc.binary_join_element_wise(texts["postal_code"], four, "-")
    texts["postal_code"] = pc.if_else(some(0.3), longer, texts["postal_code"])
    tin = texts["tin"]
    parts = [pc.utf8_slice_codeunits(tin, start, stop) for start, stop in ((0, 3), (3, 5), (5, 9))]
    texts["tin"] = pc.if_else(some(), pc.binary_join_element_wise(*parts, "-"), tin)
    on_one = pc.and_(some(0.5), pc.is_valid(texts["address_line2"]))
    joined = pc.binary_join_element_wise(
        texts["address_line1"], texts["address_line2"], " ", null_handling="skip"
    )
    texts["address_line1"] = pc.if_else(on_one, joined, texts["address_line1"])
    texts["address_line2"] = pc.if_else(
        on_one, pa.scalar(None, pa.string()), texts["address_line2"]
    )


def adults(people: Columns) -> np.typing.NDArray[np.bool_]:
    """Who is old enough to be asked about under an order of some years ago."""
    return people["birth"] < np.datetime64("2026-01-01").astype(np.int64) - _LEAST_AGE * 366


def demanded(texts: Texts, first: int, today: dt.date) -> dict[str, pa.Array]:
    """Every column that national-scale.md requires, with record ids from `first` on; no record
    rule refuses what stands in the columns added here.
    """
    count = len(texts["city"])
    number = np.arange(first, first + count)
    words = pa.array(number).cast(pa.string())

    def numbered(word: str, digits: pa.Array = words) -> pa.Array:
        return pc.binary_join_element_wise(pa.scalar(word), digits, "")

    return {
        "record_id": numbered("R"),
        **texts,
        "order_date": constant(str(today - dt.timedelta(days=300)), count),
        "order_ground": constant("8 U.S.C. 1227(a)(1)(B)", count),
        "case_number": numbered("INV-"),
        "offense_statute": constant("8 U.S.C. 1253(a)(1)(A)", count),
        "reason": constant("Subject of the investigation named in this record.", count),
        "engaged_officer": numbered("OFFICER ", pa.array(number // 1000).cast(pa.string())),
        "tax_periods": constant(str(today.year - 2), count),
    }
