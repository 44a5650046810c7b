"""Changes to where a record says the subject lives, each to another delivery point.

Each takes a scene and changes its codes. Most leave six in ten records a number, as requests have.
"""

from __future__ import annotations

import numpy as np
from benchmarks.world import slips
from benchmarks.world.drafts import identified
from benchmarks.world.dwellings import DIRECTIONS, SUFFIXES
from benchmarks.world.people import NONE
from benchmarks.world.tables import towns

from .scenes import Scene


def old_address(scene: Scene) -> None:
    """Where the subject lived before."""
    scene.move(scene.block.people["old"][scene.who])
    identified(scene.chance, scene.codes)


def next_unit(scene: Scene) -> None:
    """The unit before or after."""
    unit = scene.codes["unit"]
    down = (unit > 0) & (scene.chance.random(len(unit)) < 0.5)
    scene.codes["unit"] = np.where(down, unit - 1, unit + 1)
    identified(scene.chance, scene.codes)


def no_unit(scene: Scene) -> None:
    """The unit left out."""
    scene.codes["unit"] = np.full(len(scene.who), NONE)
    identified(scene.chance, scene.codes)


def added_unit(scene: Scene) -> None:
    """A unit at an address that has none on file."""
    count = len(scene.who)
    scene.codes["unit_word"] = scene.chance.integers(1, 4, count)
    scene.codes["unit_style"] = np.zeros(count, np.int64)
    scene.codes["unit"] = scene.chance.integers(0, 6, count)
    identified(scene.chance, scene.codes)


def house_digit(scene: Scene) -> None:
    """One of the last three digits of the house number is another."""
    scene.codes["house"] = slips.digit_off(scene.chance, scene.codes["house"], 3)
    identified(scene.chance, scene.codes)


def house_transposed(scene: Scene) -> None:
    """Two digits of the house number exchanged."""
    scene.codes["house"] = slips.transposed(scene.chance, scene.codes["house"], 3)
    identified(scene.chance, scene.codes)


def next_house(scene: Scene) -> None:
    """One or two houses on, on the same side."""
    step = 2 * scene.chance.integers(1, 3, len(scene.who))
    scene.codes["house"] = scene.codes["house"] + step
    identified(scene.chance, scene.codes)


def another_suffix(scene: Scene) -> None:
    """AVE for ST."""
    step = scene.chance.integers(1, len(SUFFIXES), len(scene.who))
    scene.codes["suffix_word"] = (scene.codes["suffix_word"] + step) % len(SUFFIXES)
    identified(scene.chance, scene.codes)


def another_direction(scene: Scene) -> None:
    """Another direction, one too many, or none."""
    now = scene.codes["direction"]
    other = (now + scene.chance.integers(1, 5, len(now))) % len(DIRECTIONS)
    dropped = (now > 0) & (scene.chance.random(len(now)) < 0.5)
    scene.codes["direction"] = np.where(dropped, 0, other)
    identified(scene.chance, scene.codes)


def another_street(scene: Scene) -> None:
    """Another street, as far down the list of street names as chance has it."""
    step = scene.chance.integers(1, 80, len(scene.who))
    scene.codes["street"] = (scene.codes["street"] + step) % 90
    scene.codes["street"] += (
        scene.codes["street"]
        == scene.block.address(scene.block.people["dwelling"][scene.who])["street"]
    )
    identified(scene.chance, scene.codes)


def another_zip(scene: Scene) -> None:
    """Another ZIP of the same post office area."""
    code = scene.codes["zip"]
    step = scene.chance.integers(1, 20, len(code))
    scene.codes["zip"] = code // 100 * 100 + (code % 100 + step) % 100
    identified(scene.chance, scene.codes)


def another_town(scene: Scene) -> None:
    """The same line in another town."""
    prefix = towns()[2]
    step = scene.chance.integers(1, len(prefix), len(scene.who))
    town = (scene.codes["town"] + step) % len(prefix)
    scene.codes["zip"] = prefix[town] * 100 + scene.codes["zip"] % 100
    scene.codes["town"] = town
    identified(scene.chance, scene.codes)


def as_on_file(scene: Scene) -> None:
    """All as on file."""
    identified(scene.chance, scene.codes)
