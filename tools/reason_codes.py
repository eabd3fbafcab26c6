"""Finds the machine codes of evidence in the source: what a reader of fields or a rule may put into ``reasons``.

docs/reading.md explains every one of them; tests/docs compares. A code is a string that the source writes into
``reasons=``, into a variable or parameter called ``reasons``, ``why`` or ``anomalies``, or returns as the last part of
an annotated ``tuple[..., str]`` or ``tuple[..., tuple[str, ...]]``. F-strings are spelled out for the two words they
may hold.

    .venv/bin/python -m tools.reason_codes      print them, one a line, with where they stand
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

from extractors.reference.base import Fit, How
from tools.report import ROOT

FOLDERS = ("extractors/fields", "extractors/classify", "extractors/certainty")
ANOMALIES = ("extractors/citations",)
_NAMES = frozenset({"reasons", "why", "anomalies"})
# What the words in the braces of an f-string can be.
_WORDS: dict[str, tuple[str, ...]] = {"fit": get_args(Fit), "how": (*get_args(How), "unknown")}


def codes_in(*folders: str) -> dict[str, set[str]]:
    """Code -> the files (relative to the project) that may write it."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(code, set()).add(path.relative_to(ROOT).as_posix())
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    takes = {
        node.name: [k for k, parameter in enumerate(node.args.args) if parameter.arg in _NAMES]
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments) if takes.get(name):
                for place in takes[name]:
                    yield from _strings(arguments[place]) if place < len(arguments) else ()
        match node:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                for keyword in keywords:
                    if keyword.arg in _NAMES:
                        yield from _strings(keyword.value)
                if isinstance(function, ast.Attribute) and function.attr == "append" and _is_named(function.value):
                    for argument in arguments:
                        yield from _strings(argument)
            case ast.Assign(targets=targets, value=value) if any(map(_is_named, targets)):
                yield from _strings(value)
            case ast.Assign(targets=[ast.Tuple(elts=left)], value=ast.Tuple(elts=right)) if len(left) == len(right):
                for target, value in zip(left, right, strict=True):
                    yield from _strings(value) if _is_named(target) else ()
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _is_named(target):
                yield from _strings(value)
            case ast.AugAssign(target=target, value=value) if _is_named(target):
                yield from _strings(value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value in _NAMES:
                        yield from _strings(value)
            case ast.FunctionDef(returns=ast.expr() as returns) if _ends_with_code(ast.unparse(returns)):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple):
                        yield from _strings(inner.value.elts[-1])


def _is_named(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _NAMES


def _ends_with_code(annotation: str) -> bool:
    return annotation.startswith("tuple[bool, float, str") or annotation.endswith(", tuple[str, ...]]")


def _strings(node: ast.expr) -> Iterator[str]:
    """The strings an expression may bring in; what is only compared or looked up does not count."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield from _spelled_out(node)
        case ast.Compare() | ast.Subscript() | ast.Call(func=ast.Attribute()) | ast.Name():
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _strings(body)
            yield from _strings(orelse)
        case _:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _strings(child)
                elif isinstance(child, ast.comprehension):
                    yield from _strings(child.iter)


def _spelled_out(node: ast.JoinedStr) -> Iterator[str]:
    parts: list[tuple[str, ...]] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append((str(part.value),))
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            if part.value.id not in _WORDS:
                raise ValueError(f"tools/reason_codes.py does not know what {{{part.value.id}}} can be")
            parts.append(_WORDS[part.value.id])
        else:
            raise ValueError(f"a reason too clever for tools/reason_codes.py: {ast.unparse(node)}")
    for words in product(*parts):
        yield "".join(words)


def main() -> None:
    for code, files in sorted(codes_in(*FOLDERS, *ANOMALIES).items()):
        print(f"{code:24} {', '.join(str(Path(f).name) for f in sorted(files))}")


if __name__ == "__main__":
    main()
