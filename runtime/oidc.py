"""Đăng nhập qua máy chủ định danh (OpenID Connect): authorization code with PKCE, checked ID token."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from runtime.settings import Settings
from schemas.errors import BadSettings, LoginFailed
from schemas.history import PEOPLE, Deed
from storage.catalogue import Catalogue
from storage.people import Person

log = logging.getLogger(__name__)
FLOW_S = 600
_LEEWAY_S = 60
_TIMEOUT_S = 10.0
_ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
_DISCOVERY = "/.well-known/openid-configuration"


class Provider:
    """The identity provider of ``SOHOA_OIDC_ISSUER``. Accounts are made by an administrator, never by it."""

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._claim = settings.oidc_claim
        self._people = catalogue.people
        self._history = catalogue.history
        self._metadata: dict[str, Any] | None = None
        if not self._client_id:
            raise BadSettings("SOHOA_OIDC_ISSUER cần SOHOA_OIDC_CLIENT_ID")

    def begin(self, redirect_uri: str) -> tuple[str, str]:
        """Where to send the browser, and the state it must come back with. Raises LoginFailed (E308)."""
        state, nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        self._people.begin_flow(_digest(state), nonce=nonce, verifier=verifier, life_s=FLOW_S)
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._described()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        return url, state

    def finish(self, redirect_uri: str, *, code: str, state: str, kept_state: str) -> Person:
        """The account of who logged in there. Raises LoginFailed (E308) when anything does not fit."""
        if not state or not secrets.compare_digest(state.encode(), kept_state.encode()):
            raise LoginFailed
        flow = self._people.end_flow(_digest(state))
        if flow is None:
            raise LoginFailed
        try:
            with self._client(redirect_uri) as client:
                token = client.fetch_token(
                    self._described()["token_endpoint"], code=code, code_verifier=flow.verifier, timeout=_TIMEOUT_S
                )
            claims = self._claims(str(token.get("id_token", "")), flow.nonce)
        except (requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError) as exc:
            log.warning("the identity provider's answer does not hold: %s", type(exc).__name__)
            raise LoginFailed from exc
        return self._person(claims)

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(_fetch(self._described()["jwks_uri"]))
        claims = jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self._described()["issuer"]},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(claims)
        return dict(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        """Known by its subject; the first time by the claim that holds the login, and bound to the subject then."""
        subject = f"{claims['iss']}#{claims['sub']}"
        person = self._people.of_subject(subject)
        if person is None:
            login = str(claims.get(self._claim, "")).strip().lower()
            person = self._people.get(login) if login else None
            if person is None or person.subject is not None:
                raise LoginFailed
            person = self._people.change(person.login, subject=subject)
            self._history.append(PEOPLE, [Deed(actor=login, action="provider_bound", field=login)])
        if person.disabled:
            raise LoginFailed
        return person

    def _client(self, redirect_uri: str) -> OAuth2Session:
        return OAuth2Session(
            client_id=self._client_id,
            client_secret=self._secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope="openid profile email",
            redirect_uri=redirect_uri,
        )

    def _described(self) -> dict[str, Any]:
        """What the provider says of itself, asked once an hour."""
        if self._metadata is None or self._metadata["asked"] < time.monotonic() - 3600:
            try:
                found = _fetch(self._issuer + _DISCOVERY)
            except (requests.RequestException, ValueError) as exc:
                raise LoginFailed("máy chủ định danh không trả lời") from exc
            if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                raise LoginFailed("máy chủ định danh tự xưng tên khác")
            self._metadata = {**found, "asked": time.monotonic()}
        return self._metadata


def _fetch(url: str) -> Any:
    answer = requests.get(url, timeout=_TIMEOUT_S)
    answer.raise_for_status()
    return answer.json()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
