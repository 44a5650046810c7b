"""Judging a register's rows on all processors: batch by batch, in order, by processes of its own.

Standard forms hold the interpreter's lock, so threads do not help. Rows go to the processes and
back through pipes and lie nowhere. A small source is judged here.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context

import pyarrow as pa

from narrowgate.engine.duck import connect
from narrowgate.register.rows import Judged, judge

_WORTH_PROCESSES = 400_000  # rows
_ROWS_A_TASK = 100_000


def judged_batches(batches: Iterable[pa.Table], file: int) -> Iterator[Judged]:
    """`batches` (REGISTER_COLUMNS of the `file` of that number), judged, in order."""
    tasks = _numbered(batches)
    first: list[tuple[int, pa.Table]] = []
    rows = 0
    for number, table in tasks:
        first.append((number, table))
        rows += table.num_rows
        if rows >= _WORTH_PROCESSES:
            break
    workers = os.cpu_count() or 1
    if rows < _WORTH_PROCESSES or workers == 1:
        con = connect()
        for number, table in chain(first, tasks):
            yield judge(con, table, file, number)
        con.close()
        return
    yield from _in_processes(chain(first, tasks), file, workers)


def _in_processes(
    tasks: Iterable[tuple[int, pa.Table]], file: int, workers: int
) -> Iterator[Judged]:
    ahead: deque[Future[Judged]] = deque()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for number, table in tasks:
            ahead.append(pool.submit(_judge, table, file, number))
            if len(ahead) > 2 * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _judge(table: pa.Table, file: int, first: int) -> Judged:
    """In a process of the pool."""
    con = connect(threads=1)
    try:
        return judge(con, table, file, first)
    finally:
        con.close()


def _numbered(batches: Iterable[pa.Table]) -> Iterator[tuple[int, pa.Table]]:
    """Tables of some rows, with the number of their first, from 1."""
    first, waiting, rows = 1, [], 0
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS_A_TASK):
            waiting.append(batch.slice(start, _ROWS_A_TASK))
            rows += waiting[-1].num_rows
            if rows >= _ROWS_A_TASK:
                yield first, pa.concat_tables(waiting)
                first, waiting, rows = first + rows, [], 0
    if waiting:
        yield first, pa.concat_tables(waiting)
