"""One slider of a card under a person's thumb: when a value is sent, and when its curve has come.

The browser sends the next value of a drag when the curve of the last one is there, the newest and no other,
and the last one of a drag at once (`ui/components/live_sliders/frontend/sender.js`); so does this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from tests.load.page import CHART, SLIDERS, Mounted, Page, now
from tests.load.tally import Tally
from tests.load.thumb import Scale

Kind = Literal["drag", "release"]
INTERVAL = 0.04  # seconds between two values of one drag, as in sender.js
PATIENCE = 3.0  # seconds until an unanswered value counts as lost, as there


class Slider:
    """The slider `name` of card `card`, whose curve is in the chart `chart`."""

    def __init__(self, page: Page, tally: Tally, card: int, name: str, chart: str) -> None:
        self._page, self._tally, self._name = page, tally, name
        self._card, self._chart = f"{SLIDERS} sliders_{card}@", f"{CHART} {chart}"
        self._sent = self._acked = 0
        self._waiting: list[tuple[int, Kind, float]] = []  # what was sent and has no curve yet
        self._curve = asyncio.Event()

    def hear(self, key: str, mounted: Mounted) -> None:
        """A component has arrived: perhaps the answer to what was sent."""
        if key.startswith(self._card):
            self._acked = int(mounted.data["ack"])
        elif key == self._chart:
            self._answered(self._acked)

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
        begun, last = now(), -PATIENCE
        while (passed := now() - begun) < held:
            free = not (self._waiting or self._page.running) or now() - last > PATIENCE
            if free and now() - last >= INTERVAL:
                last = now()
                await self._send(value(passed), "drag")
            await asyncio.sleep(0.01)
        await self._send(value(held), "release")

    async def drawn(self, patience: float) -> bool:
        """Wait for the curve of the last value; False when it has not come within `patience` seconds."""
        try:
            await asyncio.wait_for(self._curve.wait(), patience)
        except TimeoutError:
            self._waiting.clear()
            return False
        return True

    async def _send(self, value: float, kind: Kind) -> None:
        mounted = self._mounted
        self._sent = max(self._sent, self._acked) + 1
        values = {spec["name"]: spec["value"] for spec in mounted.data["specs"]} | {self._name: value}
        event = {"values": values, "dragging": kind == "drag", "seq": self._sent}
        self._waiting.append((self._sent, kind, now()))
        self._curve.clear()
        self._tally.counts[f"{kind} sent"] += 1
        await self._page.set_state(mounted, {"event": event})

    def _answered(self, upto: int) -> None:
        for number, kind, sent in self._waiting:
            if number <= upto:
                self._tally.took(f"curve, {kind}", now() - sent)
        self._waiting = [entry for entry in self._waiting if entry[0] > upto]
        if not self._waiting:
            self._curve.set()
