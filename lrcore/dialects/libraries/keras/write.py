"""A plan as keras.optimizers.schedules: its classes where they are the same, a LearningRateSchedule of its
own where they are not."""

from __future__ import annotations

from lrcore.dialects.writing.formulas import TABLE_NOTE, is_table, rate
from lrcore.dialects.writing.render import OPS, render
from lrcore.plan import Plan
from lrcore.schedules import Schedule
from lrcore.schedules.cosine_cycles import CosineCycles
from lrcore.schedules.exponential import ExponentialDecay, ExponentialLR
from lrcore.schedules.formula.rate import num
from lrcore.schedules.inverse_time import InverseTimeDecay
from lrcore.schedules.polynomial import PolynomialLR
from lrcore.schedules.polynomial_decay import PolynomialDecay
from lrcore.schedules.step import MultiStepLR, StepLR
from lrcore.schedules.warmup import Warmup

_PER_EPOCH = (
    "# one tick is an epoch: keras.callbacks.LearningRateScheduler(lambda epoch, lr:"
    " float(schedule(epoch)))\n"
)
_PER_UPDATE = "# counts updates: keras.optimizers.SGD(learning_rate=schedule)\n"


def write(plan: Plan) -> str:
    """The snippet: imports and `schedule`."""
    note = _PER_EPOCH if plan.clock == "epoch" else _PER_UPDATE
    made = _call(plan.schedule, plan.base_lr)
    if made is not None:
        return f"import keras\n\nschedule = keras.optimizers.schedules.{made}\n{note}"
    expression = rate(plan.schedule, plan.base_lr)
    table = f"        {TABLE_NOTE}\n" if is_table(expression) else ""
    body = render(expression, OPS)
    math = "import math\n\n" if "math." in body else ""
    return (
        f"{math}import keras\n"
        "from keras import ops\n\n\n"
        "class Schedule(keras.optimizers.schedules.LearningRateSchedule):\n"
        "    def __call__(self, step):\n"
        "        t = ops.cast(step, keras.config.floatx())\n"
        f"{table}"
        f"        return ops.cast({body}, keras.config.floatx())\n\n"
        "    def get_config(self):\n"
        "        return {}\n\n\n"
        "schedule = Schedule()\n"
        f"{note}"
    )


def _call(schedule: Schedule, base_lr: float) -> str | None:
    """The class's call, or None."""
    first = f"initial_learning_rate={num(base_lr)}"
    match schedule:
        case StepLR(step_size=size, gamma=gamma):
            return f"ExponentialDecay({first}, decay_steps={size}, decay_rate={num(gamma)}, staircase=True)"
        case ExponentialLR(gamma=gamma):
            return f"ExponentialDecay({first}, decay_steps=1, decay_rate={num(gamma)})"
        case ExponentialDecay(begin=0, end_lr=None):
            return (
                f"ExponentialDecay({first}, decay_steps={num(schedule.decay_steps)},"
                f" decay_rate={num(schedule.decay_rate)}, staircase={schedule.staircase})"
            )
        case MultiStepLR(milestones=steps) if steps and min(steps) > 0 and len(set(steps)) == len(steps):
            values = ", ".join(num(base_lr * schedule.gamma**i) for i in range(len(steps) + 1))
            return f"PiecewiseConstantDecay(boundaries={[step - 1 for step in steps]}, values=[{values}])"
        case PolynomialLR(total_iters=steps, power=power):
            return f"PolynomialDecay({first}, decay_steps={steps}, end_learning_rate=0.0, power={num(power)})"
        case PolynomialDecay():
            cycle = ", cycle=True" if schedule.cycle else ""
            return (
                f"PolynomialDecay({first}, decay_steps={num(schedule.decay_steps)},"
                f" end_learning_rate={num(schedule.end_lr)}, power={num(schedule.power)}{cycle})"
            )
        case InverseTimeDecay(staircase=False):
            return f"InverseTimeDecay({first}, decay_steps=1, decay_rate={num(schedule.lr_decay)})"
        case InverseTimeDecay(decay_steps=float(length)):
            return (
                f"InverseTimeDecay({first}, decay_steps={num(length)},"
                f" decay_rate={num(schedule.lr_decay * length)}, staircase=True)"
            )
        case CosineCycles():
            return _cosine(schedule, base_lr, first)
        case Warmup(schedule=CosineCycles(cycle_limit=1) as wave, shape="linear", end_factor=1) if (
            schedule.shift in (None, schedule.warmup_steps)
        ):
            made = _cosine(wave, base_lr, f"initial_learning_rate={num(base_lr * schedule.start_factor)}")
            if made is not None:
                return f"{made[:-1]}, warmup_target={num(base_lr)}, warmup_steps={schedule.warmup_steps})"
    return None


def _cosine(wave: CosineCycles, base_lr: float, first: str) -> str | None:
    if wave.k_decay != 1 or wave.exponent != 1:
        return None
    alpha = f"alpha={num(wave.eta_min / base_lr if wave.eta_min else wave.min_ratio)}"
    if wave.cycle_limit == 1:
        return f"CosineDecay({first}, decay_steps={num(wave.T)}, {alpha})"
    if wave.cycle_limit is None and (wave.decay_of == "swing" or wave.cycle_decay == 1):
        return (
            f"CosineDecayRestarts({first}, first_decay_steps={num(wave.T)}, t_mul={num(wave.cycle_mul)},"
            f" m_mul={num(wave.cycle_decay)}, {alpha})"
        )
    return None
