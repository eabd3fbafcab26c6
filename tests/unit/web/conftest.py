"""Starlette's test client asks for httpx2 and warns that httpx (which Prefect brings) will do only for now."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
    import fastapi.testclient  # noqa: F401 - imported here once, so that the tests can import it under "error"
