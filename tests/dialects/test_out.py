"""Every exported snippet of every schedule runs, in its own library, to the plan's curve; and reads back as
the plan."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError, parse_plan
from lrcore.dialects import DIALECTS, plan_from_code, plan_to_code
from lrcore.schedules import SCHEDULES
from tests.dialects import oracle
from tests.schedules.samples import SAMPLES

MORE = [
    "lr=0.1 CosineCycles(T=20)",
    "lr=0.1 CosineCycles(T=20, min_ratio=0.1, exponent=2)",
    "lr=0.1 CosineCycles(T=6, eta_min=0.001, cycle_mul=2, cycle_decay=0.5, cycle_limit=3, k_decay=1.5)",
    (
        "lr=0.1 CosineCycles(T=6, min_ratio=0.1, cycle_limit=None, cycle_decay=0.5, decay_of='swing') per"
        " iteration"
    ),
    "lr=0.1 CosineCycles(T=6, min_ratio=0.1, cycle_limit=None, cycle_decay=0.5, decay_of='all')",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=7, eta_min=0.01)",
    "lr=0.1 CosineAnnealingWarmRestarts(T_0=3, T_mult=3, eta_min=0.01)",
    "lr=0.1 Warmup(CosineCycles(T=25, min_ratio=0.1), warmup_steps=5, start_factor=0.1) per iteration",
    "lr=0.1 Warmup(CosineCycles(T=25), warmup_steps=5, start_factor=0.01, shift=0)",
    "lr=0.1 Warmup(MultiStepLR(milestones=[10, 20], gamma=0.1), warmup_steps=5, start_factor=0.01)",
    "lr=0.1 Warmup(PolynomialLR(total_iters=25, power=1), warmup_steps=5) per iteration",
    "lr=0.1 Warmup(Constant(), warmup_steps=5, shape='1-sqrt')",
    "lr=0.1 Warmup(PolynomialDecay(decay_steps=20, end_lr=0.001, power=2), warmup_steps=5)",
    (
        "lr=0.1 Warmup(CosineAnnealingLR(T_max=20, eta_min=0.001), warmup_steps=4, start_factor=0.25,"
        " end_factor=1.25, shift=3)"
    ),
    "lr=0.1 WarmupStableDecay(total_steps=40, decay_steps=10, decay_shape='cosine', min_ratio=0.1)",
    "lr=0.1 PolynomialDecay(decay_steps=12, end_lr=0.5, power=2)",
    "lr=0.1 InverseTimeDecay(lr_decay=0.3, staircase=True, decay_steps=4)",
    "lr=0.1 InverseSqrt(warmup_steps=5)",
    "lr=0.1 PolynomialCycles(T=10, power=2, cycle_limit=None, cycle_decay=0.5)",
    "lr=0.1 Piecewise([[0, 0.1], [10, 0.5], [10, 0.3], [30, 0.05]], interpolation='cosine')",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, anneal_strategy='linear') per iteration",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, pct_start=0) per iteration",
    "lr=0.1 OneCycleLR(max_lr=0.5, total_steps=40, pct_start=1) per iteration",
    "lr=0.1 CyclicLR(base_lr=0.01, max_lr=0.5, step_size_up=4, step_size_down=0)",
    "lr=0.1 SequentialLR([Constant(), Scaled(ExponentialLR(gamma=0.9), factor=0.5)], milestones=[5])",
    "lr=0.1 SequentialLR([CosineCycles(T=5), CosineCycles(T=9)], milestones=[5])",
    "lr=0.1 ChainedScheduler([StepLR(step_size=9, gamma=0.5), InverseTimeDecay(lr_decay=0.1)])",
    "lr=0.1 ChainedScheduler([StepLR(step_size=9, gamma=0.5), CyclicLR(max_lr=0.5, step_size_up=4)])",
    (
        "lr=0.1 SequentialLR([StepLR(step_size=3), ChainedScheduler([StepLR(step_size=9),"
        " LambdaLR('1/(1+t)')])], milestones=[5])"
    ),
    (
        "lr=0.1 SequentialLR([ExponentialLR(gamma=0.9), SequentialLR([SWALR(swa_lr=0.2),"
        " StepLR(step_size=3)], [9])], milestones=[5])"
    ),
    (
        "lr=0.1 SequentialLR([StepLR(step_size=3), ChainedScheduler([CyclicLR(max_lr=0.2),"
        " StepLR(step_size=9)])], milestones=[5])"
    ),
    "lr=0.1 LambdaLR(lr_lambda='min((epoch + 1) ** -0.5, (epoch + 1) * 10 ** -1.5)')",
    "lr=0.1 Formula('base_lr * min(t ** -0.5, t * 10 ** -1.5)')",
    "lr=0.1 MultiplicativeLR(lr_lambda='0.9')",
    "lr=0.1 Formula('clip(lr * where(t < 5, 1, 0.5) * 0.9 ** int(t / 2), 0.001, 0.09)')",
]
PLANS = [*SAMPLES, *MORE]
EACH = oracle.some(PLANS)
NEEDS = {
    "torch": ["torch"],
    "python": [],
    "transformers": ["torch", "transformers"],
    "timm": ["torch", "timm"],
    "keras": ["keras"],
    "optax": ["optax"],
}
# One worker imports a library.
GROUPS = {"keras": "keras", "optax": "jax", "timm": "timm", "transformers": "transformers"}
LOADED = [
    pytest.param(dialect, marks=[pytest.mark.xdist_group(GROUPS[dialect])] if dialect in GROUPS else [])
    for dialect in sorted(DIALECTS)
]


class _Optimizer:
    def __init__(self) -> None:
        self.param_groups: list[dict[str, float]] = [{"lr": 0.0}]


def _curve(dialect: str, code: str, steps: int, each: bool = True) -> np.ndarray:
    """The rates of a snippet; without `each` those of optax in one call."""
    names = oracle.run(code)
    if dialect in ("torch", "transformers"):
        return oracle.stepped(names, steps)
    if dialect == "timm":
        return oracle.counted(names, steps)
    if dialect == "python":
        return oracle.called(lambda t: names["adjust_learning_rate"](_Optimizer(), t), steps)
    if dialect == "optax" and not each:
        return oracle.called_at_once(names["schedule"], code, steps)
    return oracle.called(names["schedule"], steps)


def _prepare(dialect: str) -> None:
    for library in NEEDS[dialect]:
        if not oracle.has(library):
            pytest.skip(f"{library} is not installed (make test-dialects)")
    if dialect == "timm":
        oracle.load_timm()
    if dialect == "optax":
        import jax

        jax.config.update("jax_enable_x64", True)
    if dialect == "keras":
        import keras

        keras.config.set_floatx("float64")


@pytest.mark.parametrize("text", PLANS)
@pytest.mark.parametrize("dialect", LOADED)
def test_the_snippet_runs_to_the_plans_curve(dialect: str, text: str) -> None:
    _prepare(dialect)
    plan = parse_plan(text)
    steps = 40 if "OneCycle" in text else oracle.N
    got = _curve(dialect, plan_to_code(plan, dialect), steps, each=text in EACH)
    np.testing.assert_allclose(got, plan.lr(np.arange(steps)), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("text", PLANS)
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_out_and_in_is_the_identity(dialect: str, text: str) -> None:
    plan = parse_plan(text)
    code = plan_to_code(plan, dialect)
    assert plan_from_code(code) == plan
    assert plan_from_code(plan_to_code(plan_from_code(code), dialect)) == plan


@pytest.mark.parametrize("text", PLANS)
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_without_its_header_a_snippet_reads_as_the_same_curve(dialect: str, text: str) -> None:
    """A call of the library reads back by itself; a class or a function of our own may need its header."""
    plan = parse_plan(text)
    code = plan_to_code(plan, dialect).partition("\n")[2]
    if any(word in code for word in ("class Schedule", "def schedule", "][int(", "sum(")):
        pytest.skip("this dialect has no such schedule")
    steps = np.arange(40)
    np.testing.assert_allclose(plan_from_code(code).lr(steps), plan.lr(steps), rtol=1e-9, atol=1e-15)


def test_every_schedule_is_among_them() -> None:
    kinds: set[str] = set()

    def walk(value: object) -> None:
        if hasattr(value, "kind"):
            kinds.add(value.kind)
            for name in type(value).model_fields:
                walk(getattr(value, name))
        elif isinstance(value, (list, tuple)):
            for item in value:
                walk(item)

    for text in PLANS:
        walk(parse_plan(text).schedule)
    assert kinds >= set(SCHEDULES)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_snippet_says_that_it_leaves_the_momentum_alone(dialect: str) -> None:
    cycle = "OneCycleLR(max_lr=0.15, total_steps=60)"
    wave = "CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=20)"
    lone = "momentum=0.9" in plan_to_code(parse_plan(f"lr=0.3 {cycle}"), dialect)
    assert lone == (dialect in ("torch", "transformers"))
    for text, note in [
        (cycle, not lone),
        (wave, not lone),
        (f"SequentialLR([{cycle}, StepLR(step_size=6, gamma=0.1)], milestones=[36])", True),
        (f"Warmup({cycle}, warmup_steps=3)", True),
        (f"ChainedScheduler([StepLR(step_size=6, gamma=0.1), {wave}])", True),
        (f"Warmup({cycle[:-1]}, cycle_momentum=False), warmup_steps=3)", False),
        ("StepLR(step_size=6, gamma=0.1)", False),
    ]:
        plan = parse_plan(f"lr=0.3 {text}")
        code = plan_to_code(plan, dialect)
        assert ("also drives the optimizer's momentum" in code) == note
        assert plan_from_code(code) == plan


@pytest.mark.parametrize(
    "dialect", [item for item in LOADED if item.values[0] in ("torch", "python", "transformers", "timm")]
)
def test_a_table_says_that_it_ends_and_is_written_only_where_no_part_decides(dialect: str) -> None:
    _prepare(dialect)
    wave = "CyclicLR(base_lr=0.01, max_lr=0.154, step_size_up=2000)"
    decided = parse_plan(f"lr=0.3 ChainedScheduler([StepLR(step_size=6, gamma=0.1), {wave}])")
    code = plan_to_code(decided, dialect)
    assert "a table" not in code
    np.testing.assert_allclose(_curve(dialect, code, 2500), decided.lr(np.arange(2500)), rtol=1e-9)
    recursion = parse_plan(f"lr=0.3 ChainedScheduler([{wave}, StepLR(step_size=6, gamma=0.1)])")
    assert "a table of the first 1,000 steps only" in plan_to_code(recursion, dialect)


def test_plateau_exports_to_torch_and_is_refused_in_words_elsewhere() -> None:
    plan = parse_plan("lr=0.1 ReduceLROnPlateau(patience=3)")
    assert plan.schedule.listens
    assert plan_from_code(plan_to_code(plan, "torch")) == plan
    for dialect in ("keras", "optax", "timm", "python"):
        with pytest.raises(PlanError, match="follows a metric"):
            plan_to_code(plan, dialect)
