"""Django's settings for this room. Databases are added per site (database.py)."""

from __future__ import annotations

SECRET_KEY = "the gate keeps no sessions here"  # noqa: S105  (Django wants one; nothing is signed with it)
INSTALLED_APPS = ["narrowgate.store"]
DATABASES: dict[str, dict[str, object]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
