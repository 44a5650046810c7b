"""One block of a register: its people and its dwellings, made from (seed, number) alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .dwellings import LINE, dwellings_of, homes_of
from .people import Columns, Rates, people_of
from .tables import Codes

PEOPLE = 50_000
"""People a block."""

_VACANT = 1.06
NAME = ("given", "middle", "initial", "family", "second", "joint", "suffix")
"""The columns that make a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """`people`: columns of people.py and of `homes_of`. `dwellings`: columns of dwellings.py."""

    number: int
    people: Columns
    dwellings: Columns

    def __len__(self) -> int:
        return len(self.people["number"])

    def about(self, who: Codes) -> Columns:
        """What a right record about these people holds: name, birth, tin, address columns."""
        names = {name: self.people[name][who].copy() for name in (*NAME, "birth", "tin")}
        return names | self.address(self.people["dwelling"][who])

    def address(self, dwelling: Codes) -> Columns:
        """The address columns of these dwellings."""
        return {name: self.dwellings[name][dwelling].copy() for name in LINE}


def blocks_of(people: int) -> int:
    """How many blocks so many people fill."""
    return -(-people // PEOPLE)


def block_of(number: int, people: int, seed: int, rates: Rates) -> Block:
    """Block `number` of a register of `people`."""
    chance = np.random.default_rng([seed, 1, number])
    count = min(PEOPLE, people - number * PEOPLE)
    here = people_of(chance, count, number * PEOPLE, seed, rates)
    homes = int(here["household"][-1]) + 1
    dwellings = dwellings_of(chance, int(homes * _VACANT) + 2)
    return Block(number, here | homes_of(chance, here, dwellings, rates.movers), dwellings)
