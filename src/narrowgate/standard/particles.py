"""Particles written onto the name they belong to, so that a name's words are its names.

DE LA CRUZ, DELA CRUZ and DE LACRUZ are DELACRUZ; DE LA CRUZ GARCIA is DELACRUZ GARCIA, two surnames
that can be exchanged or left out one by one. A particle is never dropped: CRUZ is another name than
DE LA CRUZ. What is written together already stays, but for SAINT (STCLAIR is SAINTCLAIR).
"""

from __future__ import annotations

import re

from narrowgate.standard.suffixes import split_words

_ROMANCE = (
    "DE DEL DELA DELAS DELOS DELLA DELLE DELLO DEGLI DEI DI DA DAL DALLA DO DOS DAS DES DU "
    "LA LAS LOS LE LES LO SAN SANTA"
)
_GERMANIC = "VAN VANDE VANDEN VANDER VANT VON VOM VONDER ZU ZUM ZUR DER DEN TE TEN TER"
_SEMITIC = "AL EL UL BIN BINT IBN BEN BAR ABU ABOU ABD ABDUL ABDEL ABDAL ABDOUL OULD AIT"
_CELTIC = "MC MAC FITZ AP"
_FAMILY = frozenset(split_words(f"{_ROMANCE} {_GERMANIC} {_SEMITIC} {_CELTIC} SAINT SAINTE"))

# AL is Albert, BEN Benjamin and VAN a name of its own before a second given name.
_GIVEN = frozenset(
    split_words("DE DEL DELA DELAS DELOS LA LAS LOS LE ABD ABDUL ABDEL ABDAL ABDOUL ABU")
)

_ARTICLES = frozenset(("AL", "EL", "UL"))
_SERVANT = frozenset(("ABD", "ABDAL"))  # ABD AL AZIZ

# Surnames that LE, LA, DO, DU, VAN, LO, TE and MAC stand before as surnames themselves.
_NOT_AFTER_PARTICLES = frozenset(
    split_words(
        "NGUYEN TRAN PHAM HUYNH HOANG PHAN VU VO DANG BUI HO NGO DUONG LY DINH TRUONG LAM MAI "
        "TRINH DOAN CAO LUU LUONG THI ANH VANG XIONG YANG LEE MOUA THAO LOR VUE CHANG HER KIM "
        "PARK CHOI WANG LI ZHANG LIU CHEN HUANG LIN WU WONG CHAN"
    )
)
_ALSO_SURNAMES = frozenset(split_words("LE LA DO DU VAN LO TE MAC"))

# Elisions whose apostrophe became a blank: O BRIEN, D ANGELO, L HEUREUX, VAN T HOFF.
_ELIDED = {"O": re.compile("[A-Z]{3}"), **dict.fromkeys("DL", re.compile("[AEIOUYH][A-Z]{2}"))}
_AND = frozenset("YEI")  # GARCIA Y LOPEZ, SILVA E SOUSA, PUIG I CADAFALCH
_SAINTS = {"ST": "SAINT", "STE": "SAINTE"}
# No other name begins with ST and a consonant but R; STONGE could be STONGE, and stays.
_SAINT_WITHIN = re.compile("^ST(?=[BCDFGHJKLMNPQSTVWXZ][A-Z])")


def surnames(parts: list[str]) -> list[str]:
    """The words of a family name as surnames, each with its particles.

    A particle with no name after it is a surname: LE, VAN, NGUYEN LE.
    """
    if len(parts) > 1:
        parts = [_SAINTS.get(word, word) for word in parts]
        inner = [word for word in parts[1:-1] if word not in _AND]
        parts = [parts[0], *inner, parts[-1]]
    parts = [_SAINT_WITHIN.sub("SAINT", word) if word.startswith("ST") else word for word in parts]
    return _joined(parts, _FAMILY, elided=True)


def given_names(parts: list[str]) -> list[str]:
    """The words of a given or middle name: MARIA DE LOS ANGELES is MARIA DELOSANGELES."""
    return _joined(parts, _GIVEN, elided=False)


def _joined(parts: list[str], particles: frozenset[str], *, elided: bool) -> list[str]:
    if len(parts) == 1:
        return parts
    names: list[str] = []
    waiting: list[str] = []
    for at, word in enumerate(parts):
        before = parts[at - 1] if at else ""
        after = parts[at + 1] if at + 1 < len(parts) else ""
        surname = not waiting and word in _ALSO_SURNAMES and after in _NOT_AFTER_PARTICLES
        if (
            (word in particles and not surname)
            or (elided and _is_elision(word, before, after))
            or (word in _ARTICLES and before in _SERVANT)
        ):
            waiting.append(word)
        elif len(word) > 1:
            names.append("".join([*waiting, word]))
            waiting = []
        else:
            names += [*waiting, word]
            waiting = []
    return names + waiting


def _is_elision(word: str, before: str, after: str) -> bool:
    if word == "T":
        return before in ("VAN", "IN") and len(after) > 1
    pattern = _ELIDED.get(word)
    return bool(pattern and pattern.match(after)) and (not before or before in _FAMILY)
