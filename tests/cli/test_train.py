"""`python -m lrcore train`: what the trainer says, in every form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from lrcore import Experiment
from lrcore.gallery.examples import EXAMPLES
from lrcore.results.comparison import compare, results
from lrcore.results.events import Finished
from tests.cli.conftest import Command
from tests.strategies import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def trained() -> Finished:
    """The tiny experiment, trained by the trainer itself."""
    training = pytest.importorskip("lrcore.training")
    training.one_thread()
    *_, last = training.train(Experiment.model_validate(TINY), device="cpu")
    assert isinstance(last, Finished)
    return last


def test_a_plan_that_listens_trains_and_has_no_curve_before(lrcore: Command) -> None:
    plan = "lr=0.3 ReduceLROnPlateau(factor=0.5, patience=0)"
    flags = "--steps 200 --seeds 2 --format json --history"
    said = json.loads(lrcore("train", "--plan", plan, *flags.split()).stdout)
    assert said["history"]["applied_lr"][0] == [[0.3, 0.3]] != said["history"]["applied_lr"][-1]
    assert "only after training" in lrcore("curve", plan, code=2).stderr


def test_training_equals_the_trainer(lrcore: Command, tiny: Path, trained: Finished) -> None:
    said = json.loads(
        lrcore("train", "--experiment", str(tiny), "--device", "cpu", "--format", "json", "--history").stdout
    )
    experiment = Experiment.model_validate(TINY)
    assert said["id"] == experiment.id
    assert Experiment.model_validate(said["experiment"]) == experiment
    assert (said["steps_done"], said["stopped"], said["device"]) == (12, False, "cpu")
    for row, plan, truth in zip(said["plans"], experiment.plans, results(trained.history), strict=True):
        assert row["plan"] == plan.text
        for name in ("final_train", "final_val", "best_train", "best_val", "metric"):
            value = getattr(truth, name)
            assert row[name] == (value if np.isfinite(value) else None)
        assert (row["diverged"], row["first_divergence"]) == (truth.diverged, truth.first_divergence)
    assert said["plans"][2]["diverged"] == 2
    assert [(row["plan"], row["against"]) for row in said["comparison"]] == [(2, 1), (3, 1)]
    pair = compare(trained.history, 1, 0)
    assert (said["comparison"][0]["wins"], said["comparison"][0]["ratio"]) == (pair.wins, pair.ratio)
    for name in ("train_loss", "val_loss", "lr", "applied_lr"):
        told = np.array(said["history"][name], dtype=np.float64)
        truth_array = getattr(trained.history, name)
        np.testing.assert_array_equal(told, np.where(np.isfinite(truth_array), truth_array, np.nan))


def test_the_table_and_the_csv_say_the_same(lrcore: Command, tiny: Path, trained: Finished) -> None:
    truth = results(trained.history)
    table = lrcore("train", "--experiment", str(tiny), "--device", "cpu", "--against", "2").stdout
    for part in (
        TINY["plans"][1],
        f"{truth[0].final_train:.4g}",
        "2 of 2, first at update",
        "plan 3 higher than plan 2 in 2 of 2",
        "on cpu",
    ):
        assert part in table
    assert f"experiment {Experiment.model_validate(TINY).id}" in table
    said = lrcore("train", "--experiment", str(tiny), "--device", "cpu", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(said)))
    assert [row["text"] for row in rows] == [*TINY["plans"][:2], "lr=1e+30"]
    assert [float(row["final_train"]) for row in rows] == [row.final_train for row in truth]


def test_the_history_in_csv_has_a_row_per_evaluation_plan_and_seed(
    lrcore: Command, tiny: Path, trained: Finished, tmp_path: Path
) -> None:
    path, history = tmp_path / "out.csv", trained.history
    arguments = ["--experiment", str(tiny), "--device", "cpu", "--history", "--output", str(path)]
    assert lrcore("train", *arguments).stdout == ""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == history.train_loss.size
    losses = np.array([float(row["train_loss"] or "nan") for row in rows]).reshape(history.train_loss.shape)
    np.testing.assert_array_equal(losses, history.train_loss)
    last = rows[-1]
    assert (last["step"], last["epoch"], last["plan"], last["seed"]) == ("12", "3.0", "3", "1")


def test_flags_replace_parts_of_the_start(lrcore: Command) -> None:
    data = "xor(n_train=32, n_val=16)"
    flags = "--plan lr=0.2 --hidden 3,2 --activation relu --steps 2 --seeds 1 --batch-size 9 --format json"
    run = lrcore("train", "--example", "02b_curvefit", "--data", data, *flags.split())
    said = json.loads(run.stdout)["experiment"]
    assert said["plans"] == ["lr=0.2"]
    assert (said["data"]["kind"], said["data"]["n_train"]) == ("xor", 32)
    assert said["model"] == {"hidden": [3, 2], "activation": "relu"}
    assert said["optimizer"] == EXAMPLES["02b_curvefit"].experiment.model_dump(mode="json")["optimizer"]
    assert (said["steps"], said["seeds"], said["batch_size"]) == (2, 1, 9)


def test_the_bar_is_on_standard_error_and_only_when_asked(lrcore: Command, tiny: Path) -> None:
    assert lrcore("train", "--experiment", str(tiny)).stderr == ""
    run = lrcore("train", "--experiment", str(tiny), "--progress", "--format", "json")
    assert "100%" in run.stderr
    json.loads(run.stdout)
