"""One life of the fork server, seen from the web process."""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import asdict

from lrcore.jobs import wire
from lrcore.jobs.child import start_child
from lrcore.offload.functions import Json
from lrcore.offload.limits import Limits


class Life:
    """The process and the socket to it. All of it belongs to one thread, at whose end the kernel ends the
    process."""

    def __init__(self, limits: Limits) -> None:
        self.process, ours = start_child(
            "lrcore.offload.fork_server", f"--limits={json.dumps(asdict(limits))}"
        )
        self._channel = wire.Channel(ours)
        self._selector = selectors.DefaultSelector()
        self._selector.register(ours, selectors.EVENT_READ)

    @property
    def ended(self) -> bool:
        return self._channel.ended

    def send(self, call: Mapping[str, Json]) -> None:
        more = self._channel.send(wire.frame(wire.CONTROL, json.dumps(call).encode()))
        self._listen(more)

    def wait(self, woken: socket.socket, seconds: float) -> list[bytes]:
        """The answers that have come; none when `woken` was written to first, or for so long."""
        self._selector.register(woken, selectors.EVENT_READ)
        try:
            ready = self._selector.select(seconds)
        finally:
            self._selector.unregister(woken)
        answers: list[bytes] = []
        for key, mask in ready:
            if key.fileobj is woken:
                woken.recv(4096)
                continue
            if mask & selectors.EVENT_WRITE:
                self._listen(self._channel.send(b""))
            if mask & selectors.EVENT_READ:
                answers += [payload for _, payload in self._channel.receive()]
        return answers

    def end(self) -> None:
        """Have it end its children and itself, and wait until it has."""
        self._selector.close()
        self._channel.sock.close()
        try:
            self.process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            self.process.kill()  # and the kernel its children
            self.process.wait()

    def _listen(self, unsent: bool) -> None:
        self._selector.modify(
            self._channel.sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if unsent else 0)
        )
