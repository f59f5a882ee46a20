"""The rule that a script writes by hand: `lr = 0.1 / (1 + 0.01 * iteration)`, or a def that computes and sets
the lr."""

from __future__ import annotations

import ast

import numpy as np

from lrcore.dialects.reading.make import schedule
from lrcore.dialects.reading.recognise import recognise
from lrcore.dialects.reading.rules import absolute, free_names, text
from lrcore.dialects.reading.statements import Script
from lrcore.dialects.reading.symbols import Inliner, function_expression
from lrcore.dialects.reading.syntax import DEF_WORDS, Site, sets_rate
from lrcore.dialects.reading.values import Clock, Found, Function
from lrcore.errors import PlanError
from lrcore.schedules.formula.language import parse_formula
from lrcore.schedules.schedule import FloatArray

NAME = "python"
RULES_MAX = 50  # each is compared with every schedule that has a name
_STEPS = (
    "t", "i", "it", "n", "k", "x", "e", "s", "ep", "tick", "count", "num_updates", "num_update", "update",
    "step_num", "step_count",
    "t_cur",    "epoch", "step", "iteration", "iter", "iteration_count", "global_step", "current_step",
    "batch_idx", "epochs", "steps",
)  # fmt: skip
_STEP_WORDS = ("iter", "iteration", "step", "epoch", "batch", "update", "global")
_NOT_STEPS = (
    "max",
    "total",
    "num_",
    "decay",
    "warm",
    "size",
    "per_",
    "every",
    "freq",
    "len",
    "end",
    "start",
    "gamma",
    "factor",
    "rate",
    "lr",
)
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


def handwritten(script: Script) -> list[Found]:
    """The hand-written rules of a script that makes no schedule by a library. Raises the first reading error
    if there is none."""
    made: list[Found] = []
    error: PlanError | None = None
    for site in script.sites:
        try:
            found = _site(site, script)
        except PlanError as problem:
            error = problem if error is None or (problem.missing and not error.missing) else error
            continue
        if found is not None:
            made.append(found)
        if len(made) > RULES_MAX:
            raise PlanError(
                f"This text has more than {RULES_MAX} rules for a rate; paste the part with the one that you"
                " want."
            )
    if not made and error is not None:
        raise error
    defs = {item.line for item in made if item.name == "def"}
    return [item for item in made if not defs or item.line in defs]


def _site(site: Site, script: Script) -> Found | None:
    node = site.node
    if isinstance(node, ast.FunctionDef):
        words = set(node.name.lower().split("_"))
        if not words & set(DEF_WORDS) and not any(sets_rate(inner) for inner in ast.walk(node)):
            return None
        taken = [item.arg for item in node.args.args]
        if (
            len(taken) == 2
            and "epoch" in taken[0]
            and _is_base(taken[1])
            and not node.args.defaults
            and script.lr is None
        ):
            raise PlanError(
                f"Line {node.lineno}: {node.name}({', '.join(taken)}) may get the base lr or, from Keras, the"
                " running rate; give base_lr if it is the base lr, or write the rate as a formula of the"
                " epoch."
            )
        names = {
            key: value
            for key, value in site.scope.names.items()
            if not _is_base(key) or isinstance(value, Function)
        }
        function = Function(
            node,
            names,
            node.lineno,
            {key: value for key, value in site.scope.arguments.items() if not _is_base(key)},
        )
        return _found(function_expression(function), site, script, "def")
    value = getattr(node, "value", None)
    if isinstance(value, ast.Lambda):
        return _found(
            function_expression(Function(value, site.scope.names, node.lineno, site.scope.arguments)),
            site,
            script,
            "lambda",
        )
    if isinstance(node, (ast.Expr, ast.Return)):
        return _bare(value, site, script) if isinstance(value, ast.expr) else None
    if (
        not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
        or not sets_rate(node)
        or not isinstance(value, ast.expr)
    ):
        return None
    if isinstance(value, ast.Call) and not _has_step(value):
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    own = {target.id for target in targets if isinstance(target, ast.Name)}
    if site.loops and (
        isinstance(node, ast.AugAssign)
        or own & {item.id for item in ast.walk(value) if isinstance(item, ast.Name)}
    ):
        raise PlanError(
            f"Line {node.lineno}: the rate is computed from its own previous value, so the changes multiply;"
            " write it from the base lr and the step, as in lr = base_lr * 0.95 ** epoch."
        )
    if isinstance(node, ast.AugAssign):
        return None
    names = {key: item for key, item in site.scope.names.items() if not _is_base(key)}
    return _found(
        Inliner(names, {k: v for k, v in site.scope.arguments.items() if not _is_base(k)}).expression(value),
        site,
        script,
        "assignment",
    )


def _bare(value: ast.expr, site: Site, script: Script) -> Found | None:
    """An expression on its own is a rule where it names a step and is made of what a formula knows."""
    if not _has_step(value):
        return None
    names = {
        key: item for key, item in site.scope.names.items() if not _is_base(key) or isinstance(item, Function)
    }
    try:
        tree = Inliner(names, site.scope.arguments).expression(value)
    except PlanError:
        return None  # print(epoch), train(epoch): lines as every script has them
    return _found(tree, site, script, "assignment")


def _found(tree: ast.expr, site: Site, script: Script, kind: str) -> Found | None:
    line = site.node.lineno
    names = free_names(tree)
    bases = [name for name in names if _is_base(name)]
    steps = [name for name in names if name not in bases]
    clock = _clock(steps, site.node)
    if clock is None:
        if kind == "assignment" and not steps:
            return None  # `lr = 0.1`, `lr = args.lr`: a constant on the way to something else
        if not names and isinstance(value := _constant(tree), float) and value > 0:
            return Found(
                schedule("Constant"),
                value,
                "epoch" if "epoch" in ast.unparse(site.node) else "iteration",
                line,
                NAME,
                kind,
            )
        if any(_key(name).lower() in ("nan", "inf", "infinity") for name in steps):
            raise PlanError(
                f"Line {line}: {steps[0]} is not a usable rate; a rate is a finite number such as 0.1."
            )
        shown = f", and {steps[0]} is not known to be one" if steps else ""
        raise PlanError(
            f"Line {line}: this rule does not depend on the step{shown}; name the step epoch, step or"
            " iteration."
        )
    known = {
        name: script.values[_key(name)] for name in steps if name != clock and _key(name) in script.values
    }
    others = [_key(name) for name in steps if name != clock and name not in known]
    values = {name: _base_value(name, site, script) for name in bases}
    lost = next((name for name, value in values.items() if value is None), None)
    if others or lost:
        missing = tuple(dict.fromkeys([*(["base_lr"] if lost else []), *others]))
        if not others and lost:
            raise PlanError(
                f"Line {line}: {lost}, the base lr, is not given in what was pasted; add a line {_key(lost)}"
                " = 0.1, or give base_lr.",
                missing,
            )
        shown = next(name for name in steps if _key(name) == others[0])
        raise PlanError(
            f"Line {line}: {shown} is not given in what was pasted; add a line such as {others[0]} = 0.1.",
            missing,
        )
    base = next(iter(values.values()), None)
    renamed: dict[str, ast.expr] = {name: ast.Constant(value) for name, value in known.items()}
    renamed[clock] = ast.Name("t", ast.Load())
    for name, value in values.items():
        renamed[name] = ast.Name("lr", ast.Load()) if value == base else ast.Constant(value)
    tree = _Rename(renamed).visit(tree)
    return planned(tree, base, clock, line, kind)


def planned(tree: ast.expr, base: float | None, clock: str, line: int, kind: str) -> Found:
    """The schedule of a formula in t and lr: one that has a name where there is one."""
    expression = text(tree)
    formula = parse_formula(expression)

    def curve(steps: FloatArray) -> FloatArray:
        return np.broadcast_to(formula({"t": steps, "lr": np.float64(base or 0.0)}), steps.shape)

    first = float(curve(np.array([0.0]))[0])
    counts: Clock = "epoch" if "epoch" in clock.lower() else "iteration"
    for rate in dict.fromkeys(
        value for value in (base, first) if value is not None and np.isfinite(value) and value > 0
    ):
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


def _base_value(name: str, site: Site, script: Script) -> float | None:
    """The value of a base lr that the rule names: the script's own line, base_lr, or the optimiser's; None if
    there is none."""
    last = _key(name)
    names = (site.scope.names, script.end.names)
    own = [site.scope.arguments.get(last), *(known.get(key) for key in (name, last) for known in names)]
    for value in (*own, script.lr):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def _key(name: str) -> str:
    """`args.lr_decay` and `cfg['lr_decay']` as the name that a line of its own would give it."""
    return name.rpartition("[")[2].strip("'\"]") if name.endswith("]") else name.rpartition(".")[2]


def _clock(names: list[str], node: ast.stmt) -> str | None:
    """The name that counts steps: one that is known to, else one that sounds like it, else the one argument
    that a def leaves open."""
    for sounds in (lambda name: name in _STEPS, _is_step):
        if (known := next((name for name in names if sounds(_key(name).lower())), None)) is not None:
            return known
    function = node if isinstance(node, ast.FunctionDef) else getattr(node, "value", None)
    if isinstance(function, (ast.FunctionDef, ast.Lambda)):
        taken = {item.arg for item in (*function.args.posonlyargs, *function.args.args)}
        own = [name for name in names if name in taken]
        return own[0] if len(own) == 1 and not any(word in own[0].lower() for word in _NOT_STEPS) else None
    return None


def _is_step(name: str) -> bool:
    last = _key(name).lower()
    return last in _STEPS or (
        any(word in last for word in _STEP_WORDS) and not any(word in last for word in _NOT_STEPS)
    )


def _is_base(name: str) -> bool:
    return _key(name).lower() in _BASE_WORDS


def _has_step(node: ast.expr) -> bool:
    return any(isinstance(item, ast.Name) and _is_step(item.id) for item in ast.walk(node))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)
