"""The kinds of near misses: whom each can be made about, what is changed, and what is then true.

WHAT A FALSE CONFIRMATION IS. A record is made about a subject, the person the requester means. Its
confirmation is false where

- ELSEWHERE: the subject is on file and is not at that address by the register (moved away, another
  unit, another house, a unit that one side lacks: the agreement's clause 7.1), or is sealed;
- NOBODY: the record describes nobody on file: a stranger, or the mixture of two people (one's name,
  the other's number), whom no reading of the record makes one person;
- HERE: the subject is at that address, but the gate matched another person (the twin, the father).

No kind makes a record whose data are those of a right record about somebody registered, sent by
mistake: nothing could tell it apart. So a namesake's record always differs in the birth date, the
number or the suffix; names that stand for each other (ROBERT, BOB) are never the difference; who is
to be told by a birth date has one on file; and a near miss by one letter is never blurred by
another slip that may undo it (`blur`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import fits as has
from . import identity as who
from . import residence as where
from .scenes import Bools, Scene, Stage

HERE, ELSEWHERE, NOBODY = "here", "elsewhere", "nobody"

Make = Callable[[Scene], None]
Fits = Callable[[Stage], Bools]


@dataclass(frozen=True, slots=True)
class Kind:
    """`partner`: of scenes.Stage, or `stranger`: somebody of another household. `make` changes the
    codes of a right record. `fits`: besides being an adult with a number (and such a partner).
    `share`: of a chunk's near misses. `blur`: names may bear a further slip. `unlike`: given or
    family, in which subject and partner may not be taken for each other (chunk.py). `borrows`: the
    number is the partner's, so that the subject need not have one on file.
    """

    name: str
    truth: str
    make: Make
    partner: str = "stranger"
    fits: tuple[Fits, ...] = ()
    share: float = 1.0
    blur: bool = True
    unlike: str = ""
    borrows: bool = False


# fmt: off
_TWINS = (
    Kind("twin of one name: at the other's home", ELSEWHERE, who.partners_home, "twin",
         (has.one_name, has.twins_apart), blur=False),
    Kind("twin of one name: the other's number", NOBODY, who.number, "twin", (has.one_name,),
         blur=False, borrows=True),
    Kind("twin: the other's number and home", NOBODY, who.number_and_home_dated, "twin",
         (has.two_names, has.twins_apart, has.dated), blur=False, borrows=True),
    Kind("twin: the other's number and home, no date", NOBODY, who.number_and_home_no_date, "twin",
         (has.two_names, has.twins_apart), blur=False, borrows=True),
    Kind("twin: at the other's home", ELSEWHERE, who.partners_home, "twin",
         (has.two_names, has.twins_apart), blur=False),
    Kind("twin: the other's number", NOBODY, who.number, "twin", (has.two_names,),
         blur=False, borrows=True),
    Kind("twin: no number", HERE, who.no_number, "twin", blur=False),
)
_SONS = (
    Kind("son: left home", ELSEWHERE, who.partners_home, "father", (has.left_father,), 0.5),
    Kind("son: left home, no suffix", ELSEWHERE, who.home_without_suffix, "father",
         (has.left_father,), 0.5),
    Kind("son: the father's number", NOBODY, who.number_no_date, "father", (has.own_suffix,),
         borrows=True),
    Kind("son: the father's number, his own date", NOBODY, who.number_own_date, "father",
         (has.dated, has.father_dated), borrows=True),
    Kind("son: his number, the father's date", NOBODY, who.partners_date, "father", (has.dated,)),
    Kind("son: no number", HERE, who.no_number, "father"),
)
_HOUSEHOLD = (
    Kind("household: a member's number", NOBODY, who.number, "member",
         unlike="given", borrows=True),
    Kind("household: a member's number, no date", NOBODY, who.number_no_date, "member",
         unlike="given", borrows=True),
    Kind("household: a member's number and date", NOBODY, who.number_and_date, "member",
         unlike="given", borrows=True),
    Kind("household: a member's date, no number", NOBODY, who.date_no_number, "member",
         (has.dated,), unlike="given", borrows=True),
    Kind("sibling: one letter off, the other's number", NOBODY, who.number_no_date, "sibling",
         blur=False, borrows=True),
    Kind("sibling not on file, one letter off", NOBODY, who.sibling_not_on_file,
         fits=(has.kin,), blur=False),
)
_STRANGERS = (
    Kind("borrowed number, a registered stranger's", NOBODY, who.number,
         unlike="given", borrows=True),
    Kind("borrowed number and address", NOBODY, who.number_and_home, unlike="given", borrows=True),
    Kind("stranger with the number", NOBODY, who.stranger_number),
    Kind("stranger with number and address", NOBODY, who.stranger_number_home),
    Kind("another's name over all the data", NOBODY, who.anothers_name, unlike="given"),
    Kind("another's given name over all the data", NOBODY, who.another_given, unlike="given"),
    Kind("another's family name over all the data", NOBODY, who.another_family, unlike="family"),
    Kind("two people swapped", NOBODY, who.number_and_home_dated, unlike="given", borrows=True),
    Kind("namesake of the same date, elsewhere", NOBODY, who.namesake_elsewhere),
    Kind("namesake of another date, here", NOBODY, who.namesake_here, fits=(has.dated,)),
    Kind("another's date, no number", NOBODY, who.date_no_number, fits=(has.dated,)),
    Kind("a number nobody has", NOBODY, who.another_number),
    Kind("number and date each a digit off", NOBODY, who.two_slips, fits=(has.dated,)),
)
_HOMES = (
    Kind("sealed", ELSEWHERE, where.as_on_file, fits=(has.sealed,)),
    Kind("former tenant", ELSEWHERE, where.old_address, fits=(has.moved,), share=2),
    Kind("neighbour's unit", ELSEWHERE, where.next_unit, fits=(has.in_unit,), share=2),
    Kind("unit missing", ELSEWHERE, where.no_unit, fits=(has.in_small_house,)),
    Kind("unit too many", ELSEWHERE, where.added_unit, fits=(has.no_unit_on_file,)),
    Kind("house number: a digit off", ELSEWHERE, where.house_digit, share=2),
    Kind("house number: digits exchanged", ELSEWHERE, where.house_transposed, share=2),
    Kind("house number: next door", ELSEWHERE, where.next_house),
    Kind("another street suffix", ELSEWHERE, where.another_suffix, fits=(has.on_street,), share=2),
    Kind("another direction", ELSEWHERE, where.another_direction, fits=(has.on_street,), share=2),
    Kind("another street", ELSEWHERE, where.another_street, fits=(has.on_street,)),
    Kind("another ZIP", ELSEWHERE, where.another_zip),
    Kind("another town", ELSEWHERE, where.another_town),
    Kind("another's address", ELSEWHERE, who.partners_home),
)
# fmt: on

KINDS = (*_TWINS, *_SONS, *_HOUSEHOLD, *_STRANGERS, *_HOMES)
"""Scarce kinds first: they take the households they need before others do."""
