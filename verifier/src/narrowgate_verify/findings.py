"""What a check found. All findings are told, not the first: whoever reads must see the extent."""

from __future__ import annotations

from dataclasses import dataclass, field

FAILED, CANNOT_TELL, VERIFIED = "failed", "cannot_tell", "verified"


class BadFile(Exception):
    """An argument that cannot be used at all: not a key, no such folder."""


class NotVerified(Exception):
    """One thing is not as it is claimed; the message says what. Becomes a finding."""


class CannotTell(Exception):
    """One thing could not be looked at; the message says why. Becomes a finding."""


@dataclass(frozen=True)
class Finding:
    """`status` is FAILED or CANNOT_TELL; `where`: a file, an entry, a field; `what` in words."""

    status: str
    where: str
    what: str


@dataclass
class Findings:
    """All that was found, and `notes`: what is worth knowing and no fault."""

    found: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def failed(self, where: str, what: str) -> None:
        """Something is not as it is claimed."""
        self.found.append(Finding(FAILED, where, what))

    def cannot_tell(self, where: str, what: str) -> None:
        """Something could not be looked at."""
        self.found.append(Finding(CANNOT_TELL, where, what))

    def note(self, what: str) -> None:
        """Worth knowing, no fault."""
        self.notes.append(what)

    @property
    def status(self) -> str:
        """`failed` where anything failed, else `cannot_tell` where anything could not be seen."""
        kinds = {finding.status for finding in self.found}
        return FAILED if FAILED in kinds else CANNOT_TELL if kinds else VERIFIED
