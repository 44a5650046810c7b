"""The screening station as a whole: dockets, quality, officers' load, attempts, replay."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace
from datetime import timedelta
from operator import mul
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import narrowgate
from demand import (
    NATIONAL,
    TERMS,
    Record,
    codes,
    demand,
    history,
    lawful,
    screened,
    table,
    whole,
)
from narrowgate.agreement.document import read_agreement
from narrowgate.case.history import ATTEMPTS
from narrowgate.catalogue.lawful import AT
from narrowgate.docket import State
from narrowgate.engine.duck import connect
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason
from narrowgate.screening.guesses import SCHEMA
from narrowgate.screening.record_rules import judgement, spread
from narrowgate.screening.screen import RECORDS, Screened, screen
from narrowgate.screening.sheet import in_order
from narrowgate.standard.form import standardise


def test_lawful_records_stay_open_in_their_order() -> None:
    found = screened([lawful(number) for number in range(30)])
    assert found.docket.counts == {
        "records": 30,
        "open": 30,
        "refused": 0,
        "confirmed": 0,
        "not_confirmed": 0,
        "review": 0,
    }
    assert found.records.schema.equals(RECORDS)
    assert found.records.column("number").to_pylist() == [str(1000 + n) for n in range(30)]
    assert found.attempts.schema.equals(SCHEMA)


def test_a_record_bears_every_reason_with_its_clause() -> None:
    found = screened([lawful(1, address_line1="", address_line2="", order_date="", tin="3456")])
    assert [(reason.code, reason.clause) for reason in sorted(found.docket.reasons_of(0))] == [
        (Code.ADDRESS_MISSING, "4.3"),
        (Code.ORDER_DATE_MISSING, "4.8"),
        (Code.TIN_INVALID, "4.7"),
    ]


def test_a_fault_in_one_record_says_nothing_about_another() -> None:
    rows = [lawful(number) for number in range(12)]
    rows[5] = lawful(5, reason="")
    assert codes(screened(rows)) == [[]] * 5 + [["reason.missing"]] + [[]] * 6


def test_a_record_is_judged_alike_alone_and_among_many() -> None:
    rows: list[Record] = [
        lawful(1, family_name="GARC*"),
        lawful(2, order_date="2026-04-02"),
        lawful(3, postal_code="10001"),
        lawful(4),
    ]
    many = [lawful(1000 + number) for number in range(40_000)]
    places = [0, 16_383, 16_384, 39_999]
    for place, row in zip(places, rows, strict=True):
        many[place] = dict(row)
    national = read_agreement(NATIONAL.read_bytes(), NATIONAL.name)
    found = screened(many, terms=national)
    alone = [codes(screened([row], terms=national))[0] for row in rows]
    assert [
        sorted(reason.code.value for reason in found.docket.reasons_of(place)) for place in places
    ] == alone
    assert found.docket.counts["open"] == 40_000 - 3


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 3, 0, 1], [1, 2, 3, 0], [3, 2, 1, 0]])
def test_rows_come_back_in_the_requests_order(order: list[int]) -> None:
    found = in_order(pa.table({"row": order, "value": [f"v{n}" for n in order]}))
    assert found.column("value").to_pylist() == ["v0", "v1", "v2", "v3"]


@pytest.mark.parametrize("order", [[0, 1, 1], [0, 2], [1, 2, 3]])
def test_a_lost_or_doubled_row_is_noticed(order: list[int]) -> None:
    with pytest.raises(Internal):
        in_order(pa.table({"row": order}))


def test_order_of_records_does_not_matter_but_for_their_place() -> None:
    rows = [lawful(n, tin="749-11-2222" if n in (3, 8) else lawful(n)["tin"]) for n in range(15)]
    rows[4] = lawful(4, tax_periods="latest")
    shuffled = list(range(len(rows)))
    random.Random(7).shuffle(shuffled)  # noqa: S311 - a fixed order
    straight = codes(screened(rows))
    assert codes(screened([rows[n] for n in shuffled])) == [straight[n] for n in shuffled]


def test_the_same_request_is_screened_to_the_same_bits() -> None:
    rows = [lawful(n, order_date="" if n % 9 == 0 else "2025-06-01") for n in range(200)]
    one, other = screened(rows), screened(rows)
    assert one.docket.same_as(other.docket)
    assert one.records.equals(other.records)
    assert one.attempts.equals(other.attempts)


def test_quality_counts_what_the_law_asks_and_nothing_else() -> None:
    def asked(lacking: int, total: int = 100) -> Screened:
        rows = [lawful(n, order_date="" if n < lacking else "2025-06-01") for n in range(total)]
        return screened(rows)

    assert whole(asked(30)) == []
    assert whole(asked(31)) == ["request.quality_too_low"]
    # Five records of a request of nineteen are answered record by record.
    assert whole(asked(19, 19)) == []
    assert whole(asked(7, 20)) == ["request.quality_too_low"]
    shared = [lawful(n, address_line1="7 Hickory Ln", address_line2="") for n in range(60)]
    found = screened([*shared, *(lawful(100 + n) for n in range(20))])
    assert whole(found) == []
    assert found.docket.counts["refused"] == 60


def test_a_request_refused_for_its_quality_keeps_each_records_own_reasons() -> None:
    found = screened(
        [lawful(n, reason="" if n < 20 else "Seen there last month") for n in range(40)]
    )
    assert whole(found) == ["request.quality_too_low"]
    assert found.docket.counts["refused"] == 40
    given = codes(found)
    assert given[0] == ["reason.missing", "request.quality_too_low"]
    assert given[39] == ["reason.boilerplate", "request.quality_too_low"]
    assert found.records.num_rows == 0
    assert found.attempts.num_rows == 0


@pytest.mark.parametrize(("subjects", "expected"), [(100, []), (101, ["request.officer_overload"])])
def test_an_officer_bears_so_many_subjects(subjects: int, expected: list[str]) -> None:
    rows = [
        lawful(n, engaged_officer="Officer 7" if n % 2 else " OFFICER  7") for n in range(subjects)
    ]
    assert whole(screened(rows)) == expected


def test_one_subject_twice_is_one_subject_of_an_officer() -> None:
    rows = [lawful(n, engaged_officer="o-7") for n in range(100)]
    again = lawful(5, record_id="again", engaged_officer="o-7")
    assert whole(screened([*rows, again])) == []


def test_a_crowd_under_one_birth_date_does_not_take_the_square_of_its_size() -> None:
    national = read_agreement(NATIONAL.read_bytes(), NATIONAL.name)
    crowd = {"given_name": "Ana", "family_name": "Lopez", "date_of_birth": "1970-01-01"}
    rows = [lawful(n, **crowd, engaged_officer=f"o-{n}") for n in range(20_000)]
    rows += [lawful(20_000 + n, **crowd, tin="", tin_kind="") for n in range(50)]
    found = screened(rows, terms=national)
    # Numbers tell people apart; without one, in a crowd, nothing does.
    assert found.docket.rows(State.REFUSED).tolist() == list(range(20_000, 20_050))
    assert {reason.code for reason in found.docket.palette} == {Code.SUBJECT_REPEATED}


def test_only_screening_makes_what_matching_takes() -> None:
    # House style 9: a gate one cannot forget.
    source = Path(narrowgate.__file__).parent
    makers = [path for path in source.rglob("*.py") if re.search(r"\bScreened\(", path.read_text())]
    assert [path.relative_to(source).as_posix() for path in makers] == ["screening/screen.py"]


# --- attempts -------------------------------------------------------------------------------


def past(*requests: Screened) -> pa.Table:
    """What the gate has committed of earlier requests."""
    return pa.concat_tables(
        [ATTEMPTS.empty_table(), *(found.attempts.select(ATTEMPTS.names) for found in requests)]
    )


def at(line: str, **changes: str) -> dict[str, str | None]:
    return lawful(1, address_line1=line, **changes)


def test_a_third_address_is_a_guess_too_many() -> None:
    first = screened([at("1 Guess St")])
    second = screened([at("2 Guess St")], past=history(attempts=past(first)))
    known = past(first, second)
    assert codes(second) == [[]]
    third = screened([at("3 Guess St")], past=history(attempts=known))
    assert codes(third) == [["subject.attempts_exceeded"]]
    assert third.attempts.num_rows == 0
    # An address asked about before is no guess, however it is spelt.
    assert codes(screened([at("2 GUESS STREET")], past=history(attempts=known))) == [[]]


@pytest.mark.parametrize(
    "changes",
    [
        {"case_number": "CHI-2026-NEW"},
        {"family_name": "Quintanila", "tin": "", "tin_kind": "", "case_number": "CHI-2026-NEW"},
        {"family_name": "Kintanilla", "case_number": "CHI-2026-NEW"},
        {"date_of_birth": "", "given_name": "Somebody", "family_name": "Else"},
        {"tin": "", "tin_kind": ""},
    ],
    ids=["new case", "respelt without number", "respelt", "number under another name", "no number"],
)
def test_b15_a_respelling_is_the_same_subject(changes: dict[str, str]) -> None:
    known = past(screened([at("1 Guess St")]), screened([at("2 Guess St")]))
    found = screened([at("3 Guess St", **changes)], past=history(attempts=known))
    assert codes(found) == [["subject.attempts_exceeded"]]


def test_other_subjects_are_not_touched_by_it() -> None:
    known = past(screened([at("1 Guess St")]), screened([at("2 Guess St")]))
    rows = [at("3 Guess St"), *(lawful(n) for n in range(2, 12))]
    assert codes(screened(rows, past=history(attempts=known)))[1:] == [[]] * 10


def test_refused_records_are_no_attempts() -> None:
    found = screened([at("1 Guess St", reason=""), lawful(2)])
    assert set(found.attempts.column("row").to_pylist()) == {1}


def test_under_another_key_nothing_is_recognised() -> None:
    one = screened([at("1 Guess St")], past=history(key=b"a" * 32))
    other = screened([at("1 Guess St")], past=history(key=b"b" * 32))
    assert not set(one.attempts.column("subject").to_pylist()) & set(
        other.attempts.column("subject").to_pylist()
    )


def plain_hash(key: bytes, domain: int, text: str) -> list[int]:
    """engine/hashing.py with a width of two, one text at a time, in whole numbers."""
    data = text.encode()
    words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]
    sums = []
    for side in range(4):
        drawn = hashlib.shake_256(bytes([side]) + key).digest(8 * 64)
        c = [int.from_bytes(drawn[at : at + 8], "little") for at in range(0, len(drawn), 8)]
        total = c[0] * domain + c[1] * len(data) + sum(map(mul, c[2:], words))
        sums.append((total % 2**64) >> 32)
    return [sums[0] << 32 | sums[1], sums[2] << 32 | sums[3]]


def plain_pseudonym(key: bytes, domain: int, text: str) -> bytes:
    hash_key, cipher_key = (
        HKDF(SHA256(), 32, salt=None, info=b"narrowgate pseudonym 1\0" + use).derive(key)
        for use in (b"hash", b"cipher")
    )
    block = b"".join(half.to_bytes(8, "little") for half in plain_hash(hash_key, domain, text))
    return Cipher(AES256(cipher_key), ECB()).encryptor().update(block)  # noqa: S305


def test_pseudonyms_are_the_enciphered_hash_of_the_standard_form() -> None:
    found = screened([lawful(1)])
    con = connect()
    raw = table([lawful(1)])
    rules = judgement(con, [rule for rule, _ in TERMS.record_rules], AT)
    records = (
        spread(con, raw, standardise(con, raw).cast(RECORDS), rules)
        .table(["std_tin", "birth_name", "place"])
        .to_pylist()[0]
    )
    assert found.attempts.column("subject").to_pylist() == [
        plain_pseudonym(b"k" * 32, 1, records["std_tin"]),
        plain_pseudonym(b"k" * 32, 2, records["birth_name"]),
    ]
    assert set(found.attempts.column("address").to_pylist()) == {
        plain_pseudonym(b"k" * 32, 0, records["place"])
    }


# --- the gate's type ------------------------------------------------------------------------


def test_screened_is_restored_from_its_evidence() -> None:
    found = screened([lawful(1), lawful(2, reason="")])
    again = Screened.restore(found.docket, found.records)
    assert again.docket is found.docket
    assert again.records is found.records
    with pytest.raises(Internal):
        Screened.restore(found.docket, found.records.slice(1))


def test_a_request_refused_whole_is_refused_row_by_row() -> None:
    received = demand([lawful(1), lawful(2, reason="")], purpose="gossip")
    found = screen(received, TERMS, history(), AT)
    assert whole(found) == ["request.purpose_not_allowed"]
    assert codes(found) == [["request.purpose_not_allowed"]] * 2
    assert np.array_equal(found.docket.rows(State.REFUSED), [0, 1])


def test_the_clock_is_what_it_is_handed() -> None:
    received = demand([lawful(1, order_date="2026-04-02")])
    day_90, day_91 = AT, AT + timedelta(days=1)
    first = screen(received, TERMS, history(), day_90)
    assert codes(first) == [["order.period_not_run"]]
    assert codes(screen(received, TERMS, history(), day_91)) == [[]]


def test_no_reason_holds_a_value_of_a_record() -> None:
    marked = {
        name: f"zqx{name}zqx" for name, value in lawful(1).items() if value and name != "record_id"
    }
    reasons = screened([lawful(1, **marked)]).docket.palette
    assert len(reasons) > 5
    for reason in reasons:
        assert "zqx" not in f"{reason.fault} {reason.mend} {reason.clause}".lower()
        assert isinstance(reason, Reason)


def test_an_agreement_without_a_rule_does_not_apply_it() -> None:
    without = replace(
        TERMS, rules=tuple(b for b in TERMS.rules if b.rule.code is not Code.REASON_MISSING)
    )
    assert codes(screened([lawful(1, reason="")], terms=without)) == [[]]
