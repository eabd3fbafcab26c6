"""``sohoa serve``: the flows as deployments on this machine, on a schedule if asked."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from runtime.settings import Settings
from schemas.errors import InvalidValue, MachineError

log = logging.getLogger(__name__)
_SERVER_PATIENCE = 240.0  # seconds: the first start makes the server's tables
_SERVER_PORT = 4200  # Prefect's own; another one where it is taken
_STOP_PATIENCE = 10.0
_PR_SET_PDEATHSIG = 1
_CLOCK = "Asia/Ho_Chi_Minh"  # an office's "0 19 * * 1-5" means its own evening; Prefect would take UTC
_CRON_FIELDS = 5
_NO_SCHEDULE = 'lịch "{}" không phải năm cột phút giờ ngày tháng thứ, ví dụ "0 19 * * 1-5"'


def serve_flows(
    settings: Settings, *, folder: Path | None, cron: str | None, limit: int, tell: Callable[[str], None]
) -> None:
    """Serve until stopped (SIGINT or SIGTERM).

    ``settings.prefect_api_url`` names the Prefect server that schedules and shows the runs. Where none is named, one
    is started beside and stopped with us: Prefect's in-process server keeps no schedule. ``tell`` gets its address.
    Raises MachineError (E2xx) when no server comes up, InvalidValue when ``cron`` is no schedule.
    """
    if cron and len(cron.split()) != _CRON_FIELDS:
        raise InvalidValue(_NO_SCHEDULE.format(cron))
    os.environ["SOHOA_HOME"] = str(settings.home.resolve())  # runs are processes of their own: --home is not theirs
    with contextlib.ExitStack() as open_things:
        if not settings.prefect_api_url:
            url = open_things.enter_context(_own_server())
            os.environ["PREFECT_API_URL"] = f"{url}/api"
            tell(f"Máy chủ Prefect của lệnh này: {url} (chỉ máy này mở được; dừng cùng lệnh)")
        _serve(folder=folder, cron=cron, limit=limit)


def _serve(*, folder: Path | None, cron: str | None, limit: int) -> None:
    from prefect import serve  # after the server's address is known: Prefect reads it when it is imported
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.prefect_flows import digitize, rebuild, verify

    try:
        schedule = Cron(cron, timezone=_CLOCK) if cron else None
    except ValueError as error:
        raise InvalidValue(_NO_SCHEDULE.format(cron)) from error
    parameters: dict[str, object] = {"batch": "theo-lich", "paths": [str(folder.resolve())]} if folder else {}
    module = EntrypointType.MODULE_PATH  # a path would bind us to the folder the command was given in
    deployments = (
        digitize.to_deployment(
            "so-hoa", schedule=schedule, parameters=parameters, description="Số hóa một thư mục thành hồ sơ.",
            entrypoint_type=module,
        ),
        verify.to_deployment("doi-chieu", description="Đối chiếu kho với bản kê.", entrypoint_type=module),
        rebuild.to_deployment("dung-lai", description="Dựng lại danh mục và chỉ mục từ kho.", entrypoint_type=module),
    )  # fmt: skip
    # On SIGTERM the runner leaves a coroutine of its own unawaited; it has stopped all the same.
    warnings.filterwarnings("ignore", message="coroutine 'Runner.astop' was never awaited", category=RuntimeWarning)
    serve(*deployments, limit=limit, pause_on_shutdown=False)  # type: ignore[arg-type] # sync here, typed for both


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    """A Prefect server on this machine alone, for as long as the block lasts; its address."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false", "PREFECT_API_URL": f"{url}/api"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent
    )
    try:
        _wait_until_healthy(f"{url}/api/health", process)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(_STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", _SERVER_PORT))
        except OSError:
            probe.close()
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                return int(other.getsockname()[1])
        return _SERVER_PORT


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SERVER_PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.5)
    raise MachineError("máy chủ Prefect không khởi động được")


def _die_with_parent() -> None:
    """A server nobody stops any more would hold its port for ever. Ctrl-C is ours: we stop it in order."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
