"""Tuning on the Playground, without a browser: AppTest runs the page on a real job board."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.jobs import Job
from tests.jobs.support import PATIENCE_S
from tests.ui.support import labelled, place
from tests.ui.test_playground_page import page
from ui.server import engine
from ui.session.session import Session

FAST = {"plan": ["lr=2", "lr=0.1"], "steps": "60", "seeds": "6"}
SLOW = {"plan": ["lr=0.1", "lr=0.2"], "steps": "6000", "seeds": "6"}


@pytest.fixture(scope="module", autouse=True)
def board() -> Iterator[None]:
    engine.start()
    yield
    engine.stop()


def state(app: AppTest) -> Session:
    value: Session = app.session_state["session"]
    return value


def waited(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def ended(job: Job) -> Job:
    waited(lambda: job.ended)
    return job


def finished(**words: Any) -> AppTest:
    """The page of an experiment whose race is over."""
    app = page(**words)
    while "Tune each plan" not in labels(app):
        ended(waited(lambda: engine.board().job(state(app).shown_job)))
        app.run()
    return app


def tuned(app: AppTest) -> list[str]:
    """Press the button and see the races to their end, as the chart's messages would; the jobs' ids."""
    labelled(app.button, "Tune each plan").click().run()
    seen: list[str] = []
    while "Stop" in labels(app):
        job = engine.board().job(state(app).tuning_job)
        assert job is not None
        assert [live.id for live in engine.board().live()] in ([job.id], []), "one race at a time"
        seen.append(ended(job).id)
        app.run()
        assert not app.exception
    return seen


def text(app: AppTest) -> str:
    return " ".join(str(element.value) for element in (*app.markdown, *app.caption))


def best_rates(app: AppTest) -> dict[str, list[str]]:
    """The table of best rates by its heads; {} where there is none."""
    for element in app.get("html"):
        if "best rate" in (body := element.proto.body):
            rows = [re.findall(r"<t[hd] ?[^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>")]
            return {head: list(cells) for head, *cells in zip(*rows[:-1], strict=True)}
    return {}


def test_too_few_seeds_are_told_before_anything_is_trained() -> None:
    few = {"plan": ["lr=0.1", "lr=0.2"], "steps": "50", "seeds": "5"}
    before = place(page(**few), "tuning")
    app = finished(**few)
    assert place(app, "tuning") == before, "or the page breaks, see tests/ui/test_folding.py"
    assert labelled(app.button, "Tune each plan").disabled
    assert "5 seeds are too few to tell 2 plans apart. Raise the seeds to 6." in text(app)


def test_the_button_comes_with_the_first_result_and_the_rates_go_into_the_plans() -> None:
    app = finished(**FAST)
    assert state(app).tuned is None
    before = state(app).workbench.experiment
    jobs = tuned(app)
    assert len(set(jobs)) == len(jobs) >= 5
    assert "at their own" not in text(app)
    assert "At the rates as set, plan 2 beats plan 1" in text(app)
    assert "6 seeds choose each plan's best rate; ◆ 6 other seeds judge it" in text(app)
    table = best_rates(app)
    assert table["highest rate as set"] == ["2", "0.1"]
    assert float(table["factor"][0]) < 1
    assert not app.table
    seen, bench = state(app).tuning_job, state(app).workbench
    state(app).workbench = replace(bench, view=replace(bench.view, split="val"))
    app.run()
    assert state(app).tuning_job == seen
    assert best_rates(app) == table, "what was tuned by one loss is not tuned by another unasked"
    labelled(app.button, "Use these rates").click().run()
    after = state(app).workbench.experiment
    factors = [new.base_lr / old.base_lr for new, old in zip(after.plans, before.plans, strict=True)]
    assert [f"{factor:.3g}" for factor in factors] == table["factor"]
    assert not best_rates(app), "the panel was about other plans"
    assert "the results flatter them. On other seeds: plan " in text(app)
    labelled(app.button, "Undo").click().run()
    assert state(app).workbench.experiment == before
    assert "Use these rates" in labels(app), "nothing is raced again"
    labelled(app.button, "Close").click().run()
    assert state(app).tuned is None


def test_the_view_of_a_finished_race_disturbs_no_tuning_and_a_newer_experiment_ends_it() -> None:
    app = finished(**SLOW)
    labelled(app.button, "Tune each plan").click().run()
    job = engine.board().job(state(app).tuning_job)
    assert job is not None
    labelled(app.toggle, "log lr axis").set_value(True).run()
    assert not job.ended
    labelled(app.button, "Stop").click().run()
    assert job.state == "cancelled"
    assert "Stopped" in text(app)
    app.run()
    assert not engine.board().live(), "it stays so"
    labelled(app.button, "Go on").click().run()
    again = engine.board().job(job.id)
    assert again is not None
    assert again is not job
    assert not again.ended
    labelled(app.button, "Add a plan").click().run()
    assert state(app).workbench.experiment.plans[-1].base_lr == 0.1, "half of the last one"
    assert state(app).owner not in again.owners, "near its end it may go on, but nobody waits for it"
    assert "Close" not in labels(app)
    engine.board().cancel(state(app).shown_job, state(app).owner)


def test_what_cannot_be_tuned_is_told() -> None:
    app = finished(plan=["lr=0.1 Formula('0.1 * 0.5 ** t')", "lr=0.1"], steps="50", seeds="6")
    labelled(app.button, "Tune each plan").click().run()
    assert any("does not depend on" in error.value for error in app.error)
    labelled(app.button, "Close").click().run()
    assert not app.error
