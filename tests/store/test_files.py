"""Whole or not at all: the old bytes or the new ones, never half, never a stray file."""

import multiprocessing
from pathlib import Path

import pytest

from narrowgate.errors import Conflict
from narrowgate.store import files as module
from narrowgate.store.files import Files, new_folder


def test_what_is_written_is_read(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("a/b/c", b"one")
    files.write("a/b/c", b"two")
    assert files.read("a/b/c") == b"two"
    assert files.read("a/b/d") is None
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c"]
    assert (tmp_path / "a/b/c").stat().st_mode & 0o077 == 0


def test_a_fault_while_writing_leaves_the_old_bytes(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("x", b"old")

    def power_cut() -> None:
        with files.writing("x") as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        power_cut()
    assert files.read("x") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_fault_at_the_rename_leaves_the_old_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(tmp_path)
    files.write("x", b"old")

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(module, "rename", full)
    with pytest.raises(OSError, match="no space"):
        files.write("x", b"new")
    assert files.read("x") == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def _count(root: Path, times: int) -> None:
    files = Files(root)
    for _ in range(times):
        with files.locked():
            files.write("n", str(int(files.read("n") or b"0") + 1).encode())


def test_the_lock_is_held_between_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count, args=(tmp_path, 25)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Files(tmp_path).read("n") == b"75"


def test_a_folder_in_use_is_not_taken(tmp_path: Path) -> None:
    new_folder(tmp_path / "new")
    (tmp_path / "x").write_text("x")
    with pytest.raises(Conflict):
        new_folder(tmp_path)
