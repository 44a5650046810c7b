"""An entry has exactly the fields of its kind: there is no place for anything else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.errors import Internal
from narrowgate.events import FIELDS, VEILED, Event, Kind
from narrowgate.keys.veil import KeyedVeil

VEIL = KeyedVeil(bytes(32))
AT = "2026-01-01T00:00:00Z"


def decided(**changes: Any) -> Event:
    fields = {"case": "C1", "row": 7, "officer": "o", "file": {}, "open_pairs": 2, **changes}
    return Event(Kind.PAIR_DECIDED, AT, fields)


def test_every_kind_has_its_fields() -> None:
    assert set(FIELDS) == set(Kind)
    assert all(VEILED[kind] <= FIELDS[kind] for kind in VEILED)


def test_an_entry_reads_back() -> None:
    fields = {"snapshot": "sha256:00", "people": 1, "addresses": 2, "rejected": 0}
    event = Event(Kind.SNAPSHOT_LOADED, AT, fields)
    assert Event.read(event.entry(VEIL), VEIL) == event


@pytest.mark.parametrize("extra", [{"given_name": "X"}, {}])
def test_a_field_too_many_or_too_few_is_refused(extra: dict[str, str]) -> None:
    with pytest.raises(Internal):
        Event(Kind.SNAPSHOT_LOADED, AT, {"snapshot": "x", **extra})


def test_an_entry_of_another_version_is_not_read() -> None:
    entry = decided().entry(VEIL).replace(b'"v":1', b'"v":2')
    with pytest.raises(Internal, match="does not know"):
        Event.read(entry, VEIL)


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_veiled_fields_read_back_and_show_nothing(row: int, pairs: int) -> None:
    event = decided(row=row, open_pairs=pairs)
    entry = event.entry(VEIL)
    assert Event.read(entry, VEIL) == event
    shown = json.loads(entry)
    assert set(shown) == {"v", "event", "at", "officer", "file", "veiled"}
    assert len(entry) == len(decided().entry(VEIL))
    assert entry != event.entry(VEIL)


def test_what_is_veiled_opens_under_its_own_key_and_kind_alone() -> None:
    entry = decided().entry(VEIL)
    with pytest.raises(Internal, match="veiled"):
        Event.read(entry, KeyedVeil(bytes(31) + b"\1"))
    text = VEIL.draw("pair.decided", b"{}")
    assert VEIL.lift("pair.decided", text) == b"{}"
    for kind, changed in (("case.matched", text), ("pair.decided", text[:-8] + "AAAAAAA=")):
        with pytest.raises(Internal):
            VEIL.lift(kind, changed)
