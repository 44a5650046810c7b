"""Answers held against what is known of each record: the simulation's truth, the fault put in.

A confirmation is right only if the person that the gate matched is the record's own, and the
record's clean address is that person's current one. Whom it matched stands in no answer; here, and
only here, the custodian's sealed findings are opened for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
from running import SITE, expect, say, table

from hostile import Asked
from narrowgate.gateway.cases import show_case
from narrowgate.gateway.desk import CaseDesk
from narrowgate.gateway.site import Site

Line = tuple[str, int, int, int, int, str, str]


def judge_lawful(case: str, answers: Path, truth: Path) -> None:
    """Precision and recall of the lawful request; every false confirmation is named and fails."""
    matched = matched_people(case)
    judged = []
    for row, (answer, true) in enumerate(
        zip(pq.read_table(answers).to_pylist(), pq.read_table(truth).to_pylist(), strict=True)
    ):
        assert answer["record_id"] == true["record_id"]
        said = answer["answer"] == "confirmed"
        same = matched.get(row) == person_key(true["person_id"])
        wrong = said and not (same and true["should_confirm"])
        judged.append((answer, true, said, wrong))
    sources = list(dict.fromkeys(true["source"] for _, true, _, _ in judged))
    lines = []
    for name, among in [*((s, [s]) for s in sorted(sources)), ("all", sources)]:
        some = [j for j in judged if j[1]["source"] in among]
        said, wrong = sum(j[2] for j in some), sum(j[3] for j in some)
        passed = [j for j in some if j[0]["answer"] != "refused"]
        should = sum(j[1]["should_confirm"] for j in passed)
        lines.append(_line(name, said, wrong, should))
    headings = ("rows", "confirmed", "rightly", "wrongly", "should be", "precision", "recall")
    table("Against the simulation's own truth: that very person, at that address", headings, lines)
    say("  should be: of the records that were not refused; a number that is another person's "
        "must not confirm")  # fmt: skip
    false = [answer["record_id"] for answer, _, _, wrong in judged if wrong]
    for record_id in false:
        say(f"  FALSE CONFIRMATION: {record_id}")
    expect(not false, f"{len(false)} false confirmations: {', '.join(false[:20])}")
    expect(sum(j[2] for j in judged) >= 2000, "fewer than 2,000 were confirmed")


def judge_hostile(answers: Path, asked: Sequence[Asked]) -> None:
    """Each record was answered as it must be, refused ones with exactly their codes."""
    found = pq.read_table(answers).to_pylist()
    odd = []
    for row, (answer, must) in enumerate(zip(found, asked, strict=True)):
        codes = tuple(sorted(answer["reasons"] or ()))
        if (answer["answer"], codes) != (must.answer, must.codes):
            says = f"{answer['answer']} {' '.join(codes)}".strip()
            odd.append(f"row {row}: {says}, not {must.answer} {' '.join(must.codes)}".strip())
    faulty = sum(1 for must in asked if must.codes)
    say(
        f"{faulty} records at fault, each refused for exactly what is wrong with it, and "
        f"{len(asked) - faulty} beside them, answered on their own: {len(odd)} exceptions"
    )
    for line in odd:
        say(f"  {line}")
    expect(not odd, f"{len(odd)} hostile records answered otherwise: {'; '.join(odd[:5])}")
    shapes = dict.fromkeys(must.shape for must in asked if must.shape)
    lines = []
    for shape in shapes:
        some = [a["answer"] for a, m in zip(found, asked, strict=True) if m.shape == shape]
        lines.append((shape, len(some), some.count("confirmed"), some.count("not_confirmed")))
    headings = ("about people of the register", "asked", "confirmed", "not confirmed")
    table("One step from the truth", headings, lines)


def matched_people(case: str) -> dict[int, bytes]:
    """Row to the key of the person that the gate matched it with."""
    site = Site(SITE)
    row, _ = show_case(site, case)
    findings = CaseDesk(site, row, site.clock()).table("findings")
    rows, people = findings["row"].to_pylist(), findings["person_key"].to_pylist()
    return dict(zip(rows, people, strict=True))


def person_key(person_id: str) -> bytes:
    """As register/partition.py makes it."""
    return hashlib.md5(person_id.encode(), usedforsecurity=False).digest()


def _line(name: str, said: int, wrong: int, should: int) -> Line:
    right = said - wrong
    precision = f"{right / said:.4f}" if said else "-"
    recall = f"{right / should:.4f}" if should else "-"
    return (name, said, right, wrong, should, precision, recall)
