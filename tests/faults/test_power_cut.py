"""The power fails at every single write of every station; `case resume` finishes with the same
answers, and nothing is answered twice or without its entry.

A child process runs one step and is killed, without any clean-up, at its n-th rename (every durable
write of the gate ends in one). Then the step is done again, as an operator would.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from narrowgate.errors import Conflict, NarrowgateError
from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.commit import catch_up
from narrowgate.gateway.process import process, resume
from narrowgate.gateway.receive import receive
from narrowgate.gateway.release import release
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.store import files, reading
from world import NOW, World, person, record

CONTEXT = multiprocessing.get_context("fork")
KILLED = 9
Step = Callable[[Site, Path, str], object]


def step_receive(site: Site, folder: Path, case: str) -> object:
    return receive(site, folder)


def step_process(site: Site, folder: Path, case: str) -> object:
    return process(site, case)


def step_release(site: Site, folder: Path, case: str) -> object:
    keys = [Key.read(site.home / f"parties/release-officer-{n}.jwk") for n in (1, 2)]
    return release(site, case, keys, settle_undecided=True)


def _run_until(home: Path, step: Step, folder: Path, case: str, cut: int, after: bool) -> None:
    """Run the step in this (child) process and die at the `cut`-th rename, before or after it."""
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
    step(Site(home, clock=lambda: NOW), folder, case)
    os._exit(0)


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, str]]:
    """A site as it stands before each station, with the request folder and the case."""
    root = tmp_path_factory.mktemp("stations")
    world = World(root / "world", people=[person(n) for n in range(30)])
    rows = [record(n) for n in range(25)]
    rows += [record(40), record(3, record_id="X", tin="3456", case_number="INV-X")]
    folder = world.request(rows)
    kept: dict[str, tuple[Path, Path, str]] = {}

    def keep(name: str, case: str) -> None:
        shutil.copytree(world.site.home, root / name)
        kept[name] = (root / name, folder, case)

    keep("receive", "")
    case = receive(world.site, folder).case
    keep("process", case)
    process(world.site, case)
    keep("release", case)
    return kept


def counts(site: Site, case: str) -> dict[str, int]:
    return resume(site, case).docket.counts


@pytest.mark.parametrize("name", ["receive", "process", "release"])
def test_a_power_cut_at_any_write_is_mended(
    name: str, stations: dict[str, tuple[Path, Path, str]], tmp_path: Path
) -> None:
    steps: dict[str, Step] = {
        "receive": step_receive, "process": step_process, "release": step_release,
    }  # fmt: skip
    home, folder, case = stations[name]
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    steps[name](Site(whole, clock=lambda: NOW), folder, case)
    expected = _standing(whole)
    cuts = 0
    for after in (False, True):
        for cut in range(1, 40):
            site_home = tmp_path / f"cut-{after}-{cut}"
            shutil.copytree(home, site_home)
            child = CONTEXT.Process(
                target=_run_until, args=(site_home, steps[name], folder, case, cut, after)
            )
            child.start()
            child.join()
            if child.exitcode == 0:
                break
            assert child.exitcode == KILLED
            cuts += 1
            _mend(Site(site_home, clock=lambda: NOW), steps[name], folder, case)
            assert _standing(site_home) == expected, f"cut {cut}, after={after}"
            shutil.rmtree(site_home)
        else:
            pytest.fail("the step never came to its end")
    assert cuts >= 8


def _mend(site: Site, step: Step, folder: Path, case: str) -> None:
    """What an operator does after the power is back: resume, and where that is not it, again."""
    catch_up(site)
    if case:
        resume(site, case)
    with contextlib.suppress(Conflict):  # it had happened before the cut, and is not done twice
        step(site, folder, case)


def _standing(home: Path) -> list[tuple[str, dict[str, int]]]:
    """Every case that was not refused as a replay, with its counts; the log verified."""
    site = Site(home, clock=lambda: NOW)
    assert list(site.log.verify()) == []
    assert reading.applied(site.db).entries == site.log.size
    rows = [row for row in reading.cases(site.db) if row.state != "refused"]
    return [(row.state, dict(row.counts)) for row in rows]


def test_a_full_disk_answers_nothing(
    stations: dict[str, tuple[Path, Path, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, _, case = stations["release"]
    shutil.copytree(home, tmp_path / "site")
    site = Site(tmp_path / "site", clock=lambda: NOW)
    before = site.log.size

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(files, "rename", full)
    with pytest.raises(OSError, match="no space"):
        step_release(site, Path(), case)
    monkeypatch.undo()
    again = Site(tmp_path / "site", clock=lambda: NOW)
    assert again.log.size == before
    with pytest.raises(NarrowgateError):
        fetch_answers(again, case, tmp_path / "answers.csv")
