"""States, territories, countries and cities, as cells name them; ZIPs are read in zips.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from narrowgate.standard.distinct import by_distinct, columns_by_distinct
from narrowgate.standard.folding import fold, words
from narrowgate.standard.scalars import FALSE
from narrowgate.standard.zips import city_agrees, read_zips, state_agrees, states_by_prefix

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


STATES = MappingProxyType(_states())
"""Code or full name -> two-letter code."""
ZIP3_STATES = MappingProxyType(states_by_prefix())
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

_CANADIAN = re.compile(r"[A-Z]\d[A-Z][- ]?\d[A-Z]\d")


def read_places(cells: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Columns city, state, zip5, zip4, zip_state_agrees, zip_city_agrees, `abroad` (never null).

    `cells`: text columns city, state, postal_code, country.
    """
    text, flag = pa.string(), pa.bool_()
    zips = read_zips(cells["postal_code"])
    state, foreign_state = columns_by_distinct(cells["state"], _read_state, (text, flag))
    city, foreign_city = columns_by_distinct(cells["city"], _read_city, (text, flag))
    abroad = pc.or_(
        pc.or_(
            by_distinct(cells["country"], _is_foreign_country, flag).fill_null(FALSE),
            foreign_state.fill_null(FALSE),
        ),
        pc.or_(
            _canadian(cells["postal_code"], zips["zip5"]),
            pc.and_(pc.is_null(state), foreign_city.fill_null(FALSE)),
        ),
    )
    return {
        "city": city,
        "state": state,
        **zips,
        "zip_state_agrees": state_agrees(zips["zip5"], state),
        "zip_city_agrees": city_agrees(zips["zip5"], city),
        "abroad": abroad,
    }


def _canadian(cell: pa.Array, zip5: pa.Array) -> pa.Array:
    """Whether a postal code that is no ZIP is a Canadian one; never null."""
    other = pc.and_(pc.is_null(zip5), pc.is_valid(cell))
    if not pc.any(other).as_py():
        return other
    found = by_distinct(
        cell.filter(other),
        lambda code: _CANADIAN.fullmatch(fold(code).strip()) is not None,
        pa.bool_(),
    )
    return pc.replace_with_mask(other, other, found)


def standard_state(cell: str) -> str | None:
    """The two-letter code of a state or territory, given as code or name."""
    return STATES.get(words(cell))


def standard_city(cell: str) -> str | None:
    """City words with their postal abbreviations: SAINT LOUIS is ST LOUIS."""
    return " ".join(_CITY_WORDS.get(word, word) for word in words(cell).split()) or None


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
