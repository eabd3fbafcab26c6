"""Bộ gõ tiếng Việt: keys as an input method sends them, through the browser's own path for compositions.

An input method that composes takes every key first: the page sees a keydown with code 229 (named "Process", on some
systems by its own name) and the letters so far as a composition, which is taken over at the end.
"""

from __future__ import annotations

from typing import Any

# Telex: what stands in the composition after each key.
NGUYEN = ("N", "Ng", "Ngu", "Nguy", "Nguye", "Nguyê", "Nguyên", "Nguyễn")
THI = ("T", "Th", "Thi", "Thị")
DAO = ("D", "Đ", "Đa", "Đà", "Đào")
_PROCESS = 229
_ALT, _CTRL, _SHIFT = 1, 2, 8
# Keys that mean something to the desk or the search box: those that the browser itself acts upon come as "Process".
KEYS = (
    ("Process", "Enter", 0), ("Enter", "Enter", 0), ("Enter", "Enter", _CTRL), ("Enter", "Enter", _SHIFT),
    ("Process", "Tab", 0), ("Process", "ArrowDown", 0), ("ArrowDown", "ArrowDown", 0), ("ArrowUp", "ArrowUp", 0),
    ("Process", "Escape", 0), ("1", "Digit1", _ALT), ("0", "Digit0", _ALT), ("Process", "Digit1", _ALT),
    ("v", "KeyV", _ALT), ("Process", "KeyJ", 0), ("/", "Slash", 0),
)  # fmt: skip


class Typist:
    """Types into what has the focus."""

    def __init__(self, page: Any) -> None:
        self._cdp = page.context.new_cdp_session(page)

    def key(self, key: str, code: str, modifiers: int = 0) -> None:
        """A key that the input method has taken."""
        for kind in ("rawKeyDown", "keyUp"):
            self._cdp.send(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": key, "code": code, "modifiers": modifiers, "windowsVirtualKeyCode": _PROCESS},
            )

    def compose(self, letters: tuple[str, ...]) -> None:
        """Letter by letter; the composition stays open."""
        for text in letters:
            self.key("Process", f"Key{text[-1].upper()}" if text[-1].isascii() else "KeyS")
            self._cdp.send(
                "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
            )

    def commit(self, text: str) -> None:
        """The composition ends with this text."""
        self._cdp.send("Input.insertText", {"text": text})
