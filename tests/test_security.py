"""docs/security.md against the tests: every claim names one, and it is there."""

from __future__ import annotations

import ast
import re

from tests.source import ROOT, tree

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def test_each_claim_names_a_test() -> None:
    rows = [
        line
        for line in TEXT.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| he ", "| somebody "))
    ]
    assert len(rows) > 20
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::test_\w+` \|$", row)] == []


def test_every_named_test_exists() -> None:
    assert len(NAMED) > 20
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not (ROOT / path).is_file()
        or name
        not in {node.name for node in ast.walk(tree(ROOT / path)) if isinstance(node, ast.FunctionDef)}
    ]
    assert missing == []
