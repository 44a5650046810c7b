"""Pairs from a register and a request show the levels that were put into them; learning on them,
with labels and without, finds the shares of the errors that were made.
"""

import json
import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from narrowgate.agreement.bundled import bundled
from narrowgate.cli.main import main
from narrowgate.errors import BadInput
from narrowgate.gateway.learning import NewModel, Sources, learn_model
from narrowgate.matching.model import LEVELS, bundled_model, read_model
from narrowgate.matching.sample import asked_of, blocked, pairs_of, patterns, random_pairs
from narrowgate.register.load import load
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.screen import RECORDS
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.form import standardise
from world import GIVEN, person, record, write_csv

PEOPLE, ASKED, PAIRS = 2_000, 1_200, 200_000
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = bytes(32)
MODEL = bundled_model("strict")
MIDDLE = ("IRIS", "OTTO", "UMA", "XAVIER", "YUSUF", "ZELDA")


class Files(NamedTuple):
    """The register, the request and who is who; and how many records have which error."""

    register: Path
    requests: Path
    truth: Path
    errors: Counter[str]


def somebody(number: int) -> dict[str, str]:
    """Two live in each house, under one family name; half have a middle name."""
    of_house = person(number - number % 2)
    house = {name: of_house[name] for name in ("family_name", "address_line1")}
    middle = MIDDLE[number // 2 % len(MIDDLE)] if number % 4 < 2 else ""
    return {**person(number), **house, "middle_name": middle}


def asked(number: int, draw: np.random.Generator, errors: Counter[str]) -> dict[str, str]:
    """A record about `somebody(number)`, with the slips of a requester."""
    about = somebody(number)
    names = ("family_name", "middle_name", "address_line1")
    changes = {name: about[name] for name in names}
    chance = draw.random(3)
    if chance[0] < 0.10:
        errors["tin.slip"] += 1
        changes["tin"] = about["tin"][:-1] + str((int(about["tin"][-1]) + 1) % 10)
    elif chance[0] < 0.25:
        errors["tin.missing"] += 1
        changes["tin"] = ""
    if chance[1] < 0.08:
        errors["birth_date.slip"] += 1
        year, rest = about["date_of_birth"].split("-", 1)
        changes["date_of_birth"] = f"{year[:3]}{(int(year[3]) + 1) % 10}-{rest}"
    if chance[2] < 0.05 and about["middle_name"]:
        errors["middle.else"] += 1
        changes["middle_name"] = MIDDLE[(MIDDLE.index(about["middle_name"]) + 1) % len(MIDDLE)]
    return record(number, NOW, **changes)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder, errors = tmp_path_factory.mktemp("learn"), Counter[str]()
    draw = np.random.default_rng(7)
    write_csv(folder / "register.csv", [somebody(n) for n in range(PEOPLE)])
    # Somebody whom the register does not know is asked about, too.
    records = [asked(n, draw, errors) for n in range(ASKED)] + [
        record(n, NOW) for n in range(PEOPLE + 1, PEOPLE + 60)
    ]
    write_csv(folder / "requests.csv", records)
    truth = [
        {"record_id": f"R{n:06}", "person_id": f"P{n:06}" if n < PEOPLE else ""}
        for n in (*range(ASKED), *range(PEOPLE + 1, PEOPLE + 60))
    ]
    write_csv(folder / "truth.csv", truth)
    return Files(folder / "register.csv", folder / "requests.csv", folder / "truth.csv", errors)


def learned(
    files: Files,
    *,
    labels: bool,
    seed: int = 1,
    agreement: str = "removal-order-address",
    name: str = "learned",
) -> NewModel:
    sources = Sources([files.register], files.requests, files.truth if labels else None)
    return learn_model(
        sources,
        agreement,
        files.truth.parent,
        name=name,
        pairs=PAIRS,
        seed=seed,
        now=NOW,
    )


def snapshot(files: Files, folder: Path, partitions: int) -> Snapshot:
    loaded = load([files.register], mapping=None, partitions=partitions, target=folder, key=KEY)
    return Snapshot.open(loaded.path, KEY)


def standard(files: Files) -> pa.Table:
    con = duckdb.connect()
    table = con.read_csv(str(files.requests), all_varchar=True).to_arrow_table()
    text = pa.string()
    raw = {
        name: table[name] if name in table.column_names else pa.nulls(table.num_rows, text)
        for name in RAW_COLUMNS
    }
    return standardise(con, pa.table(raw).cast(pa.schema([(n, text) for n in raw]))).cast(RECORDS)


def levels_of(table: pa.Table, comparison: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for level, pairs in zip(table[f"level_{comparison}"].to_pylist(), table["pairs"].to_pylist(),
                            strict=True):  # fmt: skip
        counts[level] += pairs
    return dict(counts)


def test_known_pairs_show_the_errors_that_were_made(files: Files) -> None:
    model = learned(files, labels=True)
    told = json.loads(model.data)["learned"]
    assert told["true_pairs"] == ASKED
    shares, prior = model.model.identity, 100.0
    present = ASKED - files.errors["tin.missing"]
    slips = (files.errors["tin.slip"] + prior * 0.02) / (present + prior)
    assert shares["tin"]["slip"].m == pytest.approx(slips, rel=1e-6)
    slips = (files.errors["birth_date.slip"] + prior * 0.02) / (ASKED + prior)
    assert shares["birth_date"]["slip"].m == pytest.approx(slips, rel=1e-6)


def test_em_finds_them_without_being_told(files: Files) -> None:
    model = learned(files, labels=False)
    shares, known = model.model.identity, learned(files, labels=True).model.identity
    for comparison, level in (("tin", "slip"), ("birth_date", "slip"), ("middle", "else")):
        error = shares[comparison][level].m
        bound = 4 * math.sqrt(0.1 / ASKED) / 2
        assert error == pytest.approx(known[comparison][level].m, abs=bound)
    assert shares["given"]["exact"].u == pytest.approx(1 / len(GIVEN), rel=0.04)
    # People of one house, of whom there are as many as true pairs, are not taken for one.
    assert model.learned.true_share["home"] == pytest.approx(0.5, abs=0.02)


def test_the_same_sources_and_seed_give_the_same_bytes(files: Files) -> None:
    one, other = (learned(files, labels=False) for _ in range(2))
    assert one.data == other.data
    assert one.data != learned(files, labels=False, seed=2).data


def test_a_model_holds_nothing_of_anybody(files: Files) -> None:
    text = learned(files, labels=True).data.decode().upper()
    for number in (0, 1, 2, 700):
        about = somebody(number)
        for name in ("person_id", "tin", "family_name", "address_line1", "date_of_birth"):
            assert about[name] not in text
            assert about[name].replace("-", "") not in text


def test_blocked_pairs_leave_out_what_the_blocking_forces(files: Files, tmp_path: Path) -> None:
    where = snapshot(files, tmp_path, 1)
    asked = asked_of(standard(files), where)
    table = blocked(asked, where, MODEL)
    by = {
        name: table.filter(pa.compute.equal(table["blocking"], name))
        for name in ("tin", "born", "home")
    }
    assert set(levels_of(by["tin"], "tin")) == {"missing"}
    assert set(levels_of(by["born"], "birth_date")) == {"missing"}
    assert set(levels_of(by["home"], "family")) == {"missing"}
    wrong = files.errors["tin.missing"] + files.errors["tin.slip"]
    assert ASKED - wrong <= sum(by["tin"]["pairs"].to_pylist()) <= ASKED
    assert sum(by["home"]["pairs"].to_pylist()) == 2 * ASKED
    assert levels_of(by["home"], "tin")["exact"] == ASKED - wrong


def test_partitions_change_nothing(files: Files, tmp_path: Path) -> None:
    tables = []
    for partitions in (1, 3):
        where = snapshot(files, tmp_path / str(partitions), partitions)
        asked = asked_of(standard(files), where)
        chance = random_pairs(asked, where, 50_000, 5)
        tables.append(
            (blocked(asked, where, MODEL), patterns(pairs_of(asked, where, MODEL, chance)))
        )
    assert tables[0][0].equals(tables[1][0])
    assert tables[0][1].equals(tables[1][1])


def test_a_model_is_learned_under_the_agreement_that_will_name_it(
    files: Files, tmp_path: Path
) -> None:
    source = bundled("removal-order-address")
    assert source is not None
    agreement = tmp_path / "agreement.md"
    agreement.write_bytes(source.replace(b'model = "strict"', b'model = "learned"'))
    made = json.loads(learned(files, labels=True, agreement=str(agreement)).data)
    assert made["learned"]["data"]["base"] == bundled_model("strict").digest


@pytest.mark.parametrize("name", ["Learned", "learned-2", "2learned", "../learned", ""])
def test_a_name_that_no_agreement_could_give_makes_no_model(files: Files, name: str) -> None:
    with pytest.raises(BadInput, match="name"):
        learned(files, labels=True, name=name)


def test_records_that_say_not_who_is_meant_teach_nothing(files: Files, tmp_path: Path) -> None:
    rows = [record(n, NOW, given_name="UNKNOWN") for n in range(300)]
    write_csv(tmp_path / "requests.csv", rows)
    bad = files._replace(requests=tmp_path / "requests.csv")
    with pytest.raises(BadInput, match="no record says who is meant"):
        learned(bad, labels=False)


def test_too_few_true_pairs_make_no_model(files: Files, tmp_path: Path) -> None:
    write_csv(tmp_path / "requests.csv", [record(n, NOW) for n in range(150)])
    with pytest.raises(BadInput, match="true pairs"):
        learned(files._replace(requests=tmp_path / "requests.csv"), labels=True)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    printed = capsys.readouterr().out
    assert left.value.code in (0, None), printed
    return printed


def test_commands(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, page = tmp_path / "learned.json", tmp_path / "learned.html"
    words = ("--register", files.register, "--requests", files.requests, "--truth", files.truth,
             "--agreement", "removal-order-address", "--pairs", PAIRS, "--out", out)  # fmt: skip
    said = json.loads(run(capsys, "model", "learn", *words, "--json"))
    model = read_model(out.read_bytes(), out.name)
    assert (said["model"], said["method"], said["true_pairs"]) == (model.digest, "labels", ASKED)
    shown = run(capsys, "model", "show", out, "--out", page)
    assert model.digest in shown
    for levels in model.weights.values():
        assert all(f"{bits:+.2f}" in shown and f"{bits:+.2f}" in page.read_text()
                   for bits in levels.values())  # fmt: skip
    settings = Path(__file__).parent / "splink5_settings.json"
    taken = tmp_path / "splink.json"
    said = json.loads(run(capsys, "model", "import-splink", settings, "--out", taken, "--json"))
    assert read_model(taken.read_bytes(), taken.name).digest == said["model"]
    assert "tin.exact" in said["taken"]
    assert set(read_model(taken.read_bytes(), "").identity) == set(LEVELS)
