"""The figures and lists of an agreement, read from its Markdown: what the parties sign."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

Figures = Mapping[str, Any]
"""The parameters of one rule, by name."""


def figures(markdown: str) -> dict[str, Figures]:
    """The parameters of every rule in the agreement's ```toml rules blocks, by the rule's code."""
    found: dict[str, Figures] = {}
    block: list[str] | None = None
    for line in markdown.splitlines():
        if line == "```toml rules":
            block = []
        elif line == "```" and block is not None:
            for rule in tomllib.loads("\n".join(block)).get("rule", []):
                found[rule["name"]] = rule
            block = None
        elif block is not None:
            block.append(line)
    return found
