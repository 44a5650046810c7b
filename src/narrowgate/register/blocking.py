"""Blocking keys: what a record and a person must share to be compared at all.

The same SQL makes the keys of both sides, over a relation with the standard columns (given,
family, birth_date, tin, delivery_point, zip5, city, state). A key is 64 bits of MD5 over its text
(MD5 because DuckDB's own hash may change with its version; a collision only adds a comparison).
A record that may be confirmed has the very address and name, birth date or number of its person,
so it shares several keys with that person; the others find namesakes, twins and the owners of
borrowed numbers, who must be seen so that nobody is confirmed beside them.
"""

from __future__ import annotations

HEAVY = 400
"""A key that more people of the whole register share is not asked (matching/candidates.py)."""

# A family name of two surnames is found by either; a request's names also swapped.
_FAMILIES = "list_distinct(list_concat(string_split(family, ' '), [family]))"


def identity_keys(relation: str, ordinal: str, *, swapped: bool) -> str:
    """SQL: (key text, ordinal) by number, and by birth date with the start of a name."""
    parts = [
        f"SELECT {ordinal}, 't' || tin AS text FROM {relation} WHERE tin IS NOT NULL",
        _by_birth(relation, ordinal, "family", "given"),
    ]
    if swapped:
        parts.append(_by_birth(relation, ordinal, "given", "family"))
    return " UNION ALL ".join(parts)


def name_keys(relation: str, ordinal: str) -> str:
    """SQL: (key text, ordinal) by full name and place, over names joined with addresses."""
    return f"""
        SELECT {ordinal}, 'n' || family || '|' || given || '|' || zip5 AS text FROM {relation}
        WHERE family IS NOT NULL AND given IS NOT NULL AND zip5 IS NOT NULL"""


def address_keys(relation: str, ordinal: str) -> str:
    """SQL: (key text, ordinal) by delivery point with the start of a name."""
    point = "delivery_point || '|' || coalesce(zip5, city || ' ' || state, '')"
    return f"""
        SELECT {ordinal}, 'a' || {point} || '|' || left(part, 3) AS text FROM (
            SELECT *, unnest({_FAMILIES}) AS part FROM {relation}
            WHERE delivery_point IS NOT NULL AND family IS NOT NULL)
        UNION ALL
        SELECT {ordinal}, 'g' || {point} || '|' || left(given, 2) AS text FROM {relation}
        WHERE delivery_point IS NOT NULL AND given IS NOT NULL"""


def hashed(keys: str, ordinal: str) -> str:
    """SQL: distinct (key UBIGINT, ordinal) of a relation of key texts."""
    return f"SELECT DISTINCT md5_number_upper(text) AS key, {ordinal} FROM ({keys})"


def _by_birth(relation: str, ordinal: str, family: str, given: str) -> str:
    families = _FAMILIES.replace("family", family)
    return f"""
        SELECT {ordinal}, 'b' || birth_date::VARCHAR || '|' || left(part, 3) AS text FROM (
            SELECT *, unnest({families}) AS part FROM {relation}
            WHERE birth_date IS NOT NULL AND {family} IS NOT NULL)
        UNION ALL
        SELECT {ordinal}, 'd' || birth_date::VARCHAR || '|' || left({given}, 3) AS text
        FROM {relation} WHERE birth_date IS NOT NULL AND {given} IS NOT NULL"""
