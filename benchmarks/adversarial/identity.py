"""Changes to who a record is about: names, numbers and dates of two people mixed, or of nobody.

Each takes a scene and changes its codes; what is then true stands in kinds.py.
"""

from __future__ import annotations

import numpy as np
from benchmarks.world import slips
from benchmarks.world.drafts import identified
from benchmarks.world.people import NONE
from benchmarks.world.tables import KIN, given_names, kin, surnames

from .fits import told_apart
from .scenes import Scene


def number(scene: Scene) -> None:
    """The partner's number; half have the subject's birth date."""
    scene.take("tin")
    scene.dated(0.5)


def number_no_date(scene: Scene) -> None:
    """The partner's number and no birth date."""
    scene.take("tin")
    scene.dated(0)


def number_and_date(scene: Scene) -> None:
    """The partner's number and birth date under the subject's name."""
    scene.take("tin", "birth")


def date_no_number(scene: Scene) -> None:
    """The partner's birth date and no number."""
    _other_date(scene)
    scene.unnumbered()


def number_own_date(scene: Scene) -> None:
    """The partner's number under the subject's birth date."""
    scene.take("tin")


def partners_date(scene: Scene) -> None:
    """The subject's number under the partner's birth date."""
    scene.take("birth")


def no_number(scene: Scene) -> None:
    """All as on file, without the number."""
    scene.unnumbered()


def partners_home(scene: Scene) -> None:
    """All of the subject's, at the partner's address."""
    scene.take_home()
    identified(scene.chance, scene.codes)


def home_without_suffix(scene: Scene) -> None:
    """The same, the generation left out."""
    scene.codes["suffix"][:] = 0
    partners_home(scene)


def number_and_home(scene: Scene) -> None:
    """The subject's name over the partner's number and address."""
    scene.take("tin")
    scene.take_home()
    scene.dated(0.6)


def stranger_number(scene: Scene) -> None:
    """Somebody not on file bears the subject's number, at an address of their own."""
    _person_not_on_file(scene)
    scene.take_home()
    scene.dated(0.6)


def stranger_number_home(scene: Scene) -> None:
    """Somebody not on file bears the subject's number at the subject's address."""
    _person_not_on_file(scene)
    scene.dated(0.6)


def anothers_name(scene: Scene) -> None:
    """A registered person's name over all the rest of the subject's data."""
    scene.take_name()
    scene.dated(0.6)


def another_given(scene: Scene) -> None:
    """A registered person's given name over the subject's data."""
    scene.take("given", "middle", "initial")
    scene.dated(0.3)


def another_family(scene: Scene) -> None:
    """A registered person's family name over the subject's data."""
    scene.take("family", "second", "joint")
    scene.dated(0.3)


def namesake_elsewhere(scene: Scene) -> None:
    """Name and birth date of the subject, at the partner's address."""
    scene.unnumbered()
    scene.take_home()


def namesake_here(scene: Scene) -> None:
    """Somebody of the same name at the same address, years apart."""
    scene.unnumbered()
    years = scene.chance.integers(2, 30, len(scene.who)) * 365
    scene.codes["birth"] = scene.codes["birth"] - years - scene.chance.integers(1, 300, len(years))


def another_number(scene: Scene) -> None:
    """A number that nobody has beside name, birth date and address of the subject."""
    tin = scene.codes["tin"]
    for power in (10, 100, 1_000):
        digit = tin // power % 10
        tin = tin + ((digit + 4) % 10 - digit) * power
    scene.codes["tin"] = tin
    scene.dated(0.7)


def two_slips(scene: Scene) -> None:
    """A slip in the number and one in the birth date."""
    scene.codes["tin"] = slips.number_slip(scene.chance, scene.codes["tin"])
    scene.codes["birth"] = slips.date_slip(scene.chance, scene.codes["birth"])


def sibling_not_on_file(scene: Scene) -> None:
    """A name that people bear and that is almost the subject's, under the subject's number."""
    given = scene.codes["given"]
    alike = kin()[given, scene.chance.integers(0, KIN, len(given))]
    scene.codes["given"] = np.where(told_apart(given, alike), alike, kin()[given, 0])
    scene.dated(0)


def number_and_home_no_date(scene: Scene) -> None:
    """Number and address of the partner under the subject's name, no birth date."""
    scene.take("tin")
    scene.take_home()
    scene.dated(0)


def number_and_home_dated(scene: Scene) -> None:
    """Name and birth date of one, number and address of the other."""
    scene.take("tin")
    scene.take_home()


def _other_date(scene: Scene) -> None:
    """The partner's birth date, or another where the two were born on one day."""
    own = scene.codes["birth"]
    scene.take("birth")
    same = scene.codes["birth"] == own
    scene.codes["birth"] = np.where(same, own - 37, scene.codes["birth"])


def _person_not_on_file(scene: Scene) -> None:
    """A name of nobody's: rare parts, drawn apart; a birth date of the subject's decade."""
    count = len(scene.who)
    scene.codes["given"] = scene.chance.integers(0, len(given_names()), count)
    scene.codes["family"] = scene.chance.integers(0, len(surnames()), count)
    scene.codes["second"] = np.full(count, NONE)
    scene.codes["suffix"] = np.zeros(count, np.int64)
    scene.codes["birth"] = scene.codes["birth"] - scene.chance.integers(30, 4000, count)
