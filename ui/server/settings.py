"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_. docs/hosting.md has the table of all; `make docs` writes it from here."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import NoDecode, SettingsConfigDict

from lrcore.errors import LRLabError
from ui.server.guard_settings import GuardSettings, words
from ui.server.settings_text import PREFIX, sentences, unknown, variable


class SettingsError(LRLabError):
    """Environment variables that cannot be used, one sentence each."""


def _prefix(path: str) -> str:
    return f"/{path.strip('/')}".rstrip("/")


# NoDecode: pydantic-settings would otherwise expect a list as JSON.
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(words)]
BasePath = Annotated[str, Field(pattern=r"^(/?[\w.~-]+)*/?$"), AfterValidator(_prefix)]
Folder = Annotated[Path, AfterValidator(Path.expanduser)]


def _with_dask(address: str) -> str:
    """Dask is an extra: a server that cannot do what it is asked for should not start."""
    if find_spec("distributed") is None:
        raise ValueError("Dask is not installed; requirements-dask.txt has it")
    return address


class Settings(GuardSettings):
    """Every setting; the variable of `slots` is LRLAB_SLOTS, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    host: str = Field(
        "localhost",
        pattern=r"^[\w.:-]+$",
        json_schema_extra={"allowed": "a host name or an address"},
        description="Where to listen: `localhost` for this machine alone, `0.0.0.0` for all that reach it.",
    )
    port: int = Field(8501, ge=1, le=65535, description="The port to listen on.")
    base_path: BasePath = Field(
        "",
        json_schema_extra={"allowed": "a path such as /lab"},
        description="The path below which a proxy serves the app, if the proxy passes it on. A proxy that"
        " takes it away needs no setting.",
    )
    public_url: AnyHttpUrl | None = Field(
        None,
        json_schema_extra={"allowed": "an address such as https://lab.example.org/lab"},
        description="Where visitors find the app, if a proxy stands before it.",
    )
    trusted_proxies: Networks = Field(
        (),
        json_schema_extra={"allowed": "addresses or networks such as 10.0.0.0/8, with commas between them"},
        description="The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.",
    )
    data_dir: Folder | None = Field(
        None,
        json_schema_extra={"allowed": "a folder that the app may write into"},
        description="Folder of what outlives a restart, such as finished results, which are in memory alone"
        " when it is not set; several web processes may share it.",
    )
    slots: int | None = Field(
        None,
        ge=1,
        le=1024,
        description="How many experiments train at once; one for each core, or by the"
        " container's share of CPU time, when it is not set.",
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
        20,
        ge=0,
        le=20,
        description="By how much workers give way to the web process, as `nice` counts it; 20: they take what"
        " every other process leaves (on a single core, where that may be nothing: 10).",
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
        json_schema_extra={"allowed": "a text of at least 16 characters"},
        description="What opens /metrics and the Status page; without it there is neither.",
    )

    @property
    def public_origin(self) -> str:
        """The public URL without its path, as a browser says it in `Origin`; "" without one."""
        url = self.public_url
        if url is None:
            return ""
        port = "" if url.port in (None, {"http": 80, "https": 443}[url.scheme]) else f":{url.port}"
        return f"{url.scheme}://{url.host}{port}"

    @property
    def sites(self) -> frozenset[str]:
        """The origins, besides the address that was asked, whose pages may open the app's WebSockets."""
        return frozenset([*self.allowed_origins, *([self.public_origin] if self.public_origin else [])])

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Settings:
        if self.oidc_metadata_url:
            needed = {
                "oidc_client_id": self.oidc_client_id,
                "oidc_client_secret": self.oidc_client_secret.get_secret_value(),
                "public_url": self.public_url,
            }
            if missing := [variable(name) for name, value in needed.items() if not value]:
                raise ValueError(f"{variable('oidc_metadata_url')} also needs {' and '.join(missing)}.")
        return self


@cache
def settings() -> Settings:
    """The settings of this process, read when they are first asked for.

    Raises SettingsError for a value that is not allowed and for a variable that no setting has.
    """
    wrong = unknown(Settings, os.environ)
    try:
        read = Settings()
    except ValidationError as error:
        wrong += sentences(Settings, error, os.environ)
    if wrong:
        raise SettingsError("\n".join(wrong))
    return read
