"""A viewer of one job: first everything so far, then what comes, without a gap, a repetition or a buffer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from lrcore.jobs.job import Job
from lrcore.jobs.job_events import JobEvent, Queued


class Subscription:
    """An index into the log of a job, and a way to be woken when the log is longer than that.

    A slow viewer costs nothing: what it has not read stays where it is, in the log that all share, and comes
    as one batch when it asks. Use it from one thread with `get`, or from one task of an event loop with
    `async for batch in subscription`.
    """

    def __init__(self, job: Job, on_close: Callable[[], None] = lambda: None) -> None:
        self.job = job
        self._on_close = on_close
        self._next = 0
        self._position: int | None = None
        self._asleep = False  # whether the viewer has read everything and waits to be woken
        self._closed = False
        self._news = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_news = asyncio.Event()
        job.listeners.add(self.wake)

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._closed or (self.job.ended and self._next >= len(self.job.log))

    def take(self) -> list[JobEvent]:
        """What is new since the last call, maybe nothing. While the job waits: its position, when that has
        changed."""
        self._asleep = True  # before the look, so that what comes during the look wakes again
        new = self.job.log[self._next :]
        self._next += len(new)
        position = self.job.position
        if self._next == 0 and position is not None and position != self._position:
            self._position = position
            return [Queued(position, self.job.wait_s)]
        return list(new)

    def get(self, timeout: float | None = None) -> list[JobEvent]:
        """Wait for the next batch; empty when the time is over or nothing more will come (`ended`)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            self._news.clear()
            batch = self.take()
            left = None if deadline is None else deadline - time.monotonic()
            if batch or self.ended or (left is not None and left <= 0):
                return batch
            self._news.wait(left)

    def __aiter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return self

    async def __anext__(self) -> list[JobEvent]:
        while True:
            self._loop_news.clear()
            if batch := self.take():
                return batch
            if self.ended:
                raise StopAsyncIteration
            await self._loop_news.wait()

    def wake(self) -> None:
        """For the board: there is news. Costs next to nothing for a viewer who has not come back since the
        last news."""
        loop = self._loop
        if loop is not None and loop.is_closed() and not self._closed:  # and the viewer with it
            self.close()
        elif self._asleep:
            self._asleep = False
            self._news.set()
            if loop is not None:
                # A loop that closes between the look above and this call is found closed at the next news.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._loop_news.set)

    def close(self) -> None:
        """Stop watching; a wait in `get` or `async for` ends. The job goes on (see `JobBoard.cancel`)."""
        if not self._closed:
            self._closed = True
            self.job.listeners.discard(self.wake)
            self._asleep = True  # whatever woke it before: this must wake it
            self.wake()
            self._on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
