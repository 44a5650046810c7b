"""The rule that a further identifier stands beside the name (facts B44)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, PositiveInt

from narrowgate.catalogue.rule import RecordRule, Sight, record
from narrowgate.reasons import Code

_WORDS = {"tin": "a TIN (SSN or ITIN)", "date_of_birth": "a date of birth"}
Accepted = Literal["tin", "date_of_birth"]


class IdentifierInsufficient(RecordRule):
    """At least `at_least` of the identifiers that the agreement accepts are given.

    Given is enough here: one that is given but bad has a code of its own.
    """

    code: ClassVar = Code.IDENTIFIER_INSUFFICIENT
    cites: ClassVar = ("facts B44", "facts R2")
    passes: ClassVar = (record(tin=None, tin_kind=None), record(date_of_birth=None))
    fails: ClassVar = (record(tin=None, tin_kind=None, date_of_birth=None),)
    asked_by_law: ClassVar = True

    accepted: Annotated[
        tuple[Accepted, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)
    ]
    at_least: PositiveInt

    def fault(self) -> str:
        accepted = ", ".join(_WORDS[name] for name in self.accepted)
        return f"Fewer than {self.at_least} of these stand in the record: {accepted}."

    def mend(self) -> str:
        return f"Give {' or '.join(_WORDS[name] for name in self.accepted)}."

    def expression(self, sight: Sight) -> str:
        given = " + ".join(f"({column} IS NOT NULL)::INTEGER" for column in self.accepted)
        return f"{given} < {sight.value(self.at_least)}"


RULES = (IdentifierInsufficient,)
