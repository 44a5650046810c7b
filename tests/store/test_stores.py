"""One rule on every store: what is not in the log was not answered.

Each test runs on real servers (conftest.py), on every combination of database and storage.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connections

from narrowgate.cli.main import main
from narrowgate.errors import BadInput, Conflict, Internal
from narrowgate.gateway.commit import catch_up, rebuild_database
from narrowgate.gateway.enrol import add_person, create_site
from narrowgate.gateway.places import Places
from narrowgate.gateway.process import resume
from narrowgate.gateway.release import release
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.ledger.log import CHECKPOINT
from narrowgate.people.roles import Role
from narrowgate.store import reading
from narrowgate.store.buckets import Buckets
from world import NOW, World, person, record

CONTEXT = multiprocessing.get_context("spawn")  # a fork would share the open connections
PlacesOf = Callable[[str], Places]
ALL = ["sqlite+files", "postgres+files", "sqlite+s3", "postgres+s3"]
on_all = pytest.mark.parametrize("kind", ALL)


def told(db: str) -> list[object]:
    """All that the database says of people, agreements and cases."""
    rows: list[object] = [reading.applied(db), reading.people(db), reading.agreements(db)]
    return [*rows, reading.cases(db), reading.snapshot(db)]


def create(home: Path, places: Places) -> Site:
    """A site without people."""
    return create_site(
        home,
        custodian="custodian",
        origin="custodian.example/narrowgate",
        test_parties=False,
        clock=lambda: NOW,
        places=places,
    )


def ready(root: Path, places: Places) -> tuple[World, str]:
    """A world with a case that is ready for its release."""
    world = World(root, people=[person(n) for n in range(6)], places=places)
    return world, world.process([record(0), record(1, address_line1="1 OTHER ST")]).case


def released(home: Path, case: str) -> None:
    """Release the case as two officers do."""
    keys = [Key.read(home / f"parties/release-officer-{n}.jwk") for n in (1, 2)]
    release(Site(home, clock=lambda: NOW), case, keys, settle_undecided=True)


def values(world: World, case: str) -> list[str]:
    return [answer["answer"] for answer in world.answers(case)]


@on_all
def test_the_whole_way(kind: str, tmp_path: Path, places_of: PlacesOf) -> None:
    places = places_of(kind)
    world, case = ready(tmp_path, places)
    stray = world.site.evidence.put(case, "stray", b"left by an interrupted step").name
    world.release(case)
    assert values(world, case) == ["confirmed", "not_confirmed"]
    before = told(world.site.db)
    assert rebuild_database(world.site) == world.site.log.size
    assert told(world.site.db) == before
    again = Site(world.site.home, clock=lambda: NOW)
    assert again.log.verify() == []
    resume(again, case)
    row = reading.case(again.db, case)
    # Nothing but the key and what entries name is left of the case.
    left = again.evidence._files.names(case)
    assert stray not in left
    assert {file["name"] for file in row.files.values()} | {"key"} == set(left)
    assert world.site.log_store.read("vkey") == (world.site.home / "log/vkey").read_bytes()
    if kind != "sqlite+files":  # in whose home another site's are not
        with pytest.raises(Conflict):
            create(tmp_path / "second", places)


def _enrol(home: Path, name: str, times: int, together: Barrier) -> None:
    site = Site(home, clock=lambda: NOW)
    together.wait(60)
    for n in range(times):
        key = Key.generate("Ed25519")
        add_person(site, f"{name}{n}", organisation="o", roles=frozenset([Role.INSPECTOR]), key=key)


@on_all
def test_two_processes_at_once(kind: str, tmp_path: Path, places_of: PlacesOf) -> None:
    site = create(tmp_path / "site", places_of(kind))
    homes = {"a": site.home, "b": site.home}
    if kind == "postgres+s3":  # on two machines: no lock of a file is theirs together
        homes["b"] = tmp_path / "machine-b"
        shutil.copytree(site.home, homes["b"])
    together = CONTEXT.Barrier(2)
    workers = [
        CONTEXT.Process(target=_enrol, args=(homes[name], name, 6, together)) for name in "ab"
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert [row.id for row in reading.people(site.db)] == [
        f"{x}{n}" for x in "ab" for n in range(6)
    ]
    assert (site.log.size, reading.applied(site.db).entries) == (13, 13)
    assert site.log.verify() == []


def _die_at(home: Path, case: str, change: int, after: bool) -> None:
    """Release, and be killed just before or after the n-th change of log or evidence."""
    count = 0

    def dying(plain: Callable[..., object]) -> Callable[..., object]:
        def method(*args: object) -> object:
            nonlocal count
            count += 1
            if count == change and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = plain(*args)
            if count == change:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return method

    for name in ("write", "replace", "delete"):
        setattr(Buckets, name, dying(getattr(Buckets, name)))
    released(home, case)


# Changes of a release: 1 the sealed docket, 2 entry bundle, 3 hash tile, 4 the checkpoint.
@pytest.mark.parametrize(("change", "after"), [(4, False), (4, True)])
def test_a_kill_in_the_middle_of_a_release(
    change: int, after: bool, tmp_path: Path, places_of: PlacesOf
) -> None:
    world, case = ready(tmp_path, places_of("postgres+s3"))
    size = world.site.log.size
    child = CONTEXT.Process(target=_die_at, args=(world.site.home, case, change, after))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert world.site.log.size == size + after
    assert resume(world.site, case).state == ("released" if after else "ready")
    if not after:
        released(world.site.home, case)
    assert world.site.log.size == size + 1
    assert values(world, case) == ["confirmed", "not_confirmed"]
    assert world.site.log.verify() == []


def test_a_database_that_misses_the_last_entry(tmp_path: Path, places_of: PlacesOf) -> None:
    """The log is ahead: after a crash before the commit, or a restore of an older copy."""
    world, case = ready(tmp_path, places_of("postgres+s3"))
    url = world.site.config.places.database
    name = urlsplit(url).path.lstrip("/")
    connections.close_all()
    with psycopg.connect(url.replace(name, "postgres", 1), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}_old" TEMPLATE "{name}"')
    world.release(case)
    after = told(world.site.db)
    config = world.site.home / "narrowgate.toml"
    config.write_text(config.read_text().replace(name, f"{name}_old"))
    restored = Site(world.site.home, clock=lambda: NOW)
    assert reading.case(restored.db, case).state == "ready"
    assert catch_up(restored) == 1
    assert told(restored.db) == after


@pytest.mark.parametrize("kind", ["sqlite+files", "postgres+s3"])
def test_a_log_restored_from_an_older_copy_stops(
    kind: str, tmp_path: Path, places_of: PlacesOf
) -> None:
    world, case = ready(tmp_path, places_of(kind))
    old = world.site.log_store.read(CHECKPOINT)
    assert old is not None
    world.release(case)
    world.site.log_store.write(CHECKPOINT, old)
    with pytest.raises(Internal, match="knows more than the log"):
        world.answers(case)
    with pytest.raises(Internal, match="knows more than the log"):
        world.receive([record(2)])


def test_init_is_told_the_places(
    tmp_path: Path, places_of: PlacesOf, capsys: pytest.CaptureFixture[str]
) -> None:
    places = places_of("postgres+s3")
    home = tmp_path / "site"
    words = ["--home", str(home), "init", "--database", places.database, "--log", places.log]
    words += ["--evidence", places.evidence, "--s3-endpoint", places.s3.endpoint]
    with pytest.raises(SystemExit) as left:
        main([*words, "--s3-region", places.s3.region])
    assert not left.value.code
    site = Site(home)
    assert site.config.places == places
    assert site.log.size == reading.applied(site.db).entries == 1
    assert not (home / "log/checkpoint").exists()
    config = home / "narrowgate.toml"
    config.write_text(config.read_text() + "\n[storage.s3.more]\nx = 1\n")
    with pytest.raises(BadInput):
        Site(home)
