"""kill -9 at random instants, over a whole case and over many small ones side by side.

A child process walks the whole way of a request (or several at once, by threads, as callers do that
wait for their answers) and is killed at an instant drawn by chance. Then an operator goes on from
whatever stands. No answer is lost, doubled, or without its entry. `make torture` does it a thousand
times; NARROWGATE_TORTURE is the number.
"""

import base64
import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.cases import list_cases
from narrowgate.gateway.integrity import faults_of, record_faults
from narrowgate.gateway.process import process, resume
from narrowgate.gateway.receive import receive
from narrowgate.gateway.release import release
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.store import database
from narrowgate_verify.main import main
from world import NOW, World, person, record

CONTEXT = multiprocessing.get_context("fork")
KILLS = int(os.environ.get("NARROWGATE_TORTURE", "80"))
ABREAST = 3
SHARE = {"one": 3, "abreast": 1}


def whole_way(site: Site, folder: Path, out: Path) -> None:
    """Walk on from wherever the request stands; its answers lie in `out` at the end."""
    asked = request_id(folder)
    found = [row for row in list_cases(site) if row.request_id == asked and row.state != "refused"]
    case = found[0].id if found else receive(site, folder).case
    state = found[0].state if found else "received"
    if state == "received":
        process(site, case)
    elif state == "screened":
        resume(site, case)
    if state != "released":
        keys = [Key.read(site.home / f"parties/release-officer-{n}.jwk") for n in (1, 2)]
        release(site, case, keys, settle_undecided=True)
    folder_of = out / case
    folder_of.mkdir(parents=True, exist_ok=True)
    fetch_answers(site, case, folder_of / "answers.jsonl")


def abreast(site: Site, folders: list[Path], out: Path) -> None:
    """Several requests by as many threads, which meet in one group commit."""

    def one(folder: Path) -> None:
        try:
            whole_way(site, folder, out)
        finally:
            database.close(site.db)

    threads = [threading.Thread(target=one, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_turn(site: Site, folders: list[Path], out: Path) -> None:
    """What an operator does when the power is back."""
    for folder in folders:
        whole_way(site, folder, out)


def request_id(folder: Path) -> str:
    payload = json.loads((folder / "manifest.json").read_bytes())["payload"]
    manifest = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(manifest["request_id"])


def in_a_child(home: Path, act: Callable[[Site], None], *, kill_after: float | None) -> bool:
    """Whether the act came to its end before it was killed."""

    def run() -> None:
        act(Site(home, clock=lambda: NOW))
        os._exit(0)

    child = CONTEXT.Process(target=run)
    child.start()
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), "the child failed by itself"
    return child.exitcode == 0


@pytest.mark.parametrize("way", ["one", "abreast"])
def test_killed_at_any_instant(way: str, tmp_path: Path) -> None:
    world = World(tmp_path / "world", people=[person(n) for n in range(600)])
    home, out = world.site.home, tmp_path / "out"
    chance = random.Random(20261123)  # noqa: S311
    database.close(world.site.db)
    requests, finished, takes = list[Path](), 0, 0.0
    for number in range(KILLS // 4 * SHARE[way]):
        rows = [record(number % 500, record_id=f"R{number}", case_number=f"N-{number}")]
        folders = [world.request([{**rows[0], "reason": f"Reason {number} of {n} is one."}])
                   for n in range(ABREAST if way == "abreast" else 1)]  # fmt: skip
        requests += folders

        def act(site: Site, folders: list[Path] = folders) -> None:
            if way == "one":
                whole_way(site, folders[0], out)
            else:
                abreast(site, folders, out)

        if number % 10 == 0:  # how long it takes by now, so that the kills are spread over it
            began = time.monotonic()
            in_a_child(home, act, kill_after=None)
            takes = 1.2 * (time.monotonic() - began)
            continue
        finished += in_a_child(home, act, kill_after=chance.uniform(0, takes))
        in_a_child(home, lambda site, f=folders: in_turn(site, f, out), kill_after=None)
        if number % 20 == 0:
            assert record_faults(Site(home, clock=lambda: NOW)) == []
            database.close(world.site.db)
    assert finished < KILLS // 4 * SHARE[way] - 1, "hardly any was killed on its way"
    _nothing_lost_or_doubled(Site(home, clock=lambda: NOW), requests, out)


def _nothing_lost_or_doubled(site: Site, requests: list[Path], out: Path) -> None:
    entries: list[dict[str, Any]] = [
        json.loads(entry) for entry in site.log.entries(0, site.log.size)
    ]
    received = Counter(
        each["request_id"] for each in entries if each["event"] == "request.received"
    )
    assert received == Counter(request_id(folder) for folder in requests)
    released = Counter(each["case"] for each in entries if each["event"] == "case.released")
    assert set(released.values()) == {1}
    assert len(released) == len(requests)
    assert {path.name for path in out.iterdir()} == set(released)
    assert faults_of(site) == []
    for case in released:
        words = ["--key", site.vkey, "--answers", str(out / case / "answers.jsonl")]
        with pytest.raises(SystemExit) as left:
            main([str(site.home / "log"), *words])
        assert left.value.code == 0
