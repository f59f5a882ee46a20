"""Optimiser lines: where each library puts the lr, and what it is when the line leaves it out."""

from __future__ import annotations

from typing import Any

from lrcore.dialects.reading.values import Optimizer, Unknown

# torch.optim 2.13: the lr of an optimiser that is made without one.
_TORCH = {
    "SGD": 1e-3, "Adam": 1e-3, "AdamW": 1e-3, "SparseAdam": 1e-3, "RAdam": 1e-3, "Muon": 1e-3,
    "NAdam": 2e-3, "Adamax": 2e-3,
    "Adagrad": 1e-2, "RMSprop": 1e-2, "Rprop": 1e-2, "ASGD": 1e-2, "Adafactor": 1e-2,
    "Adadelta": 1.0, "LBFGS": 1.0,
}  # fmt: skip
# keras.optimizers 3: 0.001 but for these.
_KERAS = {"SGD": 0.01}
_KERAS_NAMES = {
    "SGD", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adadelta", "Adagrad", "Adafactor", "Ftrl", "Lion",
    "Lamb", "Muon",
}  # fmt: skip
_OPTAX = {
    "sgd", "adam", "adamw", "adamax", "adamaxw", "nadam", "nadamw", "radam", "rmsprop", "adagrad", "adadelta",
    "adabelief", "adafactor", "lamb", "lars", "lion", "novograd", "yogi", "amsgrad", "fromage", "sm3",
    "rprop", "noisy_sgd", "muon", "optimistic_gradient_descent",
    "scale", "scale_by_learning_rate", "scale_by_schedule",
}  # fmt: skip
# What a name of the paste may stand for: `make = torch.optim.SGD`.
OPTIMIZER_CLASSES = frozenset(_TORCH)
TRAINER = {"TrainingArguments", "Seq2SeqTrainingArguments"}
_FACTORIES = {"create_optimizer", "create_optimizer_v2", *TRAINER}


def optimizer(dotted: str, positional: list[Any], keywords: dict[str, Any], line: int) -> Optimizer | None:
    """The optimiser that a call makes, or None when it makes none."""
    root, bare = dotted.split(".")[0], dotted.rpartition(".")[2]
    named = keywords.get("learning_rate", keywords.get("lr"))
    if "optimizers" in dotted.split(".") or root in ("keras", "tf", "tensorflow"):
        if bare not in _KERAS_NAMES:
            return None
        first = positional[0] if positional else _KERAS.get(bare, 1e-3)
        return Optimizer(first if named is None else named, line, bare)
    if bare in _OPTAX and (root == "optax" or ("." not in dotted and bare != "scale")):
        first = positional[0] if positional else keywords.get("step_size_fn")
        return Optimizer(first if named is None else named, line, bare)
    torch_like = bare in _TORCH and (root in ("torch", "optim") or "." not in dotted or "optim" in dotted)
    if (
        torch_like
        or bare in _FACTORIES
        or (named is not None and (positional or "params" in keywords) and ".optim" in f".{dotted}")
    ):
        if (own := _group_lr(positional, keywords)) is not None:
            return Optimizer(own, line, bare)
        if named is not None:
            return Optimizer(named, line, bare)
        if torch_like and len(positional) > 1:
            return Optimizer(positional[1], line, bare)
        if torch_like and positional and isinstance(positional[0], (int, float)):
            return Optimizer(positional[0], line, bare)  # of keras, imported by its bare name
        return Optimizer(_TORCH.get(bare), line, bare)
    if (
        named is not None
        and not isinstance(named, Unknown)
        and bare[:1].isupper()
        and (positional or "params" in keywords)
    ):
        return Optimizer(named, line, bare)  # a third party's optimiser: Lion(model.parameters(), lr=1e-4)
    return None


def _group_lr(positional: list[Any], keywords: dict[str, Any]) -> Any:
    """The lr of the first parameter group where it has its own, which goes before the optimiser's; None if it
    has none."""
    groups = positional[0] if positional else keywords.get("params")
    first = groups[0] if isinstance(groups, list) and groups else None
    return first.get("lr") if isinstance(first, dict) else None
