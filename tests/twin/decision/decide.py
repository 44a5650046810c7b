"""The decision on one record: confirmed, review or not_confirmed (matching/decide.py, 1 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from twin.decision import weights
from twin.decision.home import at_door, lives_at
from twin.decision.levels import Levels, in_nicknames, levels
from twin.decision.people import Asked, Person
from twin.decision.weights import Model, Register

Answer = dict[str, Any]
"""The agreement's [answer]: thresholds, margin, which addresses count, if a unit may be missing."""
AGREE = {"exact", "swapped", "nickname", "alike", "slip", "part"}
MISSPELT = {"alike", "slip"}
ORDER = {
    "given": ("exact", "swapped", "nickname", "alike", "slip", "initial", "else", "missing"),
    "family": ("exact", "swapped", "part", "alike", "slip", "else", "missing"),
}
"""Levels of names, from the most alike."""
BORNE_BY = 3
"""A given name that so many people bear is a name, and no other misspelt."""


@dataclass(frozen=True)
class Candidate:
    """A person as compared with a record, under the heaviest of the person's names."""

    person: Person
    levels: Levels
    identity: float
    without_number: float
    residence: float | None
    """Bits; None where the address is not this person's."""
    was_there: bool
    """It is, or was at some time."""
    one_sided_suffix: bool

    def at(self, comparison: str, *names: str) -> bool:
        """The comparison has one of these levels."""
        return self.levels[comparison] in names

    @property
    def names_agree(self) -> bool:
        """Both names agree at least fairly."""
        return self.levels["given"] in AGREE and self.levels["family"] in AGREE

    @property
    def full_names(self) -> bool:
        """The very given name or its nickname, and the family name or a part of it."""
        given = self.same_given or self.at("given", "nickname")
        return given and self.at("family", "exact", "swapped", "part")

    @property
    def same_given(self) -> bool:
        """The very given name, written in its place or in the other's."""
        return self.at("given", "exact", "swapped")


def decide(
    record: Asked, register: Register, model: Model, answer: Answer, today: date
) -> tuple[str, Candidate | None]:
    """What is decided, and the best candidate."""
    found = [_candidate(record, who, register, model, answer, today) for who in register.people]
    if not found:
        return "not_confirmed", None
    found.sort(key=lambda c: (-c.identity, c.residence is None, c.person.key))
    best, *others = found
    settled = _decision(record, best, others, register, answer)
    return settled, best


def _candidate(
    record: Asked, person: Person, register: Register, model: Model, answer: Answer, today: date
) -> Candidate:
    under = []
    for name in sorted(person.names, key=str):
        found = levels(record, person, name.name)
        heavy = weights.identity(model, register, record, found, name.kind)
        under.append((heavy, found, name))
    identity, found, name = max(under, key=lambda item: item[0])
    home = lives_at(person, record.door, today, answer)
    return Candidate(
        person,
        found,
        identity,
        weights.identity(model, register, record, found, name.kind, without="tin"),
        weights.residence(model, register, record.door, home.door) if home else None,
        any(at_door(each.door, record.door, answer) for each in person.homes),
        (record.name.suffix is None) != (name.name.suffix is None),
    )


def _decision(
    record: Asked, best: Candidate, others: list[Candidate], register: Register, answer: Answer
) -> str:
    if best.residence is None:
        return "not_confirmed"
    if best.person.sealed or _conflict(best, others):
        return "not_confirmed"
    another = best.levels["given"] in MISSPELT and is_a_name(record, register)
    alone = _margin(best, others) >= answer["margin"] and not any(
        _same_name_here(best, other) for other in others
    )
    clear = not best.at("middle", "else") and (not best.one_sided_suffix or best.at("tin", "exact"))
    sure = best.identity >= answer["identity_threshold"]
    there = best.residence >= answer["residence_threshold"]
    if sure and there and alone and clear and _enough(best, another):
        return "confirmed"
    return "review" if best.identity >= answer["review_from"] else "not_confirmed"


def is_a_name(record: Asked, register: Register) -> bool:
    """The record's given name is one that people bear, and not only another misspelt."""
    given = record.name.given
    if given is None:
        return False
    borne = register.bearers["given"][given] >= BORNE_BY
    return borne or in_nicknames(given) or (given, record.name.family) in register.full_names


def _margin(best: Candidate, others: list[Candidate]) -> float:
    if not others:
        return float("inf")
    return round(best.identity - max(other.identity for other in others), 4)


def _same_name_here(best: Candidate, other: Candidate) -> bool:
    """Somebody else lives there whose name fits as well, and nothing tells the two apart.

    What tells: the very given name with birth date and middle name or suffix, or with the number.
    """
    here = other.residence is not None
    before = other.was_there and not other.at("birth_date", "else")
    namesake = (here or before) and _name_fits(best, other)
    by_birth = (
        best.same_given
        and best.at("birth_date", "exact")
        and (best.at("middle", "exact", "initial") or best.at("suffix", "exact"))
        and other.at("birth_date", "else")
        and not before
    )
    by_number = best.at("tin", "exact") and best.same_given and not best.one_sided_suffix
    return namesake and not by_birth and not by_number


def _name_fits(best: Candidate, other: Candidate) -> bool:
    """The other's names agree at levels no lower than the best's; or the given name is the very
    one, or an initial, under a family name that agrees; or it is the very one, the best's is not.
    """
    as_well = other.names_agree and all(
        ORDER[name].index(other.levels[name]) <= ORDER[name].index(best.levels[name])
        for name in ("given", "family")
    )
    same = other.at("given", "exact", "initial") and other.levels["family"] in AGREE
    very_given = other.at("given", "exact") and not best.at("given", "exact")
    return as_well or same or very_given


def _conflict(best: Candidate, others: list[Candidate]) -> bool:
    """Something says that it is somebody else, and no officer could tell better."""
    two_slips = best.at("tin", "slip") and best.at("birth_date", "slip", "swapped")
    neither = best.at("tin", "missing") and best.at("birth_date", "missing")
    return (
        best.at("tin", "else")
        or best.at("birth_date", "else")
        or two_slips
        or neither
        or not (best.names_agree or _renamed(best))
        or best.at("suffix", "else")
        or any(other.at("tin", "exact") for other in others)
        or any(_fits_better(other, best) for other in others)
    )


def _renamed(best: Candidate) -> bool:
    """The number, the birth date and one of the two names, whatever the other."""
    one_of_two = best.at("given", "exact") or best.at("family", "exact")
    return best.at("tin", "exact") and best.at("birth_date", "exact") and one_of_two


def _fits_better(other: Candidate, best: Candidate) -> bool:
    """Without the number, somebody of that house or birth date fits better than the best."""
    near = other.residence is not None or other.at("birth_date", "exact")
    return near and other.names_agree and other.without_number > best.without_number


def _enough(best: Candidate, another: bool) -> bool:
    """The number, or the birth date where a side has no number, or the number with one slip."""
    one_misspelt = (best.at("given", "exact") and best.levels["family"] in MISSPELT) or (
        best.levels["given"] in MISSPELT and best.at("family", "exact", "part")
    )
    one_right = best.names_agree and (best.same_given or best.at("family", "exact", "part"))
    enough = {
        ("exact", "exact"): one_right,
        ("exact", "missing"): one_right and not another,
        ("exact", "slip"): best.full_names,
        ("exact", "swapped"): best.full_names,
        ("missing", "exact"): best.full_names or (one_misspelt and not another),
        ("slip", "exact"): best.full_names,
        ("slip", "missing"): best.full_names,
    }
    return enough.get((best.levels["tin"], best.levels["birth_date"]), False)
