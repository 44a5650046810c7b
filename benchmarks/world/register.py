"""A block as rows of a register (contract, section 4): one row a person-name-address."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from .block import NAME, Block
from .people import NONE
from .render import constant, dates_of, ids_of, names_of, places_of, tins_of
from .tables import Codes

COLUMNS = ("person_id", "tin", "given_name", "middle_name", "family_name", "name_suffix",
           "date_of_birth", "address_line1", "address_line2", "city", "state", "postal_code",
           "address_from", "address_to", "sealed", "name_kind")  # fmt: skip


def register_of(block: Block, former_names: float) -> pa.Table:
    """COLUMNS, text. Everybody where they live; behind them old addresses, then former names of
    this share of those who took a spouse's.
    """
    people = block.people
    every = np.arange(len(block))
    moved = np.flatnonzero(people["old"] >= 0)
    married = np.flatnonzero(
        (people["maiden"] >= 0) & (people["number"] % 1000 < former_names * 1000)
    )
    open_end = np.full(len(every), NONE)
    there, since = people["dwelling"], people["since"]
    old, began, ended = (people[name][moved] for name in ("old", "old_since", "old_until"))
    rows = [
        _rows(block, every, there, since, open_end, "legal"),
        _rows(block, moved, old, began, ended, "legal"),
        _rows(block, married, there[married], since[married], open_end[married], "former"),
    ]
    return pa.concat_tables(rows)


def _rows(
    block: Block, who: Codes, dwelling: Codes, since: Codes, until: Codes, kind: str
) -> pa.Table:
    people = block.people
    names = {name: people[name][who] for name in NAME}
    if kind == "former":
        none = np.full(len(who), NONE)
        names |= {"family": people["maiden"][who], "second": none}
    sealed = pa.array(["false", "true"]).take(pa.array(people["sealed"][who]))
    columns = {
        "person_id": ids_of("P", people["number"][who]),
        "tin": tins_of(people["tin"][who]),
        "date_of_birth": dates_of(people["birth"][who], people["undated"][who] == 1),
        "address_from": dates_of(since, since == NONE),
        "address_to": dates_of(until, until == NONE),
        "sealed": sealed,
        "name_kind": constant(kind, len(who)),
        **names_of(names),
        **places_of(block.address(dwelling)),
    }
    return pa.table({name: columns[name] for name in COLUMNS})
