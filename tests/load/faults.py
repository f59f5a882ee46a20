"""What one must not do to a server, while others work: `python -m tests.load.faults SCENARIO`.

Clients vanish in the middle of a drag, with a reset or without a word; others ask and never read; and
malformed links and messages arrive. They come from other addresses than the class does.
"""

from __future__ import annotations

import asyncio
import random
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.load.malformed import Malformed, malformed
from tests.load.page import CHART, SLIDERS, Page, now
from tests.load.person import link
from tests.load.scenario import Scenario
from tests.load.tally import Tally

VANISH_S = 2.0  # between two that vanish
SILENT = 5  # who never read, on each of the two sockets
ASK_S = 5.0  # between two questions of one who never reads: what is unread piles up, and that is all
AT_ONCE = 20  # malformed that wait for what comes of them
BUFFER = 4096  # bytes that the system keeps for one who does not read
REFUSED = (WebSocketException, InvalidHandshake, OSError, TimeoutError, EOFError)


class Faults:
    """All of it against one server, until the scenario ends."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._rng = random.Random(11)
        self._vanished: list[Page] = []  # kept, or their sockets would be closed
        self.tally = Tally()

    async def run(self) -> Tally:
        await asyncio.sleep(max(0.0, self._scenario.begin - now()))
        await asyncio.gather(self._vanish(), self._never_read(), self._malformed())
        return self.tally

    def _page(self, host: int, query: str = "") -> Page:
        return Page(self._scenario.url, query=query, address=f"127.9.0.{host}")

    async def _vanish(self) -> None:
        """One after the other opens a page, begins to drag, and is gone."""
        number = 0
        while now() < self._scenario.end - VANISH_S:
            number += 1
            page = self._page(1 + number % 5, link(1000 + number))
            try:
                await page.open(30)
                slider = page.mounted[next(key for key in page.mounted if key.startswith(SLIDERS))]
                values = {spec["name"]: spec["value"] for spec in slider.data["specs"]}
                event = {"values": values, "dragging": True, "seq": 1}
                await page.set_state(slider, {"event": event})
                page.vanish(reset=number % 2 == 0)
                self._vanished.append(page)
                self.tally.counts["clients vanished"] += 1
            except REFUSED:
                self.tally.counts["clients that vanish turned away"] += 1
            await asyncio.sleep(VANISH_S)

    async def _never_read(self) -> None:
        """Ask for a page, and for a job's events, and take nothing of what comes."""
        held = []
        page = self._page(9, link(999))
        try:
            await page.open(30)
            live = page.mounted[f"{CHART} loss"].data["live"]["url"]
            for number in range(SILENT):
                for path in ("/_stcore/stream", live):
                    held.append(await self._deaf(path, 10 + number))
            ask = page.request()
            while now() < self._scenario.end:
                for deaf, path in held:
                    if path != live:
                        await asyncio.wait_for(deaf.send(ask), 5)
                await asyncio.sleep(ASK_S)
        except (*REFUSED, KeyError) as error:
            self.tally.counts[f"who never reads was closed: {type(error).__name__}"] += 1
            await asyncio.sleep(max(0.0, self._scenario.end - now()))
        self.tally.counts["clients that never read"] += len(held)
        for deaf, _ in held:
            deaf.transport.abort()
        await page.close()

    async def _deaf(self, path: str, host: int) -> tuple[Any, str]:
        place = urlsplit(self._scenario.url)
        plain = socket.create_connection((place.hostname, place.port), timeout=10)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        plain.setblocking(False)
        options: dict[str, Any] = {} if path.startswith("/live") else {"subprotocols": ["streamlit"]}
        url = self._scenario.url.replace("http", "ws", 1) + path
        return await connect(url, sock=plain, max_queue=1, ping_interval=None, proxy=None, **options), path

    async def _malformed(self) -> None:
        """Spread over the whole time."""
        page = self._page(3)
        number = self._scenario.malformed
        try:
            await page.open(30)
        except REFUSED:
            self.tally.counts["malformed: no page to begin with"] += 1
            return
        widget = page.mounted[next(key for key in page.mounted if key.startswith(SLIDERS))].id
        await page.close()
        pause = 0.9 * (self._scenario.end - now()) / max(number, 1)
        begun, under_way = now(), set[asyncio.Task[None]]()
        for count, one in enumerate(malformed(self._rng, number, widget)):
            await asyncio.sleep(max(0.0, begun + count * pause - now()))
            if len(under_way) >= AT_ONCE:
                _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            under_way.add(asyncio.create_task(self._send(one, count)))
        await asyncio.gather(*under_way)

    async def _send(self, one: Malformed, count: int) -> None:
        """Send one; whatever comes of it is recorded, and is nobody's affair."""
        self.tally.counts["malformed, sent"] += 1
        page = self._page(20 + count % 30, one.data.decode() if one.where == "link" else "")
        try:
            if one.where == "get":
                said = await self._get(one.path)
            elif one.where == "socket":
                opened = await page.connect(one.path)
                async with opened:
                    for frame in (one.data, one.data.decode(errors="replace")) if one.data else ():
                        await opened.send(frame)
                    await asyncio.sleep(0.2)
                said = "taken"
            elif one.where == "link":
                page.trouble = lambda what: self.tally.counts.update({f"malformed link: {what[:60]}": 1})
                await page.open(30)
                said = "answered"
            else:
                opened = await page.connect("/_stcore/stream", "streamlit")
                async with opened:
                    await opened.send(one.data.decode() if one.where == "text" else one.data)
                    await asyncio.sleep(0.2)
                said = "taken"
        except REFUSED as error:
            said = type(error).__name__
        finally:
            await page.close()
        self.tally.counts[f"malformed {one.where}: {said}"] += 1

    async def _get(self, path: str) -> str:
        place = urlsplit(self._scenario.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
            status = (await asyncio.wait_for(reader.readline(), 30)).split()
            return status[1].decode() if len(status) > 1 else "closed"
        finally:
            writer.close()


if __name__ == "__main__":
    print(asyncio.run(Faults(Scenario.from_json(sys.argv[1])).run()).to_json())
