"""The events of an experiment's parts as the events of the whole, in the order in which one machine gives
them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lrcore.experiment import Experiment
from lrcore.experiment.part import Part
from lrcore.results.events import Event, Finished, History, Progress, Started

_Table = TypeVar("_Table", Progress, History)


class Merge:
    """Collects what the parts of an experiment say, whichever is first and however often.

    An event has a number within its part and is counted once: a part that is trained again, because its
    machine was lost, says nothing new until it is further than before. The whole's event is there when every
    part has said its own.
    """

    def __init__(self, whole: Experiment, parts: Sequence[Part]) -> None:
        self._whole = whole
        self._parts = parts
        self._heard: list[list[Event]] = [[] for _ in parts]
        self._said = 0

    def add(self, part: int, first: int, events: Sequence[Event]) -> list[Event]:
        """Events number `first`, `first` + 1, ... of a part; returns what the whole has to say now, maybe
        nothing. What comes behind a gap is not taken: it comes again with the part's result."""
        heard = self._heard[part]
        if first <= len(heard):
            heard.extend(events[len(heard) - first :])
        new: list[Event] = []
        while all(len(each) > self._said for each in self._heard):
            new.append(self._merged([each[self._said] for each in self._heard]))
            self._said += 1
        return new

    def _merged(self, events: Sequence[Event]) -> Event:
        match events[0]:
            case Started() as first:
                whole = self._whole
                return dataclasses.replace(
                    first, experiment_id=whole.id, plans=len(whole.plans), seeds=whole.seeds
                )
            case Progress():
                return self._joined([event for event in events if isinstance(event, Progress)])
            case Finished():
                return self._finished([event for event in events if isinstance(event, Finished)])

    def _finished(self, events: Sequence[Finished]) -> Finished:
        reasons = np.full((len(self._whole.plans), self._whole.seeds), "", object)
        for part, event in zip(self._parts, events, strict=True):
            reasons[_place(part)] = np.array(event.reasons, object).reshape(len(part.plans), len(part.seeds))
        return Finished(
            experiment_id=self._whole.id,
            steps_done=events[0].steps_done,
            stopped=any(event.stopped for event in events),
            seconds=max(event.seconds for event in events),
            reasons=tuple(reasons.flat),
            history=self._joined([event.history for event in events]),
        )

    def _joined(self, tables: Sequence[_Table]) -> _Table:
        """One table from those of the parts: every array whose last two axes are plans and seeds, put
        together."""
        columns = {
            field.name: [getattr(table, field.name) for table in tables]
            for field in dataclasses.fields(tables[0])
        }
        whole: dict[str, Any] = {
            name: self._array(column) for name, column in columns.items() if np.ndim(column[0]) >= 2
        }
        return dataclasses.replace(tables[0], **whole)

    def _array(self, arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
        whole = np.empty((*arrays[0].shape[:-2], len(self._whole.plans), self._whole.seeds), arrays[0].dtype)
        for part, array in zip(self._parts, arrays, strict=True):
            whole[(..., *_place(part))] = array
        return whole


def _place(part: Part) -> tuple[slice, slice]:
    """Where the part's plans and seeds are in an array of the whole."""
    return slice(part.plans.start, part.plans.stop), slice(part.seeds.start, part.seeds.stop)
