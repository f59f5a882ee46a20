"""Finished results on disk, by the hash of their experiment: a bounded cache that outlives the process."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import queue
import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from lrcore.experiment import Experiment
from lrcore.jobs.error_place import place_of
from lrcore.jobs.job import Job
from lrcore.results.events import Event, Finished, Progress, Started, decode, encode

_log = logging.getLogger(__name__)
_FORMAT = 1  # of the files; another one is not read
_SUFFIX = ".npz"
_ID = re.compile(r"[0-9a-f]{16}")
# Of the bound: what is written between two looks at the folder, which may hold thousands of files, and so
# what each process that shares it may be beyond the bound.
_UNSEEN = 1 / 16
_ROWS = ("minibatch_loss", "train_loss", "val_loss", "val_metric", "lr", "diverged_at")


@final
class KeptResults:
    """A folder with one `.npz` file for each result, of which the longest unused are removed beyond
    `megabytes`.

    Nothing in it is ever unpickled, the archive's checksums tell a damaged file, and such a file is removed.
    A file appears under its name when it is whole, so several processes may share the folder. Writing is done
    by a thread; a disk that is full or not there costs the result its file and nobody anything else.
    """

    def __init__(self, folder: Path, megabytes: float) -> None:
        self._folder = folder
        self._nbytes_max = int(megabytes * 2**20)
        self._room = 0  # bytes that may be written before the next look
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="lrlab-results", daemon=True)
        self._writer.start()

    def put(self, job: Job) -> None:
        """Keep the result of a job that is done. Returns at once."""
        self._jobs.put(job)

    def get(self, job_id: str) -> Job | None:
        """The job that was kept, done and with everything that it said, or None. Reads the disk."""
        if not _ID.fullmatch(job_id):  # it comes from an address
            return None
        path = self._path(job_id)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:  # no file descriptor left, a disk that is away: the file may be whole
            _log.warning("A kept result cannot be read now (%s: %s).", path.name, error.strerror)
            return None
        try:
            job = _unpack(data)
            if job.id != job_id:
                raise ValueError("it is another experiment's")
        except Exception as error:  # a damaged archive is an error of any kind
            _log.warning(
                "A kept result cannot be read and is removed (%s: %s).", path.name, type(error).__name__
            )
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used: among the last to go
        return job

    def close(self) -> None:
        """Write what still waits; two seconds at most."""
        self._jobs.put(None)
        self._writer.join(timeout=2.0)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}{_SUFFIX}"

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self._write(job)
            except OSError as error:
                _log.warning("A result is not kept on disk (%s).", error)
            except Exception as error:  # no memory, say: the thread goes on, or later jobs would pile up
                _log.error("A result is not kept on disk: %s", place_of(error))

    def _write(self, job: Job) -> None:
        data = _pack(job)
        if len(data) > self._nbytes_max:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        if len(data) > self._room:
            self._room = self._make_room(len(data))
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, self._path(job.id))
            self._room -= len(data)
        except Exception:
            os.unlink(name)
            raise

    def _make_room(self, nbytes: int) -> int:
        """If so many bytes more are beyond the bound, remove the longest unused files, a few more than have
        to go. Returns how many bytes may be written until the next look. Another process may do the same at
        the same time."""
        unseen = int(self._nbytes_max * _UNSEEN)
        files = sorted(self._files(), key=lambda file: file[0])
        total = sum(size for _, size, _ in files)
        if total + nbytes > self._nbytes_max:
            for _, size, path in files:
                if total + nbytes <= self._nbytes_max - unseen:
                    break
                path.unlink(missing_ok=True)
                total -= size
        return min(unseen, self._nbytes_max - total)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each file was used last, its bytes, its path; what a killed process left half written too."""
        for path in self._folder.iterdir():
            if path.suffix in (_SUFFIX, ".part"):
                with contextlib.suppress(FileNotFoundError):
                    facts = path.stat()
                    yield facts.st_mtime, facts.st_size, path


def _pack(job: Job) -> bytes:
    """A job as an archive: plain values as JSON, and one array for each field of the evaluations."""
    rows = [event for event in job.log if isinstance(event, Progress)]
    ends = [event for event in job.log if isinstance(event, Started | Finished)]
    plain = {
        "format": _FORMAT,
        "experiment": job.experiment.model_dump(mode="json"),
        "run": job.run,
        "step": [event.step for event in rows],
        "epoch": [event.epoch for event in rows],
    }
    arrays: dict[str, NDArray[Any]] = {
        name: np.stack([getattr(event, name) for event in rows]) for name in _ROWS if rows
    }
    arrays |= {event.kind: np.frombuffer(encode(event), np.uint8) for event in ends}
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    np.savez(buffer, allow_pickle=False, plain=text, **arrays)
    return buffer.getvalue()


def _unpack(data: bytes) -> Job:
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        plain = json.loads(archive["plain"].tobytes())
        if plain["format"] != _FORMAT:
            raise ValueError(f"its format is {plain['format']!r}, not {_FORMAT}")
        experiment = Experiment.model_validate(plain["experiment"])
        # each array once: the archive reads it from the bytes whenever it is asked
        rows = {name: archive[name] for name in _ROWS if plain["step"]}
        events: list[Event] = [decode(archive["started"].tobytes())]
        for index, (step, epoch) in enumerate(zip(plain["step"], plain["epoch"], strict=True)):
            events.append(Progress(step, epoch, **{name: rows[name][index] for name in _ROWS}))
        events.append(decode(archive["finished"].tobytes()))
    job = Job(experiment, experiment.id, run=int(plain["run"]))
    for event in events:
        job.record(event)
    if job.state != "done":
        raise ValueError("it has no end")
    return job
