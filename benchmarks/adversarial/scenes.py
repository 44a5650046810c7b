"""Scenes: for a kind of near miss, the people of a block it can be made about, and their partners.

One household plays in one record of a chunk, so that no record of a request speaks about another:
rules against shared numbers and repeated subjects refuse few. Half of the households are kept as
strangers, from whom numbers, names and addresses are borrowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from benchmarks.world.block import NAME, Block
from benchmarks.world.drafts import adults
from benchmarks.world.dwellings import LINE
from benchmarks.world.people import NONE, Columns
from benchmarks.world.render import NO_DATE
from benchmarks.world.tables import Codes, kin

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`who`: places in the block of those asked about; `other`: of each one's partner; `codes`:
    what a right record about `who` holds, to be changed; `chance`: of this scene.
    """

    block: Block
    who: Codes
    other: Codes
    codes: Columns
    chance: np.random.Generator

    def take(self, *names: str) -> None:
        """Takes these columns from the partner: tin, birth, or any of a name."""
        for name in names:
            self.codes[name] = self.block.people[name][self.other].copy()

    def take_name(self) -> None:
        """Takes the partner's whole name."""
        self.take(*NAME)

    def take_home(self) -> None:
        """Takes the partner's address."""
        self.move(self.block.people["dwelling"][self.other])

    def move(self, dwelling: Codes) -> None:
        """Asks at these dwellings."""
        self.codes.update(self.block.address(dwelling))

    def dated(self, share: float) -> None:
        """Leaves a birth date to this share of records."""
        some = self.chance.random(len(self.who)) < share
        self.codes["birth"] = np.where(some, self.codes["birth"], NO_DATE)

    def unnumbered(self) -> None:
        """Leaves the number out."""
        self.codes["tin"] = np.full(len(self.who), NONE)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A block made ready: who can be asked about, everybody's partners by name (NONE: has none),
    and which people live in households that are kept as strangers.
    """

    block: Block
    able: Bools
    partners: Mapping[str, Codes]
    same_home: Mapping[str, Bools]

    def has(self, column: str) -> Bools:
        """Who has this address column on file at home (of dwellings.LINE), as a code above 0."""
        assert column in LINE
        return self.block.dwellings[column][self.block.people["dwelling"]] > 0


def stage_of(block: Block) -> Stage:
    """The partners of everybody in a block."""
    people = block.people
    home, here = people["household"], np.arange(len(block))
    after = np.roll(home, -1) == home
    before = np.roll(home, 1) == home
    after[-1] = before[0] = False
    beside = np.where(after, here + 1, np.where(before, here - 1, NONE))
    given, sibling = people["given"], np.where(before, here - 1, NONE)
    alike = np.any(kin()[given] == given[sibling][:, None], axis=1)
    partners = {
        "twin": people["twin"],
        "father": people["father"],
        "member": beside,
        "sibling": np.where(alike & (given != given[sibling]), sibling, NONE),
    }
    dwelling = people["dwelling"]
    same_home = {name: dwelling == dwelling[other] for name, other in partners.items()}
    return Stage(block, adults(people), partners, same_home)
