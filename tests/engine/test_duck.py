"""The engine reaches neither disk nor network, and its errors say nothing of a record."""

from pathlib import Path

import duckdb
import pytest

from narrowgate.engine.duck import connect, scrubbed
from narrowgate.errors import Internal

MARK = "MARKED-VALUE-7731"


def test_what_does_not_fit_fails_and_is_never_spilled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    con = connect(memory="60MB")
    query = "SELECT count(*) FROM (SELECT md5(i::VARCHAR) AS m FROM range(3000000) t(i) ORDER BY m)"
    with pytest.raises(Internal), scrubbed("sorting"):
        con.sql(f"{query.replace('count(*)', 'm')} LIMIT 3 OFFSET 2000000").fetchall()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO 'leak.csv'",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_neither_files_nor_extensions_are_reached(
    query: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(duckdb.Error):
        connect().execute(query)
    assert list(tmp_path.iterdir()) == []


def test_the_day_does_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    found = connect().sql("SELECT current_setting('TimeZone')").fetchall()
    assert found == [("UTC",)]


def test_errors_quote_no_value() -> None:
    with pytest.raises(Internal) as caught, scrubbed("reading dates"):
        connect().sql("SELECT CAST($v AS DATE)", params={"v": MARK}).fetchall()
    assert MARK not in str(caught.value)
    assert "reading dates" in caught.value.fault
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
