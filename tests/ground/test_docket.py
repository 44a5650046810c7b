"""Rows in = rows out, decided rows stay decided, reasons if and only if refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.docket import Docket, State
from narrowgate.errors import Internal
from narrowgate.reasons import Code, Reason

LATE = Reason(Code.ORDER_PERIOD_NOT_RUN, "4.2", "Day 90 has not passed.", "Wait.")
BLANK = Reason(Code.ADDRESS_MISSING, "4.1", "There is no address.", "Give one.")


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_a_row_bears_all_its_reasons_and_counts_add_up() -> None:
    docket = Docket.issue(5).refuse([(LATE, rows(1, 3)), (BLANK, rows(3))])
    assert docket.reasons_of(3) == (LATE, BLANK)
    assert docket.reasons_of(1) == (LATE,)
    assert docket.reasons_of(0) == ()
    docket = docket.decide(rows(0), State.CONFIRMED).decide(rows(2), State.REVIEW)
    assert docket.counts == {
        "records": 5, "open": 1, "refused": 2, "confirmed": 1, "not_confirmed": 0, "review": 1,
    }  # fmt: skip
    assert docket.reason_counts() == [(LATE, 2), (BLANK, 1)]


def test_a_decided_row_is_never_reopened() -> None:
    docket = Docket.issue(3).refuse([(LATE, rows(0))]).decide(rows(1), State.CONFIRMED)
    for row in (0, 1):
        with pytest.raises(Internal):
            docket.decide(rows(row), State.NOT_CONFIRMED)
    with pytest.raises(Internal):
        docket.refuse([(BLANK, rows(1))])
    with pytest.raises(Internal):
        docket.decide(rows(2), State.REFUSED)


def test_refused_without_a_reason_cannot_be_made() -> None:
    none = np.empty(0, dtype=np.int64)
    with pytest.raises(Internal):
        Docket(np.array([State.REFUSED], dtype=np.uint8), none, none, ())


def test_what_review_leaves_open_can_only_become_a_decision() -> None:
    docket = Docket.issue(1).decide(rows(0), State.REVIEW)
    with pytest.raises(Internal):
        docket.refuse([(LATE, rows(0))])
    assert docket.decide(rows(0), State.NOT_CONFIRMED).counts["not_confirmed"] == 1


@given(
    st.lists(st.sampled_from(["late", "blank", "both", "open", "confirm", "review"]), max_size=60)
)
def test_a_docket_reads_back_as_it_was_written(fates: list[str]) -> None:
    docket = Docket.issue(len(fates))
    where = {fate: rows(*[i for i, got in enumerate(fates) if got == fate]) for fate in set(fates)}
    late = [where.get("late", rows()), where.get("both", rows())]
    blank = [where.get("blank", rows()), where.get("both", rows())]
    docket = docket.refuse([(LATE, np.concatenate(late)), (BLANK, np.concatenate(blank))])
    docket = docket.decide(where.get("confirm", rows()), State.CONFIRMED)
    docket = docket.decide(where.get("review", rows()), State.REVIEW)
    again = Docket.from_bytes(docket.to_bytes())
    assert again.same_as(docket)
    counts = docket.counts
    assert counts["records"] == sum(count for name, count in counts.items() if name != "records")
    if len(fates) and fates[0] == "open":
        assert not docket.decide(rows(0), State.CONFIRMED).same_as(docket)
