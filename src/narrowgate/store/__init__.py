"""What lies on disk and in the database; the only room that writes either."""

from __future__ import annotations

import os

import django
from django.apps import apps

# Django must know its settings before models.py is read, whoever reads it first.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "narrowgate.store.settings")
if not apps.ready and not apps.loading:
    django.setup()
