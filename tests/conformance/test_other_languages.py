"""Verifiers in other languages on what the gate writes: Go's own tlog, and one in JavaScript.

The JavaScript one is written from docs/log.md alone; it and narrowgate-verify must agree on what is
sound and on every damage.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from narrowgate.gateway.answers import fetch_answers
from narrowgate.gateway.enrol import add_person
from narrowgate.gateway.expire import due_cases, expire
from narrowgate.gateway.prove import prove, write_proof
from narrowgate.keys.jwk import Key
from narrowgate.ledger.log import Log
from narrowgate.ledger.note import verifier_key
from narrowgate.store.files import Files
from narrowgate_verify.main import main
from world import World, person, record

HERE = Path(__file__).parent
GOPATH = Path("/usr/share/gocode")
ORIGIN = "custodian.example/narrowgate"
node = pytest.mark.skipif(not shutil.which("node"), reason="needs node (Debian: nodejs)")
go = pytest.mark.skipif(
    not shutil.which("go") or not (GOPATH / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="needs Go (Debian: golang-go golang-golang-x-mod-dev)",
)


@pytest.fixture(scope="session")
def tlog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built."""
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"), "HOME": str(folder),
    }  # fmt: skip
    subprocess.run(
        ["go", "build", "-o", str(folder / "tlog"), str(HERE / "tlog.go")],
        check=True, env=environment,
    )  # fmt: skip
    return folder / "tlog"


class Story:
    """A site with a released, a partly refused, a wholly refused and an expired case, and a log of
    more than one full tile; a checkpoint seen halfway, a proof, answers.
    """

    def __init__(self, root: Path) -> None:
        world = World(root, people=[person(n) for n in range(8)])
        gone = world.process([record(7)]).case
        world.release(gone)
        (due,) = due_cases(world.site)
        for number in range(260):
            key = Key.generate("P-256" if number % 2 else "Ed25519")
            add_person(
                world.site, f"clerk-{number}", organisation="elsewhere", roles=frozenset(), key=key
            )
        world.receive([record(1)], sign_with=["outsider"])
        self.log, self.vkey = world.site.home / "log", world.site.vkey
        self.since = root / "since"
        self.since.write_bytes(world.site.log.checkpoint())
        self.middle = world.site.log.size
        case = world.process([record(0), record(1, tin="000000000"), record(40), record(3)]).case
        world.release(case)
        self.proof, self.answers = root / "proof.json", root / "answers"
        write_proof(prove(world.site, case, "R000003", ["record_id", "answer"]), self.proof)
        for name in ("a.csv", "b.jsonl"):
            (self.answers / name).mkdir(parents=True)
            fetch_answers(world.site, case, self.answers / name / name)
        world.now += due.on - world.now.date() + timedelta(days=1)
        expire(world.site, gone)
        self.size = world.site.log.size
        self.signer = Key.read(world.site.home / "keys/log.jwk")

    def copied(self, folder: Path) -> "Story":
        """Another to be spoilt."""
        other = Story.__new__(Story)
        other.__dict__ |= self.__dict__
        folder.mkdir(exist_ok=True)
        for name in ("log", "since", "proof", "answers"):
            source: Path = getattr(self, name)
            target = folder / source.name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
            setattr(other, name, target)
        return other

    def words(self) -> list[str]:
        """What both verifiers are told."""
        csv = self.answers / "a.csv/a.csv"
        return [str(self.log), "--key", self.vkey, "--since", str(self.since), "--proof",
                str(self.proof), "--answers", str(csv)]  # fmt: skip

    def rewritten(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        """The log written anew, and signed, by who holds its key."""
        files = Files(self.log)
        entries = Log(files, files, self.signer, ORIGIN).entries(0, self.size)
        shutil.rmtree(self.log)
        Log(files, files, self.signer, ORIGIN).append(change(entries))


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


def by_node(story: Story, *words: str) -> tuple[int, list[Any]]:
    done = subprocess.run(
        ["node", str(HERE / "verify.mjs"), *(words or story.words())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)["findings"]


def by_ours(story: Story) -> int:
    with pytest.raises(SystemExit) as left:
        main(story.words())
    assert isinstance(left.value.code, int)
    return left.value.code


@node
def test_both_verify_what_is_sound(story: Story) -> None:
    assert by_node(story) == (0, [])
    assert by_ours(story) == 0
    jsonl = story.answers / "b.jsonl/b.jsonl"
    assert by_node(story, str(story.log), "--key", story.vkey, "--answers", str(jsonl)) == (0, [])


def flipped(name: str, place: float) -> Callable[[Story], None]:
    def spoil(story: Story) -> None:
        path = story.log.parent / name
        data = bytearray(path.read_bytes())
        data[int(place * (len(data) - 1))] ^= 4
        path.write_bytes(bytes(data))

    return spoil


def in_proof(*place: Any, value: Any) -> Callable[[Story], None]:
    def spoil(story: Story) -> None:
        proof = json.loads(story.proof.read_text())
        at = proof
        for step in place[:-1]:
            at = at[step]
        at[place[-1]] = value
        story.proof.write_text(json.dumps(proof))

    return spoil


def rewritten(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Story], None]:
    def spoil(story: Story) -> None:
        def changed(entries: list[bytes]) -> list[bytes]:
            values = [json.loads(entry) for entry in entries]
            change(values)
            return [
                json.dumps(v, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
                for v in values
            ]

        story.rewritten(changed)

    return spoil


def releases(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [value for value in values if value["event"] == "case.released"]


def one_more_confirmed(values: list[dict[str, Any]]) -> None:
    for value in releases(values)[-1:]:
        value["counts"]["confirmed"] += 1
        value["counts"]["not_confirmed"] -= 1


def one_officer(values: list[dict[str, Any]]) -> None:
    for value in releases(values)[-1:]:
        value["officers"] = value["officers"][:1] * 2


def other_order(values: list[dict[str, Any]]) -> None:
    values[-2], values[-3] = values[-3], values[-2]


DAMAGES: dict[str, Callable[[Story], None]] = {
    **{f"{name} at {place}": flipped(f"log/{name}", place)
       for name in ("checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000")
       for place in (0, 0.4, 1)},
    "the earlier checkpoint": flipped("since", 0.5),
    "the answers": flipped("answers/a.csv/a.csv", 0.9),
    "their manifest": flipped("answers/a.csv/a.csv.manifest.json", 0.5),
    "a missing tile": lambda story: (story.log / "tile/0/000").unlink(),
    "another answer": in_proof("record", "answered", "fields", 1, "value", value="confirmedx"),
    "a wrong salt": in_proof(
        "record", "asked", "fields", 0, "salt", value=base64.b64encode(bytes(16)).decode()),
    "another row": in_proof("record", "row", value=2),
    "another agreement": in_proof("papers", "agreement", value="AAAA"),
    "another manifest": in_proof("papers", "manifest", value="e30="),
    "a shut field": in_proof(
        "record", "asked", "fields", 1, "commitment", value=base64.b64encode(bytes(32)).decode()),
    "no entries": in_proof("entries", value=[]),
    "counts that do not add up": rewritten(one_more_confirmed),
    "one officer twice": rewritten(one_officer),
    "an entry left out": rewritten(lambda values: values.pop(-4)),
    "another order": rewritten(other_order),
    "a field too many": rewritten(lambda values: values[-1].update(name="x")),
    "another version": rewritten(lambda values: values[-1].update(v=2)),
}  # fmt: skip


@node
@pytest.mark.parametrize("damage", DAMAGES)
def test_both_find_every_damage(damage: str, story: Story, tmp_path: Path) -> None:
    spoilt = story.copied(tmp_path)
    DAMAGES[damage](spoilt)
    assert by_node(spoilt)[0] == 1
    assert by_ours(spoilt) == 1


@go
def test_go_reads_the_log_of_a_site(story: Story, tlog: Path) -> None:
    sizes = [str(size) for size in (1, 255, 256, 257, story.middle)]
    done = subprocess.run(
        [str(tlog), str(story.log), story.vkey, *sizes], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{story.size}\n"


@go
def test_go_finds_a_damage(story: Story, tlog: Path, tmp_path: Path) -> None:
    for name in ("checkpoint", "tile/0/000", "tile/entries/000"):
        spoilt = story.copied(tmp_path / name.replace("/", "-"))
        flipped(f"log/{name}", 0.3)(spoilt)
        done = subprocess.run(
            [str(tlog), str(spoilt.log), story.vkey], capture_output=True, check=False
        )
        assert done.returncode != 0, name


@go
@pytest.mark.parametrize("size", [1, 255, 256, 257, 1_000, 70_000])
def test_go_reads_a_log_of_any_size(size: int, tlog: Path, tmp_path: Path) -> None:
    files, key = Files(tmp_path), Key.generate("Ed25519")
    log = Log(files, files, key, ORIGIN)
    log.append([f"entry {n}".encode() for n in range(size)])
    olds = [str(old) for old in (1, size // 3, size // 2, size - 1) if 0 < old < size]
    done = subprocess.run(
        [str(tlog), str(tmp_path), verifier_key(ORIGIN, key), *olds],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == f"{size}\n", done.stderr
