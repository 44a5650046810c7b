"""A request folder, opened: manifest.json as a JWS, the records file and the documents it names.

Nothing outside the folder is ever followed: names are plain, links are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from narrowgate.errors import BadInput
from narrowgate.keys import jws
from narrowgate.reasons import Code
from narrowgate.request.manifest import Manifest, read_manifest
from narrowgate.request.records import Fault

MANIFEST = "manifest.json"
_MAX_MANIFEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Envelope:
    """What lies in a request folder. `manifest_bytes`: the file as it came; `manifest` and
    `signatures` as far as it could be read; `faults` say how far that was. `documents`: by name.
    """

    folder: Path
    manifest_bytes: bytes
    payload: bytes = b""
    manifest: Manifest | None = None
    signatures: tuple[jws.Signature, ...] = ()
    records_path: Path | None = None
    documents: dict[str, Path] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Label and bytes of every file that came, to be kept as it came."""
        yield "manifest", self.manifest_bytes
        if self.records_path is not None:
            yield "sent-records", self.records_path.read_bytes()
        for number, path in enumerate(self.documents.values()):
            yield f"document-{number}", path.read_bytes()


def open_envelope(folder: Path) -> Envelope:
    """Open a request folder. Raises BadInput where there is no request: no folder, no manifest."""
    path = folder / MANIFEST
    if not folder.is_dir() or not path.is_file():
        raise BadInput(
            "not a request folder: there is no manifest.json in it",
            place=str(folder),
            mend="Make one with `narrowgate request pack`.",
        )
    if path.stat().st_size > _MAX_MANIFEST:
        raise BadInput("the manifest is larger than 1 MiB", place=str(path))
    data = path.read_bytes()
    try:
        signed = jws.parse(data)
        manifest = read_manifest(signed.payload)
    except BadInput as error:
        fault = Fault(Code.REQUEST_UNREADABLE, error.place, error.fault, error.mend)
        return Envelope(folder, data, faults=(fault,))
    records = _inside(folder, manifest.records.file)
    faults = () if records else (_no_records(manifest.records.file),)
    documents = {name: found for name, _ in manifest.documents if (found := _inside(folder, name))}
    return Envelope(
        folder, data, signed.payload, manifest, signed.signatures, records, documents, faults
    )


def _inside(folder: Path, name: str) -> Path | None:
    """The regular file of that plain name in the folder, None where there is none."""
    path = folder / name
    return path if path.is_file() and not path.is_symlink() else None


def _no_records(name: str) -> Fault:
    return Fault(
        Code.REQUEST_UNREADABLE,
        name,
        "the records file that the manifest names is not in the folder",
        "Send the folder as `narrowgate request pack` made it.",
    )
