"""What a part of an address may be written as, by what it means: USPS Publication 28, as told in
docs/matching.md and shown in vectors/addresses.toml. Each meaning is a door of its own."""

from __future__ import annotations

DIRECTIONS = {
    "N": ("N", "N.", "North"), "S": ("S", "South"), "E": ("E", "East"), "W": ("W", "W.", "West"),
    "NE": ("NE", "N.E.", "Northeast"), "SW": ("SW", "Southwest"),
}  # fmt: skip
SUFFIXES = {
    "ST": ("St", "Street", "Str", "Strt"), "AVE": ("Ave", "Avenue", "Av", "Avenu"),
    "BLVD": ("Blvd", "Boulevard", "Boul"), "CIR": ("Cir", "Circle", "Circ"),
    "CT": ("Ct", "Court"), "DR": ("Dr", "Drive", "Drv"), "LN": ("Ln", "Lane"),
    "PKWY": ("Pkwy", "Parkway", "Pky"), "PL": ("Pl", "Place"), "RD": ("Rd", "Road"),
    "SQ": ("Sq", "Square", "Sqr"), "TER": ("Ter", "Terrace", "Terr"), "TRL": ("Trl", "Trail"),
    "WAY": ("Way", "Wy"), "HTS": ("Hts", "Heights"), "XING": ("Xing", "Crossing"),
}  # fmt: skip
STREETS = {
    "MAIN": ("Main",), "OAK": ("Oak",), "OAKS": ("Oaks",), "PENA": ("Peña", "Pena"),
    "OBRIEN": ("O'Brien", "OBrien", "O’Brien"), "5TH": ("5th", "Fifth", "5"),
    "15TH": ("15th", "Fifteenth", "15"), "50TH": ("50th", "Fiftieth", "50"),
    "21ST": ("21st", "Twenty First", "Twenty-First", "21"), "20TH": ("20th", "Twentieth"),
    "101ST": ("101st", "One Hundred First"), "LAKEVIEW": ("Lake View", "Lakeview"),
    "WINSTONSALEM": ("Winston-Salem", "Winston Salem"), "LODZ": ("Łódź", "Lodz"),
    "SAINTJOHNS": ("St. Johns", "Saint Johns", "St Johns"), "MAPLE": ("Maple",),
}  # fmt: skip
ROADS = {
    "US 66": ("US Hwy 66", "US Highway 66", "U.S. Route 66", "US 66", "US-66", "U S Hwy 66"),
    "STATE 66": ("State Route 66", "SR 66", "State Road 66", "State Hwy 66", "SR-66", "St Rt 66"),
    "COUNTY 66": ("County Road 66", "CR 66", "Co Rd 66", "County Rd 66", "C.R. 66"),
    "COUNTY HIGHWAY 66": ("County Hwy 66", "Cnty Highway 66"),
    "FARM 66": ("FM 66", "Farm to Market 66", "Farm to Market Road 66", "FM 66 Rd"),
    "INTERSTATE 66": ("Interstate 66", "I-66", "IH66", "I 66"),
    "TOWNSHIP 66": ("Township Road 66", "Twp Rd 66"),
    "66": ("Hwy 66", "Highway 66"), "ROUTE 66": ("Route 66", "Rte 66"),
}  # fmt: skip
"""Whose road it is tells it from every other of its number; it has no suffix of its own."""

UNITS = {
    "": ("Apt", "Apartment", "#", "Unit", "No.", "Apt #", "Condo"), "STE": ("Ste", "Suite"),
    "RM": ("Rm", "Room"), "LOT": ("Lot", "Space", "Spc", "Trlr", "Trailer", "Lot #"),
    "SLIP": ("Slip",), "DEPT": ("Dept", "Department"),
}  # fmt: skip
"""Dwellings are one sort, and a number without a word is one of them; offices, rooms and pitches of
the same number may stand in the same building."""

SIDES = {
    "REAR": ("Rear",), "FRNT": ("Frnt", "Front"), "BSMT": ("Bsmt", "Basement"),
    "UPPR": ("Uppr", "Upper"), "LOWR": ("Lowr", "Lower"),
}  # fmt: skip
FLOORS = {"2": ("Fl 2", "Floor 2", "2nd Floor", "Second Fl"), "3": ("Fl 3", "3rd Floor", "Flr 3")}
BUILDINGS = ("Bldg", "Building")
MAILBOXES = ("PMB", "PMB #")
BOXES = ("PO Box", "P.O. Box", "POB", "Post Office Box", "P O Box", "Box")
RURAL = ("RR", "Rural Route", "R.R.", "RFD", "Rural Rte")
HIGHWAY = ("HC", "Highway Contract")
CONDOMINIUMS = {
    "COND DEL MAR": ("Cond Del Mar", "Condominio Del Mar"), "COND DEL SOL": ("Cond Del Sol",),
    "RES DEL MAR": ("Res Del Mar", "Residencial Del Mar"),
}  # fmt: skip
PLACES = {"IL": ("Springfield", "IL", "62701"), "PR": ("San Juan", "PR", "00926")}
