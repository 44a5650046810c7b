"""Which given names stand for which: BILL for WILLIAM, PEGGY for MARGARET.

The pairs are those of the package `nicknames`, less all that would equate two people. The package
serves genealogists, who look for anybody it could be; a gate must not take AARON for ERIN. Kept is
a pair of one full name and one short form of it, and, of short forms among themselves, one that
only lengthens the other (BILL, BILLY). Dropped are:

 1. two full names (AARON and ERIN, JANE and JEAN, JOHN and IAN, LOUIS and LOUISE): sisters, twins,
    father and son bear them (`FULL` in nickname_words.py);
 2. a short form that begins otherwise than its name, unless it is one that everybody knows
    (`KNOWN`: BOB, PEGGY, BETH): so the package's slips go, and its rhymes (RICKY for CEDRIC);
 3. a short form that is rather another's (`ANOTHERS`), as of the other sex: MAX for MAXINE, SALLY
    for SALVADOR. Those that both sexes use stay with both: SAM, ALEX, CHRIS, PAT;
 4. two short forms of which neither lengthens the other (BERT and BOB).

A pair that is missing costs a confirmation at most, one too many may make a false one.
"""

from __future__ import annotations

from functools import cache

import pyarrow as pa
from nicknames import name_triplets

from narrowgate.canonical import digest as digest_of
from narrowgate.standard.names import given_name
from narrowgate.standard.nickname_words import ANOTHERS, FULL, KNOWN, SPANISH
from narrowgate.standard.suffixes import split_words

_BEGINS = str.maketrans("CG", "KJ")


def pairs() -> pa.Table:
    """one, other (text, sorted): given names of which one stands for the other, both ways."""
    both = _pairs()
    one, other = zip(*sorted(both | {(other, one) for one, other in both}), strict=True)
    return pa.table({"one": pa.array(one, pa.string()), "other": pa.array(other, pa.string())})


def borne() -> pa.Table:
    """given (text, sorted): every name of the package, a pair or none: names, and no slips."""
    names = {name for pair in _told() for name in pair}
    return pa.table({"given": pa.array(sorted(names), pa.string())})


def digest() -> str:
    """Digest of the sorted pairs, so that a model can name the table it was judged with."""
    table = pairs()
    return digest_of([table.column("one").to_pylist(), table.column("other").to_pylist()])


@cache
def _told() -> frozenset[tuple[str, str]]:
    """The package's pairs in standard form, of one word each and more than an initial."""
    folded = ((given_name(triplet.name1), given_name(triplet.name2)) for triplet in name_triplets())
    return frozenset(
        (one.name, other.name)
        for one, other in folded
        if one.name
        and other.name
        and min(len(one.name), len(other.name)) > 1
        and one.initials is None
        and other.initials is None
    )


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    short = {nick for _, nick in _told()} - FULL
    return frozenset(
        (one, other) for one, other in _told() if one != other and _stands_for(one, other, short)
    ) | frozenset((name, nick) for name, nicks in SPANISH.items() for nick in split_words(nicks))


def _stands_for(one: str, other: str, short: set[str]) -> bool:
    if one in short and other in short:
        return _lengthens(one, other) or _lengthens(other, one)
    if one not in short and other not in short:
        return False
    name, nick = (other, one) if one in short else (one, other)
    if name in split_words(ANOTHERS.get(nick, "")):
        return False
    return _begins(name) == _begins(nick) or nick in split_words(KNOWN.get(name, ""))


def _lengthens(longer: str, shorter: str) -> bool:
    """BILLY of BILL, SUSIE of SUE: a diminutive of what is short already."""
    return longer.startswith(shorter[:-1] if shorter.endswith("E") else shorter) and (
        longer.endswith(("IE", "Y"))
    )


def _begins(name: str) -> str:
    return "F" if name.startswith("PH") else name[0].translate(_BEGINS)
