"""The names in a hand-written rule: which of them counts steps, and which is the base lr."""

from __future__ import annotations

import ast

_STEPS = {
    "t", "i", "it", "n", "k", "x", "e", "s", "ep", "tick", "count", "update", "t_cur",
    "epoch", "epochs", "step", "steps", "iter", "iteration", "iteration_count", "batch_idx",
    "num_update", "num_updates", "step_num", "step_count", "global_step", "current_step",
}  # fmt: skip
_STEP_WORDS = ("iter", "iteration", "step", "epoch", "batch", "update", "global")
# `warmup_steps`, `total_iters`, `steps_per_epoch`: numbers of a rule that sound like its step.
_NOT_STEPS = (
    "max", "total", "num_", "decay", "warm", "size", "per_", "every", "freq", "len", "end", "start", "gamma",
    "factor", "rate", "lr",
)  # fmt: skip
_BASES = {
    "lr", "lr0", "eta0", "eta", "learning_rate", "base_lr", "init_lr", "initial_lr", "lr_init",
    "learning_rate_base", "start_lr", "max_lr",
}  # fmt: skip


def last_part(name: str) -> str:
    """`args.lr_decay` and `cfg['lr_decay']` as the name that a line of its own would give it."""
    return name.rpartition("[")[2].strip("'\"]") if name.endswith("]") else name.rpartition(".")[2]


def is_base(name: str) -> bool:
    """Whether a name stands for the base lr."""
    return last_part(name).lower() in _BASES


def is_step(name: str) -> bool:
    """Whether a name counts steps, or sounds like it."""
    last = last_part(name).lower()
    return last in _STEPS or (
        any(word in last for word in _STEP_WORDS) and not any(word in last for word in _NOT_STEPS)
    )


def has_step(node: ast.expr) -> bool:
    """Whether an expression names a step."""
    return any(isinstance(item, ast.Name) and is_step(item.id) for item in ast.walk(node))


def step_name(names: list[str], node: ast.stmt) -> str | None:
    """The name that counts steps: one that is known to, else one that sounds like it, else the one argument
    that a def leaves open."""
    known = next((name for name in names if last_part(name).lower() in _STEPS), None)
    known = known or next((name for name in names if is_step(name)), None)
    if known is not None:
        return known
    function = node if isinstance(node, ast.FunctionDef) else getattr(node, "value", None)
    if isinstance(function, (ast.FunctionDef, ast.Lambda)):
        taken = {item.arg for item in (*function.args.posonlyargs, *function.args.args)}
        own = [name for name in names if name in taken]
        return own[0] if len(own) == 1 and not any(word in own[0].lower() for word in _NOT_STEPS) else None
    return None
