"""`make demo`: the whole way on simulated people, by the command line that an officer uses.

A lawful request, a hostile one with every fault, a guess too many and the demand for 700,000 people
(scaled down) are received, screened, matched, reviewed, released and proved. Exit status 1 if a
single confirmation is wrong against the simulation's own truth, or anything is not as it must be.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from judging import judge_hostile, judge_lawful
from running import (
    BIN,
    ROOT,
    SITE,
    WORK,
    clean_site,
    console,
    expect,
    failures,
    in_columns,
    keys,
    run,
    say,
    seconds,
    table,
    timed,
)

from hostile import Record, hostile_records, record, write_csv, write_demand

AGREEMENT, PURPOSE = "removal-order-address", "criminal-investigation"
DEMANDED = 70_000
PAIRS_DECIDED = 2


@dataclass(frozen=True)
class Answered:
    """A released request: its case, counts and answers file."""

    name: str
    case: str
    counts: dict[str, Any]
    answers: Path


def main() -> int:
    """Run the demo; 0 if all is as it must be."""
    started = time.perf_counter()
    clean_site()
    console.rule("The register and the agreement")
    made, adopted = set_up()
    console.rule("The lawful request")
    lawful = answer("lawful", WORK / "request.parquet")
    some_answers(lawful)
    reasons(lawful)
    judge_lawful(lawful.case, lawful.answers, WORK / "truth.parquet")
    console.rule("The hostile request")
    subject = asked_in_vain(lawful)
    near = pq.read_table(WORK / "near.parquet").to_pylist()
    asked = hostile_records(near, {**subject, "address_line1": "4 Guess Ave"})
    write_csv(WORK / "hostile.csv", [each.record for each in asked])
    hostile = answer("hostile", WORK / "hostile.csv")
    judge_hostile(hostile.answers, asked)
    console.rule("A third address for one person")
    guess = guess_again(subject)
    every_code(hostile, guess)
    console.rule(f"The demand for 700,000 people, scaled down to {DEMANDED:,}")
    refused_demand(adopted["digest"])
    console.rule("All that was asked")
    counts(lawful, hostile, guess)
    console.rule("The log")
    prove(made["vkey"], lawful)
    run("report", "--out", SITE / "report.html", station="report")
    took(time.perf_counter() - started)
    say(f"\nreport: {(SITE / 'report.html').relative_to(ROOT)}")
    for failure in failures:
        console.print(f"[bold red]NOT AS IT MUST BE: {failure}", soft_wrap=True)
    return 1 if failures else 0


def set_up() -> tuple[dict[str, Any], dict[str, Any]]:
    """Simulated people, a site, its register and its agreement."""
    simulate = [str(ROOT / ".people/bin/python"), str(Path(__file__).parent / "people.py")]
    done = timed([*simulate, str(WORK)], "simulate people")
    if done.returncode:
        sys.exit(f"the simulation failed: {done.stderr}")
    made = run("init", "--test-parties", station="init")
    loaded = run("register", "load", WORK / "register.parquet", station="register load")
    officers = keys("agreement-officer-1", "agreement-officer-2")
    adopted = run("agreement", "adopt", AGREEMENT, *officers, station="agreement adopt")
    say(f"register of {loaded['people']:,} people at {loaded['addresses']:,} addresses, "
        f"{loaded['rejected']:,} rows rejected")  # fmt: skip
    say(f"agreement {adopted['agreement']}, {adopted['digest']}")
    return made, adopted


def answer(name: str, records: Path) -> Answered:
    """A request on its whole way, as both sides' officers walk it."""
    folder = WORK / f"request-{name}"
    run("request", "pack", records, "--agreement", AGREEMENT, "--purpose", PURPOSE,
        "--attest-all", "--out", folder)  # fmt: skip
    run("request", "sign", folder, *keys("signatory-1"))
    received = run("receive", folder, station=f"receive {name}")
    case = received["case"]
    processed = run("process", case, station=f"process {name}")
    seconds.update({f"  {step}, {name}": float(s) for step, s in processed["seconds"].items()})
    say(f"case {case}: {processed['records']:,} records, {processed['refused']:,} refused, "
        f"{processed['confirmed']:,} confirmed, {processed['not_confirmed']:,} not confirmed, "
        f"{processed['review']:,} for review")  # fmt: skip
    if processed["review"]:
        review(case)
    released = run("release", case, *keys("release-officer-1", "release-officer-2"),
                   "--undecided", "not-confirmed", station=f"release {name}")  # fmt: skip
    out = SITE / "answers" / name / "answers.parquet"
    run("answers", case, "--out", out, station=f"answers {name}")
    expect(adds_up(released) and released["records"] == processed["records"],
           f"the counts of the {name} request do not add up")  # fmt: skip
    return Answered(name, case, released, out)


def review(case: str) -> None:
    """Officers look at some open pairs, masked, and vote blind to each other; a third if they
    differ.
    """
    pairs = run("review", "list", case)["open"]
    shown = run("review", "show", case, pairs[0]["record"])
    levels = [*shown["comparison"].items(), ("match weight", f"{shown['identity_weight']} bits")]
    table("An open pair, as an officer sees it at first", ("comparison", "level"), levels)
    for number, pair in enumerate(pairs[:PAIRS_DECIDED]):
        votes = ["confirm", "not-confirm", "not-confirm"] if number else ["not-confirm"] * 2
        for officer, vote in enumerate(votes, start=1):
            run("review", "decide", case, pair["record"], vote, "--reason", "Seen on the pair.",
                *keys(f"review-officer-{officer}"))  # fmt: skip
    left = run("review", "list", case)["open"]
    say(f"\n{len(pairs) - len(left)} of {len(pairs)} open pairs decided, one of them by a third "
        f"officer; {len(left)} are left and become not confirmed at release")  # fmt: skip


def asked_in_vain(request: Answered) -> Record:
    """A subject by number that was not confirmed: about whom somebody might try again."""
    records = pq.read_table(WORK / "request.parquet")
    answers = pq.read_table(request.answers)
    fit = pc.and_(pc.equal(answers["answer"], "not_confirmed"), pc.is_valid(records["tin"]))
    row = records.filter(fit).slice(0, 1).to_pylist()[0]
    named = ("given_name", "middle_name", "family_name", "tin")
    return {"date_of_birth": "", **{name: row[name] or "" for name in named}}


def guess_again(subject: Record) -> Answered:
    """The third request about one person, each with another address, is a guess too many."""
    write_csv(WORK / "guess.csv", [record(800, {**subject, "address_line1": "6 Guess Ave"})])
    guess = answer("guess", WORK / "guess.csv")
    given = pq.read_table(guess.answers).to_pylist()[0]
    say(f"{given['answer']}: {', '.join(given['reasons'])}")
    expect(given["reasons"] == ["subject.attempts_exceeded"], "the third address was not refused")
    return guess


def refused_demand(digest: str) -> None:
    """The demand for names, phones and emails of everybody: refused as a whole, all reasons."""
    folder = WORK / "request-demand"
    write_demand(folder, DEMANDED, AGREEMENT, digest)
    run("request", "sign", folder, *keys("signatory-1"))
    received = run("receive", folder, station="receive demand", status=1)
    say(f"case {received['case']}: {received['state']} as a whole")
    for reason in received["reasons"]:
        clause = f"clause {reason['clause']}" if reason["clause"] else "in any agreement"
        say(f"  [bold]{reason['code']}[/] ({clause}): {reason['fault']}")
    expect(received["state"] == "refused", "the demand was not refused")
    needed = {"request.volume_exceeded", "request.attribute_not_allowed", "request.column_unknown"}
    found = {reason["code"] for reason in received["reasons"]}
    expect(needed <= found, f"the demand was not refused for {', '.join(sorted(needed - found))}")


def adds_up(counted: dict[str, Any]) -> bool:
    """Asked = refused + confirmed + not confirmed."""
    whole: int = counted["refused"] + counted["confirmed"] + counted["not_confirmed"]
    return whole == counted["records"]


def counts(*requests: Answered) -> None:
    """Counts that add up, to the unit, of all cases the site has."""
    names = {request.case: request.name for request in requests}
    rows, whole = [], Counter[str]()
    for case in run("case", "list")["cases"]:
        shown = run("case", "show", case["case"])
        numbers = {n: int(shown[n]) for n in ("records", "refused", "confirmed", "not_confirmed")}
        expect(adds_up(shown), f"the counts of {case['case']} do not add up")
        whole.update(numbers)
        rows.append(
            (names.get(case["case"], "demand"), case["case"], shown["state"], *numbers.values())
        )
    rows.append(("all", "", "", *whole.values()))
    headings = ("request", "case", "state", "asked", "refused", "confirmed", "not confirmed")
    table("asked = refused + confirmed + not confirmed", headings, rows)


def some_answers(request: Answered) -> None:
    """Two answers of each kind."""
    rows = pq.read_table(request.answers).to_pylist()
    kinds = ("confirmed", "not_confirmed", "refused")
    some = [row for kind in kinds for row in [r for r in rows if r["answer"] == kind][:2]]
    lines = [(row["record_id"], row["answer"], ", ".join(row["reasons"])) for row in some]
    table("A few answers", ("record_id", "answer", "reasons"), lines)


def reasons(request: Answered) -> None:
    """Reasons of refusal by frequency."""
    shown = run("case", "show", request.case)["record_reasons"]
    lines = [(each["code"], each["clause"], each["records"]) for each in shown]
    refused, asked = request.counts["refused"], request.counts["records"]
    title = f"Why {refused:,} records, {refused / asked:.1%}, were refused (all reasons of each)"
    table(title, ("code", "clause", "records"), lines)


def every_code(*requests: Answered) -> None:
    """Every code of a record that the agreement uses was met."""
    found = Counter[str]()
    for request in requests:
        for row in pq.read_table(request.answers).to_pylist():
            found.update(row["reasons"])
    clauses = run("agreement", "check", AGREEMENT)["clauses"]
    rules = {name for c in clauses if c["kind"] == "enforced" for name in c["by"].split(", ")}
    listed = {name for name in rules if "." in name and not name.startswith("request.")}
    met = [f"{code} {number}" for code, number in sorted(found.items())]
    in_columns(f"The {len(found)} codes of this agreement for a record, and how many got each", met)
    expect(found.keys() == listed, f"codes not met: {', '.join(sorted(listed ^ found.keys()))}")


def prove(vkey: str, request: Answered) -> None:
    """The log, recomputed by the gate and by the separate verifier; one answer proved alone."""
    verified = run("log", "verify", station="log verify")
    say(f"the gate recomputed {verified['size']} entries: verified")
    answers = pq.read_table(request.answers)
    number = answers.filter(pc.equal(answers["answer"], "confirmed"))["record_id"][0].as_py()
    proof = SITE / "proof.json"
    run("log", "prove", request.case, number, "--out", proof)
    verifier = [str(BIN / "narrowgate-verify"), str(SITE / "log"), "--key", vkey]
    done = timed([*verifier, "--proof", str(proof)], "narrowgate-verify")
    console.out(done.stdout.strip() or done.stderr.strip())
    expect(done.returncode == 0, "the separate verifier did not accept log and proof")


def took(whole: float) -> None:
    """The time each station took, with the start of its process."""
    lines = [(station, f"{spent:.2f}") for station, spent in seconds.items()]
    in_columns("Seconds by station", [f"{name:<22}{spent:>6}" for name, spent in lines])
    say(f"  {whole:.1f} s in all, with the requester's commands and the officers' votes")


if __name__ == "__main__":
    sys.exit(main())
