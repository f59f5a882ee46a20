"""The one family of errors for bad input.

Every message says what arrived, what is allowed and what to do, in words that a page can show beside a field.
They derive from Exception, not ValueError: pydantic turns a ValueError into its own error, and passes these
through.
"""


class LRLabError(Exception):
    """Something that a person typed, pasted, linked to or asked for is not usable; the text says why and what
    is."""


class PlanError(LRLabError):
    """A plan, a schedule or one of their parameters.

    `missing` names the values that pasted code does not give and that would make it a plan: "lr_decay",
    "base_lr".
    """

    def __init__(self, text: str = "", missing: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.missing = missing


class ExperimentError(LRLabError):
    """Data, model, optimiser, sizes or limits of an experiment."""


class JobError(LRLabError):
    """A job that does not exist, or that the board cannot take."""
