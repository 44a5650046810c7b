"""The page for lawyers: every clause with what keeps it, nothing from outside, nothing run."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from narrowgate.agreement.bundled import bundled, bundled_ids
from narrowgate.agreement.document import read_agreement
from narrowgate.cli.main import main
from narrowgate.oversight.agreement_page import agreement_page


def made(text: str) -> str:
    return agreement_page(text, read_agreement(text.encode(), "x"), ())


def text_of(agreement: str) -> str:
    source = bundled(agreement)
    assert source is not None
    return source.decode()


def words(text: str) -> str:
    """What is read: without marks, in one line."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"\s+([.,;:)])", r"\1", " ".join(plain.replace("`", "").split()))


@pytest.mark.parametrize("agreement", bundled_ids())
def test_the_whole_text_is_on_it_and_what_keeps_it(agreement: str) -> None:
    text = text_of(agreement)
    terms = read_agreement(text.encode(), agreement)
    page = made(text)
    read = words(page)
    assert page.count('<section class="clause"') == len(terms.clauses)
    for clause in terms.clauses:
        assert words(clause.text) in read
    for bound in terms.rules:
        assert html.escape(bound.rule.fault()) in page
    for attestation in terms.attestations:
        assert html.escape(attestation.text) in page
    for placed in terms.cases:
        assert html.escape(placed.case.title) in page
    opening = text.split("\n\n")[1]
    assert words(opening) in read


def test_nothing_is_run_or_fetched() -> None:
    text = text_of("removal-order-address")
    old = "Requests are for criminal investigation"
    assert old in text
    page = made(text.replace(old, "![x](https://a.example/x) [y](https://a.example) " + old))
    assert "[y](https://a.example)" in page
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)\s*=\s*[\"']?(?!#)", page)


def test_words_of_the_text_are_not_markup() -> None:
    text = text_of("removal-order-address").replace(
        'office = "Head of the agency"', 'office = "Head <script>alert(1)</script>"'
    )
    page = made(text)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_command_writes_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["agreement", "show", "voter-roll", "--out", str(tmp_path / "page.html"),
              "--home", str(tmp_path / "nowhere")])  # fmt: skip
    assert left.value.code == 0
    assert "Four digits are no number" in (tmp_path / "page.html").read_text(encoding="utf-8")
