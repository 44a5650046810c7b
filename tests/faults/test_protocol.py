"""A model of the write order (gateway/commit.py), explored whole: two processes, crashes, backups.

The model is small on purpose: what is durable (evidence, log, database, a backup of it), what each
process has in hand, and one step at a time. Every order in which the steps of two processes, kills,
power cuts and restored backups can come is walked. In all of them what was answered is in the log,
once, and the database never knows what the log does not say. That the model can tell is shown by
orders that are wrong: each is found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

RIGHT = ("seal", "lock", "catch up", "check", "append", "apply", "free", "answer")
CASES = ("A", "B")
PROCESSES = (0, 1)
LONGEST = 3


@dataclass(frozen=True)
class World:
    """All that there is. `doing`: of each process its case and how many steps it has made."""

    evidence: frozenset[str] = frozenset()
    log: tuple[str, ...] = ()
    database: tuple[str, ...] = ()
    backup: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()
    holder: int | None = None
    doing: tuple[tuple[str, int] | None, ...] = (None, None)

    def faults(self) -> list[str]:
        """Every promise that does not hold."""
        found = {
            "answered without its entry": not self.answered <= set(self.log),
            "released twice": len(set(self.log)) < len(self.log),
            "the database is not the log's": self.database != self.log[: len(self.database)],
            "logged and not sealed": not set(self.log) <= self.evidence,
        }
        return [fault for fault, there in found.items() if there]

    def put(self, process: int, doing: tuple[str, int] | None) -> World:
        """The process does that now; with nothing to do it holds no lock."""
        all_of_them = tuple(doing if n == process else other for n, other in enumerate(self.doing))
        holder = None if doing is None and self.holder == process else self.holder
        return replace(self, doing=all_of_them, holder=holder)

    def caught_up(self) -> World:
        """Entries that the database has missed are applied."""
        return replace(self, database=self.database + self.log[len(self.database) :])


def moves(world: World, order: tuple[str, ...], locking: bool) -> Iterator[World]:
    """Every world that can be next."""
    for process in PROCESSES:
        doing = world.doing[process]
        if doing is None:
            yield from (world.put(process, (case, 0)) for case in CASES)
        else:
            yield world.put(process, None)  # kill -9; the kernel frees its lock
            yield from stepped(world, order, process, *doing, locking=locking)
    yield replace(world, doing=(None, None), holder=None)  # a power cut
    yield replace(world, backup=world.database)
    if world.doing == (None, None) and world.backup == world.log[: len(world.backup)]:
        yield replace(world, database=world.backup)  # restored from a copy
    if world.holder is None:
        after = world.caught_up()  # somebody fetches, later
        yield replace(after, answered=after.answered | set(after.database))


def stepped(
    world: World, order: tuple[str, ...], process: int, case: str, done: int, *, locking: bool
) -> Iterator[World]:
    """The next step of a process; none while it waits."""
    name = order[done]
    if name == "check" and case in world.database:
        yield world.put(process, None)  # turned away
        return
    if name == "lock" and locking:
        if world.holder not in (None, process):
            return
        world = replace(world, holder=process)
    elif name == "seal":
        world = replace(world, evidence=world.evidence | {case})
    elif name == "catch up":
        world = world.caught_up()
    elif name == "append":
        world = replace(world, log=(*world.log, case))
    elif name == "apply":
        world = replace(world, database=(*world.database, case))
    elif name == "free" and world.holder == process:
        world = replace(world, holder=None)
    elif name == "answer":
        world = replace(world, answered=world.answered | {case})
    yield world.put(process, (case, done + 1) if done + 1 < len(order) else None)


def explore(order: tuple[str, ...], *, locking: bool = True) -> tuple[int, set[str]]:
    """How many worlds can be reached, and every promise that is broken in one of them."""
    seen, edge, broken = {World()}, [World()], set[str]()
    while edge:
        world = edge.pop()
        broken |= set(world.faults())
        for after in moves(world, order, locking):
            if after not in seen and len(after.log) <= LONGEST and not broken:
                seen.add(after)
                edge.append(after)
    return len(seen), broken


def test_the_order_keeps_its_promises_in_every_world() -> None:
    worlds, broken = explore(RIGHT)
    assert worlds > 5_000
    assert broken == set()


@pytest.mark.parametrize(
    "order",
    [
        "seal lock catch_up check answer append apply free",
        "seal lock catch_up check apply append free answer",
        "lock catch_up check append seal apply free answer",
        "seal check lock catch_up append apply free answer",
        "seal lock check append apply free answer",
    ],
)
def test_every_other_order_is_found_out(order: str) -> None:
    _, broken = explore(tuple(step.replace("_", " ") for step in order.split()))
    assert broken


def test_without_the_lock_it_does_not_hold() -> None:
    _, broken = explore(RIGHT, locking=False)
    assert broken
