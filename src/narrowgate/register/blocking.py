"""Blocking keys: what a record and a person must share to be compared at all.

The same SQL makes the keys of both sides, over a relation with the standard columns given, family,
birth_date, tin and delivery_point, and REGION. A key is 64 bits of MD5 over its kind and text (MD5
because DuckDB's own hash may change with its version; a collision only adds a comparison).
A record that may be confirmed has the very address and name, birth date or number of its person,
so it shares several keys with that person; the others find namesakes, twins and the owners of
borrowed numbers, who must be seen so that nobody is confirmed beside them.

    kind  key                                finds
    t     number                             every holder of the number
    b     birth date, start of family name   twins, namesakes; a request also asks names exchanged
    d     birth date, start of given name    the same person after a marriage
    a     delivery point, start of family    the household
    g     delivery point, start of given     the household, a family name misspelt
"""

from __future__ import annotations

import pyarrow as pa

from narrowgate.standard.places import ZIP3_STATES

HEAVY = 400
"""A key that more people of the whole register share is not asked (matching/candidates.py)."""

REGION = "coalesce(state, (SELECT zip_state FROM zip_states WHERE zip3 = left(zip5, 3)), '')"
"""SQL for the state that an address lies in, told or by its ZIP: it is there however the place is
given, so that an address without a ZIP meets one without a state. Needs the relation `zip_states`.
"""


def zip_states() -> pa.Table:
    """zip3, zip_state: of a prefix that lies in two states, the first by letter, on both sides."""
    return pa.table(
        {
            "zip3": list(ZIP3_STATES),
            "zip_state": [min(states) for states in ZIP3_STATES.values()],
        }
    )


def identity_keys(relation: str, ordinal: str, *, swapped: bool) -> str:
    """SQL: (ordinal, kind, key text) by number, and by birth date with the start of a name."""
    born = "birth_date IS NOT NULL AND"
    parts = [
        f"SELECT {ordinal}, 't' AS kind, tin AS text FROM {relation} WHERE tin IS NOT NULL",
        _by_families(relation, ordinal, "b", "birth_date::VARCHAR", born),
        _by_given(relation, ordinal, "d", "birth_date::VARCHAR", born, 3),
    ]
    if swapped:
        parts.append(_by_given(relation, ordinal, "b", "birth_date::VARCHAR", born, 3))
    return " UNION ALL ".join(parts)


def address_keys(relation: str, ordinal: str) -> str:
    """SQL: (ordinal, kind, key text) by delivery point with the start of a name."""
    placed = "delivery_point IS NOT NULL AND"
    return " UNION ALL ".join(
        (
            _by_families(relation, ordinal, "a", _PLACE, placed),
            _by_given(relation, ordinal, "g", _PLACE, placed, 2),
        )
    )


def hashed(keys: str, ordinal: str) -> str:
    """SQL: (ordinal, kind, key UBIGINT) of a relation of key texts."""
    return f"SELECT {ordinal}, kind, md5_number_upper(kind || text) AS key FROM ({keys})"


_PLACE = "delivery_point || '|' || region"


def _by_families(relation: str, ordinal: str, kind: str, what: str, where: str) -> str:
    """By the whole family name, and where it is several by each, so that one left out is found."""
    return f"""
        SELECT {ordinal}, '{kind}' AS kind, {what} || '|' || left(family, 3) AS text
        FROM {relation} WHERE {where} family IS NOT NULL
        UNION ALL
        SELECT {ordinal}, '{kind}' AS kind, {what} || '|' || left(part, 3) AS text
        FROM (SELECT *, unnest(string_split(family, ' ')) AS part FROM {relation}
            WHERE {where} contains(family, ' '))
        WHERE length(part) > 2 AND left(part, 3) <> left(family, 3)"""


def _by_given(relation: str, ordinal: str, kind: str, what: str, where: str, length: int) -> str:
    return f"""
        SELECT {ordinal}, '{kind}' AS kind, {what} || '|' || left(given, {length}) AS text
        FROM {relation} WHERE {where} given IS NOT NULL"""
