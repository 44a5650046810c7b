"""States, territories, countries and the ZIP prefixes of each state, as data.

The first three digits of a ZIP are a sectional centre of the Postal Service; a few serve more than
one state, and those are listed with all of them, so that a doubt is never held against a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.distinct import by_distinct, columns_by_distinct
from narrowgate.standard.folding import fold, words
from narrowgate.standard.scalars import EMPTY, FALSE

_STATES = """
AL ALABAMA|AK ALASKA|AZ ARIZONA|AR ARKANSAS|CA CALIFORNIA|CO COLORADO|CT CONNECTICUT|DE DELAWARE
DC DISTRICT OF COLUMBIA|FL FLORIDA|GA GEORGIA|HI HAWAII|ID IDAHO|IL ILLINOIS|IN INDIANA|IA IOWA
KS KANSAS|KY KENTUCKY|LA LOUISIANA|ME MAINE|MD MARYLAND|MA MASSACHUSETTS|MI MICHIGAN|MN MINNESOTA
MS MISSISSIPPI|MO MISSOURI|MT MONTANA|NE NEBRASKA|NV NEVADA|NH NEW HAMPSHIRE|NJ NEW JERSEY
NM NEW MEXICO|NY NEW YORK|NC NORTH CAROLINA|ND NORTH DAKOTA|OH OHIO|OK OKLAHOMA|OR OREGON
PA PENNSYLVANIA|RI RHODE ISLAND|SC SOUTH CAROLINA|SD SOUTH DAKOTA|TN TENNESSEE|TX TEXAS|UT UTAH
VT VERMONT|VA VIRGINIA|WA WASHINGTON|WV WEST VIRGINIA|WI WISCONSIN|WY WYOMING|PR PUERTO RICO
VI VIRGIN ISLANDS|VI US VIRGIN ISLANDS|GU GUAM|AS AMERICAN SAMOA|MP NORTHERN MARIANA ISLANDS
FM FEDERATED STATES OF MICRONESIA|MH MARSHALL ISLANDS|PW PALAU|AA ARMED FORCES AMERICAS
AE ARMED FORCES EUROPE|AP ARMED FORCES PACIFIC|DC WASHINGTON DC
"""

_ZIP3 = """
005 NY|006-007 PR|008 VI|009 PR|010-027 MA|028-029 RI|030-038 NH|039-049 ME|050-054 VT|055 MA
056-059 VT|060-062 CT|063 CT NY|064-069 CT|070-089 NJ|090-098 AE|100-149 NY|150-196 PA|197-199 DE
200 DC VA|201 VA DC|202-205 DC|206-212 MD|214-219 MD|220-246 VA|247-268 WV|270-289 NC|290-299 SC
300-319 GA|320-339 FL|340 AA|341-342 FL|344 FL|346-347 FL|349 FL|350-352 AL|354-369 AL|370-385 TN
386-397 MS|398-399 GA|400-427 KY|430-459 OH|460-479 IN|480-499 MI|500-528 IA|530-532 WI|534-535 WI
537-549 WI|550-551 MN|553-567 MN|569 DC|570-577 SD|580-588 ND|590-599 MT|600-620 IL|622-629 IL
630-631 MO|633-641 MO|644-658 MO|660-662 KS|664-679 KS|680-681 NE|683-693 NE|700-701 LA|703-708 LA
710-714 LA|716-729 AR|730-731 OK|733 TX|734-741 OK|743-749 OK|750-799 TX|800-816 CO|820-831 WY
832-838 ID|840-847 UT|850-853 AZ|855-857 AZ|859-860 AZ|863-864 AZ|865 AZ NM|870-871 NM|873-884 NM
885 TX|889-891 NV|893-895 NV|897-898 NV|900-908 CA|910-928 CA|930-961 CA|962-966 AP|967 HI AS
968 HI|969 GU MP PW FM MH|970-979 OR|980-986 WA|988-994 WA|995-999 AK
"""
# Single ZIPs that the next state's carrier serves (06390 Fishers Island, 42223 Fort Campbell ...)
# make their whole prefix ambiguous.
_ACROSS = """
028 MA|035 ME|319 AL|380 KY MO|388 TN|422 TN|510 SD MN|513 MN|515 MO|516 MO|525 MO|526 MO|545 MI
560 IA|561 SD IA|562 SD|567 ND|570 MN IA|576 ND|577 MT WY NE|582 MN|584 SD|586 MT SD|592 ND|598 ID
636 IL|657 AR|665 NE|683 KS|687 SD|689 KS|692 SD|717 LA|723 TN|726 MO|739 TX|755 AR|798 NM|799 NM
811 NM|813 UT|820 CO|827 MT|828 MT|829 UT|831 WY|833 UT|834 WY|840 NV|845 AZ|860 UT|865 UT|873 AZ
880 AZ|882 TX|884 TX OK|890 CA|894 OR CA|898 ID|961 NV|976 CA|979 ID|991 ID|993 OR
"""

_COUNTRY_HERE = """
US|USA|UNITED STATES|UNITED STATES OF AMERICA|THE UNITED STATES|THE UNITED STATES OF AMERICA|AMERICA
U S|U S A|EE UU|EEUU|ESTADOS UNIDOS|UNKNOWN|NA|N A|NONE|840|UMI|PRI|VIR|GUM|ASM|MNP
"""

_PROVINCES = """
AB|BC|MB|NB|NL|NF|NS|NT|NU|ON|ONT|PE|PEI|QC|PQ|QUE|SK|YT|ALBERTA|BRITISH COLUMBIA|MANITOBA
NEW BRUNSWICK|NEWFOUNDLAND|NOVA SCOTIA|ONTARIO|PRINCE EDWARD ISLAND|QUEBEC|SASKATCHEWAN|YUKON
AGUASCALIENTES|BAJA CALIFORNIA|BAJA CALIFORNIA SUR|CAMPECHE|CHIAPAS|CHIHUAHUA|COAHUILA|COLIMA|CDMX
DURANGO|GUANAJUATO|GUERRERO|HIDALGO|JALISCO|MICHOACAN|MORELOS|NAYARIT|NUEVO LEON|OAXACA|PUEBLA
QUERETARO|QUINTANA ROO|SAN LUIS POTOSI|SINALOA|SONORA|TABASCO|TAMAULIPAS|TLAXCALA|VERACRUZ|YUCATAN
ZACATECAS|DISTRITO FEDERAL
"""

_COUNTRIES = """
MEXICO|MX|MEX|CANADA|CAN|GUATEMALA|HONDURAS|EL SALVADOR|NICARAGUA|COSTA RICA|PANAMA|COLOMBIA
VENEZUELA|ECUADOR|PERU|BOLIVIA|CHILE|ARGENTINA|BRAZIL|BRASIL|CUBA|HAITI|DOMINICAN REPUBLIC
REPUBLICA DOMINICANA|JAMAICA|CHINA|INDIA|PHILIPPINES|VIETNAM|KOREA|SOUTH KOREA|JAPAN|GERMANY|FRANCE
ENGLAND|UNITED KINGDOM|UK|GB|GREAT BRITAIN|SCOTLAND|IRELAND|ITALY|SPAIN|ESPANA|PORTUGAL|POLAND
RUSSIA|UKRAINE|TURKEY|NIGERIA|GHANA|KENYA|ETHIOPIA|EGYPT|PAKISTAN|BANGLADESH|AUSTRALIA
"""


def _entries(text: str) -> list[str]:
    return [entry for line in text.strip().split("\n") for entry in line.split("|")]


def _states() -> dict[str, str]:
    table: dict[str, str] = {}
    for entry in _entries(_STATES):
        code, _, name = entry.partition(" ")
        table[code] = table[name] = code
    return table


def _zip3() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for entry in _entries(_ZIP3) + _entries(_ACROSS):
        prefixes, *states = entry.split()
        first, _, last = prefixes.partition("-")
        for prefix in range(int(first), int(last or first) + 1):
            table.setdefault(f"{prefix:03}", set()).update(states)
    return {prefix: frozenset(states) for prefix, states in table.items()}


STATES = MappingProxyType(_states())
"""Code or full name -> two-letter code."""
ZIP3_STATES = MappingProxyType(_zip3())
"""First three digits of a ZIP -> the states it may lie in; an unlisted prefix is not in use."""
COUNTRY_HERE = frozenset(_entries(_COUNTRY_HERE)) | frozenset(_states())
"""Country cells that mean the United States or a territory (or nothing)."""
FOREIGN_REGIONS = frozenset(_entries(_PROVINCES)) | frozenset(_entries(_COUNTRIES))
"""Provinces, Mexican states and countries, as found in the state cell."""
FOREIGN_COUNTRIES = frozenset(_entries(_COUNTRIES))

_CITY_WORDS = {
    "SAINT": "ST",
    "SAINTE": "STE",
    "FORT": "FT",
    "MOUNT": "MT",
    "NORTH": "N",
    "SOUTH": "S",
    "EAST": "E",
    "WEST": "W",
    "HEIGHTS": "HTS",
    "SPRINGS": "SPGS",
    "BEACH": "BCH",
    "TOWNSHIP": "TWP",
    "VILLAGE": "VLG",
    "JUNCTION": "JCT",
    "LAKE": "LK",
    "POINT": "PT",
}
CITY_SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        short: tuple(word for word, of in _CITY_WORDS.items() if of == short)
        for short in _CITY_WORDS.values()
    }
)
"""Word of a standard city -> the other words that become it."""

_ZIP = re.compile(r"(\d{5})(?:[- ]?(\d{4}))?", re.ASCII)
_CANADIAN = re.compile(r"[A-Z]\d[A-Z][- ]?\d[A-Z]\d")


def read_places(cells: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Columns city, state, zip5, zip4, zip_state_agrees, and `abroad` (never null).

    `cells`: text columns city, state, postal_code, country.
    """
    text, flag = pa.string(), pa.bool_()
    zip5, zip4, zip3, canadian = columns_by_distinct(
        cells["postal_code"], _read_postal_code, (text, text, text, flag)
    )
    state, foreign_state = columns_by_distinct(cells["state"], _read_state, (text, flag))
    city, foreign_city = columns_by_distinct(cells["city"], _read_city, (text, flag))
    foreign_country = by_distinct(cells["country"], _is_foreign_country, flag)
    abroad = pc.or_(
        pc.or_(foreign_country.fill_null(FALSE), foreign_state.fill_null(FALSE)),
        pc.or_(
            canadian.fill_null(FALSE),
            pc.and_(pc.is_null(state), foreign_city.fill_null(FALSE)),
        ),
    )
    return {
        "city": city,
        "state": state,
        "zip5": zip5,
        "zip4": zip4,
        "zip_state_agrees": by_distinct(
            pc.binary_join_element_wise(zip3, state, EMPTY),
            lambda cell: zip_agrees(cell[:3], cell[3:]),
            flag,
        ),
        "abroad": abroad,
    }


def standard_state(cell: str) -> str | None:
    """The two-letter code of a state or territory, given as code or name."""
    return STATES.get(words(cell))


def standard_zip(cell: str) -> tuple[str | None, str | None]:
    """(ZIP, ZIP+4). 00000, 99999 are none; a lost leading zero is not put back (facts A4, A5)."""
    found = _ZIP.fullmatch(cell.strip())
    if found is None or found[1] in ("00000", "99999"):
        return None, None
    return found[1], found[2] if found[2] != "0000" else None


def standard_city(cell: str) -> str | None:
    """City words with their postal abbreviations: SAINT LOUIS is ST LOUIS."""
    return " ".join(_CITY_WORDS.get(word, word) for word in words(cell).split()) or None


def zip_agrees(zip3: str, state: str) -> bool | None:
    """Whether a ZIP that begins so may lie in a state; None for a prefix that no state uses."""
    states = ZIP3_STATES.get(zip3)
    return None if states is None else state in states


def _read_postal_code(cell: str) -> tuple[str | None, str | None, str | None, bool]:
    """(ZIP, ZIP+4, first three digits, whether it is a Canadian code)."""
    zip5, zip4 = standard_zip(cell)
    if zip5 is None:
        return None, None, None, _CANADIAN.fullmatch(fold(cell).strip()) is not None
    return zip5, zip4, zip5[:3], False


def _read_state(cell: str) -> tuple[str | None, bool]:
    """(code, whether the cell names a region or country abroad)."""
    return standard_state(cell), words(cell) in FOREIGN_REGIONS


def _read_city(cell: str) -> tuple[str | None, bool]:
    """(city, whether the cell ends in the name of a country)."""
    parts = words(cell).split()
    return standard_city(cell), any(" ".join(parts[-n:]) in FOREIGN_COUNTRIES for n in (1, 2))


def _is_foreign_country(cell: str) -> bool:
    name = words(cell)
    return name != "" and name not in COUNTRY_HERE
