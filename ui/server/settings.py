"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting; the variable of `slots` is LRLAB_SLOTS, and so on."""

    model_config = SettingsConfigDict(env_prefix="LRLAB_", env_ignore_empty=True, frozen=True)

    slots: int | None = Field(
        None, ge=1, description="How many experiments train at once; one for each core when it is not set."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where experiments train.")
    dask: str | None = Field(
        None,
        pattern=r"^(tcp|tls)://[^/\s]+:\d+$",
        description="A Dask scheduler whose workers train, such as tcp://10.0.0.5:8786 (docs/scaling.md).",
    )


@cache
def settings() -> Settings:
    """The settings of this process, read when they are first asked for."""
    return Settings()
