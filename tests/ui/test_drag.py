"""The steps of a drag: what is answered equals what the script draws of the moved plan, and nothing that
arrives can do harm."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient

from lrcore import links
from lrcore.analysis.run import Run
from lrcore.experiment import Experiment
from lrcore.figures.curves import lr_figure, momentum_figure
from lrcore.figures.decay_question import question_figure
from lrcore.figures.whole_run import curves_figure
from lrcore.plan import parse_plan
from ui.server import drag_socket
from ui.server.drag import Drag
from ui.server.plan_words import in_words
from ui.session.link import link_words
from ui.session.workbench import View, Workbench, with_curves, with_plan

PLANS = (
    "lr=0.3 StepLR(step_size=500, gamma=0.3) per iteration",
    "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.3, step_size_up=100) per iteration",
    "lr=0.1 Warmup(CosineAnnealingLR(T_max=25), warmup_steps=5)",
    "lr=0.2 ReduceLROnPlateau(factor=0.5, patience=2)",
)
RECURSION = "lr=0.1 MultiplicativeLR(lr_lambda='1 - 1 / (epoch + 2)') per iteration"


def bench(*plans: str, **words: Any) -> Workbench:
    return Workbench(Experiment.model_validate({"plans": plans or PLANS, **words}))


def step(page: str, words: links.Params, of: str, at: dict[str, float] | None = None, **values: float) -> str:
    moved = {name.replace("__", "."): value for name, value in values.items()} | (at or {})
    return json.dumps({"n": 1, "of": of, "values": moved, "page": page, "words": words})


def charts(page: str, shown: Workbench, of: str, **values: float) -> dict[str, Any]:
    answer = Drag().answer(step(page, link_words(shown), of, **values))
    assert answer["n"] == 1
    assert answer["refused"] == {}, answer
    found: dict[str, Any] = answer["charts"]  # type: ignore[assignment]
    return found


def same(parts: list[dict[str, Any]], figure: Any, *uids: str) -> bool:
    drawn = {trace["uid"]: trace for trace in figure["data"]}
    return [part["uid"] for part in parts] == list(uids) and all(
        part == {name: drawn[part["uid"]][name] for name in ("uid", "name", "x", "y")} for part in parts
    )


@pytest.mark.parametrize("log_lr", [False, True])
@pytest.mark.parametrize(
    ("index", "name", "value"),
    [
        (0, "schedule__gamma", 0.5),
        (0, "base_lr", 0.7),
        (1, "schedule__max_lr", 0.2),
        (2, "schedule__schedule__T_max", 30),
        (3, "schedule__factor", 0.25),
    ],
)
def test_a_moved_plan_of_the_playground_is_drawn_as_its_script_would(
    index: int, name: str, value: float, log_lr: bool
) -> None:
    shown = Workbench(bench().experiment, View(log_lr=log_lr))
    parts = charts("playground", shown, f"plans.{index}", **{name: value})
    path = tuple(name.split("__"))
    plans = with_plan(shown, index, shown.experiment.plans[index].with_value(path, value)).experiment.plans
    figure = lr_figure(plans, 2000, 32, log_y=log_lr).figure
    assert same(parts["lr"]["traces"], figure, f"plan-{index}")
    momenta = momentum_figure(plans, 2000, 32)
    assert ("momentum" in parts) == (index == 1)
    if index == 1:
        assert same(parts["momentum"]["traces"], momenta, "plan-1")


def test_the_length_of_the_run_moves_every_curve() -> None:
    parts = charts("playground", bench(), "experiment", steps=700, batch_size=64)
    plans = bench().experiment.plans
    assert parts["lr"]["figure"] == lr_figure(plans, 700, 16, log_y=False).figure
    assert parts["momentum"]["figure"] == momentum_figure(plans, 700, 16)


@pytest.mark.parametrize("log_y", [False, True])
def test_a_moved_plan_of_the_curves_page_takes_its_ghost_and_the_axis_along(log_y: bool) -> None:
    horizon = Run(steps=9000, steps_per_epoch=10)
    view = {"horizon": horizon, "log_y": log_y, "ghost": True, "edited": 2, "metric": (1.0, 1.0, 1.0, 0.5)}
    shown = with_curves(bench(), **view)
    parts = charts("curves", shown, "plans.2", base_lr=3)
    plans = with_plan(shown, 2, shown.experiment.plans[2].with_value(("base_lr",), 3)).experiment.plans
    figure = curves_figure(plans, horizon, log_y=log_y, ghost=2, metric=(1.0, 1.0, 1.0, 0.5)).figure
    assert same(parts["curves_chart"]["traces"], figure, "plan-2", "ghost")
    axis = figure["layout"]["yaxis"]
    assert parts["curves_chart"].get("yaxis") == ({"range": axis["range"]} if log_y else None)
    follower = charts("curves", shown, "plans.3", schedule__patience=0)["curves_chart"]["traces"]
    assert follower[0]["y"][-1] < 0.2


def test_the_numbers_of_the_question_move_its_pictures() -> None:
    shown = bench()
    parts = charts("question", shown, "question", gamma=0.25)
    asked = shown.curves.question.model_copy(update={"gamma": 0.25})
    assert parts["question_chart"]["figure"] == question_figure(asked)
    assert set(parts) == {"question_chart", "question_inverse"}


def test_a_value_that_is_not_allowed_gets_its_sentence_and_the_rest_moves() -> None:
    words = link_words(bench("lr=0.3 OneCycleLR(max_lr=0.4, total_steps=9) per iteration"))
    answer = Drag().answer(step("playground", words, "plans.0", schedule__pct_start=90, schedule__max_lr=0.8))
    (sentence,) = answer["refused"].items()  # type: ignore[attr-defined]
    assert sentence[0] == "schedule.pct_start"
    assert "90" in sentence[1]
    assert max(answer["charts"]["lr"]["traces"][0]["y"]) > 0.7  # type: ignore[index]


def test_a_step_says_in_words_what_the_plan_does_now() -> None:
    answer = Drag().answer(step("playground", link_words(bench()), "plans.0", schedule__gamma=0.4))
    moved = parse_plan(PLANS[0]).with_value(("schedule", "gamma"), 0.4)
    run = Workbench(bench().experiment).trained
    assert answer["note"] == in_words(moved, run)
    assert str(answer["note"]).startswith("lr(t) = 0.3 · 0.4^")


def test_a_page_is_described_once() -> None:
    conversation = Drag()
    assert "describe" in str(conversation.answer('{"n": 1, "of": "plans.0", "values": {}}')["error"])
    assert "charts" in conversation.answer(step("playground", link_words(bench()), "plans.0"))
    assert "charts" in conversation.answer('{"n": 2, "of": "plans.0", "values": {"base_lr": 0.5}}')


def test_a_conversation_knows_whether_its_steps_are_quick() -> None:
    long = with_curves(bench(RECURSION, "lr=0.1"), horizon=Run(steps=20_000))
    for shown, quick in ((bench("lr=0.1 StepLR(3)"), True), (long, False)):
        conversation = Drag()
        assert not conversation.quick
        assert "charts" in conversation.answer(step("curves", link_words(shown), "plans.0", base_lr=0.2))
        assert conversation.quick == quick
    conversation.answer(step("curves", link_words(bench("lr=0.1 StepLR(3)")), "plans.0", base_lr=0.2))
    assert conversation.quick
    conversation.answer('{"n": 2, "of": "nothing", "values": {}, "page": "curves", "words": {}}')
    assert not conversation.quick, "another page is described, and may cost more"


WORDS = link_words(bench())
HOSTILE = [
    "", "[]", "7", "nonsense", '{"n": 1}', "[" * 50_000, "{" * 101_000, '{"n": 1e999}',
    step("nowhere", WORDS, "plans.0"),
    step("playground", {"plan": "lr=0.1"}, "plans.0"),  # type: ignore[dict-item]
    step("playground", {"plan": ["lr=0.1 Foo()"]}, "plans.0"),
    step("playground", {"plan": ["lr=0.1 " + "(" * 3000]}, "plans.0"),
    step("playground", {"plan": ["x" * 60_000]}, "plans.0"), step("curves", WORDS, "experiment", steps=3),
    *(step("playground", WORDS, of) for of in ("plans.7", "plans.-1", "plans", "", "question", "a." * 90)),
    step("playground", WORDS, "plans." + "9" * 190),
    json.dumps({"n": 1, "of": "plans.0", "values": {"base_lr": "0.1"}, "page": "curves", "words": WORDS}),
    json.dumps({"n": 1, "of": "plans.0", "values": {"base_lr": True}, "page": "curves", "words": WORDS}),
    json.dumps({"n": 1, "of": "plans.0", "values": [1], "page": "curves", "words": WORDS}),
    json.dumps({"n": 1, "of": "plans.0", "values": dict.fromkeys(map(str, range(101)), 1), "words": WORDS}),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_arrives_is_answered_with_a_sentence(text: str) -> None:
    error = str(Drag().answer(text).get("error"))
    assert error.endswith(".")
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "name",
    ["schedule", "schedule.nonsense", "schedule.gamma.0", "schedule.__class__", "schedule.0", "clock", "x"],
)
def test_a_path_that_leads_nowhere_is_refused(name: str) -> None:
    answer = Drag().answer(step("playground", WORDS, "plans.0", {name: 1}))
    assert set(answer["refused"]) == {name}  # type: ignore[call-overload]
    assert parse_plan(PLANS[0]).lr(0) == answer["charts"]["lr"]["traces"][0]["y"][0]  # type: ignore[index]


def test_the_socket_answers_the_newest_step_and_outlives_nonsense() -> None:
    app = Starlette(routes=[WebSocketRoute("/drag", drag_socket.drag)])
    with TestClient(app) as client, client.websocket_connect("/drag") as socket:
        socket.send_text("nonsense")
        assert "error" in socket.receive_json()
        socket.send_bytes(b"\x00")
        assert "error" in socket.receive_json()
        socket.send_text(step("playground", WORDS, "plans.0"))
        assert socket.receive_json()["n"] == 1
        for n in range(2, 60):
            socket.send_text(json.dumps({"n": n, "of": "plans.0", "values": {"base_lr": n / 10}}))
        seen = [socket.receive_json()]
        while seen[-1]["n"] != 59:
            seen.append(socket.receive_json())
        assert [answer["n"] for answer in seen] == sorted({answer["n"] for answer in seen})
        assert len(seen) < 58, "what was overtaken is not computed"
        assert max(seen[-1]["charts"]["lr"]["traces"][0]["y"]) == 5.9
