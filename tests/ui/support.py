"""What the tests of the pages share."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from lrcore.experiment import Experiment
from ui.session.workbench import Workbench


def showing(*plans: str) -> Workbench:
    """A workbench with these plans."""
    return Workbench(Experiment.model_validate({"plans": plans}))


def labelled(elements: Any, label: str) -> Any:
    """The element of an AppTest with this label."""
    return next(element for element in elements if element.label == label)


def place(app: AppTest, key: str) -> tuple[int, ...]:
    """Where the block with this key stands: an index for each block around it."""
    found: list[tuple[int, ...]] = []

    def look(block: Any, path: tuple[int, ...]) -> None:
        for index, child in getattr(block, "children", {}).items():
            if child.key == key:
                found.append((*path, index))
            look(child, (*path, index))

    look(app.main, ())
    [only] = found
    return only


def standing_at(app: AppTest, path: tuple[int, ...]) -> Any:
    """What stands at a place; KeyError where nothing does."""
    node: Any = app.main
    for index in path:
        node = node.children[index]
    return node
