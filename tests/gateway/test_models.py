"""A model is used under an agreement by an evaluation that keeps its ceilings, or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from narrowgate import clock
from narrowgate.agreement.bundled import bundled
from narrowgate.agreement.document import read_agreement
from narrowgate.agreement.terms import AnswerTerms
from narrowgate.canonical import sha256
from narrowgate.case.states import CaseState
from narrowgate.cli.main import main
from narrowgate.errors import BadInput, Conflict, NotFound, WrongState
from narrowgate.events import Kind
from narrowgate.gateway import models
from narrowgate.gateway.adopt import adopt
from narrowgate.gateway.cases import show_case
from narrowgate.gateway.enrol import create_site
from narrowgate.gateway.integrity import faults_of
from narrowgate.gateway.models import install_files, install_model, model_for
from narrowgate.gateway.process import process, resume
from narrowgate.gateway.site import Site
from narrowgate.keys.jwk import Key
from narrowgate.matching.evaluation import Evaluation, read_evaluation, shown
from narrowgate.matching.model import bundled_model
from narrowgate.matching.quality import Figures
from world import World, person, record

ROOT = Path(__file__).parents[2]
STRICT = (ROOT / "src/narrowgate/matching/strict.json").read_bytes()
MINE = STRICT.replace(b'"strict"', b'"mine"', 1)
GOOD = Figures(0, 8_000_000, 7_000, 10, 7_010, 7_000, 10)
POOR = Figures(0, 80_000, 7_000, 10, 7_010, 6_999, 10)
POORLY = pytest.mark.parametrize(
    ("figures", "told"),
    [
        # 1 of 80,000: at most 5.93e-05 with 95 % confidence.
        (POOR, "5.93e-05, at most 1e-06 is allowed (5.83e-05 too much)"),
        (Figures(0, 8_000_000, 7_000, 320_000, 7_010, 7_000, 10),
         "review: 0.0400, at most 0.0250 is allowed (0.0150 too much)"),
        # Groups of 500 true records are not compared.
        (Figures(0, 8_000_000, 1_000, 0, 1_000, 1_000, 0), "not measured, at most 5.00"),
    ],
)  # fmt: skip


def text(model: str) -> bytes:
    source = bundled("removal-order-address")
    assert source is not None
    return source.replace(b'model = "strict"', f'model = "{model}"'.encode())


TERMS = read_agreement(text("mine"), "x").answer


def evaluation(model: bytes, figures: Figures = GOOD, terms: AnswerTerms = TERMS) -> bytes:
    half = {name: getattr(figures, name) // 2 for name in Figures.__slots__}
    rest = {name: getattr(figures, name) - half[name] for name in half}
    groups = {"script": {"one": Figures(**half), "other": Figures(**rest)}}
    return Evaluation(
        model=sha256(model), software="narrowgate 0", made_at="2026-01-01T00:00:00Z",
        terms=terms, data={}, people=1, refused_by_code={}, **shown(figures, groups, figures),
    ).to_bytes()  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return create_site(
        tmp_path / "site", custodian="custodian", origin="custodian.example/log",
        test_parties=True, clock=clock.now,
    )  # fmt: skip


def signed(site: Site, model: str) -> Any:
    officers = [Key.read(site.home / f"parties/agreement-officer-{n}.jwk") for n in (1, 2)]
    return adopt(site, text(model), "agreement.md", officers)


def events(site: Site) -> list[Mapping[str, Any]]:
    return [json.loads(entry) for entry in site.log.entries(0, site.log.size)]


def test_a_model_that_is_not_there_is_not_adopted(site: Site) -> None:
    with pytest.raises(NotFound):
        signed(site, "mine")


def test_an_installed_model_is_used_and_told_by_the_log(site: Site) -> None:
    installed = install_model(site, MINE, evaluation(MINE), "mine.json")
    assert (installed.name, installed.digest) == ("mine", sha256(MINE))
    terms = signed(site, "mine")
    assert model_for(site, terms.answer) == installed
    entry = next(e for e in events(site) if e["event"] == Kind.MODEL_INSTALLED)
    assert (entry["model"], entry["digest"]) == ("mine", sha256(MINE))
    assert entry["evaluation"] == sha256(evaluation(MINE))
    assert not faults_of(site)


@POORLY
def test_a_model_above_a_ceiling_is_not_adopted_and_it_is_said_by_how_much(
    site: Site, figures: Figures, told: str
) -> None:
    install_model(site, MINE, evaluation(MINE, figures), "mine.json")
    with pytest.raises(WrongState) as error:
        signed(site, "mine")
    assert told in error.value.fault
    assert "evaluate" in error.value.mend
    assert not any(e["event"] == Kind.AGREEMENT_ADOPTED for e in events(site))


def test_the_command_says_which_ceiling_and_by_how_much(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_model(site, STRICT, evaluation(STRICT, POOR), "strict.json")
    officers = [str(site.home / f"parties/agreement-officer-{n}.jwk") for n in (1, 2)]
    with pytest.raises(SystemExit) as left:
        main(["agreement", "adopt", "removal-order-address", "--key", officers[0],
              "--key", officers[1], "--home", str(site.home)])  # fmt: skip
    assert left.value.code == 4
    assert "at most 1e-06 is allowed (5.83e-05 too much)" in capsys.readouterr().err


def test_an_adopted_model_whose_new_evaluation_is_poor_is_used_no_more(site: Site) -> None:
    install_model(site, MINE, evaluation(MINE), "mine.json")
    terms = signed(site, "mine")
    install_model(site, MINE, evaluation(MINE, POOR), "mine.json")
    with pytest.raises(WrongState):
        model_for(site, terms.answer)


def test_the_custodians_own_evaluation_of_the_bundled_model_goes_first(site: Site) -> None:
    terms = read_agreement(text("strict"), "x").answer
    install_model(site, STRICT, evaluation(STRICT), "strict.json")
    assert model_for(site, terms) == bundled_model("strict")
    install_model(site, STRICT, evaluation(STRICT, POOR), "strict.json")
    with pytest.raises(WrongState, match="too much"):
        model_for(site, terms)


@pytest.mark.parametrize(
    ("model", "tried", "error"),
    [
        (MINE, STRICT, BadInput),  # the evaluation of another model
        (STRICT.replace(b"0.95", b"0.96", 1), None, Conflict),  # another model named strict
        (STRICT.replace(b'"strict"', b'"../strict"', 1), None, BadInput),
        (b"{}", None, BadInput),
    ],
)
def test_what_is_not_installed(
    site: Site, model: bytes, tried: bytes | None, error: type[Exception]
) -> None:
    size = site.log.size
    with pytest.raises(error):
        install_model(site, model, evaluation(tried or model), "model.json")
    assert site.log.size == size
    assert not (site.home / "models").exists()


def test_from_files(site: Site, tmp_path: Path) -> None:
    model, tried = tmp_path / "m.json", tmp_path / "e.json"
    model.write_bytes(MINE)
    with pytest.raises(BadInput, match=r"e\.json"):
        install_files(site, model, tried)
    tried.write_bytes(evaluation(MINE))
    assert install_files(site, model, tried).name == "mine"


def test_a_name_means_one_model_for_ever(site: Site) -> None:
    install_model(site, MINE, evaluation(MINE), "mine.json")
    other = MINE.replace(b"0.95", b"0.96", 1)
    with pytest.raises(Conflict):
        install_model(site, other, evaluation(other), "mine.json")
    assert model_for(site, TERMS).digest == sha256(MINE)


def test_what_is_cut_off_behind_the_entry_is_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(name: str, data: bytes) -> None:
        raise OSError("power")

    monkeypatch.setattr(site.files, "write", cut)
    with pytest.raises(OSError, match="power"):
        install_model(site, MINE, evaluation(MINE), "mine.json")
    monkeypatch.undo()
    with pytest.raises(NotFound):
        model_for(site, TERMS)
    install_model(site, MINE, evaluation(MINE), "mine.json")
    assert model_for(site, TERMS).name == "mine"


@POORLY
def test_a_case_stops_before_the_register_and_goes_on_when_the_model_is_shown_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: Figures, told: str
) -> None:
    good = read_evaluation(evaluation(STRICT), "good")
    monkeypatch.setattr(models, "bundled_evaluation", lambda name: good)
    world = World(tmp_path, people=[person(number) for number in range(5)])
    install_model(world.site, STRICT, evaluation(STRICT, figures), "strict.json")
    case = world.receive([record(number) for number in range(5)]).case
    with pytest.raises(WrongState) as error:
        process(world.site, case)
    assert told in error.value.fault
    assert show_case(world.site, case)[1].state == CaseState.SCREENED
    install_model(world.site, STRICT, evaluation(STRICT), "strict.json")
    assert resume(world.site, case).docket.counts["confirmed"] == 5
