"""Frames over a stream socket: 4 bytes of length, 1 byte of tag, the payload. Control is JSON, events are
JSON with arrays (`lrcore/results/events.py`); never pickle."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator

CONTROL, EVENT = b"J", b"E"
# a History of the largest experiment is about 51 MB; a longer frame means that the stream is broken
FRAME_MAX = 1 << 29
_HEADER = struct.Struct("!Ic")
_READ_SIZE = 1 << 18


class WireError(Exception):
    """The other side sent something that is not a frame."""


def frame(tag: bytes, payload: bytes) -> bytes:
    return _HEADER.pack(len(payload), tag) + payload


def control(**fields: float | str) -> bytes:
    """A control message as a frame."""
    return frame(CONTROL, json.dumps(fields).encode())


class Frames:
    """Bytes in, whole frames out.

    >>> frames = Frames()
    >>> data = control(op="cancel")
    >>> list(frames.feed(data[:7])), list(frames.feed(data[7:]))
    ([], [(b'J', b'{"op": "cancel"}')])
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        self._buffer += data
        while len(self._buffer) >= _HEADER.size:
            length, tag = _HEADER.unpack_from(self._buffer)
            if length > FRAME_MAX or tag not in (CONTROL, EVENT):
                raise WireError(f"A frame of {length} bytes with the tag {tag!r} arrived.")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[_HEADER.size : end])
            del self._buffer[:end]
            yield tag, payload


class Channel:
    """One end of a stream that a selector drives: it never blocks, whatever the other side does."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.ended = False
        self.empty = False  # whether the last `receive` found nothing to read
        self._frames = Frames()
        self._unsent = bytearray()

    def receive(self) -> list[tuple[bytes, bytes]]:
        """The frames that are complete so far; `ended` turns true when the other side is gone and everything
        is read."""
        try:
            data = self.sock.recv(_READ_SIZE)
        except BlockingIOError:
            self.empty = True
            return []
        except ConnectionError:
            data = b""
        self.ended, self.empty = not data, False
        return list(self._frames.feed(data))

    def send(self, data: bytes) -> bool:
        """Send what the socket takes and keep the rest; True while something is left to `send(b"")` once it
        is writable."""
        self._unsent += data
        try:
            while self._unsent:
                del self._unsent[: self.sock.send(self._unsent)]
        except BlockingIOError:
            return True
        except ConnectionError:  # the other side is gone, and `receive` is about to say so
            self._unsent.clear()
        return False
