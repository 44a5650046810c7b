"""A model that Splink 5 trained and saved: what is taken over, and what is said of the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from narrowgate.errors import BadInput
from narrowgate.matching.model import LEVELS, Share, bundled_model, read_model
from narrowgate.matching.model_file import model_file
from narrowgate.matching.splink import Imported, import_splink

SAVED = (Path(__file__).parent / "splink5_settings.json").read_bytes()
BASE = bundled_model("strict")


def settings() -> Any:
    return json.loads(SAVED)


def imported(changed: Any = None, columns: dict[str, str] | None = None) -> Imported:
    data = SAVED if changed is None else json.dumps(changed).encode()
    return import_splink(data, BASE, columns or {}, "settings.json")


def theirs(column: str) -> dict[str, dict[str, float]]:
    of = next(c for c in settings()["comparisons"] if c["output_column_name"] == column)
    return {level["label_for_charts"]: level for level in of["comparison_levels"]}


def test_what_corresponds_has_splinks_shares() -> None:
    found = imported()
    given = theirs("given_name")
    exact = given["Exact match on given_name"]
    alike = given["Jaro-Winkler distance of given_name >= 0.92"]
    assert found.identity["given"]["exact"].m == pytest.approx(exact["m_probability"], rel=1e-6)
    assert found.identity["given"]["exact"].u == pytest.approx(exact["u_probability"], rel=1e-6)
    assert found.identity["given"]["alike"].m == pytest.approx(alike["m_probability"], rel=1e-6)
    slip = theirs("date_of_birth")["Levenshtein distance <= 1"]
    assert found.identity["birth_date"]["slip"].u == pytest.approx(slip["u_probability"], rel=1e-6)
    assert {"given.exact", "given.alike", "given.else", "family.alike", "birth_date.slip"} <= set(
        found.taken
    )


def test_shares_of_a_comparison_still_add_up() -> None:
    found = imported()
    for comparison in ("tin", "birth_date", "given", "family", "suffix"):
        of = found.identity[comparison]
        weighed = [of[level] for level in LEVELS[comparison] if of[level] != Share(1.0, 1.0)]
        assert sum(share.m for share in weighed) == pytest.approx(1.0)
        assert sum(share.u for share in weighed) == pytest.approx(1.0)


def test_what_has_no_counterpart_is_else_and_said() -> None:
    found = imported()
    folded = [note for note in found.notes if "counted as else" in note]
    assert sum("Jaro-Winkler" in note for note in folded) == 2  # 0.88 and 0.7
    assert sum("Abs date difference" in note for note in folded) == 3
    levels = theirs("date_of_birth").values()
    rest = sum(level["u_probability"] for level in list(levels)[3:])
    swapped = BASE.identity["birth_date"]["swapped"].u
    assert found.identity["birth_date"]["else"].u == pytest.approx(rest - swapped, rel=1e-4)
    assert any(note.startswith("postal_code: no comparison") for note in found.notes)


def test_what_splink_did_not_train_or_know_is_the_bases_and_said() -> None:
    found = imported()
    assert found.identity["tin"]["slip"].u == pytest.approx(BASE.identity["tin"]["slip"].u)
    assert "tin.slip: not trained in Splink; the base model's" in found.notes
    assert "suffix.else: not trained in Splink; the base model's" in found.notes
    assert "given.nickname: no level of Splink's corresponds; the base model's" in found.notes
    assert found.identity["middle"] == BASE.identity["middle"]
    assert "middle: not in Splink's settings; the base model's" in found.notes
    assert found.identity["family"]["swapped"] == Share(1.0, 1.0)


def test_the_file_is_read_by_the_reader_of_models() -> None:
    found = imported()
    data = model_file("taken-over", "From Splink.", BASE, found.identity, {})
    model = read_model(data, "model.json")
    for comparison, levels in found.identity.items():
        for level, share in levels.items():
            assert model.identity[comparison][level].bits == pytest.approx(share.bits, abs=1e-3)


def test_columns_of_other_names_are_told() -> None:
    text = SAVED.decode().replace("given_name", "vorname")
    assert any(
        note.startswith("vorname: no comparison") for note in imported(json.loads(text)).notes
    )
    told = imported(json.loads(text), {"given": "vorname"})
    assert told.identity == imported().identity


def test_names_exchanged_are_swapped() -> None:
    changed = settings()
    given = next(c for c in changed["comparisons"] if c["output_column_name"] == "given_name")
    given["comparison_levels"].insert(
        2,
        {"sql_condition": '"given_name_l" = "family_name_r" AND "given_name_r" = "family_name_l"',
         "m_probability": 0.01, "u_probability": 0.00002},
    )  # fmt: skip
    found = imported(changed)
    assert "given.swapped" in found.taken
    assert found.identity["given"]["swapped"].bits == pytest.approx(8.97, abs=0.05)


def level_without(column: str, label: str) -> Any:
    changed = settings()
    of = next(c for c in changed["comparisons"] if c["output_column_name"] == column)
    of["comparison_levels"] = [
        level for level in of["comparison_levels"] if level["label_for_charts"] != label
    ]
    return changed


def twice() -> Any:
    changed = settings()
    return {**changed, "comparisons": [*changed["comparisons"], changed["comparisons"][0]]}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, "not Splink's settings"),
        ([], "not Splink's settings"),
        ({"comparisons": [{"output_column_name": "a", "comparison_levels": [{}]}]}, "not Splink's"),
        ({"comparisons": []}, "none of its comparisons"),
        (twice(), "two comparisons are on tin"),
        (level_without("tin", "Exact match on tin"), "no level says exact"),
        (level_without("tin", "All other comparisons"), "no level says else"),
    ],
)
def test_what_cannot_be_taken_over_is_refused(changed: Any, fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        imported(changed)
