"""The gate's own instrument as a row: `narrowgate evaluate` on the same three files.

It is read, not believed: `confirmed` and `false_confirmations` come from its JSON, the recall is
over all records that should be confirmed as for every other peer (its own leaves refused ones out).
"""

from __future__ import annotations

import json
from pathlib import Path

from judge import Quality
from running import Ran
from sources import ROOT, Source

AGREEMENT = ROOT / "benchmarks/agreements/national-scale.md"
NOT_MET = 1  # the agreement's ceiling is not met: a result, with its figures


def command(narrowgate: Path, source: Source) -> list[str]:
    """The command line."""
    words = (narrowgate, "evaluate", "--register", source.register, "--requests", source.requests,
             "--truth", source.truth, "--agreement", AGREEMENT, "--json")  # fmt: skip
    return [str(word) for word in words]


def quality(ran: Ran, should: int) -> Quality | None:
    """Its counts; None where it did not get so far."""
    if ran.status not in {0, NOT_MET}:
        return None
    said = json.loads(ran.log.read_text())
    return Quality(
        confirmed=int(said["confirmed"]),
        false=int(said["false_confirmations"]),
        should=should,
        recall_of_answered=said["recall"],
    )
