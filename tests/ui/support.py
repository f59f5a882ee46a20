"""What the tests of the pages share."""

from __future__ import annotations

from typing import Any

from lrcore.experiment import Experiment
from ui.session.workbench import Workbench


def showing(*plans: str) -> Workbench:
    """A workbench with these plans."""
    return Workbench(Experiment.model_validate({"plans": plans}))


def labelled(elements: Any, label: str) -> Any:
    """The element of an AppTest with this label."""
    return next(element for element in elements if element.label == label)
