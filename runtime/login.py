"""Đăng nhập: passwords (Argon2id), lock-out, sessions; accounts and what may be done to them."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from review.roles import RIGHTS, ROLES, Role, Viewer
from schemas.errors import InvalidValue, LoginFailed, NotAllowed, PersonTaken, WeakPassword
from schemas.history import PEOPLE, Deed
from schemas.scope import EVERYTHING, Scope
from schemas.text import bare
from storage.catalogue import Catalogue
from storage.ledger import now_text
from storage.people import Person, Session

MIN_PASSWORD = 12
ALLOWED_FAILURES = 5
LOCK_S = 15 * 60
IDLE_S = 2 * 3600  # a session nobody uses
LIFE_S = 12 * 3600  # a session, however busy: a working day
_ADDRESS_TRIES, _ADDRESS_WINDOW_S = 30, 60.0  # wrong tries from one address before it waits
_BEHIND_PROXY = 10  # so many times as much from this machine: a proxy may stand for the whole office
_TOUCH_S = 60.0
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}", re.ASCII)
_WEAK = ("matkhau", "password", "123456", "qwerty", "sohoa", "abcdef")


class Accounts:
    """Who may come in. One for the life of the application; safe from many threads."""

    def __init__(self, catalogue: Catalogue, *, hasher: PasswordHasher | None = None) -> None:
        self._people = catalogue.people
        self._history = catalogue.history
        self._hasher = hasher or PasswordHasher()  # Argon2id with the library's parameters (RFC 9106)
        self._nobody = self._hasher.hash(secrets.token_hex(16))  # an unknown login takes as long as a known one
        self._exist = False
        self._tries: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    @property
    def exist(self) -> bool:
        """Whether there is any account: from the first one on nothing is shown without log-in."""
        if not self._exist:
            self._exist = self._people.any()
        return self._exist

    def add(
        self, login: str, *, name: str, role: str, password: str | None, scope: Scope, actor: str, must_change: bool
    ) -> Person:
        """A new account; the first one must be an administrator. ``password`` None: identity provider only.

        Raises PersonTaken (E309), WeakPassword (E310), InvalidValue (E307).
        """
        checked = self.check_new(login, role, has_password=password is not None)
        hashed = self._hash(login, password) if password is not None else None
        person = self._people.add(
            login, name=name.strip() or login, role=checked, password=hashed, must_change=must_change, scope=scope
        )
        self._note(actor, "person_added", login, f"{checked}; {_scope_words(scope)}")
        return person

    def check_new(self, login: str, role: str, *, has_password: bool) -> Role:
        """What can be wrong before anybody is asked for a password. Raises PersonTaken (E309), InvalidValue (E307)."""
        if not _LOGIN.fullmatch(login) or self._people.get(login) is not None:
            raise PersonTaken
        checked = _role(role)
        if not self.exist and (checked != "administrator" or not has_password):
            raise InvalidValue("tài khoản đầu tiên phải là quản trị và có mật khẩu")
        return checked

    def check_old(self, login: str) -> None:
        """Raises PersonNotFound (E314)."""
        self._people.find(login)

    def set_role(self, login: str, role: str, scope: Scope, *, actor: str) -> Person:
        """Raises InvalidValue (E307), NotAllowed (E305) for the last administrator."""
        checked = _role(role)
        before = self._people.find(login)
        if before.role == "administrator" and checked != "administrator":
            self._not_the_last(login)
        person = self._people.change(login, role=checked, scope=scope)
        old = f"{before.role}; {_scope_words(before.scope)}"
        self._note(actor, "person_changed", login, f"{checked}; {_scope_words(scope)}", old=old)
        return person

    def set_password(self, login: str, password: str, *, actor: str, must_change: bool, keep: str = "") -> None:
        """A new password; the person is logged out everywhere but in session ``keep``. Raises WeakPassword (E310)."""
        self._people.change(
            login, password=self._hash(login, password), must_change=must_change, failures=0, locked_until=None
        )
        self._people.close_sessions(login, but=keep)
        self._note(actor, "password_changed", login)

    def set_disabled(self, login: str, disabled: bool, *, actor: str) -> None:
        """Shut an account out, or let it in again. Raises NotAllowed (E305) for the last administrator."""
        if disabled and self._people.find(login).role == "administrator":
            self._not_the_last(login)
        self._people.change(login, disabled=disabled, failures=0, locked_until=None)
        if disabled:
            self._people.close_sessions(login)
        self._note(actor, "person_disabled" if disabled else "person_enabled", login)

    def log_in(self, login: str, password: str, *, address: str) -> str:
        """The cookie of a new session. Raises LoginFailed (E308), always after as much work.

        Five wrong tries lock the account for 15 minutes, each further one twice as long; thirty in a minute from one
        address make the address wait. Neither says whether the account exists.
        """
        self._slow_down(address)
        login = login.strip().lower()
        person = self._people.get(login) if _LOGIN.fullmatch(login) else None
        locked = person is not None and (person.locked_until or "") > now_text()
        good = self._check(person.password if person and not locked else None, password)
        if person is None or locked or person.disabled or not good:
            with self._lock:
                allowed = _ADDRESS_TRIES * (_BEHIND_PROXY if address in ("127.0.0.1", "::1") else 1)
                self._tries.setdefault(address, deque(maxlen=allowed)).append(time.monotonic())
            if person is not None and not locked:
                failures = self._people.note_failure(login, allowed=ALLOWED_FAILURES, lock_s=LOCK_S)
                self._note(login, "login_locked" if failures >= ALLOWED_FAILURES else "login_failed", login)
            raise LoginFailed
        if person.password is not None and self._hasher.check_needs_rehash(person.password):
            self._people.change(login, password=self._hasher.hash(password))
        return self.open_session(person, how="login")

    def open_session(self, person: Person, *, how: str) -> str:
        """A new session for a person who has shown who they are; the cookie."""
        cookie = secrets.token_urlsafe(32)
        self._sweep()
        self._people.open_session(person, token=_digest(cookie), csrf=secrets.token_urlsafe(24))
        self._note(person.login, how, person.login)
        return cookie

    def session(self, cookie: str) -> Session | None:
        """Whose session this cookie is; None when it is forged, old, idle too long or closed."""
        if not 20 <= len(cookie) <= 100:
            return None
        token = _digest(cookie)
        session = self._people.session(token)
        if session is None or session.created_at < now_text(-LIFE_S) or session.seen_at < now_text(-IDLE_S):
            return None
        if session.seen_at < now_text(-_TOUCH_S):
            self._people.touch_session(token)
        return session

    def log_out(self, cookie: str, person: Person) -> None:
        self._people.close_session(_digest(cookie))
        self._note(person.login, "logout", person.login)

    def change_own(self, person: Person, old: str, new: str, *, cookie: str) -> None:
        """Raises LoginFailed (E308) for a wrong old password, WeakPassword (E310)."""
        if not self._check(person.password, old):
            self._people.note_failure(person.login, allowed=ALLOWED_FAILURES, lock_s=LOCK_S)
            raise LoginFailed
        if old == new:
            raise WeakPassword
        self.set_password(person.login, new, actor=person.login, must_change=False, keep=_digest(cookie))

    def _hash(self, login: str, password: str) -> str:
        plain = bare(password).replace(" ", "")
        named = len(login) > 3 and login in plain
        if not MIN_PASSWORD <= len(password) <= 200 or len(set(plain)) < 5 or named:
            raise WeakPassword
        if any(plain.replace(weak, "") in ("", *map(str, range(10))) or weak == plain[: len(weak)] for weak in _WEAK):
            raise WeakPassword
        return self._hasher.hash(password)

    def _check(self, hashed: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(hashed or self._nobody, password[:200]) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    def _slow_down(self, address: str) -> None:
        with self._lock:
            tries = self._tries.get(address)
            full = tries is not None and len(tries) == tries.maxlen
            if tries is not None and full and time.monotonic() - tries[0] < _ADDRESS_WINDOW_S:
                raise LoginFailed("quá nhiều lần thử, đợi một phút")
            if len(self._tries) > 10_000:
                self._tries.clear()

    def _not_the_last(self, login: str) -> None:
        others = [p for p in self._people.all() if p.role == "administrator" and not p.disabled and p.login != login]
        if not others:
            raise NotAllowed("phải còn ít nhất một người quản trị")

    def _sweep(self) -> None:
        self._people.sweep_sessions(begun_before=now_text(-LIFE_S), seen_before=now_text(-IDLE_S))

    def _note(self, actor: str, action: str, login: str, new: str | None = None, *, old: str | None = None) -> None:
        self._history.append(PEOPLE, [Deed(actor=actor, action=action, field=login, old=old, new=new)])


def viewer_of(person: Person) -> Viewer:
    """The person as the rules see one."""
    role = _role(person.role)
    return Viewer(login=person.login, name=person.name, role=role, rights=RIGHTS[role], scope=person.scope)


def parse_scope(agencies: str, fields: str, *, unmasked: bool) -> Scope:
    """Names one a line (or separated by ;) as a scope; nothing written means no limit."""

    def names(text: str) -> frozenset[str] | None:
        found = frozenset(" ".join(part.split()) for part in re.split(r"[;\n]", text)) - {""}
        return found or None

    scope = Scope(agencies=names(agencies), fields=names(fields), unmasked=unmasked)
    return EVERYTHING if scope == EVERYTHING else scope


def today_text() -> str:
    """When today began in Việt Nam, in UTC as the catalogue writes it."""
    local = datetime.now(UTC) + timedelta(hours=7)
    begun = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=7)
    return begun.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise InvalidValue(f"vai trò là một trong: {', '.join(ROLES)}")


def _scope_words(scope: Scope) -> str:
    parts = [
        "mọi cơ quan" if scope.agencies is None else f"cơ quan: {', '.join(sorted(scope.agencies))}",
        "mọi lĩnh vực" if scope.fields is None else f"lĩnh vực: {', '.join(sorted(scope.fields))}",
    ]
    if scope.unmasked:
        parts.append("xem số định danh")
    return "; ".join(parts)


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
