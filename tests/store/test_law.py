"""The database follows from the log: after an upgrade of its schema, and when it was lost."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command

from drafts import ID, both, draft, later, rebuilt, resume, suspend
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.commit import catch_up, rebuild_database
from narrowgate.store import database, law, models, reading
from world import World, person, record


def told(db: str) -> list[object]:
    """All that the database says."""
    rows: list[object] = [reading.applied(db), reading.people(db), reading.agreements(db)]
    rows += [reading.cases(db), reading.snapshot(db)]
    rows += [reading.votes(db, case.id) for case in reading.cases(db)]
    return rows


def lived(root: Path) -> World:
    """A site on which something of each kind has happened."""
    world = World(root, people=[person(n) for n in range(3)])
    world.release(world.process([record(0), record(1, address_line1="1 OTHER ST")]).case)
    world.receive([record(2)], sign_with=["outsider"])
    later(world, days=1)
    world.terms = adopt(world.site, draft("amended"), "x", both(world))
    suspend(world)
    resume(world)
    return world


def test_a_lost_database_is_derived_from_the_log(tmp_path: Path) -> None:
    world = lived(tmp_path)
    again = rebuilt(world.site, tmp_path / "again")
    assert reading.applied(again.db).entries == 0
    assert catch_up(again) == world.site.log.size
    assert told(again.db) == told(world.site.db)
    assert catch_up(again) == 0


def test_a_rebuilt_database_says_the_same_and_goes_on(tmp_path: Path) -> None:
    world = lived(tmp_path)
    before = told(world.site.db)
    # A row that no entry gave: gone afterwards.
    models.Agreement.objects.using(world.site.db).filter(agreement=ID).update(suspended=True)
    assert told(world.site.db) != before
    assert rebuild_database(world.site) == world.site.log.size
    assert told(world.site.db) == before
    assert world.process([record(2)]).docket.counts["confirmed"] == 1


def test_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    world = lived(tmp_path)
    before = told(world.site.db)
    call_command("migrate", "store", "0001", database=world.site.db, verbosity=0)
    database.migrate(world.site.db)
    assert reading.agreements(world.site.db) == []
    assert catch_up(world.site) == world.site.log.size
    assert told(world.site.db) == before


def test_the_page_on_the_life_names_every_entry() -> None:
    page = (Path(__file__).parents[2] / "docs" / "life-of-an-agreement.md").read_text()
    assert [kind for kind in law.WRITERS if f"`{kind.value}`" not in page] == []
