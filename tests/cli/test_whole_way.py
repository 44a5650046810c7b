"""The commands of the contract, run as others run them: exit status, --json, files, proofs."""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from narrowgate.cli.main import main
from narrowgate.keys import jws
from narrowgate.keys.jwk import Key
from narrowgate_verify.main import main as verify
from world import person, record, write_csv

NOW = datetime.now(UTC)
Run = Callable[..., Any]


def run(*words: object, status: int = 0) -> dict[str, Any]:
    """One command with --json in this process; its one JSON object."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        main([*map(str, words), "--json"])
    assert (left.value.code or 0) == status, err.getvalue()
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    result: dict[str, Any] = json.loads(lines[0])
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a register, the agreement, and a request processed up to review."""
    root = tmp_path_factory.mktemp("cli")
    home = root / "site"
    run("init", "--test-parties", "--home", home)
    write_csv(root / "register.csv", [person(n) for n in range(60)])
    loaded = run("--home", home, "register", "load", root / "register.csv", "--partitions", 2)
    assert loaded | {"snapshot": ""} == {
        "snapshot": "", "people": 60, "addresses": 60, "rejected": 0, "rejects": None,
    }  # fmt: skip
    run("agreement", "adopt", "removal-order-address", *keys(home, "agreement-officer-1"),
        *keys(home, "agreement-officer-2"), "--home", home)  # fmt: skip
    rows = [record(n, NOW) for n in range(40)]
    rows[1]["address_line1"] = "1 OTHER ST"
    rows[2]["address_line1"] = ""
    born = rows[3]["date_of_birth"]
    rows[3]["date_of_birth"] = f"{born[:3]}{(int(born[3]) + 1) % 10}{born[4:]}"
    rows[3]["tin"] = ""
    write_csv(root / "records.csv", rows)
    return home


@pytest.fixture(scope="module")
def case(home: Path) -> str:
    """The case, processed."""
    folder = home.parent / "request"
    packed = run("request", "pack", home.parent / "records.csv", "--agreement",
                 "removal-order-address", "--purpose", "criminal-investigation", "--attest-all",
                 "--out", folder)  # fmt: skip
    assert packed["records"] == 40
    run("request", "sign", folder, *keys(home, "signatory-1"))
    checked = run("request", "check", folder, "--agreement", "removal-order-address",
                  "--mends", home.parent / "mends.csv", status=1)  # fmt: skip
    assert checked["refused"] == 1
    with (home.parent / "mends.csv").open() as stream:
        assert [(m["record_id"], m["code"]) for m in csv.DictReader(stream)] == [
            ("R000002", "address.missing")
        ]
    received = run("receive", folder, "--home", home)
    assert (received["state"], received["reasons"]) == ("received", [])
    processed = run("process", received["case"], "--home", home)
    counts = ("records", "refused", "confirmed", "not_confirmed", "review")
    assert [processed[name] for name in counts] == [40, 1, 37, 1, 1]
    assert processed["state"] == "review"
    return str(received["case"])


def test_mends_tell_what_is_wrong_with_the_whole_once(tmp_path: Path) -> None:
    rows = [record(number, reason="" if number < 20 else f"Reason {number} of this person's own.")
            for number in range(30)]  # fmt: skip
    write_csv(tmp_path / "records.csv", rows)
    run("request", "pack", tmp_path / "records.csv", "--agreement", "removal-order-address",
        "--purpose", "criminal-investigation", "--out", tmp_path / "request")  # fmt: skip
    run("request", "check", tmp_path / "request", "--agreement", "removal-order-address",
        "--mends", tmp_path / "mends.csv", status=1)  # fmt: skip
    with (tmp_path / "mends.csv").open() as stream:
        told = [(m["row"], m["code"]) for m in csv.DictReader(stream)]
    whole = {"request.signature_missing", "request.attestation_missing", "request.quality_too_low"}
    assert {code for row, code in told if not row} == whole
    assert [row for row, code in told if code == "reason.missing"] == [f"{n}" for n in range(1, 21)]
    assert len(told) == 23
    assert [path.name for path in tmp_path.glob("mends*")] == ["mends.csv"]


def keys(home: Path, *parties: str) -> list[str]:
    return [word for p in parties for word in ("--key", str(home / "parties" / f"{p}.jwk"))]


def test_the_way_from_review_to_proof(home: Path, case: str) -> None:
    at = ("--home", home)
    out = home.parent / "answers"
    run("answers", case, "--out", out / "a.csv", *at, status=4)
    assert [pair["record"] for pair in run("review", "list", case, *at)["open"]] == ["R000003"]
    shown = run("review", "show", case, "R000003", *at)
    assert shown["comparison"]["birth_date"] == "slip"
    assert shown["candidate"]["tin"].count("*") == 8
    officers = keys(home, "release-officer-1", "release-officer-2")
    run("release", case, *officers, *at, status=4)

    def vote(officer: str, verdict: str, status: int = 0) -> dict[str, Any]:
        words = ("review", "decide", case, "R000003", verdict, "--reason", "digits")
        return run(*words, *keys(home, officer), *at, status=status)

    assert vote("release-officer-1", "confirm", status=1)["error"] == "denied"
    assert vote("review-officer-1", "confirm")["open"] == 1
    assert vote("review-officer-1", "confirm", status=4)["error"] == "conflict"
    assert vote("review-officer-2", "not-confirm")["open"] == 1
    assert vote("review-officer-3", "not-confirm")["open"] == 0
    run("release", case, *keys(home, "release-officer-1", "release-officer-1"), *at, status=1)
    run("release", case, *keys(home, "release-officer-1", "review-officer-1"), *at, status=1)
    run("release", case, *keys(home, "release-officer-1"), *at, status=1)
    released = run("release", case, *officers, *at)
    assert (released["confirmed"], released["not_confirmed"], released["refused"]) == (37, 2, 1)
    run("release", case, *officers, *at, status=4)
    for name in ("a.csv", "a.jsonl", "a.parquet"):
        run("answers", case, "--out", out / name, *at)
    rows = pq.read_table(out / "a.parquet").to_pylist()
    assert [row["record_id"] for row in rows] == [f"R{n:06}" for n in range(40)]
    assert [row["answer"] for row in rows[:5]] == [
        "confirmed", "not_confirmed", "refused", "not_confirmed", "confirmed",
    ]  # fmt: skip
    assert rows[2]["reasons"] == ["address.missing"]
    check_manifest(home, out, case)
    prove(home, case)


def check_manifest(home: Path, out: Path, case: str) -> None:
    """The manifest is the custodian's, and names all that the answers rest on."""
    signed = jws.parse((out / "manifest.json").read_bytes())
    assert signed.signatures[0].verified_by(Key.read(home / "answers-key.jwk"))
    manifest = json.loads(signed.payload)
    assert manifest["case"] == case
    assert manifest["counts"] == {
        "records": 40, "refused": 1, "confirmed": 37, "not_confirmed": 2,
    }  # fmt: skip
    assert all(value.startswith("sha256:") for value in manifest["digests"].values())
    assert manifest["log"]["checkpoint"].startswith("custodian.example/narrowgate\n")
    assert set(manifest["terms_of_use"]) == {
        "purpose", "redisclosure", "verification", "destroy_after_days",
    }  # fmt: skip


def prove(home: Path, case: str) -> None:
    """The log and one answer, by the separate verifier; a changed proof is found."""
    assert run("log", "verify", "--home", home)["verified"]
    proof = home.parent / "proof.json"
    run("log", "prove", case, "R000000", "--out", proof, "--home", home)
    words = [str(home / "log"), "--key", str(home / "log/vkey"), "--proof", str(proof)]
    with pytest.raises(SystemExit) as left:
        verify(words)
    assert left.value.code == 0
    changed = json.loads(proof.read_text())
    changed["record"]["answered"]["fields"][1]["value"] = "not_confirmed"
    proof.write_text(json.dumps(changed))
    with pytest.raises(SystemExit) as left:
        verify(words)
    assert left.value.code == 1


def test_a_refused_request_has_a_signed_refusal(home: Path) -> None:
    folder = home.parent / "unsigned"
    write_csv(home.parent / "few.csv", [record(n, NOW) for n in range(3)])
    run("request", "pack", home.parent / "few.csv", "--agreement", "removal-order-address",
        "--purpose", "criminal-investigation", "--attest-all", "--out", folder)  # fmt: skip
    run("request", "sign", folder, *keys(home, "outsider"))
    received = run("receive", folder, "--home", home, status=1)
    assert [reason["code"] for reason in received["reasons"]] == ["request.signatory_not_named"]
    run("process", received["case"], "--home", home, status=4)
    out = home.parent / "refusal" / "a.jsonl"
    fetched = run("answers", received["case"], "--out", out, "--home", home)
    assert (fetched["records"], fetched["refused"]) == (3, 3)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert {tuple(row["reasons"]) for row in rows} == {("request.signatory_not_named",)}


def test_errors_name_place_and_mend(home: Path, tmp_path: Path) -> None:
    at = ("--home", home)
    bad = tmp_path / "bad.csv"
    bad.write_text('record_id,given_name\nR1,"open')
    pack = ("--agreement", "removal-order-address", "--purpose", "x", "--out", tmp_path / "out")
    error = run("request", "pack", bad, *pack, status=3)
    assert error["error"] == "bad_input"
    assert "bad.csv" in error["place"]
    assert not (tmp_path / "out").exists()
    assert run("register", "load", bad, *at, status=3)["error"] == "bad_input"
    assert run("receive", tmp_path, *at, status=3)["error"] == "bad_input"
    assert run("process", "C-none", *at, status=4)["error"] == "not_found"
    assert run("case", "list", "--home", tmp_path, status=4)["error"] == "not_found"
    assert run("init", *at, status=4)["error"] == "conflict"
    (tmp_path / "x.md").write_text("# no agreement")
    assert run("agreement", "check", tmp_path / "x.md", status=3)["error"] == "bad_input"
    error = run("agreement", "adopt", "removal-order-address", *at,
                *keys(home, "agreement-officer-1", "signatory-1"), status=1)  # fmt: skip
    assert error["error"] == "denied"


def test_usage_errors_are_status_two() -> None:
    command = [sys.executable, "-c", "from narrowgate.cli.main import main; main()"]
    for words in (["nonsense"], ["release"], ["review", "decide", "C", "R", "perhaps"]):
        done = subprocess.run([*command, *words], capture_output=True, check=False)
        assert done.returncode == 2
    assert subprocess.run([*command, "--help"], capture_output=True, check=False).returncode == 0


def test_what_is_shown_of_agreement_register_and_cases(home: Path, case: str) -> None:
    at = ("--home", home)
    checked = run("agreement", "check", "removal-order-address", *at)
    assert checked["gaps"] == []
    assert {clause["kind"] for clause in checked["clauses"]} == {
        "enforced", "attested", "performed", "informative",
    }  # fmt: skip
    adopted = run("agreement", "list", *at)["adopted"]
    assert [row["digest"] for row in adopted] == [checked["digest"]]
    assert run("register", "show", *at)["people"] == 60
    assert case in [row["case"] for row in run("case", "list", *at)["cases"]]
    shown = run("case", "show", case, *at)
    assert shown["record_reasons"][0]["code"] == "address.missing"
    events = [entry["event"] for entry in run("log", "entries", *at)["entries"]]
    assert events[:14] == ["site.created", *["person.added"] * 12, "snapshot.loaded"]
    report = home.parent / "report.html"
    run("report", "--out", report, *at)
    assert "http://" not in report.read_text().replace("http://www.w3.org/", "")


def test_a_payload_says_only_what_the_contract_lists(home: Path, case: str) -> None:
    signed = json.loads((home.parent / "request/manifest.json").read_text())
    payload = json.loads(base64.urlsafe_b64decode(signed["payload"] + "=="))
    assert set(payload) == {
        "request_id", "agreement", "agreement_digest", "requester", "purpose", "statutes",
        "attributes", "attestations", "documents", "records", "created_at", "expires_at",
        "contract",
    }  # fmt: skip
