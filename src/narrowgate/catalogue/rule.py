"""What a rule is: a code, what it cites, its parameters, its two sentences and its expression.

A rule is a value: the catalogue's class with the figures of one clause. It cannot read a clock, a
file or the register; it is handed a `Sight`. Its sentences speak of the rule's own figures and
never of a record's values. A class without an example that passes and one that fails is not taken
into the catalogue.

A record rule is one boolean SQL expression over the relation `records`, true where the record is
to be refused: the request's own columns (contract section 3, text, null where blank), the standard
columns with the prefix `std_`, `row`, and the columns that families prepare (catalogue/prepared).
Expressions may look across records by a subquery or a window. All values are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, TypeAlias

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict

from narrowgate.reasons import Code, Reason

Changes: TypeAlias = Mapping[str, str | None]
"""Changes to one record of a lawful request, by column."""


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""A list of texts in TOML, a tuple here, so that a rule is a value and can be hashed."""


@dataclass(frozen=True, slots=True)
class Example:
    """Records by their changes (one mapping a record; the rule speaks of the first), or, for a
    rule on the whole request, the circumstance in words.
    """

    records: tuple[Changes, ...] = ()
    circumstance: str = ""


def record(*others: Changes, **changes: str | None) -> Example:
    """An example of one record with `changes`, and `others` beside it."""
    return Example((changes, *others))


def circumstance(text: str) -> Example:
    """An example of a whole request, told in words; tests act it out."""
    return Example(circumstance=text)


class Values:
    """Collects the values of one query and gives each a name to be bound by."""

    def __init__(self) -> None:
        self.bound: dict[str, object] = {}

    def __call__(self, value: object) -> str:
        """The placeholder of `value`. Tuples are bound as lists."""
        name = f"v{len(self.bound)}"
        self.bound[name] = list(value) if isinstance(value, tuple) else value
        return f"${name}"


@dataclass(frozen=True, slots=True)
class Sight:
    """All a record rule may see beside the records: the time, and the standard form of addresses
    that the agreement itself names (`standardise`: raw address columns in, standard columns out).
    """

    now: datetime
    standardise: Callable[[Sequence[Changes]], pa.Table]
    value: Values = field(default_factory=Values)

    @property
    def today(self) -> date:
        """The UTC date: days are counted on it everywhere."""
        return self.now.astimezone(UTC).date()


class Rule(BaseModel):
    """Base of all rules. Parameters are the model's fields: strict, closed, frozen."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    code: ClassVar[Code]
    cites: ClassVar[tuple[str, ...]]
    passes: ClassVar[tuple[Example, ...]]
    fails: ClassVar[tuple[Example, ...]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__name__ in ("RecordRule", "RequestRule"):
            return
        for name in ("code", "cites", "passes", "fails"):
            if not getattr(cls, name, None):
                raise TypeError(f"{cls.__name__} is not taken into the catalogue without `{name}`")

    def fault(self) -> str:
        """What is wrong, with this rule's figures."""
        raise NotImplementedError

    def mend(self) -> str:
        """What the requester can do about it."""
        raise NotImplementedError

    def reason(self, clause: str) -> Reason:
        """The refusal this rule gives under `clause`."""
        return Reason(self.code, clause, self.fault(), self.mend())


class RequestRule(Rule):
    """A rule on the whole request; screening/request_rules.py evaluates it."""

    always: ClassVar[bool] = True
    """Whether it holds under every agreement, named by a clause or not."""


class RecordRule(Rule):
    """A rule on each record."""

    asked_by_law: ClassVar[bool] = False
    """Whether the law asks this of each record, so that a lack of it counts to the request's
    quality (request.quality_too_low). Rules that compare records with each other do not."""
    yields_to: ClassVar[tuple[Code, ...]] = ()
    """Codes that tell more: where the agreement has them and one of them refuses the record, this
    rule is silent about it."""

    def expression(self, sight: Sight) -> str:
        """Boolean SQL over `records`; true or false or null (null: not refused). A rule that
        compares records with each other asks `repeated_<column>`: the records whose value of that
        column another has too, and perhaps some more, in a subquery that groups or joins by it.
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule, the clause it stands under, and the line on which it is named (0: on none)."""

    rule: Rule
    clause: str
    line: int = 0

    @property
    def reason(self) -> Reason:
        """The refusal this gives."""
        return self.rule.reason(self.clause)
