"""What 5 U.S.C. 552a(o)(1) requires a matching agreement to state: eleven contents (facts C3)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CONTENTS: Mapping[str, str] = MappingProxyType(
    {
        "A": "the purpose and the legal authority",
        "B": "the justification and the expected results, savings among them",
        "C": "the records, each data element, their approximate number, and the dates",
        "D": "notice to individuals",
        "E": "procedures for verifying what the matching produces",
        "F": "retention, and destruction in time",
        "G": "the security of the records and of the results",
        "H": "no duplication and no redisclosure beyond need",
        "I": "use, return and destruction of what the source provides",
        "J": "assessments of the records' accuracy",
        "K": "access of the Comptroller General",
    }
)
"""By the letter of its subparagraph."""


def cited(letter: str) -> str:
    """The subparagraph as a citation."""
    return f"5 U.S.C. 552a(o)(1)({letter})"
