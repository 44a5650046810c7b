"""Names, dates of birth and numbers of a person in standard form."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nicknames import NickNamer

from narrowgate.standard import nicknames
from narrowgate.standard.columns import RAW_COLUMNS
from narrowgate.standard.folding import romanise
from narrowgate.standard.form import standardise
from narrowgate.standard.names import read_names

CELLS = ("given_name", "middle_name", "family_name", "name_suffix")
FORM = ("given", "middle", "family", "suffix")
VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "names.toml").read_text("utf-8"))
NICKNAMES = {(pair["one"], pair["other"]) for pair in nicknames.pairs().to_pylist()}
Form = dict[str, str | None]


def person(**cells: str) -> dict[str, object]:
    row = dict.fromkeys(RAW_COLUMNS) | cells
    schema = pa.schema([(name, pa.string()) for name in RAW_COLUMNS])
    with duckdb.connect() as con:
        result: dict[str, object] = standardise(
            con, pa.Table.from_pylist([row], schema=schema)
        ).to_pylist()[0]
    return result


@pytest.mark.parametrize(
    ("cells", "given", "family", "suffix"),
    [
        (("John", "O'Brien", ""), "JOHN", "OBRIEN", None),
        (("John", "O’Brien", ""), "JOHN", "OBRIEN", None),
        (("José María", "García-López", ""), "JOSE MARIA", "GARCIA LOPEZ", None),
        (("Łukasz", "Ørsted", ""), "LUKASZ", "ORSTED", None),
        (("Jürgen", "Strauß", ""), "JURGEN", "STRAUSS", None),
        (("Mary-Anne", "De La Cruz", ""), "MARY ANNE", "DELACRUZ", None),
        (("Mr. John", "Smith", ""), "JOHN", "SMITH", None),
        (("Dr. Mrs. Ann", "Smith", ""), "ANN", "SMITH", None),
        (("John", "Smith Jr.", ""), "JOHN", "SMITH", "JR"),
        (("John", "Smith, Junior", ""), "JOHN", "SMITH", "JR"),
        (("John Sr", "Smith", ""), "JOHN", "SMITH", "SR"),
        (("John", "Smith III", ""), "JOHN", "SMITH", "III"),
        (("John", "Smith", "3rd"), "JOHN", "SMITH", "III"),
        (("John", "Smith Jr", "II"), "JOHN", "SMITH", "II"),
        (("John", "Smith V", ""), "JOHN", "SMITH", "V"),
        (("John V", "Smith", ""), "JOHN", "SMITH", None),
        (("Junior", "Senior", ""), "JUNIOR", "SENIOR", None),
        (("Mr", "Hon", ""), None, "HON", None),
        (("", "--", "xyz"), None, None, None),
        (("Иван", "李", ""), "IVAN", "LI", None),
    ],
)
def test_names(
    cells: tuple[str, str, str], given: str | None, family: str | None, suffix: str | None
) -> None:
    row = person(given_name=cells[0], family_name=cells[1], name_suffix=cells[2])
    assert (row["given"], row["family"], row["suffix"]) == (given, family, suffix)


def test_middle_names_stay_as_given() -> None:
    assert person(middle_name="q.")["middle"] == "Q"
    assert person(middle_name="Lee Ann")["middle"] == "LEE ANN"
    assert person(middle_name=".")["middle"] is None


def forms(rows: list[tuple[str | None, ...]]) -> list[Form]:
    columns = {
        cell: pa.array([row[at] or None for row in rows], pa.string())
        for at, cell in enumerate(CELLS)
    }
    result: list[Form] = pa.table(read_names(columns)).to_pylist()
    assert len(result) == len(rows)
    return result


def spaced(one: Form, other: Form) -> bool:
    """The same letters, parted otherwise."""
    joined = [
        [(form[name] or "").replace(" ", "") for name in ("given", "family")]
        for form in (one, other)
    ]
    return joined[0] == joined[1]


def part(one: Form, other: Form) -> bool:
    """A surname left out, or surnames exchanged."""
    surnames = [set((form["family"] or "").split()) for form in (one, other)]
    return surnames[0] <= surnames[1] or surnames[1] <= surnames[0]


def less(one: Form, other: Form) -> bool:
    """One form says nothing where the other says something, or an initial."""

    def agree(name: str) -> bool:
        a, b = one[name], other[name]
        if a is None or b is None or a == b:
            return True
        return name in ("given", "middle") and a[0] == b[0] and 1 in (len(a), len(b))

    return all(agree(name) for name in FORM)


def relation(one: Form, other: Form) -> str:
    """What two standard forms are to each other, in the words of vectors/names.toml."""
    unlike = [name for name in FORM if one[name] != other[name]]
    if not unlike:
        return "same"
    if unlike == ["given"] and (one["given"], other["given"]) in NICKNAMES:
        return "nickname"
    if spaced(one, other) and set(unlike) <= {"given", "family"}:
        return "spaced"
    if unlike == ["family"] and None not in (one["family"], other["family"]) and part(one, other):
        return "part"
    if one["family"] == other["family"] is not None and one["given"] and less(one, other):
        return "less"
    return "different"


@pytest.mark.parametrize("pair", VECTORS["pair"], ids=lambda pair: f"{pair['a']} {pair['b']}")
def test_vectors(pair: dict[str, str]) -> None:
    one, other = forms([tuple(pair["a"]), tuple(pair["b"])])
    found = relation(one, other)
    if pair["is"] == "respelt":
        assert found == "different"
        assert one["name_key"] == other["name_key"]
    else:
        assert found == pair["is"], (one, other)
    if pair["is"] in ("same", "spaced"):
        assert one["name_key"] == other["name_key"]
    assert relation(other, one) == found


def test_there_are_vectors_of_every_relation() -> None:
    kinds = [pair["is"] for pair in VECTORS["pair"]]
    assert len(kinds) >= 200
    assert set(kinds) == {"same", "spaced", "respelt", "nickname", "part", "less", "different"}
    assert len({str((pair["a"], pair["b"])) for pair in VECTORS["pair"]}) == len(kinds)


def test_spellings_of_one_person_share_a_name_key() -> None:
    def key(given: str, family: str) -> object:
        return person(given_name=given, family_name=family)["name_key"]

    assert key("John", "Hernandez") == key("JON", "Hernández") == key("J", "Hernandes")
    assert key("Catherine", "Schmidt") == key("Cathy", "Schmitt")
    assert key("John Q", "Ibarra") == key("John", "Ybarra Jr") == key("", "Ybarra, John")
    assert key("John", "Hernandez") != key("John", "Martinez")
    assert key("John", "Smith") != key("Mary", "Smith")
    assert key("John", "") is None


# Names as cells have them: particles, suffixes, titles, initials, commas, marks, any text.
PIECES = """
DE LA DEL LOS CRUZ GARCIA VAN DER BERG O D L T Y E I ST STE STCLAIR SAINT MC AL EL BIN ABD LE NGUYEN
DO JR SR II V JUNIOR 3RD MR DR HON MD PHD Ph.D. ESQ NMN MA MA. Mª J Q John María O'BRIEN D'ANGELO
Mary-Ann Иван 李 Łukasz ß ㎏ , . ' - ( ) " 1 N/A
"""
pieces = st.sampled_from(PIECES.split())
written = st.one_of(
    st.builds(
        lambda words, gaps: "".join(w + g for w, g in zip(words, gaps, strict=True)),
        st.lists(pieces, min_size=5, max_size=5),
        st.lists(st.sampled_from(["", " ", "-", ", ", ". "]), min_size=5, max_size=5),
    ),
    st.lists(pieces, max_size=6).map(" ".join),
    st.text(max_size=20),
)
named = st.lists(st.tuples(*[written | st.none()] * 4), max_size=12)


@example([(None, "JR:JR", None, None), ("MR MA DE 0", "DE LA NGUYEN", "LA LE DEDEDE", None)])
@given(named)
@settings(max_examples=300, deadline=None)
def test_a_standard_name_is_its_own_standard_form(rows: list[tuple[str | None, ...]]) -> None:
    first = forms(rows)
    assert forms([tuple(form[name] for name in FORM) for form in first]) == first


@given(named)
@settings(max_examples=300, deadline=None)
def test_standard_names_are_words_of_ascii_capitals(rows: list[tuple[str | None, ...]]) -> None:
    for form in forms(rows):
        for name in FORM:
            value = form[name]
            assert value is None or value == " ".join(value.split()) != ""
            assert value is None or all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 " for c in value)
        assert form["suffix"] in (None, "JR", "SR", "II", "III", "IV", "V")
        assert (form["name_key"] is None) == (form["family"] is None)


@given(named, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_a_name_depends_on_its_own_row_alone(
    rows: list[tuple[str | None, ...]], chance: random.Random
) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)
    together = forms(rows)
    assert forms([rows[at] for at in order]) == [together[at] for at in order]
    assert [forms([row])[0] for row in rows] == together


@given(st.text(alphabet=st.characters()))  # lone surrogates too
@settings(max_examples=300, deadline=None)
def test_any_text_is_romanised(text: str) -> None:
    result = romanise(text)
    assert result.isascii()
    assert romanise(result) == result


def test_nickname_pairs_go_both_ways_and_are_standard_forms() -> None:
    assert {(other, one) for one, other in NICKNAMES} == NICKNAMES
    assert all(one != other for one, other in NICKNAMES)
    names = [(one, None, "SMITH", None) for one in sorted({one for one, _ in NICKNAMES})]
    assert [form["given"] for form in forms(names)] == [name[0] for name in names]
    table = nicknames.pairs()
    assert table.column_names == ["one", "other"]
    assert table.sort_by([("one", "ascending"), ("other", "ascending")]).equals(table)


def test_nickname_pairs_are_the_package_s_less_those_that_equate_two_people() -> None:
    told = {
        frozenset((name.upper(), nick.upper()))
        for name, nicks in NickNamer().nickname_lookup.items()
        for nick in nicks
    }
    kept = {frozenset(pair) for pair in NICKNAMES}
    assert len(told & kept) == 1405
    assert len(kept - told) == 25  # Spanish ones
    borne = set(nicknames.borne().column("given").to_pylist())
    assert {"AARON", "ERIN", "DANIELLE", "PEGGY"} <= borne


def test_the_digest_names_the_pairs() -> None:
    assert nicknames.digest().startswith("sha256:")
    assert len(nicknames.digest()) == 71


@pytest.mark.parametrize(
    ("cell", "born", "fault"),
    [
        ("1980-02-29", date(1980, 2, 29), None),
        ("1980-02-29T00:00:00Z", date(1980, 2, 29), None),
        ("1980-02-29 00:00:00", date(1980, 2, 29), None),
        ("19800229", date(1980, 2, 29), None),
        ("2/29/1980", date(1980, 2, 29), None),
        ("02/29/1980", date(1980, 2, 29), None),
        ("1981-02-29", None, "invalid"),
        ("29/02/1980", None, "invalid"),
        ("0000-00-00", None, "invalid"),
        ("80-02-29", None, "invalid"),
        ("unknown", None, "invalid"),
        ("1980-02-29x", None, "invalid"),
        ("١٩٨٠-٠٢-٢٩", None, "invalid"),
        ("", None, None),
        ("  ", None, None),
    ],
)
def test_dates(cell: str, born: date | None, fault: str | None) -> None:
    row = person(date_of_birth=cell)
    assert (row["birth_date"], row["birth_date_fault"]) == (born, fault)


@pytest.mark.parametrize(
    ("tin", "stated", "kind", "fault"),
    [
        ("219-45-6789", "", "ssn", None),
        ("219456789", "ssn", "ssn", None),
        ("219 45 6789", "SSN", "ssn", None),
        ("900-70-1234", "", "itin", None),
        ("900-70-1234", "itin", "itin", None),
        ("900-70-1234", "ssn", None, "kind_mismatch"),
        ("219-45-6789", "itin", None, "kind_mismatch"),
        ("219-45-6789", "ein", None, "kind_mismatch"),
        ("000-45-6789", "", None, "invalid"),
        ("666-45-6789", "", None, "invalid"),
        ("219-00-6789", "", None, "invalid"),
        ("219-45-0000", "", None, "invalid"),
        ("900-49-1234", "", None, "invalid"),
        ("900-50-1234", "", "itin", None),
        ("900-65-1234", "", "itin", None),
        ("900-66-1234", "", None, "invalid"),
        ("900-69-1234", "", None, "invalid"),
        ("900-88-1234", "", "itin", None),
        ("900-89-1234", "", None, "invalid"),
        ("900-92-1234", "", "itin", None),
        ("900-93-1234", "", None, "invalid"),
        ("900-94-1234", "", "itin", None),
        ("900-99-1234", "", "itin", None),
        ("078-05-1120", "", None, "placeholder"),
        ("219-09-9999", "", None, "placeholder"),
        ("457-55-5462", "", None, "placeholder"),
        ("987-65-4320", "", None, "placeholder"),
        ("987-65-4329", "", None, "placeholder"),
        ("123-45-6789", "", None, "placeholder"),
        ("111-11-1111", "", None, "placeholder"),
        ("999-99-9999", "itin", None, "placeholder"),
        ("6789", "", None, "invalid"),
        ("XXX-XX-6789", "", None, "invalid"),
        ("21945678", "", None, "invalid"),
        ("2194567890", "", None, "invalid"),
        ("219-456-789", "", None, "invalid"),
        ("٢١٩٤٥٦٧٨٩", "", None, "invalid"),
        ("", "", None, None),
        ("  ", "ssn", None, None),
    ],
)
def test_numbers(tin: str, stated: str, kind: str | None, fault: str | None) -> None:
    row = person(tin=tin, tin_kind=stated)
    digits = "".join(c for c in tin if c.isdigit()) if kind else None
    assert (row["tin"], row["tin_kind"], row["tin_fault"]) == (digits, kind, fault)
