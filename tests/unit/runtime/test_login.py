"""Accounts: strong hashes, lock-out, sessions that end, and no default anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from desk_papers import PASSWORD, add_people

import runtime.login as login_module
from runtime.login import Accounts, parse_scope
from schemas.errors import InvalidValue, LoginFailed, NotAllowed, PersonTaken, WeakPassword
from schemas.history import PEOPLE
from schemas.scope import EVERYTHING
from storage.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}") as catalogue:
        yield catalogue


@pytest.fixture
def accounts(catalogue: Catalogue, quick_accounts: type[Accounts]) -> Accounts:
    accounts = quick_accounts(catalogue)
    add_people(accounts, ("quan", "administrator"), ("lan", "operator"))
    return accounts


def enter(accounts: Accounts, login: str, password: str = PASSWORD, *, address: str = "10.0.0.1") -> str:
    return accounts.log_in(login, password, address=address)


def test_the_first_account_is_an_administrator_with_a_password(catalogue: Catalogue) -> None:
    accounts = Accounts(catalogue)
    assert not accounts.exist
    for role, password in (("operator", PASSWORD), ("administrator", None)):
        with pytest.raises(InvalidValue):
            accounts.add("a1", name="", role=role, password=password, scope=EVERYTHING, actor="t", must_change=False)
    assert not accounts.exist
    add_people(accounts, ("quan", "administrator"))
    kept = catalogue.people.find("quan").password or ""
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


def test_a_session_is_its_cookie_and_the_table_does_not_hold_it(accounts: Accounts, tmp_path: Path) -> None:
    cookie = enter(accounts, "lan")
    session = accounts.session(cookie)
    assert session is not None
    assert session.person.login == "lan"
    assert (
        cookie.encode() not in (tmp_path / "catalogue.db").read_bytes() + (tmp_path / "catalogue.db-wal").read_bytes()
    )
    for forged in ("", cookie[:-1], cookie + "x", "a" * 43, "é" * 43, "x" * 5000):
        assert accounts.session(forged) is None
    accounts.log_out(cookie, session.person)
    assert accounts.session(cookie) is None


def test_five_wrong_tries_lock_even_the_right_password(accounts: Accounts) -> None:
    for _ in range(5):
        with pytest.raises(LoginFailed):
            enter(accounts, "lan", "sai mật khẩu rồi")
    with pytest.raises(LoginFailed):
        enter(accounts, "lan")
    enter(accounts, "quan")  # others come in
    accounts.set_password("lan", PASSWORD, actor="quan", must_change=False)
    enter(accounts, "lan")


def test_a_thousand_tries_from_one_address_are_not_even_looked_at(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    real = login_module.Accounts._check
    monkeypatch.setattr(
        login_module.Accounts, "_check", lambda self, hashed, text: looked.append(1) or real(self, hashed, text)
    )
    for i in range(1000):
        with pytest.raises(LoginFailed):
            enter(accounts, f"nguoi{i}" if i % 2 else "lan", f"đoán lần thứ {i}", address="10.6.6.6")
    assert len(looked) == 30
    person = enter(accounts, "quan", address="10.0.0.2")
    assert person


def test_an_unknown_login_is_checked_like_a_known_one(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time an answer takes does not tell which logins there are."""
    hashes = []
    real = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, hashed, text: hashes.append(hashed) or real(self, hashed, text)
    )
    for login in ("lan", "ai-do", "../", ""):
        with pytest.raises(LoginFailed):
            enter(accounts, login, "không phải mật khẩu")
    assert len(hashes) == 4
    assert all(str(one).startswith("$argon2id$") for one in hashes)


def test_sessions_end_by_time_by_shutting_out_and_by_a_new_password(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = enter(accounts, "lan")
    with monkeypatch.context() as later:
        later.setattr(login_module, "LIFE_S", 0)
        assert accounts.session(cookie) is None
    with monkeypatch.context() as later:
        later.setattr(login_module, "IDLE_S", 0)
        assert accounts.session(cookie) is None
    assert accounts.session(cookie) is not None
    accounts.set_disabled("lan", True, actor="quan")
    assert accounts.session(cookie) is None
    with pytest.raises(LoginFailed):
        enter(accounts, "lan")
    accounts.set_disabled("lan", False, actor="quan")
    first, second = enter(accounts, "lan"), enter(accounts, "lan")
    session = accounts.session(first)
    assert session is not None
    accounts.change_own(session.person, PASSWORD, "sáu con trâu đen", cookie=first)
    assert accounts.session(first) is not None
    assert accounts.session(second) is None


@pytest.mark.parametrize(
    "password", ["", "ngắn quá", "a" * 12, "nguyen.lan.2024", "matkhau123456", "password2026!", "x" * 201]
)
def test_weak_passwords_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(WeakPassword):
        accounts.add(
            "nguyen.lan", name="", role="operator", password=password, scope=EVERYTHING, actor="q", must_change=False
        )


@pytest.mark.parametrize("login", ["", "a", "Lan", "lan nguyễn", "../lan", "lan|minh", "lan%", "-lan", "x" * 61, "lan"])
def test_logins_that_cannot_be(accounts: Accounts, login: str) -> None:
    with pytest.raises(PersonTaken):
        accounts.add(login, name="", role="operator", password=PASSWORD, scope=EVERYTHING, actor="q", must_change=False)


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    with pytest.raises(NotAllowed):
        accounts.set_disabled("quan", True, actor="quan")
    with pytest.raises(NotAllowed):
        accounts.set_role("quan", "operator", EVERYTHING, actor="quan")


def test_what_is_done_with_accounts_is_written_down_without_passwords(accounts: Accounts, catalogue: Catalogue) -> None:
    enter(accounts, "lan")
    with pytest.raises(LoginFailed):
        enter(accounts, "lan", "sai mật khẩu rồi")
    accounts.set_role("lan", "checker", parse_scope("Sở Y tế", "", unmasked=True), actor="quan")
    rows = catalogue.history.of(PEOPLE)
    assert [row.action for row in rows] == ["person_added", "person_added", "login", "login_failed", "person_changed"]
    assert "Sở Y tế" in (rows[-1].new or "")
    assert "mật khẩu" not in "".join(row.model_dump_json() for row in rows)
