"""What an operator is given: the image's recipe, compose.yaml and the proxy's configuration agree with the
app and with each other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lrcore.jobs.processes import cores
from tests.source import ROOT
from ui.server.settings import Settings
from ui.server.settings_text import variable

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SETTINGS = {variable(name) for name in Settings.model_fields}


@pytest.mark.parametrize("file", ["compose.yaml", "Dockerfile", "deploy/Caddyfile"])
def test_every_setting_that_is_named_exists(file: str) -> None:
    named = set(re.findall(r"LRLAB_[A-Z_]+", (ROOT / file).read_text(encoding="utf-8")))
    assert named - SETTINGS - {"LRLAB_NAME"} == set()  # LRLAB_NAME=value is how a line looks


def test_the_proxy_is_given_every_variable_that_it_reads() -> None:
    read = set(re.findall(r"\{\$(\w+)", (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")))
    ports = {"HTTP_PORT", "HTTPS_PORT"}  # in a container they are what they are everywhere
    assert read - ports == set(SERVICES["proxy"]["environment"])


def test_each_process_of_the_app_is_confined() -> None:
    for name in ("app", "app2"):
        app = SERVICES[name]
        assert app["read_only"] is True
        assert app["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in app["security_opt"]
        assert all(app[limit] for limit in ("mem_limit", "cpus", "pids_limit", "stop_grace_period"))
        assert app["ulimits"]["nofile"]["soft"] >= 65536
        assert app["volumes"] == ["data:/data"]
    assert "ports" not in SERVICES["app2"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["app"]["ports"])


@pytest.mark.parametrize(
    ("said", "found"),
    [("50000 100000", 1), ("1 100000", 1), ("9999999999 100000", cores()), ("max 100000", cores())],
)
def test_a_container_trains_on_no_more_cores_than_it_is_given(tmp_path: Path, said: str, found: int) -> None:
    """`cpus: 2` on a machine of 64 would otherwise be 64 slots, which starve the page."""
    quota = tmp_path / "cpu.max"
    quota.write_text(f"{said}\n")
    assert cores(quota) == found
    assert cores(tmp_path / "no such file") == cores()


def test_only_the_app_starts_unasked() -> None:
    assert {name: service.get("profiles") for name, service in SERVICES.items()} == {
        "app": None,
        "app2": ["two"],
        "proxy": ["proxy"],
        "postgres": ["postgres"],
    }


def test_every_volume_and_file_of_compose_is_declared() -> None:
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]]
    volumes = {mount for mount in mounts if not mount.startswith(".")}
    assert volumes == set(COMPOSE["volumes"])
    assert [mount for mount in mounts if mount.startswith(".") and not (ROOT / mount).is_file()] == []


def test_the_image_runs_as_nobody_in_particular_and_without_a_shell() -> None:
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert re.findall(r"^(?:CMD|ENTRYPOINT) (.*)$", last, re.MULTILINE) == ['["python", "app.py"]']
    assert 'HEALTHCHECK --interval=30s --timeout=30s --start-period=40s CMD ["python",' in last
    assert "RUN pip" not in last


def test_whatever_the_image_copies_is_sent_to_the_builder_and_little_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line[1:] for line in lines if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert sorted(sent) == sorted(name for line in copied for name in line.split())
    assert all(any(ROOT.glob(name)) for name in sent)
