"""Makes documents: plans each from its own seed, writes the files and ``truth.jsonl``."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from samplemaker.content.write import pick_layout, write_paper
from samplemaker.model import Paper
from samplemaker.names import ASKED_FOR, DEFAULT_QUALITIES, KINDS, LAYOUTS, QUALITIES, TEXT_LAYERS
from samplemaker.produce import produce
from samplemaker.truth import field_boxes, truth_line
from samplemaker.typeset import pick_finish, pick_style, set_paper
from samplemaker.typeset.markup import other_tone


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A file that was made and the truth about it."""

    path: Path
    kind: str
    layout: str
    quality: str
    truth: dict[str, Any]


def make_documents(
    out: Path,
    *,
    count: int,
    seed: int,
    kinds: Sequence[str] | None = None,
    qualities: Sequence[str] | None = None,
    layouts: Sequence[str] | None = None,
) -> list[MadeDocument]:
    """Makes ``count`` files and ``truth.jsonl`` in ``out``; document k is the same whatever the count.

    Unknown names of kinds, qualities or layouts raise ValueError.
    """
    return list(iter_documents(out, count=count, seed=seed, kinds=kinds, qualities=qualities, layouts=layouts))


def iter_documents(
    out: Path,
    *,
    count: int,
    seed: int,
    kinds: Sequence[str] | None = None,
    qualities: Sequence[str] | None = None,
    layouts: Sequence[str] | None = None,
) -> Iterator[MadeDocument]:
    """The same one by one, for showing progress; ``truth.jsonl`` is complete when the iterator is exhausted."""
    chosen_kinds = _check(kinds, KINDS, [k for k in KINDS if k not in ASKED_FOR])
    chosen_qualities = _check(qualities, QUALITIES, list(DEFAULT_QUALITIES))
    chosen_layouts = _check(layouts, LAYOUTS, list(LAYOUTS))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.jsonl").open("w", encoding="utf8", newline="\n") as lines:
        for number in range(count):
            block, place = divmod(number, len(chosen_kinds))
            quality = chosen_qualities[(block + place) % len(chosen_qualities)]
            made = make_one(out, number, seed, chosen_kinds[place], quality, chosen_layouts)
            lines.write(json.dumps(made.truth, ensure_ascii=False) + "\n")
            yield made


def _check(names: Sequence[str] | None, known: dict[str, str], default: list[str]) -> list[str]:
    if not names:
        return default
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    return list(names)


def make_one(out: Path, number: int, seed: int, kind: str, quality: str, layouts: Sequence[str]) -> MadeDocument:
    """One document from its own seed."""
    own = f"{seed}:{number}"
    rng = Random(f"samplemaker {own} {kind} {quality}")
    layout = pick_layout(kind, rng, tuple(layouts))
    paper = write_paper(kind, layout, rng)
    style = pick_style(rng, layout, kind)
    finish = pick_finish(rng, quality)
    if quality in ("docx", "txt"):
        style = dataclasses.replace(style, page_number="none", dots="none", header="two", date_at_sign=False)
    if quality in TEXT_LAYERS and style.font == "mono" and rng.random() < 0.5:
        style = dataclasses.replace(style, font="serif", fill_font="serif")
    if quality in TEXT_LAYERS and style.dots == "under":
        style = dataclasses.replace(style, dots="after")
    if style.other_tones:
        paper = retone(paper)
    pages = set_paper(paper, style, finish, rng)
    product = produce(paper, pages, style, quality, rng)
    name = f"{number:05d}_{quality}_{kind}{product.suffix}"
    (out / name).write_bytes(product.data)
    boxes = field_boxes(pages, product.matrices, product.dpi or 72) if quality not in ("docx", "txt") else {}
    truth = truth_line(
        paper,
        finish,
        name=name,
        data=product.data,
        quality=quality,
        seed=own,
        texts=product.texts,
        boxes=boxes,
        rotation=product.rotation,
        form_by_hand=style.fill_font.startswith("hand"),
        container=product.suffix.lstrip("."),
        dpi=product.dpi,
    )
    return MadeDocument(out / name, kind, layout, quality, truth)


def retone(paper: Paper) -> Paper:
    """The paper with the other placement of tone marks everywhere, as some typists write."""
    changed: Paper = _retone(paper)
    changed.doc_type, changed.kind, changed.layout = paper.doc_type, paper.kind, paper.layout
    return changed


def _retone(value: Any) -> Any:
    if isinstance(value, str):
        return other_tone(value)
    if isinstance(value, tuple | list):
        return type(value)(_retone(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{f.name: _retone(getattr(value, f.name)) for f in dataclasses.fields(value)}
        )
    return value
