"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting; the variable of `slots` is LRLAB_SLOTS, and so on."""

    model_config = SettingsConfigDict(env_prefix="LRLAB_", env_ignore_empty=True, frozen=True)

    slots: int | None = Field(
        None, ge=1, description="How many experiments train at once; one for each core when it is not set."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where experiments train.")
    worker_nice: int = Field(
        10, ge=0, le=19, description="By how much workers give way to the web process, as `nice` counts it."
    )
    worker_memory_mb: int = Field(
        2048,
        ge=0,
        description="MB that one experiment may take beyond the helper's; 0 for as much as there is. Not on a"
        " GPU.",
    )
    worker_cpu_s: int = Field(
        1800, ge=0, description="Seconds of CPU time that one experiment may take; 0 for any."
    )
    worker_silence_s: float = Field(
        60,
        ge=0,
        description="Seconds without a sign of work after which a worker is replaced; 0 for never.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What is logged: this and everything worse."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines to read, or one JSON object a line for a log store."
    )
    operator_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="What opens /metrics and the Status page; without it there is neither.",
    )


@cache
def settings() -> Settings:
    """The settings of this process, read when they are first asked for."""
    return Settings()
