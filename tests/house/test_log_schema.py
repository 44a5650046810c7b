"""The published schema of entries, against the closed list and against a real log."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from narrowgate.events import FIELDS, VEILED, Kind
from narrowgate.gateway.expire import due_cases, expire
from narrowgate.gateway.life import suspend
from narrowgate.gateway.rotation import rotate
from narrowgate.gateway.witnesses import Named, name_witnesses
from narrowgate.keys.jwk import Key
from narrowgate_verify.entries import FIELDS as THEIRS
from narrowgate_verify.notes import COSIGNER
from narrowgate_verify.witness import Witness
from world import World, person, record

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/log-entries.schema.json").read_text())


def test_the_schema_the_verifier_and_the_gate_know_the_same_fields() -> None:
    schema = {each["title"]: set(each["properties"]) for each in SCHEMA["oneOf"]}
    shown = {
        kind.value: {"v", "event", "at", *(FIELDS[kind] - VEILED.get(kind, frozenset())),
                     *(["veiled"] if kind in VEILED else [])}
        for kind in Kind
    }  # fmt: skip
    assert schema == shown
    assert {kind: {"v", "event", "at", *names.split()} for kind, names in THEIRS.items()} == shown


def test_every_entry_of_a_site_is_as_the_schema_says(tmp_path: Path) -> None:
    world = World(tmp_path, people=[person(n) for n in range(6)])
    officers = [world.key("agreement-officer-1"), world.key("agreement-officer-2")]
    witness = Witness.make(tmp_path / "witness", "w.example/w", COSIGNER)
    case = world.process([record(0), record(1, tin="000000000")]).case
    world.release(case)
    world.receive([record(2)], sign_with=["outsider"])
    Key.generate("oct").write(world.site.home / "keys/new.jwk")
    rotate(world.site, "keys/new.jwk", officers)
    world.site = type(world.site)(world.site.home, clock=lambda: world.now)
    name_witnesses(world.site, 0, [Named(witness.vkey, "")], officers)
    (due, _) = due_cases(world.site)
    world.now += due.on - world.now.date() + timedelta(days=1)
    expire(world.site, case)
    suspend(world.site, world.terms.id, officers[0], order="26-cv-1")
    schema = Draft202012Validator(SCHEMA)
    entries = [json.loads(entry) for entry in world.site.log.entries(0, world.site.log.size)]
    for entry in entries:
        schema.validate(entry)
    assert len({entry["event"] for entry in entries}) >= 12
    with pytest.raises(ValidationError):
        schema.validate({**entries[0], "given_name": "X"})
