"""The gate as a peer: `gate.py REGISTER REQUESTS FOLDER NARROWGATE`, the whole way by command line.

A site of its own, the register loaded, benchmarks/agreements/national-scale.md adopted, the request
packed, signed, received, screened, matched, released and its answers fetched, all as an officer
would. Pairs left to review are answered `not_confirmed`. Writes narrowgate.parquet from the
released answers: who they are about, the gate does not say, so person_id is empty. Writes
screened/refused.parquet, the record_id of what was refused, by which all peers are judged again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from files import Watch, given_files, write

AGREEMENT = Path(__file__).parents[1] / "agreements/national-scale.md"


def main() -> None:
    """Walk the way and keep the confirmed."""
    command = sys.argv.pop()
    files = given_files()
    site, watch = files.folder / "site", Watch()

    def run(*words: object) -> dict[str, Any]:
        done = subprocess.run(
            [command, "--home", site, "--json", *map(str, words)],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"narrowgate {' '.join(map(str, words[:2]))}: exit status {done.returncode}")
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def keys(*parties: str) -> list[str]:
        return [word for p in parties for word in ("--key", str(site / f"parties/{p}.jwk"))]

    sent, answers = files.folder / "sent", files.folder / "answers/answers.parquet"
    run("init", "--test-parties")
    run("agreement", "adopt", AGREEMENT, *keys("agreement-officer-1", "agreement-officer-2"))
    watch.passed("site", once=True)
    run("register", "load", files.register)
    watch.passed("register load", once=True)
    run("request", "pack", files.requests, "--agreement", AGREEMENT, "--purpose",
        "criminal-investigation", "--attest-all", "--out", sent)  # fmt: skip
    run("request", "sign", sent, *keys("signatory-1"))
    watch.passed("pack and sign (requester)", once=True)
    received = run("receive", sent)
    if received["state"] == "refused":
        sys.exit(f"the request was refused: {[r['code'] for r in received['reasons']]}")
    case = received["case"]
    watch.passed("receive")
    run("process", case)
    watch.passed("process")
    run("release", case, *keys("release-officer-1", "release-officer-2"),
        "--undecided", "not-confirmed")  # fmt: skip
    watch.passed("release")
    run("answers", case, "--out", answers)
    watch.passed("answers")
    watch.write(files.folder)
    con, told = duckdb.connect(), f"FROM read_parquet('{answers}') WHERE answer ="
    confirmed = f"SELECT record_id, NULL::VARCHAR AS person_id {told} 'confirmed'"
    write(con, confirmed, files.folder / "narrowgate.parquet")
    screened = files.folder / "screened"
    screened.mkdir()
    write(con, f"SELECT record_id {told} 'refused'", screened / "refused.parquet")
    shutil.rmtree(site)


if __name__ == "__main__":
    main()
