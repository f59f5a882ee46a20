"""One log for everything that the server says: ours, Streamlit's, uvicorn's and Python's warnings, as text or
as one JSON object a line.

No text of a visitor may end in it. Our own lines name ids and numbers only. What a library says beyond its
first line, and the message of an exception, can hold anything and is left out: an exception is its kind and
where it came from.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Literal, final

import streamlit.config
import streamlit.logger

from lrcore.jobs.error_place import place_of
from ui.server.log_flood import FloodFilter

Format = Literal["text", "json"]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
OURS: Final = ("lrlab", "lrcore", "ui")
_log = logging.getLogger("lrlab")
_SILENT: Final = ("uvicorn.access",)  # each line holds an address, and so the plans of a link
# what uvicorn says of each WebSocket: its address, and twice that it was there
_OF_SOCKETS: Final = ('"WebSocket %s"', "connection open", "connection closed")


def event(what: str, level: int = logging.INFO, **fields: object) -> None:
    """A line about something that happened: a fixed text, and values without any text of a visitor."""
    _log.log(level, what, extra={"fields": fields})


def set_up(level: str, form: Format) -> None:
    """From now on all loggers write to standard error, at `level` and above, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(_worth_a_line)
    handler.addFilter(FloodFilter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", *_SILENT):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], name not in _SILENT
    # Streamlit gives each of its loggers a handler when it is made, many of them later than this.
    streamlit.logger.setup_formatter = _hand_on
    streamlit.config.set_option("logger.enableRich", False)  # prints an error of the script past all loggers
    streamlit.logger.set_log_level(level.upper())
    streamlit.logger.update_formatter()
    logging.captureWarnings(True)
    threading.excepthook = _of_a_thread


def _hand_on(logger: logging.Logger) -> None:
    logger.handlers, logger.propagate = [], logger.name not in _SILENT


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.name != "uvicorn.error" or not any(words in str(record.msg) for words in _OF_SOCKETS)


def _of_a_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        info = (args.exc_type, args.exc_value, args.exc_traceback)
        _log.error("A thread ended with an error", exc_info=info)


def message_of(record: logging.LogRecord) -> str:
    """What a record says, without what could be a visitor's: asyncio for one appends the repr of a task and
    of its exception."""
    said = record.getMessage()
    return said if record.name.split(".")[0] in OURS else said.partition("\n")[0]


class _NoMessages(logging.Formatter):
    """Base of both: exceptions without what they say."""

    def formatException(self, ei: ExcInfo | tuple[None, None, None]) -> str:  # noqa: N802 (logging's name)
        return "" if ei[1] is None else place_of(ei[1], ei[2])


@final
class TextFormatter(_NoMessages):
    """A line to read: `2026-01-31 12:00:00,123 INFO lrlab: job ended job=4f1c state=done`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        record.message = " ".join(
            (message_of(record), *(f"{name}={value}" for name, value in fields_of(record).items()))
        )
        return super().formatMessage(record)


@final
class JsonFormatter(_NoMessages):
    """A line for a log store: an object with `time` (UTC), `level`, `logger`, `message` and the event's own
    fields."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            **fields_of(record),
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        return json.dumps(said, default=str)


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """The values of an `event`, those that are known."""
    fields: dict[str, object] = getattr(record, "fields", {})
    return {name: value for name, value in fields.items() if value is not None}
