"""Người gác cửa: who may come in, which headers every answer carries, and tokens against forged requests.

While no account exists there are two ways in: from this machine, or with the one password of SOHOA_WEB_PASSWORD; the
name typed beside it is not checked, it only signs the event rows. From the first account on ``web.gate`` asks for a
log-in, and that password is asked no more.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
import time
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN_PATHS = ("/healthz",)
_TOKEN_LIFE = 12 * 3600  # a page may lie open for a working day
_WRONG_PASSWORD_PAUSE = 0.5


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signed tokens for one purpose and one record; they die with the process or after half a day."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def make(self, purpose: str, subject: str, *, now: float | None = None) -> str:
        stamp = f"{int(time.time() if now is None else now):x}"
        return f"{stamp}.{self._sign(purpose, subject, stamp)}"

    def check(self, token: str, purpose: str, subject: str, *, now: float | None = None) -> bool:
        stamp, _, mark = token.partition(".")
        try:
            age = (time.time() if now is None else now) - int(stamp, 16)
        except ValueError:
            return False
        good = hmac.compare_digest(mark.encode(), self._sign(purpose, subject, stamp).encode())
        return good and -60 <= age <= _TOKEN_LIFE

    def _sign(self, purpose: str, subject: str, stamp: str) -> str:
        return hmac.new(self.key, "\0".join((purpose, subject, stamp)).encode(), hashlib.sha256).hexdigest()[:40]


class Doorkeeper:
    """ASGI middleware: host name, password, same-origin writes, and the security headers."""

    def __init__(self, app: ASGIApp, *, password: str, loopback: bool) -> None:
        self._app = app
        self._password = hashlib.sha256(password.encode()).digest() if password else None
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        refusal = await self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    async def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        # A page elsewhere may point its own name at 127.0.0.1 (DNS rebinding): then the Host header tells.
        if self._loopback and not is_loopback(_host_name(headers.get("host", ""))):
            return PlainTextResponse("Địa chỉ không được phép.", 400)
        if scope["path"] in OPEN_PATHS:
            return None
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _same_origin(headers):
            return PlainTextResponse("Yêu cầu đến từ trang khác, không được phép.", 403)
        scope.setdefault("state", {})["actor"] = "web"
        if self._password is None or await run_in_threadpool(lambda: scope["app"].state.desk.accounts.exist):
            return None
        name, given = _credentials(headers.get("authorization", ""))
        if given is not None and hmac.compare_digest(hashlib.sha256(given).digest(), self._password):
            scope["state"]["actor"] = f"web:{name}"
            return None
        if given is not None:
            await asyncio.sleep(_WRONG_PASSWORD_PAUSE)
        challenge = {"WWW-Authenticate": 'Basic realm="Sohoa", charset="UTF-8"'}
        return PlainTextResponse("Cần mật khẩu để xem hồ sơ.", 401, challenge)


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host", "")


def _credentials(header: str) -> tuple[str, bytes | None]:
    """(user name, password bytes) of a Basic header; the password is None when there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", None
    try:
        name, mark, password = base64.b64decode(encoded, validate=True).partition(b":")
    except binascii.Error:
        return "", None
    if not mark:
        return "", None
    shown = "".join(c for c in name.decode("utf-8", "replace") if c.isprintable())
    return shown[:60], password
