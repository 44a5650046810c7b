"""Citations of the United States Code: title, section, and the designations in parentheses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Citation:
    """`8 U.S.C. 1253(a)(1)(A)` is (8, 1253, (A, 1, A)), in capitals."""

    title: str
    section: str
    parts: tuple[str, ...]


@cache
def citation(text: str) -> Citation | None:
    """The one provision that a text cites; None if it cites none, or more than one."""
    plain = text.upper().replace("§", " ").replace(".", "").replace("U S C", "USC")
    for word in ("SECTION", "SEC"):
        plain = plain.replace(f" {word} ", " ")
    plain = plain.replace("US CODE", "USC")
    plain = "".join(plain.split()).removeprefix("TITLE")
    title, found, rest = plain.partition("USC")
    section, *designations = rest.split("(")
    if not found or not _is_title(title) or not _is_section(section):
        return None
    if any(not part.endswith(")") or not _is_designation(part[:-1]) for part in designations):
        return None
    return Citation(title, section, tuple(part[:-1] for part in designations))


def covers(wide: Citation, narrow: Citation) -> bool:
    """Whether `narrow` is `wide` or a part of it."""
    same = (wide.title, wide.section) == (narrow.title, narrow.section)
    return same and narrow.parts[: len(wide.parts)] == wide.parts


def _is_title(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_section(text: str) -> bool:
    digits = text.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return text.isascii() and digits.isdigit() and len(text) - len(digits) <= 2


def _is_designation(text: str) -> bool:
    return text.isascii() and text.isalnum()
