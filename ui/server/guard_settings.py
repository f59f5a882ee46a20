"""The settings of what guards the app: whom it serves, how often, and who signs in."""

from __future__ import annotations

import re
from typing import Annotated

import limits
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic.config import JsonDict
from pydantic_settings import BaseSettings, NoDecode

_SITE = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d+)?")


def words(value: object) -> object:
    """A text as a list: its parts stand between commas or blanks."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _sites(value: tuple[str, ...]) -> tuple[str, ...]:
    sites = tuple(site.lower().rstrip("/") for site in value)
    if not all(_SITE.fullmatch(site) for site in sites):
        raise ValueError("no site")
    return sites


def _origins(value: tuple[str, ...]) -> tuple[str, ...]:
    """An origin is compared as a whole: a pattern, which a frame's site may be, would match none."""
    if any("*" in site for site in value):
        raise ValueError("no origin")
    return value


# NoDecode: pydantic-settings would otherwise expect a list as JSON.
Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)]
Sites = Annotated[Words, AfterValidator(_sites)]
Origins = Annotated[Sites, AfterValidator(_origins)]
Rate = Annotated[str, AfterValidator(lambda text: str(limits.parse(text)) and text)]
_SITES: JsonDict = {"allowed": "sites such as https://course.example.org, with commas between them"}
_PATTERNS: JsonDict = {
    "allowed": "sites such as https://course.example.org or https://*.example.org, with commas between them"
}
_RATE: JsonDict = {"allowed": "a rate such as 300/minute"}


class GuardSettings(BaseSettings):
    """The guard's part of the settings."""

    secret: SecretStr | None = Field(
        None,
        min_length=32,
        json_schema_extra={"allowed": "a text of at least 32 characters"},
        description="What cookies and addresses are signed with, the same for all web processes; a random one"
        " when it is not set, and then a restart signs everybody out.",
    )
    allowed_origins: Origins = Field(
        (),
        json_schema_extra=_SITES,
        description="Other sites whose pages may open the app's WebSockets.",
    )
    frame_ancestors: Sites = Field(
        (),
        json_schema_extra=_PATTERNS,
        description="Sites that may show the app in a frame, for course pages.",
    )
    page_rate: Rate = Field(
        "300/minute",
        json_schema_extra=_RATE,
        description="Pages that one address may open, the address of a whole class perhaps; sessions, and"
        " links opened within one, are counted in the same way.",
    )
    socket_rate: Rate = Field(
        "3000/minute",
        json_schema_extra=_RATE,
        description="WebSockets that one address may open for runs and drags.",
    )
    paste_rate: Rate = Field(
        "600/minute", json_schema_extra=_RATE, description="Texts that one address may have read."
    )
    job_rate: Rate = Field(
        "1200/minute", json_schema_extra=_RATE, description="Experiments that one address may ask for."
    )
    sockets_per_address: int = Field(
        600, ge=1, description="WebSockets that one address may hold open; a page holds two or three."
    )
    sockets_max: int = Field(3000, ge=1, description="WebSockets that all visitors may hold open together.")
    connections_per_address: int = Field(
        1000,
        ge=1,
        description="Other connections that one address may hold open; those of a trusted proxy are not"
        " counted.",
    )
    oidc_metadata_url: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        json_schema_extra={"allowed": "the address of an openid-configuration"},
        description="The sign-in provider's `/.well-known/openid-configuration`; with it, nobody comes in"
        " who has not signed in.",
    )
    oidc_client_id: str = Field("", description="The app's name at the sign-in provider.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="The app's secret at the sign-in provider."
    )
    oidc_allowed: Words = Field(
        (),
        json_schema_extra={"allowed": "e-mail addresses and domains, with commas between them"},
        description="Who of those who sign in may come in; everyone when it is not set.",
    )
    oidc_hours: float = Field(168, gt=0, le=720, description="Hours for which a sign-in is good.")
