"""What the script says of predictions: nothing before the first race, a line under the race that follows a
moved slider, a badge at its end; and the axis of the losses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.jobs import Job
from lrcore.prediction import Collapse, Prediction, collapse_of, noise_sentence, predict
from tests.jobs.support import ended
from tests.ui.support import labelled
from ui.server import engine
from ui.session.session import Session
from ui.session.workbench import with_experiment, with_plan

PLANS = ["lr=0.05", "lr=0.05 CosineAnnealingLR(T_max=150) per iteration",
         "lr=0.05 StepLR(step_size=50, gamma=0.3) per iteration"]  # fmt: skip

SMALL = {"steps": "150", "seeds": "2"}


@pytest.fixture(scope="module", autouse=True)
def board() -> Iterator[None]:
    engine.start()
    yield
    engine.stop()


def told(app: AppTest, name: str) -> dict[str, Any]:
    """What a chart of the page was given."""
    charts = (json.loads(found.proto.json)[0] for found in app.get("bidi_component"))
    chart: dict[str, Any] = next(chart for chart in charts if chart.get("key") == name)
    return chart


def overlay(app: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(app, "loss")["overlay"])
    return found


def collapse(job: Job) -> Collapse:
    assert job.history is not None
    found = collapse_of(job.experiment, job.history, "train")
    assert isinstance(found, Collapse), found
    return found


def raced(app: AppTest) -> Job:
    """The race of what the page shows, which it knows to have ended."""
    session: Session = app.session_state["session"]
    job = ended(engine.board().submit(session.workbench.experiment, "a visitor whose tab stays open"))
    assert job.history is not None, job.error
    app.run()
    assert not app.exception
    return job


def test_a_moved_plan_is_predicted_from_the_race_before_and_scored_at_the_end() -> None:
    app = AppTest.from_file("../../ui/main.py", default_timeout=60)
    for name, value in {"plan": PLANS, "model": "MLP(hidden=[8])", **SMALL}.items():
        app.query_params[name] = value
    app.run()
    assert overlay(app) == {"over": [], "badge": "", "note": ""}
    assert told(app, "lr")["drag"]["run"] == "", "nothing to read predictions off yet"
    job, session = raced(app), app.session_state["session"]
    first = job.experiment
    assert overlay(app) == {"over": [], "badge": "", "note": ""}
    assert told(app, "lr")["drag"]["run"].startswith(f"{first.id} ")

    moved = first.plans[2].with_value(("schedule", "gamma"), 0.6)
    session.edit("gamma", lambda bench: with_plan(bench, 2, moved))
    app.run()
    prediction = predict(collapse(job), session.workbench.experiment, 2)
    assert isinstance(prediction, Prediction)
    waiting = overlay(app)
    assert waiting["over"][0]["y"] == pytest.approx(prediction.loss.tolist())
    assert waiting["note"] == f"Dashed: predicted. {prediction.worth} {prediction.beyond}".strip()
    now = raced(app)
    scored = overlay(app)
    assert scored["over"] == waiting["over"], "what was predicted stays as it was"
    assert scored["note"] == prediction.beyond, "how far off is one number"
    assert scored["badge"].startswith("prediction: ")
    assert "% off; " in scored["badge"]

    labelled(app.selectbox, "loss axis").set_value("budget").run()
    assert app.query_params["loss_axis"] == "budget"
    chart = told(app, "loss")
    assert "axis=budget" in chart["live"]["url"]
    assert chart["group"] not in (told(app, "lr")["group"], None)
    assert overlay(app)["over"][0]["x"][-1] == pytest.approx(prediction.budget[-1])
    noise = noise_sentence(collapse(now).references[0], "train")
    assert overlay(app)["note"] == f"{prediction.beyond} {noise}".strip()

    session.edit("batch_size", lambda bench: with_experiment(bench, batch_size=16))
    app.run()
    assert overlay(app)["note"].startswith("Nothing is predicted: the batch size changed")
    assert overlay(app)["over"] == []


def test_what_was_not_moved_is_not_predicted() -> None:
    """After Undo, and after another experiment was put in the place of the one that was raced."""
    app = AppTest.from_file("../../ui/main.py", default_timeout=60)
    for name, value in {"plan": PLANS, "model": "MLP(hidden=[8])", **SMALL}.items():
        app.query_params[name] = value
    app.run()
    raced(app)
    session: Session = app.session_state["session"]
    first = session.workbench
    moved = first.experiment.plans[2].with_value(("schedule", "gamma"), 0.6)
    for leave in (session.undo, lambda: session.put(with_plan(first, 1, moved))):
        session.edit("gamma", lambda bench: with_plan(bench, 2, moved))
        app.run()
        assert overlay(app)["over"]
        leave()
        app.run()
        assert overlay(app) == {"over": [], "badge": "", "note": ""}
        raced(app)
        assert overlay(app) == {"over": [], "badge": "", "note": ""}
