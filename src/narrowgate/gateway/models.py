"""The models of a site: the bundled one, and those that the custodian has put beside it.

A model is no personal data. It is named in an agreement, and used under it only with an evaluation
that keeps the agreement's ceilings. A name means one model at a site, for ever: a signed agreement
must not come to mean another. Its evaluation may be replaced; a bundled model can be given one on
the custodian's own data, which then goes before the bundled one.
"""

from __future__ import annotations

from pathlib import Path

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.canonical import sha256
from narrowgate.errors import BadInput, Conflict, NotFound
from narrowgate.events import Event, Kind
from narrowgate.gateway.commit import commit
from narrowgate.gateway.site import Site
from narrowgate.instants import stamp
from narrowgate.matching.evaluation import (
    Evaluation,
    bundled_evaluation,
    read_evaluation,
    require,
)
from narrowgate.matching.model import Model, bundled_model, is_bundled, read_model
from narrowgate.matching.model_file import check_name


def install_files(site: Site, model: Path, evaluation: Path) -> Model:
    """As `install_model`, from files. Raises BadInput for one that cannot be read."""
    return install_model(site, _read(model), _read(evaluation), model.name)


def install_model(site: Site, model: bytes, evaluation: bytes, name: str) -> Model:
    """Keep a model under its own name, with its evaluation. Raises BadInput where they do not
    belong together, Conflict where the name stands for another model.
    """
    read = read_model(model, name)
    check_name(read.name, name)
    if read_evaluation(evaluation, f"evaluation of {name}").model != read.digest:
        raise BadInput("the evaluation is of another model", place=name)

    def one_meaning() -> None:
        there = site.files.read(_path(read.name))
        bundled = is_bundled(read.name) and bundled_model(read.name).digest != read.digest
        if bundled or (there is not None and there != model):
            raise Conflict(
                "another model of this name is here", place=read.name, mend="Give it a new name."
            )

    # The entry first: nothing is used that no entry tells. Cut off behind it, the model is not
    # there or has no new evaluation, and is installed again.
    commit(
        site,
        Event(
            Kind.MODEL_INSTALLED,
            stamp(site.clock()),
            {"model": read.name, "digest": read.digest, "evaluation": sha256(evaluation)},
        ),
        check=one_meaning,
    )
    site.files.write(_evaluation_path(read.name), evaluation)
    if not is_bundled(read.name):
        site.files.write(_path(read.name), model)
    return read


def model_for(site: Site, terms: AnswerTerms) -> Model:
    """The model that the terms name. Raises NotFound without it, and WrongState where its
    evaluation does not keep the terms' ceilings, saying which and by how much.
    """
    model, evaluation = _named(site, terms.model)
    require(evaluation, model, terms)
    return model


def model_named(site: Site, terms: AnswerTerms) -> Model:
    """The model that the terms name, without asking for its evaluation. Raises NotFound."""
    return _named(site, terms.model)[0]


def kept(site: Site, name: str) -> tuple[bytes | None, bytes | None]:
    """Model and evaluation as they lie at the site; None where the bundled one serves."""
    return site.files.read(_path(name)), site.files.read(_evaluation_path(name))


def _named(site: Site, name: str) -> tuple[Model, Evaluation | None]:
    own = site.files.read(_evaluation_path(name))
    if is_bundled(name):
        tried = bundled_evaluation(name) if own is None else read_evaluation(own, name)
        return bundled_model(name), tried
    model = site.files.read(_path(name))
    if model is None or own is None:
        raise NotFound(
            "the site has no such model",
            place=name,
            mend="`narrowgate model install FILE --evaluation FILE`",
        )
    return read_model(model, name), read_evaluation(own, name)


def _path(name: str) -> str:
    return f"models/{name}.json"


def _evaluation_path(name: str) -> str:
    return f"models/{name}.evaluation.json"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput("the file cannot be read", place=str(path)) from None
