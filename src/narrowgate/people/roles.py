"""Roles, and which two nobody holds together: separation of duties in code, not custom."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations


class Role(StrEnum):
    """What a key may be used for."""

    SIGNATORY = "signatory"
    RECEIVING_OFFICER = "receiving-officer"
    REVIEW_OFFICER = "review-officer"
    RELEASE_OFFICER = "release-officer"
    AGREEMENT_OFFICER = "agreement-officer"
    INSPECTOR = "inspector"


# Who decides a pair never releases it, who releases never wrote the agreement, who asks never
# answers, and the inspector signs nothing: so every two of these exclude each other.
EXCLUSIVE = frozenset(
    frozenset(pair)
    for pair in combinations(Role, 2)
    if pair != (Role.SIGNATORY, Role.AGREEMENT_OFFICER)
)


def conflicts(roles: frozenset[Role]) -> list[frozenset[Role]]:
    """The pairs among `roles` that nobody may hold together."""
    return [pair for pair in sorted(EXCLUSIVE, key=sorted) if pair <= roles]
