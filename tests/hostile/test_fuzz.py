"""Anything at all is sent: manifests, files, records, agreements. Nothing crashes or hangs, the
register is not opened, nothing of a record comes out, and everything is answered or refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demand import TERMS, among, codes, lawful, screened
from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.cli.main import main
from narrowgate.errors import BadInput
from narrowgate.reasons import Code
from narrowgate.register.snapshot import Snapshot
from narrowgate.screening.soundness import examine
from narrowgate.standard.columns import REQUEST_COLUMNS
from world import World, person, record

MARK = "ZZMARKED"
SOURCE = bundled(TERMS.id)
assert SOURCE is not None
LINES = SOURCE.decode().split("\n")


def tried(examples: int) -> settings:
    """So many examples, the same every time, so that a change is red or green for everybody."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"), people=[person(n) for n in range(9)])


@pytest.fixture
def world(shared: World, monkeypatch: pytest.MonkeyPatch) -> World:
    def never(*arguments: object, **named: object) -> None:
        raise AssertionError("the register was touched before a refusal")

    monkeypatch.setattr(Snapshot, "open", never)
    return shared


def marked(number: int) -> dict[str, str]:
    return record(
        number,
        given_name=f"{MARK}A",
        family_name=f"{MARK}B",
        address_line1=f"{100 + number} {MARK} ST",
        case_number=f"{MARK}-{number}",
        reason=f"{MARK} is under investigation in case {number}.",
        engaged_officer=f"{MARK} OFFICER",
    )


def assert_says_nothing(told: str) -> None:
    assert MARK not in told
    assert "Traceback" not in told
    assert "internal" not in told.lower()


def sent(world: World, folder: Path) -> str:
    """What the command says of a folder, every way it says things; it ends as it should."""
    out = io.StringIO()
    home = ["--home", str(world.site.home)]
    with redirect_stdout(out), redirect_stderr(out), suppress(SystemExit):
        main(["receive", str(folder), *home, "--json"])
    with redirect_stdout(out), redirect_stderr(out), suppress(SystemExit):
        main(["request", "check", str(folder), "--agreement", TERMS.id])
    entries = world.site.log.entries(0, world.site.log.size)
    return out.getvalue() + b"".join(entries).decode()


TELLING_SCALARS = ["", "../x", "/etc/passwd", "\x00", "sha256:" + "0" * 64, "2026-11-20T12:00:00Z"]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(TELLING_SCALARS),
)
keys = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    *("contract", "request_id", "agreement", "agreement_digest", "requester", "purpose"),
    *("statutes", "attributes", "attestations", "documents", "records"),
    *("created_at", "expires_at", "surplus"),
)


@tried(40)
@given(st.dictionaries(st.sampled_from(FIELDS), values, min_size=1, max_size=3))
def test_any_manifest_is_refused_or_taken(world: World, changes: Mapping[str, Any]) -> None:
    """Signed by a signatory, so that every field of it is believed."""
    world.now += timedelta(days=1)  # the day's volume is no matter here
    folder = world.request([marked(1)], change=lambda manifest: manifest.update(changes))
    told = sent(world, folder)
    assert '"state": "refused"' in told or '"state": "received"' in told
    assert_says_nothing(told)


def _spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """A few places of `data` cut out, doubled or overwritten."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 40)))
        put = draw(st.one_of(st.binary(max_size=12), st.just(data[at:end] * 2)))
        data = data[:at] + put + data[end:]
    return data


@tried(24)
@given(st.data(), st.sampled_from(["manifest.json", "records.csv"]))
def test_any_bytes_are_refused_and_nothing_of_them_is_repeated(
    world: World, data: st.DataObject, name: str
) -> None:
    world.now += timedelta(days=1)  # the day's volume is no matter here
    folder = world.request([marked(n) for n in range(3)])
    path = folder / name
    path.write_bytes(data.draw(st.composite(_spoilt)(path.read_bytes())))
    before = world.site.log.size
    told = sent(world, folder)
    assert_says_nothing(told)
    assert world.site.log.size - before <= 1


NASTY = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\x00"),
        st.sampled_from("0123456789-/., '\"<>%*_;:#&=\u202e\u200b\u0430\u00e9\t"),
    ),
    max_size=24,
)
TELLING = st.sampled_from(
    [
        *("", "8 U.S.C. 1253(a)(1)(A)", "2024-02-29", "2026-06-31", "9999-12-31", "0001-01-01"),
        *("912-93-1234", "078-05-1120", "00000", "2021-2023", "PO BOX 7", "GARC*", "FNU"),
        *("=1+1", "-0", "\u0661\u0662\u0663"),
    ]
)
cells = st.dictionaries(st.sampled_from(REQUEST_COLUMNS), NASTY | TELLING, max_size=6)


@tried(30)
@given(st.lists(cells, min_size=1, max_size=12))
def test_any_records_are_judged_each_for_itself(changes: list[dict[str, str]]) -> None:
    """All are judged, with codes of the list and with no word of a record."""
    rows = [lawful(n, **{k: v or None for k, v in told.items()}) for n, told in enumerate(changes)]
    found = screened(among(rows))
    assert len(found.docket) >= len(rows)
    assert sum(found.docket.counts[name] for name in ("refused", "open")) == len(found.docket)
    known = {code.value for code in Code}
    for given_codes in codes(found):
        assert set(given_codes) <= known
    # Without the changed records, the reasons are the same sentences.
    plain = {(r.code, r.fault, r.mend) for r, _ in found.docket.reason_counts()}
    assert plain <= {(b.reason.code, b.reason.fault, b.reason.mend) for b in TERMS.rules}


WORDS = ("0", "-1", "1e9", "true", '""', '"', "[", "```", "##", "2026-02-30", "\u00e9")


@st.composite
def edited(draw: st.DrawFn) -> list[str]:
    """The bundled text with a line or two left out, doubled, moved or changed in a word."""
    text = list(LINES)
    for _ in range(draw(st.integers(1, 2))):
        at, other = draw(st.integers(0, len(text) - 1)), draw(st.integers(0, len(text) - 1))
        match draw(st.sampled_from(["out", "twice", "moved", "word"])):
            case "out":
                text.pop(at)
            case "twice":
                text.insert(at, text[at])
            case "moved":
                text.insert(at, text.pop(other))
            case _:
                words = text[at].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
                text[at] = " ".join(words)
    return text


@tried(60)
@given(edited())
def test_any_agreement_is_read_or_told_its_faults_by_line(lines: list[str]) -> None:
    told = faults_of(lines)
    assert not told or re.search(r"line \d+", told)


def faults_of(lines: list[str]) -> str:
    try:
        read_agreement("\n".join(lines).encode(), "x")
    except BadInput as error:
        return str(error)
    return ""


@tried(3)
@given(edited())
def test_any_agreement_that_can_be_read_can_be_examined(lines: list[str]) -> None:
    with suppress(BadInput):
        terms = read_agreement("\n".join(lines).encode(), "x")
        assert all(each.line for each in examine(terms).findings)


def test_a_csv_of_one_column_too_many_says_no_value(world: World) -> None:
    text = io.StringIO()
    rows = [[*marked(1).keys(), "telephone"], [*marked(1).values(), f"{MARK}9"]]
    csv.writer(text).writerows(rows)
    told = sent(world, world.request([marked(1)], data=text.getvalue().encode()))
    assert "request.column_unknown" in told
    assert MARK not in told
