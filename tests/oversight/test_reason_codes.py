"""The reference page is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from narrowgate.oversight.reason_codes import reference
from narrowgate.reasons import Code

PAGE = Path(__file__).parents[2] / "docs" / "reason-codes.md"


def test_the_page_is_of_this_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make reference`"


def test_every_code_has_its_place_once() -> None:
    text = reference()
    assert [text.count(f"### `{code.value}`\n") for code in Code] == [1] * len(Code)
    assert text.count("- Passes: ") == text.count("- Fails: ") == len(Code)
