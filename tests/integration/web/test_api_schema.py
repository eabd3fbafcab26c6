"""The JSON API does what its OpenAPI description says, whatever it is sent (schemathesis makes the requests)."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import schemathesis
import uvicorn
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

sys.path.insert(0, str(Path(__file__).parents[2]))

from desk_papers import Told, add_people, make_paper

from runtime.login import Accounts
from runtime.open import open_workshop
from runtime.settings import load_settings
from web.app import create_app
from web.gate import COOKIE

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    headers: dict[str, str]
    record_id: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("api")
    options = load_settings({}, home=folder / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with open_workshop(options) as workshop:
        accounts = Accounts(workshop.catalogue, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        add_people(accounts, ("quan", "administrator"))
        record_id = make_paper(workshop, folder, "a", Told(unsure=("doc_number", "summary"))).record_id
        cookie = accounts.open_session(workshop.catalogue.people.find("quan"), how="login")
        session = accounts.session(cookie)
        assert session is not None
        server = uvicorn.Server(uvicorn.Config(create_app(options), port=port, log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server ended"
            time.sleep(0.05)
        headers = {"Cookie": f"{COOKIE}={cookie}", "X-CSRF-Token": session.csrf}
        yield Served(f"http://127.0.0.1:{port}", headers, record_id)
        server.should_exit = True
        thread.join(20)


def test_every_answer_is_as_described(served: Served) -> None:
    whole = schemathesis.openapi.from_url(f"{served.url}/api/openapi.json", headers=served.headers)
    described = whole.exclude(path_regex="log(in|out)")  # a log-out would end the session of the others
    looked_at = []
    for operation in (result.ok() for result in described.get_all_operations()):
        looked_at.append(operation.label)

        @settings(
            max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case) -> None:
            if "record_id" in case.path_parameters and len(str(case.path_parameters["record_id"])) % 2:
                case.path_parameters["record_id"] = served.record_id
            case.call_and_validate(headers=served.headers, checks=list(CHECKS))

        send()
    assert len(looked_at) >= 12, looked_at


def test_without_a_session_the_one_error_shape(served: Served) -> None:
    answer = requests.get(f"{served.url}/api/desk", timeout=10)
    assert answer.status_code == 401
    assert set(answer.json()) == {"ok", "error", "code", "errors"}
