"""Who may come in, and what every answer carries."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from runtime.settings import Settings, load_settings
from schemas.errors import BadSettings
from web.app import create_app
from web.guard import CONTENT_POLICY, Tokens, is_loopback

LOCAL = "http://127.0.0.1"


def settings(home: Path, password: str = "") -> Settings:
    environ = {"SOHOA_WEB_PASSWORD": password} if password else {}
    return load_settings(environ, home=home)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(settings(tmp_path)), base_url=LOCAL) as client:
        yield client


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[TestClient]:
    app = create_app(settings(tmp_path, "mật khẩu"), loopback=False)
    with TestClient(app, base_url="http://may-chu.tinh") as client:
        yield client


def basic(password: str, name: str = "lan") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_other_machines_need_a_password(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="SOHOA_WEB_PASSWORD"):
        create_app(settings(tmp_path), loopback=False)


@pytest.mark.parametrize("headers", [{}, basic("sai"), {"Authorization": "Basic ???"}, {"Authorization": "Bearer x"}])
def test_without_the_password_nothing_is_shown(locked: TestClient, headers: dict[str, str]) -> None:
    for path in ("/", "/records", "/api/records", "/api/openapi.json", "/static/sohoa.css"):
        answer = locked.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_with_the_password_everything_is(locked: TestClient) -> None:
    assert locked.get("/", headers=basic("mật khẩu")).status_code == 200


def test_health_needs_no_password_and_tells_nothing(locked: TestClient) -> None:
    answer = locked.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("host", ["xau.example", "127.0.0.1.xau.example", "10.0.0.5", ""])
def test_a_name_pointed_at_this_machine_is_refused(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
def test_names_of_this_machine_are_taken(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/records", "/khong-co", "/static/sohoa.js"])
def test_every_answer_carries_the_security_headers(local: TestClient, path: str) -> None:
    headers = local.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("word", ["'unsafe-inline'", "'unsafe-eval'", "*", "http", "data:"])
def test_the_policy_allows_nothing_inline_or_from_elsewhere(word: str) -> None:
    assert word not in CONTENT_POLICY


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://xau.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_writes_from_other_pages_are_refused(local: TestClient, headers: dict[str, str]) -> None:
    assert local.post("/records/abc/reveal", headers=headers).status_code == 403


def test_tokens_hold_for_one_purpose_one_record_and_half_a_day() -> None:
    tokens = Tokens()
    token = tokens.make("form", "a", now=1000)
    assert tokens.check(token, "form", "a", now=1000 + 11 * 3600)
    assert not tokens.check(token, "form", "a", now=1000 + 13 * 3600)
    assert not tokens.check(token, "form", "b", now=1000)
    assert not tokens.check(token, "reveal", "a", now=1000)
    assert not Tokens().check(token, "form", "a", now=1000)
    for bad in ("", ".", "zz.00", token[:-1], "é.ü"):
        assert not tokens.check(bad, "form", "a", now=1000)


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("192.168.1.4", False), ("localhost.xau.example", False)],
)  # fmt: skip
def test_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_errors_have_one_shape_under_api_and_a_page_elsewhere(local: TestClient) -> None:
    for path, status, code in (("/api/records/ffff", 404, "E301"), ("/api/khong", 404, None)):
        answer = local.get(path)
        assert answer.status_code == status
        assert answer.json() | {"error": ""} == {"ok": False, "error": "", "code": code, "errors": []}
    bad = local.get("/api/records?page=0")
    assert bad.json()["errors"] == ["page"]
    assert bad.status_code == 422
    page = local.get("/records/ffff")
    assert page.status_code == 404
    assert "Không tìm thấy hồ sơ" in page.text
    assert "E301" in page.text
    assert local.delete("/api/records").json()["ok"] is False
