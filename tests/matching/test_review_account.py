"""`review show` tells why a pair was left open, in words and bits, and never what stands in it."""

import json
import re
from pathlib import Path

import pytest

from narrowgate.cli.main import main
from narrowgate.gateway.process import process
from world import World, person, record


def test_an_officer_reads_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = World(tmp_path, people=[person(n) for n in range(30)])
    rows = [record(n) for n in range(20)]
    digit = (int(rows[4]["tin"][-1]) + 1) % 10
    rows[4]["tin"] = f"{rows[4]['tin'][:-1]}{digit}"
    case = world.receive(rows).case
    assert process(world.site, case).state == "review"
    page = tmp_path / "why.html"

    def shown(*more: str) -> str:
        home = str(world.site.home)
        with pytest.raises(SystemExit) as left:
            main(["review", "show", case, rows[4]["record_id"], "--home", home, *more])
        assert left.value.code in (0, None)
        return capsys.readouterr().out

    told = json.loads(shown("--json", "--out", str(page)))
    assert told["verdict"].startswith("Left to people")
    *parts, together = told["weights"]
    assert together["bits"] == f"+{told['identity_weight']}"
    assert sum(float(part["bits"]) for part in parts) == pytest.approx(
        float(together["bits"]), abs=0.05
    )
    failed = [check for check in told["checks"] if check["check"] == "failed"]
    assert [check["number"] for check in failed] == [4]
    text = shown()
    assert told["verdict"] in text
    assert "one digit off, or two neighbours exchanged" in text
    about = person(4)
    for name in ("given_name", "family_name", "address_line1", "date_of_birth", "tin"):
        assert about[name] not in text + page.read_text()
    assert not re.search(r"\d{3}-?\d{2}-?\d{4}", page.read_text())
