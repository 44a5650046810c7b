"""THE write order. Nothing is answered that has not passed through here.

 1. Evidence of the step is durable: sealed files, written by the caller before it comes here.
 2. The site's lock is taken; entries the database has missed are applied (`catch_up`).
 3. What the step assumed is checked again under the lock: the case's state, the history's version.
 4. The entry is appended to the log: bundle and tiles durable, then the checkpoint, atomically.
 5. The database is brought up to the log.
 6. The lock is freed; only now may the caller answer.

If the power fails before the checkpoint of (4), the step has not happened: its files are named by
no entry and are swept when the case is resumed. If it fails after, the step has happened: (2) of
whoever comes next completes the database from the entry.
"""

from __future__ import annotations

from collections.abc import Callable

from narrowgate.case.states import CaseState, check_transition, state_after
from narrowgate.errors import Conflict, Internal
from narrowgate.events import Event
from narrowgate.gateway.site import Site
from narrowgate.store import database, projection, reading


class HistoryMoved(Conflict):
    """What was decided rests on a history that is no longer the latest: decide again."""

    kind = "history_moved"


def commit(
    site: Site,
    event: Event,
    *,
    history_version: int | None = None,
    check: Callable[[], None] | None = None,
) -> int:
    """Append the entry of `event` and bring the database up to it; returns the entry's index.

    `history_version`: the version that the decision rests on; HistoryMoved is raised, and nothing
    written, where it is not the latest. `check`: anything else that must still hold, asked under
    the lock; it raises to stop the commit. Raises WrongState where the case is elsewhere by now.
    """
    with site.locked():  # (2)
        _catch_up(site)
        _check_case(site, event)  # (3)
        if history_version is not None and history_version != reading.applied(site.db)[1]:
            raise HistoryMoved("another request was decided meanwhile")
        if check is not None:
            check()
        index = site.log.append([event.entry()])[0]  # (4)
        projection.apply(site.db, index, event, state_after(event))  # (5)
    return index


def catch_up(site: Site) -> int:
    """Apply entries that the log has and the database has not; returns how many there were."""
    with site.locked():
        return _catch_up(site)


def rebuild_database(site: Site) -> int:
    """Empty the database, bring its schema up to date, and apply the whole log; how many entries.

    A power cut in the middle leaves a database that knows less: whoever comes next completes it.
    """
    with site.locked():
        database.reset(site.db)
        return _catch_up(site)


def _catch_up(site: Site) -> int:
    applied, _ = reading.applied(site.db)
    size = site.log.size
    if applied > size:
        raise Internal(
            "the database knows more than the log",
            mend="The log was cut or restored from an old copy: an incident. Stop and investigate.",
        )
    for index in range(applied, size):
        event = Event.read(site.log.entry(index))
        projection.apply(site.db, index, event, state_after(event))
    return size - applied


def _check_case(site: Site, event: Event) -> None:
    after = state_after(event)
    if after is None:
        return
    case = str(event.fields["case"])
    before = reading.case_state(site.db, case)
    check_transition(case, CaseState(before) if before else None, after)
