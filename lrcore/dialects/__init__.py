"""Dialects: a pasted call of torch, transformers, keras, optax, timm or a hand-written rule becomes a plan,
and back.

A dialect is one folder in `libraries` with `read.READERS` (the calls it knows, by the library's own
signatures) and `write.write(plan)`. Nothing that is pasted is run: it is parsed with `ast` and read statement
by statement. The libraries themselves are never imported.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from lrcore.dialects import libraries
from lrcore.dialects.libraries.torch.check import agreed
from lrcore.dialects.reading.handwritten import handwritten
from lrcore.dialects.reading.statements import Script
from lrcore.dialects.reading.syntax import number, sets_in_training
from lrcore.dialects.reading.values import Found, Optimizer, Reader
from lrcore.dialects.reading.work import budget
from lrcore.errors import PlanError
from lrcore.plan import Plan, parse_plan
from lrcore.schedules import Schedule, schedule_class
from lrcore.text.parser import parse
from lrcore.values.value import short

CODE_MAX = 100_000  # characters of one paste
HEADER = "# plan: "
_RATE_ALONE = "# the plan also drives the optimizer's momentum; this snippet sets the rate alone\n"


@dataclass(frozen=True)
class Dialect:
    """A library's folder: the calls that are read, by its own signatures, and a plan as a complete snippet,
    imports included."""

    readers: tuple[Reader, ...]
    write: Callable[[Plan], str]


def _discover() -> dict[str, Dialect]:
    found = {}
    for name in sorted(info.name for info in pkgutil.iter_modules(libraries.__path__)):
        read, write = (
            importlib.import_module(f"{libraries.__name__}.{name}.{half}") for half in ("read", "write")
        )
        found[name] = Dialect(read.READERS, write.write)
    return found


DIALECTS: dict[str, Dialect] = _discover()
_READERS: dict[str, list[Reader]] = {}
for _dialect in DIALECTS.values():
    for _reader in _dialect.readers:
        for _name in (_reader.name, *_reader.aliases):
            _READERS.setdefault(_name, []).append(_reader)


def plan_to_code(plan: Plan, dialect: str = "torch") -> str:
    """A snippet in that dialect that runs as it stands; PlanError if there is no such dialect.

    >>> print(plan_to_code(parse_plan("lr=0.05 StepLR(step_size=30, gamma=0.1)")).splitlines()[0])
    # plan: lr=0.05 StepLR(step_size=30, gamma=0.1)
    """
    if dialect not in DIALECTS:
        raise PlanError(f"There is no dialect called {short(dialect)}; known are {', '.join(DIALECTS)}.")
    code = DIALECTS[dialect].write(plan)
    driving = set(_driving(plan.schedule))
    lost = driving and not any(f".{kind}(optimizer" in code for kind in driving)
    return f"{HEADER}{plan.text}\n{code}{_RATE_ALONE if lost else ''}"


def _driving(schedule: Schedule) -> Iterator[str]:
    """The kinds in a schedule that set the momentum themselves."""
    for part in schedule.parts():
        yield from _driving(part)
    if not schedule.parts() and schedule.momentum(0) is not None:
        yield schedule.kind


def plan_from_code(
    code: str, base_lr: float | None = None, values: Mapping[str, float] | None = None
) -> Plan:
    """The plan of a pasted schedule, as it stands in a training script; or of a plan's own text.

    The base lr is `base_lr`, or that of an optimiser line in the paste, or the schedule's own (keras, optax).
    PlanError says which line could not be understood, or that there are several schedules (`plans_from_code`
    reads them all). Where only values are missing, its `missing` names them, and `values` gives them:
    {"lr_decay": 5e-5}.

    >>> plan_from_code("optimizer = SGD(w, lr=0.05)\\nStepLR(optimizer, 30)").text
    'lr=0.05 StepLR(step_size=30, gamma=0.1)'
    """
    plans = _read(code, base_lr, values)
    if len(plans) > 1:
        lines = ", ".join(str(line) for line, _ in plans)
        raise PlanError(
            f"This paste holds {len(plans)} schedules (lines {lines}); leave the one that you want, or join"
            " them: ChainedScheduler([...]) multiplies them, SequentialLR([...], milestones=[...]) runs one"
            " after another."
        )
    return plans[0][1]


def plans_from_code(
    code: str, base_lr: float | None = None, values: Mapping[str, float] | None = None
) -> list[Plan]:
    """Every schedule of a paste as a plan, in their order."""
    return [plan for _, plan in _read(code, base_lr, values)]


def _read(code: str, base_lr: float | None, values: Mapping[str, float] | None) -> list[tuple[int, Plan]]:
    if not isinstance(code, str):
        raise PlanError(f"Code is read from text, but {short(code)} arrived.")
    if len(code) > CODE_MAX:
        raise PlanError(
            f"This text has {len(code):,} characters; at most {CODE_MAX:,} are read. Paste the part with the"
            " schedule."
        )
    if base_lr is not None and (
        isinstance(base_lr, bool) or not isinstance(base_lr, (int, float)) or not 0 < base_lr < np.inf
    ):
        raise PlanError(f"base_lr must be a number above 0, but {short(base_lr)} arrived.")
    given = _values(values)
    base_lr = given.pop("base_lr", None) if base_lr is None else base_lr
    header = next((line[len(HEADER) :] for line in code.splitlines() if line.startswith(HEADER)), None)
    with budget():
        if header is not None:
            return _with_header(code, parse_plan(header), base_lr, given)
        return _plans(code, base_lr, given)


def _values(values: Mapping[str, float] | None) -> dict[str, float]:
    """The given values, whole numbers as such: a form's number field gives 30.0 for a step size."""
    made: dict[str, float] = {}
    for name, value in (values or {}).items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
            raise PlanError(f"The value of {name} must be a finite number, but {short(value)} arrived.")
        if name == "base_lr" and value <= 0:
            raise PlanError(f"base_lr must be a number above 0, but {short(value)} arrived.")
        made[name] = int(value) if float(value).is_integer() else value
    return made


def _with_header(
    code: str, plan: Plan, base_lr: float | None, values: Mapping[str, float]
) -> list[tuple[int, Plan]]:
    """Our own export names its plan. The name counts as long as the code under it still says the same."""
    bare = "\n".join(line.rstrip() for line in code.splitlines())
    for dialect in DIALECTS:
        try:
            written = DIALECTS[dialect].write(plan)
        except PlanError:
            continue
        if written.strip() in bare:
            return [(1, plan)]
    plans = _plans(
        "\n".join("" if line.startswith(HEADER) else line for line in code.splitlines()), base_lr, values
    )
    return [(1, plan)] if len(plans) == 1 and _same(plans[0][1], plan) else plans


def _same(one: Plan, other: Plan) -> bool:
    if one.schedule.listens or other.schedule.listens:
        return one.schedule == other.schedule and one.base_lr == other.base_lr
    steps = np.unique(np.concatenate([np.arange(1000), np.geomspace(1000, 1e6, 50).astype(np.int64)]))
    try:
        return np.allclose(
            one.schedule.lr(steps, one.base_lr),
            other.schedule.lr(steps, other.base_lr),
            rtol=1e-9,
            atol=1e-300,
        )
    except PlanError:
        return one == other


def _plans(code: str, base_lr: float | None, values: Mapping[str, float]) -> list[tuple[int, Plan]]:
    if code.strip().startswith("lr") and (plan := _own_text(code)) is not None:
        return [(1, plan)]
    script = Script(_READERS, base_lr, values)
    try:
        script.read(_tree(code))
        found = script.schedules() or handwritten(script)
    except RecursionError:
        raise PlanError(
            "This text is nested too deeply to be read; name the parts of long expressions on lines of their"
            " own."
        ) from None
    if found:
        return [(item.line, _plan(script.clock(item), script, base_lr)) for item in found]
    if script.unread:
        line, name = script.unread[0]
        raise PlanError(
            f"Line {line}: {name} is not a schedule that is known; paste the scheduler that it makes, such as"
            " CosineLRScheduler(...)."
        )
    if (site := next((site for site in script.sites if sets_in_training(site)), None)) is not None:
        raise PlanError(
            f"Line {site.node.lineno}: the loop sets the rate in a way that cannot be read; write it as a def"
            " of the epoch that returns it."
        )
    for optimizer in reversed(script.optimizers):
        if isinstance(optimizer.lr, (int, float)):
            return [(optimizer.line, Plan(base_lr=optimizer.lr, schedule=schedule_class("Constant")()))]
    raise PlanError(
        "No schedule was found in this text. Paste a call such as StepLR(optimizer, step_size=30),"
        " optax.cosine_decay_schedule(0.1, 1000) or a line such as lr = 0.1 / (1 + 0.01 * iteration)."
    )


def _own_text(code: str) -> Plan | None:
    """A plan's own text form; None if it is something else, such as `lr = 0.1 / (1 + d * t)`."""
    try:
        return parse_plan(code)
    except PlanError as error:
        try:
            parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise error from None
        return None


def _tree(code: str) -> ast.Module:
    lines = [
        line[4:] if line.startswith((">>> ", "... ")) else line for line in code.expandtabs().splitlines()
    ]
    kept = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    indent = min((len(line) - len(line.lstrip()) for line in kept), default=0)
    text = "\n".join(
        line[indent:] if line[:indent].isspace() or not indent else line.lstrip() for line in lines
    )
    try:
        return parse(text)
    except SyntaxError as error:
        shown = (error.text or "").strip()
        if error.lineno is None:
            raise PlanError("This text cannot be read: it holds a character that is not text.") from None
        raise PlanError(
            f"Line {error.lineno} cannot be read as Python: {short(shown)}. Paste whole lines, with every"
            " open bracket closed again."
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise PlanError(
            "This text cannot be read: it is nested too deeply or holds a character that is not text."
        ) from None


def _plan(item: Found, script: Script, base_lr: float | None) -> Plan:
    lr = item.base_lr
    if lr is None:
        own = item.optimizer.lr if isinstance(item.optimizer, Optimizer) else None
        lr = base_lr if base_lr is not None else own if isinstance(own, (int, float)) else script.lr
        if (
            base_lr is None
            and lr is not own
            and len(rates := {other.lr for other in script.optimizers if number(other.lr)}) > 1
        ):
            shown = ", ".join(f"{rate:g}" for rate in sorted(rates))
            raise PlanError(
                f"Line {item.line}: {item.name} does not say which optimizer it steps, and there are several"
                f" rates ({shown}); leave the optimizer line that counts, or give base_lr.",
                ("base_lr",),
            )
    if lr is None:
        raise PlanError(
            f"Line {item.line}: {item.name} starts from the optimizer's lr, which is not pasted. Paste the"
            " optimizer line too, such as torch.optim.SGD(model.parameters(), lr=0.05), or give base_lr.",
            ("base_lr",),
        )
    if item.parts:
        lr = agreed(item, lr, known=item.base_lr is None or base_lr is not None)
    try:
        return Plan(base_lr=lr, schedule=item.schedule, clock=item.clock)
    except PlanError as error:
        raise PlanError(f"Line {item.line}: {error}") from None


__all__ = ["DIALECTS", "plan_from_code", "plan_to_code", "plans_from_code"]
