"""Cài đặt: one frozen ``Settings``, read from ``SOHOA_*``; the only module that touches the environment."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator

from schemas.base import Frozen
from schemas.errors import BadSettings

PREFIX = "SOHOA_"
_SECRET_FILES = (
    "store_url",
    "database_url",
    "web_password",
    "oidc_client_secret",
)  # may come as SOHOA_..._FILE (Docker secrets)


class Settings(Frozen):
    """How this machine digitizes. Every key is the environment variable SOHOA_<KEY>."""

    home: Path = Field(default=Path("sohoa-home"), description="Thư mục dữ liệu: danh mục, chỉ mục, nhật ký, kho.")
    store_url: SecretStr = Field(
        default=SecretStr(""),
        description="Kho đối tượng: folder:ĐƯỜNG_DẪN hoặc s3://khóa:bí_mật@máy:cổng/thùng?secure=true. "
        "Để trống: thư mục store trong SOHOA_HOME.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="Danh mục: sqlite:///... hoặc postgresql+psycopg://... Để trống: catalogue.db trong SOHOA_HOME.",
    )
    workers: int = Field(default=0, ge=0, le=512, description="Số tiến trình đọc; 0 = số lõi của máy.")
    worker_documents: int = Field(
        default=200, ge=1, description="Sau bấy nhiêu tài liệu, tiến trình đọc được thay mới (bộ nhớ không tăng mãi)."
    )
    max_pages: int = Field(default=2000, ge=1, description="Số trang tối đa của một tài liệu.")
    max_pixels: int = Field(default=150_000_000, ge=1_000_000, description="Số điểm ảnh tối đa của một trang ảnh.")
    document_timeout: float = Field(
        default=300.0, gt=0, description="Thời gian tối đa cho một tài liệu (giây), cộng page_timeout cho mỗi trang."
    )
    page_timeout: float = Field(default=60.0, ge=0, description="Phần thời gian thêm cho mỗi trang (giây).")
    retry_quarantined: bool = Field(
        default=False, description="Thử lại mọi tệp đang cách ly (trừ tài liệu mật), kể cả khi tệp không đổi."
    )
    ocr_engine: Literal["pytesseract", "tesserocr"] = Field(
        default="pytesseract", description="Bộ đọc ảnh: pytesseract (mặc định) hoặc tesserocr (trong tiến trình)."
    )
    prefect: Literal["auto", "always", "never"] = Field(
        default="auto", description="Dùng Prefect: auto (khi có máy chủ, hoặc mẻ dài), always, never. Xem ADR 0002."
    )
    prefect_api_url: str = Field(
        default="", description="Máy chủ Prefect; để trống thì theo PREFECT_API_URL, hoặc chạy trong tiến trình."
    )
    prefect_after: float = Field(
        default=400.0, ge=0, description="Với auto: việc còn lại trên bấy nhiêu giây thì mở Prefect bên cạnh."
    )
    chunk_documents: int = Field(default=25, ge=1, le=500, description="Số tài liệu trong một tác vụ Prefect.")
    watch_delay: float = Field(
        default=10.0, ge=0, description="`sohoa watch`: tệp phải đứng yên bấy nhiêu giây mới được nạp."
    )
    search_engine: Literal["auto", "tantivy", "postgresql"] = Field(
        default="auto", description="Máy tìm: auto (PostgreSQL khi danh mục ở đó, nếu không thì chỉ mục nhúng tantivy)."
    )
    web_password: SecretStr = Field(
        default=SecretStr(""),
        description="Mật khẩu của `sohoa review` (HTTP Basic, tên người dùng tự chọn) khi chưa có tài khoản nào; "
        "khi --host khác máy này thì phải có mật khẩu này hoặc tài khoản.",
    )
    oidc_issuer: str = Field(
        default="",
        description="Máy chủ định danh OpenID Connect (địa chỉ issuer); để trống: chỉ đăng nhập bằng mật khẩu.",
    )
    oidc_client_id: str = Field(default="", description="Mã ứng dụng Sohoa tại máy chủ định danh.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Bí mật của ứng dụng tại máy chủ định danh; để trống: ứng dụng công khai (PKCE).",
    )
    oidc_claim: str = Field(
        default="preferred_username", description="Trường của ID token mang tên đăng nhập Sohoa ở lần vào đầu tiên."
    )
    web_https: bool = Field(
        default=False, description="Trang web được mở qua HTTPS (có máy chủ đứng trước): cookie chỉ đi qua HTTPS."
    )
    review_rules: str = Field(
        default="", description="Tệp TOML quy tắc rà soát thay cho mặc định (review/data/keying.toml)."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Mức nhật ký.")

    @field_validator("home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return Path(os.path.abspath(value.expanduser()))

    @property
    def worker_count(self) -> int:
        """How many worker processes: as asked, else the cores this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

    @property
    def store_address(self) -> str:
        """The store URL with its secret: only for opening the store."""
        return self.store_url.get_secret_value() or f"folder:{self.home / 'store'}"

    @property
    def database_address(self) -> str:
        """The SQLAlchemy URL with its secret: only for opening the catalogue."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.home / 'catalogue.db'}"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"

    @property
    def log_folder(self) -> Path:
        return self.home / "logs"

    @property
    def spool_folder(self) -> Path:
        """Unpacked archives and half-made copies; may be emptied whenever nothing runs."""
        return self.home / "spool"

    def timeout_for(self, pages: int) -> float:
        """Seconds one document of ``pages`` pages may take."""
        return self.document_timeout + self.page_timeout * pages


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from ``SOHOA_*`` of ``environ`` (the process's by default), then ``overrides`` that are not None.

    Raises BadSettings (E206) for an unknown key or a value that does not fit, naming the variable.
    """
    source = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for name, text in source.items():
        if not name.startswith(PREFIX):
            continue
        key = name[len(PREFIX) :].lower()
        if key.endswith("_file") and key.removesuffix("_file") in _SECRET_FILES:
            try:
                values[key.removesuffix("_file")] = Path(text).read_text(encoding="utf-8").strip()
            except OSError as exc:
                raise BadSettings(f"không đọc được tệp của {name}") from exc
        elif key not in Settings.model_fields:
            raise BadSettings(f"không có cài đặt {name}")
        elif text.strip():
            values[key] = text.strip()
    if not values.get("prefect_api_url") and source.get("PREFECT_API_URL"):
        values["prefect_api_url"] = source["PREFECT_API_URL"]
    values |= {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        keys = ", ".join(sorted({PREFIX + str(error["loc"][0]).upper() for error in exc.errors() if error["loc"]}))
        raise BadSettings(f"giá trị không hợp lệ: {keys}") from exc


_ALLOCATOR = "GLIBC_TUNABLES"
_LARGE_PAGES = (
    "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824:glibc.malloc.top_pad=67108864:"
    "glibc.malloc.trim_threshold=2147483648"
)


def prepare_environment(settings: Settings) -> None:
    """Set what the tools we start read from the environment; call once, before they are imported.

    One thread a process for Tesseract and the numeric libraries (pages run in parallel instead), and Prefect
    inside SOHOA_HOME, silent, without telemetry, with time enough to start its in-process server.
    """
    fixed = {
        "OMP_THREAD_LIMIT": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_HOME": str(settings.home / "prefect"),
    }
    os.environ.update(fixed)
    with contextlib.suppress(OSError):  # a home that cannot be made is told by whoever needs it
        (settings.home / "prefect").mkdir(parents=True, exist_ok=True)  # Prefect makes its folder, not its parents
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")
    if settings.prefect_api_url:
        os.environ["PREFECT_API_URL"] = settings.prefect_api_url


def begin_with_large_pages() -> None:
    """Begin this program anew, once, with what it gathers in pages of 2 MB; its id stays. For work that looks things up
    all over its memory, as filling an index does: asking where a small page lies costs more than what is read there.

    The allocator takes this from the environment only, when the program begins. A value set by somebody stays, and
    where there is another allocator, or the system has no such pages, nothing changes.
    """
    if sys.platform != "linux" or _ALLOCATOR in os.environ or not sys.executable:
        return
    os.execve(sys.executable, sys.orig_argv, {**os.environ, _ALLOCATOR: _LARGE_PAGES})


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment for a child ``sohoa``: this process's, with these settings in it (secrets included)."""
    env = dict(os.environ)
    for key in Settings.model_fields:
        value = getattr(settings, key)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        if plain:
            env[PREFIX + key.upper()] = plain
        for name in (f"{PREFIX}{key.upper()}_FILE",):
            env.pop(name, None)
    return env
