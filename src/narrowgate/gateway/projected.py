"""The site as its database stood when the log had so many entries: made anew from the log alone."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from narrowgate.case.states import state_after
from narrowgate.events import Event
from narrowgate.gateway.site import Site
from narrowgate.ledger.view import View
from narrowgate.store import database, projection


@contextmanager
def projected(site: Site, size: int, view: View | None = None) -> Iterator[Site]:
    """A site whose database is what the first `size` entries make of it, and which shares all else.

    The database is made for this and taken away again. Raises Internal for entries that cannot
    follow one another.
    """
    view = view or site.log.view()
    with tempfile.TemporaryDirectory(dir=site.home, prefix=".past-") as folder:
        then = copy.copy(site)
        then.db = database.connect("sqlite:///past.sqlite3", Path(folder))
        try:
            database.migrate(then.db)
            with database.atomic(then.db):
                for index, entry in enumerate(view.entries(0, size)):
                    event = Event.read(entry, site.veil)
                    projection.apply(then.db, index, event, state_after(event))
                projection.remember(then.db, view.root_at(size))
            yield then
        finally:
            database.forget(then.db)
