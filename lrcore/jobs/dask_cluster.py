"""One connection to a Dask scheduler: how many slots its workers make, and the jobs that they train. One
event loop owns all of it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import math
import time
from functools import partial
from typing import final

from distributed import Client

from lrcore.experiment import Experiment
from lrcore.experiment.part import Part, split
from lrcore.jobs.backend import Sink, SlotDown, SlotHeld, SlotUp
from lrcore.jobs.dask_job import ClusterJob
from lrcore.jobs.dask_worker import Host, News

_log = logging.getLogger(__name__)
_LOOK_S = 0.5  # between two looks at the workers
_ANSWER_S = 10.0  # a scheduler that does not answer within it is lost
_REGISTER_S = 30.0  # within which the workers have started their helpers
_NO_WORKERS_S = 10.0  # so long do running jobs wait for a first worker to come back
_SHORT_S = 20.0  # a job whose parts take longer leaves one slot free for others


@final
class Cluster:
    """A slot is a thread of a worker, whichever: the scheduler finds the place. A job has one slot, and takes
    others that are idle for its parts (`SlotHeld`); they are given back as the parts end."""

    def __init__(self, client: Client, sink: Sink, host: Host) -> None:
        self._client = client
        self._sink = sink
        self._host = host
        self._threads = 0  # of all workers
        self._idle: set[int] = set()
        self._known: set[int] = set()
        self._jobs: dict[int, ClusterJob] = {}
        self._helps: dict[int, int] = {}  # a slot that trains a part of another one's job -> that one
        self._by_key: dict[str, ClusterJob] = {}
        self._numbers = itertools.count()
        self._empty_since: float | None = None  # without any worker
        self.served = False  # whether there ever was a slot

    @property
    def slots(self) -> int:
        return self._threads

    async def serve(self, closing: asyncio.Event) -> None:
        """Until the scheduler is lost, or `closing`."""
        async with asyncio.timeout(_REGISTER_S):
            await self._client.register_plugin(self._host)
        # the one topic that the scheduler drops some time after its client has gone
        self._client.subscribe_topic(self._client.id, self._hear)
        while not closing.is_set() and self._client.status == "running" and self._client.scheduler:
            async with asyncio.timeout(_ANSWER_S):
                scheduler = await self._client.scheduler.identity()
            workers = scheduler["workers"].values()
            self._resize(sum(worker["nthreads"] for worker in workers if worker["status"] == "running"))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), _LOOK_S)
        if closing.is_set():
            self._client.unsubscribe_topic(self._client.id)

    def run(self, slot: int, job: str, spec: str) -> None:
        whole = Experiment.model_validate_json(spec)
        free = sorted(self._idle - {slot})
        parts = parts_for(whole, 1 + len(free))
        places = [slot, *free[: len(parts) - 1]]
        self._idle -= set(places)
        for place in places[1:]:
            self._helps[place] = slot
            self._sink(place, SlotHeld())
        running = ClusterJob(
            self._client,
            self._host.name,
            next(self._numbers),
            whole,
            parts,
            partial(self._sink, slot),
            partial(self._part_over, slot, places),
        )
        self._jobs[slot] = running
        self._by_key |= dict.fromkeys(running.keys, running)

    def cancel(self, slot: int, job: str) -> None:
        if (running := self._jobs.get(slot)) and running.id == job:
            running.cancel()

    def kill(self, slot: int) -> None:
        if running := self._jobs.get(slot):
            running.kill()

    def lose(self, reason: str) -> None:
        """The scheduler, or every worker, is gone: so are all slots."""
        for running in self._jobs.values():
            running.forget()
        for slot in sorted({*self._known, *self._jobs}):
            self._sink(slot, SlotDown(reason))
        self._jobs, self._helps, self._by_key = {}, {}, {}
        self._idle, self._known = set(), set()

    async def _hear(self, event: tuple[float, News]) -> None:
        _, news = event
        # the scheduler itself writes to this topic too
        if running := self._by_key.get(news.get("key", "")):
            try:
                running.hear(news)
            except Exception:  # one worker that talks nonsense must not take the others along
                _log.exception("Job %s: what its worker said cannot be read.", running.id)
                running.lose(
                    "A machine that trained this job sent something unreadable. Start the job again."
                )

    def _part_over(self, slot: int, places: list[int]) -> None:
        """A part of the job in `slot` has left its place: the slots that help are free before its own."""
        place = places.pop()
        if place == slot:
            running = self._jobs.pop(slot)
            for key in running.keys:
                del self._by_key[key]
        else:
            del self._helps[place]
        self._free(place)

    def _free(self, slot: int) -> None:
        if slot in self._jobs or slot in self._helps:
            return
        if slot < self._threads:
            self._known.add(slot)
            self._idle.add(slot)
            self._sink(slot, SlotUp())
        else:  # its machine is gone
            self._known.discard(slot)
            self._sink(slot, SlotHeld())

    def _resize(self, threads: int) -> None:
        """Some workers have come or gone. The parts that they trained are trained again by others."""
        self._threads = threads
        self.served |= threads > 0
        for slot in range(threads):
            if slot not in self._known:
                self._free(slot)
        for slot in [slot for slot in self._idle if slot >= threads]:
            self._idle.discard(slot)
            self._known.discard(slot)
            self._sink(slot, SlotHeld())
        if threads:
            self._empty_since = None
        else:
            self._without_workers()

    def _without_workers(self) -> None:
        """What runs is given time, since a worker that was killed is mostly started again, and so is a
        cluster that begins. Idle slots are lost at once."""
        now = time.monotonic()
        if self._empty_since is None:
            self._empty_since = now
        waits = _NO_WORKERS_S if self._jobs or not self.served else 0.0
        if now - self._empty_since >= waits:
            self._empty_since = math.inf  # said
            self.lose("The training cluster has no workers left. Start the job again.")
            self._sink(0, SlotDown("The training cluster has no workers."))


def parts_for(whole: Experiment, free: int) -> list[Part]:
    """The parts of an experiment for so many free slots: all of them only for a short while."""
    parts = split(whole, free)
    if len(parts) == free > 1 and max(part.experiment.estimated_seconds for part in parts) > _SHORT_S:
        return split(whole, free - 1)
    return parts
