"""The custody key: rotated at any instant, into a module, and never half."""

import contextlib
import json
import multiprocessing
import os
import secrets
import shutil
from pathlib import Path

import pytest

from narrowgate.errors import Conflict, Denied, Internal, NarrowgateError
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.integrity import faults_of
from narrowgate.gateway.process import process
from narrowgate.gateway.receive import receive
from narrowgate.gateway.rotation import rotate
from narrowgate.gateway.site import Site
from narrowgate.keys.custody import FileCustody, unwrap, wrap, wrapped_by
from narrowgate.keys.jwk import Key
from narrowgate.oversight.replay import replay
from narrowgate.store import files
from world import NOW, World, person, record

CONTEXT = multiprocessing.get_context("fork")
KILLED = 9
NEW = "keys/new.jwk"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    world = World(tmp_path_factory.mktemp("world"), people=[person(n) for n in range(5)])
    Key.generate("oct").write(world.site.home / NEW)
    case = world.process([record(n) for n in range(3)]).case
    world.release(case)
    return world, case


def officers(site: Site) -> list[Key]:
    return [Key.read(site.home / f"parties/agreement-officer-{n}.jwk") for n in (1, 2)]


def opened(home: Path) -> Site:
    return Site(home, clock=lambda: NOW)


@pytest.fixture
def site(standing: tuple[World, str], tmp_path: Path) -> Site:
    shutil.copytree(standing[0].site.home, tmp_path / "site")
    return opened(tmp_path / "site")


def whole(site: Site, case: str, out: Path) -> None:
    """All that a case is for still works, and nothing is left over."""
    assert replay(site, case).same
    assert len(fetch_answers(site, case, out / "answers.csv").counts) == 4
    assert faults_of(site) == []
    assert not list(site.home.rglob("*.next"))


def test_everything_is_wrapped_anew_and_the_old_key_opens_nothing(
    site: Site, standing: tuple[World, str], tmp_path: Path
) -> None:
    old, sealed = site.custody, {p: p.read_bytes() for p in site.home.rglob("findings.*")}
    assert rotate(site, NEW, officers(site)) == 2
    site = opened(site.home)
    assert site.custody.id != old.id
    whole(site, standing[1], tmp_path)
    for path in [*site.home.glob("evidence/*/key")]:
        with pytest.raises(Internal, match="another custody key"):
            unwrap(old, path.read_bytes(), "x")
    assert {p: p.read_bytes() for p in sealed} == sealed
    entry = json.loads(site.log.entry(site.log.size - 1))
    assert (entry["old"], entry["new"]) == (old.id, site.custody.id)
    (site.home / "keys/custody.jwk").unlink()
    whole(opened(site.home), standing[1], tmp_path)


def test_a_rotation_takes_two_officers_and_another_key(site: Site) -> None:
    with pytest.raises(Denied):
        rotate(site, NEW, officers(site)[:1])
    with pytest.raises(Conflict, match="already"):
        rotate(site, "keys/custody.jwk", officers(site))
    assert faults_of(site) == []


def cut_off(home: Path, cut: int, after: bool) -> None:
    plain, count = files.rename, 0

    def rename(source: Path, target: Path) -> None:
        nonlocal count
        count += 1
        if count == cut and not after:
            os._exit(KILLED)
        plain(source, target)
        if count == cut:
            os._exit(KILLED)

    files.rename = rename
    site = opened(home)
    rotate(site, NEW, officers(site))
    os._exit(0)


def test_a_power_cut_at_any_write_leaves_a_site_that_works(
    standing: tuple[World, str], tmp_path: Path
) -> None:
    world, case = standing
    cuts = 0
    for after in (False, True):
        for cut in range(1, 40):
            home = tmp_path / f"cut-{after}-{cut}"
            shutil.copytree(world.site.home, home)
            child = CONTEXT.Process(target=cut_off, args=(home, cut, after))
            child.start()
            child.join()
            if child.exitcode == 0:
                break
            assert child.exitcode == KILLED
            cuts += 1
            assert replay(opened(home), case).same
            with contextlib.suppress(Conflict):  # all but the end was done, and now that is
                rotate(opened(home), NEW, officers(opened(home)))
            site = opened(home)
            assert site.custody.id == FileCustody(Key.read(home / NEW).secret).id
            whole(site, case, tmp_path)
            said = [json.loads(entry) for entry in site.log.entries(0, site.log.size)]
            assert [each["event"] for each in said].count("custody.rotated") == 1
            shutil.rmtree(home)
        else:
            pytest.fail("the rotation never came to its end")
    assert cuts > 8


def test_who_began_under_the_old_key_begins_anew(site: Site, standing: tuple[World, str]) -> None:
    world, _ = standing
    folder = world.request([record(4)])
    stale = opened(site.home)
    assert stale.custody.id == site.custody.id
    rotate(site, NEW, officers(site))
    with pytest.raises(NarrowgateError, match="custody key"):
        receive(stale, folder)
    fresh = opened(site.home)
    assert process(fresh, receive(fresh, folder).case).counts["confirmed"] == 1
    assert faults_of(fresh) == []


def test_a_wrapped_key_is_damaged_or_anothers(site: Site) -> None:
    one, other = FileCustody(bytes(32)), FileCustody(secrets.token_bytes(32))
    key = secrets.token_bytes(32)
    wrapped = wrap(one, key)
    assert unwrap(one, wrapped, "x") == key
    assert wrapped_by(wrapped) == one.id
    with pytest.raises(Internal, match="another custody key"):
        unwrap(other, wrapped, "x")
    for place in range(len(wrapped)):
        broken = bytearray(wrapped)
        broken[place] ^= 1
        with pytest.raises(Internal):
            unwrap(one, bytes(broken), "x")
