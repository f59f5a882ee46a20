"""The steps of a drag past the script, as `ui/components/shared/frontend/drag.js` sends them.

One socket a page, opened before the thumb is taken; the next step goes when the last has been answered; what
the page shows is said with the first step and when it has changed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.load.page import CHART, Page, now
from tests.load.tally import Tally


class DragChannel:
    """The socket of one page; `drawn` is told the number of each step whose curve has come."""

    def __init__(self, page: Page, tally: Tally, drawn: Callable[[int], None]) -> None:
        self._page, self._tally, self._drawn = page, tally, drawn
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._said: object = None
        self._n = 0
        self._sent_at: float | None = None  # of the step that has no answer yet

    @property
    def free(self) -> bool:
        return self._sent_at is None

    async def warm(self, page: str) -> None:
        """Open the socket unless it is open."""
        if self._reader is not None and not self._reader.done():
            return
        begun = now()
        try:
            self._socket = await self._page.connect("/drag")
        except (InvalidStatus, OSError, TimeoutError) as error:
            self._tally.error(f"drag refused: {error}")
            return
        self._tally.took("drag socket opens", now() - begun)
        self._said, self._sent_at = None, None
        self._reader = asyncio.create_task(self._read(self._socket))

    async def step(self, page: str, of: str, values: Mapping[str, object]) -> int:
        """Send one step; returns its number."""
        self._n += 1
        if self._socket is None:
            return self._n
        message: dict[str, Any] = {"n": self._n, "of": of, "values": values}
        told = self._described(page)
        described = {name: told[name] for name in ("page", "words", "run")}
        if described != self._said:
            message |= described
            self._said = described
        self._tally.counts["drag sent"] += 1
        self._sent_at = now()
        with suppress(ConnectionClosed):  # the reader says why
            await self._socket.send(json.dumps(message))
        return self._n

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
        if self._socket is not None:
            await self._socket.close()

    def _described(self, page: str) -> dict[str, Any]:
        """What the chart that describes the page said last of following."""
        told = [
            mounted.data["drag"]
            for key, mounted in self._page.mounted.items()
            if key.startswith(CHART) and mounted.data.get("drag")
        ]
        return next(drag for drag in told if drag["page"] == page and drag["words"])

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._answered(orjson.loads(text))
        except ConnectionClosed:
            pass
        self._sent_at = None
        self._tally.error(f"drag closed by the server ({socket.close_code})")

    def _answered(self, answer: dict[str, Any]) -> None:
        if answer.get("n") != self._n or self._sent_at is None:
            self._tally.lost["an answer to no step of a drag"] += 1
            return
        if "charts" in answer:
            self._drawn(self._n)
        elif "later" in answer:
            self._tally.counts["curves that come with the release only"] += 1
        else:
            self._tally.error(f"drag: {answer.get('error')}")
        self._sent_at = None
