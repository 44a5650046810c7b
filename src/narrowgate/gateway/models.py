"""The models of a site: the bundled one, and those that the custodian has put beside it.

A model is no personal data. It is named in an agreement, and used under it only with an evaluation
that keeps the agreement's ceilings.
"""

from __future__ import annotations

from narrowgate.agreement.terms import AnswerTerms
from narrowgate.errors import BadInput, Conflict, NotFound
from narrowgate.gateway.site import Site
from narrowgate.matching.evaluation import (
    Evaluation,
    bundled_evaluation,
    read_evaluation,
    require,
)
from narrowgate.matching.model import Model, bundled_model, is_bundled, read_model


def install_model(site: Site, model: bytes, evaluation: bytes, name: str) -> Model:
    """Keep a model under its own name, with its evaluation. Raises BadInput where they do not
    belong together, Conflict for the name of a bundled model or of another that is there.
    """
    read = read_model(model, name)
    if not read.name.isidentifier():
        raise BadInput("a model's name is letters, digits and underscores", place=name)
    if is_bundled(read.name):
        raise Conflict("a bundled model has this name", place=read.name)
    if read_evaluation(evaluation, name).model != read.digest:
        raise BadInput("the evaluation is of another model", place=name)
    there = site.files.read(_path(read.name))
    if there is not None and there != model:
        raise Conflict(
            "another model of this name is here", place=read.name, mend="Give it a new name."
        )
    site.files.write(_path(read.name), model)
    site.files.write(_evaluation_path(read.name), evaluation)
    return read


def model_for(site: Site, terms: AnswerTerms) -> Model:
    """The model that the terms name. Raises NotFound without it, and WrongState where its
    evaluation does not keep the terms' ceilings, saying which and by how much.
    """
    model, evaluation = _named(site, terms.model)
    require(evaluation, model, terms)
    return model


def _named(site: Site, name: str) -> tuple[Model, Evaluation | None]:
    if is_bundled(name):
        return bundled_model(name), bundled_evaluation(name)
    model, evaluation = site.files.read(_path(name)), site.files.read(_evaluation_path(name))
    if model is None or evaluation is None:
        raise NotFound(
            "the site has no such model",
            place=name,
            mend="`narrowgate model install FILE --evaluation FILE`",
        )
    return read_model(model, name), read_evaluation(evaluation, name)


def _path(name: str) -> str:
    return f"models/{name}.json"


def _evaluation_path(name: str) -> str:
    return f"models/{name}.evaluation.json"
