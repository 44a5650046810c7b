"""Address lines to components, a table at a time.

What is costly is done once for each distinct thing: a token is split and classified once, a shape
(the row of classes, lexicon.py) is parsed once, a piece is brought into a form once; everything
that is done for each row is Arrow and numpy over whole columns. Equal text gives equal components,
whatever table, batch or row order it comes in. (Tried: each distinct line once, then taken back.
It gains nothing even where every line stands twice: what is costly is shared already.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.grammar import Parse, parse
from narrowgate.standard.lexicon import LEXICON, classify, ordinal
from narrowgate.standard.phrases import join_pieces
from narrowgate.standard.pieces import LINE_BREAK
from narrowgate.standard.placed import without_place
from narrowgate.standard.roles import ROLES, Form
from narrowgate.standard.scalars import BLANK, EMPTY
from narrowgate.standard.vocabulary import Vocabulary

Ints: TypeAlias = npt.NDArray[np.int32]
__all__ = ["LINE_BREAK", "read_lines"]

Columns: TypeAlias = dict[str, pa.Array]

_ROLE_LETTERS = "".join(ROLES)
_COMPONENTS = tuple(dict.fromkeys(role.component for role in ROLES.values()))


def read_lines(text: pa.Array, places: Mapping[str, pa.Array]) -> Columns:
    """Components of `text`, one string a row: line 1, a blank, LINE_BREAK, a blank, line 2.

    `places`: columns city, state and zip5 of the same rows (places.read_places).

    Gives one column for each component of roles.py, and `text` (the cleaned line), `kind`, `fault`
    and `bare` (no suffix vouches for the street's words). Rows and order are kept; an absent
    component is "".
    """
    words = Vocabulary()
    ids, offsets = join_pieces(*_pieces(text, words), words)
    plain = _plain_text(ids, offsets, words)
    ids, offsets = without_place(ids, offsets, words, places)
    shapes = _shapes(ids, offsets, words)
    parses, roles, which = _parse_each(shapes)
    columns = _assemble(ids, offsets, roles, words)
    columns["text"] = plain
    columns["kind"] = pa.array([p.kind for p in parses], pa.string()).take(which)
    columns["fault"] = pa.array([p.fault for p in parses], pa.string()).take(which)
    columns["bare"] = pa.array([p.bare for p in parses], pa.bool_()).take(which)
    return columns


def _pieces(text: pa.Array, words: Vocabulary) -> tuple[Ints, Ints]:
    """(piece ids of all rows on end, offsets of the rows in them)."""
    lists = pc.split_pattern(text, " ")
    tokens = lists.flatten().dictionary_encode()
    of_token = [words.of_token(token) for token in tokens.dictionary.to_pylist()]
    counts = np.fromiter(map(len, of_token), np.int32, len(of_token))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    flat = np.fromiter((i for ids in of_token for i in ids), np.int32, int(starts[-1]))
    of_row = tokens.indices.to_numpy(zero_copy_only=False)
    by_token = pa.ListArray.from_arrays(pa.array(starts), pa.array(flat))
    ids: Ints = by_token.take(pa.array(of_row)).flatten().to_numpy()
    ends = np.concatenate(([0], np.cumsum(counts[of_row]))).astype(np.int32)
    offsets = _offsets(lists)
    return ids, ends[offsets - offsets[0]]


def _offsets(lists: pa.ListArray) -> Ints:
    offsets: Ints = lists.offsets.to_numpy()
    return offsets


def _shapes(ids: Ints, offsets: Ints, words: Vocabulary) -> pa.Array:
    # One class letter a piece, so the pieces' offsets are the shapes' offsets.
    letters = np.frombuffer(bytes(words.classes), np.uint8)[ids]
    return _strings(letters, offsets)


def _strings(letters: npt.NDArray[np.uint8], offsets: Ints) -> pa.Array:
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes())
    )


def _parse_each(shapes: pa.Array) -> tuple[list[Parse], npt.NDArray[np.uint8], pa.Array]:
    """(parse of each distinct shape, roles of all pieces on end, number of each row's parse)."""
    encoded = shapes.dictionary_encode()
    parses = [parse(shape) for shape in encoded.dictionary.to_pylist()]
    of_row = pa.array([p.roles for p in parses], pa.string()).take(encoded.indices)
    data = of_row.buffers()[2]
    length = pc.sum(pc.binary_length(of_row)).as_py() or 0
    roles = np.frombuffer(data, np.uint8, length) if length else np.zeros(0, np.uint8)
    return parses, roles, encoded.indices


def _assemble(ids: Ints, offsets: Ints, roles: npt.NDArray[np.uint8], words: Vocabulary) -> Columns:
    number = np.full(128, -1, np.int8)
    component = np.full(128, -1, np.int8)
    for position, (letter, role) in enumerate(ROLES.items()):
        number[ord(letter)] = position
        component[ord(letter)] = _COMPONENTS.index(role.component)
    rows = len(offsets) - 1
    of_row = np.repeat(np.arange(rows, dtype=np.int32), np.diff(offsets))
    of_piece = component[roles]
    columns: Columns = {}
    for position, name in enumerate(_COMPONENTS):
        taken = np.flatnonzero(of_piece == position)
        pairs = number[roles[taken]].astype(np.int64) * len(words.texts) + ids[taken]
        columns[name] = _joined(pairs, of_row[taken], rows, words.texts)
    return columns


def _joined(pairs: npt.NDArray[np.int64], of_row: Ints, rows: int, pieces: list[str]) -> pa.Array:
    """One text a row from its (role, piece) pairs, in order; "" for a row without any."""
    if not len(pairs):
        return pa.repeat(EMPTY, rows)
    used, where = _distinct(pairs, len(pieces) * len(ROLES))
    texts = [_form(pair, pieces) for pair in used.tolist()]
    counts = np.bincount(of_row, minlength=rows)
    if counts.max() == 1:
        place = np.full(rows, len(texts), np.int32)
        place[of_row] = where
        alone = pa.array([*(text.lstrip() for text in texts), ""], pa.string())
        return alone.take(pa.array(place))
    ends = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    lists = pa.ListArray.from_arrays(
        pa.array(ends), pa.array(texts, pa.string()).take(pa.array(where))
    )
    return pc.ascii_ltrim_whitespace(pc.binary_join(lists, EMPTY))


def _distinct(
    values: npt.NDArray[np.int64], bound: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """(distinct values below `bound`, position of each value among them); no sorting if many."""
    if len(values) < bound // 64:
        return _sorted_distinct(values)
    seen = np.zeros(bound, np.bool_)
    seen[values] = True
    used = np.flatnonzero(seen)
    place = np.empty(bound, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[values]


def _sorted_distinct(
    values: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    used, where = np.unique(values, return_inverse=True)
    return used, where.astype(np.int32)


def _form(pair: int, pieces: list[str]) -> str:
    role = ROLES[_ROLE_LETTERS[pair // len(pieces)]]
    text = _FORMS[role.form](pieces[pair % len(pieces)])
    glued = role.glued and not ("/" in text and len(text) > 1)  # APT 4 1/2 is not APT 41/2
    return text if glued else f" {text}"


def _name(piece: str) -> str:
    word = LEXICON.get(piece)
    if word is not None:
        return word.name
    return _same_ordinal(piece) if classify(piece) == "o" else piece


def _short(piece: str) -> str:
    word = LEXICON.get(piece)
    return piece if word is None else word.short


def _ordinal(piece: str) -> str:
    """A street that is a number alone: 5, 5TH and FIFTH are one."""
    return ordinal(int(piece)) if piece.isdigit() and len(piece) < 10 else _name(piece)


def _same_ordinal(piece: str) -> str:
    digits = piece[:-2]
    return ordinal(int(digits))


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


def _plain_text(ids: Ints, offsets: Ints, words: Vocabulary) -> pa.Array:
    """The pieces with single blanks between them, the line break left out."""
    line_break = words.find("|")
    kept = ids != line_break
    ends = np.concatenate(([0], np.cumsum(kept))).astype(np.int32)[offsets]
    texts = pa.array(words.texts, pa.string()).take(pa.array(ids[kept]))
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), texts), BLANK)
