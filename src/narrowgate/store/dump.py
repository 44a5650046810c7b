"""All rows of a database as plain values, to be held against those of another."""

from __future__ import annotations

from typing import Any

from django.db.models import AutoField, BigAutoField, Model

from narrowgate.store import models

# What names a row where its own number is by chance.
_KEYS: dict[type[Model], tuple[str, ...]] = {
    models.Projection: (),
    models.Person: ("id",),
    models.Agreement: ("digest",),
    models.Delegation: ("index",),
    models.SafeguardFact: ("index",),
    models.Snapshot: ("index",),
    models.Witnessing: ("index",),
    models.Case: ("id",),
    models.Vote: ("case", "row", "officer"),
    models.Attempts: ("case",),
}


def tables(alias: str) -> dict[str, dict[str, dict[str, Any]]]:
    """By table and key, the fields of every row; without numbers that a database gives itself."""
    return {model.__name__: _rows(alias, model) for model in _KEYS}


def _rows(alias: str, model: type[Model]) -> dict[str, dict[str, Any]]:
    names = [
        field.name
        for field in model._meta.concrete_fields
        if not isinstance(field, AutoField | BigAutoField)
    ]
    rows = model._default_manager.using(alias).values(*names)
    return {" ".join(str(row[name]) for name in _KEYS[model]): dict(row) for row in rows}
