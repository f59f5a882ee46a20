"""A family's registry: classes enter when they are defined, and a wrong name is answered with the nearest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import pytest

from lrcore.errors import PlanError
from lrcore.values.registry import Registry
from lrcore.values.value import Kinded

KINDS: Registry[Animal] = Registry("animal", PlanError)


class Animal(Kinded, ABC):
    loud: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.kind = cls.__name__
        KINDS.add(cls)


LOUD = KINDS.where(lambda cls: cls.loud)  # before any class is there


class Bird(Animal, ABC):
    @abstractmethod
    def sing(self) -> str: ...


class Rooster(Bird):
    loud = True

    def sing(self) -> str:
        return "cock-a-doodle-doo"


class Fish(Animal):
    pass


def test_a_class_enters_when_it_is_defined_and_an_abstract_one_does_not() -> None:
    assert list(KINDS) == ["Rooster", "Fish"]
    assert KINDS["Fish"] is Fish
    assert "Bird" not in KINDS
    assert len(KINDS) == 2


def test_a_part_of_a_registry_sees_what_comes_later() -> None:
    assert dict(LOUD) == {"Rooster": Rooster}
    assert "Fish" not in LOUD


def test_a_wrong_name_is_answered_with_the_nearest_and_with_all() -> None:
    with pytest.raises(
        PlanError, match=r"animal called 'Roster'. Did you mean Rooster\? Known are: Fish, Ro"
    ):
        KINDS.find("Roster")
    with pytest.raises(PlanError, match="Did you mean Fish"):
        KINDS.find("FISH")
    with pytest.raises(PlanError, match=r"called 'xxxx.*…'. Known"):
        KINDS.find("x" * 500)
