"""A job's events as the messages of the live chart: a snapshot, then increments, then `done`.

The server's half of the protocol that `ui/components/chart` describes. It knows no Streamlit and yet stays in
`ui`: what a picture shows comes from `lrcore.figures`, what happened from `lrcore.jobs`, and this is the
conversation with one browser about both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from lrcore.experiment import Experiment
from lrcore.figures.losses import extend, loss_figure
from lrcore.jobs import Cancelled, Crashed, Failed, Job, JobEvent, Queued
from lrcore.results.axes import AxisName, LossAxis
from lrcore.results.events import Finished, Progress, Split, Started
from ui.server.signing import sign, signed

Message = dict[str, object]  # plain values, lists and NumPy arrays: what orjson writes
_END = {Finished: "done", Crashed: "crashed", Failed: "failed", Cancelled: "cancelled"}


def live_address(job: Job, split: Split, first: Job | None = None, axis: AxisName = "updates") -> str:
    """Where a chart follows the job: path and query without the base path.

    `run` tells the training of an experiment from the one before it, so that the chart connects anew; the
    server asks for the experiment alone, whose numbers are the same in every run. `first` is a finished job
    with fewer seeds that is shown until this one has ended. A job's id is the hash of its experiment, which
    anybody can compute; the key is what only a page that shows the jobs has been given.
    """
    before = first.id if first is not None else ""
    words = {"split": split, "run": str(job.run), "key": sign(_watching(job.id, before))}
    words |= {"first": before} if before else {}
    words |= {"axis": axis} if axis != "updates" else {}
    return f"/live/{job.id}?{urlencode(words)}"


def may_watch(job_id: str, first: str, key: str) -> bool:
    """Whether the key in a live address is the one that was given out for these jobs."""
    return signed(_watching(job_id, first), key)


def _watching(job_id: str, first: str) -> str:
    return f"live {job_id} {first}"


class Feed:
    """What one viewer is sent. `messages` turns each batch of events into JSON-ready messages, the first into
    a snapshot. The losses lie over `axis`, without one over updates.

    With `first`, a finished job with fewer seeds, the picture is that one's until the job has ended.
    """

    def __init__(
        self, experiment: Experiment, split: Split, first: Job | None = None, axis: LossAxis | None = None
    ) -> None:
        self._experiment, self._split, self._axis = experiment, split, axis
        self._progress: list[Progress] = []
        self._first = first
        self._shown = False
        self.ended = False

    def messages(self, events: Iterable[JobEvent], seconds_left: float | None = None) -> Iterator[Message]:
        """Messages for the next events, in order; `seconds_left` is the job's own estimate."""
        new: list[Progress] = []
        status: Message | None = None
        ending: JobEvent | None = None
        for event in events:
            if isinstance(event, Progress):
                new.append(event)
            status = self._status(event, seconds_left) or status
            ending = event if type(event) in _END else ending
        if self._first is not None:
            yield from self._after_first(self._first, new, status, ending)
        elif not self._shown:
            self._progress = new
            self._shown = True
            yield self._snapshot(new, status)
        else:
            for event in new:
                yield {
                    "kind": "extend",
                    "traces": extend(event, self._split, self._progress, self._axis),
                    "status": status,
                }
                self._progress.append(event)
            if not new and status and ending is None:
                yield {"kind": "status", "status": status}
        if ending is not None:
            self.ended = True
            yield _done(ending, status)

    def _after_first(
        self, first: Job, new: list[Progress], status: Message | None, ending: JobEvent | None
    ) -> Iterator[Message]:
        """The picture of the finished job with fewer seeds, and the whole one at its end."""
        self._progress += new
        if isinstance(ending, Finished):
            yield self._snapshot(self._progress, status)
        elif not self._shown:
            self._shown = True
            yield self._snapshot([event for event in first.log if isinstance(event, Progress)], status)
        elif status:
            yield {"kind": "status", "status": status}

    def _snapshot(self, progress: list[Progress], status: Message | None) -> Message:
        plans, steps = self._experiment.plans, self._experiment.steps
        figure = loss_figure(plans, steps, progress, self._split, self._axis)
        return {"kind": "snapshot", "version": 1, **figure, "status": status}

    def _status(self, event: JobEvent, seconds_left: float | None) -> Message | None:
        steps, first = self._experiment.steps, self._first
        so_far = ""
        if first is not None:
            so_far = f"{seeds_so_far(first, self._experiment)}; all {self._experiment.seeds}: "
        match event:
            case Queued(position=position, wait_s=wait_s):
                ahead = "next in line" if position == 1 else f"number {position} in line"
                wait = f", about {wait_s:.0f} s" if wait_s >= 2 else ""
                waiting = "waiting for a free worker" if so_far else "Waiting for a free worker"
                return _status("queued", f"{so_far}{waiting}: {ahead}{wait}", 0.0)
            case Started():
                return _status("running", f"{so_far}0 of {steps:,} updates", 0.0)
            case Progress(step=step):
                left = f", about {seconds_left:.0f} s left" if (seconds_left or 0) >= 1 else ""
                text = f"{so_far}{step:,} of {steps:,} updates{left}"
                return _status("running", text, step / steps, seconds_left)
            case Finished(seconds=seconds, steps_done=done):
                return _status("done", f"{done:,} updates in {seconds:.1f} s", 1.0)
            case Crashed(reason=text) | Cancelled(reason=text) | Failed(sentence=text):
                return _status(event.kind, text, None)
        return None


def _done(ending: JobEvent, status: Message | None) -> Message:
    cause = ending.cause if isinstance(ending, Cancelled) else ""
    state = "superseded" if cause == "replaced" else _END[type(ending)]
    return {"kind": "done", "state": state, "caused": cause in ("stopped", "replaced"), "status": status}


def seeds_so_far(first: Job, whole: Experiment) -> str:
    """What is known of an experiment of which fewer seeds have been trained."""
    return f"{first.experiment.seeds} of {whole.seeds} seeds so far"


def _status(state: str, text: str, fraction: float | None, eta: float | None = None) -> Message:
    return {"state": state, "text": text, "fraction": fraction, "eta_s": eta}
