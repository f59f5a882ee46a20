"""One slider of a card under a person's thumb: when a value is sent, and when its curve has come.

The steps of a drag go to the drag channel where the page has one, otherwise through the script. Either way
the next one is sent when the curve of the last is there, the newest and no other, as
`ui/components/live_sliders/frontend` does. So is the last one, where the thumb was let go, while the script
is told of the release at once: the curve is there with whichever answers first ("curve, release"), the page
with the script ("page, release").
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal

from tests.load.drag_channel import DragChannel
from tests.load.page import CHART, SLIDERS, Mounted, Page, now
from tests.load.tally import Tally
from tests.load.thumb import Scale

Kind = Literal["drag", "release"]
INTERVAL = 0.04  # seconds between two values of one drag: what a browser paints with ease
PATIENCE = 3.0  # seconds until an unanswered value counts as lost, as there


class Slider:
    """The slider `name` of card `card`, whose curve is in the chart `chart`."""

    def __init__(self, page: Page, tally: Tally, card: int, name: str, chart: str) -> None:
        self._page, self._tally, self._name = page, tally, name
        self._card, self._chart = f"{SLIDERS} sliders_{card}@", f"{CHART} {chart}"
        self._channel = DragChannel(page, tally, self._followed)
        self._sent = self._acked = self._released = 0
        self._step: tuple[int, Kind, float] = (0, "drag", 0.0)  # the last one past the script
        self._last_step: asyncio.Task[None] | None = None
        self._waiting: list[tuple[int, Kind, float]] = []  # told to the script, and not on the page yet
        self._let_go: float | None = None  # when, while the curve of the value is not there
        self._settled = asyncio.Event()

    def hear(self, key: str, mounted: Mounted) -> None:
        """A component has arrived: perhaps the answer to what was sent."""
        if key.startswith(self._card):
            self._acked = int(mounted.data["ack"])
        elif key == self._chart:
            follows = mounted.data.get("drag")
            if follows is None:
                self._answered(self._acked)
            elif follows["released"] >= self._released:
                self._answered(self._sent)

    @property
    def _mounted(self) -> Mounted:
        return next(
            mounted for key, mounted in reversed(self._page.mounted.items()) if key.startswith(self._card)
        )

    @property
    def scale(self) -> Scale:
        return Scale.of(next(spec for spec in self._mounted.data["specs"] if spec["name"] == self._name))

    async def drag(self, value: Callable[[float], float], held: float) -> None:
        """Move the thumb for `held` seconds along `value`, then let go."""
        follows: dict[str, Any] | None = self._mounted.data.get("drag")
        if follows:
            await self._channel.warm(follows["page"])
        begun, last = now(), -PATIENCE
        while (passed := now() - begun) < held:
            if now() - last >= INTERVAL and (self._free(follows) or now() - last > PATIENCE):
                last = now()
                if follows:
                    await self._follow(follows, value(passed), "drag")
                else:
                    await self._tell(value(passed), "drag")
            await asyncio.sleep(0.01)
        self._let_go = now()
        if follows:
            self._last_step = asyncio.create_task(self._follow_to_the_end(follows, value(held)))
        await self._tell(value(held), "release")

    async def drawn(self, patience: float) -> bool:
        """Wait until the page shows the last value; False when it has not within `patience` seconds."""
        try:
            await asyncio.wait_for(self._settled.wait(), patience)
        except TimeoutError:
            self._waiting.clear()
            return False
        return True

    async def close(self) -> None:
        if self._last_step is not None:
            self._last_step.cancel()
        await self._channel.close()

    def _free(self, follows: dict[str, Any] | None) -> bool:
        return self._channel.free if follows else not (self._waiting or self._page.running)

    async def _follow(self, follows: dict[str, Any], value: float, kind: Kind) -> None:
        """Send a step past the script."""
        since = now()
        number = await self._channel.step(**follows, values={self._name: value})
        self._step = number, kind, since

    async def _follow_to_the_end(self, follows: dict[str, Any], value: float) -> None:
        """The place where the thumb was let go is its last step too, and is sent in its turn."""
        while not self._channel.free:
            await asyncio.sleep(0.005)
        if self._let_go is not None:
            await self._follow(follows, value, "release")

    def _followed(self, number: int) -> None:
        """The curve of a step is there."""
        sent, kind, since = self._step
        if number != sent:
            return
        if kind == "drag":
            self._tally.took("curve, drag", now() - since)
        else:
            self._shown()

    def _shown(self) -> None:
        """The curve of the value at which the thumb was let go is there, whichever way it took."""
        if self._let_go is not None:
            self._tally.took("curve, release", now() - self._let_go)
            self._let_go = None

    async def _tell(self, value: float, kind: Kind) -> None:
        """Tell the script of a value."""
        mounted = self._mounted
        self._sent = max(self._sent, self._acked) + 1
        self._released = int(time.time() * 1000) if kind == "release" else 0
        values = {spec["name"]: spec["value"] for spec in mounted.data["specs"]} | {self._name: value}
        event = {"values": values, "dragging": kind == "drag", "seq": self._sent, "at": self._released}
        self._waiting.append((self._sent, kind, now()))
        self._settled.clear()
        self._tally.counts[f"{kind} sent"] += 1
        await self._page.set_state(mounted, {"event": event})

    def _answered(self, upto: int) -> None:
        for number, kind, sent in self._waiting:
            if number > upto:
                continue
            if kind == "drag":
                self._tally.took("curve, drag", now() - sent)
            else:
                self._tally.took("page, release", now() - sent)
                self._shown()
        self._waiting = [entry for entry in self._waiting if entry[0] > upto]
        if not self._waiting:
            self._settled.set()
