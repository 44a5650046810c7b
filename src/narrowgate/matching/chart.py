"""Why was this confirmed, why not: one pair's account, by levels, bits and the tests of decide.py.

It is made from the sealed findings and holds no value of either side. Checks have the numbers of
decide.py. One that fails `for_good` makes the answer not_confirmed; another leaves the pair to
people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.docket import State
from narrowgate.matching.comparisons import AGREE
from narrowgate.matching.model import BY_FREQUENCY, LEVELS, MISSING, Model
from narrowgate.matching.words import COMPARISONS, LEVELS_IN_WORDS

_BORN_SLIPS = ("slip", "swapped")


@dataclass(frozen=True, slots=True)
class Part:
    """What one comparison adds to the weight: its name and level in words, and bits."""

    name: str
    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a confirmation needs, in words as it was found. `number`: as in decide.py."""

    number: int
    held: bool
    words: str
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """`parts` add up to `weight`, all in bits. `decision`: what matching made of it."""

    parts: tuple[Part, ...]
    weight: float
    threshold: float
    review_from: float
    checks: tuple[Check, ...]
    decision: State

    @property
    def verdict(self) -> str:
        """In one sentence: what was decided, and for what."""
        failed = [check for check in self.checks if not check.held]
        said = "; ".join(check.words for check in failed)
        if self.decision == State.CONFIRMED:
            return "Confirmed: all that a confirmation needs holds."
        if self.decision == State.REVIEW:
            return f"Left to people, as what fails is a matter of degree: {said}."
        grave = "; ".join(check.words for check in failed if check.for_good)
        return f"Not confirmed: {grave or said}."


def account(finding: Mapping[str, Any], model: Model, terms: AnswerTerms) -> Account:
    """The account of one row of findings.FINDINGS."""
    decision = State(finding["decision"])
    return Account(
        parts=_parts(finding, model),
        weight=finding["identity_weight"],
        threshold=terms.identity_threshold,
        review_from=terms.review_from,
        checks=(
            *_identity(finding, terms),
            *_residence(finding, terms),
            *_unique(finding, terms),
            _enough(finding),
            *_conflicts(finding),
            Check(6, not finding["sealed"], _either(
                not finding["sealed"], "not sealed by law", "sealed by law"), for_good=True),
        ),
        decision=decision,
    )  # fmt: skip


def _parts(finding: Mapping[str, Any], model: Model) -> tuple[Part, ...]:
    """Exact names weigh by how often they are borne, which the findings tell as one sum."""
    by_frequency = [name for name in BY_FREQUENCY if finding[f"level_{name}"] == "exact"]
    parts = []
    for name in LEVELS:
        level = finding[f"level_{name}"]
        if name not in by_frequency:
            bits = 0.0 if level == MISSING else model.weights[name][level]
            parts.append(Part(COMPARISONS[name], LEVELS_IN_WORDS[name][level], bits))
    if finding["name_kind"] != "legal":
        words = LEVELS_IN_WORDS["former_name"][finding["name_kind"]]
        parts.append(Part(COMPARISONS["former_name"], words, model.former_name.bits))
    if by_frequency:
        rest = round(finding["identity_weight"] - sum(part.bits for part in parts), 4)
        names = " and ".join(COMPARISONS[name] for name in by_frequency)
        parts.append(Part(names, "the very same; the rarer, the heavier", rest))
    return tuple(sorted(parts, key=lambda part: -part.bits))


def _identity(finding: Mapping[str, Any], terms: AnswerTerms) -> tuple[Check, ...]:
    weight, least = finding["identity_weight"], terms.review_from
    return (
        Check(1, weight >= terms.identity_threshold,
             f"identity weighs {_bits(weight)}, {_bits(terms.identity_threshold)} are needed"),
        *([Check(1, False, f"below {_bits(least)} nobody is reviewed", for_good=True)]
          if weight < least else []),
    )  # fmt: skip


def _residence(finding: Mapping[str, Any], terms: AnswerTerms) -> tuple[Check, ...]:
    if not finding["residence_agrees"]:
        return (Check(2, False, "the address is none of this person's that counts", for_good=True),)
    unit = ", with a unit on one side only" if finding["unit_on_one_side"] else ""
    weight = finding["residence_weight"]
    return (
        Check(2, True, f"the address is this person's{unit}", for_good=True),
        Check(2, weight >= terms.residence_threshold,
             f"residence weighs {_bits(weight)}, {_bits(terms.residence_threshold)} are needed"),
    )  # fmt: skip


def _unique(finding: Mapping[str, Any], terms: AnswerTerms) -> tuple[Check, ...]:
    margin = finding["margin"]
    near = "nobody else is near"
    if margin is not None:
        near = f"the next person is {_bits(margin)} behind, {_bits(terms.margin)} are needed"
    apart = margin is None or margin >= terms.margin
    namesake = finding["namesake_here"]
    return (
        Check(3, apart, near),
        Check(3, finding["alone"] or not apart, _either(
            not namesake, "nobody else there bears a name that fits as well",
            "another person there bears a name that fits as well")),
    )  # fmt: skip


def _enough(finding: Mapping[str, Any]) -> Check:
    given, family, tin, birth = _levels(finding, "given", "family", "tin", "birth_date")
    if finding["enough"]:
        by = {"exact": "the number", "slip": "the number with one slip", "else": "another number"}
        names = [by.get(tin, "no number on both sides"), _BIRTH[birth]]
        return Check(4, True, f"{', '.join(names)}, and names that agree")
    if given in ("alike", "slip") and family in AGREE:
        words = "the given name may be another's that is nearly the same, and nothing else tells"
        return Check(4, False, words)
    words = (
        "neither the number with names that agree, nor, where a side has none, full names with the "
        "birth date, nor the number with one slip and full names"
    )
    return Check(4, False, words)


_BIRTH = {
    "exact": "the birth date",
    "swapped": "the birth date with day and month exchanged",
    "slip": "the birth date with one slip",
    "else": "another birth date",
    "missing": "no birth date on both sides",
}


def _conflicts(finding: Mapping[str, Any]) -> tuple[Check, ...]:
    given, family, tin, birth = _levels(finding, "given", "family", "tin", "birth_date")
    agree = given in AGREE and family in AGREE
    renamed = tin == birth == "exact" and "exact" in (given, family)
    grave = (
        (tin != "else", "no other number", "another number"),
        (birth != "else", "no other birth date", "another birth date"),
        (not (tin == "slip" and birth in _BORN_SLIPS),
         "not both number and birth date are off", "both number and birth date are off"),
        (not (tin == birth == MISSING),
         "number or birth date is compared", "neither number nor birth date is compared"),
        (agree or renamed, _either(agree, "the names agree",
         "another name, under the number, the birth date and the other name"),
         "the names do not agree"),
        (finding["level_suffix"] != "else", "no other suffix", "another suffix"),
        (not finding["number_elsewhere"],
         "the number is nobody else's", "the number is another person's too"),
        (not finding["fits_another"], "nobody else fits the rest of the record better",
         "another person of the house or birth date fits the rest of the record better"),
    )  # fmt: skip
    middle = finding["level_middle"] != "else"
    return (
        *(Check(5, held, _either(held, good, bad), for_good=True) for held, good, bad in grave),
        Check(5, middle, _either(middle, "no other middle name", "another middle name")),
        Check(5, finding["clear"] or not middle, _either(
            finding["clear"] or not middle, "no suffix on one side only, or the number tells",
            "a suffix on one side only, and no number to tell")),
    )  # fmt: skip


def _levels(finding: Mapping[str, Any], *names: str) -> list[str]:
    return [finding[f"level_{name}"] for name in names]


def _either(held: bool, good: str, bad: str) -> str:
    return good if held else bad


def _bits(value: float) -> str:
    return f"{value:.1f} bits"
