"""Máy chủ web của `sohoa review`: one process, uvicorn, quiet; nothing outside this machine unless asked."""

from __future__ import annotations

import logging

import uvicorn

from runtime.settings import Settings
from web.app import create_app
from web.guard import is_loopback

log = logging.getLogger(__name__)


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve the pages until stopped (Ctrl-C).

    Raises BadSettings (E206) when ``host`` can be reached from other machines and no password is set.
    """
    app = create_app(settings, loopback=is_loopback(host))
    shown = f"[{host}]" if ":" in host else host
    print(f"Bàn xem hồ sơ: http://{shown}:{port}/  (Ctrl-C để dừng)", flush=True)
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
