"""An entry has exactly the fields of its kind: there is no place for anything else."""

import pytest

from narrowgate.errors import Internal
from narrowgate.events import FIELDS, Event, Kind


def test_every_kind_has_its_fields() -> None:
    assert set(FIELDS) == set(Kind)


def test_an_entry_reads_back() -> None:
    event = Event(
        Kind.SNAPSHOT_LOADED,
        "2026-01-01T00:00:00Z",
        {"snapshot": "sha256:00", "people": 1, "addresses": 2, "rejected": 0},
    )
    assert Event.read(event.entry()) == event


@pytest.mark.parametrize("extra", [{"given_name": "X"}, {}])
def test_a_field_too_many_or_too_few_is_refused(extra: dict[str, str]) -> None:
    with pytest.raises(Internal):
        Event(Kind.SNAPSHOT_LOADED, "2026-01-01T00:00:00Z", {"snapshot": "x", **extra})
