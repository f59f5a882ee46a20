"""What is known of a kind of schedule lives with the kind: a new one is a new file, and nobody asks for its
name."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lrcore.schedules.schedule import KINDS

ROOT = Path(__file__).parents[2]
KNOWN = set(KINDS)
OWN_ROOMS = ("lrcore/schedules/", "lrcore/dialects/libraries/")  # the kinds, and what libraries call them
SCHEDULE_NAMES = {"s", "schedule", "part", "inner", "factor"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ("lrcore", "ui", "pages"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(OWN_ROOMS):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def asked(tree: ast.Module) -> Iterator[str]:
    """Names of kinds that something is compared with, matched with, or looked up by."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                found = [left, *others]
            case ast.MatchValue(value=value):
                found = [value]
            case ast.Dict(keys=keys):
                found = [key for key in keys if key is not None]
            case ast.Set(elts=found):
                pass
            case _:
                continue
        for item in found:
            inner = item.elts if isinstance(item, ast.Tuple | ast.List | ast.Set) else [item]
            yield from (one.value for one in inner if isinstance(one, ast.Constant) and one.value in KNOWN)


def untyped(tree: ast.Module) -> Iterator[str]:
    """Parameters and variables for a schedule that are annotated `Any`."""
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name, annotation=ast.Name(id="Any")) if name in SCHEDULE_NAMES:
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="Any")) if (
                name in SCHEDULE_NAMES
            ):
                yield name


def test_nobody_asks_a_schedule_for_its_name() -> None:
    found = Counter({name: len(list(asked(tree))) for name, tree in sources()})
    assert dict(+found) == {}


def test_a_schedule_is_typed_as_one() -> None:
    found = Counter({name: len(list(untyped(tree))) for name, tree in sources()})
    assert dict(+found) == {}


def test_the_count_sees_each_way_to_ask() -> None:
    tree = ast.parse(
        "if s.kind == 'StepLR' or s.kind in ('PowerLaw', 'REX'): pass\n"
        "match s.kind:\n    case 'Noam': pass\n"
        "table = {'LinearLR': 1}; several = {'SWALR'}\n"
        "def f(s: Any) -> None: part: Any = s\n"
    )
    assert sorted(asked(tree)) == ["LinearLR", "Noam", "PowerLaw", "REX", "SWALR", "StepLR"]
    assert sorted(untyped(tree)) == ["part", "s"]


NEW_KIND = '''"""SquareRootDecay: a root of the share that is left, down to a floor."""

from __future__ import annotations

from typing import ClassVar, final

import numpy as np
from numpy.typing import ArrayLike

from lrcore.schedules.formula.rate import Rate, num
from lrcore.schedules.schedule import FloatArray, Knots, Schedule, as_steps
from lrcore.schedules.shapes.tails import Rests, Tail
from lrcore.values.parameter import TICKS, param


@final
class SquareRootDecay(Schedule):
    title = "square root"
    scales = True
    monotone: ClassVar[bool] = True
    length: int = param(ge=1, slider=(1, 1000), unit=TICKS, role="length", help="steps down to the floor")
    floor: float = param(0.0, ge=0, le=1, slider=(0, 1), role="shape", help="factor of the end")

    def lr(self, step: ArrayLike, base_lr: float) -> FloatArray:
        left = 1.0 - np.minimum(as_steps(step) / self.length, 1.0)
        return np.asarray(base_lr * (self.floor + (1.0 - self.floor) * np.sqrt(left)))

    def knots(self, horizon: int) -> Knots:
        return ((self.length,),)

    def tail(self, base_lr: float) -> Tail:
        return Rests(base_lr * self.floor, self.length)

    def formula(self, base_lr: float, t: str = "t") -> Rate:
        left = f"1 - min({t} / {self.length}, 1)"
        return Rate(f"{num(base_lr)} * ({num(self.floor)} + {num(1 - self.floor)} * sqrt({left}))")
'''

USE = """
import numpy as np
import square_root_decay

from lrcore import PlanError, parse_plan, plan_to_code
from lrcore.analysis import half_life, match, peak, readout, robbins_monro, to_epochs, to_iterations
from lrcore.analysis.clock.rescale import rescale
from lrcore.analysis.run import Run
from lrcore.analysis.vertices import sample
from lrcore.dialects import DIALECTS, plan_from_code
from lrcore.experiment import Experiment
from lrcore.links.experiment import from_params, to_params
from lrcore.schedules import SCHEDULES, schedule_class

kind = "SquareRootDecay"
assert kind in SCHEDULES and schedule_class(kind) is square_root_decay.SquareRootDecay

# text, JSON, links, controls, sentences
plan = parse_plan("lr=0.1 SquareRootDecay(length=100, floor=0.25)")
assert parse_plan(plan.text) == plan and plan.text == "lr=0.1 SquareRootDecay(length=100, floor=0.25)"
assert SCHEDULES[kind](**plan.schedule.model_dump(mode="json")) == plan.schedule
experiment = Experiment(plans=(plan,))
assert from_params(to_params(experiment), Experiment(plans=("lr=1",))) == (experiment, [])
assert list(plan.schedule.controls()) == ["length", "floor"]
assert schedule_class(kind).starting(0.1, 500).length == 500
for text, reason in (("length=0", "length=0"), ("length=5, floor=2", "floor=2"), ("", "needs length")):
    try:
        parse_plan(f"lr=0.1 SquareRootDecay({text})")
    except PlanError as error:
        assert reason in str(error), error
    else:
        raise AssertionError(text)

# the curve, alone and in compositions
assert abs(plan.lr(75) - 0.1 * (0.25 + 0.75 * 0.5)) < 1e-15
inner = plan.text.removeprefix("lr=0.1 ")
whole = parse_plan(f"lr=0.1 SequentialLR([Warmup({inner}, warmup_steps=5), Constant()], milestones=[50])")
assert whole.schedule.parts()[0].parts()[0] == plan.schedule
chain = parse_plan(f"lr=0.1 ChainedScheduler([{inner}, ExponentialLR(gamma=0.9)])")
assert robbins_monro(chain).both is False
x, y = sample(plan, 1000)
assert len(x) < 500 and (y == plan.lr(x)).all()

# read-outs and the verdict
numbers = readout(plan, 20_000)
assert numbers.final_lr == 0.025 and numbers.how == "quadrature"
assert abs(numbers.total / plan.lr(np.arange(20_000)).sum() - 1) < 1e-9
assert peak(plan, 20_000).step == 0 and half_life(plan, 20_000) == 89
assert robbins_monro(plan).reason.startswith("The rate never falls below 0.025 in the end")

# matching: its shape, and its length for a half-life
steps = parse_plan("lr=0.1 StepLR(step_size=30, gamma=0.5)")
found = match(steps, kind, "final", 90)
assert found.exact and found.plan.schedule.length == 90 and 0 < found.plan.schedule.floor < 1
found = match(steps, kind, "half_life", 90)
assert half_life(found.plan, 90) == 30 and found.plan.schedule.floor == 0

# clocks
assert to_iterations(plan, 10).text == "lr=0.1 SquareRootDecay(length=1000, floor=0.25) per iteration"
assert to_epochs(to_iterations(plan, 10), 10) == plan
half = rescale(plan, Run(steps=200, steps_per_epoch=2), Run(steps=100, steps_per_epoch=1))
assert half.schedule.length == 100

# LaTeX and code
assert chr(92) + "sqrt" in plan.schedule.latex(0.1)
for dialect in DIALECTS:
    code = plan_to_code(plan, dialect)
    compile(code, dialect, "exec")
    assert plan_from_code(code) == plan
"""


def test_a_new_kind_is_one_new_file(tmp_path: Path) -> None:
    """In an interpreter of its own, so that the registry of the other tests does not know it."""
    (tmp_path / "square_root_decay.py").write_text(NEW_KIND, encoding="utf-8")
    (tmp_path / "use.py").write_text(USE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "use.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
