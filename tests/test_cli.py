"""The command line as a user runs it: a process with its output, its errors and its exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lrcore import Experiment, parse_plan
from lrcore.gallery.examples import EXAMPLES
from lrcore.results.comparison import compare, results
from lrcore.results.events import Finished
from tests.strategies import TINY

ROOT = Path(__file__).parents[1]
STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"
COSINE = "lr=0.1 CosineAnnealingLR(T_max=7)"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lrcore", *arguments]


def lrcore(*arguments: str, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        command(*arguments), input=stdin, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    return run


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


def test_a_curve_in_csv_equals_the_plan_in_every_digit() -> None:
    rows = list(
        csv.reader(
            io.StringIO(
                lrcore(
                    "curve", STEP, COSINE, "--steps", "400", "--steps-per-epoch", "4", "--format", "csv"
                ).stdout
            )
        )
    )
    assert rows[0] == ["step", "epoch", STEP, COSINE]
    table = np.array(rows[1:], dtype=np.float64)
    steps = np.arange(400)
    np.testing.assert_array_equal(table[:, 0], steps)
    np.testing.assert_array_equal(table[:, 1], steps // 4)
    for column, text in ((2, STEP), (3, COSINE)):
        np.testing.assert_array_equal(table[:, column], parse_plan(text).lr(steps, 4))
    assert rows[1][2] == "0.05"  # the shortest digits


def test_a_curve_in_json_says_the_same() -> None:
    said = json.loads(lrcore("curve", STEP, "--steps", "95", "--every", "10", "--format", "json").stdout)
    assert said["step"] == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 94]
    assert said["plans"] == [{"plan": STEP, "lr": parse_plan(STEP).lr(said["step"]).tolist()}]


def test_a_curve_as_a_table_is_the_default() -> None:
    lines = lrcore("curve", STEP, "--every", "30").stdout.splitlines()
    assert lines[0] == f"plan 1: {STEP}"
    assert [line.split() for line in lines[2:]] == [
        ["step", "epoch", "plan", "1"],
        *(
            ["0", "0", "0.05"],
            ["30", "30", "0.005"],
            ["60", "60", "0.0005"],
            ["90", "90", "5e-05"],
            ["99", "99", "5e-05"],
        ),
    ]


def test_the_output_goes_to_a_file_in_the_form_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    assert lrcore("curve", STEP, "--steps", "3", "--output", str(path)).stdout == ""
    assert path.read_text(encoding="utf-8") == f'step,epoch,"{STEP}"\n0,0,0.05\n1,1,0.05\n2,2,0.05\n'


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["curve", "lr=0.1 Stepp(3)"], ["'Stepp'", "Did you mean StepLR?"]),
        (["curve", "lr=0"], ["base_lr=0", "above 0"]),
        (["curve", STEP, "--steps", "0"], ["--steps", "0"]),
        (["curve", STEP, "--every", "-1"], ["--every", "-1"]),
        (["curve", STEP, "--steps", "1000000000"], ["rows", "--every"]),
        (["curve", STEP, "--output", "/nowhere/x.csv"], ["/nowhere/x.csv", "cannot be written"]),
        (["curve"], ["usage:"]),
        ([], ["usage:"]),
        (["train"], ["nothing to train", "--plan"]),
        (["train", "--plan", "lr=x"], ["base lr must be a number", "'x'"]),
        (["train", "--plan", "lr=1", "--data", "moonss"], ["Did you mean moons?"]),
        (["train", "--plan", "lr=1", "--data", "spirals(arms=9)"], ["arms=9", "2 <= arms <= 5"]),
        (["train", "--plan", "lr=1", "--steps", "many"], ["steps must be a whole number", "'many'"]),
        (["train", "--plan", "lr=1", "--seeds", "99"], ["seeds=99", "20"]),
        (["train", "--plan", "lr=1", "--hidden", "a,b"], ["hidden"]),
        (["train", "--plan", "lr=1", "--activation", "sin"], ["activation='sin'", "tanh, relu, gelu"]),
        (["train", "--plan", "lr=1", "--optimizer", "adam"], ["Did you mean Adam?"]),
        (["train", "--plan", "lr=1", "--device", "tpu"], ["'tpu'", "cpu"]),
        (["train", "--plan", "lr=1", "--against", "2"], ["--against", "2"]),
        (["train", "--example", "nope"], ["'nope'", "01_open"]),
        (["train", "--experiment", "/nowhere.json"], ["/nowhere.json", "cannot be read"]),
        (["train", "--experiment", "README.md", "--example", "01_open"], ["not allowed with"]),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments: list[str], parts: list[str]) -> None:
    run = lrcore(*arguments, code=2)
    assert run.stdout == ""
    for part in parts:
        assert part in run.stderr


@pytest.mark.parametrize("text", ["", "{", "[1]", "NaN", '{"plans": []}', '{"steps": 5}', "[" * 100_000])
def test_a_bad_experiment_file_is_told(text: str) -> None:
    assert len(lrcore("train", "--experiment", "-", stdin=text, code=2).stderr) > 20


def test_a_plan_that_listens_trains_and_has_no_curve_before() -> None:
    plan = "lr=0.3 ReduceLROnPlateau(factor=0.5, patience=0)"
    said = json.loads(
        lrcore(
            "train", "--plan", plan, "--steps", "200", "--seeds", "2", "--format", "json", "--history"
        ).stdout
    )
    assert said["history"]["applied_lr"][0] == [[0.3, 0.3]] != said["history"]["applied_lr"][-1]
    assert "only after training" in lrcore("curve", plan, code=2).stderr


def test_training_equals_the_trainer(tiny: Path, trained: Finished) -> None:
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


def test_the_table_and_the_csv_say_the_same(tiny: Path, trained: Finished) -> None:
    truth = results(trained.history)
    table = lrcore("train", "--experiment", str(tiny), "--device", "cpu", "--against", "2").stdout
    for part in (
        TINY["plans"][1],
        f"{truth[0].final_train:.4g}",
        "2 of 2, first at update",
        "plan 3 loses to plan 2 in 2 of 2",
        "on cpu",
    ):
        assert part in table
    assert f"experiment {Experiment.model_validate(TINY).id}" in table
    rows = list(
        csv.DictReader(
            io.StringIO(
                lrcore("train", "--experiment", str(tiny), "--device", "cpu", "--format", "csv").stdout
            )
        )
    )
    assert [row["text"] for row in rows] == [*TINY["plans"][:2], "lr=1e+30"]
    assert [float(row["final_train"]) for row in rows] == [row.final_train for row in truth]


def test_the_history_in_csv_has_a_row_per_evaluation_plan_and_seed(
    tiny: Path, trained: Finished, tmp_path: Path
) -> None:
    path, history = tmp_path / "out.csv", trained.history
    assert (
        lrcore(
            "train", "--experiment", str(tiny), "--device", "cpu", "--history", "--output", str(path)
        ).stdout
        == ""
    )
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == history.train_loss.size
    losses = np.array([float(row["train_loss"] or "nan") for row in rows]).reshape(history.train_loss.shape)
    np.testing.assert_array_equal(losses, history.train_loss)
    assert (rows[-1]["step"], rows[-1]["epoch"], rows[-1]["plan"], rows[-1]["seed"]) == (
        "12",
        "3.0",
        "3",
        "1",
    )


def test_flags_replace_parts_of_the_start() -> None:
    flags = [
        "--plan",
        "lr=0.2",
        "--data",
        "xor(n_train=32, n_val=16)",
        "--hidden",
        "3,2",
        "--activation",
        "relu",
        "--steps",
        "2",
        "--seeds",
        "1",
    ]
    said = json.loads(
        lrcore("train", "--example", "02b_curvefit", *flags, "--batch-size", "9", "--format", "json").stdout
    )["experiment"]
    assert said["plans"] == ["lr=0.2"]
    assert (said["data"]["kind"], said["data"]["n_train"]) == ("xor", 32)
    assert said["model"] == {"hidden": [3, 2], "activation": "relu"}
    assert said["optimizer"] == EXAMPLES["02b_curvefit"].experiment.model_dump(mode="json")["optimizer"]
    assert (said["steps"], said["seeds"], said["batch_size"]) == (2, 1, 9)


def test_the_bar_is_on_standard_error_and_only_when_asked(tiny: Path) -> None:
    assert lrcore("train", "--experiment", str(tiny)).stderr == ""
    run = lrcore("train", "--experiment", str(tiny), "--progress", "--format", "json")
    assert "100%" in run.stderr
    json.loads(run.stdout)


def test_ctrl_c_prints_what_was_run() -> None:
    arguments = [
        "train",
        "--plan",
        "lr=0.1",
        "--steps",
        "20000",
        "--batch-size",
        "8",
        "--seeds",
        "4",
        "--progress",
        "--format",
        "json",
    ]
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stderr is not None
    while process.stderr.read(1) not in ("%", ""):  # the bar appears with the first evaluation
        pass
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    said_json = json.loads(stdout)
    assert said_json["stopped"] is True
    assert 0 <= said_json["steps_done"] < 20_000


def test_a_closed_pipe_is_silent() -> None:
    arguments = command("curve", STEP, "--steps", "2000000", "--format", "csv")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 141
        assert process.stderr.read() == b""


def test_help_has_examples_and_costs_no_torch() -> None:
    for name in ("curve", "train"):
        assert f"python -m lrcore {name}" in lrcore(name, "--help").stdout.partition("examples:")[2]
    code = (
        "import sys; from lrcore.__main__ import main; main(['curve', 'lr=1', '--steps', '2']);"
        " sys.exit('torch' in sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, capture_output=True, check=False
        ).returncode
        == 0
    )
