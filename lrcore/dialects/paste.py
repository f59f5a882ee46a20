"""A whole paste: plans line by line, code of any dialect, several exports below each other, a call beside a
hand-written rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from lrcore.dialects.from_code import check_length, plans_from_code
from lrcore.dialects.to_code import HEADER
from lrcore.errors import PlanError
from lrcore.plan import Plan, parse_plan
from lrcore.schedules.constant import Constant
from lrcore.text.parser import parse, unparse

_BY_HAND = "param_groups"
_MISSING_MAX = 8  # values that a paste is asked for


def plans_from_paste(
    text: str, base_lr: float | None = None, values: Mapping[str, float] | None = None
) -> list[Plan]:
    """Every plan of a paste, in its order; `values` gives what the code itself does not: {"lr_decay": 5e-5}.

    >>> [plan.text for plan in plans_from_paste("lr=0.1\\nlr=0.2 StepLR(step_size=3, gamma=0.5)")]
    ['lr=0.1', 'lr=0.2 StepLR(step_size=3, gamma=0.5)']

    PlanError says what could not be understood, and where.
    """
    check_length(text)
    if not text.strip():
        raise PlanError(
            "There is nothing to read yet. Paste a plan such as lr=0.1 StepLR(step_size=30, gamma=0.1), or"
            " the code of one."
        )
    if (plans := _lines(text)) is not None:
        return plans
    return [plan for section in _sections(text) for plan in _section(section, base_lr, values)]


def missing_values(text: str) -> tuple[str, ...]:
    """The names of what a paste does not say and would need to be read: "base_lr", "lr_decay" ... ; empty
    where nothing would help."""
    stand_ins: dict[str, float] = {}
    while len(stand_ins) <= _MISSING_MAX:
        try:
            plans_from_paste(text, values=stand_ins)
        except PlanError as error:
            new = [name for name in error.missing if name not in stand_ins]
            if not new:  # anything else that is wrong is said when the values are there
                break
            stand_ins |= dict.fromkeys(new, 1.0)
        else:
            break
    return tuple(stand_ins)


def _lines(text: str) -> list[Plan] | None:
    """Plans in their text form, one a line; None if the text is something else."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    try:
        return [parse_plan(line) for line in lines] or None
    except PlanError:
        if len(lines) > 1 and all(line.startswith("lr=") for line in lines):
            raise
        return None


def _sections(text: str) -> Iterator[str]:
    """Several of our own exports below each other, each from its header on; any other text is one section."""
    lines = text.splitlines(keepends=True)
    starts = [index for index, line in enumerate(lines) if line.startswith(HEADER)]
    if len(starts) < 2:
        yield text
        return
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield "".join(lines[start:end])


def _section(code: str, base_lr: float | None, values: Mapping[str, float] | None) -> list[Plan]:
    """The schedules of one script, and those that its functions write into param_groups by hand."""
    by_hand = _functions_by_hand(code)
    if not by_hand:
        return plans_from_code(code, base_lr, values)
    plans = []
    rest = _blanked(code, by_hand)
    try:
        built_in = plans_from_code(rest, base_lr, values)
    except PlanError:
        # The functions are all there is, or a sentence says what is wrong.
        return plans_from_code(code, base_lr, values)
    if any(not isinstance(plan.schedule, Constant) for plan in built_in):
        plans += built_in
        code = _without_schedulers(code, by_hand)
    return plans + plans_from_code(code, base_lr, values)


def _tree(code: str) -> ast.Module | None:
    try:
        return parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _functions_by_hand(code: str) -> list[ast.FunctionDef]:
    tree = _tree(code) if _BY_HAND in code else None
    if tree is None:
        return []
    return [node for node in tree.body if isinstance(node, ast.FunctionDef) and _BY_HAND in ast.dump(node)]


def _without_schedulers(code: str, by_hand: Sequence[ast.FunctionDef]) -> str:
    """The script without the top-level statements that make a schedule on their own, named or not: its rules
    by hand, their calls, and what they name."""
    tree = _tree(code)
    rules = {rule.name for rule in by_hand}
    return _blanked(
        code,
        [
            node
            for node in ([] if tree is None else tree.body)
            if isinstance(node, ast.Assign | ast.Expr)
            and "optimizer" in unparse(node.value)
            and not any(isinstance(name, ast.Name) and name.id in rules for name in ast.walk(node.value))
        ],
    )


def _blanked(code: str, nodes: Sequence[ast.stmt]) -> str:
    """The code without some statements, every other line in its place, so that messages name the right
    lines."""
    lines = code.splitlines()
    for node in nodes:
        for index in range(node.lineno - 1, node.end_lineno or node.lineno):
            lines[index] = ""
    return "\n".join(lines)
