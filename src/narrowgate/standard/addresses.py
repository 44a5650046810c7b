"""Address lines to components, a table at a time.

What is costly is done once for each distinct thing: a token is split and classified once, a shape
(the row of classes, lexicon.py) is parsed once, a piece is brought into a form once; everything
that is done for each row is Arrow and numpy over whole columns. Equal text gives equal components,
whatever table, batch or row order it comes in. (Tried: each distinct line once, then taken back.
It gains nothing even where every line stands twice: what is costly is shared already.)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.forms import ROLE_LETTERS, formed
from narrowgate.standard.grammar import Parse, parse
from narrowgate.standard.phrases import join_pieces
from narrowgate.standard.pieces import LINE_BREAK
from narrowgate.standard.placed import without_place
from narrowgate.standard.roles import ROLES
from narrowgate.standard.scalars import BLANK, EMPTY
from narrowgate.standard.vocabulary import Vocabulary

Ints: TypeAlias = npt.NDArray[np.int32]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Columns: TypeAlias = dict[str, pa.Array]
__all__ = ["LINE_BREAK", "read_lines"]

_COMPONENTS = tuple(dict.fromkeys(role.component for role in ROLES.values()))
_parse = lru_cache(1 << 16)(parse)


def read_lines(text: pa.Array, places: Mapping[str, pa.Array]) -> Columns:
    """Components of `text`, one string a row: line 1, a blank, LINE_BREAK, a blank, line 2.

    `places`: columns city, state and zip5 of the same rows (places.read_places).

    Gives one column for each component of roles.py, and `text` (the cleaned line), `kind`, `fault`
    and `bare` (no suffix vouches for the street's words). Rows and order are kept; an absent
    component is "".
    """
    words = Vocabulary()
    ids, offsets = join_pieces(*_pieces(text, words), words)
    texts = pa.array(words.texts, pa.string())
    plain = _plain_text(ids, offsets, words, texts)
    ids, offsets = without_place(ids, offsets, words, places)
    parses, roles, which = _parse_each(_shapes(ids, offsets, words))
    columns = _assemble(ids, offsets, roles, texts)
    columns["text"] = plain
    columns["kind"] = pa.array([p.kind for p in parses], pa.string()).take(which)
    columns["fault"] = pa.array([p.fault for p in parses], pa.string()).take(which)
    columns["bare"] = pa.array([p.bare for p in parses], pa.bool_()).take(which)
    return columns


def _pieces(text: pa.Array, words: Vocabulary) -> tuple[Ints, Ints]:
    """(piece numbers of all rows on end, where each row begins in them, and the last ends)."""
    lists = pc.split_pattern(text, " ")
    tokens = lists.flatten().dictionary_encode()
    counts, flat = words.read(tokens.dictionary)
    of_row = tokens.indices.to_numpy(zero_copy_only=False)
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    by_token = pa.ListArray.from_arrays(pa.array(starts), pa.array(flat))
    ids: Ints = by_token.take(tokens.indices).flatten().to_numpy()
    ends = np.concatenate(([0], np.cumsum(counts[of_row], dtype=np.int32)))
    offsets: Ints = lists.offsets.to_numpy()
    return ids, ends[offsets - offsets[0]].astype(np.int32)


def _shapes(ids: Ints, offsets: Ints, words: Vocabulary) -> pa.Array:
    # One class letter a piece, so the pieces' offsets are the shapes' offsets.
    letters = np.frombuffer(bytes(words.classes), np.uint8)[ids]
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets.tobytes()), pa.py_buffer(letters.tobytes())
    )


def _parse_each(shapes: pa.Array) -> tuple[list[Parse], Bytes, pa.Array]:
    """(parse of each distinct shape, roles of all pieces on end, number of each row's parse)."""
    encoded = shapes.dictionary_encode()
    parses = [_parse(shape) for shape in encoded.dictionary.to_pylist()]
    of_row = pa.array([p.roles for p in parses], pa.string()).take(encoded.indices)
    data = of_row.buffers()[2]
    length = pc.sum(pc.binary_length(of_row)).as_py() or 0
    roles = np.frombuffer(data, np.uint8, length) if length else np.zeros(0, np.uint8)
    return parses, roles, encoded.indices


def _assemble(ids: Ints, offsets: Ints, roles: Bytes, texts: pa.Array) -> Columns:
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
        pairs = number[roles[taken]].astype(np.int64) * len(texts) + ids[taken]
        columns[name] = _joined(pairs, of_row[taken], rows, texts)
    return columns


def _joined(pairs: npt.NDArray[np.int64], of_row: Ints, rows: int, pieces: pa.Array) -> pa.Array:
    """One text a row from its (role, piece) pairs, in order; "" for a row without any."""
    if not len(pairs):
        return pa.repeat(EMPTY, rows)
    used, where = _distinct(pairs, len(pieces) * len(ROLE_LETTERS))
    texts = formed(used // len(pieces), pieces.take(pa.array(used % len(pieces))))
    counts = np.bincount(of_row, minlength=rows)
    if counts.max() == 1:
        place = np.full(rows, len(texts), np.int32)
        place[of_row] = where
        alone = pa.concat_arrays([pc.ascii_ltrim_whitespace(texts), pa.array([""], pa.string())])
        return alone.take(pa.array(place))
    ends = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(ends), texts.take(pa.array(where)))
    return pc.ascii_ltrim_whitespace(pc.binary_join(lists, EMPTY))


def _distinct(
    values: npt.NDArray[np.int64], bound: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """(distinct values below `bound`, position of each value among them); no sorting if many."""
    if len(values) < bound // 64:
        used, where = np.unique(values, return_inverse=True)
        return used, where.astype(np.int32)
    seen = np.zeros(bound, np.bool_)
    seen[values] = True
    used = np.flatnonzero(seen)
    place = np.empty(bound, np.int32)
    place[used] = np.arange(len(used), dtype=np.int32)
    return used, place[values]


def _plain_text(ids: Ints, offsets: Ints, words: Vocabulary, texts: pa.Array) -> pa.Array:
    """The pieces with single blanks between them, the line break left out."""
    kept = ids != words.find("|")
    ends = np.concatenate(([0], np.cumsum(kept, dtype=np.int32)))[offsets]
    listed = pa.ListArray.from_arrays(
        pa.array(ends.astype(np.int32)), texts.take(pa.array(ids[kept]))
    )
    return pc.binary_join(listed, BLANK)
