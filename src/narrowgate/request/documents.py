"""The documents that a manifest names: plain files in the folder, each of a bounded size."""

from __future__ import annotations

import os
from pathlib import Path

from narrowgate.reasons import Code
from narrowgate.request.manifest import Manifest
from narrowgate.request.records import Fault

MOST_BYTES = 64 << 20


def find_documents(folder: Path, manifest: Manifest) -> tuple[dict[str, Path], list[Fault]]:
    """By name those that are there, and a fault for each that is too large to be taken."""
    found: dict[str, Path] = {}
    faults: list[Fault] = []
    for name, _ in manifest.documents:
        path = inside(folder, name)
        if path is None:
            continue  # request.document_missing, which the agreement's rules tell
        if path.stat().st_size > MOST_BYTES:
            faults.append(
                Fault(
                    Code.REQUEST_TOO_LARGE,
                    name,
                    f"a document of more than {MOST_BYTES >> 20} MiB",
                    "Send a smaller one.",
                )
            )
            continue
        found[name] = path
    return found, faults


def inside(folder: Path, name: str) -> Path | None:
    """The regular file of that plain name in the folder; None where there is none to be read, or a
    link: whoever sends a folder must not point the gate at its own files.
    """
    path = folder / name
    return path if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK) else None
