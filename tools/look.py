"""`make look`: one page to look at: the paper, the boxes, each field as read against the truth, worst papers first.

    .venv/bin/python -m tools.look --home DIR --truth truth.jsonl [--out look] [--only-wrong] [--limit N]

Solid boxes are where a value was read (green right, red wrong), dashed blue ones where it stands by the truth.
The result holds what the papers say, identity numbers too: made samples only, or keep it where the papers are kept.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from runtime.open import Workshop, open_workshop
from runtime.settings import load_settings
from schemas.errors import SohoaError
from schemas.record import Record
from tools.scoring import FIELDS, of_record, same

_WIDTH = 900  # pixels of a page picture
_STYLE = """
body{font:14px/1.45 system-ui,"Segoe UI",Arial,sans-serif;margin:1rem;background:#f4f5f4;color:#1b2421}
@media(prefers-color-scheme:dark){body{background:#161a19;color:#e6ecea}table,summary{background:#1d2422!important}}
article{margin:0 0 2rem;display:grid;grid-template-columns:minmax(0,11fr) minmax(0,10fr);gap:1rem;align-items:start}
h2{grid-column:1/-1;margin:.5rem 0 0;font-size:1.05rem}.page{position:relative;margin-bottom:.5rem}
.page img{display:block;width:100%;height:auto;border:1px solid #888}
svg{position:absolute;inset:0;width:100%;height:100%}
rect{fill:transparent;stroke-width:2;vector-effect:non-scaling-stroke}rect.right{stroke:#1b8a4b}
rect.wrong{stroke:#d02a2a;fill:#d02a2a22}rect.truth{stroke:#2766d8;stroke-dasharray:5 4;stroke-width:1.2}
table{border-collapse:collapse;background:#fff;width:100%}
td,th{border:1px solid #9996;padding:.25rem .45rem;text-align:left;vertical-align:top;white-space:pre-line}
tr.wrong td{background:#d02a2a1c}tr.sure-wrong td{background:#d02a2a55;font-weight:600}small{opacity:.75}
@media(max-width:900px){article{display:block}}
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one paper."""

    name: str
    want: Any
    got: object
    sure: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the truth with its record, None when the archive has none."""

    truth: dict[str, Any]
    record: Record | None
    fields: tuple[Compared, ...]

    @property
    def badness(self) -> tuple[int, int]:
        """Wrong and sure of it counts most, then how many are wrong."""
        wrong = [one for one in self.fields if not one.right]
        return sum(one.sure for one in wrong), len(wrong)


def compare(truth: dict[str, Any], record: Record | None) -> Paper:
    """Every field of the truth beside what was read."""
    exported = json.loads(record.model_dump_json()) if record else None
    found = []
    for name in FIELDS:
        if name in truth["fields"]:
            got, sure = of_record(exported, name)
            want = truth["fields"][name]
            found.append(Compared(name, want, got, sure, same(name, want, got)))
    return Paper(truth, record, tuple(found))


def draw_pages(paper: Paper, workshop: Workshop, folder: Path) -> dict[int, Path]:
    """Pictures of the pages that have a box or a wrong field, by page number (from 1)."""
    record = paper.record
    if record is None or record.objects.pdfa is None:
        return {}
    boxed = {place["page"] for place in paper.truth.get("boxes", {}).values()}
    boxed |= {field.page for name in type(record.fields).model_fields if (field := record.fields.get(name)).page}
    drawn: dict[int, Path] = {}
    document = pdfium.PdfDocument(workshop.store.get(record.objects.pdfa))
    try:
        for number in sorted(boxed):
            if number <= len(document):
                page = document[number - 1]
                drawn[number] = folder / f"{record.record_id}-{number}.jpg"
                image = page.render(scale=_WIDTH / page.get_width()).to_pil().convert("RGB")
                image.save(drawn[number], quality=80)
    finally:
        document.close()
    return drawn


def _rect(kind: str, title: str, box: Sequence[float]) -> str:
    x0, y0, x1, y1 = box
    size = f'x="{x0:.5f}" y="{y0:.5f}" width="{x1 - x0:.5f}" height="{y1 - y0:.5f}"'
    return f'<rect class="{kind}" {size}><title>{html.escape(title)}</title></rect>'


def _boxes(paper: Paper, number: int) -> str:
    drawn = []
    for name, place in paper.truth.get("boxes", {}).items():
        if place["page"] == number:
            drawn.append(_rect("truth", f"đáp án: {name}", place["bbox"]))
    if paper.record:
        right = {one.name: one.right for one in paper.fields}
        for name in type(paper.record.fields).model_fields:
            field = paper.record.fields.get(name)
            judged = "issuing_agency" if name in ("issuing_agency_name", "parent_agency_name") else name
            if field.page == number and field.bbox and judged in right:
                drawn.append(_rect("right" if right[judged] else "wrong", f"{name}: {field.value}", field.bbox))
    return "".join(drawn)


def _shown(value: object) -> str:
    if value is None or value in ("", [], ()):
        return "—"
    return html.escape("\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value))


def write_article(paper: Paper, pictures: dict[int, Path], out: Path) -> str:
    """One paper as HTML."""
    rows = []
    for one in sorted(paper.fields, key=lambda f: (f.right, not f.sure)):
        kind = "right" if one.right else "sure-wrong" if one.sure else "wrong"
        certainty = "chắc chắn" if one.sure else "cần rà soát"
        reasons = ""
        if paper.record and one.name in type(paper.record.fields).model_fields:
            reasons = ", ".join(paper.record.fields.get(one.name).reasons)
        rows.append(
            f'<tr class="{kind}"><td>{one.name}<br><small>{certainty}</small></td><td>{_shown(one.want)}</td>'
            f"<td>{_shown(one.got)}<br><small>{html.escape(reasons)}</small></td></tr>"
        )
    pages = "".join(
        f'<div class="page"><img loading="lazy" src="{picture.relative_to(out).as_posix()}" alt="trang {number}">'
        f'<svg viewBox="0 0 1 1" preserveAspectRatio="none">{_boxes(paper, number)}</svg></div>'
        for number, picture in pictures.items()
    )
    sure, wrong = paper.badness
    about = f"{len(paper.fields) - wrong}/{len(paper.fields)} đúng" + (f", {sure} sai mà chắc" if sure else "")
    missing = "" if paper.record else " · KHÔNG CÓ TRONG KHO"
    level = paper.truth.get("quality") or paper.truth.get("level") or ""
    head = f"{html.escape(paper.truth['file'])} <small>{html.escape(str(level))} · {about}{missing}</small>"
    table = f"<table><tr><th>Trường</th><th>Đáp án</th><th>Đọc được</th></tr>{''.join(rows)}</table>"
    return f"<article><h2>{head}</h2><div>{pages}</div>{table}</article>"


def write_report(papers: Iterable[Paper], workshop: Workshop, out: Path) -> Path:
    """The page and its pictures in ``out``; the path of the page."""
    listed = sorted(papers, key=lambda paper: paper.badness, reverse=True)
    folder = out / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    total = sum(len(paper.fields) for paper in listed)
    sure, wrong = (sum(paper.badness[i] for paper in listed) for i in (0, 1))
    body = "".join(write_article(paper, draw_pages(paper, workshop, folder), out) for paper in listed)
    head = (
        f"{len(listed)} văn bản, {total} trường: {total - wrong} đúng, {wrong} sai, {sure} sai mà chắc. Tệ nhất trước."
    )
    page = out / "index.html"
    page.write_text(
        '<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Nhìn tận mắt</title><style>{_STYLE}</style><h1>Nhìn tận mắt</h1><p>{head}</p>{body}</html>",
        encoding="utf-8",
    )
    return page


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Trang HTML: giấy, khung, trường đọc được cạnh đáp án; tệ nhất trước.")
    parser.add_argument("--home", type=Path, required=True, help="SOHOA_HOME của lần chạy")
    parser.add_argument("--truth", type=Path, required=True, help="đáp án, mỗi dòng một văn bản")
    parser.add_argument("--out", type=Path, default=Path("look"))
    parser.add_argument("--only-wrong", action="store_true", help="bỏ văn bản đúng hết")
    parser.add_argument("--limit", type=int, default=200, help="nhiều nhất bấy nhiêu văn bản, tệ nhất trước")
    options = parser.parse_args(arguments)
    for needed in (options.home, options.truth):
        if not needed.exists():
            print(f"Không có {needed}: chạy `make demo` trước.", file=sys.stderr)
            return 2
    truths = [json.loads(line) for line in options.truth.read_text(encoding="utf-8").splitlines() if line.strip()]
    try:
        with open_workshop(load_settings(home=options.home)) as workshop:
            records = workshop.catalogue.records
            papers = [compare(truth, records.of_source(truth["sha256"])) for truth in truths]
            papers = [paper for paper in papers if paper.badness[1] or not options.only_wrong]
            papers.sort(key=lambda paper: paper.badness, reverse=True)
            page = write_report(papers[: options.limit], workshop, options.out)
    except SohoaError as exc:
        print(exc.message, file=sys.stderr)
        return 3
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
