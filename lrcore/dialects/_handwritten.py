"""The rule that a script writes by hand: `lr = 0.1 / (1 + 0.01 * iteration)`, or a def that computes and sets the lr."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from lrcore.dialects._inline import Inliner, function_expression, is_rate_name
from lrcore.dialects._make import schedule
from lrcore.dialects._reader import Script, Site
from lrcore.dialects._recognise import recognise
from lrcore.dialects._rules import absolute, free_names, text
from lrcore.dialects._values import Clock, Found, Function, Unknown
from lrcore.errors import PlanError
from lrcore.schedules._base import FloatArray
from lrcore.schedules._formula import parse_formula

NAME = "python"
_STEPS = ("t", "i", "it", "n", "k", "x", "tick", "count", "num_updates", "num_update", "update", "step_num", "step_count")
_STEP_WORDS = ("iter", "iteration", "step", "epoch", "batch", "update", "global")
_BASE_WORDS = (
    "lr",
    "lr0",
    "eta0",
    "eta",
    "learning_rate",
    "base_lr",
    "init_lr",
    "initial_lr",
    "lr_init",
    "learning_rate_base",
    "start_lr",
    "max_lr",
)
_DEF_WORDS = ("lr", "learning", "rate", "schedule", "scheduler", "adjust", "decay", "anneal", "warmup", "cosine")


def handwritten(script: Script) -> list[Found]:
    """The hand-written rules of a script that makes no schedule by a library. Raises the first reading error if there is none."""
    made: list[Found] = []
    error: PlanError | None = None
    for site in script.sites:
        try:
            found = _site(site, script)
        except PlanError as problem:
            error = error or problem
            continue
        if found is not None:
            made.append(found)
    if not made and error is not None:
        raise error
    defs = {item.line for item in made if item.name == "def"}
    return [item for item in made if not defs or item.line in defs]


def _site(site: Site, script: Script) -> Found | None:
    node = site.node
    if isinstance(node, ast.FunctionDef):
        words = set(node.name.lower().split("_"))
        if not words & set(_DEF_WORDS) and not any(_sets_rate(inner) for inner in ast.walk(node)):
            return None
        taken = [item.arg for item in node.args.args]
        if len(taken) == 2 and "epoch" in taken[0] and _is_base(taken[1]) and not node.args.defaults and script.lr is None:
            raise PlanError(
                f"Line {node.lineno}: {node.name}({', '.join(taken)}) may get the base lr or, from Keras, the running "
                f"rate; give base_lr if it is the base lr, or write the rate as a formula of the epoch."
            )
        names = {key: value for key, value in site.scope.names.items() if not _is_base(key) or isinstance(value, Function)}
        function = Function(node, names, node.lineno, {key: value for key, value in site.scope.arguments.items() if not _is_base(key)})
        return _found(function_expression(function), site, script, "def")
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign) and isinstance(value, ast.Lambda):
        if any(isinstance(target, ast.Name) and set(target.id.lower().split("_")) & set(_DEF_WORDS) for target in node.targets):
            return _found(function_expression(Function(value, site.scope.names, node.lineno, site.scope.arguments)), site, script, "lambda")
        return None
    if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) or not _sets_rate(node) or not isinstance(value, ast.expr):
        return None
    if isinstance(value, ast.Call) and not _has_step(value):
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    own = {target.id for target in targets if isinstance(target, ast.Name)}
    if site.loops and (isinstance(node, ast.AugAssign) or own & {item.id for item in ast.walk(value) if isinstance(item, ast.Name)}):
        raise PlanError(
            f"Line {node.lineno}: the rate is computed from its own previous value, so the changes multiply; write it from the base lr and "
            f"the step, as in lr = base_lr * 0.95 ** epoch."
        )
    if isinstance(node, ast.AugAssign):
        return None
    names = {key: item for key, item in site.scope.names.items() if not _is_base(key)}
    return _found(
        Inliner(names, {k: v for k, v in site.scope.arguments.items() if not _is_base(k)}).expression(value), site, script, "assignment"
    )


def _found(tree: ast.expr, site: Site, script: Script, kind: str) -> Found | None:
    line = site.node.lineno
    names = free_names(tree)
    bases = [name for name in names if _is_base(name)]
    steps = [name for name in names if name not in bases]
    clock = next((name for name in steps if _is_step(name)), steps[0] if len(steps) == 1 else None)
    if clock is None:
        if kind == "assignment" and not steps:
            return None  # `lr = 0.1`, `lr = args.lr`: a constant on the way to something else
        if not names and isinstance(value := _constant(tree), float) and value > 0:
            return Found(schedule("Constant"), value, "epoch" if "epoch" in ast.unparse(site.node) else "iteration", line, NAME, kind)
        if not steps:
            raise PlanError(f"Line {line}: this rule does not depend on the step; name the step epoch, step or iteration.")
    others = [name for name in steps if name != clock]
    if others:
        raise PlanError(
            f"Line {line}: {others[0]} is not given in what was pasted; add a line such as {others[0].rpartition('.')[2]} = 0.1."
        )
    values = {name: _base_value(name, site, script) for name in bases}
    base = next(iter(values.values()), None)
    renamed: dict[str, ast.expr] = {str(clock): ast.Name("t", ast.Load())}
    for name, value in values.items():
        renamed[name] = ast.Name("lr", ast.Load()) if value == base else ast.Constant(value)
    tree = _Rename(renamed).visit(tree)
    return _plan(tree, base, str(clock), line, kind)


def _plan(tree: ast.expr, base: float | None, clock: str, line: int, kind: str) -> Found:
    expression = text(tree)
    formula = parse_formula(expression)

    def curve(steps: FloatArray) -> FloatArray:
        return np.broadcast_to(formula({"t": steps, "lr": np.float64(base or 0.0)}), steps.shape)

    first = float(curve(np.array([0.0]))[0])
    counts: Clock = "epoch" if "epoch" in clock.lower() else "iteration"
    for rate in dict.fromkeys(value for value in (base, first) if value is not None and np.isfinite(value) and value > 0):
        known = recognise(curve, rate, tree)
        if known is not None:
            return Found(known, rate, counts, line, NAME, kind)
    if base is None:
        rates = curve(np.arange(1000.0))
        rates = rates[np.isfinite(rates) & (rates > 0)]
        if not rates.size:
            raise PlanError(f"Line {line}: this rule gives no positive rate; check its numbers.")
        base = first if np.isfinite(first) and first > 0 else float(rates.max())
    return Found(absolute(expression), base, counts, line, NAME, kind)


def _constant(tree: ast.expr) -> float | None:
    """The value of a rule without names."""
    value = float(parse_formula(text(tree))({}))
    return value if np.isfinite(value) else None


def _base_value(name: str, site: Site, script: Script) -> float:
    """The value of a base lr that the rule names: base_lr, the script's own line, or the optimiser's."""
    last = name.rpartition(".")[2]
    own: Any = site.scope.names.get(name, site.scope.arguments.get(last))
    if isinstance(own, Unknown) or own is None:
        own = script.end.names.get(name)
    for value in (own, script.lr):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    raise PlanError(
        f"Line {site.node.lineno}: {name}, the base lr, is not given in what was pasted; add a line {last} = 0.1, or give base_lr."
    )


def _is_step(name: str) -> bool:
    last = name.rpartition(".")[2].lower()
    return last in _STEPS or (
        any(word in last for word in _STEP_WORDS) and not any(word in last for word in ("max", "total", "num_e", "decay"))
    )


def _is_base(name: str) -> bool:
    return name.rpartition(".")[2].lower() in _BASE_WORDS


def _has_step(node: ast.expr) -> bool:
    return any(isinstance(item, ast.Name) and _is_step(item.id) for item in ast.walk(node))


def _sets_rate(node: ast.AST) -> bool:
    """An assignment to `lr`, to `param_group["lr"]` or to a name like them."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return False
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant) and target.slice.value == "lr":
            return True
        if isinstance(target, ast.Name) and is_rate_name(target.id):
            return True
    return False


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)
