"""The steps of a process that stand in line to be committed; one thread leads (commit.py).

Followers sleep until their step is over. When the leader is done it hands over to one of those that
came meanwhile, so that all who came meanwhile go in one group: to one that has led before, if there
is one, for to lead takes connections to the database, and a thread that has them keeps them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from narrowgate.events import Event


@dataclass(eq=False, slots=True)
class Step:
    """One entry on its way: what it assumes, and how it ended: `index`, or the `error` to raise."""

    event: Event
    history_version: int | None
    check: Callable[[], None] | None
    index: int | None = None
    error: Exception | None = None
    leads: bool = False
    called: threading.Event = field(default_factory=threading.Event)
    thread: int = field(default_factory=threading.get_ident)


class Waiting:
    """The line of one process."""

    def __init__(self) -> None:
        self._lock, self._steps, self._led = threading.Lock(), list[Step](), False
        self._taken, self._have_led = list[Step](), set[int]()

    def lead(self, step: Step) -> bool:
        """Stand in line. True: this thread leads, now. False: the step is over."""
        with self._lock:
            self._steps.append(step)
            step.leads, self._led = not self._led, True
        if not step.leads:
            step.called.wait()
        return step.leads

    def count(self) -> int:
        """How many stand in line."""
        with self._lock:
            return len(self._steps)

    def take(self) -> list[Step]:
        """All that stand in line, for the leader."""
        with self._lock:
            self._taken, self._steps = self._steps, []
        return self._taken

    def hand_over(self, leader: Step) -> None:
        """Wake everybody who was taken, and let the first of those who came since lead.

        A step that was taken and is neither written nor turned away, because the leader was
        stopped, is turned away.
        """
        with self._lock:
            if leader in self._steps:  # stopped before it took anybody: it goes alone
                self._steps.remove(leader)
            taken, self._taken = self._taken, []
            self._led = bool(self._steps)
            self._have_led.add(leader.thread)
            led = (step for step in self._steps if step.thread in self._have_led)
            following = next(led, self._steps[0] if self._steps else None)
        for step in taken:
            if step.index is None and step.error is None:
                step.error = InterruptedError("the commit was stopped")
            step.called.set()
        if following is not None:
            following.leads = True
            following.called.set()
