"""The predicted loss under the thumb: what a step of a drag answers, to whom, and what it is read off."""

from __future__ import annotations

from typing import Any

import pytest

from lrcore.analysis.run import Run
from lrcore.analysis.work import work
from lrcore.experiment import Experiment
from lrcore.figures.predicted import predicted_traces
from lrcore.jobs import Job
from lrcore.plan import parse_plan
from lrcore.prediction import Collapse, Prediction, collapse_of, predict
from lrcore.results.axes import AXES, AxisName
from lrcore.results.events import History, Split
from tests.prediction.support import FIVE, RATE, STEPS, experiment, run
from tests.ui.test_drag import RECURSION, step
from ui.server import engine, loss_axes, predictions
from ui.server.drag import Drag
from ui.server.loss_axes import axis_of, follow_ms
from ui.server.predictions import foretell, key_to_read, told_by
from ui.session.link import link_words
from ui.session.workbench import View, Workbench, with_experiment

RAN = experiment(*FIVE)


class Board:
    """A board that keeps one finished run."""

    def __init__(self, ran: Experiment, history: History) -> None:
        self.one = Job(ran, ran.id, state="done", history=history)

    def job(self, job_id: str) -> Job | None:
        return self.one if job_id == self.one.id else None


@pytest.fixture(autouse=True)
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board(RAN, run(RAN, 0.6))
    monkeypatch.setattr(engine, "board", lambda: board)
    return board


def losses(board: Board, of: str, shown: Workbench | None = None, key: str = "", **values: float) -> Any:
    """What one step of a drag answers for the loss chart."""
    words = link_words(shown or Workbench(RAN))
    conversation = Drag()
    described = step("playground", words, of, **values)[:-1] + f', "run": "{key or key_to_read(board.one)}"}}'
    answer: Any = conversation.answer(described)
    return answer["charts"]["loss"]


def core(board: Board, now: Experiment, plan: int, split: Split = "train") -> Prediction:
    collapse = collapse_of(RAN, board.one.history, split) if board.one.history else None
    assert isinstance(collapse, Collapse)
    found = predict(collapse, now, plan)
    assert isinstance(found, Prediction), found
    return found


def moved(path: tuple[str, ...], value: float, plan: int = 2) -> Experiment:
    plans = [*RAN.plans]
    plans[plan] = plans[plan].with_value(path, value)
    return with_experiment(Workbench(RAN), plans=tuple(plans)).experiment


@pytest.mark.parametrize("split", ["train", "val"])
@pytest.mark.parametrize("axis", AXES)
def test_a_moved_plan_is_predicted_as_the_core_says(board: Board, axis: AxisName, split: Split) -> None:
    shown = Workbench(RAN, View(split=split, loss_axis=axis))
    part = losses(board, "plans.2", shown, schedule__gamma=0.5)
    now = moved(("schedule", "gamma"), 0.5)
    prediction = core(board, now, 2, split)
    assert part["over"] == predicted_traces(now, prediction, axis)
    assert part["note"] == f"Dashed: predicted. {prediction.worth}"
    assert prediction.worth.startswith("Tried on 4 plans of this run"), "its error on this task is said"
    assert part["reach"] == part["over"][0]["x"][-1]


def test_a_higher_rate_needs_a_longer_budget_axis_and_is_fainter_beyond_the_run(board: Board) -> None:
    part = losses(board, "plans.0", Workbench(RAN, View(loss_axis="budget")), base_lr=1.5 * RATE)
    known, beyond = part["over"]
    assert known["x"][-1] <= RATE * STEPS < beyond["x"][-1] == part["reach"]
    assert part["reach"] == pytest.approx(1.5 * RATE * STEPS)
    assert "(fainter) it is extrapolated" in part["note"]


@pytest.mark.parametrize(
    ("of", "values", "words"),
    [
        ("plans.0", {"base_lr": 3 * RATE}, "above twice 0.2"),
        ("experiment", {"batch_size": 64}, "the batch size changed"),
    ],
)
def test_what_is_not_predicted_has_no_line_and_one_reason(
    board: Board, of: str, values: dict[str, float], words: str
) -> None:
    part = losses(board, of, **values)
    assert part["over"] == []
    assert part["note"].startswith("Nothing is predicted: ")
    assert words in part["note"]
    assert part["note"].count("Nothing") == 1, "the same reason is said once for all plans"


def test_the_length_of_the_run_moves_every_prediction(board: Board) -> None:
    part = losses(board, "experiment", steps=1000)
    assert {trace["uid"] for trace in part["over"]} >= {f"predicted-{plan}-known" for plan in range(5)}
    assert part["reach"] == 1000
    assert "fainter" not in part["note"]
    longer = losses(board, "experiment", steps=5 * STEPS)
    assert "What is fainter is extrapolated" in longer["note"]


def test_only_the_plan_under_the_thumb_is_predicted_while_a_run_of_another_length_is_read(
    board: Board,
) -> None:
    longer = with_experiment(Workbench(RAN), steps=2 * STEPS)
    part = losses(board, "plans.2", longer, schedule__gamma=0.5)
    assert {trace["uid"] for trace in part["over"]} == {"predicted-2-known", "predicted-2-beyond"}


def test_nothing_is_drawn_where_predictions_are_far_off_and_one_sentence_says_so(board: Board) -> None:
    history = board.one.history
    assert history is not None
    history.train_loss[-3:, 1] *= 6  # the cosine ends six times, and the inverse-time plan nine times, as
    history.train_loss[-3:, 3] /= 9  # high or as low as their rates say
    told = collapse_of(RAN, history, "train")
    assert isinstance(told, Collapse)
    error = told.references[0].error
    assert error is not None
    shown = foretell(told, moved(("schedule", "gamma"), 0.5), 1e9)
    assert (shown.plans, shown.traces("updates")) == ({}, [])
    off = f"{100 * error.mean:.0f} % off on average"
    assert shown.note == f"No predicted loss is drawn: tried on 4 plans of this run, it ended {off}."


def test_plans_that_are_left_out_beside_others_are_named_in_a_few_words(board: Board) -> None:
    plans = [plan.with_value(("base_lr",), RATE * 3 if i in (0, 4) else RATE * 1.1)
             for i, plan in enumerate(RAN.plans)]  # fmt: skip
    now = with_experiment(Workbench(RAN), plans=tuple(plans)).experiment
    shown = foretell(told_by(board.one.id, "train"), now, 1e9)
    assert list(shown.plans) == [1, 2, 3]
    assert shown.note.endswith("Not predicted: plans 1, 5.")
    assert "Nothing" not in shown.note


def test_an_expensive_plan_leaves_time_for_the_cheap_ones_behind_it(board: Board) -> None:
    cheap = RAN.plans[2].with_value(("schedule", "gamma"), 0.5)
    now = with_experiment(Workbench(RAN), plans=(parse_plan(RECURSION), cheap)).experiment
    each = [work(plan, Run.of(STEPS, now.steps_per_epoch)).points_ms for plan in now.plans]
    assert each[0] > each[1]
    shown = foretell(told_by(board.one.id, "train"), now, each[1])
    assert list(shown.plans) == [1]
    assert shown.note.endswith("Not predicted: plan 1.")


@pytest.mark.parametrize("plans", [FIVE, (*FIVE, RECURSION), ("lr=0.1 Formula('1 / (50 - t)')",)])
def test_the_axis_of_a_drag_falls_back_as_that_of_the_script(
    board: Board, plans: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the budget where it is summed up soon enough, else over updates."""
    shown = Workbench(experiment(*plans), View(loss_axis="budget"))
    affordable = follow_ms(RAN)
    monkeypatch.setattr(loss_axes, "FOLLOWED_MS", affordable)
    axis = axis_of(shown.experiment, "budget")
    assert (axis is None) == (plans != FIVE)
    part = losses(board, "plans.0", shown, base_lr=0.9 * RATE)
    if part["over"]:
        ends = max(trace["x"][-1] for trace in part["over"] if trace["x"])
        assert (ends == STEPS) == (axis is None)


def test_what_was_trained_is_not_predicted(board: Board) -> None:
    assert losses(board, "plans.2", base_lr=RATE) == {"over": [], "note": ""}
    assert losses(board, "experiment", seeds=7) == {"over": [], "note": ""}


@pytest.mark.parametrize("key", ["nonsense", f"{RAN.id} {'0' * 32}", RAN.id])
def test_a_run_is_told_only_to_a_page_that_shows_it(board: Board, key: str) -> None:
    part = losses(board, "plans.2", key=key, schedule__gamma=0.5)
    assert part == {"over": [], "note": "Nothing is predicted: there is no finished race to read it off."}


def test_a_key_that_is_no_text_is_refused() -> None:
    said = step("playground", link_words(Workbench(RAN)), "plans.0")[:-1]
    for run_ in ("7", "[]", f'"{"k" * 300}"'):
        assert "key" in str(Drag().answer(f'{said}, "run": {run_}}}')["error"])


def test_a_run_is_fitted_once_for_each_of_its_losses(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = []

    def counted(ran: Experiment, history: History, split: Split) -> Any:
        fitted.append(split)
        return collapse_of(ran, history, split)

    monkeypatch.setattr(predictions, "collapse_of", counted)
    board.one.experiment = fresh = with_experiment(Workbench(RAN), seeds=9).experiment
    board.one.id = fresh.id
    splits: tuple[Split, ...] = ("train", "val", "train")
    for split in splits:
        for gamma in (0.4, 0.5):
            losses(board, "plans.2", Workbench(fresh, View(split=split)), schedule__gamma=gamma)
    assert fitted == ["train", "val"]


def test_a_plan_that_takes_long_to_follow_is_not_predicted_under_the_thumb(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly = RECURSION.replace("1 - 1", "1 - 0.1")  # it falls no sooner than the plans of the run
    shown = with_experiment(Workbench(RAN), plans=(*FIVE, slowly))
    assert losses(board, "plans.5", shown, base_lr=RATE)["over"]
    monkeypatch.setattr("ui.server.moved_charts.HERE_MS", 1.0)
    monkeypatch.setattr("ui.server.moved_charts._affordable", lambda *_, **__: None)
    part = losses(board, "plans.5", shown, base_lr=RATE)
    assert part == {"over": [], "note": "Nothing is predicted: this plan takes too long to be followed."}
