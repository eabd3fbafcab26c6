"""``sohoa serve``: the flows as deployments on this machine, on a schedule if asked."""

from __future__ import annotations

from pathlib import Path

from prefect import serve

from flows.prefect_flows import digitize, rebuild, verify
from runtime.settings import Settings


def serve_flows(settings: Settings, *, folder: Path | None, cron: str | None, limit: int) -> None:
    """Serve until stopped. Needs a Prefect server (SOHOA_PREFECT_API_URL) to be seen by others."""
    parameters: dict[str, object] = {"batch": "theo-lich", "paths": [str(folder.resolve())]} if folder else {}
    deployments = (
        digitize.to_deployment(
            "so-hoa", cron=cron, parameters=parameters, description="Số hóa một thư mục thành hồ sơ."
        ),
        verify.to_deployment("doi-chieu", description="Đối chiếu kho với bản kê."),
        rebuild.to_deployment("dung-lai", description="Dựng lại danh mục và chỉ mục từ kho."),
    )
    serve(*deployments, limit=limit)  # type: ignore[arg-type] # sync here, typed for both
