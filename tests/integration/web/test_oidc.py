"""Log-in through a real OpenID Connect server on this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from argon2 import PasswordHasher

sys.path.insert(0, str(Path(__file__).parents[2]))

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    from fastapi.testclient import TestClient

from desk_papers import PASSWORD

from runtime.login import Accounts
from runtime.open import open_workshop
from runtime.settings import load_settings
from schemas.scope import EVERYTHING
from web.app import create_app
from web.gate import COOKIE, FLOW_COOKIE

USERS = [{"sub": "tinh-001", "preferred_username": "lan"}, {"sub": "tinh-002", "preferred_username": "la-mat"}]
LOCAL = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Site:
    client: TestClient
    issuer: str
    home: Path


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    for user in USERS:
        command += ["--user-claims", json.dumps(user)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                requests.get(f"{url}/.well-known/openid-configuration", timeout=2).raise_for_status()
                break
            except requests.RequestException:
                assert process.poll() is None, "the provider ended"
                assert time.monotonic() < deadline, "the provider does not answer"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def site(issuer: str, tmp_path: Path) -> Iterator[Site]:
    settings = load_settings(
        {}, home=tmp_path, oidc_issuer=issuer, oidc_client_id="sohoa", oidc_client_secret="chi-de-thu"
    )
    with open_workshop(settings) as workshop:
        accounts = Accounts(workshop.catalogue, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        for login, role, password in (("quan", "administrator", PASSWORD), ("lan", "operator", None)):
            accounts.add(
                login, name=login, role=role, password=password, scope=EVERYTHING, actor="thử", must_change=False
            )
    with TestClient(create_app(settings), base_url=LOCAL) as client:
        yield Site(client, issuer, tmp_path)


def send(site: Site) -> str:
    """To the provider; the address it is asked to answer for."""
    answer = site.client.get("/login/oidc", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{site.issuer}/oauth2/authorize")
    return answer.headers["location"]


def authorize(url: str, sub: str) -> str:
    """The person says yes over there; path and query of where the browser is sent back to."""
    answer = requests.post(url, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code in (302, 303), answer.text[:200]
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_who_has_an_account_comes_in_and_is_bound_to_the_provider(site: Site) -> None:
    url = send(site)
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    answer = site.client.get(authorize(url, "tinh-001"), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert site.client.get("/api/me").json()["login"] == "lan"
    with open_workshop(load_settings({}, home=site.home)) as workshop:
        assert workshop.catalogue.people.find("lan").subject == f"{site.issuer}#tinh-001"
    assert site.client.get("/login").status_code == 200


def test_a_person_without_an_account_stays_out(site: Site) -> None:
    answer = site.client.get(authorize(send(site), "tinh-002"), follow_redirects=False)
    assert answer.status_code == 401
    assert COOKIE not in answer.cookies


def test_an_account_bound_to_one_subject_is_not_for_another_that_uses_its_name(site: Site) -> None:
    with open_workshop(load_settings({}, home=site.home)) as workshop:
        workshop.catalogue.people.change("lan", subject=f"{site.issuer}#nguoi-khac")
    assert site.client.get(authorize(send(site), "tinh-001"), follow_redirects=False).status_code == 401


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(site: Site) -> None:
    back = authorize(send(site), "tinh-001")
    flow = site.client.cookies[FLOW_COOKIE]
    site.client.cookies.clear()
    assert site.client.get(back, follow_redirects=False).status_code == 401  # another browser
    site.client.cookies.set(FLOW_COOKIE, flow, path="/login")
    assert site.client.get(back, follow_redirects=False).status_code == 303
    site.client.cookies.set(FLOW_COOKIE, flow, path="/login")
    assert site.client.get(back, follow_redirects=False).status_code == 401  # used


@pytest.mark.parametrize("wrong", ["code", "state", "nonce"])
def test_an_answer_that_was_tampered_with_is_refused(site: Site, wrong: str) -> None:
    url = send(site)
    if wrong == "nonce":
        nonce = parse_qs(urlsplit(url).query)["nonce"][0]
        url = url.replace(nonce, "x" * len(nonce))
    back = authorize(url, "tinh-001")
    if wrong != "nonce":
        value = parse_qs(urlsplit(back).query)[wrong][0]
        back = back.replace(value, value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
    answer = site.client.get(back, follow_redirects=False)
    assert answer.status_code == 401
    assert COOKIE not in answer.cookies
