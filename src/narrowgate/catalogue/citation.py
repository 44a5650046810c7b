"""Citations of the United States Code in one spelling, so that they can be compared.

`8 U.S.C. § 1253(a)(1)(A)`, `8 USC 1253(a)(1)(A)` and `Title 8 U.S.C. section 1253 (a)(1)(A)` have
the key `8USC1253(A)(1)(A)`. What names more than one provision, or none, has no such key: its key
does not match `GRAMMAR`. The same steps stand in Python (for the agreement's lists and manifests)
and in SQL (for whole columns); a test holds the two together.
"""

from __future__ import annotations

import re

# Title, section (with its letter and dash parts, as 1324d or 300aa-1), then subdivisions.
_SECTION = r"[1-9][0-9]{0,2}USC[1-9][0-9]*[A-Z]{0,3}(-[0-9]+[A-Z]?)?"
GRAMMAR = _SECTION + r"(\([0-9A-Z]{1,5}\))*"
# In this order, after capitals. A comma is never dropped: it stands between two provisions.
_DROPPED = " \t\u00a0§"
_STEPS = (
    ("U.S.CODE", "USC"),
    ("U.S.C.", "USC"),
    ("SECTION", ""),
    ("SEC.", ""),
    ("SEC", ""),
    ("TITLE", ""),
)


def citation_key(text: str) -> str:
    """The key of one citation; for text that is none, something that GRAMMAR does not match."""
    key = text.upper().translate(dict.fromkeys(map(ord, _DROPPED)))
    for old, new in _STEPS:
        key = key.replace(old, new)
    return key


def is_citation(key: str) -> bool:
    """Whether a key names exactly one provision."""
    return re.fullmatch(GRAMMAR, key, flags=re.ASCII) is not None


def key_sql(column: str) -> str:
    """SQL for `citation_key(column)`."""
    key = f"translate(upper({column}), '{_DROPPED}', '')"
    for old, new in _STEPS:
        key = f"replace({key}, '{old}', '{new}')"
    return key


def is_citation_sql(key: str) -> str:
    """SQL for `is_citation(key)`."""
    return f"regexp_full_match({key}, '{GRAMMAR}')"


def section_sql(key: str) -> str:
    """SQL for the section of a key: `8USC1253` of `8USC1253(A)(1)`."""
    return f"regexp_extract({key}, '^{_SECTION}')"
