"""How the operator sets the app up: one typed value, read once from environment variables that begin with
LRLAB_."""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

import limits
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Words = Annotated[tuple[str, ...], NoDecode]  # "a, b c" in the environment is ("a", "b", "c")


class Settings(BaseSettings):
    """Every setting; the variable of `slots` is LRLAB_SLOTS, and so on."""

    model_config = SettingsConfigDict(env_prefix="LRLAB_", env_ignore_empty=True, frozen=True)

    slots: int | None = Field(
        None, ge=1, description="How many experiments train at once; one for each core when it is not set."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where experiments train.")

    public_url: str = Field(
        "", description="The address that visitors type, such as https://lab.example.org, without a path."
    )
    secret: SecretStr | None = Field(
        None,
        min_length=32,
        description="What cookies and addresses are signed with, the same for all web processes; a random one"
        " when it is not set, and then a restart signs everybody out.",
    )
    allowed_origins: Words = Field(
        (), description="Other sites whose pages may open our WebSockets, such as https://course.example.org."
    )
    frame_ancestors: Words = Field(
        (), description="Sites that may show the app in a frame, such as https://course.example.org; none."
    )
    trusted_proxies: Words = Field(
        (), description="Addresses and networks of proxies whose X-Forwarded-For is believed."
    )

    page_rate: str = Field(
        "300/minute",
        description="Pages that one address may open; the sessions and the links behind them count alike.",
    )
    socket_rate: str = Field("3000/minute", description="WebSockets that one address may open.")
    paste_rate: str = Field("600/minute", description="Pastes of one address.")
    job_rate: str = Field("1200/minute", description="Experiments that one address may ask for.")
    sockets_per_address: int = Field(600, ge=1, description="WebSockets that one address may hold open.")
    sockets_max: int = Field(3000, ge=1, description="WebSockets that all visitors may hold open together.")
    connections_per_address: int = Field(
        1000, ge=1, description="Connections that one address may hold open; a trusted proxy is not counted."
    )

    oidc_metadata_url: str = Field(
        "", description="The sign-in provider's .well-known/openid-configuration; nobody signs in without it."
    )
    oidc_client_id: str = Field("", description="The app's name at the sign-in provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The app's secret at that provider.")
    oidc_allowed: Words = Field(
        (), description="Who may use the app: e-mail addresses and domains; whoever signs in when empty."
    )
    oidc_hours: float = Field(168, gt=0, le=720, description="Hours for which a sign-in is good.")

    @field_validator("allowed_origins", "frame_ancestors", "trusted_proxies", "oidc_allowed", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("public_url", "allowed_origins", "frame_ancestors")
    @classmethod
    def _origins(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, str):
            return _origin(value) if value else ""
        return tuple(_origin(site) for site in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(
                    f"{network!r} is no address such as 10.0.0.2 and no network such as 10.0.0.0/24."
                ) from None
        return value

    @field_validator("page_rate", "socket_rate", "paste_rate", "job_rate")
    @classmethod
    def _rate(cls, value: str) -> str:
        try:
            limits.parse(value)
        except ValueError:
            raise ValueError(f"{value!r} is no rate such as 300/minute.") from None
        return value

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Settings:
        if self.oidc_metadata_url:
            needed = {
                "LRLAB_OIDC_CLIENT_ID": self.oidc_client_id,
                "LRLAB_OIDC_CLIENT_SECRET": self.oidc_client_secret.get_secret_value(),
                "LRLAB_PUBLIC_URL": self.public_url,
            }
            if missing := [name for name, value in needed.items() if not value]:
                raise ValueError(
                    f"LRLAB_OIDC_METADATA_URL is set; sign-in also needs {' and '.join(missing)}."
                )
        return self


def _origin(text: str) -> str:
    """`https://host` or `https://host:port`; a path of "/" is forgiven."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is no address such as https://lab.example.org, without a path.")
    return f"{parts.scheme}://{parts.netloc}".lower()


@cache
def settings() -> Settings:
    """The settings of this process, read when they are first asked for."""
    return Settings()
