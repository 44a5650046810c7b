"""A whole log, recomputed from its entries: every tile, the root, the signature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from narrowgate_verify import merkle
from narrowgate_verify.findings import CannotTell, Findings, NotVerified
from narrowgate_verify.notes import Checkpoint, VerifierKey, cosigned_by, open_checkpoint
from narrowgate_verify.source import Source

WIDTH, HEIGHT, HASH = 256, 8, 32


@dataclass(frozen=True)
class Log:
    """A log as far as it could be read. `entries`: None where one is missing or damaged; `tree`:
    hashes of complete subtrees by level, None where a leaf is not known.
    """

    head: Checkpoint
    entries: list[bytes | None]
    tree: list[list[bytes]] | None

    def root_at(self, size: int) -> bytes | None:
        """The root when the log had `size` entries, as far as it can be told."""
        return None if self.tree is None else merkle.root(self.tree, size)


def verify_log(log: Source, key: VerifierKey, findings: Findings) -> Log | None:
    """The log, with a finding for every file that does not follow. None without a checkpoint."""
    try:
        head = open_checkpoint(log.read("checkpoint"), key)
    except NotVerified as fault:
        findings.failed("checkpoint", str(fault))
        return None
    except CannotTell as fault:
        findings.cannot_tell("checkpoint", str(fault))
        return None
    entries = _entries(log, head.size, findings)
    leaves = _leaves(log, entries, findings)
    if leaves is None:
        findings.cannot_tell("checkpoint", "its root cannot be recomputed: leaves are missing")
        return Log(head, entries, None)
    tree = merkle.levels(leaves)
    _tiles(log, head.size, tree, findings)
    _strays(log, entries, tree, findings)
    if merkle.root(tree, head.size) != head.root:
        findings.failed("checkpoint", "its root does not follow from the entries")
    return Log(head, entries, tree)


def verify_since(log: Log, note: bytes, key: VerifierKey, where: str, findings: Findings) -> None:
    """Hold the log against a checkpoint seen before: it may have grown, not changed."""
    try:
        earlier = open_checkpoint(note, key)
    except NotVerified as fault:
        findings.failed(where, str(fault))
        return
    if earlier.size > log.head.size:
        findings.failed(where, f"the log had {earlier.size} entries then and has fewer now")
        return
    root = log.root_at(earlier.size)
    if root is None:
        findings.cannot_tell(where, "leaves are missing")
    elif root != earlier.root:
        findings.failed(where, "the log is not a continuation of this checkpoint: a fork")
    else:
        findings.note(f"the log continues the checkpoint of {earlier.size} entries in {where}")


def verify_cosigned(
    source: Source,
    log: Log,
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    required: int,
    findings: Findings,
) -> None:
    """Hold the log against the cosignatures that it shows, and note how far they reach."""
    best = 0
    for where in ("checkpoint", "cosigned"):
        try:
            note = source.read(where)
            head = open_checkpoint(note, key)
            by = cosigned_by(note, head, witnesses)
        except NotVerified as fault:
            if str(fault) != "it is missing":
                findings.failed(where, str(fault))
            continue
        except CannotTell as fault:
            findings.cannot_tell(where, str(fault))
            continue
        root = log.root_at(head.size) if head.size <= log.head.size else b""
        if root is not None and root != head.root:
            findings.failed(where, "it is no checkpoint of this log")
        elif len(by) >= required:
            best = max(best, head.size)
    if required and not best:
        findings.failed("cosigned", f"no checkpoint has the cosignatures of {required} witnesses")
    elif required:
        findings.note(f"{best} of {log.head.size} entries are cosigned by {required} or more")


def read_bundle(data: bytes) -> list[bytes] | None:
    """The entries of a bundle, each after its length in 16 bits; None where it does not add up."""
    found, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 2], "big")
        found.append(data[place + 2 : place + 2 + length])
        place += 2 + length
    return found if place == len(data) else None


def number(index: int, width: int) -> str:
    """C2SP tlog-tiles: x001/x234/067, and .p/W where it is partial."""
    text = f"{index % 1000:03}"
    while index := index // 1000:
        text = f"x{index % 1000:03}/{text}"
    return text if width == WIDTH else f"{text}.p/{width}"


def _read(log: Source, path: str, findings: Findings) -> bytes | None:
    """A file that the checkpoint says there is; None, with a finding, where it is not to be had."""
    try:
        return log.read(path)
    except NotVerified as fault:
        findings.failed(path, f"a part of the log: {fault}")
    except CannotTell as fault:
        findings.cannot_tell(path, str(fault))
    return None


def _entries(log: Source, size: int, findings: Findings) -> list[bytes | None]:
    entries: list[bytes | None] = []
    for index, width in _widths(size):
        path = f"tile/entries/{number(index, width)}"
        data = _read(log, path, findings)
        found = None if data is None else read_bundle(data)
        if data is not None and (found is None or len(found) != width):
            findings.failed(path, f"it has not {width} whole entries")
            found = None
        entries += [None] * width if found is None else found
    return entries


def _leaves(log: Source, entries: Sequence[bytes | None], findings: Findings) -> list[bytes] | None:
    """Leaf hashes: of the entries, and where those are missing, of the tiles."""
    leaves: list[bytes] = []
    for index, width in _widths(len(entries)):
        part = entries[index * WIDTH : index * WIDTH + width]
        known = [merkle.leaf_hash(entry) for entry in part if entry is not None]
        if len(known) < width:
            data = _read(log, f"tile/0/{number(index, width)}", findings)
            if data is None or len(data) != width * HASH:
                return None
            known = [data[at : at + HASH] for at in range(0, len(data), HASH)]
        leaves += known
    return leaves


def _tiles(log: Source, size: int, tree: Sequence[Sequence[bytes]], findings: Findings) -> None:
    level = 0
    while size >> (level * HEIGHT):
        for index, width in _widths(size >> (level * HEIGHT)):
            path = f"tile/{level}/{number(index, width)}"
            data = _read(log, path, findings)
            low = index * WIDTH
            if data is not None and data != b"".join(tree[level * HEIGHT][low : low + width]):
                findings.failed(path, "it does not follow from the entries")
        level += 1


def _strays(
    log: Source,
    entries: Sequence[bytes | None],
    tree: Sequence[Sequence[bytes]],
    findings: Findings,
) -> None:
    """Files that the checkpoint does not need: older partial ones must say the same as the log, and
    there is room for nothing else.
    """
    for path in log.names():
        kind, _, rest = path.removeprefix("tile/").partition("/")
        plain, _, width = rest.partition(".p/")
        index = _index(plain)
        wide = int(width) if width.isdecimal() else WIDTH
        if index is None or not (kind == "entries" or kind.isdecimal()):
            findings.failed(path, "it is no file of a log")
            continue
        level = 0 if kind == "entries" else int(kind) * HEIGHT
        there = len(tree[level]) if level < len(tree) else 0
        low = index * WIDTH
        if low + wide > there:
            # An append that was cut off leaves such files; the next one overwrites them.
            findings.note(f"{path} is beyond the checkpoint")
        elif kind == "entries":
            part = entries[low : low + wide]
            data = b"".join(len(e).to_bytes(2, "big") + e for e in part if e is not None)
            if None not in part and _read(log, path, findings) != data:
                findings.failed(path, "it does not follow from the entries")
        elif width and _read(log, path, findings) != b"".join(tree[level][low : low + wide]):
            findings.failed(path, "it does not follow from the entries")


def _index(text: str) -> int | None:
    groups = text.split("/")
    digits = [group.removeprefix("x") for group in groups]
    if not all(len(each) == 3 and each.isdecimal() for each in digits):
        return None
    index = int("".join(digits))
    return index if number(index, WIDTH) == text else None


def _widths(count: int) -> Iterator[tuple[int, int]]:
    for index in range(-(-count // WIDTH)):
        yield index, min(WIDTH, count - index * WIDTH)
