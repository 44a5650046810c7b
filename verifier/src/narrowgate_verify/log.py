"""A whole log, recomputed from its entries: every tile, the root, the signature, the counts."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from narrowgate_verify import merkle
from narrowgate_verify.notes import BadFile, Checkpoint, NotVerified, VerifierKey, open_checkpoint

WIDTH, HEIGHT, HASH = 256, 8, 32


class Source(Protocol):
    """Where a log lies."""

    def read(self, path: str) -> bytes:
        """The bytes under a path of the log. Raises BadFile where there are none."""


class Folder:
    """A log in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            return (self._root / path).read_bytes()
        except OSError:
            raise BadFile(f"{path}: cannot be read") from None


class Web:
    """A log under an http or https URL."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def read(self, path: str) -> bytes:
        """The bytes of a resource."""
        try:
            # `source` lets only http and https addresses come this far.
            with urllib.request.urlopen(f"{self._url}/{path}", timeout=60) as answer:  # noqa: S310
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as error:
            error.close()
            raise BadFile(f"{path}: cannot be fetched (status {error.code})") from None
        except (urllib.error.URLError, OSError):
            raise BadFile(f"{path}: cannot be fetched") from None


def source(where: str) -> Source:
    """The log at a folder or URL. Raises BadFile."""
    if where.startswith(("http://", "https://")):
        return Web(where)
    if not Path(where).is_dir():
        raise BadFile(f"{where}: not a folder")
    return Folder(Path(where))


def verify_log(log: Source, key: VerifierKey) -> tuple[Checkpoint, list[bytes]]:
    """The checkpoint and all entries, if everything follows from them. Raises NotVerified."""
    head = open_checkpoint(log.read("checkpoint"), key)
    entries = [entry for bundle in _bundles(log, head.size) for entry in bundle]
    tree = merkle.levels([merkle.leaf_hash(entry) for entry in entries])
    for level, path, low, width in _tiles(head.size):
        if _part(log, path) != b"".join(tree[level][low : low + width]):
            raise NotVerified(f"{path} does not follow from the entries")
    if merkle.root(tree) != head.root:
        raise NotVerified("the checkpoint's root does not follow from the entries")
    for index, entry in enumerate(entries):
        check_entry(index, entry)
    return head, entries


def check_entry(index: int, entry: bytes) -> dict[str, object]:
    """What a stranger can check of an entry: canonical JSON that says what happened and when, and
    counts that add up where it speaks of a release. Raises NotVerified.
    """
    try:
        value = json.loads(entry)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("event"), str) or "at" not in value:
        raise NotVerified(f"entry {index} does not say what happened and when")
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if written.encode(errors="replace") != entry:
        raise NotVerified(f"entry {index} is not in canonical form")
    if value["event"] == "case.released":
        try:
            counts = value["counts"]
            answered = [counts[name] for name in ("refused", "confirmed", "not_confirmed")]
            whole = all(isinstance(count, int) and count >= 0 for count in answered)
            adds_up = counts["records"] == sum(answered) == value["answers_size"]
        except (KeyError, TypeError):
            whole = adds_up = False
        if not (whole and adds_up):
            raise NotVerified(f"entry {index}: the counts of the release do not add up")
    return value


def _part(log: Source, path: str) -> bytes:
    """A file that the checkpoint says there is."""
    try:
        return log.read(path)
    except BadFile as fault:
        raise NotVerified(f"a part of the log is missing: {fault}") from None


def _bundles(log: Source, size: int) -> Iterator[list[bytes]]:
    for index, width in _widths(size):
        path = f"tile/entries/{number(index, width)}"
        data, found, place = _part(log, path), [], 0
        while place < len(data):
            length = int.from_bytes(data[place : place + 2], "big")
            found.append(data[place + 2 : place + 2 + length])
            place += 2 + length
        if place != len(data) or len(found) != width:
            raise NotVerified(f"{path} has not {width} whole entries")
        yield found


def _tiles(size: int) -> Iterator[tuple[int, str, int, int]]:
    """Tree level, path, first hash and number of hashes of every tile."""
    level = 0
    while size >> (level * HEIGHT):
        for index, width in _widths(size >> (level * HEIGHT)):
            yield level * HEIGHT, f"tile/{level}/{number(index, width)}", index * WIDTH, width
        level += 1


def _widths(count: int) -> Iterator[tuple[int, int]]:
    for index in range(-(-count // WIDTH)):
        yield index, min(WIDTH, count - index * WIDTH)


def number(index: int, width: int) -> str:
    """C2SP tlog-tiles: x001/x234/067, and .p/W where it is partial."""
    text = f"{index % 1000:03}"
    while index := index // 1000:
        text = f"x{index % 1000:03}/{text}"
    return text if width == WIDTH else f"{text}.p/{width}"
