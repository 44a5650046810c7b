"""Coverage-guided fuzzing of what strangers send: `fuzz TARGET [options of libFuzzer]`.

`make fuzz` runs every target for a while. Whatever the bytes: they are read or refused in words,
and nothing else happens; in particular no words repeat what was sent.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["narrowgate"]):
    from narrowgate.agreement.bundled import bundled, bundled_ids
    from narrowgate.agreement.document import read_agreement
    from narrowgate.engine.unpack import Held, ReadFault
    from narrowgate.errors import BadInput
    from narrowgate.keys import jws
    from narrowgate.keys.jwk import Key
    from narrowgate.request.manifest import read_manifest
    from narrowgate.request.records import read_records

_MARK = b"ZZMARKED"


def agreement(data: bytes) -> None:
    """An agreement is read, or its faults are told by line."""
    try:
        read_agreement(data, "agreement.md")
    except BadInput as error:
        if "line" not in str(error):
            raise AssertionError("a fault without its line") from error


def manifest(data: bytes) -> None:
    """A manifest is read, or what is wrong with it is told without a value of it."""
    try:
        read_manifest(jws.parse(data).payload)
    except BadInput as error:
        _says_nothing(data, str(error))


def payload(data: bytes) -> None:
    """The same behind the signature."""
    try:
        read_manifest(data)
    except BadInput as error:
        _says_nothing(data, str(error))


def records(data: bytes) -> None:
    """A file of records is read, or its faults are told; the first byte picks its kind."""
    suffix = ("csv", "jsonl", "parquet")[data[0] % 3] if data else "csv"
    try:
        _, _, faults = read_records(Held(f"records.{suffix}", data[1:]))
    except ReadFault as error:
        _says_nothing(data, str(error))
    else:
        for fault in faults:
            _says_nothing(data, f"{fault.fault} {fault.mend}")


def _says_nothing(data: bytes, told: str) -> None:
    if _MARK in data and _MARK.decode() in told:
        raise AssertionError("a value was repeated")


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (agreement, manifest, payload, records)
}

_RECORDS = "record_id,given_name,family_name,tin,date_of_birth,address_line1,city,state,postal_code"
_ROW = "R-1,ZZMARKED,Quintanilla,746-52-1093,1984-03-09,418 Alder St,Springfield,IL,62704"
_PAYLOAD = {
    "contract": "1",
    "request_id": "00000000-0000-4000-8000-000000000001",
    "agreement": "voter-roll",
    "agreement_digest": "sha256:" + "0" * 64,
    "requester": "ZZMARKED",
    "purpose": "voter-registration",
    "statutes": ["52 U.S.C. 21083"],
    "attributes": ["name"],
    "attestations": [],
    "documents": [{"name": "order.pdf", "sha256": "0" * 64}],
    "records": {"file": "records.csv", "format": "csv", "sha256": "0" * 64, "count": 1},
    "created_at": "2026-07-01T15:00:00Z",
    "expires_at": "2026-07-08T15:00:00Z",
}


def seeds(target: str) -> list[bytes]:
    """What the fuzzer starts from."""
    sent = json.dumps(_PAYLOAD).encode()
    if target == "agreement":
        return [data for each in bundled_ids() if (data := bundled(each))]
    if target == "manifest":
        return [json.dumps(jws.sign(sent, [Key.generate("Ed25519")])).encode()]
    if target == "payload":
        return [sent]
    row = dict(zip(_RECORDS.split(","), _ROW.split(","), strict=True))
    return [b"\x00" + f"{_RECORDS}\n{_ROW}\n".encode(), b"\x01" + json.dumps(row).encode()]


def main() -> None:
    """Run one target with libFuzzer's own options."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in TARGETS:
        sys.exit(f"fuzz TARGET [options of libFuzzer]; targets: {', '.join(TARGETS)}")
    with tempfile.TemporaryDirectory(prefix="narrowgate-fuzz-") as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        atheris.Setup([sys.argv[0], corpus, *sys.argv[2:]], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
