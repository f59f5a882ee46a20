"""Results on disk: what comes back after a restart, and what a damaged, full or shared folder does."""

from __future__ import annotations

import dataclasses
import errno
import logging
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from lrcore.jobs import Job, KeptResults
from lrcore.results.events import Event, Finished
from tests.jobs.support import until
from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import of_seconds


def done(clock, board, seconds: float = 1.0, **fields) -> Job:
    job = board.submit(of_seconds(seconds, **fields), "ann")
    clock.pass_by(seconds + 1)
    assert job.state == "done"
    return job


def file_of(folder: Path, job: Job) -> Path:
    """The job's file, once the writing thread has put it there."""
    path = folder / f"{job.id}.npz"
    until(path.exists)
    return path


def same(a: Event, b: Event) -> None:
    assert type(a) is type(b)
    for field in dataclasses.fields(a):
        one, other = getattr(a, field.name), getattr(b, field.name)
        if dataclasses.is_dataclass(one):
            same(one, other)
        else:
            np.testing.assert_array_equal(one, other)


@pytest.fixture
def kept(tmp_path):
    """A folder, a finished job whose result is in it, and its file."""
    board, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
    job = done(clock, board, seeds=3)
    path = file_of(tmp_path, job)
    board.close()
    return tmp_path, job, path


def test_a_result_outlives_the_process(kept):
    folder, job, _ = kept
    board, backend, _ = virtual_board(2, results=KeptResults(folder, 100))
    back = board.submit(job.experiment, "bob")
    assert (back.state, back.run, backend.started) == ("done", job.run, [])
    assert len(back.events) == len(job.events) > 10
    for one, other in zip(job.events, back.events, strict=True):
        same(one, other)
    assert board.job(job.id) is back
    with board.subscribe(job.id) as watched:
        assert isinstance(watched.get(0)[-1], Finished)


def test_it_comes_back_when_memory_has_dropped_it(tmp_path):
    board, backend, clock = virtual_board(2, results=KeptResults(tmp_path, 100), keep=1)
    job = done(clock, board)
    file_of(tmp_path, job)
    done(clock, board)
    assert board.job(job.id) is not job
    assert board.job(job.id).state == "done"
    assert len(backend.started) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"\x00\x00\xf0?", b"\x00\x00\xf1?"),  # a 1.0 in an array
        lambda data: pickle.dumps(print),
        lambda data: b"PK\x03\x04 and no archive",
        # one byte in the archive's directory: another compression, a password
        lambda data: (at := data.index(b"PK\x01\x02"), data[: at + 10] + b"\x63" + data[at + 11 :])[1],
        lambda data: (at := data.index(b"PK\x01\x02"), data[: at + 8] + b"\x01" + data[at + 9 :])[1],
    ],
)
def test_a_damaged_file_is_removed_and_the_experiment_trained(kept, damage, caplog):
    folder, job, path = kept
    damaged = damage(path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    board, _, _ = virtual_board(2, results=KeptResults(folder, 100))
    assert board.job(job.id) is None
    assert not path.exists()
    assert "cannot be read and is removed" in caplog.text
    assert board.submit(job.experiment, "bob").state == "running"


def test_a_file_that_cannot_be_opened_now_is_not_removed(kept, monkeypatch, caplog):
    folder, job, path = kept
    board, _, _ = virtual_board(2, results=KeptResults(folder, 100))

    def none_left(_path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", none_left)
        assert board.job(job.id) is None
    assert "cannot be read now" in caplog.text
    assert path.exists()
    assert board.job(job.id).state == "done"


def test_a_file_with_pickled_objects_is_not_unpickled(kept, tmp_path):
    folder, job, path = kept
    harm = tmp_path / "harm"

    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(harm),)

    with path.open("wb") as file:
        np.savez(file, plain=np.array([Harm()], dtype=object))
    board, _, _ = virtual_board(2, results=KeptResults(folder, 100))
    assert board.job(job.id) is None
    assert not harm.exists()


def test_another_experiments_file_is_not_taken_for_it(kept):
    folder, _, path = kept
    board, _, _ = virtual_board(2, results=KeptResults(folder, 100))
    path.rename(folder / f"{of_seconds(1).id}.npz")
    assert board.job(next(folder.iterdir()).stem) is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../../secret", "", "a" * 17, "..", "A" * 16])
def test_only_the_name_of_an_experiment_is_looked_for(tmp_path, name):
    assert KeptResults(tmp_path, 100).get(name) is None


def test_the_longest_unused_go_when_the_folder_is_full(tmp_path):
    board, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
    jobs = [done(clock, board) for _ in range(3)]
    paths = [file_of(tmp_path, job) for job in jobs]
    for age, path in enumerate(paths):
        os.utime(path, (age, age))
    (tmp_path / ".left-by-a-killed-process.part").write_bytes(b"x" * 1000)
    os.utime(tmp_path / ".left-by-a-killed-process.part", (0, 0))
    assert KeptResults(tmp_path, 100).get(jobs[0].id) is not None  # used: now the second is the oldest
    megabytes = 3.5 * paths[0].stat().st_size / 2**20
    board, _, clock = virtual_board(2, results=KeptResults(tmp_path, megabytes))
    newest = file_of(tmp_path, done(clock, board))
    assert set(tmp_path.iterdir()) == {paths[0], paths[2], newest}


def test_the_folder_is_not_looked_through_for_every_result(tmp_path, monkeypatch):
    looks: list[Path] = []
    look = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: (looks.append(path), look(path))[1])
    board, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
    for _ in range(10):
        file_of(tmp_path, done(clock, board))
    assert looks == [tmp_path]


def test_a_full_disk_costs_the_file_and_nothing_else(tmp_path, monkeypatch, caplog):
    full = OSError(errno.ENOSPC, "No space left on device")

    def no_space(_source: str, _target: Path) -> None:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr("lrcore.jobs.kept_results.os.replace", no_space)
        board, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
        job = done(clock, board)
        until(lambda: "No space left" in caplog.text)
        assert board.job(job.id) is job
        until(lambda: not list(tmp_path.iterdir()))
    file_of(tmp_path, done(clock, board))  # there is room again


def test_a_result_that_cannot_be_packed_ends_no_thread(tmp_path, monkeypatch, caplog):
    def no_memory(_job: Job) -> bytes:
        raise MemoryError

    board, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
    with monkeypatch.context() as patch:
        patch.setattr("lrcore.jobs.kept_results._pack", no_memory)
        done(clock, board)
        until(lambda: "MemoryError" in caplog.text)
    file_of(tmp_path, done(clock, board))


def test_a_folder_that_cannot_be_made_costs_nothing_else(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    board, _, clock = virtual_board(2, results=KeptResults(tmp_path / "file" / "results", 100))
    with caplog.at_level(logging.WARNING):
        done(clock, board)
        until(lambda: "not kept on disk" in caplog.text)


def test_two_processes_share_a_folder(tmp_path):
    one, _, clock = virtual_board(2, results=KeptResults(tmp_path, 100))
    other, backend, _ = virtual_board(2, results=KeptResults(tmp_path, 100))
    job = done(clock, one)
    file_of(tmp_path, job)
    assert other.submit(job.experiment, "bob").state == "done"
    assert backend.started == []
