"""The plans of a training script: its text as a tree, what was read in it, and each schedule's base lr."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from lrcore.dialects.dialect import READERS
from lrcore.dialects.libraries.torch.check import agreed
from lrcore.dialects.reading.handwritten import handwritten
from lrcore.dialects.reading.statements import Script
from lrcore.dialects.reading.syntax import is_number, sets_in_training
from lrcore.dialects.reading.values import Found, Optimizer
from lrcore.errors import PlanError
from lrcore.plan import Plan
from lrcore.schedules.constant import Constant
from lrcore.text.parser import UNREADABLE, parse
from lrcore.values.value import short


def plans_of_script(code: str, base_lr: float | None, values: Mapping[str, float]) -> list[tuple[int, Plan]]:
    """Every schedule that a script makes, with the line that makes it; PlanError if there is none."""
    script = Script(READERS, base_lr, values)
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
            return [(optimizer.line, Plan(base_lr=optimizer.lr, schedule=Constant()))]
    raise PlanError(
        "No schedule was found in this text. Paste a call such as StepLR(optimizer, step_size=30),"
        " optax.cosine_decay_schedule(0.1, 1000) or a line such as lr = 0.1 / (1 + 0.01 * iteration)."
    )


def _tree(code: str) -> ast.Module:
    """The script's syntax, with the prompts of a console and a common indent taken off."""
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
        raise PlanError(f"This text cannot be read: it {UNREADABLE}.") from None


def _plan(item: Found, script: Script, base_lr: float | None) -> Plan:
    lr = _base_lr(item, script, base_lr) if item.base_lr is None else item.base_lr
    if item.parts:
        lr = agreed(item, lr, known=item.base_lr is None or base_lr is not None)
    try:
        return Plan(base_lr=lr, schedule=item.schedule, clock=item.clock)
    except PlanError as error:
        raise PlanError(f"Line {item.line}: {error}") from None


def _base_lr(item: Found, script: Script, base_lr: float | None) -> float:
    """The base lr of a schedule that brings none: the argument, its optimiser's, or the only one there is."""
    if base_lr is not None:
        return base_lr
    own = item.optimizer.lr if isinstance(item.optimizer, Optimizer) else None
    if isinstance(own, (int, float)):
        return own
    rates = {other.lr for other in script.optimizers if is_number(other.lr)}
    if len(rates) > 1:
        shown = ", ".join(f"{rate:g}" for rate in sorted(rates))
        raise PlanError(
            f"Line {item.line}: {item.name} does not say which optimiser it steps, and there are several"
            f" rates ({shown}); leave the optimiser line that counts, or give base_lr.",
            ("base_lr",),
        )
    if script.lr is None:
        raise PlanError(
            f"Line {item.line}: {item.name} starts from the optimiser's lr, which is not pasted. Paste the"
            " optimiser line too, such as torch.optim.SGD(model.parameters(), lr=0.05), or give base_lr.",
            ("base_lr",),
        )
    return script.lr
