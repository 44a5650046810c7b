"""RFC 8785 bytes: the RFC's own ordering, and nothing that two platforms print differently."""

import pytest

from narrowgate.canonical import canonical, digest


def test_keys_are_ordered_by_utf16_as_the_rfc_says() -> None:
    # RFC 8785 3.2.3, its own example of property sorting.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    written = canonical({name: index for index, name in enumerate(names)}).decode()
    assert [written.index(f'"{name}"' if name != "\r" else '"\\r"') for name in expected] == sorted(
        written.index(f'"{name}"' if name != "\r" else '"\\r"') for name in expected
    )


def test_text_is_escaped_as_the_rfc_says() -> None:
    assert canonical('\u20ac$\u000f\nA\'B"\\"/') == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\"/"'


@pytest.mark.parametrize("value", [1.5, float("nan"), b"x", {1: 2}, {"a": {2}}])
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)  # type: ignore[arg-type]


def test_large_integers_are_refused() -> None:
    with pytest.raises(ValueError, match="text"):
        canonical(2**53 + 1)


def test_a_digest_says_what_it_is() -> None:
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
