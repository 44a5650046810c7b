"""Two officers who agree, or it stays open; what stays open is never confirmed."""

import numpy as np
import pyarrow as pa
import pytest

from narrowgate.docket import Docket, State
from narrowgate.errors import WrongState
from narrowgate.review.mask import mask
from narrowgate.review.pairs import pair
from narrowgate.review.votes import Verdict, Vote, fold, settle

YES, NO = Verdict.CONFIRM, Verdict.NOT_CONFIRM


def open_docket() -> Docket:
    return Docket.issue(3).decide(np.array([0, 1]), State.REVIEW)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], State.REVIEW),
        ([YES], State.REVIEW),
        ([NO], State.REVIEW),
        ([YES, NO], State.REVIEW),
        ([YES, YES], State.CONFIRMED),
        ([NO, NO], State.NOT_CONFIRMED),
        ([YES, NO, NO], State.NOT_CONFIRMED),
        ([NO, YES, YES], State.CONFIRMED),
    ],
)
def test_two_votes_decide(said: list[Verdict], state: State) -> None:
    votes = [Vote(0, f"officer-{number}", verdict, "") for number, verdict in enumerate(said)]
    docket = fold(open_docket(), votes)
    assert docket.states[0] == state
    assert docket.states[1] == State.REVIEW
    assert docket.states[2] == State.OPEN


def test_what_is_left_open_is_not_confirmed() -> None:
    docket = settle(fold(open_docket(), [Vote(0, "officer-1", YES, "")]))
    assert docket.counts["confirmed"] == 0
    assert docket.counts["not_confirmed"] == 2


def test_masks_show_first_characters_only() -> None:
    assert mask("MARIA DE-LA O'HARA 1980-01-02") == "M**** D*-L* O'H*** 1***-0*-0*"
    assert mask("") == ""


def test_a_row_that_is_not_open_shows_nothing() -> None:
    empty = pa.table({})
    with pytest.raises(WrongState):
        pair(open_docket(), empty, empty, 2)
