"""HMAC as SQL is HMAC."""

import hmac

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from narrowgate.keys.keyed import hmac_sql, pads


@given(
    st.binary(min_size=1, max_size=64),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
def test_the_expression_is_hmac_sha256(key: bytes, text: str) -> None:
    inner, outer = pads(key)
    query = f"SELECT {hmac_sql('$text')}"
    found = duckdb.execute(query, {"text": text, "inner": inner, "outer": outer}).fetchall()
    assert bytes(found[0][0]) == hmac.digest(key, text.encode(), "sha256")
