"""Taking a scanner's text out of a page without touching its picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Name, Stream

_SHOW = frozenset({"Tj", "TJ", "'", '"'})
_TEXT_STATE = frozenset({"BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts", "Tr"})
_HIDDEN_MODES = frozenset({3, 7})
_FULL = 0.6
_MAX_DEPTH = 6
_Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class _State:
    mode: int = 0
    ctm: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Stripped:
    """What was found: text operators taken out, and those left that show."""

    removed: int = 0
    visible: int = 0


def strip_hidden_text(pdf: pikepdf.Pdf, page: pikepdf.Page) -> Stripped:
    """Remove text that nobody sees: invisible by its rendering mode, or painted over by a full-page picture.

    The page's contents are rewritten only when something is removed; image streams are never touched.
    Raises pikepdf.PdfError on a content stream that cannot be parsed.
    """
    found = Stripped()
    box = [float(v) for v in page.cropbox]
    area = abs((box[2] - box[0]) * (box[3] - box[1])) or 1.0
    kept, _ = _filter(pdf, page, page.obj.get("/Resources"), area, _State(), found, 0)
    if found.removed:
        if not found.visible:
            kept = _without_text_state(kept)
            resources = page.obj.get("/Resources")
            if isinstance(resources, pikepdf.Dictionary):
                page.obj.Resources = _without_fonts(resources)
        page.obj.Contents = pdf.make_indirect(Stream(pdf, pikepdf.unparse_content_stream(kept)))
    return found


def _without_text_state(kept: list[Any]) -> list[Any]:
    """No text is left: fonts and text positions need not be named any more."""
    return [i for i in kept if str(i.operator) not in _TEXT_STATE]


def _without_fonts(resources: Any) -> Any:
    return pikepdf.Dictionary({key: value for key, value in resources.items() if key != "/Font"})


def _filter(
    pdf: pikepdf.Pdf, source: Any, resources: Any, area: float, state: _State, found: Stripped, depth: int
) -> tuple[list[Any], bool]:
    """Instructions without hidden text, and whether a full-page picture was painted among them."""
    kept: list[Any] = []
    shown_at: list[int] = []  # places in ``kept`` of visible text, until a picture covers it
    stack: list[_State] = []
    covered = False
    xobjects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    for instruction in pikepdf.parse_content_stream(source):
        op = str(instruction.operator)
        operands = instruction.operands
        if op == "q":
            stack.append(_State(state.mode, state.ctm))
        elif op == "Q" and stack:
            state = stack.pop()
        elif op == "cm" and len(operands) == 6:
            state.ctm = _multiply(tuple(float(v) for v in operands), state.ctm)
        elif op == "Tr" and operands:
            state.mode = int(operands[0])
        elif op in _SHOW:
            if state.mode in _HIDDEN_MODES:
                found.removed += 1
                continue
            shown_at.append(len(kept))
        elif op == "Do" and isinstance(xobjects, pikepdf.Dictionary) and operands and str(operands[0]) in xobjects:
            target = xobjects[str(operands[0])]
            subtype = target.get("/Subtype")
            whole = subtype == Name.Image and not target.get("/ImageMask") and "/SMask" not in target
            if whole and abs(state.ctm[0] * state.ctm[3] - state.ctm[1] * state.ctm[2]) >= _FULL * area:
                covered = True
                found.removed += len(shown_at)
                for at in shown_at:
                    kept[at] = None
                shown_at = []
            elif subtype == Name.Form and depth < _MAX_DEPTH:
                before = found.removed
                seen = found.visible
                inner = _State(state.mode, state.ctm)
                part, _ = _filter(pdf, target, target.get("/Resources", resources), area, inner, found, depth + 1)
                if found.removed > before:
                    textless = found.visible == seen
                    part = _without_text_state(part) if textless else part
                    fresh = Stream(pdf, pikepdf.unparse_content_stream(part))
                    for key, value in target.stream_dict.items():
                        if key not in ("/Length", "/Filter", "/DecodeParms"):
                            fresh.stream_dict[key] = value
                    if textless and "/Resources" in target:
                        fresh.stream_dict["/Resources"] = _without_fonts(target.Resources)
                    xobjects[str(operands[0])] = pdf.make_indirect(fresh)
        kept.append(instruction)
    found.visible += len(shown_at)
    return [i for i in kept if i is not None], covered


def _multiply(m: tuple[float, ...], n: _Matrix) -> _Matrix:
    a, b, c, d, e, f = m
    return (
        a * n[0] + b * n[2],
        a * n[1] + b * n[3],
        c * n[0] + d * n[2],
        c * n[1] + d * n[3],
        e * n[0] + f * n[2] + n[4],
        e * n[1] + f * n[3] + n[5],
    )
