"""What a viewer of a run is told: addresses, words, ends, and fewer seeds first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lrcore.experiment import Experiment
from lrcore.jobs import Cancelled, JobEvent, Queued, Race, preview_of, race
from lrcore.results.axes import AXES, AxisName, loss_axis
from lrcore.results.events import NOT_DIVERGED, Progress
from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import another_opening, of_seconds
from ui.server.live import Feed, live_address


def test_the_address_changes_with_the_run_and_with_what_is_shown_first() -> None:
    board, _, _ = virtual_board(2)
    job = board.submit(of_seconds(50), "ann")
    board.cancel(job.id, "ann")
    again = board.submit(job.experiment, "ann")
    first = board.submit(of_seconds(1), "bob")
    addresses = {
        live_address(job, "train"),
        live_address(again, "train"),
        live_address(again, "val"),
        live_address(again, "train", first),
        live_address(again, "train", axis="budget"),
    }
    assert len(addresses) == 5
    assert all(address.startswith(f"/live/{job.id}?") for address in addresses)
    assert live_address(again, "val") == live_address(again, "val")


def told(event: JobEvent) -> dict[str, Any]:
    """The last message about one event."""
    return list(Feed(another_opening(), "train").messages([event]))[-1]


def test_an_end_that_the_page_has_caused_is_said_to_be_that() -> None:
    ends = {cause: told(Cancelled("Because.", cause)) for cause in ("stopped", "replaced", "left", "closing")}
    assert {cause: end["state"] for cause, end in ends.items()} == {
        "stopped": "cancelled",
        "replaced": "superseded",
        "left": "cancelled",
        "closing": "cancelled",
    }
    assert [cause for cause, end in ends.items() if end["caused"]] == ["stopped", "replaced"]


def test_who_waits_hears_of_place_and_time() -> None:
    assert told(Queued(3, 7.6))["status"]["text"] == "Waiting for a free worker: number 3 in line, about 8 s"
    assert told(Queued(1, 0.4))["status"]["text"] == "Waiting for a free worker: next in line"


def under_load() -> tuple[Race, list[dict[str, Any]], list[dict[str, Any]]]:
    """A race whose first seeds are done, and what its chart hears then: until the whole runs, and of that."""
    board, _, clock = virtual_board(2)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    experiment = another_opening()
    race(board, experiment, "ann")
    clock.pass_by(10.5)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    clock.pass_by(5)
    now = race(board, experiment, "ann")
    feed = Feed(experiment, "train", now.first)
    with board.subscribe(now.job.id) as watched:
        before = list(feed.messages(watched.get(0)))
        clock.pass_by(60)
        after = list(feed.messages(watched.get(0)))
    return now, before, after


def test_fewer_seeds_are_shown_and_said_until_all_are_there() -> None:
    now, before, after = under_load()
    assert now.first is not None
    assert now.first.experiment == preview_of(now.experiment)
    (waiting,) = before
    assert waiting["kind"] == "snapshot"
    assert len(waiting["data"][2]["x"]) > 0, "the curve of the first seeds"
    assert waiting["status"]["text"].startswith("2 of 8 seeds so far; all 8: waiting for a free worker")
    snapshot, done = after
    assert (snapshot["kind"], done["kind"], done["state"]) == ("snapshot", "done", "done")
    assert "so far" not in done["status"]["text"]


def test_the_first_seeds_stay_when_the_rest_is_stopped() -> None:
    board, _, clock = virtual_board(2)
    experiment = another_opening()
    first = board.submit(preview_of(experiment), "ann")
    clock.pass_by(3)
    whole = board.submit(experiment, "ann")
    feed = Feed(experiment, "train", first)
    with board.subscribe(whole.id) as watched:
        clock.pass_by(0.1)
        (shown,) = feed.messages(watched.get(0))
        assert len(shown["data"][2]["x"]) > 0
        board.cancel(whole.id, "ann")
        assert [message["kind"] for message in feed.messages(watched.get(0))] == ["status", "done"]


@pytest.mark.parametrize("name", AXES)
def test_the_losses_lie_over_the_axis_that_was_asked_for_at_first_and_as_they_grow(name: AxisName) -> None:
    experiment = Experiment.model_validate({"plans": ["lr=0.3", "lr=0.2"], "steps": 64, "seeds": 1})
    values = np.ones((2, 1))
    events = [Progress(step, 0, *[values] * 5, np.full((2, 1), NOT_DIVERGED)) for step in (0, 32, 64)]
    axis = loss_axis(experiment, name)
    feed = Feed(experiment, "train", axis=axis)
    snapshot: dict[str, Any]
    grown: dict[str, Any]
    (snapshot,), (grown,) = feed.messages(events[:2]), feed.messages(events[2:])
    drawn = snapshot["layout"]["xaxis"]
    assert (drawn["range"], drawn["title"]) == ([0, axis.end], {"text": axis.title})
    places = [snapshot["data"][plan * 4 + 2]["x"] for plan in range(2)]
    assert places == [axis.at(plan, [0, 32]) for plan in range(2)]
    more = {part["i"]: part["x"] for part in grown["traces"]}
    assert [more[plan * 4 + 2] for plan in range(2)] == [axis.at(plan, 64) for plan in range(2)]
