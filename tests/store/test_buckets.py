"""A prefix of a bucket is a folder, and a PUT's condition is its lock. The server is real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from obstore.exceptions import GenericError, PreconditionError

from narrowgate.errors import BadInput, Conflict, Internal, Uncertain
from narrowgate.store.buckets import Buckets, Endpoint


@pytest.fixture
def bucket(new_bucket: Callable[[], str], s3_server: str) -> Buckets:
    at = Endpoint(s3_server, "us-east-1", allow_http=True)
    return Buckets.open(f"{new_bucket()}/a/prefix", at)


class Losing:
    """The client, whose next PUT is not sent, or is sent and its answer lost."""

    def __init__(self, plain: Any, *, sent: bool, down: bool = False) -> None:
        self._plain, self._sent, self._down, self.lost = plain, sent, down, False
        self.late: Callable[[], object] = lambda: None

    def put(self, *args: Any, **options: Any) -> Any:
        if self.lost:
            return self._plain.put(*args, **options)
        self.lost = True
        self.late = lambda: self._plain.put(*args, **options)
        if self._sent:
            self.late()
        raise GenericError("500")

    def get(self, name: str) -> Any:
        if self.lost and self._down:
            raise GenericError("500")
        return self._plain.get(name)


def test_what_is_written_is_read(bucket: Buckets) -> None:
    bucket.write("case/key", b"one")
    bucket.write("case/key", b"two")
    bucket.write("case/x", b"")
    bucket.write("case2/x", b"another's")
    assert bucket.read("case/key") == b"two"
    assert bucket.read("case/y") is None
    assert bucket.names("case") == ["key", "x"]
    bucket.delete("case/y")
    bucket.clear("case")
    assert bucket.names("case") == []
    assert bucket.read("case2/x") == b"another's"


def test_only_what_is_expected_is_replaced(bucket: Buckets) -> None:
    bucket.replace("c", b"1", None)
    for wrong in (None, b"0", b"2"):
        with pytest.raises(Conflict):
            bucket.replace("c", b"2", wrong)
    bucket.replace("c", b"2", b"1")
    assert bucket.read("c") == b"2"


@pytest.mark.parametrize("before", [None, b"1"])
def test_the_server_itself_refuses_who_comes_second(bucket: Buckets, before: bytes | None) -> None:
    """Between what the second read and its PUT, another is done: only the condition can tell."""
    if before is not None:
        bucket.write("c", before)
    read = bucket._get

    def overtaken(name: str) -> Any:
        found = read(name)
        bucket._get = read  # type: ignore[method-assign]
        bucket.replace(name, b"the first", before)
        return found

    bucket._get = overtaken  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        bucket.replace("c", b"the second", before)
    assert bucket.read("c") == b"the first"


def test_a_lost_answer_is_looked_up(bucket: Buckets) -> None:
    bucket.write("c", b"1")
    bucket._store = Losing(bucket._store, sent=True)  # type: ignore[assignment]
    bucket.replace("c", b"2", b"1")
    assert bucket.read("c") == b"2"


@pytest.mark.parametrize("sent", [False, True])
def test_what_cannot_be_looked_up_is_uncertain(bucket: Buckets, sent: bool) -> None:
    bucket.write("c", b"1")
    plain = bucket._store
    bucket._store = Losing(plain, sent=sent, down=True)  # type: ignore[assignment]
    with pytest.raises(Uncertain):
        bucket.replace("c", b"2", b"1")
    bucket._store = plain
    assert bucket.read("c") == (b"2" if sent else b"1")


def test_a_late_put_finds_its_condition_gone(bucket: Buckets) -> None:
    bucket.write("c", b"1")
    slow = Losing(bucket._store, sent=False)
    bucket._store = slow  # type: ignore[assignment]
    with pytest.raises(Uncertain):
        bucket.replace("c", b"late", b"1")
    bucket.replace("c", b"2", b"1")
    with pytest.raises(PreconditionError):
        slow.late()
    assert bucket.read("c") == b"2"


def test_a_fault_names_the_place_and_nothing_else(bucket: Buckets) -> None:
    bucket._store = Losing(bucket._store, sent=False)  # type: ignore[assignment]
    with pytest.raises(Internal) as fault:
        bucket.write("case/key", b"x")
    assert fault.value.place.startswith("s3://")
    assert fault.value.place.endswith("/a/prefix/case/key")
    assert "500" not in str(fault.value)


@pytest.mark.parametrize("url", ["s3://", "s3:bucket/x", "s3://user:secret@bucket/x", "s3:///x"])
def test_what_names_no_bucket(url: str) -> None:
    with pytest.raises(BadInput) as fault:
        Buckets.open(url, Endpoint())
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize("kept", ["create", "e_tag"])
def test_a_server_that_overlooks_a_condition_is_refused(bucket: Buckets, kept: str) -> None:
    bucket.check_conditions()
    plain = bucket._store

    class Overlooking:
        def put(self, *args: Any, mode: Any = None, **options: Any) -> Any:
            heard = {"mode": mode} if mode is not None and kept in mode else {}
            return plain.put(*args, **heard, **options)

        def __getattr__(self, name: str) -> Any:
            return getattr(plain, name)

    bucket._store = Overlooking()  # type: ignore[assignment]
    with pytest.raises(BadInput):
        bucket.check_conditions()
    assert list(plain.list()) == []
