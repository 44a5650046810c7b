"""Worked cases: examples that stand under a clause, with the answer that both parties expect.

A case changes a lawful record (or the request, or the requester's past) and says what screening
must make of it. The lawful record is the catalogue's, with the agreement's own `[example]`. What is
written here is run through the gate's own screening (screening/worked.py), never judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, model_validator

from narrowgate.agreement.strict import Strict
from narrowgate.catalogue.lawful import AT, LAWFUL
from narrowgate.catalogue.rule import Changes, Texts
from narrowgate.reasons import Code
from narrowgate.standard.columns import REQUEST_COLUMNS


def _known_columns(record: Mapping[str, str]) -> Mapping[str, str]:
    unknown = sorted(set(record) - set(REQUEST_COLUMNS))
    if unknown:
        raise ValueError(f"records have no column {', '.join(unknown)}")
    return record


def _code(value: object) -> object:
    if not isinstance(value, list):
        return value
    known = {code.value: code for code in Code}
    if unknown := [str(each) for each in value if each not in known]:
        raise ValueError(f"there is no reason code {', '.join(unknown)}")
    return tuple(known[each] for each in value)


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs an offset, such as Z")
    return value.astimezone(UTC)


Columns = Annotated[dict[str, str], AfterValidator(_known_columns)]
"""Changes to a record by column; an empty text leaves the column blank."""
Codes = Annotated[tuple[Code, ...], BeforeValidator(_code)]
Moment = Annotated[datetime, AfterValidator(_utc)]


class Lawful(Strict):
    """The agreement's own example: changes to the catalogue's lawful record, and when it is read.

    Without `at` it is read at the catalogue's hour, or at noon of the first day on which the
    agreement can be in force, the later.
    """

    at: Moment | None = None
    record: Columns = Field(default_factory=dict)

    def changed(self) -> Changes:
        """The whole record that asks for nothing amiss under this agreement."""
        changes = {name: value or None for name, value in self.record.items()}
        return MappingProxyType({**LAWFUL, **changes})

    def read_at(self, not_before: date) -> datetime:
        """The hour at which examples are read."""
        first = datetime(not_before.year, not_before.month, not_before.day, 12, tzinfo=UTC)
        return self.at or max(AT, first)


class WorkedRequest(Strict):
    """What of the request is otherwise than lawful. `records`, `at_fault`: how many it has, and how
    many of them have the case's changes; `persons`: how many it says it has. `document`: whether a
    document lies with it as it was signed for, or is named and `missing`, or not named at all.
    `with_columns`: columns that the agreement does not admit.
    """

    signed_by: Texts | None = None
    altered: bool = False
    purpose: str | None = None
    statutes: Texts | None = None
    attributes: Texts | None = None
    without_attestation: str | None = None
    requester: str | None = None
    agreement: str | None = None
    other_text: bool = False
    without_columns: Texts = ()
    with_columns: Texts = ()
    document: Literal["as_signed", "missing", "exchanged", "left_out"] | None = None
    records_exchanged: bool = False
    one_more_than_signed: bool = False
    made: Moment | None = None
    expires: Moment | None = None
    persons: PositiveInt | None = None
    records: PositiveInt = 1
    at_fault: int | None = Field(default=None, ge=0)
    one_officer: bool = False


class WorkedPast(Strict):
    """What of the requester's past, and of the agreement's, is otherwise than lawful."""

    adopted: Moment | None = None
    suspended: bool = False
    ended: bool = False
    safeguards_due: date | None = None
    revoked: Texts = ()
    persons_today: int = Field(default=0, ge=0)
    persons_term: int = Field(default=0, ge=0)
    received_before: bool = False


class WorkedCase(Strict):
    """One case. It `passes`, or is `refused` for exactly these codes.

    `beside`: further records about the same person; `others`: so many more records, each about
    another person, with the changes of `record`; `addresses_before`: at how many other addresses
    the person was asked about before. With `request` or `past` it speaks of the whole request.
    """

    title: str = Field(min_length=1)
    at: Moment | None = None
    record: Columns = Field(default_factory=dict)
    beside: list[Columns] = Field(default_factory=list)
    others: int = Field(default=0, ge=0, le=10_000)
    addresses_before: int = Field(default=0, ge=0, le=100)
    request: WorkedRequest | None = None
    past: WorkedPast | None = None
    passes: bool = False
    refused: Codes = ()

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if self.passes == bool(self.refused):
            raise ValueError("a case says `passes = true` or `refused = [codes]`, one of them")
        return self

    @property
    def whole(self) -> bool:
        """Whether it speaks of the request as a whole."""
        return self.request is not None or self.past is not None

    @property
    def expected(self) -> tuple[str, ...]:
        """The codes it must get, sorted."""
        return tuple(sorted(code.value for code in self.refused))


@dataclass(frozen=True, slots=True)
class Placed:
    """A worked case, the clause it stands under and the line of its title."""

    case: WorkedCase
    clause: str
    line: int
