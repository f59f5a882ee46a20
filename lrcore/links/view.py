"""How far plans are looked at, and how: the horizon of the Curves page and what else a link says of it, in
the words of `words.WORDS`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lrcore.analysis.clock.sharing import Sharing
from lrcore.analysis.decay_question import Question
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.errors import LRLabError, PlanError
from lrcore.links.experiment import Params, call_text, read_call
from lrcore.text.series import metric_text, number_at, read_metric
from lrcore.values.value import short

_SHARING = ("devices", "accumulation")  # each a word of its own


@dataclass(frozen=True)
class CurveView:
    """What the Curves page shows of the plans; `horizon` None means that of the experiment."""

    horizon: Run | None = None
    log_x: bool = False
    log_y: bool = False
    edited: int = 0
    ghost: bool = False
    read_at: int | None = None
    read_below: float | None = None
    metric: tuple[float, ...] = ()
    sharing: Sharing = field(default_factory=Sharing)
    question: Question = field(default_factory=Question)

    def to_params(self) -> Params:
        """The words of a link; what is as it opens is left out."""
        params: Params = {}
        if self.horizon is not None:
            params["curve_steps"] = [str(self.horizon.steps)]
            params["curve_epoch"] = [str(self.horizon.steps_per_epoch)]
        for word, on in (("x_axis", self.log_x), ("y_axis", self.log_y)):
            if on:
                params[word] = ["log"]
        if self.edited:
            params["edit"] = [str(self.edited + 1)]
        if self.ghost:
            params["ghost"] = ["yes"]
        if self.read_at is not None:
            params["read_at"] = [str(self.read_at)]
        if self.read_below is not None:
            params["read_below"] = [repr(self.read_below)]
        if self.metric:
            params["metric"] = [metric_text(self.metric)]
        for word in _SHARING:
            if (count := getattr(self.sharing, word)) > 1:
                params[word] = [str(count)]
        if self.question != Question():
            params["question"] = [call_text(self.question, "decay")]
        return params


def view_from_params(params: Mapping[str, Sequence[str]]) -> tuple[CurveView, list[str]]:
    """The view that a link describes, and a sentence for each word that could not be used; never raises for
    bad text."""
    said = {name: values[-1] for name, values in params.items() if values}
    problems: list[str] = []
    view = CurveView(
        log_x=said.get("x_axis") == "log",
        log_y=said.get("y_axis") == "log",
        ghost=said.get("ghost") == "yes",
    )
    fields: dict[str, object] = {}
    for name, words, read in _READERS:
        if words[0] in said:
            try:
                fields[name] = read(*(said.get(word, "1") for word in words))
            except LRLabError as error:
                problems.append(f"The link's {words[0]} was left out. {error}")
    sharing = Sharing()
    for word in _SHARING:
        if word in said:
            try:
                sharing = replace(sharing, **{word: _whole(said[word], word)})
            except LRLabError as error:
                problems.append(f"The link's {word} was left out. {error}")
    fields["sharing"] = sharing
    return replace(view, **fields), problems  # type: ignore[arg-type]


def _whole(text: str, name: str) -> int:
    try:
        return int(text[:20])
    except ValueError:
        raise PlanError(f"{name} must be a whole number, but {short(text)} arrived.") from None


def _edited(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d?", text):
        raise PlanError(f"edit must be the number of a plan, from 1, but {short(text)} arrived.")
    return int(text) - 1


def _horizon(steps: str, epoch: str) -> Run:
    return Run(steps=_whole(steps, "curve_steps"), steps_per_epoch=_whole(epoch, "curve_epoch"))


def _read_at(text: str) -> int:
    step = _whole(text, "read_at")
    if not 0 <= step < STEPS_MAX:
        raise PlanError(f"read_at must be an update from 0 to {STEPS_MAX - 1:,}, but {short(text)} arrived.")
    return step


def _read_below(text: str) -> float:
    value = number_at(text, 1)
    if value <= 0:
        raise PlanError(f"read_below must be a rate above 0, but {short(text)} arrived.")
    return value


def _question(text: str) -> Question:
    return Question(**read_call(text)[1])


_READERS: tuple[tuple[str, tuple[str, ...], Callable[..., object]], ...] = (
    ("horizon", ("curve_steps", "curve_epoch"), _horizon),
    ("edited", ("edit",), _edited),
    ("read_at", ("read_at",), _read_at),
    ("read_below", ("read_below",), _read_below),
    ("metric", ("metric",), read_metric),
    ("question", ("question",), _question),
)
