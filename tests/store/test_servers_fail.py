"""A server that fails in the middle of a step: nothing answered without its entry, and the step,
done again, comes to the same end.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from obstore.exceptions import GenericError

from narrowgate.errors import BadInput, Internal, Uncertain, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import catch_up, commit
from narrowgate.gateway.enrol import add_person, create_site
from narrowgate.gateway.places import Places
from narrowgate.gateway.process import resume
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.keys.jwk import Key
from narrowgate.store import database, reading
from world import NOW, World, person, record

PlacesOf = Callable[[str], Places]


class Failing:
    """The S3 client; its `at`-th request answers 500. `sent`: it is done nevertheless, and from
    then on the server is gone.
    """

    def __init__(self, at: int, *, sent: bool) -> None:
        self._at, self._sent, self.count, self.failed = at, sent, 0, ""

    def over(self, plain: Any) -> Any:
        """The client with faults; requests of all clients are counted together."""
        faults = self

        class Client:
            def __getattr__(self, name: str) -> Any:
                def request(*args: Any, **options: Any) -> Any:
                    faults.count += 1
                    if faults.count < faults._at or (
                        faults.count > faults._at and not faults._sent
                    ):
                        return getattr(plain, name)(*args, **options)
                    if faults.count == faults._at and faults._sent:
                        getattr(plain, name)(*args, **options)
                    raise GenericError("500")

                return request

        return Client()


def test_a_500_at_each_request_of_a_release(tmp_path: Path, places_of: PlacesOf) -> None:
    world = World(tmp_path, people=[person(n) for n in range(3)], places=places_of("sqlite+s3"))
    case = world.process([record(0), record(1, address_line1="1 OTHER ST")]).case
    site, home, size, faults = world.site, world.site.home, world.site.log.size, 0
    for at in range(1, 60):
        failing = Failing(0, sent=False)
        for sent in (False, True):
            if sent and failing.failed != "put":
                continue  # a GET changes nothing, whether it is answered or not
            world.site = Site(home, clock=lambda: NOW)
            failing = Failing(at, sent=sent)
            for store in (world.site.log_store, world.site.evidence._files):
                store._store = failing.over(store._store)  # type: ignore[union-attr]
            with contextlib.suppress(Internal):
                world.release(case)
            faults += failing.count >= at
            world.site = site
            if site.log.size > size:
                break
            with pytest.raises(WrongState):
                world.answers(case)
        if site.log.size > size:
            break
    assert faults > 15
    # It was the PUT of the checkpoint, which was done although nobody heard: so it was released.
    assert resume(site, case).state == "released"
    assert [answer["answer"] for answer in world.answers(case)] == ["confirmed", "not_confirmed"]
    assert site.log.size == size + 1
    assert site.log.verify() == []


def test_a_receipt_whose_entry_comes_late_keeps_its_evidence(tmp_path: Path) -> None:
    world = World(tmp_path, people=[person(0)])
    plain, late = world.site.log_store.replace, []

    def slow(name: str, data: bytes, expected: bytes | None) -> None:
        late.append((name, data, expected))
        raise Uncertain("no answer")

    world.site.log_store.replace = slow  # type: ignore[method-assign]
    with pytest.raises(Uncertain):
        world.receive([record(0)])
    world.site.log_store.replace = plain  # type: ignore[method-assign]
    assert reading.cases(world.site.db) == []
    plain(*late[0])
    assert catch_up(world.site) == 1
    [case] = reading.cases(world.site.db)
    assert resume(world.site, case.id).docket.counts["confirmed"] == 1


@pytest.fixture
def site(tmp_path: Path, places_of: PlacesOf) -> Site:
    return create_site(
        tmp_path / "site",
        custodian="custodian",
        origin="custodian.example/narrowgate",
        test_parties=False,
        clock=lambda: NOW,
        places=places_of("postgres+files"),
    )


def enrol(site: Site, name: str) -> None:
    key = Key.generate("Ed25519")
    add_person(site, name, organisation="o", roles=frozenset(), key=key)


def end_session(site: Site, alias: str) -> None:
    """The server ends the session that this process has under `alias`."""
    process = connections[alias].connection.info.backend_pid
    with psycopg.connect(site.config.places.database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [process])


def test_who_has_lost_the_lock_cannot_write(site: Site) -> None:
    event = Event(
        Kind.SITE_CREATED,
        stamp(NOW),
        {"custodian": "c", "origin": "o", "software": "s", "answers_key": {}},
    )
    with pytest.raises(Internal, match="lock was lost"):
        commit(site, event, check=lambda: end_session(site, f"{site.db}-lock"))
    assert (site.log.size, reading.applied(site.db).entries) == (1, 1)
    assert sorted(p.name for p in (site.home / "log/tile/entries/000.p").iterdir()) == ["1"]
    enrol(site, "next")  # on a new session
    assert (site.log.size, reading.applied(site.db).entries) == (2, 2)
    with pytest.raises(Internal, match="lock was lost"):
        site.log.append([b"without any lock"])


def test_a_lock_is_freed_with_its_session(site: Site) -> None:
    alias = f"{site.db}-lock"
    with site.locked(), psycopg.connect(site.config.places.database) as other:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        assert other.execute(held).fetchone() == (1,)
        end_session(site, alias)
        assert other.execute(held).fetchone() == (0,)
    enrol(site, "next")
    with psycopg.connect(site.config.places.database) as other:
        assert other.execute(held).fetchone() == (0,)


def test_a_database_gone_after_the_checkpoint_is_completed(site: Site) -> None:
    plain = site.log_store.replace

    def gone(name: str, data: bytes, expected: bytes | None) -> None:
        plain(name, data, expected)
        end_session(site, site.db)

    site.log_store.replace = gone  # type: ignore[method-assign]
    with pytest.raises(Internal, match="the database failed") as fault:
        enrol(site, "first")
    assert "first" not in str(fault.value)
    site.log_store.replace = plain  # type: ignore[method-assign]
    assert (site.log.size, reading.applied(site.db).entries) == (2, 1)
    assert catch_up(site) == 1
    assert [row.id for row in reading.people(site.db)] == ["first"]


def test_a_session_that_ended_is_opened_anew(site: Site) -> None:
    reading.applied(site.db)
    end_session(site, site.db)
    with pytest.raises(Internal, match="the database failed"):
        reading.applied(site.db)
    assert reading.applied(site.db).entries == 1


def test_what_postgresql_would_bound_fits(site: Site) -> None:
    """An entry that could not be applied would stop the site for good."""
    enrol(site, "x" * 1000)
    assert [len(row.id) for row in reading.people(site.db)] == [1000]


def test_sessions_are_durable(site: Site) -> None:
    for alias in (site.db, f"{site.db}-lock"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:secret@h/x?options=-csynchronous_commit%3Doff", "postgresql://u:secret@h:x/x",
     "postgresql://u:secret@h", "mysql://u:secret@h/x"],
)  # fmt: skip
def test_an_url_that_is_wrong_is_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as fault:
        database.connect(url, tmp_path)
    assert "secret" not in json.dumps(fault.value.as_json())


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    alias = database.connect("postgresql://u:secret@127.0.0.1:1/x", tmp_path)
    with pytest.raises(Internal) as fault:
        reading.applied(alias)
    assert "secret" not in str(fault.value)
    database.forget(alias)


def test_a_driver_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"narrowgate\[postgres\]"):
        database.connect("postgresql://h/x", tmp_path)
