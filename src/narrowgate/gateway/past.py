"""The site as its database stood when the log had so many entries: made anew from the log alone."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from narrowgate.case.states import state_after
from narrowgate.events import Event
from narrowgate.gateway.site import Site
from narrowgate.ledger.view import View
from narrowgate.store import database, projection


class Past:
    """A site whose database follows the log from its first entry on, as far as it is told."""

    def __init__(self, site: Site, view: View) -> None:
        self.site, self._view = site, view

    def advance(self, size: int, at: datetime | None = None) -> Site:
        """The site as the first `size` entries made it, its clock at `at`. Never goes back."""
        with database.atomic(self.site.db):
            following = projection.Following(self.site.db)
            first = following.entries
            for index, entry in enumerate(self._view.entries(first, size), start=first):
                event = Event.read(entry, self.site.veil)
                following.apply(index, event, state_after(event))
            following.save(self._view.root_at(size))
        if at is not None:
            self.site.clock = lambda: at
        return self.site


@contextmanager
def past_of(site: Site, view: View | None = None) -> Iterator[Past]:
    """The site's past, at its beginning. Its database is made for this and taken away again; all
    else is shared with the site. Raises Internal for entries that cannot follow one another.
    """
    with tempfile.TemporaryDirectory(dir=site.home, prefix=".past-") as folder:
        then = copy.copy(site)
        then.db = database.connect("sqlite:///past.sqlite3", Path(folder))
        try:
            database.migrate(then.db)
            yield Past(then, view or site.log.view())
        finally:
            database.forget(then.db)
