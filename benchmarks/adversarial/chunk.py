"""Chunks of near misses and right records: chunk k of a seed is the same whoever makes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from benchmarks.world import slips
from benchmarks.world.block import Block, block_of, blocks_of
from benchmarks.world.drafts import Texts, loosely, texts_of, written
from benchmarks.world.people import Columns, Rates
from benchmarks.world.render import ids_of
from benchmarks.world.request import AWAY, records_about
from benchmarks.world.request import KINDS as ERRORS
from benchmarks.world.tables import Codes, given_names, surnames

from .kinds import HERE, KINDS, NOBODY, Kind
from .scenes import Bools, Scene, Stage, stage_of

RATES = Rates(twins=0.35, namesakes=0.8, sealed=0.02, no_number=0.03, undated=0.03, one_name=0.15)
"""Of a register with many twins, namesakes and protected people."""

RIGHT = {name: share for name, share in ERRORS.items() if name not in AWAY}
A_BLOCK = 9_000
"""Records that a block bears in one chunk, at most."""

_RIGHT_SHARE, _BLURRED = 0.3, 0.3
_ASKED = 0.6  # of the households; the others are strangers
_LIKE = 0.75  # Jaro-Winkler; one slip in four letters is above it


@dataclass(slots=True, eq=False)
class _Cast:
    """Who of a block still plays: `free` households that may be asked about, and strangers, one a
    household, from whom things are borrowed; each is used once.
    """

    stage: Stage
    free: Bools
    strangers: Codes

    def lent(self, count: int) -> Codes:
        """Strangers nobody has borrowed from."""
        taken, self.strangers = self.strangers[:count], self.strangers[count:]
        return taken


def chunk_of(number: int, records: int, people: int, seed: int) -> pa.Table:
    """Chunk `number`: drafts.TEXTS, person_id, lives_there, kind; `records` rows, fewer where the
    register cannot bear as many.
    """
    blocks = blocks_of(people)
    width = min(blocks, -(-records // A_BLOCK))
    each = -(-records // width)
    near, right = [], []
    for at in range(number * width, (number + 1) * width):
        block = block_of(at % blocks, people, seed, RATES)
        chance = np.random.default_rng([seed, 4, number, block.number])
        missed, about = _of_block(chance, block, min(each, A_BLOCK * len(block) // 50_000))
        near += missed
        right.append(about)
    chance = np.random.default_rng([seed, 5, number])
    whole = pa.concat_tables([_written_down(chance, near), *right])
    return whole.take(pa.array(chance.permutation(whole.num_rows)[:records]))


@dataclass(frozen=True, slots=True, eq=False)
class _Drafts:
    """Near misses of a kind before they are written down; `number`, `sealed`: of the subjects."""

    kind: Kind
    codes: Columns
    number: Codes
    sealed: Codes


def _of_block(
    chance: np.random.Generator, block: Block, records: int
) -> tuple[list[_Drafts], pa.Table]:
    """The block's near misses, and its right records."""
    stage = stage_of(block)
    cast = _cast(chance, stage)
    shares = sum(kind.share for kind in KINDS)
    near = records * (1 - _RIGHT_SHARE)
    made = [_near(chance, cast, kind, round(near * kind.share / shares)) for kind in KINDS]
    left = records - sum(len(drafts.number) for drafts in made)
    who = _one_a_household(chance, cast, stage.able)[:left]
    texts, truth = records_about(chance, block, who, RIGHT)
    right = pc.binary_join_element_wise(pa.scalar("right:"), truth["kind"], " ")
    truth = truth.set_column(truth.column_names.index("kind"), "kind", right)
    return made, _joined(texts, truth)


def _cast(chance: np.random.Generator, stage: Stage) -> _Cast:
    people = stage.block.people
    homes = int(people["household"][-1]) + 1
    free = chance.random(homes) < _ASKED
    cast = _Cast(stage, ~free, np.zeros(0, np.int64))
    strangers = _one_a_household(chance, cast, stage.able & (people["tin"] >= 0))
    return _Cast(stage, free, strangers)


def _one_a_household(chance: np.random.Generator, cast: _Cast, fit: Bools) -> Codes:
    """One of those who fit in each free household, in a random order."""
    home = cast.stage.block.people["household"]
    some = chance.permutation(np.flatnonzero(fit & cast.free[home]))
    _, first = np.unique(home[some], return_index=True)
    return chance.permutation(some[first])


def _near(chance: np.random.Generator, cast: _Cast, kind: Kind, count: int) -> _Drafts:
    """Near misses of a kind, as many as the block has people for."""
    stage, people = cast.stage, cast.stage.block.people
    fit = stage.able & ((people["tin"] >= 0) | kind.borrows)
    if kind.partner != "stranger":
        partner = stage.partners[kind.partner]
        fit &= (partner >= 0) & (people["tin"][partner] >= 0)
    for fits in kind.fits:
        fit &= fits(stage)
    who = _one_a_household(chance, cast, fit)[:count]
    other = cast.lent(len(who)) if kind.partner == "stranger" else partner[who]
    who = who[: len(other)]
    told = _told_apart(people, who, other, kind)
    if kind.partner == "stranger":
        told &= _elsewhere(stage.block, who, other)
    who, other = who[told], other[told]
    cast.free[people["household"][who]] = False
    scene = Scene(stage.block, who, other, stage.block.about(who), chance)
    kind.make(scene)
    return _Drafts(kind, scene.codes, people["number"][who], people["sealed"][who])


def _written_down(chance: np.random.Generator, drafts: list[_Drafts]) -> pa.Table:
    """All near misses as texts with their truth, in other writings and with further slips."""
    codes = {
        name: np.concatenate([each.codes[name] for each in drafts]) for name in drafts[0].codes
    }
    written(chance, codes, 0.15)
    texts = texts_of(codes)
    counts = [len(each.number) for each in drafts]
    _blur(chance, texts, np.repeat([each.kind.blur for each in drafts], counts))
    loosely(chance, texts, 0.2)
    kinds = np.repeat([KINDS.index(each.kind) for each in drafts], counts)
    sealed = np.concatenate([each.sealed for each in drafts])
    nobody, here = (
        np.array([kind.truth == truth for kind in KINDS])[kinds] for truth in (NOBODY, HERE)
    )
    ids = ids_of("P", np.concatenate([each.number for each in drafts]))
    truth = pa.table(
        {
            "person_id": pc.if_else(pa.array(nobody), pa.scalar(None, pa.string()), ids),
            "lives_there": here & (sealed == 0),
            "kind": pa.array([kind.name for kind in KINDS]).take(pa.array(kinds)),
        }
    )
    return _joined(texts, truth)


def _told_apart(people: Columns, who: Codes, other: Codes, kind: Kind) -> Bools:
    """False where the kind's name would be one that the partner goes by too: the same, a nickname,
    or one that a slip could make of it (the last only if the kind asks so).
    """
    one, two = people["given"][who], people["given"][other]
    pairs = one * len(given_names()) + two
    apart: Bools = np.ones(len(who), bool)
    if kind.partner != "father":
        apart = ~np.isin(pairs, slips.nickname_pairs())
    if kind.unlike == "given":
        apart &= ~_alike(given_names(), one, two)
    if kind.unlike == "family":
        for mine in ("family", "second", "maiden"):
            for theirs in ("family", "second"):
                named = people[mine][who], people[theirs][other]
                both = (named[0] >= 0) & (named[1] >= 0)
                apart &= ~(both & _alike(surnames(), *named))
    return apart


def _elsewhere(block: Block, who: Codes, other: Codes) -> Bools:
    """Who does not live at the other's address as it is written; dwellings may be written alike."""
    mine, theirs = (block.address(block.people["dwelling"][people]) for people in (who, other))
    return np.any([mine[name] != theirs[name] for name in mine], axis=0)


def _alike(words: list[str], one: Codes, other: Codes) -> Bools:
    table = pa.array(words)
    pairs = pa.table(
        {
            name: table.take(pa.array(codes, mask=codes < 0))
            for name, codes in (("one", one), ("other", other))
        }
    )
    con = _engine()
    con.register("pairs", pairs)
    found = con.sql(
        f"SELECT coalesce(jaro_winkler_similarity(one, other) >= {_LIKE}, false) AS alike "
        "FROM pairs"
    ).to_arrow_table()
    con.unregister("pairs")
    return np.asarray(found["alike"].to_numpy(), bool)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _blur(chance: np.random.Generator, texts: Texts, given_too: Bools) -> None:
    """A slip more in some names; in the given name only where it cannot undo the near miss."""
    count = len(given_too)
    lot = chance.random(count)
    for number, slip in enumerate((slips.typed, slips.scanned, slips.heard)):
        rows = (lot >= number * _BLURRED / 3) & (lot < (number + 1) * _BLURRED / 3)
        on_given = (chance.random(count) < 0.4) & given_too
        for name, some in (("given_name", rows & on_given), ("family_name", rows & ~on_given)):
            slipped = slip(chance, texts[name].filter(pa.array(some)))
            texts[name] = slips.on_rows(texts[name], some, slipped)


def _joined(texts: Texts, truth: pa.Table) -> pa.Table:
    return pa.table({**texts, **{name: truth[name] for name in truth.column_names}})
