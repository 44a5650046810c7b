"""Records one step from the truth about people of the register (facts B60): all `not_confirmed`.

Beside them stand as many records in which everything is right, so that a gate that says no to all
would be seen. Runs in the simulation's environment, from clean rows of the register.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

EACH = 8
ADULT = "2005-01-01"  # born before
A_HOUSE = r"[1-9]\d* \w+ \w{2,}"
RIGHT = "all of it right"
ABOUT = ["given_name", "middle_name", "family_name", "date_of_birth", "tin"]
WHERE = ["address_line1", "address_line2", "city", "state", "postal_code"]

# A shape takes people of the register as they are and others of the same order, and changes them.
Shape = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]


def near_records(register: pd.DataFrame, avoid: pd.Series, seed: int) -> pd.DataFrame:
    """Columns shape, answer and those of a record; nobody twice, and nobody of `avoid`."""
    here = register[register["address_to"].isna() & register["tin"].notna()]
    here = here[here["address_line1"].str.match(A_HOUSE, na=False)]
    here = here[here["date_of_birth"].fillna(ADULT) < ADULT]
    people = here[~here["person_id"].isin(avoid)].sample(frac=1, random_state=seed)
    crowd = people.groupby(WHERE[:2], dropna=False)["person_id"].transform("size")
    people = people[crowd <= 4]
    made, used = [], set[str]()
    for name, (shape, fitting) in SHAPES.items():
        able = fitting(people, register)
        able = able[~able["address_line1"].isin(used)].drop_duplicates("address_line1")
        chosen, others = able.iloc[:EACH], able.iloc[EACH : 2 * EACH]
        used |= {*chosen["address_line1"], *others["address_line1"]}
        rows = shape(chosen.reset_index(drop=True), others.reset_index(drop=True))
        rows = rows[[*ABOUT, *WHERE]].assign(
            shape=name, answer="confirmed" if name == RIGHT else "not_confirmed"
        )
        made.append(rows)
    return pd.concat(made, ignore_index=True)


def _right(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people


def _neighbours_address(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(**{column: others[column] for column in WHERE})


def _house_number_off(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    split = people["address_line1"].str.split(" ", n=1)
    off = [f"{int(number) + 2} {street}" for number, street in split]
    return people.assign(address_line1=off)


def _unit_left_out(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(address_line2=None)


def _former_address(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(**{column: people[f"former_{column}"] for column in WHERE})


def _others_number(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(tin=others["tin"], date_of_birth=None)


def _nobodys_number(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    # Of a form that is issued, and not in the sample (`unseen`).
    return people.assign(tin=[f"899-98-{n:04}" for n in range(1, len(people) + 1)])


def _housemates_number(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(tin=people["housemate_tin"], date_of_birth=None)


def _others_name(people: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    return people.assign(given_name=others["given_name"], family_name=others["family_name"])


def _anybody(people: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    return people[people["address_line2"].isna()]


def _with_unit(people: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    return people[people["address_line2"].notna()]


def _who_moved(people: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    past = register[register["address_to"].notna()].sort_values("address_to")
    past = past[past["address_line1"].str.match(A_HOUSE, na=False)]
    past = past.drop_duplicates("person_id", keep="last").set_index("person_id")[WHERE]
    joined = people.join(past.add_prefix("former_"), on="person_id")
    moved = joined["former_address_line1"].notna()
    return joined[moved & (joined["former_address_line1"] != joined["address_line1"])]


def _with_housemate(people: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    pairs = people.merge(
        people[["address_line1", "family_name", "person_id", "tin", "given_name"]],
        on=["address_line1", "family_name"],
        suffixes=("", "_mate"),
    )
    apart = pairs["person_id"] != pairs["person_id_mate"]
    pairs = pairs[apart & (pairs["given_name"].str[0] != pairs["given_name_mate"].str[0])]
    return pairs[pairs["address_line2"].isna()].rename(columns={"tin_mate": "housemate_tin"})


SHAPES: dict[str, tuple[Shape, Shape]] = {
    RIGHT: (_right, _anybody),
    "right name and number, a neighbour's address": (_neighbours_address, _anybody),
    "right name and number, the next house but one": (_house_number_off, _anybody),
    "right name and number, the flat left out": (_unit_left_out, _with_unit),
    "right name and number, the address before the last": (_former_address, _who_moved),
    "right name and address, another person's number": (_others_number, _anybody),
    "right name and address, a number of nobody": (_nobodys_number, _anybody),
    "right name and address, the number of one of the house": (_housemates_number, _with_housemate),
    "right number and address, another person's name": (_others_name, _anybody),
}


def unseen(numbers: pd.Series) -> bool:
    """Whether no number of `numbers` is one that `_nobodys_number` makes."""
    return not np.any(numbers.fillna("").str.startswith("899-98-000").to_numpy())
