"""From log entry to database: the only writer of the tables, one function a kind of entry.

Entries on the law itself (agreements, powers, safeguards) have theirs in law.py.

Everything written follows from the entry alone, so that entries the database has missed (a crash
between checkpoint and commit) are applied later with the very same outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from narrowgate.errors import Internal
from narrowgate.events import Event, Kind
from narrowgate.instants import read_stamp
from narrowgate.store import law, models
from narrowgate.store.database import atomic, savepoint

# Entries that change what screening is handed as history: its version moves with them.
_HISTORY = {
    Kind.PERSON_ADDED,
    Kind.REQUEST_RECEIVED,
    Kind.REQUEST_REFUSED,
    Kind.CASE_SCREENED,
    Kind.CASE_REFUSED,
    *law.WRITERS,
}


class Following:
    """The database as it follows the log, within the caller's transaction: entry after entry is
    applied, and how far that came is kept by `save`.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        rows = models.Projection.objects.using(alias).select_for_update()
        self._row = rows.first() or models.Projection(pk=1)

    @property
    def entries(self) -> int:
        """How many entries are applied."""
        return self._row.applied

    @property
    def root(self) -> str:
        """Root of the log at the size that was last saved (hex)."""
        return self._row.root

    @property
    def last_at(self) -> datetime | None:
        """The latest time that an entry names."""
        return self._row.last_at

    @property
    def history_version(self) -> int:
        """Moves with every entry that screening is handed as history."""
        return self._row.history_version

    def apply(self, index: int, event: Event, state: str | None) -> None:
        """Write what the entry at `index` of the log says; `state` is the case's state after it.

        Raises Internal if the entry is not the next one.
        """
        if self._row.applied != index:
            raise Internal(
                f"entry {index} cannot follow entry {self._row.applied - 1} in the database"
            )
        if event.kind in _WRITERS:
            with savepoint(self._alias):
                _WRITERS[event.kind](self._alias, index, event, state)
        at = read_stamp(event.at)
        self._row.applied = index + 1
        self._row.last_at = max(at, self._row.last_at or at)
        self._row.history_version += event.kind in _HISTORY

    def save(self, root: bytes) -> None:
        """Keep how far it came, and the log's root there, so that another log is known as such."""
        self._row.root = root.hex()
        self._row.save(using=self._alias)


def apply_law(alias: str, events: Iterable[tuple[int, Event]]) -> None:
    """Write what entries on the law and on people say, in one transaction; others are passed over.

    For a database made to ask about a day that is past, and never for a site's own.
    """
    with atomic(alias):
        for index, event in events:
            if event.kind is Kind.PERSON_ADDED or event.kind in law.WRITERS:
                _WRITERS[event.kind](alias, index, event, None)


def _fields(event: Event) -> dict[str, Any]:
    return cast(dict[str, Any], dict(event.fields))


def _person(alias: str, index: int, event: Event, state: str | None) -> None:
    fields = _fields(event)
    models.Person.objects.using(alias).create(
        id=fields["person"],
        organisation=fields["organisation"],
        roles=fields["roles"],
        key=fields["key"],
        since=read_stamp(event.at),
    )


def _snapshot(alias: str, index: int, event: Event, state: str | None) -> None:
    fields = _fields(event)
    models.Snapshot.objects.using(alias).create(
        digest=fields["snapshot"],
        people=fields["people"],
        addresses=fields["addresses"],
        rejected=fields["rejected"],
        loaded_at=read_stamp(event.at),
        index=index,
    )


def _request(alias: str, index: int, event: Event, state: str | None) -> None:
    fields = _fields(event)
    models.Case.objects.using(alias).create(
        id=fields["case"],
        state=cast(str, state),
        request_id=fields["request_id"],
        requester=fields["requester"],
        agreement=fields["agreement"],
        agreement_digest=fields["agreement_digest"],
        received_at=read_stamp(event.at),
        records=fields["records"],
        reasons=fields.get("reasons", []),
        files=fields["files"],
        received_index=index,
        decided_at=read_stamp(event.at),
    )


def _stage(alias: str, index: int, event: Event, state: str | None) -> models.Case:
    fields = _fields(event)
    case = models.Case.objects.using(alias).get(pk=fields["case"])
    case.state = cast(str, state)
    case.counts, case.authority = fields["counts"], fields["authority"]
    case.files = {**case.files, **fields["files"]}
    case.reasons = fields.get("reasons", case.reasons)
    case.decided_at = read_stamp(event.at)
    case.save(using=alias)
    return case


def _screened(alias: str, index: int, event: Event, state: str | None) -> None:
    case = _stage(alias, index, event, state)
    models.Attempts.objects.using(alias).create(
        case=case,
        agreement=case.agreement,
        at=read_stamp(event.at),
        file=_fields(event)["files"]["attempts"],
    )


def _vote(alias: str, index: int, event: Event, state: str | None) -> None:
    fields = _fields(event)
    case = models.Case.objects.using(alias).get(pk=fields["case"])
    case.state = cast(str, state)
    case.save(using=alias)
    models.Vote.objects.using(alias).create(
        case=case, row=fields["row"], officer=fields["officer"], file=fields["file"]
    )


def _released(alias: str, index: int, event: Event, state: str | None) -> None:
    case = _stage(alias, index, event, state)
    case.released_index = index
    case.save(using=alias)


def _expired(alias: str, index: int, event: Event, state: str | None) -> None:
    case = models.Case.objects.using(alias).get(pk=_fields(event)["case"])
    case.state = cast(str, state)
    case.files, case.expired_at = {}, read_stamp(event.at)
    case.save(using=alias)
    models.Vote.objects.using(alias).filter(case=case).delete()
    models.Attempts.objects.using(alias).filter(case=case).delete()


def _witnesses(alias: str, index: int, event: Event, state: str | None) -> None:
    fields = _fields(event)
    models.Witnessing.objects.using(alias).all().delete()
    models.Witnessing.objects.using(alias).create(
        required=fields["required"], witnesses=fields["witnesses"], index=index
    )


def _stage_only(alias: str, index: int, event: Event, state: str | None) -> None:
    _stage(alias, index, event, state)


def _lawful(write: law.Writer) -> Callable[[str, int, Event, str | None], None]:
    """A writer of law.py, which knows of no case, as one of this table."""
    return lambda alias, index, event, state: write(alias, index, event)


_WRITERS: Mapping[Kind, Callable[[str, int, Event, str | None], None]] = {
    Kind.PERSON_ADDED: _person,
    Kind.SNAPSHOT_LOADED: _snapshot,
    Kind.REQUEST_RECEIVED: _request,
    Kind.REQUEST_REFUSED: _request,
    Kind.CASE_SCREENED: _screened,
    Kind.CASE_REFUSED: _stage_only,
    Kind.CASE_MATCHED: _stage_only,
    Kind.PAIR_DECIDED: _vote,
    Kind.CASE_RELEASED: _released,
    Kind.CASE_EXPIRED: _expired,
    Kind.WITNESSES_NAMED: _witnesses,
    **{kind: _lawful(write) for kind, write in law.WRITERS.items()},
}
