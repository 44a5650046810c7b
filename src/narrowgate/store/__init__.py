"""What lies on disk and in the database; the only room that writes either."""

from __future__ import annotations

import os

from django.apps import apps
from django.conf import settings

# Django must know its settings before models.py is read, whoever reads it first. This is what
# django.setup() does, less the web half of Django, which nothing here needs.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "narrowgate.store.settings")
if not apps.ready and not apps.loading:
    apps.populate(settings.INSTALLED_APPS)
