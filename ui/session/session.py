"""The state of one visitor: a typed `Session`, and `session()`, which keeps it in Streamlit's session state.

Nobody else knows Streamlit's session state: it takes any value under any string. Widgets never own a value:
each is set from the workbench before it is drawn (`ui/session/widgets.py`), and its callback puts a changed
workbench here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast, final

import streamlit as st

from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.links import Params
from lrcore.results.events import Split
from lrcore.tuning import Finals
from ui.session.workbench import Workbench, opening, with_curves, with_experiment

# What is open of what folds on the Playground: a plan's card, by its number from 0, or the experiment; None
# while nobody has said.
Opened = int | Literal["experiment", "nothing"] | None
UNDO_MAX = 100  # changes that can be taken back


@final
@dataclass
class Session:
    """Everything that is remembered of a visitor from one run of the script to the next."""

    workbench: Workbench = field(default_factory=opening)
    past: list[Workbench] = field(default_factory=list)  # what `undo` brings back, the latest last
    moved: bool = False  # the last change was of single values, from what is shown
    drag_from: Workbench | None = None  # where the drag under way began, or the last one
    errors: dict[str, str] = field(default_factory=dict)  # the sentence beside a field, by the field's name
    refused: dict[str, object] = field(default_factory=dict)  # what that field holds
    said: dict[str, str] = field(default_factory=dict)  # what a change has done, to be told once beside it
    opened: Opened = None
    dragging: bool = False  # a slider is held, and more of its values follow
    released: int = (
        0  # when the last one was let go, by the browser's clock: charts wait for the figure of it
    )
    _sliding: bool = False  # what a slider says is being taken

    # Widgets: see ui/session/widgets.py.
    revision: int = 0
    table_revisions: dict[str, int] = field(default_factory=dict)
    slider_ranges: dict[str, tuple[float, float]] = field(default_factory=dict)

    # The address bar: see ui/session/link.py.
    link_read: bool = False
    link_written: Params | None = None
    link_outdated: bool = False  # something was changed by hand since the address was written
    link_problems: tuple[str, ...] = ()

    # Training: the name on the job board, what the sliders said when it was asked for, the id of the job that
    # trains it (under load at first with fewer seeds), and that of the result which is shown until then.
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    raced: Experiment | None = None
    shown_job: str = ""
    shown_first: str = ""
    predicted_from: str = ""  # the id of the finished run before it, of which predictions are read off
    stopped: bool = False  # this visitor has stopped it
    train_again: bool = False

    # Tuning: what is tuned (nothing while its panel is folded) and by which loss, the ends of its races by
    # their ids, the job of the race that is under way or was the last, and whether this visitor has stopped
    # it; of the plans whose rates it has given, what their results do not say.
    tuned: Experiment | None = None
    tuned_split: Split = "train"
    tuned_finals: dict[str, Finals] = field(default_factory=dict)
    tuning_job: str = ""
    tuning_stopped: bool = False
    tuned_note: tuple[Experiment, str] | None = None  # of plans with tuned rates, what has to be known

    operator: bool = False  # has given the operator's token

    # The Curves page.
    page_workbench: Workbench | None = None
    followers: tuple[str, ...] = ()
    around_table: tuple[object, ...] = ()  # what stands there from the workbench
    switch_to_playground: bool = False
    revealed: int = 0  # how often the chart was to be brought into sight
    paste_missing: tuple[str, ...] = ()  # the values that the pasted code lacks
    paste_counted: bool = False  # against the limit of an address, and not yet read

    def put(self, bench: Workbench, *, fresh: bool = True) -> None:
        """Replace the workbench, which `undo` takes back. Errors beside fields belong to the old one and go,
        unless the fields that were there keep their meaning: `fresh` False."""
        before = self.workbench
        if self._sliding and self.drag_from is not None:
            before = self.drag_from  # a drag is one change, however many of its values are told
        if bench != before and not (self.past and self.past[-1] is before):
            self.past = [*self.past[1 - UNDO_MAX :], before]
        self.workbench = bench
        self.link_outdated = True
        self.moved = not fresh
        if fresh:
            self.renew()

    def renew(self) -> None:
        """Make every widget a new one, without errors: its old self may still send the value that has just
        been replaced. A slider that was held is gone too, and the end of its drag may never come."""
        self.errors, self.refused, self.slider_ranges = {}, {}, {}
        self.dragging = False
        self.revision += 1

    @contextmanager
    def sliding(self, *, dragging: bool, at: int) -> Iterator[None]:
        """A slider has moved, and what is changed inside is part of that; `at` is the moment at which it was
        let go, or 0."""
        if not self.dragging:
            self.drag_from = self.workbench
        self.dragging = dragging
        self.released = at or self.released
        self._sliding = True
        try:
            yield
        finally:
            self._sliding = False

    def undo(self) -> bool:
        """Back to the workbench before the last change; False where there is none."""
        while self.past and self.past[-1] == self.workbench:  # a slider that came back to where it was
            self.past.pop()
        if not self.past:
            return False
        self.workbench = self.past.pop()
        self.moved = False
        self.link_outdated = True
        self.renew()
        return True

    def edit(
        self,
        field: str,
        change: Callable[[Workbench], Workbench],
        *,
        said: object = None,
        fresh: bool = False,
    ) -> None:
        """Apply a change; if it is not allowed, keep the workbench and show the reason beside `field`, and
        what was `said` there. The rest as in `put`."""
        self.link_outdated = True
        try:
            changed = change(self.workbench)
        except LRLabError as error:
            self.refuse(field, str(error), said)
            return
        self.put(changed, fresh=fresh)
        self.errors.pop(field, None)
        self.refused.pop(field, None)

    def edit_experiment(self, field: str, said: object = None, **changes: Any) -> None:
        """Replace fields of the experiment, checked as a whole; `said` as in `edit`."""
        self.edit(field, lambda bench: with_experiment(bench, **changes), said=said)

    def edit_curves(self, field: str, **changes: Any) -> None:
        """Replace fields of the Curves page's view."""
        self.edit(field, lambda bench: with_curves(bench, **changes))

    def refuse(self, field: str, sentence: str, said: object = None) -> None:
        """Keep the workbench and show a sentence beside a field; `said` is what the field goes on showing,
        also when it was not on the page for a while."""
        self.errors[field], self.refused[field] = sentence, said

    def say(self, field: str, sentence: str) -> None:
        """Tell beside a field what its change has done, the next time that it is drawn."""
        self.said[field] = sentence

    def error(self, field: str) -> str:
        """The sentence beside a field, or ""."""
        return self.errors.get(field, "")

    def refused_text(self, field: str) -> str:
        """What was refused in a field, as text, or ""."""
        said = self.refused.get(field)
        return "" if said is None else str(said)

    def clear_errors(self, prefix: str) -> None:
        """Forget the sentences of all fields whose names begin so: what they are about is gone."""
        for name in [name for name in self.errors if name.startswith(prefix)]:
            del self.errors[name]
            self.refused.pop(name, None)

    def page_begins(self, *followers: str) -> None:
        """The whole page is about to be drawn from the workbench as it is now; `followers` are the keys of
        its fragments that show what a plan says, besides its card."""
        self.page_workbench = self.workbench
        self.followers = followers

    def follow(self, fragment: str) -> None:
        """One more fragment of the page shows what a plan says."""
        self.followers = (*self.followers, fragment)

    def unfollow(self, *fragments: str) -> None:
        """These are drawn anew, or are not on the page any more."""
        self.followers = tuple(key for key in self.followers if key not in fragments)

    def page_follows(self) -> None:
        """All that shows what a plan says is about to be drawn from the workbench as it is now."""
        self.page_workbench = self.workbench

    def stale(self) -> bool:
        """Whether the page around a fragment shows an earlier workbench.

        A fragment is drawn alone when something in it moves; what lies outside it (the table, the tools)
        still shows the workbench that the last run of the whole script found, and needs another such run.
        Told by identity: a change puts another workbench in place and never changes one, and to compare two
        would be to compare a thousand numbers.
        """
        return self.page_workbench is not self.workbench


def session() -> Session:
    """This visitor's session, made when it is first asked for."""
    if "session" not in st.session_state:
        st.session_state["session"] = Session()
    return cast(Session, st.session_state["session"])
