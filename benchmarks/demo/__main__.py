"""`make demo`: the whole way on simulated people, by the command line that an officer uses.

A lawful request, a hostile one with every fault, and the demand for 700,000 people (scaled down)
are received, screened, matched, reviewed, released and proved. Exit status 1 if a single
confirmation is wrong against the simulation's own truth, or anything is not as it must be.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from hostile import hostile_records, write_csv, write_demand

ROOT = Path(__file__).parents[2]
SITE = ROOT / "demo-site"
WORK = SITE / "work"
AGREEMENT, PURPOSE = "removal-order-address", "criminal-investigation"
DEMANDED = 70_000
PAIRS_SHOWN = 3
TRUTH = pa.schema(
    [("record_id", pa.string()), ("source", pa.string()), ("should_confirm", pa.bool_())]
)

console = Console(highlight=False, width=110)
seconds: dict[str, float] = {}
failures: list[str] = []


def main() -> int:
    """Run the demo; 0 if all is as it must be."""
    started = time.perf_counter()
    shutil.rmtree(SITE, ignore_errors=True)
    WORK.mkdir(parents=True)
    console.rule("The register and the agreement")
    people(WORK)
    made = run("init", "--test-parties")
    loaded = run("register", "load", WORK / "register.parquet")
    adopted = run(
        "agreement", "adopt", AGREEMENT, *keys("agreement-officer-1", "agreement-officer-2")
    )
    say(f"register of {loaded['people']:,} people at {loaded['addresses']:,} addresses, "
        f"{loaded['rejected']:,} rows rejected")  # fmt: skip
    say(f"agreement {adopted['agreement']}, {adopted['digest']}")
    lawful = answered("lawful", WORK / "request.parquet", review=True)
    write_csv(WORK / "hostile.csv", hostile_records())
    hostile = answered("hostile", WORK / "hostile.csv", review=False)
    refused_demand(adopted)
    console.rule("What was answered")
    show_counts(lawful, hostile)
    show_reasons(hostile)
    judge(lawful)
    prove(made, lawful)
    run("report", "--out", SITE / "report.html", station="report")
    show_seconds(time.perf_counter() - started)
    say(f"report: {SITE.relative_to(ROOT) / 'report.html'}")
    for failure in failures:
        console.print(f"[bold red]NOT AS IT MUST BE: {failure}")
    return 1 if failures else 0


def answered(name: str, records: Path, *, review: bool) -> dict[str, Any]:
    """A request on its whole way; what each station printed."""
    console.rule(f"The {name} request")
    folder = WORK / f"request-{name}"
    run("request", "pack", records, "--agreement", AGREEMENT, "--purpose", PURPOSE,
        "--attest-all", "--out", folder)  # fmt: skip
    run("request", "sign", folder, *keys("signatory-1"))
    received = run("receive", folder, station=f"receive {name}")
    case = received["case"]
    processed = run("process", case, station=f"process {name}")
    say(f"case {case}: {processed['records']:,} records, {processed['refused']:,} refused, "
        f"{processed['confirmed']:,} confirmed, {processed['not_confirmed']:,} not confirmed, "
        f"{processed['review']:,} for review")  # fmt: skip
    seconds.update({f"  {stage}": float(took) for stage, took in processed["seconds"].items()})
    if review and processed["review"]:
        decide_some(case)
    released = run("release", case, *keys("release-officer-1", "release-officer-2"),
                   "--undecided", "not-confirmed", station=f"release {name}")  # fmt: skip
    out = SITE / "answers" / name / "answers.parquet"
    run("answers", case, "--out", out, station=f"answers {name}")
    whole = released["refused"] + released["confirmed"] + released["not_confirmed"]
    expect(whole == released["records"] == processed["records"], f"counts of {name} add up")
    return {"name": name, "case": case, "counts": released, "answers": out}


def decide_some(case: str) -> None:
    """Two officers look at some open pairs, masked, and vote, each blind to the other."""
    pairs = run("review", "list", case)["open"]
    shown = run("review", "show", case, pairs[0]["record"])
    table = Table("comparison", "level", title="One open pair, as an officer sees it",
                  title_justify="left", box=None)  # fmt: skip
    for comparison, level in shown["comparison"].items():
        table.add_row(comparison, level)
    table.add_row("match weight", f"{shown['identity_weight']} bits")
    console.print(table)
    for pair in pairs[:PAIRS_SHOWN]:
        for officer in ("review-officer-1", "review-officer-2"):
            run("review", "decide", case, pair["record"], "not-confirm",
                "--reason", "The digits differ; in doubt, no.", *keys(officer))  # fmt: skip
    say(f"two officers decided {min(PAIRS_SHOWN, len(pairs))} of {len(pairs)} open pairs; "
        "the rest is settled as not confirmed at release")  # fmt: skip


def refused_demand(adopted: dict[str, Any]) -> None:
    """The demand for names, phones and emails of everybody: refused as a whole, all reasons."""
    console.rule(f"The demand for 700,000 people (here {DEMANDED:,})")
    folder = WORK / "request-demand"
    write_demand(folder, DEMANDED, AGREEMENT, adopted["digest"])
    run("request", "sign", folder, *keys("signatory-1"))
    received = run("receive", folder, station="receive demand", status=1)
    expect(received["state"] == "refused", "the demand is refused")
    for reason in received["reasons"]:
        console.print(f"  [bold]{reason['code']}[/] (clause {reason['clause'] or '-'}): "
                      f"{reason['fault']}", soft_wrap=True)  # fmt: skip


def show_counts(*requests: dict[str, Any]) -> None:
    """Counts that add up, to the unit."""
    table = Table("request", "case", box=None)
    for name in ("asked", "refused", "confirmed", "not confirmed"):
        table.add_column(name, justify="right")
    for request in requests:
        counts = request["counts"]
        numbers = [counts[n] for n in ("records", "refused", "confirmed", "not_confirmed")]
        table.add_row(request["name"], request["case"], *(f"{n:,}" for n in numbers))
    console.print(table)
    for request in requests[:1]:
        rows = pq.read_table(request["answers"]).slice(0, 6).to_pylist()
        sample = Table("record_id", "answer", "reasons", title="A few answers",
                       title_justify="left", box=None)  # fmt: skip
        for row in rows:
            sample.add_row(row["record_id"], row["answer"], ", ".join(row["reasons"]))
        console.print(sample)


def show_reasons(request: dict[str, Any]) -> None:
    """Reasons of refusal by frequency."""
    shown = run("case", "show", request["case"])["record_reasons"]
    table = Table("code", "clause", title=f"Why {request['name']} records were refused",
                  title_justify="left", box=None)  # fmt: skip
    table.add_column("records", justify="right")
    for reason in shown:
        table.add_row(reason["code"], reason["clause"], f"{reason['records']:,}")
    console.print(table)


def judge(request: dict[str, Any]) -> None:
    """Precision and recall against the simulation's own truth; a false confirmation fails."""
    answers = pq.read_table(request["answers"])
    truth = pq.read_table(WORK / "truth.parquet").cast(TRUTH)
    joined = answers.select(["record_id", "answer"]).join(truth, "record_id")
    confirmed = pc.equal(joined["answer"], "confirmed")
    lawful = pc.not_equal(joined["answer"], "refused")
    right = joined["should_confirm"]
    table = Table("rows", title="Against the simulation's own truth (person and address)",
                  title_justify="left", box=None)  # fmt: skip
    for name in ("confirmed", "rightly", "wrongly", "should be", "precision", "recall"):
        table.add_column(name, justify="right")
    for source in ("W-2", "census", None):
        among = pc.equal(joined["source"], source) if source else pc.is_valid(joined["source"])
        said = total(pc.and_(among, confirmed))
        rightly = total(pc.and_(pc.and_(among, confirmed), right))
        should = total(pc.and_(pc.and_(among, lawful), right))
        table.add_row(source or "all", f"{said:,}", f"{rightly:,}", f"{said - rightly:,}",
                      f"{should:,}", f"{rightly / max(said, 1):.4f}",
                      f"{rightly / max(should, 1):.4f}")  # fmt: skip
    console.print(table)
    wrong = joined.filter(pc.and_(confirmed, pc.invert(right)))["record_id"].to_pylist()
    expect(not wrong, f"no false confirmation; wrong: {', '.join(wrong[:20])}")
    expect(total(confirmed) >= 2000, "thousands are confirmed")


def prove(made: dict[str, Any], request: dict[str, Any]) -> None:
    """The log, recomputed by the gate and by the separate verifier; one answer proved alone."""
    console.rule("The log")
    verified = run("log", "verify", station="log verify")
    say(f"the gate recomputed {verified['size']} entries: verified")
    answers = pq.read_table(request["answers"])
    record = answers.filter(pc.equal(answers["answer"], "confirmed"))["record_id"][0].as_py()
    proof = SITE / "proof.json"
    run("log", "prove", request["case"], record, "--out", proof)
    watch = time.perf_counter()
    command = [ROOT / ".venv/bin/narrowgate-verify", SITE / "log", "--key", made["vkey"]]
    done = subprocess.run([*command, "--proof", proof], capture_output=True, text=True, check=False)
    seconds["narrowgate-verify"] = time.perf_counter() - watch
    console.print(done.stdout.strip() or done.stderr.strip(), soft_wrap=True)
    expect(done.returncode == 0, "the separate verifier accepts log and proof")


def show_seconds(whole: float) -> None:
    """The time each station took, with the start of its process."""
    table = Table("station", title="Seconds", title_justify="left", box=None)
    table.add_column("", justify="right")
    for station, took in seconds.items():
        table.add_row(station, f"{took:.2f}")
    table.add_row("all", f"{whole:.2f}")
    console.print(table)


def people(out: Path) -> None:
    """Simulate the register and the lawful request, in the simulation's own environment."""
    watch = time.perf_counter()
    command = [ROOT / ".people/bin/python", Path(__file__).parent / "people.py", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        sys.exit("the simulation failed")
    seconds["simulate people"] = time.perf_counter() - watch


def run(*words: object, station: str = "", status: int = 0) -> dict[str, Any]:
    """One command of the gate; its JSON. Leaves with what it said if it ends otherwise."""
    command = [ROOT / ".venv/bin/narrowgate", "--home", SITE, "--json", *map(str, words)]
    watch = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if station or words[0] in ("register", "init"):
        seconds[station or f"{words[0]} {words[1]}"] = time.perf_counter() - watch
    if done.returncode != status:
        sys.exit(f"narrowgate {' '.join(map(str, words))}: {done.stderr}{done.stdout}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def keys(*parties: str) -> list[str]:
    """--key options for test parties."""
    return [word for p in parties for word in ("--key", str(SITE / "parties" / f"{p}.jwk"))]


def total(mask: Any) -> int:
    """How many are true."""
    return pc.sum(mask).as_py() or 0


def say(line: str) -> None:
    """A line for people."""
    console.print(line, soft_wrap=True)


def expect(holds: bool, what: str) -> None:
    """Note what must hold; the demo fails at its end if something did not."""
    if not holds:
        failures.append(what)


if __name__ == "__main__":
    sys.exit(main())
