"""Few exceptions, told apart by who must act; one table maps them to exit status and HTTP status.

A refusal is no exception: it is a `Reason` (reasons.py). No message ever holds personal data:
it names the place (file, line, column), what was expected and what to do, never the value.
"""

from __future__ import annotations


class NarrowgateError(Exception):
    """Base of all. `place` names file, line, column or field; `mend` says what to do."""

    exit_status = 5
    http_status = 500
    kind = "internal"

    def __init__(self, fault: str, *, place: str = "", mend: str = "") -> None:
        self.fault, self.place, self.mend = fault, place, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.place}: {self.fault}" if self.place else self.fault
        return f"{head}. {self.mend}" if self.mend else head

    def as_json(self) -> dict[str, str]:
        """The error as the command line's --json prints it and HTTP problems carry it."""
        return {"error": self.kind, "place": self.place, "fault": self.fault, "mend": self.mend}


class BadInput(NarrowgateError):
    """What came in cannot be used: whoever sent it must mend it."""

    exit_status = 3
    http_status = 400
    kind = "bad_input"


class Denied(NarrowgateError):
    """A key without the role this needs: a refusal of the act, not of a request."""

    exit_status = 1
    http_status = 403
    kind = "denied"


class Conflict(NarrowgateError):
    """Something else came first, or the thing is there already."""

    exit_status = 4
    http_status = 409
    kind = "conflict"


class WrongState(Conflict):
    """The case is not where this step begins."""

    kind = "wrong_state"


class NotFound(Conflict):
    """No such case, agreement, snapshot or record here."""

    http_status = 404
    kind = "not_found"


class Internal(NarrowgateError):
    """A fault of the gate itself; nothing was answered."""


class Uncertain(Internal):
    """A fault after which what was to be written may stand or not: nothing may rest on either."""
