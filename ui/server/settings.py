"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
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


@cache
def settings() -> Settings:
    """The settings of this process, read when they are first asked for."""
    return Settings()
