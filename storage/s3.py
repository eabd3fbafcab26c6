"""Objects in one bucket of an S3 server: the only module that knows the package ``minio``.

Uploads carry ``If-None-Match: *`` (the server itself refuses to overwrite), and their SHA-256 as user metadata: a
hint that saves reading what is surely different. What counts is always the hash of the bytes read back.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256 as new_sha256
from pathlib import Path
from typing import IO, Any, TypeVar

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError, MaxRetryError

from schemas.errors import (
    BadSettings,
    DiskFull,
    FileChanged,
    ObjectExists,
    ObjectNotFound,
    StoreCorrupt,
    StoreUnreachable,
    UnreadableFile,
)
from storage.folder import disk_errors
from storage.keys import check_key
from storage.store import CHUNK, Stored, digest_of, must_match

_PART = 16 << 20  # bytes of one part of a large object: what an upload holds in memory
_TRIES = 3  # reads begun again when the connection breaks in the middle
_META = "x-amz-meta-sha256"  # servers differ in upper and lower case: always compared in lower
_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "ResourceNotFound"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_FULL = frozenset({"XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity", "QuotaExceeded", "DiskFull"})
_FULL_WORDS = ("no space left", "no writable volumes", "no free volumes", "not enough data nodes", "quota exceeded")

T = TypeVar("T")


class _CreateOnly(urllib3.PoolManager):
    """Adds ``If-None-Match: *`` to uploads of whole objects, for which the client has no option."""

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> Any:  # type: ignore[override]
        headers = kw.get("headers")
        if method == "PUT" and headers is not None and _META in {name.lower() for name in headers}:
            headers["If-None-Match"] = "*"
        return super().urlopen(method, url, redirect, **kw)


class S3Store:
    """Objects in ``bucket``, which is made when it is missing. A dead server is noticed within seconds.

    Raises BadSettings (E206) for an impossible address, StoreUnreachable (E202).
    """

    def __init__(
        self,
        *,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        secure: bool = True,
        region: str = "us-east-1",
        read_timeout: float = 60.0,
    ) -> None:
        pool = _CreateOnly(
            timeout=urllib3.Timeout(connect=2.0, read=read_timeout),
            retries=urllib3.Retry(
                total=2, connect=1, backoff_factor=0.2, status_forcelist=(502, 503, 504), raise_on_status=False
            ),
            maxsize=8,
            cert_reqs="CERT_REQUIRED",  # by the system's certificates: an office's own authority counts
        )
        self._bucket = bucket
        try:
            self._client = Minio(
                endpoint, access_key=access_key, secret_key=secret_key, secure=secure, region=region, http_client=pool
            )
            with _server_errors():
                if not self._client.bucket_exists(bucket):
                    self._make_bucket()
        except ValueError as exc:  # the client's word for a bad host or bucket name
            raise BadSettings("SOHOA_STORE_URL") from exc

    def put(self, key: str, source: bytes | Path, *, media_type: str, expect: str | None = None) -> Stored:
        check_key(key)
        sha256, size = digest_of(source)
        if expect is not None and sha256 != expect:
            raise FileChanged
        with _server_errors():
            there = self._claimed(key)
            if there is None and self._upload(key, source, sha256, size, media_type):
                return must_match(self._hash(key), sha256, size)
            there = self._claimed(key)
            if there is None:
                raise StoreCorrupt(key)
            if there != (sha256, size) and there[0] is not None:
                raise ObjectExists(key)
            found = self._hash(key)
        if (found.sha256, found.size) == (sha256, size):
            return found
        if there[0] is not None:  # written with these bytes, and holds others now
            raise StoreCorrupt(key)
        raise ObjectExists(key)

    def get(self, key: str) -> bytes:
        check_key(key)

        def read() -> bytes:
            out = io.BytesIO()
            self._read(key, out)
            return out.getvalue()

        with _server_errors():
            return _again(read)

    def fetch(self, key: str, path: Path) -> Stored:
        check_key(key)
        part = path.with_name(f".{path.name}.part")

        def read() -> Stored:
            with disk_errors(), part.open("wb") as out:
                return self._read(key, out)

        try:
            with _server_errors():
                stored = _again(read)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return stored

    def stat(self, key: str) -> Stored | None:
        check_key(key)
        with _server_errors(), suppress(ObjectNotFound):
            return self._hash(key)
        return None

    def list(self, prefix: str) -> Iterator[str]:
        with _server_errors():
            for item in self._client.list_objects(self._bucket, prefix=prefix or None, recursive=True):
                if item.object_name and not item.is_dir:
                    yield item.object_name

    def enforces_locks(self) -> bool:
        """Whether the bucket holds every object for a time by default (object lock with a retention rule)."""
        with _server_errors():
            try:
                return self._client.get_object_lock_config(self._bucket).mode is not None
            except S3Error:  # this bucket, or this server, knows no locks
                return False

    def remove(self, key: str) -> None:
        check_key(key)
        with _server_errors():
            self._client.remove_object(self._bucket, key)

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as exc:  # another process was quicker
            if exc.code not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _claimed(self, key: str) -> tuple[str | None, int] | None:
        """The SHA-256 (None when the writer gave none) and size an object claims to have; None when not there."""
        try:
            there = self._client.stat_object(self._bucket, key)
        except S3Error as exc:
            if exc.code in _MISSING:
                return None
            raise
        names = {name.lower(): value for name, value in (there.metadata or {}).items()}
        return names.get(_META), int(there.size or 0)

    def _upload(self, key: str, source: bytes | Path, sha256: str, size: int, media_type: str) -> bool:
        """False when the server says that the key is taken."""
        try:
            with _open(source) as stream:
                self._client.put_object(
                    self._bucket,
                    key,
                    _Counted(stream, sha256, size),  # type: ignore[arg-type]
                    size,
                    content_type=media_type,
                    metadata={_META: sha256},
                    part_size=_PART if size > _PART else 0,
                    num_parallel_uploads=1,
                )
        except S3Error as exc:
            if exc.code in _TAKEN:
                return False
            if exc.code == "InternalError" and not _is_full(exc):  # all that SeaweedFS says of a full disk
                raise StoreUnreachable("máy chủ kho báo lỗi khi ghi, có thể đã hết đĩa: InternalError") from exc
            raise
        return True

    def _hash(self, key: str) -> Stored:
        return _again(lambda: self._read(key, None))

    def _read(self, key: str, out: IO[bytes] | None) -> Stored:
        """The object piece by piece, hashed, into ``out``. Raises ObjectNotFound, HTTPError when it is cut short."""
        try:
            response = self._client.get_object(self._bucket, key)
        except S3Error as exc:
            if exc.code in _MISSING:
                raise ObjectNotFound(key) from exc
            raise
        digest, size = new_sha256(), 0
        try:
            for chunk in response.stream(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if out is not None:
                    out.write(chunk)
            announced = response.headers.get("Content-Length")
        except BaseException:
            response.close()  # what is left of the body is not read
            raise
        finally:
            response.release_conn()
        if announced is not None and int(announced) != size:
            raise HTTPError("cut short")
        return Stored(key, digest.hexdigest(), size)


class _Counted:
    """A source that refuses to end as anything but what was hashed before: the upload is then given up."""

    def __init__(self, stream: IO[bytes], sha256: str, size: int) -> None:
        self._stream = stream
        self._expected = sha256
        self._left = size
        self._digest = new_sha256()

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._stream.read(size)
        except OSError as exc:
            raise UnreadableFile(type(exc).__name__) from exc
        self._digest.update(chunk)
        self._left -= len(chunk)
        if (self._left <= 0 or not chunk) and self._digest.hexdigest() != self._expected:
            raise FileChanged
        return chunk


@contextmanager
def _open(source: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        stream = source.open("rb")
    except OSError as exc:
        raise UnreadableFile(type(exc).__name__) from exc
    with stream:
        yield stream


def _again(read: Callable[[], T]) -> T:
    """``read`` from its beginning, up to three times, when the connection breaks while it runs."""
    for _ in range(_TRIES - 1):
        try:
            return read()
        except MaxRetryError:
            raise  # the pool has tried enough
        except HTTPError:
            continue
    return read()


def _is_full(exc: S3Error) -> bool:
    words = (exc.message or "").lower()
    return exc.code in _FULL or exc.response.status == 507 or any(word in words for word in _FULL_WORDS)


@contextmanager
def _server_errors() -> Iterator[None]:
    """What client, network and server raise, as our errors; the server's code goes in, its words stay out."""
    try:
        yield
    except S3Error as exc:
        raise (DiskFull if _is_full(exc) else StoreUnreachable)(exc.code or "") from exc
    except ServerError as exc:
        raise (DiskFull if exc.status_code == 507 else StoreUnreachable)(str(exc.status_code)) from exc
    except (InvalidResponseError, MinioException, HTTPError) as exc:
        raise StoreUnreachable(type(exc).__name__) from exc
