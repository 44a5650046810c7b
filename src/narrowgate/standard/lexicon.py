"""Every word that means something in an address, and the one-letter class it belongs to.

An address line is read as a row of pieces; each piece has a class; the row of classes is the
line's shape ("123 N MAIN ST APT 4" is `n1wtun`). The grammar (grammar.py) reads shapes alone, so
it never sees a name or a number. A word that is not listed here is a plain word, class `w`.
Sources: USPS Publication 28, appendices B, C1, C2, F, sections 24-29; facts A1-A16.

Classes
    n digits            m digits+letter, 4B   a letters+digits, A4   g grid number, N6W23001
    h hyphen number     r range               o ordinal              c ONE, TWENTY, NINETY
    D two like letters, AA
    9 fraction          z decimal    l letter              y P   e O   i I   7 R  w word
    1 N S   2 E W   3 NE NW SE SW   4 NORTH SOUTH   5 EAST WEST   6 NORTHEAST ...
    x suffix   t ST STREET   X ROAD   H HIGHWAY   T ROUTE   S STATE   Y COUNTY   G US
    J INTERSTATE   K SR, CR, FM ... (a whole prefix)   j CH, CTH (county highway)   Q a state
    u APT and what means the same   v UNIT   d PMB   s STE, LOT ... (a unit of another sort)
    f designator, needs no value   b BLDG   F FLOOR   q NO
    P PO BOX, DRAWER ...   p PO   k POST   B BOX   R RR   U RURAL   C HC   0 STAR   8 CONTRACT
    M PSC CMR   A APO FPO DPO   V USS   E GENERAL   L DELIVERY   Z URB   W CALLE   N COND, RES
    $ tower   ^ apartments   ! near, behind   ~ mile marker   % care of   * placeholder word
    # & O(R) > (to) ; / | (line break) -   ? a letter or sign that is none of ours
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from narrowgate.standard.suffixes import SUFFIXES, split_words


class Word(NamedTuple):
    """A listed word: its class, and what it becomes in a street name, as suffix, as direction."""

    cls: str
    name: str
    short: str


_DIRECTIONS = {
    "1": "N S",
    "2": "E W",
    "3": "NE NW SE SW",
    "4": "NORTH=N SOUTH=S SO=S",
    "5": "EAST=E WEST=W",
    "6": "NORTHEAST=NE NORTHWEST=NW SOUTHEAST=SE SOUTHWEST=SW",
}

# Class: words; `A=B` says that A stands for B.
_WORDS = {
    "t": "ST STREET=ST STR=ST STRT=ST",
    "X": "ROAD=RD RD",
    "H": "HIGHWAY HWY=HIGHWAY HIGHWY=HIGHWAY HIWAY=HIGHWAY HIWY=HIGHWAY HWAY=HIGHWAY",
    "T": "ROUTE RTE=ROUTE RT=ROUTE",
    "S": "STATE",
    "Y": "COUNTY CNTY=COUNTY CO=COUNTY",
    "G": "US USA=US USHWY=US USH=US",
    "J": "INTERSTATE INTERST=INTERSTATE IH=INTERSTATE",
    "K": "SR SH=SR STH=SR SRT=SR CR CRD=CR CNTYRD=CR FM",
    "j": "CH CTH=CH CSAH=CH",
    "u": "APT APARTMENT=APT APRT=APT APPT=APT CONDO APTO=APT APARTAMENTO=APT",
    "s": "STE SUITE=STE RM ROOM=RM SPC SPACE=SPC SP=SPC LOT TRLR TRAILER=TRLR SLIP DEPT "
    "DEPARTMENT=DEPT HNGR HANGAR=HNGR HANGER=HNGR PIER STOP KEY CABIN COTTAGE",
    "d": "PMB",
    "v": "UNIT UNT=UNIT",
    "f": "BSMT BASEMENT=BSMT FRNT FRONT=FRNT LBBY LOBBY=LBBY LOWR LOWER=LOWR UPPR UPPER=UPPR "
    "OFC OFFICE=OFC PH PENTHOUSE=PH REAR SIDE",
    "b": "BLDG BUILDING=BLDG BLD=BLDG EDIF=BLDG EDIFICIO=BLDG",
    "F": "FL FLOOR=FL FLR=FL PISO=FL",
    "q": "NO NUM=NO NUMBER=NO NBR=NO NUMERO=NO",
    "P": "POBOX POB CALLER LOCKBOX DRAWER BIN APARTADO APDO",
    "p": "PO",
    "k": "POST",
    "B": "BOX BX=BOX",
    "R": "RR RFD=RR RURALROUTE=RR",
    "U": "RURAL",
    "C": "HC HCR=HC",
    "0": "STAR",
    "8": "CONTRACT",
    "M": "PSC CMR",
    "A": "APO FPO DPO",
    "V": "USS USNS USCGC",
    "E": "GENERAL GEN=GENERAL",
    "L": "DELIVERY DEL DELIV=DELIVERY DLVRY=DELIVERY",
    "Z": "URB URBANIZACION=URB URBANIZATION=URB",
    "W": "CALLE AVENIDA=AVENUE AVDA=AVENUE CALLEJON CLLE=CALLE CARRETERA CARR=CARRETERA",
    "N": "COND CONDOMINIO=COND RES RESIDENCIAL=RES",
    "$": "TOWER TOWERS HIGHRISE HIRISE RISE TORRE TORRES",
    "^": "APARTMENTS APTS=APARTMENTS CONDOMINIUM CONDOMINIUMS CONDOS COMPLEX",
    "!": "NEAR BEHIND ACROSS OPPOSITE BESIDE BETWEEN INTERSECTION MILEPOST MARKER MILEMARKER "
    "LATITUDE LONGITUDE LAT GPS CERCA ADJACENT "
    "UNDER UNDERNEATH OUTSIDE INSIDE",
    "~": "MILE MM MP KM KILOMETER CRNR ESQUINA",
    "%": "ATTN ATTENTION CAREOF",
    "*": "UNKNOWN UNK UNKN NONE NULL NIL TBD TBA NFA NA HOMELESS REFUSED DECLINED TRANSIENT "
    "DESCONOCIDO ASDF TEST PENDING",
    "&": "AND=&",
    "O": "OR",
    ">": "TO THRU THROUGH=THRU",
}

_CARDINALS = split_words(
    """
ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN
SEVENTEEN EIGHTEEN NINETEEN TWENTY
"""
)
_ORDINALS = split_words(
    """
FIRST SECOND THIRD FOURTH FIFTH SIXTH SEVENTH EIGHTH NINTH TENTH ELEVENTH TWELFTH THIRTEENTH
FOURTEENTH FIFTEENTH SIXTEENTH SEVENTEENTH EIGHTEENTH NINETEENTH TWENTIETH
"""
)
_TENS = ("THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")
_TENTHS = ("THIRTIETH", "FORTIETH", "FIFTIETH", "SIXTIETH", "SEVENTIETH", "EIGHTIETH", "NINETIETH")

CARDINALS: Mapping[str, int] = MappingProxyType(
    {word: at for at, word in enumerate(_CARDINALS, 1)}
    | {word: at * 10 for at, word in enumerate(_TENS, 3)}
)
"""ONE to TWENTY, THIRTY to NINETY."""
ORDINALS: Mapping[str, int] = MappingProxyType(
    {word: at for at, word in enumerate(_ORDINALS, 1)}
    | {word: at * 10 for at, word in enumerate(_TENTHS, 3)}
)
"""FIRST to TWENTIETH, THIRTIETH to NINETIETH."""

# States whose code or name is not also a common word of an address (HI, IN, OR, ME ... are).
_STATES = split_words(
    """
AL AK AZ AR CA GA IA IL KS KY MD MI MN MS MO NV NH NJ NM NY NC ND OH PA RI SC SD TN TX UT VA WV
WI WY PR AE AP AA ALABAMA ALASKA ARIZONA ARKANSAS CALIFORNIA COLORADO FLORIDA GEORGIA IDAHO
ILLINOIS INDIANA IOWA KANSAS KENTUCKY LOUISIANA MAINE MARYLAND MICHIGAN MINNESOTA MISSISSIPPI
MISSOURI MONTANA NEBRASKA NEVADA OHIO OKLAHOMA OREGON PENNSYLVANIA TENNESSEE TEXAS UTAH VERMONT
VIRGINIA WASHINGTON WISCONSIN WYOMING
"""
)

# In a name these mean the same word (Publication 28, 233.4 and appendix B).
_SYNONYMS = {
    "SAINT": "ST",
    "JUNIOR": "JR",
    "TWP": "TOWNSHIP",
}


def ordinal(number: int) -> str:
    """1 -> 1ST, 12 -> 12TH, 23 -> 23RD."""
    if number % 100 in (11, 12, 13):
        return f"{number}TH"
    return f"{number}{ {1: 'ST', 2: 'ND', 3: 'RD'}.get(number % 10, 'TH') }"


def _listed(table: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(class, spelling, what it stands for)."""
    for cls, entries in table.items():
        for entry in entries.split():
            spelling, _, meaning = entry.partition("=")
            yield cls, spelling, meaning or spelling


def _counted() -> Iterator[tuple[str, Word]]:
    for cardinal, value in CARDINALS.items():
        yield cardinal, Word("c", str(value), str(value))
    for word, value in ORDINALS.items():
        yield word, Word("o", ordinal(value), ordinal(value))


def _lexicon() -> dict[str, Word]:
    # A pitch of a mobile home park has one number, whatever it is called.
    shorts = {"HIGHWAY": "HWY", "ROUTE": "RTE", "SPC": "LOT", "TRLR": "LOT"}
    words = {
        spelling: Word(cls, name, shorts.get(name, name)) for cls, spelling, name in _listed(_WORDS)
    }
    words |= {spelling: Word(cls, spelling, short) for cls, spelling, short in _listed(_DIRECTIONS)}
    words |= _counted()
    words |= {letter: Word(cls, letter, letter) for letter, cls in zip("POIR", "yei7", strict=True)}
    words |= {sign: Word(sign, sign, sign) for sign in "#;/|-?"}
    words |= {sign: Word("&", "&", "&") for sign in "&+@"}
    later = {spelling: Word("x", name, short) for spelling, (short, name) in SUFFIXES.items()}
    later |= {state: Word("Q", state, state) for state in _STATES if state not in later}
    later |= {word: Word("w", name, name) for word, name in _SYNONYMS.items() if word not in later}
    return later | words


LEXICON: dict[str, Word] = _lexicon()

# A designator or prefix that people write against its number: APT4B, POBOX12, HWY66, RR2.
GLUED = re.compile(
    r"(APT|UNIT|STE|SUITE|RM|ROOM|LOT|SPC|TRLR|FL|BLDG|PH|PMB|BOX|POBOX|POB|RR|HC|HCR|PSC|CMR"
    r"|HWY|RT|RTE|SR|CR|FM|US|IH|NO|MM|KM)(\d.*)"
)
FLOOR_BEHIND = re.compile(r"(\d+(?:ST|ND|RD|TH)?)(FL|FLR|FLOOR)")


_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("n", re.compile(r"\d+")),
    ("o", re.compile(r"\d{1,9}(ST|ND|RD|TH)")),
    ("g", re.compile(r"[NSEW]\d+[NSEW]\d+")),
    ("m", re.compile(r"\d+[A-Z]{1,2}\d*")),
    ("a", re.compile(r"[A-Z]{1,2}\d+[A-Z]?")),
    ("9", re.compile(r"\d/\d{1,2}")),
    ("z", re.compile(r"\d*\.\d+[NSEW]?")),
    ("*", re.compile(r"X{2,}")),
    ("l", re.compile(r"[A-Z]")),
    ("D", re.compile(r"([A-Z])\1")),
)


def _is_range(first: str, second: str) -> bool:
    # Facts A13. A right side of two digits is the borough style of Queens (37-12 80TH ST), three
    # or more after two are Hawaii's (94-1023): one address each, whichever number is larger.
    if len(second) == 2 or len(first + second) > 18 or int(second) <= int(first):
        return False
    return len(second) == len(first) or (len(first) > 2 and len(second) == len(first) + 1)


def classify(piece: str) -> str:
    """The class of one piece, as listed at the head of this module."""
    word = LEXICON.get(piece)
    if word is not None:
        return word.cls
    for cls, pattern in _PATTERNS:
        if pattern.fullmatch(piece):
            return cls
    numbers = re.fullmatch(r"(\d+)-(\d+)[A-Z]?", piece)
    if numbers:
        return "r" if _is_range(numbers[1], numbers[2]) else "h"
    return "w"
