"""Nơi tệp đến: paths as text that any database takes, whatever bytes they are made of."""

from __future__ import annotations

import hashlib
import re

_ESCAPED = re.compile(r"[\\\x00-\x1f\x7f\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|\\)")


def escape_origin(origin: str) -> str:
    """A path as printable text, and back by ``unescape_origin``.

    Bytes that are no UTF-8 (surrogate escapes) become ``\\xff``, control characters ``\\u000a``, a backslash two.
    """

    def escape(m: re.Match[str]) -> str:
        if m[0] == "\\":
            return "\\\\"
        code = ord(m[0])
        return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"

    return _ESCAPED.sub(escape, origin)


def unescape_origin(text: str) -> str:
    """The path that ``escape_origin`` was given."""

    def restore(m: re.Match[str]) -> str:
        if m[1]:
            return chr(0xDC00 + int(m[1], 16))
        return chr(int(m[2], 16)) if m[2] else "\\"

    return _ESCAPE.sub(restore, text)


def origin_key(origin: str) -> str:
    """SHA-256 of the escaped origin: what the ledger finds it by (a path may be too long for an index)."""
    return hashlib.sha256(escape_origin(origin).encode()).hexdigest()
