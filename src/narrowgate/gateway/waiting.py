"""The steps that wait for the site's lock, so that whoever gets it takes them all (commit.py)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from narrowgate.events import Event


@dataclass(eq=False, slots=True)
class Step:
    """One entry on its way: what it assumes, and how it ended: `index`, or the `error` to raise."""

    event: Event
    history_version: int | None
    check: Callable[[], None] | None
    index: int | None = None
    error: Exception | None = None

    @property
    def over(self) -> bool:
        """Whether somebody has written it or turned it away."""
        return self.index is not None or self.error is not None


class Waiting:
    """The steps of one process that wait for the site's lock."""

    def __init__(self) -> None:
        self._lock, self._steps = threading.Lock(), list[Step]()

    def add(self, step: Step) -> None:
        """Stand in line."""
        with self._lock:
            self._steps.append(step)

    def count(self) -> int:
        """How many wait."""
        return len(self._steps)

    def take(self) -> list[Step]:
        """All that wait; they wait no longer."""
        with self._lock:
            taken, self._steps = self._steps, []
        return taken
