"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Models and migrations of the gate's database."""

    name = "narrowgate.store"
    label = "store"
