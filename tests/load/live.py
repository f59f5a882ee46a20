"""A viewer of one job: follows its live events and holds them against what was promised of them.

Promised: the points of every line are strictly increasing; the last message is `done`; whoever watches the
same job sees the same points; and who comes when it has ended gets at once what the others were sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.load.page import Page
from tests.load.tally import Tally

Points = dict[int, tuple[list[float], list[float | None]]]  # of each line: updates, losses


class Stream:
    """What one viewer has been sent of one job."""

    def __init__(self, tally: Tally) -> None:
        self.points: Points = {}
        self.state: str | None = None  # how the job ended
        self.caused = False  # by the page that watches
        self.status: dict[str, Any] = {}
        self._tally = tally
        self._begun = False

    def take(self, message: dict[str, Any]) -> None:
        """The next message, as `ui/components/chart` describes it."""
        self._tally.counts["live messages"] += 1
        self.status = message.get("status") or self.status
        if self.state is not None:
            self._tally.lost["a message after done"] += 1
        match message["kind"]:
            case "snapshot":
                self._begun = True
                self.points = {}
                for number, trace in enumerate(message["data"]):
                    self._append(number, trace["x"], trace["y"])
            case "extend":
                if not self._begun:
                    self._tally.lost["points before the snapshot"] += 1
                for part in message["traces"]:
                    self._append(part["i"], part.get("x", message.get("x")), part["y"])
            case "done":
                self.state, self.caused = message["state"], bool(message.get("caused"))

    def _append(self, line: int, x: list[float], y: list[float | None]) -> None:
        xs, ys = self.points.setdefault(line, ([], []))
        # The marks of seeds that diverged at the same update stand at one place.
        marks = line % 4 == 3
        previous = xs[-1] if xs else -1.0
        for value in x:
            if not (value > previous or (marks and value >= previous)):
                self._tally.lost["points in the wrong order"] += 1
            previous = value
        if len(x) != len(y):
            self._tally.lost["points without a loss"] += 1
        xs.extend(x)
        ys.extend(y)


async def follow(page: Page, path: str, tally: Tally, on_message: Callable[[Stream], None]) -> Stream:
    """Watch a job from the page's address until it has ended, as the chart does: what breaks is opened
    again."""
    pause = 0.3
    stream = Stream(tally)
    while True:
        try:
            socket = await page.connect(path)
        except (InvalidStatus, OSError, TimeoutError) as error:
            tally.error(f"live refused: {error}")
            return stream
        try:
            async with socket:
                async for text in socket:
                    stream.take(orjson.loads(text))
                    on_message(stream)
        except ConnectionClosed:
            pass
        if stream.state is not None:
            return stream
        if (socket.close_code or 0) >= 4000:
            stream.state = "lost"
            return stream
        tally.error(f"live closed before its end ({socket.close_code})")
        await asyncio.sleep(pause)
        pause = min(2 * pause, 8.0)


def compare(streams: list[Stream], tally: Tally) -> None:
    """Hold what several viewers were sent of one finished job against each other."""
    finished = [stream for stream in streams if stream.state == "done"]
    for other in finished[1:]:
        tally.counts["viewers compared"] += 1
        if other.points != finished[0].points:
            tally.lost["two viewers of one job saw different points"] += 1
