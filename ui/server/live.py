"""A job's events as the messages of the live chart: a snapshot, then increments, then `done`.

The server's half of the protocol that `ui/components/chart` describes. It knows no Streamlit and yet stays in
`ui`: what a picture shows comes from `lrcore.figures`, what happened from `lrcore.jobs`, and this is the
conversation with one browser about both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lrcore.experiment import Experiment
from lrcore.figures.losses import extend, loss_figure
from lrcore.jobs import Cancelled, Crashed, Failed, Job, JobEvent, Queued
from lrcore.results.events import Finished, Progress, Split, Started
from ui.server.signing import sign, signed

Message = dict[str, object]  # plain values, lists and NumPy arrays: what orjson writes
_END = {Finished: "done", Crashed: "crashed", Failed: "failed", Cancelled: "cancelled"}


def live_address(job: Job, split: Split) -> str:
    """Where a page of ours follows a job: path and query without the base path.

    A job's id is the hash of its experiment, which anybody can compute; the key is what only a page that
    shows the job has been given.
    """
    return f"/live/{job.id}?split={split}&key={sign(_watching(job.id))}"


def may_watch(job_id: str, key: str) -> bool:
    """Whether the key in a live address is the one that was given out for the job."""
    return signed(_watching(job_id), key)


def _watching(job_id: str) -> str:
    return f"live {job_id}"


class Feed:
    """What one viewer is sent. `messages` turns each batch of events into JSON-ready messages, the first into
    a snapshot."""

    def __init__(self, experiment: Experiment, split: Split) -> None:
        self._experiment, self._split = experiment, split
        self._progress: list[Progress] = []
        self._shown = False
        self.ended = False

    def messages(self, events: Iterable[JobEvent], seconds_left: float | None = None) -> Iterator[Message]:
        """Messages for the next events, in order; `seconds_left` is the job's own estimate."""
        new: list[Progress] = []
        status: Message | None = None
        ending: str | None = None
        for event in events:
            if isinstance(event, Progress):
                new.append(event)
            status = self._status(event, seconds_left) or status
            ending = _END.get(type(event), ending)
        if not self._shown:
            self._progress = new
            self._shown = True
            figure = loss_figure(self._experiment.plans, self._experiment.steps, new, self._split)
            yield {"kind": "snapshot", "version": 1, **figure, "status": status}
        else:
            for event in new:
                first, previous = (self._progress[0], self._progress[-1]) if self._progress else (event, None)
                yield {
                    "kind": "extend",
                    "traces": extend(event, self._split, first, previous),
                    "status": status,
                }
                self._progress.append(event)
            if not new and status and ending is None:
                yield {"kind": "status", "status": status}
        if ending is not None:
            self.ended = True
            yield {"kind": "done", "state": ending, "status": status}

    def _status(self, event: JobEvent, seconds_left: float | None) -> Message | None:
        steps = self._experiment.steps
        match event:
            case Queued(position=position):
                ahead = "next in line" if position == 1 else f"number {position} in line"
                return _status("queued", f"Waiting for a free worker: {ahead}", 0.0)
            case Started():
                return _status("running", f"0 of {steps:,} updates", 0.0)
            case Progress(step=step):
                left = f", about {seconds_left:.0f} s left" if (seconds_left or 0) >= 1 else ""
                return _status("running", f"{step:,} of {steps:,} updates{left}", step / steps, seconds_left)
            case Finished(seconds=seconds, steps_done=done):
                return _status("done", f"{done:,} updates in {seconds:.1f} s", 1.0)
            case Crashed(reason=text) | Cancelled(reason=text) | Failed(sentence=text):
                return _status(event.kind, text, None)
        return None


def _status(state: str, text: str, fraction: float | None, eta: float | None = None) -> Message:
    return {"state": state, "text": text, "fraction": fraction, "eta_s": eta}
