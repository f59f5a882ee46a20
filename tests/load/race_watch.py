"""What the loss chart of a page does: follows the job that the page names, and tells Python of its end."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.exceptions import ConnectionClosed

from tests.load.live import Stream, compare, follow
from tests.load.page import CHART, Mounted, Page, now
from tests.load.tally import Tally

LOSS = f"{CHART} loss"
FIRST = "first="  # in the address of a job of whose experiment fewer seeds have been trained
ANSWER_S = 4.0  # how long the chart waits for the answer to what its own page has ended


class RaceWatch:
    """The job that a page shows.

    Attributes:
        path: where its events are; "" before the page has named one.
        state: how it ended; None while it has not.
        shown_at: when its results came, of fewer seeds perhaps; 0.0 while they have not.
    """

    def __init__(self, page: Page, tally: Tally, *, compared: bool = False) -> None:
        """`compared`: let another viewer watch beside, and one more when it has ended, and compare."""
        self.path = ""
        self.state: str | None = None
        self.shown_at = 0.0
        self.compared = compared
        self._page, self._tally = page, tally
        self._task: asyncio.Task[None] | None = None
        self._over = False  # the page knows of the end

    def hear(self, key: str, mounted: Mounted) -> None:
        """A component, or a table, has arrived."""
        if key == LOSS:
            live = mounted.data["live"] or {}
            self._over = bool(live.get("over"))
            path = live.get("url", "")
            if path and path != self.path:  # as the chart, which keeps the connection that it has
                self._change(path)
        elif key == "table" and not self.shown_at and self._has_results:
            self.shown_at = now()

    @property
    def _has_results(self) -> bool:
        return self._over or self.state == "done" or FIRST in self.path

    def _change(self, path: str) -> None:
        self.path, self.state = path, None
        if FIRST not in path:  # else it goes on with all seeds
            self.shown_at = 0.0
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._watch(path))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self, path: str) -> None:
        begun, started = now(), False
        self._tally.counts["jobs seen"] += 1

        def heard(stream: Stream) -> None:
            nonlocal started
            if not started and stream.status.get("state") in ("running", "done"):
                started = True
                self._tally.took("job waits", now() - begun)

        viewers = [follow(self._page, path, self._tally, heard)]
        if self.compared:
            viewers.append(follow(self._page, path, self._tally, lambda stream: None))
        streams = list(await asyncio.gather(*viewers))
        self.state = streams[0].state
        self._tally.counts[f"jobs {self.state}"] += 1
        if self.state == "done":
            self._tally.took("job ends", now() - begun)
            if self.compared:
                streams.append(await follow(self._page, path, self._tally, lambda stream: None))
                compare(streams, self._tally)
        await asyncio.sleep(ANSWER_S if streams[0].caused else 0.0)
        await self._tell(streams[0])

    async def _tell(self, stream: Stream) -> None:
        chart = self._page.mounted[LOSS]
        live = chart.data["live"] or {}  # the page may follow nothing any more
        with contextlib.suppress(ConnectionClosed):  # the person may have gone
            await self._page.trigger(chart, "done", {**live, "state": stream.state, "status": stream.status})
