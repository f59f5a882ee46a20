"""The documents against the code: trees name every folder, floors are the tested ones, targets are named."""

from __future__ import annotations

import re

import pytest

from tests.source import ROOT, project_files
from tests.test_imports import FLOORS

DOCUMENTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")}
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    return re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)


def tree_of(text: str) -> set[str]:
    """The paths that a drawn tree names: two blanks deeper is one folder deeper."""
    drawn = next(block for block in blocks(text) if block.startswith("app.py"))
    found, above = set(), [""]
    for line in drawn.splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        path = above[depth] + name
        found.add(path)
        if name.endswith("/"):
            above[depth + 1 :] = [path]
    return found


def folders(below: str = "", deepest: int = 9) -> set[str]:
    """The folders that hold code, as a tree names them."""
    found = set()
    for path in project_files(".py"):
        parts = path.relative_to(ROOT).parts[:-1]
        for depth in range(1, min(len(parts), deepest) + 1):
            found.add("/".join(parts[:depth]) + "/")
    return {name for name in found if name.startswith(below)}


def test_the_readmes_tree_names_every_room() -> None:
    rooms = {name for name in folders(deepest=2) if name.startswith(("lrcore/", "ui/", "pages/", "tests/"))}
    rooms = {name for name in rooms if not re.match(r"tests/.+", name)}
    assert rooms - tree_of(DOCUMENTS["README.md"]) == set()


def test_the_designs_tree_names_every_folder_and_nothing_else() -> None:
    drawn = {name for name in tree_of(DESIGN) if name.startswith(("lrcore/", "ui/"))}
    shown = {name for name in drawn if name.endswith("/")}
    # a library's folder is one like the others, and so is a component's
    ours = {
        name
        for name in folders("lrcore/") | folders("ui/")
        if not re.match(r"lrcore/dialects/libraries/.+|ui/components/.+", name)
    }
    assert shown == ours
    assert [name for name in drawn - shown if not (ROOT / name).is_file()] == []


def test_the_designs_floors_are_the_tested_ones() -> None:
    block = DESIGN.split("<!-- floors -->")[1].split("```")[1].strip()
    drawn = [set(line.split()) for line in block.splitlines()]
    assert drawn[::-1] == [set(rooms) for rooms in FLOORS]


def test_every_make_target_is_in_contributing() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"\.PHONY: ((?:.*\\\n)*.*)", makefile)
    assert targets is not None
    names = targets[1].replace("\\", " ").split()
    assert {"test", "quick", "docs"} <= set(names)
    assert [name for name in names if f"`make {name}`" not in DOCUMENTS["CONTRIBUTING.md"]] == []


@pytest.mark.parametrize("document", sorted([*DOCUMENTS, "docs/design.md"]))
def test_what_a_document_points_to_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    places = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert [place for place in places if not ((ROOT / document).parent / place).exists()] == []
    named = re.findall(r"`((?:lrcore|ui|pages|tests|docs)/[\w./]*)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_model_file_in_contributing_is_the_file() -> None:
    name = "lrcore/schedules/linear.py"
    shown = DOCUMENTS["CONTRIBUTING.md"].split(f"<!-- {name} -->\n```python\n")[1].split("```")[0]
    assert shown == (ROOT / name).read_text(encoding="utf-8"), "it is old: make docs"
