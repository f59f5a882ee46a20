"""One job on a Dask cluster: its parts, each a task there, and what they say as what the job says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from typing import final

from distributed import Client, Future, KilledWorker

from lrcore.experiment import Experiment
from lrcore.experiment.part import Part
from lrcore.jobs.backend import Said, SlotDown, SlotMessage
from lrcore.jobs.dask_worker import KEY_PREFIX, News, Outcome, train_part
from lrcore.jobs.job_events import Failed
from lrcore.results.events import decode
from lrcore.results.merging import Merge

_log = logging.getLogger(__name__)
_STOP_S = 3.0  # a worker that says nothing for this long after a cancel is not waited for


class _Task:
    """A part, or as often as a machine is lost the same part again: Dask sees to that."""

    def __init__(self, future: Future[Outcome]) -> None:
        self.future = future
        self.begun = False
        self.over = asyncio.Event()


@final
class ClusterJob:
    """Trains `parts` of an experiment at the same time. `say` gets what its slot has to say; `part_over` is
    called as each part leaves its place, the last one after the last word.

    The parts' events come twice: as they happen, through the scheduler, and all together with the part's
    result, so that none is lost.
    """

    def __init__(
        self,
        client: Client,
        host: str,
        number: int,
        whole: Experiment,
        parts: Sequence[Part],
        say: Callable[[SlotMessage], None],
        part_over: Callable[[], None],
    ) -> None:
        self.id = whole.id
        self._client = client
        self._host = host
        self._say = say
        self._part_over = part_over
        self._merge = Merge(whole, parts)
        self._ended = False  # nothing it says is wanted any more
        self._killed = False
        self._tasks: dict[str, _Task] = {}
        for index, part in enumerate(parts):
            key = f"{KEY_PREFIX}{client.id}-{number}-{index}"
            future = client.submit(train_part, host, client.id, key, part.text, key=key, pure=False)
            self._tasks[key] = _Task(future)
        self._watchers = [
            asyncio.create_task(self._watch(index, task)) for index, task in enumerate(self._tasks.values())
        ]
        self._left = len(parts)

    @property
    def keys(self) -> Sequence[str]:
        return list(self._tasks)

    def hear(self, news: News) -> None:
        """What a worker says of one of the parts."""
        task = self._tasks[news["key"]]
        match news.get("state"):
            case "begun":
                task.begun = True
                task.over.clear()
            case "over":
                task.over.set()
        if events := news.get("events"):
            self._add(list(self._tasks).index(news["key"]), news["first"], events)

    def cancel(self) -> None:
        """Stop all parts; the workers kill what does not stop."""
        if not self._ended:
            self._end()

    def kill(self) -> None:
        """As `cancel`, and the slot is told that its job was killed."""
        self._killed = True
        self.cancel()

    def forget(self) -> None:
        """The scheduler is gone: wait for nothing."""
        self._ended = True
        for watcher in self._watchers:
            watcher.cancel()

    def lose(self, reason: str) -> None:
        """End with this reason, for which the job is not to blame."""
        if not self._ended:
            self._say(SlotDown(reason))
            self._end()

    def _end(self) -> None:
        self._ended = True
        futures = [task.future for task in self._tasks.values() if not task.future.done()]
        if futures:
            self._watchers.append(asyncio.ensure_future(self._client.cancel(futures)))

    def _add(self, index: int, first: int, events: Sequence[bytes]) -> None:
        if self._ended:
            return
        if said := self._merge.add(index, first, [decode(event) for event in events]):
            self._say(Said(said))

    async def _watch(self, index: int, task: _Task) -> None:
        """A part until it has left its place."""
        try:
            self._take(index, await task.future)
        except CancelledError:  # Dask's, not that of asyncio
            if not self._ended:  # by the loss of the connection, of which the cluster is about to hear, or
                await asyncio.sleep(_STOP_S)
                self.lose("The training cluster has dropped this job. Start the job again.")
            elif task.begun:
                try:
                    await asyncio.wait_for(task.over.wait(), _STOP_S)
                except TimeoutError:
                    _log.warning("A part of job %s was cancelled, and its worker does not answer.", self.id)
        except KilledWorker as error:
            _log.warning("A part of job %s: %s", self.id, error)
            self.lose(
                "Several machines of the training cluster were lost while they trained this job. It may need"
                " more memory than they have. Start the job again."
            )
        except Exception:
            _log.exception("A part of job %s broke on the training cluster.", self.id)
            self.lose(
                "The training cluster could not run this job; the server's log has the details. Start the job"
                " again."
            )
        self._left -= 1
        if not self._left and self._killed:
            self._say(SlotDown("The job was killed."))
        self._part_over()

    def _take(self, index: int, outcome: Outcome) -> None:
        if self._ended:
            return
        if outcome.crashed:
            self.lose(outcome.crashed)
        elif outcome.failed:
            self._say(Said([Failed(outcome.failed)]))
            self._end()
        elif not outcome.events:
            self.lose(
                "A machine of the training cluster left this job before it was done. Start the job again."
            )
        else:
            self._add(index, 0, outcome.events)
