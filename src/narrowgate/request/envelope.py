"""A request folder, opened: manifest.json as a JWS, the records file and the documents it names.

Nothing outside the folder is ever followed: names are plain, links are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from narrowgate.engine.read import format_of
from narrowgate.engine.unpack import ReadFault
from narrowgate.errors import BadInput
from narrowgate.keys import jws
from narrowgate.reasons import Code
from narrowgate.request.documents import find_documents, inside
from narrowgate.request.manifest import Manifest, RecordsFile, read_manifest
from narrowgate.request.records import LIMITS, Fault

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
    data = _manifest(folder)
    try:
        signed = jws.parse(data)
        manifest = read_manifest(signed.payload)
    except BadInput as error:
        fault = Fault(Code.REQUEST_UNREADABLE, error.place, error.fault, error.mend)
        return Envelope(folder, data, faults=(fault,))
    records, faults = _records(folder, manifest.records)
    documents, oversize = find_documents(folder, manifest)
    return Envelope(
        folder,
        data,
        signed.payload,
        manifest,
        signed.signatures,
        records,
        documents,
        (*faults, *oversize),
    )


def _manifest(folder: Path) -> bytes:
    path = inside(folder, MANIFEST)
    if path is None:
        raise BadInput(
            "not a request folder: there is no manifest.json in it",
            place=str(folder),
            mend="Make one with `narrowgate request pack`.",
        )
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_MANIFEST + 1)
    except OSError as error:
        raise BadInput(f"it cannot be opened ({type(error).__name__})", place=str(path)) from None
    if len(data) > _MAX_MANIFEST:
        raise BadInput("a manifest of more than 1 MiB", place=str(path))
    return data


def _records(folder: Path, named: RecordsFile) -> tuple[Path | None, list[Fault]]:
    """The records file, if it may be read; else why not. A larger one is not even hashed."""
    path = inside(folder, named.file)
    if path is None:
        return None, [
            Fault(
                Code.REQUEST_UNREADABLE,
                named.file,
                "the records file that the manifest names is not in the folder",
                "Send the folder as `narrowgate request pack` made it.",
            )
        ]
    if path.stat().st_size > LIMITS.plain_bytes:
        return None, [
            Fault(
                Code.REQUEST_TOO_LARGE,
                named.file,
                f"a file of more than {LIMITS.plain_bytes:,} bytes",
                "Send fewer records at a time.",
            )
        ]
    try:
        faults = [] if format_of(path) == named.format else [_other_format(named)]
    except ReadFault:
        faults = []  # told by read_records
    return path, faults


def _other_format(named: RecordsFile) -> Fault:
    return Fault(
        Code.REQUEST_UNREADABLE,
        "manifest.json records.format",
        f"the manifest says {named.format}, the file's ending something else",
        "Pack the request again with `narrowgate request pack`.",
    )
