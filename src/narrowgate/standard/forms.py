"""What a piece becomes in the role it plays: AVENUE as suffix AVE, 00123 as number 123."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.lexicon import LEXICON, classify, ordinal
from narrowgate.standard.roles import ROLES, Form
from narrowgate.standard.scalars import BLANK, EMPTY

Longs: TypeAlias = npt.NDArray[np.int64]

ROLE_LETTERS = "".join(ROLES)
_KEPT = 1 << 16
_AS_IT_IS = np.array([role.form in ("number", "value") for role in ROLES.values()])
_GLUED = np.array([role.glued for role in ROLES.values()])


def formed(roles: Longs, pieces: pa.Array) -> pa.Array:
    """The text of each piece in its role (a position in ROLE_LETTERS), its blank before it."""
    # A run of digits without a leading zero is itself, and most of all distinct pieces are such.
    digits = pc.and_(
        pc.ascii_is_decimal(pieces), pc.invert(pc.starts_with(pieces, pattern="0"))
    ).to_numpy(zero_copy_only=False)
    plain = digits & _AS_IT_IS[roles]
    blanks = pa.array([EMPTY.as_py(), BLANK.as_py()], pa.string()).take(
        pa.array((~_GLUED[roles]).astype(np.int8))
    )
    texts = pc.binary_join_element_wise(blanks, pieces, EMPTY)
    odd = np.flatnonzero(~plain)
    letters = [ROLE_LETTERS[role] for role in roles[odd].tolist()]
    by_hand = map(_form, letters, pieces.take(pa.array(odd)).to_pylist())
    return pc.replace_with_mask(texts, pa.array(~plain), pa.array(by_hand, pa.string()))


@lru_cache(_KEPT)
def _form(letter: str, piece: str) -> str:
    role = ROLES[letter]
    text = _FORMS[role.form](piece)
    glued = role.glued and not ("/" in text and len(text) > 1)  # APT 4 1/2 is not APT 41/2
    return text if glued else f" {text}"


def _name(piece: str) -> str:
    word = LEXICON.get(piece)
    if word is not None:
        return word.name
    return ordinal(int(piece[:-2])) if classify(piece) == "o" else piece


def _short(piece: str) -> str:
    word = LEXICON.get(piece)
    return piece if word is None else word.short


def _ordinal(piece: str) -> str:
    """A street that is a number alone: 5, 5TH and FIFTH are one."""
    return ordinal(int(piece)) if piece.isdigit() and len(piece) < 10 else _name(piece)


def _number(piece: str) -> str:
    """As _value, but an ordinal as its digits: 2ND FLOOR is FL 2."""
    return _value(_name(piece)[:-2] if classify(piece) == "o" else piece)


def _value(piece: str) -> str:
    """Without leading zeros; a number word as its digits. APT 1ST is not APT 1."""
    cls = classify(piece)
    if cls in "co":
        return _name(piece)
    if piece[0] == "0":
        bare = piece.lstrip("0")
        return bare if bare and bare[0].isdigit() else f"0{bare}"
    return _short(piece)


def _label(piece: str) -> str:
    return f"{_short(piece)} "


def _constant(text: str) -> Callable[[str], str]:
    return lambda _piece: text


_FORMS: Mapping[Form, Callable[[str], str]] = {
    "name": _name,
    "short": _short,
    "ordinal": _ordinal,
    "number": _number,
    "value": _value,
    "label": _label,
    "rural": _constant("RR"),
    "contract": _constant("HC"),
    "us": _constant("US"),
    "sr": _constant("SR"),
    "cr": _constant("CR"),
    "ch": _constant("CH"),
    "interstate": _constant("I"),
}
