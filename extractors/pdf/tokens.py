"""Content streams cut into operators and operands by one regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pdfminer.psparser import LIT

_TOKEN = re.compile(
    rb"""[\x00\t\n\x0c\r ]*(?:
      (?P<num>[+-]?(?:\d+\.?\d*|\.\d+))(?=[\x00\t\n\x0c\r ()<>\[\]/%]|$)
    | (?P<op>[A-Za-z'"][A-Za-z0-9*]*)
    | (?P<str>\((?:[^()\\]|\\[\s\S])*\))
    | (?P<hex><[0-9A-Fa-f\x00\t\n\x0c\r ]*>)
    | (?P<name>/[^\x00\t\n\x0c\r ()<>\[\]/%{}]*)
    | (?P<open>\[|<<)
    | (?P<close>\]|>>)
    | (?P<nested>\()
    | (?P<comment>%[^\r\n]*)
    | (?P<junk>[^\x00\t\n\x0c\r ])
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(rb"\\(?:([nrtbf()\\])|([0-7]{1,3})|(\r\n|\r|\n)|)")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"(": b"(", b")": b")", b"\\": b"\\"}
_INLINE_END = re.compile(rb"[\x00\t\n\x0c\r ]EI(?=[\x00\t\n\x0c\r ]|$)")
_NAME_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


def _unescape(data: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        simple, octal, _newline = match.groups()
        if simple:
            return _ESCAPES[simple]
        return bytes((int(octal, 8) & 255,)) if octal else b""

    return _ESCAPE.sub(one, data) if b"\\" in data else data


def _nested_string(data: bytes, start: int) -> tuple[bytes, int]:
    """The string whose opening bracket is at ``start``, with brackets inside; and where it ends."""
    depth, i, n = 0, start, len(data)
    while i < n:
        c = data[i]
        if c == 0x5C:
            i += 1
        elif c == 0x28:
            depth += 1
        elif c == 0x29:
            depth -= 1
            if depth == 0:
                return _unescape(data[start + 1 : i]), i + 1
        i += 1
    return _unescape(data[start + 1 :]), n


def _literal(token: bytes) -> Any:
    raw = token[1:]
    if b"#" in raw:
        raw = _NAME_HEX.sub(lambda m: bytes((int(m.group(1), 16),)), raw)
    try:
        return LIT(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return LIT(raw)


def operations(data: bytes) -> Iterator[tuple[str, list[Any]]]:
    """(operator, operands) of a content stream; an inline image arrives as ("EI", [])."""
    args: list[Any] = []
    stack: list[tuple[bytes, list[Any]]] = []
    match = _TOKEN.match
    pos, end = 0, len(data)
    while pos < end:
        m = match(data, pos)
        if m is None:
            return
        pos = m.end()
        kind = m.lastgroup
        token = m.group(kind) if kind else b""
        if kind == "num":
            args.append(float(token) if b"." in token else int(token[:15]))
        elif kind == "op":
            op = token.decode("ascii")
            if stack:
                if op in ("true", "false", "null"):
                    args.append(op == "true" if op != "null" else None)
                continue
            if op == "ID":
                found = _INLINE_END.search(data, pos)
                pos = found.end() if found else end
                yield "EI", []
            elif op == "BI":
                pass
            elif op in ("true", "false", "null"):
                args.append(op == "true" if op != "null" else None)
                continue
            else:
                yield op, args
            args = []
        elif kind == "str":
            args.append(_unescape(token[1:-1]))
        elif kind == "hex":
            digits = bytes(token[1:-1]).translate(None, b"\x00\t\n\x0c\r ").decode("ascii")
            args.append(bytes.fromhex(digits + "0" * (len(digits) % 2)))
        elif kind == "name":
            args.append(_literal(token))
        elif kind == "open":
            if len(stack) > 64:
                return
            stack.append((token, args))
            args = []
        elif kind == "close":
            if stack:
                opened, outer = stack.pop()
                value: Any = args
                if opened == b"<<":
                    value = {
                        getattr(k, "name", k): v for k, v in zip(args[::2], args[1::2], strict=False) if _hashable(k)
                    }
                args = outer
                args.append(value)
        elif kind == "nested":
            text, pos = _nested_string(data, m.start("nested"))
            args.append(text)


def _hashable(key: Any) -> bool:
    return not isinstance(key, list | dict)
