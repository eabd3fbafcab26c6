"""Dockerfile and docker-compose.yml: no default secret, no open port, a check for every service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("SOHOA_S3_KEY", "SOHOA_S3_SECRET", "SOHOA_S3_SSE_KEY", "SOHOA_DB_PASSWORD", "SOHOA_WEB_PASSWORD")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_every_service_is_checked_and_restarts(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"s3", "db", "prefect", "worker", "web"}
    for name, service in compose["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["restart"] == "unless-stopped", name


def test_secrets_are_required_and_have_no_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in SECRETS:
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)
        assert uses, name
        assert all(use.startswith(":?") for use in uses), f"{name} has a default"


def test_only_the_web_is_reachable_and_only_from_this_machine(compose: dict[str, Any]) -> None:
    ports = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert {name for name, open_ports in ports.items() if open_ports} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_what_is_kept_lies_in_named_volumes(compose: dict[str, Any]) -> None:
    for name in ("s3", "db", "prefect"):
        volume = compose["services"][name]["volumes"][0].split(":")[0]
        assert volume in compose["volumes"], name


def test_the_settings_it_gives_are_settings_we_have(compose: dict[str, Any]) -> None:
    from runtime.settings import load_settings

    environment = {key: value for key, value in compose["x-sohoa"]["environment"].items() if key.startswith("SOHOA_")}
    values = {key: re.sub(r"\$\{(\w+):\?[^}]*\}", r"secret", value) for key, value in environment.items()}
    settings = load_settings(values)
    assert settings.prefect_api_url == "http://prefect:4200/api"


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed here")
@pytest.mark.parametrize("missing", [None, *SECRETS])
def test_compose_itself_accepts_it_only_with_all_secrets(missing: str | None) -> None:
    env = {**os.environ, **{name: "x" for name in SECRETS if name != missing}}
    done = subprocess.run(
        ["docker-compose", "-f", str(ROOT / "docker-compose.yml"), "config", "-q"],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == (missing is None), done.stderr


def test_the_image_runs_without_root_and_from_the_one_package_list() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER sohoa$", text, re.MULTILINE)
    assert "packages.txt" in text
    assert "--require-hashes" in text
    copied = set(re.findall(r"^COPY (\w+) \./\1$", text, re.MULTILINE))
    assert copied == {"schemas", "extractors", "storage", "review", "runtime", "flows", "web", "samplemaker"}


def test_locks_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|--(extra-)?index|find-links", text), name
        pinned = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==\S+", text, re.MULTILINE)
        assert len(pinned) > 80, name
        assert len(re.findall(r"^[a-zA-Z0-9_.\[\]-]+==\S+ \\\n +--hash=", text, re.MULTILINE)) == len(pinned), name
