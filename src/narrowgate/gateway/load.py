"""`register load`: a register into an immutable snapshot, and its entry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.register.load import Loaded, load
from narrowgate.register.snapshot import Snapshot
from narrowgate.store import reading
from narrowgate.store.reading import SnapshotRow


def load_register(
    site: Site, sources: Sequence[Path], *, mapping: Path | None, partitions: int | None
) -> Loaded:
    """Load the sources as one register and make it the one that is asked from now on."""
    loaded = load(
        sources,
        mapping=mapping,
        partitions=partitions,
        target=site.config.snapshots,
        key=site.snapshot_key,
    )
    commit(
        site,
        Event(
            Kind.SNAPSHOT_LOADED,
            stamp(site.clock()),
            {
                "snapshot": loaded.digest,
                "people": loaded.people,
                "addresses": loaded.addresses,
                "rejected": loaded.rejected,
            },
        ),
    )
    return loaded


def loaded_register(site: Site) -> SnapshotRow:
    """What is loaded: digest and counts. Raises NotFound."""
    return reading.snapshot(site.db)


def latest_snapshot(site: Site) -> Snapshot:
    """The snapshot loaded last, unopened: nothing of it is read before it is asked."""
    return snapshot(site, reading.snapshot(site.db).digest)


def snapshot(site: Site, digest: str) -> Snapshot:
    """The snapshot of that digest, unopened."""
    return Snapshot.open(site.config.snapshots / digest.replace(":", "-"), site.snapshot_key)
