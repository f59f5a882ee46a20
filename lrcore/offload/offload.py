"""Calls outside the web process, as the web process makes them."""

from __future__ import annotations

import json
import logging
import math
import socket
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import final

from lrcore.errors import PlanError
from lrcore.offload.functions import FUNCTIONS, Json
from lrcore.offload.life import Life
from lrcore.offload.limits import Limits
from lrcore.offload.results import Kept
from lrcore.offload.waiting import Waiting

Answer = dict[str, Json]
_AGAIN = ("time", "crash")  # ends that another try may not have: they are not kept
_WAIT_S = 60.0  # the queue included
_SLACK_S = 5.0  # after which a fork server that has not ended a call is taken for stuck
_log = logging.getLogger(__name__)


class OffloadError(PlanError):
    """A call that was ended: it took too long, or too much memory."""


@dataclass(eq=False)
class _Call:
    key: str
    name: str
    owners: int = 0  # who wait for it
    sent_at: float = 0.0  # on the monotonic clock
    lost: bool = False  # with a fork server that ended; it is tried once more
    answer: Future[Answer] = field(default_factory=Future)


@final
class Offload:
    """A few processes that calculate for the pages, so that no text of a visitor holds the interpreter.

    Visitors take turns; equal calls are one; what was calculated lately is kept. A call ends with its result
    or with a sentence, within the limits. Any thread may call: it waits without holding the interpreter.

    The fork server is started by a thread of this object, and dies with it or with this process.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._calls: dict[str, _Call] = {}
        self._running: dict[int, _Call] = {}
        self._waiting = Waiting(self.limits.calls_waiting, self.limits.owner_waiting)
        self._kept: Kept[Answer] = Kept(self.limits.kept_nbytes)
        self._number = 0
        self._closing = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._life: Life | None = None
        self._thread = threading.Thread(target=self._keep, name="lrlab-offload", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The fork server's process; None while there is none."""
        life = self._life
        return None if life is None else life.process.pid

    def call(self, name: str, *arguments: Json, owner: str = "") -> Json:
        """The result of one of `FUNCTIONS`, whose arguments are plain JSON.

        `owner` is the visitor who asks. Raises the PlanError that the function raised, OffloadError where it
        was ended, LRLabError where too much is waiting.
        """
        call = self._join(name, arguments, owner)
        try:
            answer = call.answer.result(_WAIT_S)
        except TimeoutError:
            answer = {"ended": "time"}
        with self._lock:
            call.owners -= 1
            # not another call for the same, which somebody has made since this one ended without a result
            if not call.owners and self._calls.get(call.key) is call:
                self._waiting.leave(call.key)
                if call not in self._running.values():
                    del self._calls[call.key]
        return self._result(name, answer)

    def prepare(self, name: str, *arguments: Json, owner: str = "") -> None:
        """Have it calculated for a `call` that is to come, beside others. LRLabError where too much is
        waiting."""
        self._join(name, arguments, owner)

    def close(self) -> None:
        """End the processes; whoever waits is told so."""
        self._closing.set()
        self._rouse()
        self._thread.join()
        self._wake.close()
        self._woken.close()

    def _join(self, name: str, arguments: tuple[Json, ...], owner: str) -> _Call:
        key = json.dumps([name, *arguments])
        with self._lock:
            call = self._calls.get(key) or _Call(key, name)
            if (kept := self._kept.get(key)) is not None:
                call.answer.set_result(kept)
            elif self._closing.is_set():
                call.answer.set_result({"ended": "crash"})
            elif call not in self._running.values():
                self._waiting.join(owner, key)
                self._calls[key] = call
            call.owners += 1
        self._rouse()
        return call

    def _result(self, name: str, answer: Answer) -> Json:
        if "result" in answer:
            return answer["result"]
        if "refused" in answer:
            missing = answer["missing"]
            assert isinstance(missing, list)
            raise PlanError(str(answer["refused"]), missing=tuple(map(str, missing)))
        most, advice = "and no more is allowed", FUNCTIONS[name].advice
        raise OffloadError(
            {
                "cpu": f"This needs more than {self.limits.seconds} s of computing, {most}. {advice}",
                "memory": f"This needs more than {self.limits.nbytes >> 20} MB of memory, {most}. {advice}",
                "length": f"The answer to this is too long. {advice}",
                "time": "The server is too busy to calculate this now. Try again in a little while.",
                "crash": "The process that calculates this has ended unexpectedly. Try again.",
            }[str(answer["ended"])]
        )

    def _rouse(self) -> None:
        try:
            self._wake.send(b"!")
        except (BlockingIOError, OSError):  # it is awake already, or gone
            return

    def _keep(self) -> None:
        """One life of the fork server after the other."""
        while not self._closing.is_set():
            try:
                self._life = Life(self.limits)
                self._serve(self._life)
            except Exception:
                _log.exception("What is calculated outside the web process: its keeper failed.")
            self._lose()
            if not self._closing.is_set():
                _log.warning("The fork server of lrcore.offload has ended; another one is started.")
                self._closing.wait(1.0)
        self._lose()

    def _serve(self, life: Life) -> None:
        patience = self.limits.wall_seconds + _SLACK_S
        while not (self._closing.is_set() or life.ended):
            self._send(life)
            for payload in life.wait(self._woken, patience):
                self._take(payload)
            began = min((call.sent_at for call in self._running.values()), default=math.inf)
            if began + patience < time.monotonic():
                _log.warning("The fork server of lrcore.offload does not answer and is ended.")
                return

    def _send(self, life: Life) -> None:
        """As many calls as there are processes for."""
        with self._lock:
            while len(self._running) < self.limits.processes and (key := self._waiting.take()) is not None:
                self._number += 1
                call = self._running[self._number] = self._calls[key]
                call.sent_at = time.monotonic()
                name, *arguments = json.loads(key)
                life.send({"id": self._number, "name": name, "arguments": arguments})

    def _take(self, payload: bytes) -> None:
        answer: Answer = json.loads(payload)
        number = answer.pop("id")
        assert isinstance(number, int)
        with self._lock:
            call = self._running.pop(number)
            del self._calls[call.key]
            if answer.get("ended") not in _AGAIN:
                self._kept.put(call.key, answer, len(payload))
        call.answer.set_result(answer)

    def _lose(self) -> None:
        """The fork server is gone: what it calculated waits for the next one, but not twice, and nothing
        waits when all is closed."""
        life, self._life = self._life, None
        if life is not None:
            life.end()
        with self._lock:
            running, closing = list(self._running.values()), self._closing.is_set()
            self._running.clear()
            given_up = list(self._calls.values()) if closing else [call for call in running if call.lost]
            for call in given_up:
                del self._calls[call.key]
                self._waiting.leave(call.key)
            for call in running:
                call.lost = True
                if call not in given_up:
                    self._waiting.put_back(call.key)
        for call in given_up:
            call.answer.set_result({"ended": "crash"})
