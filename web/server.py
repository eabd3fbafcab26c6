"""Máy chủ web của `sohoa review`: one process, uvicorn, quiet; nothing outside this machine unless asked."""

from __future__ import annotations

import gc
import logging

import uvicorn

from runtime.settings import Settings
from web.app import create_app
from web.guard import is_loopback

log = logging.getLogger(__name__)


def keep_what_is_loaded() -> None:
    """Everything that is here now stays: a full collection of rings no longer walks through all of it.

    It took 130 ms of a page, now and then, to find nothing (200,000 objects).
    """
    gc.collect()
    gc.freeze()


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve the pages until stopped (Ctrl-C).

    Raises BadSettings (E206) when ``host`` can be reached from other machines and no password is set.
    """
    app = create_app(settings, loopback=is_loopback(host))
    shown = f"[{host}]" if ":" in host else host
    print(f"Bàn xem hồ sơ: http://{shown}:{port}/  (Ctrl-C để dừng)", flush=True)
    keep_what_is_loaded()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
