"""While witnesses are required, nothing goes out that as many have not cosigned."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from narrowgate.errors import BadInput, Denied, WrongState
from narrowgate.gateway.commit import rebuild_database
from narrowgate.gateway.prove import prove
from narrowgate.gateway.witnesses import (
    Named,
    ask_witnesses,
    name_witnesses,
    standing,
    take_cosigned,
)
from narrowgate_verify.findings import Findings, NotVerified
from narrowgate_verify.main import main
from narrowgate_verify.notes import COSIGNER, ML_DSA_44, VerifierKey
from narrowgate_verify.witness import Fork, Witness, cosign_log
from narrowgate_verify.witness_server import server
from world import World, person, record


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, people=[person(n) for n in range(6)])


@pytest.fixture
def inspector(world: World) -> Witness:
    return Witness.make(world.root / "inspector", "inspector.example/w", COSIGNER)


@pytest.fixture
def counsel(world: World) -> Witness:
    return Witness.make(world.root / "counsel", "counsel.example/w", ML_DSA_44)


@pytest.fixture
def url(world: World, inspector: Witness) -> Iterator[str]:
    running = server(inspector, [VerifierKey.parse(world.site.vkey)], "127.0.0.1", 0)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def require(world: World, required: int, *named: Named) -> None:
    keys = [world.key("agreement-officer-1"), world.key("agreement-officer-2")]
    name_witnesses(world.site, required, named, keys)


def released(world: World, first: int = 0) -> str:
    case = world.process([record(n) for n in range(first, first + 2)]).case
    world.release(case)
    return case


def by_file(world: World, witness: Witness) -> bytes:
    findings = Findings()
    key = VerifierKey.parse(world.site.vkey)
    note = cosign_log(witness, str(world.site.home / "log"), key, findings)
    assert note is not None, findings.found
    return note


def verified(world: World, *words: str) -> bool:
    with pytest.raises(SystemExit) as left:
        main([str(world.site.home / "log"), "--key", world.site.vkey, *words])
    return left.value.code == 0


def test_answers_and_proofs_wait_for_the_witnesses(
    world: World, inspector: Witness, counsel: Witness
) -> None:
    require(world, 2, Named(inspector.vkey, ""), Named(counsel.vkey, ""))
    case = released(world)
    asks = (lambda: world.answers(case), lambda: prove(world.site, case, "R000000"))
    for ask in asks:
        with pytest.raises(WrongState, match="2 witnesses"):
            ask()
    take_cosigned(world.site, by_file(world, inspector), "a")
    with pytest.raises(WrongState, match="2 witnesses"):
        world.answers(case)
    take_cosigned(world.site, by_file(world, counsel), "b")
    assert standing(world.site).by == (inspector.name, counsel.name)
    assert [row["answer"] for row in world.answers(case)] == ["confirmed", "confirmed"]
    for ask in asks:
        ask()
    words = ("--witness", inspector.vkey, "--witness", counsel.vkey)
    assert verified(world, *words)
    assert not verified(world, *words, "--witness", _stranger(world).vkey)


def test_a_witness_at_a_url_is_asked_when_it_is_needed(
    world: World, inspector: Witness, url: str
) -> None:
    require(world, 1, Named(inspector.vkey, url))
    first = released(world)
    assert len(world.answers(first)) == 2
    second = released(world, 2)
    assert len(world.answers(second)) == 2
    assert inspector.seen(world.site.config.origin).size == world.site.log.size
    assert dict(ask_witnesses(world.site).said) == {inspector.name: "cosigned"}


def test_a_cosignature_of_an_older_head_covers_what_stood_then(
    world: World, inspector: Witness
) -> None:
    require(world, 1, Named(inspector.vkey, ""))
    first = released(world)
    note = by_file(world, inspector)
    second = released(world, 2)
    take_cosigned(world.site, note, "note")
    assert len(world.answers(first)) == 2
    with pytest.raises(WrongState):
        world.answers(second)
    assert verified(world, "--witness", inspector.vkey)


def test_only_named_witnesses_count_and_only_over_this_log(
    world: World, inspector: Witness, tmp_path: Path
) -> None:
    require(world, 1, Named(inspector.vkey, ""))
    for note in (by_file(world, _stranger(world)), world.site.log.checkpoint(), b"", b"x\n\ny\n"):
        with pytest.raises(BadInput):
            take_cosigned(world.site, note, "note")
    other = World(tmp_path / "other", people=[person(1)])
    with pytest.raises(BadInput):
        take_cosigned(other.site, by_file(world, inspector), "note")


def test_a_witness_does_not_cosign_a_fork_or_a_log_cut_back(
    world: World, inspector: Witness, url: str
) -> None:
    require(world, 1, Named(inspector.vkey, url))
    older = {p: p.read_bytes() for p in (world.site.home / "log").rglob("*") if p.is_file()}
    case = released(world)
    world.answers(case)
    for path in list((world.site.home / "log").rglob("*")):
        if path.is_file() and path not in older:
            path.unlink()
    for path, data in older.items():
        path.write_bytes(data)
    key = VerifierKey.parse(world.site.vkey)
    with pytest.raises(Fork, match="entries and has"):
        cosign_log(inspector, str(world.site.home / "log"), key, Findings())
    rebuild_database(world.site)  # whoever holds the machine can make the database forget
    released(world, 2)
    released(world, 4)
    with pytest.raises(NotVerified, match="fork"):
        cosign_log(inspector, str(world.site.home / "log"), key, Findings())
    assert "status 422" in dict(ask_witnesses(world.site).said)[inspector.name]


def test_naming_witnesses_takes_two_officers_and_keys_of_witnesses(
    world: World, inspector: Witness
) -> None:
    named = Named(inspector.vkey, "")
    officer = world.key("agreement-officer-1")
    for keys in ([officer], [officer, world.key("release-officer-1")]):
        with pytest.raises(Denied):
            name_witnesses(world.site, 1, [named], keys)
    for required, bad in (
        (2, [named]), (1, [named, named]), (1, [Named(world.site.vkey, "")]),
        (1, [Named(inspector.vkey, "file:///etc")]), (1, [Named("x", "")]),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            require(world, required, *bad)


def _stranger(world: World) -> Witness:
    return Witness.make(world.root / "stranger", "stranger.example/w", COSIGNER)
