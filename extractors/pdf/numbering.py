"""Automatic list numbers of a DOCX ("Điều 1.", "a)"): they are not in the text, but on the paper."""

from __future__ import annotations

import re
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"))
_ROMAN_LOW = ((9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class Numbering:
    """Counts list levels while the paragraphs are read in order."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        if part is None:
            return
        root = part.element
        for abstract in root.findall(_W + "abstractNum"):
            self._levels[abstract.get(_W + "abstractNumId")] = {
                int(lvl.get(_W + "ilvl")): (
                    _value(lvl, "numFmt", "decimal"),
                    _value(lvl, "lvlText", ""),
                    int(_value(lvl, "start", "1")),
                )
                for lvl in abstract.findall(_W + "lvl")
            }
        for num in root.findall(_W + "num"):
            self._abstract[num.get(_W + "numId")] = _value(num, "abstractNumId", "")
        for style in document.styles.element.findall(_W + "style"):
            found = _num_pr(style)
            if found is not None:
                self._styles[style.get(_W + "styleId")] = found

    def label(self, p: Any) -> str:
        """The number printed before paragraph ``p``, or an empty string."""
        found = _num_pr(p)
        if found is None:
            style = p.find(f"{_W}pPr/{_W}pStyle")
            found = self._styles.get(style.get(_W + "val")) if style is not None else None
        if found is None:
            return ""
        num, level = found
        abstract = self._abstract.get(num, "")
        levels = self._levels.get(abstract, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [k for k in counts if k > level]:
            del counts[deeper]
        kind, text, _ = levels[level]
        if kind == "bullet":
            return text if text in ("-", "+", "*", "–") else "-"
        if kind == "none":
            return ""

        def fill(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            shape, _text, start = levels.get(at, ("decimal", "", 1))
            return _format(counts.get(at, start), shape)

        return re.sub(r"%(\d)", fill, text)


def _num_pr(element: Any) -> tuple[str, int] | None:
    node = element.find(f"{_W}pPr/{_W}numPr")
    if node is None:
        return None
    num = _value(node, "numId", "0")
    return None if num == "0" else (num, int(_value(node, "ilvl", "0")))


def _value(parent: Any, name: str, default: str) -> str:
    node = parent.find(_W + name)
    return default if node is None else node.get(_W + "val") or default


def _format(number: int, shape: str) -> str:
    if shape in ("lowerLetter", "upperLetter"):
        letters = "abcdefghijklmnopqrstuvwxyz"
        text = letters[(number - 1) % 26] * ((number - 1) // 26 + 1)
        return text.upper() if shape == "upperLetter" else text
    if shape in ("lowerRoman", "upperRoman"):
        text, rest = "", number
        for value, sign in _ROMAN + _ROMAN_LOW:
            while rest >= value:
                text, rest = text + sign, rest - value
        return text.lower() if shape == "lowerRoman" else text
    return f"{number:02d}" if shape == "decimalZero" else str(number)
