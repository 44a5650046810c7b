"""The write order: many at once in one append, each judged by what came before it in the group."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from narrowgate.errors import Conflict, Internal, WrongState
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import HistoryMoved, catch_up, commit, rebuild_database
from narrowgate.gateway.integrity import faults_of
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.store import database, reading
from world import World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(6)])


def loaded(world: World, number: int) -> Event:
    fields = {"snapshot": f"sha256:{number}", "people": 1, "addresses": 1, "rejected": 0}
    return Event(Kind.SNAPSHOT_LOADED, stamp(world.now), fields)


def together(
    site: Site, steps: list[Callable[[], object]], *, waiting: bool = True
) -> list[object]:
    """Run the steps so that all of them wait for the lock before the first gets it, or, where they
    take it for more than the commit, at least side by side.
    """
    ended: list[object] = [None] * len(steps)

    def run(number: int) -> None:
        try:
            ended[number] = steps[number]()
        except Exception as error:
            ended[number] = error
        finally:
            database.close(site.db)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    with site.locked():
        for thread in threads:
            thread.start()
        while waiting and site.waiting.count() < len(steps):
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    return ended


def test_many_are_written_by_one_append(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site, appends = world.site, list[int]()
    plain, first = site.log.append, site.log.size

    def counted(entries: list[bytes]) -> range:
        appends.append(len(entries))
        return plain(entries)

    monkeypatch.setattr(site.log, "append", counted)
    steps = [lambda n=n: commit(site, loaded(world, n)) for n in range(20)]
    assert sorted(together(site, steps)) == list(range(first, first + 20))  # type: ignore[type-var]
    assert appends == [20]
    assert faults_of_log(site) == []


def faults_of_log(site: Site) -> list[str]:
    """But for the snapshots, which are made up here."""
    return [fault for fault in faults_of(site) if not fault.startswith("snapshot")]


def test_one_that_does_not_hold_is_turned_away_alone(world: World) -> None:
    site, first = world.site, world.site.log.size

    def no() -> None:
        raise Conflict("not this one")

    steps = [
        lambda n=n: commit(site, loaded(world, n), check=no if n % 3 == 1 else None)
        for n in range(9)
    ]
    ended = together(site, steps)
    assert [isinstance(each, Conflict) for each in ended] == [n % 3 == 1 for n in range(9)]
    assert site.log.size == first + 6
    assert faults_of_log(site) == []


def test_two_by_the_same_history_are_not_both_written(world: World) -> None:
    site = world.site
    version = reading.applied(site.db).history_version
    event = Event(
        Kind.PERSON_ADDED,
        stamp(world.now),
        {"person": "x", "organisation": "o", "roles": [], "key": world.key("outsider").as_json()},
    )
    steps = [lambda: commit(site, event, history_version=version) for _ in range(2)]
    ended = together(site, steps)
    assert sorted(isinstance(each, HistoryMoved) for each in ended) == [False, True]
    assert faults_of(site) == []


def test_a_double_click_on_release_releases_once(world: World) -> None:
    case = world.process([record(n) for n in range(3)]).case
    first = world.site.log.size
    ended = together(world.site, [lambda: world.release(case)] * 4, waiting=False)
    assert sum(isinstance(each, WrongState) for each in ended) == 3
    assert world.site.log.size == first + 1
    assert len(world.answers(case)) == 3


def test_when_the_log_cannot_be_written_nobody_is_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, first = world.site, world.site.log.size

    def full(entries: list[bytes]) -> range:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(site.log, "append", full)
    ended = together(site, [lambda n=n: commit(site, loaded(world, n)) for n in range(5)])
    assert all(isinstance(each, OSError) for each in ended)
    monkeypatch.undo()
    assert (site.log.size, reading.applied(site.db).entries) == (first, first)
    assert faults_of(site) == []


def test_a_clock_that_went_back_stops_everything(world: World) -> None:
    first = world.site.log.size
    world.now -= timedelta(seconds=1)
    with pytest.raises(Internal, match="clock"):
        commit(world.site, loaded(world, 1))
    assert world.site.log.size == first
    world.now += timedelta(seconds=1)
    assert commit(world.site, loaded(world, 1)) == first


def test_a_database_from_an_older_copy_is_completed_from_the_log(world: World) -> None:
    site = world.site
    case = world.process([record(n) for n in range(3)]).case
    database.reset(site.db)
    assert reading.applied(site.db).entries == 0
    assert catch_up(site) == site.log.size
    world.release(case)
    assert faults_of(site) == []


def test_a_log_that_is_not_the_databases_stops_everything(world: World, tmp_path: Path) -> None:
    other = World(tmp_path / "other", people=[person(9)])
    commit(other.site, loaded(other, 1))
    events = [other.site.log.entry(n) for n in range(other.site.log.size)]
    folder = world.site.home / "log"
    kept = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in kept:
        if path.name != "vkey":
            path.unlink()
    Site(world.site.home, clock=lambda: world.now).log.append(events)
    fresh = Site(world.site.home, clock=lambda: world.now)
    with pytest.raises(Internal, match="exchanged or forked"):
        catch_up(fresh)
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        path.unlink()
    for path, data in kept.items():
        path.write_bytes(data)
    assert rebuild_database(Site(world.site.home, clock=lambda: world.now)) > 0


def test_a_log_cut_back_stops_everything(world: World) -> None:
    kept = {p: p.read_bytes() for p in (world.site.home / "log").rglob("*") if p.is_file()}
    commit(world.site, loaded(world, 1))
    for path, data in kept.items():
        path.write_bytes(data)
    with pytest.raises(Internal, match="knows more than the log"):
        catch_up(Site(world.site.home, clock=lambda: world.now))


def test_an_entry_that_the_root_does_not_stand_on_is_not_believed(world: World) -> None:
    """Another writer's file lies where an entry of ours was: the database does not take it over."""
    before = reading.applied(world.site.db).entries
    with database.atomic(world.site.db):
        first = world.site.log.size
        world.site.log.append([loaded(world, 1).entry(world.site.veil)])
        path = world.site.home / f"log/tile/entries/000.p/{first + 1}"
        path.write_bytes(path.read_bytes().replace(b"sha256:1", b"sha256:2"))
    with pytest.raises(Internal, match="damaged"):
        catch_up(Site(world.site.home, clock=lambda: world.now))
    assert reading.applied(world.site.db).entries == before
