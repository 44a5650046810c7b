"""An evaluation: what a trial showed of a model under terms, and whether an agreement accepts it.

It is a JSON file beside the model, made by `narrowgate evaluate`. A model is only as good as its
proof: under an agreement it may be used only with an evaluation of that very model, under terms no
stricter than the agreement's, whose figures lie within the agreement's ceilings. Figures follow
from counts: a file whose figures are not those of its counts is no evaluation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.errors import BadInput, WrongState
from narrowgate.matching.model import Model
from narrowgate.matching.quality import Figures, gap, upper_bound

_STRICTER = ("identity_threshold", "residence_threshold", "margin")
_SAME = ("addresses", "period_months", "unit")


class Evaluation(BaseModel):
    """`model`: its digest. `terms`: the answer terms it was tried under. `data`: SHA-256 of
    register, requests, near misses and truth. Counts and figures as in quality.Figures, of the
    records and not of near misses, but for `false_confirmations`, which are of all of the
    decided records `tried_for_false`, and `bound`, their 95 % bound. `group_gap`: points of recall
    with review, with `groups` compared. `refused_by_code`: records, of which one may bear several
    codes. `by_group`: grouping -> group -> counts.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    model: str
    software: str
    made_at: str
    terms: AnswerTerms
    data: dict[str, str]
    people: int
    refused: int
    decided: int
    confirmed: int
    review: int
    lives_there: int
    rightly: int
    rightly_review: int
    tried_for_false: int
    false_confirmations: int
    bound: float
    recall: float | None
    recall_with_review: float | None
    review_share: float
    group_gap: float | None
    groups: list[str]
    refused_by_code: dict[str, int]
    by_group: dict[str, dict[str, dict[str, int]]]

    def to_bytes(self) -> bytes:
        """As it is written."""
        return f"{json.dumps(self.model_dump(mode='json'), indent=2, sort_keys=True)}\n".encode()


def shown(
    whole: Figures, groups: Mapping[str, Mapping[str, Figures]], tried: Figures
) -> dict[str, Any]:
    """What an evaluation says of counts: its fields, by name. `tried`: with near misses."""
    return _shown(whole, groups, tried.decided, tried.false_confirmations)


def _shown(
    whole: Figures, groups: Mapping[str, Mapping[str, Figures]], tried: int, false: int
) -> dict[str, Any]:
    gaps = [found for of in groups.values() if (found := gap(of)) is not None]
    widest = max(gaps, default=None)
    return {
        **asdict(whole),
        "tried_for_false": tried,
        "false_confirmations": false,
        "bound": upper_bound(false, tried),
        "recall": whole.recall,
        "recall_with_review": whole.recall_with_review,
        "review_share": whole.review_share,
        "group_gap": None if widest is None else widest[0],
        "groups": [] if widest is None else list(widest[1:]),
        "by_group": {
            grouping: {name: asdict(figures) for name, figures in of.items()}
            for grouping, of in groups.items()
        },
    }


def read_evaluation(data: bytes, place: str) -> Evaluation:
    """The evaluation in a JSON file. Raises BadInput where it is none, or says of its counts what
    does not follow from them.
    """
    try:
        found = Evaluation.model_validate(json.loads(data), strict=False)
        groups = {
            grouping: {name: Figures.counted(**counts) for name, counts in of.items()}
            for grouping, of in found.by_group.items()
        }
        whole = Figures.counted(**{name: getattr(found, name) for name in Figures.__slots__})
        tried, false = found.tried_for_false, found.false_confirmations
        follows = all(
            getattr(found, name) == value
            for name, value in _shown(whole, groups, tried, false).items()
        )
        near = tried - whole.decided, false - whole.false_confirmations
        every = all(
            sum(getattr(figures, name) for figures in of.values()) == getattr(whole, name)
            for of in groups.values()
            for name in Figures.__slots__
        )
    except (ValueError, TypeError, ValidationError):
        raise _none(place, "not an evaluation") from None
    if not (follows and every and near[0] >= near[1] >= 0):
        raise _none(place, "the figures of the evaluation do not follow from its counts")
    return found


def _none(place: str, fault: str) -> BadInput:
    return BadInput(fault, place=place, mend="`narrowgate evaluate --evaluation` writes one.")


def bundled_evaluation(name: str) -> Evaluation | None:
    """That of the bundled model of this name, if it has one."""
    found = files("narrowgate") / "matching" / f"{name}.evaluation.json"
    return read_evaluation(found.read_bytes(), found.name) if found.is_file() else None


def shortfalls(evaluation: Evaluation | None, model: Model, terms: AnswerTerms) -> list[str]:
    """Why the model may not be used under these terms, each with the figure and by how much; none
    where it may.
    """
    if evaluation is None:
        return [f"the model {model.name} has no evaluation"]
    if evaluation.model != model.digest:
        return [f"the evaluation is of another model ({evaluation.model})"]
    tried = evaluation.terms
    found = [
        f"it was evaluated with {name} {getattr(tried, name)}, the agreement says "
        f"{getattr(terms, name)}"
        for name in _STRICTER
        if getattr(terms, name) < getattr(tried, name)
    ]
    found += [
        f"it was evaluated with {name} {getattr(tried, name)}, the agreement says "
        f"{getattr(terms, name)}"
        for name in _SAME
        if getattr(terms, name) != getattr(tried, name)
    ]
    return found + over_ceiling(evaluation, terms)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A figure and the most that the terms allow of it. `value`: None where it was not measured;
    `digits`: how both are shown.
    """

    name: str
    value: float | None
    most: float
    digits: str

    @property
    def kept(self) -> bool:
        """What was not shown is not kept."""
        return self.value is not None and self.value <= self.most

    @property
    def shown(self) -> str:
        return "not measured" if self.value is None else f"{self.value:{self.digits}}"

    @property
    def allowed(self) -> str:
        return f"{self.most:{self.digits}}"

    @property
    def excess(self) -> str:
        """By how much it is too much; empty where it is kept, or was not measured."""
        if self.value is None or self.kept:
            return ""
        beyond = f"{self.value - self.most:{self.digits}}"
        return f"{beyond if float(beyond) else 'a trace'} too much"

    @property
    def words(self) -> str:
        """The figure, what is allowed, and by how much it is too much."""
        told = f"{self.name}: {self.shown}, at most {self.allowed} is allowed"
        return f"{told} ({self.excess})" if self.excess else told


def ceilings(evaluation: Evaluation, terms: AnswerTerms) -> list[Ceiling]:
    """The ceilings of the terms, each beside its figure."""
    return [
        Ceiling(
            "upper 95 % bound on false confirmations, of records decided",
            evaluation.bound,
            terms.most_false_confirmations,
            ".3g",
        ),
        Ceiling("share of records for review", evaluation.review_share, terms.most_review, ".4f"),
        Ceiling(
            "gap between groups, points of recall with review",
            evaluation.group_gap,
            terms.most_group_gap,
            ".2f",
        ),
    ]


def over_ceiling(evaluation: Evaluation, terms: AnswerTerms) -> list[str]:
    """Which ceilings of the terms the figures are above, and by how much."""
    return [ceiling.words for ceiling in ceilings(evaluation, terms) if not ceiling.kept]


def require(evaluation: Evaluation | None, model: Model, terms: AnswerTerms) -> None:
    """Raise WrongState, naming every figure, unless the model may be used under these terms."""
    found = shortfalls(evaluation, model, terms)
    if found:
        raise WrongState(
            f"the model {model.name} may not be used under this agreement: {'; '.join(found)}",
            place=model.digest,
            mend="Evaluate it on more records (`narrowgate evaluate`), or name another model.",
        )
