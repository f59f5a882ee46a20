"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _with_dask(address: str) -> str:
    """Dask is an extra: a server that cannot do what it is asked for should not start."""
    if find_spec("distributed") is None:
        raise ValueError("Dask is not installed; requirements-dask.txt has it")
    return address


class Settings(BaseSettings):
    """Every setting; the variable of `slots` is LRLAB_SLOTS, and so on."""

    model_config = SettingsConfigDict(env_prefix="LRLAB_", env_ignore_empty=True, frozen=True)

    slots: int | None = Field(
        None, ge=1, description="How many experiments train at once; one for each core when it is not set."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where experiments train.")
    dask: Annotated[str, AfterValidator(_with_dask)] | None = Field(
        None,
        pattern=r"^(tcp|tls)://[^/\s]+:\d+$",
        json_schema_extra={
            "allowed": "an address such as tcp://10.0.0.5:8786, and Dask installed (requirements-dask.txt)"
        },
        description="The Dask scheduler on whose workers experiments train; this machine trains only while it"
        " is lost. See docs/scaling.md.",
    )
    data_dir: Path | None = Field(
        None,
        description="Folder of what outlives a restart, such as finished results; without it these are in"
        " memory alone. Several web processes may share it.",
    )
    results_mb: float = Field(
        1024, ge=1, description="MB of finished results in the data folder; the longest unused go first."
    )
    job_seconds: float = Field(
        900,
        gt=0,
        le=900,
        description="Seconds of training, estimated for one core, that an experiment may take.",
    )
    job_memory_mb: float = Field(
        2048, gt=0, description="MB of memory, estimated, that an experiment may take."
    )
    job_wall_seconds: float = Field(
        1800, gt=0, description="Seconds by the clock after which a run is ended."
    )
    queue_max: int = Field(200, ge=1, description="Experiments that may wait at the same time.")
    queue_per_address: int = Field(120, ge=1, description="Experiments of one address that may wait.")
    unwatched_seconds: float = Field(
        30, gt=0, description="Seconds after which a run is ended that nobody is there for any more."
    )
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
