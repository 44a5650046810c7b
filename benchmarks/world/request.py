"""A request about people of a register: right records, records with the errors that people make,
and records that must not be confirmed, each with its truth.

`lives_there`: the subject, the person the requester means, is on file, is not sealed, and the
record's address is that person's current one. A record about a stranger has no person_id.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import slips
from .block import Block
from .drafts import WRITINGS, Texts, adults, identified, loosely, texts_of, written
from .people import NONE, Columns
from .render import ids_of
from .slips import Bools, on_rows
from .tables import Codes, given_names

KINDS = {
    "as on file": 0.42, "written otherwise": 0.12, "typing slip": 0.06, "scanning slip": 0.02,
    "hearing slip": 0.03, "nickname": 0.04, "middle name": 0.05, "surname left out": 0.02,
    "names exchanged": 0.01, "date slip": 0.02, "month and day": 0.01, "number slip": 0.03,
    "maiden name": 0.02, "old address": 0.06, "another's address": 0.04, "stranger": 0.04,
    "unit left out": 0.01,
}  # fmt: skip
"""Kinds of records and their shares; who cannot have an error has none."""

AWAY = ("old address", "another's address", "stranger", "unit left out")
"""Kinds that must not be confirmed."""


def request_of(block: Block, count: int, seed: int) -> tuple[Texts, pa.Table]:
    """`count` records about different adults of a block, as drafts.TEXTS; and their truth:
    person_id, lives_there, kind. Fewer where the block has fewer adults.
    """
    chance = np.random.default_rng([seed, 2, block.number])
    who = chance.permutation(np.flatnonzero(adults(block.people)))[:count]
    return records_about(chance, block, who, KINDS)


def records_about(
    chance: np.random.Generator, block: Block, who: Codes, kinds: Mapping[str, float]
) -> tuple[Texts, pa.Table]:
    """A record about each of these people with an error of these kinds (of KINDS, with shares; the
    first is none), as drafts.TEXTS; and their truth: person_id, lives_there, kind.
    """
    people = block.people
    names = list(kinds)
    shares = np.array(list(kinds.values()))
    drawn = chance.choice(len(names), len(who), p=shares / shares.sum())
    codes = block.about(who)
    other = chance.permutation(len(who))
    kind = np.where(_possible(block, codes, who, other, np.array(names)[drawn]), drawn, 0)
    is_kind = {name: kind == names.index(name) if name in kinds else kind < 0 for name in KINDS}
    _change_codes(chance, block, codes, who, other, is_kind)
    identified(chance, codes)
    slipped = is_kind["number slip"] & (codes["tin"] >= 0)
    codes["tin"] = np.where(slipped, slips.number_slip(chance, codes["tin"]), codes["tin"])
    written(chance, codes, 0.15)
    for name in WRITINGS:
        column = codes[f"as_{name}"]
        codes[f"as_{name}"] = np.where(is_kind["written otherwise"], 1, column)
    texts = texts_of(codes)
    twin = block.people["twin"][who]
    named = pa.array(block.people["given"][twin], mask=twin < 0)
    _change_texts(chance, texts, codes, is_kind, pa.array(given_names()).take(named))
    loosely(chance, texts, 0.2)
    away = np.any([is_kind[name] for name in AWAY], axis=0)
    unknown = pa.array(is_kind["stranger"])
    truth = pa.table(
        {
            "person_id": pc.if_else(
                unknown, pa.scalar(None, pa.string()), ids_of("P", people["number"][who])
            ),
            "lives_there": ~away & (people["sealed"][who] == 0),
            "kind": pa.array(names).take(pa.array(kind)),
        }
    )
    return texts, truth


def _possible(
    block: Block, codes: Columns, who: Codes, other: Codes, drawn: npt.NDArray[np.str_]
) -> Bools:
    """Which drafts can have the error that was drawn for them. `other`: another record of each."""
    dwelling = block.people["dwelling"][who]
    somewhere_else = dwelling[other] != dwelling
    needs: dict[str, Bools] = {
        "surname left out": codes["second"] >= 0,
        "maiden name": (block.people["maiden"][who] >= 0) & (codes["second"] < 0),
        "old address": block.people["old"][who] >= 0,
        "middle name": codes["middle"] >= 0,
        "unit left out": codes["unit"] >= 0,
        "number slip": codes["tin"] >= 0,
        "another's address": somewhere_else,
        "stranger": somewhere_else,
    }
    possible = np.ones(len(who), bool)
    for name, can in needs.items():
        possible &= can | (drawn != name)
    return possible


def _change_codes(
    chance: np.random.Generator,
    block: Block,
    codes: Columns,
    who: Codes,
    other: Codes,
    is_kind: dict[str, Bools],
) -> None:
    people, count = block.people, len(who)
    codes["second"] = np.where(is_kind["surname left out"], NONE, codes["second"])
    left = chance.random(count) < 0.5
    codes["initial"] = np.where(is_kind["middle name"] & left, 1, codes["initial"])
    codes["middle"] = np.where(is_kind["middle name"] & ~left, NONE, codes["middle"])
    codes["family"] = np.where(is_kind["maiden name"], people["maiden"][who], codes["family"])
    codes["birth"] = np.where(
        is_kind["date slip"], slips.date_slip(chance, codes["birth"]), codes["birth"]
    )
    exchanged, _ = slips.month_and_day(codes["birth"])
    codes["birth"] = np.where(is_kind["month and day"], exchanged, codes["birth"])
    away = is_kind["another's address"] | is_kind["stranger"]
    dwelling = np.where(away, people["dwelling"][who[other]], people["dwelling"][who])
    dwelling = np.where(is_kind["old address"], people["old"][who], dwelling)
    codes.update(block.address(dwelling))
    codes["unit"] = np.where(is_kind["unit left out"], NONE, codes["unit"])
    # A stranger: the names of two others, a date of nobody's, a number that is not on file.
    stranger, third = is_kind["stranger"], np.roll(other, 1)
    for name, source in (("given", other), ("family", third), ("middle", third)):
        codes[name] = np.where(stranger, codes[name][source], codes[name])
    codes["birth"] = np.where(
        stranger, codes["birth"] - chance.integers(400, 4000, count), codes["birth"]
    )
    codes["tin"] = np.where(
        stranger, slips.digit_off(chance, codes["tin"] // 10_000 * 10_000 + 9999, 3), codes["tin"]
    )


def _change_texts(
    chance: np.random.Generator,
    texts: Texts,
    codes: Columns,
    is_kind: dict[str, Bools],
    twin: pa.Array,
) -> None:
    """`twin`: the given name of each one's twin, by which nobody else is called."""
    for kind, slip in (
        ("typing slip", slips.typed),
        ("scanning slip", slips.scanned),
        ("hearing slip", slips.heard),
    ):
        first = chance.random(len(codes["tin"])) < 0.4
        for name, rows in (
            ("given_name", is_kind[kind] & first),
            ("family_name", is_kind[kind] & ~first),
        ):
            texts[name] = on_rows(
                texts[name], rows, slip(chance, texts[name].filter(pa.array(rows)))
            )
    rows = is_kind["nickname"]
    nick = slips.nicknamed(chance, codes["given"][rows])
    own = texts["given_name"].filter(pa.array(rows))
    twins = pc.equal(nick, twin.filter(pa.array(rows))).fill_null(False)
    kept = pc.coalesce(pc.if_else(twins, own, nick), own)
    texts["given_name"] = on_rows(texts["given_name"], rows, kept)
    rows = is_kind["names exchanged"]
    given, family = (texts[name].filter(pa.array(rows)) for name in ("given_name", "family_name"))
    texts["given_name"] = on_rows(texts["given_name"], rows, family)
    texts["family_name"] = on_rows(texts["family_name"], rows, given)
