"""`agreement diff | at | show --out` and `case alarms`, as others run them."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.cli.main import main
from world import World, person, record

ID = "removal-order-address"
SOURCE = (bundled(ID) or b"").decode()
NOW = datetime.now(UTC).replace(microsecond=0)


def run(*words: object, status: int = 0) -> dict[str, Any]:
    """One command with --json; its one JSON object."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main([*map(str, words), "--json"])
    assert (left.value.code or 0) == status, err.getvalue()
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = tmp_path_factory.mktemp("law")
    (root / "stricter.md").write_text(SOURCE.replace("more_than_days = 90", "more_than_days = 500"))
    return World(root, people=[person(n) for n in range(20)], now=NOW)


def test_a_text_and_what_it_would_have_changed(world: World) -> None:
    case = world.process([record(n, now=NOW) for n in range(12)]).case
    told = run("agreement", "diff", ID, world.root / "stricter.md", "--on", case,
               "--home", world.site.home)  # fmt: skip
    assert told["differences"] == [
        {"clause": "4.9", "what": "order.period_not_run more_than_days", "old": "90", "new": "500",
         "effect": "lets less through"}
    ]  # fmt: skip
    assert told["cases"] == [
        {"case": case, "records": 12, "refused": [0, 12], "refused_by_old_alone": 0,
         "refused_by_new_alone": 12, "codes": {"order.period_not_run": [0, 12]}}
    ]  # fmt: skip
    by_digest = run("agreement", "diff", world.terms.digest, ID, "--home", world.site.home)
    assert by_digest["differences"] == []
    run("agreement", "diff", ID, "no-such", "--home", world.site.home, status=4)


def test_the_law_of_a_day(world: World) -> None:
    at = ("--home", world.site.home)
    tomorrow = run("agreement", "at", f"{(NOW + timedelta(days=1)).date()}", *at)
    assert tomorrow["at"].endswith("T23:59:59Z")
    assert tomorrow["agreements"] == [
        {"agreement": ID, "state": "in_force", "digest": world.terms.digest,
         "until": tomorrow["agreements"][0]["until"],
         "signing": ["signatory-1", "signatory-2"], "safeguards_due": "", "suspension": {}}
    ]  # fmt: skip
    assert run("agreement", "at", "2020-01-01", *at)["agreements"] == []
    run("agreement", "at", "2020-01-01", ID, *at, status=4)
    run("agreement", "at", "lately", *at, status=3)


def test_alarms_of_a_case(world: World) -> None:
    rows = [record(n, now=NOW, tin=f"401-22-{1000 + n}") for n in range(30)]
    case = world.process(rows).case
    alarms = run("case", "alarms", case, "--home", world.site.home)["alarms"]
    assert [alarm["alarm"] for alarm in alarms] == ["sequence"]
    assert alarms[0]["count"] >= 29
    run("case", "alarms", "C20200101-AAAAAA", "--home", world.site.home, status=4)
