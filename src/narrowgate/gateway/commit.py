"""THE write order. Nothing is answered that has not passed through here.

 1. Evidence of the step is durable: sealed files, written by the caller before it comes here.
 2. The step stands in line. Whoever is first takes the site's lock, and with it every step that
    stands in line in this process by then (group commit): one append and one transaction for all.
 3. A transaction of the database begins; entries that the database has missed are applied.
 4. What each step assumed is checked again: the case's state, the history's version, the clock.
    One that does not hold is turned away; the others are written into the transaction.
 5. Their entries are appended to the log: bundles and tiles durable, then the checkpoint.
 6. The transaction is committed.
 7. The lock is freed; only now may any of the callers answer.

If the power fails before the checkpoint of (5), the steps have not happened: their files are named
by no entry and are swept when the case is resumed; the transaction was never committed. If it fails
after, they have happened: (3) of whoever comes next completes the database from the entries. So the
database never knows what the log does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from narrowgate.case.states import CaseState, check_transition, state_after
from narrowgate.errors import Conflict, Internal, WrongState
from narrowgate.events import Event
from narrowgate.gateway.site import Site
from narrowgate.gateway.waiting import Step
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
    the lock; it raises to stop the commit. Raises WrongState where the case is elsewhere by now,
    Internal where the clock stands before the last entry or the log is not the database's.
    """
    step = Step(event, history_version, check)
    if site.waiting.lead(step):
        try:
            with site.locked():
                _commit_all(site, site.waiting.take())
        finally:
            site.waiting.hand_over(step)
    if step.error is not None:
        raise step.error
    if step.index is None:
        raise Internal("a step was neither written nor turned away")
    return step.index


def catch_up(site: Site) -> int:
    """Apply entries that the log has and the database has not; returns how many there were.

    Raises Internal where the database knows what the log does not say: an incident.
    """
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
    before = reading.applied(site.db).entries
    with database.atomic(site.db):
        return _caught_up(site).entries - before


def _commit_all(site: Site, steps: Sequence[Step]) -> None:
    """Write the steps that hold, turn away the others; each is over when this returns."""
    good: list[Step] = []
    try:
        site.check_custody()
        with database.atomic(site.db):
            following = _caught_up(site)
            start = following.entries
            for step in steps:
                try:
                    _check(site, step, following)
                    following.apply(start + len(good), step.event, state_after(step.event))
                    good.append(step)
                except Exception as error:
                    step.error = error
            if good:
                written = site.log.append([step.event.entry(site.veil) for step in good])
                if written.start != start:
                    raise Internal("the log grew under the lock")
                following.save(site.log.head.root)
    except Exception as error:
        for step in steps:
            step.error = step.error or error
        return
    for number, step in enumerate(good):
        step.index = start + number


def _check(site: Site, step: Step, following: projection.Following) -> None:
    """Raise what stops the step, by the database as the steps before it in the group left it."""
    if following.last_at is not None and site.clock() < following.last_at:
        raise Internal(
            "the clock stands before the last entry of the log: nothing was written",
            mend="Set the clock right. If the last entry was made by a clock that ran ahead, wait.",
        )
    _check_case(site, step.event)
    if step.history_version is not None and step.history_version != following.history_version:
        raise HistoryMoved("another request was decided meanwhile")
    if step.check is not None:
        step.check()


def _check_case(site: Site, event: Event) -> None:
    """Raise WrongState unless the case that the entry speaks of may go where it says."""
    after = state_after(event)
    if after is not None:
        case = str(event.fields["case"])
        before = reading.case_state(site.db, case)
        check_transition(case, CaseState(before) if before else None, after)


def _caught_up(site: Site) -> projection.Following:
    """The database with every entry applied that the log has."""
    following, view = projection.Following(site.db), site.log.view()
    first = following.entries
    if first > view.size:
        raise Internal(
            "the database knows more than the log",
            mend="The log was cut or restored from an old copy: an incident. Stop and investigate.",
        )
    if first and following.root != view.root_at(first).hex():
        raise Internal(
            "the log is not the one that the database was made from",
            mend="The log was exchanged or forked: an incident. Stop and investigate.",
        )
    for index, entry in enumerate(view.proved(first, view.size), start=first):
        event = Event.read(entry, site.veil)
        try:
            _check_case(site, event)
        except WrongState as error:
            raise Internal(
                f"entry {index} of the log cannot follow those before it: {error.fault}",
                mend="The log was not written by this gate: an incident. Stop and investigate.",
            ) from None
        following.apply(index, event, state_after(event))
    if view.size > first:
        following.save(view.head.root)
    return following
