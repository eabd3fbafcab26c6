"""Settings come from SOHOA_* only, and nothing is guessed."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from runtime.settings import Settings, child_environment, load_settings
from schemas.errors import BadSettings


def test_unknown_key_is_an_error_that_names_it() -> None:
    with pytest.raises(BadSettings, match="SOHOA_WORKRES"):
        load_settings({"SOHOA_WORKRES": "4"})


def test_value_that_does_not_fit_names_its_variable() -> None:
    with pytest.raises(BadSettings, match="SOHOA_MAX_PAGES"):
        load_settings({"SOHOA_MAX_PAGES": "nhiều"})


def test_options_go_before_the_environment(tmp_path: Path) -> None:
    settings = load_settings({"SOHOA_HOME": "/elsewhere", "SOHOA_WORKERS": "3"}, home=tmp_path)
    assert settings.home == tmp_path
    assert settings.worker_count == 3


def test_store_and_catalogue_lie_under_home_when_not_named(tmp_path: Path) -> None:
    settings = load_settings({}, home=tmp_path)
    assert settings.store_address == f"folder:{tmp_path}/store"
    assert settings.database_address == f"sqlite:///{tmp_path}/catalogue.db"


def test_secrets_are_not_printed_and_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("s3://key:very-secret@host:1/bucket\n", encoding="utf-8")
    settings = load_settings({"SOHOA_STORE_URL_FILE": str(secret)})
    assert "very-secret" not in repr(settings)
    assert settings.store_address == "s3://key:very-secret@host:1/bucket"


def test_missing_secret_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="SOHOA_DATABASE_URL_FILE"):
        load_settings({"SOHOA_DATABASE_URL_FILE": str(tmp_path / "none")})


def test_settings_are_frozen_and_cross_process_borders(tmp_path: Path) -> None:
    settings = load_settings({"SOHOA_STORE_URL": "s3://a:b@c:1/d"}, home=tmp_path)
    with pytest.raises(ValidationError):
        settings.workers = 5  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_a_child_process_gets_the_same_settings(tmp_path: Path) -> None:
    settings = load_settings({"SOHOA_STORE_URL": "s3://a:b@c:1/d", "SOHOA_PREFECT": "never"}, home=tmp_path)
    again = load_settings({k: v for k, v in child_environment(settings).items() if k.startswith("SOHOA_")})
    assert again == settings


def test_more_pages_get_more_time() -> None:
    settings = Settings(document_timeout=100, page_timeout=2)
    assert settings.timeout_for(0) == 100
    assert settings.timeout_for(50) == 200
