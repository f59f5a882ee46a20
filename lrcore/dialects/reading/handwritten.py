"""The rule that a script writes by hand: `lr = 0.1 / (1 + 0.01 * iteration)`, or a def that computes and sets
the lr."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from lrcore.dialects.reading.bodies import Inliner, function_expression
from lrcore.dialects.reading.formulas import BY_HAND, constant_value, planned
from lrcore.dialects.reading.rules import free_names
from lrcore.dialects.reading.statements import Script
from lrcore.dialects.reading.step_names import has_step, is_base, last_part, step_name
from lrcore.dialects.reading.syntax import DEF_WORDS, Site, is_number, sets_rate
from lrcore.dialects.reading.values import Clock, Found, Function
from lrcore.errors import PlanError
from lrcore.schedules.constant import Constant
from lrcore.text.parser import unparse

RULES_MAX = 50  # each is compared with every schedule that has a name


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
        return _def(node, site, script)
    value = getattr(node, "value", None)
    if isinstance(value, ast.Lambda):
        function = Function(value, site.scope.names, node.lineno, site.scope.arguments)
        return _found(function_expression(function), site, script, "lambda")
    if isinstance(node, (ast.Expr, ast.Return)):
        return _bare(value, site, script) if isinstance(value, ast.expr) else None
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return _assignment(node, site, script)
    return None


def _def(node: ast.FunctionDef, site: Site, script: Script) -> Found | None:
    words = set(node.name.lower().split("_"))
    if not words & set(DEF_WORDS) and not any(sets_rate(inner) for inner in ast.walk(node)):
        return None
    taken = [item.arg for item in node.args.args]
    of_keras = len(taken) == 2 and "epoch" in taken[0] and is_base(taken[1]) and not node.args.defaults
    if of_keras and script.lr is None:
        raise PlanError(
            f"Line {node.lineno}: {node.name}({', '.join(taken)}) may get the base lr or, from Keras, the"
            " running rate; give base_lr if it is the base lr, or write the rate as a formula of the"
            " epoch."
        )
    function = Function(node, _free_base(site.scope.names), node.lineno, _without_base(site.scope.arguments))
    return _found(function_expression(function), site, script, "def")


def _assignment(node: ast.Assign | ast.AnnAssign | ast.AugAssign, site: Site, script: Script) -> Found | None:
    value = node.value
    if value is None or not sets_rate(node) or (isinstance(value, ast.Call) and not has_step(value)):
        return None
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    own = {target.id for target in targets if isinstance(target, ast.Name)}
    used = {item.id for item in ast.walk(value) if isinstance(item, ast.Name)}
    if site.loops and (isinstance(node, ast.AugAssign) or own & used):
        raise PlanError(
            f"Line {node.lineno}: the rate is computed from its own previous value, so the changes multiply;"
            " write it from the base lr and the step, as in lr = base_lr * 0.95 ** epoch."
        )
    if isinstance(node, ast.AugAssign):
        return None
    inliner = Inliner(_without_base(site.scope.names), _without_base(site.scope.arguments))
    return _found(inliner.expression(value), site, script, "assignment")


def _bare(value: ast.expr, site: Site, script: Script) -> Found | None:
    """An expression on its own is a rule where it names a step and is made of what a formula knows."""
    if not has_step(value):
        return None
    try:
        tree = Inliner(_free_base(site.scope.names), site.scope.arguments).expression(value)
    except PlanError:
        return None  # print(epoch), train(epoch): lines as every script has them
    return _found(tree, site, script, "assignment")


def _without_base(names: Mapping[str, Any]) -> dict[str, Any]:
    """The names but for the base lr, which stays free in the formula."""
    return {name: value for name, value in names.items() if not is_base(name)}


def _free_base(names: Mapping[str, Any]) -> dict[str, Any]:
    """The names but for the base lr; a function may be called like it."""
    return {name: value for name, value in names.items() if not is_base(name) or isinstance(value, Function)}


def _found(tree: ast.expr, site: Site, script: Script, kind: str) -> Found | None:
    """The schedule of the rule; None for an assignment of a constant, on its way to something else."""
    line = site.node.lineno
    names = free_names(tree)
    bases = [name for name in names if is_base(name)]
    others = [name for name in names if name not in bases]
    clock = step_name(others, site.node)
    if clock is None:
        return None if kind == "assignment" and not others else _constant(tree, names, others, site, kind)
    others.remove(clock)
    known = {name: script.values[last_part(name)] for name in others if last_part(name) in script.values}
    values = {name: _base_value(name, site, script) for name in bases}
    _refuse_missing([name for name in others if name not in known], values, line)
    base = next(iter(values.values()), None)
    renamed: dict[str, ast.expr] = {name: ast.Constant(value) for name, value in known.items()}
    renamed[clock] = ast.Name("t", ast.Load())
    for name, value in values.items():
        renamed[name] = ast.Name("lr", ast.Load()) if value == base else ast.Constant(value)
    return planned(_Rename(renamed).visit(tree), base, clock, line, kind)


def _constant(tree: ast.expr, names: list[str], others: list[str], site: Site, kind: str) -> Found:
    """A rule that names no step: the rate that it is, or what is wrong with it."""
    line = site.node.lineno
    if not names and (value := constant_value(tree)) is not None and value > 0:
        clock: Clock = "epoch" if "epoch" in unparse(site.node) else "iteration"
        return Found(Constant(), value, clock, line, BY_HAND, kind)
    if any(last_part(name).lower() in ("nan", "inf", "infinity") for name in others):
        raise PlanError(
            f"Line {line}: {others[0]} is not a usable rate; a rate is a finite number such as 0.1."
        )
    shown = f", and {others[0]} is not known to be one" if others else ""
    raise PlanError(
        f"Line {line}: this rule does not depend on the step{shown}; name the step epoch, step or iteration."
    )


def _refuse_missing(unknown: list[str], bases: Mapping[str, float | None], line: int) -> None:
    """PlanError for names that the rule needs and the paste does not give."""
    lost = next((name for name, value in bases.items() if value is None), None)
    keys = [last_part(name) for name in unknown]
    missing = tuple(dict.fromkeys([*(["base_lr"] if lost else []), *keys]))
    if keys:
        raise PlanError(
            f"Line {line}: {unknown[0]} is not given in what was pasted; add a line such as {keys[0]} = 0.1.",
            missing,
        )
    if lost:
        raise PlanError(
            f"Line {line}: {lost}, the base lr, is not given in what was pasted; add a line {last_part(lost)}"
            " = 0.1, or give base_lr.",
            missing,
        )


def _base_value(name: str, site: Site, script: Script) -> float | None:
    """The value of a base lr that the rule names: the script's own line, base_lr, or the optimiser's; None if
    there is none."""
    last = last_part(name)
    names = (site.scope.names, script.end.names)
    own = [site.scope.arguments.get(last), *(known.get(key) for key in (name, last) for known in names)]
    return next((float(value) for value in (*own, script.lr) if is_number(value)), None)


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names.get(node.id, node)
