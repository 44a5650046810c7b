"""The commands on an agreement's life, as others run them."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from drafts import ID, draft
from narrowgate.cli.main import main

TODAY = datetime.now(UTC).date()


def told(*words: object, status: int = 0) -> str:
    """What one command prints; it leaves with `status`."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main([*map(str, words)])
    assert (left.value.code or 0) == status, err.getvalue()
    return out.getvalue()


def run(*words: object, status: int = 0) -> dict[str, Any]:
    """One command with --json; its one JSON object."""
    result: dict[str, Any] = json.loads(told(*words, "--json", status=status))
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("life") / "site"
    run("init", "--test-parties", "--home", home)
    (home.parent / "first.md").write_bytes(draft(delegated=True, renewal=(1, 12, 600)))
    (home.parent / "second.md").write_bytes(draft("2", delegated=True, renewal=(1, 12, 600)))
    return home


def keys(home: Path, *parties: str) -> list[str]:
    return [word for p in parties for word in ("--key", str(home / "parties" / f"{p}.jwk"))]


def test_a_life_by_commands(home: Path) -> None:
    at = ("--home", home)
    one, both = (
        keys(home, "agreement-officer-1"),
        keys(home, "agreement-officer-1", "agreement-officer-2"),
    )
    assert run("agreement", "life", ID, *at, status=4)["error"] == "not_found"
    first = run("agreement", "adopt", home.parent / "first.md", *both, *at)["digest"]
    second = home.parent / "second.md"
    wrong = ("--replaces", "sha256:" + "0" * 64)
    assert run("agreement", "adopt", second, *both, *wrong, *at, status=4)["error"] == "conflict"
    run("agreement", "adopt", second, *both, "--replaces", first, *at)
    shown = run("agreement", "life", ID, *at)
    assert [text["state"] for text in shown["texts"]] == ["superseded", "in_force"]
    assert shown["texts"][1]["replaces"] == first

    assert run("agreement", "suspend", ID, *one, *at, status=3)["error"] == "bad_input"
    order = ("--order", "1:25-cv-00457", "--court", "D.D.C.", "--reason", "Stay")
    run("agreement", "suspend", ID, *order, *one, *at)
    assert run("agreement", "suspend", ID, *order, *one, *at, status=4)["error"] == "conflict"
    shown = run("agreement", "life", ID, *at)["suspension"]
    assert (shown["order"], shown["court"], shown["reason"]) == ("1:25-cv-00457", "D.D.C.", "Stay")
    assert "D.D.C." not in told("log", "entries", *at)
    why = ("--reason", "Stay lifted")
    assert run("agreement", "resume", ID, *why, *one, *at, status=1)["error"] == "denied"
    run("agreement", "resume", ID, *why, *both, *at)
    until = run("agreement", "renew", ID, *both, *at)["until"]
    assert run("agreement", "life", ID, *at)["texts"][1]["until"] == until
    assert run("agreement", "renew", ID, *both, *at, status=4)["error"] == "wrong_state"
    assert "in_force" in told("agreement", "life", ID, *at)
    run("agreement", "end", ID, *both, *at)
    assert run("agreement", "life", ID, *at)["texts"][1]["state"] == "ended"
    events = [entry["event"] for entry in run("log", "entries", *at)["entries"]]
    assert [event for event in events if event.startswith("agreement.")] == [
        "agreement.adopted", "agreement.amended", "agreement.suspended", "agreement.resumed",
        "agreement.renewed", "agreement.ended",
    ]  # fmt: skip
    size = len(events)
    assert run("log", "rebuild", *at)["applied"] == size
    assert run("log", "verify", *at)["verified"]


def test_safeguards_by_commands(home: Path) -> None:
    at, key = ("--home", home), keys(home, "agreement-officer-1")
    due = TODAY + timedelta(days=30)
    words = ("safeguards", "review", "requester", "--on", TODAY, "--due", due)
    assert run(*words, *key, *at) == {
        "requester": "requester", "due": f"{due}", "reviewed": True, "open": [],
    }  # fmt: skip
    found = run("safeguards", "finding", "requester", "F-1", "--on", TODAY, *key, *at)
    assert found["due"] == f"{TODAY - timedelta(days=1)}"
    run("safeguards", "plan", "requester", "F-1", "--on", TODAY, "--due", due, *key, *at)
    shown = run("safeguards", "show", "requester", *at)
    assert shown["open"] == [{"finding": "F-1", "plan_due": f"{due}"}]
    assert "F-1" in told("safeguards", "show", "requester", *at)
    run("safeguards", "close", "requester", "F-1", "--on", TODAY, *key, *at)
    again = run("safeguards", "close", "requester", "F-1", "--on", TODAY, *key, *at, status=4)
    assert again["error"] == "conflict"
    assert run("safeguards", "review", "nobody", *words[3:], *key, *at, status=3)["error"] == (
        "bad_input"
    )
    told("safeguards", "review", "requester", "--on", "soon", "--due", due, *key, *at, status=2)


def test_powers_by_commands(tmp_path: Path) -> None:
    home = tmp_path / "site"
    run("init", "--test-parties", "--home", home)
    (tmp_path / "a.md").write_bytes(draft(delegated=True))
    at, officer = ("--home", home), keys(home, "agreement-officer-1")
    run("agreement", "adopt", tmp_path / "a.md", *officer, *keys(home, "agreement-officer-2"), *at)
    paper = tmp_path / "delegation.pdf"
    paper.write_bytes(b"signed")
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    words = ("people", "delegate", "signatory-2", "--agreement", ID, "--instrument", paper)
    both = (*keys(home, "signatory-1"), *officer)
    for bad in ("tomorrow", "2026-12-01T00:00:00", f"{TODAY}T09:00:00.5Z"):
        assert run(*words, "--until", bad, *both, *at, status=3)["error"] == "bad_input"
    run(*words, "--until", until.isoformat(), *both, *at)
    assert run(*words, "--until", until.isoformat(), *both, *at, status=4)["error"] == "conflict"
    shown = run("agreement", "life", ID, *at)["delegations"]
    assert [each["delegate"] for each in shown] == ["signatory-2"]
    assert "signatory-2" in told("agreement", "life", ID, *at)
    gone = ("people", "withdraw", "signatory-2", "--agreement", ID, *keys(home, "signatory-1"))
    run(*gone, *at)
    assert run(*gone, *at, status=4)["error"] == "wrong_state"
    revoked = run("people", "revoke", "signatory-1", *officer, *at)["revoked_since"]
    people = {row["person"]: row["revoked_since"] for row in run("people", "list", *at)["people"]}
    assert (people["signatory-1"], people["signatory-2"]) == (revoked, "")
    assert run("people", "revoke", "signatory-1", *officer, *at, status=4)["error"] == "conflict"
