"""A reading as bytes and back: gzip over compact JSON, the same bytes for the same reading.

Lossless but for boxes, which keep five decimals of the page (a fiftieth of a millimetre on A4 is 0.0001).
"""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

from schemas.errors import StoreCorrupt
from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Reading, Table, Word
from schemas.sheet import Sheet
from schemas.signature import Signature

LAYOUT_VERSION = 1


def encode_layout(reading: Reading) -> bytes:
    """The reading as gzip JSON. Raises ValueError for a number that is not finite."""
    data = {
        "layout": LAYOUT_VERSION,
        "engine": reading.engine,
        "versions": [list(pair) for pair in reading.versions],
        "pages": [_page(page) for page in reading.pages],
        "signatures": [signature.model_dump(mode="json") for signature in reading.signatures],
    }
    if reading.sheets:
        data["sheets"] = [list(lines) for lines in reading.sheets]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=6, mtime=0)


def decode_layout(data: bytes) -> Reading:
    """The reading that was encoded. Raises StoreCorrupt (E207) for anything else."""
    try:
        tree = json.loads(gzip.decompress(data).decode("utf-8", "surrogatepass"))
        if tree["layout"] != LAYOUT_VERSION:
            raise StoreCorrupt("layout version")
        return Reading(
            pages=tuple(_to_page(page) for page in tree["pages"]),
            engine=tree["engine"],
            versions=tuple((name, version) for name, version in tree["versions"]),
            signatures=tuple(Signature.model_validate(s) for s in tree.get("signatures", ())),  # older ones have none
            sheets=tuple(tuple(lines) for lines in tree.get("sheets", ())),
        )
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError) as exc:
        raise StoreCorrupt("layout") from exc


def _page(page: PageReading) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "number": page.number,
        "width_pt": page.width_pt,
        "height_pt": page.height_pt,
        "origin": page.origin,
        "state": page.state,
        "rotation": page.rotation,
        "skew_deg": page.skew_deg,
        "dpi": page.dpi,
        "notes": list(page.notes),
        "lines": [
            {
                "region": line.region,
                "words": [[w.text, *w.box.as_tuple(), w.score, w.origin] for w in line.words],
                "readings": [[r.reader, r.text, r.score] for r in line.readings],
            }
            for line in page.lines
        ],
        "tables": [_table(table) for table in page.tables],
    }
    if page.sheet is not None:
        s = page.sheet
        tree["sheet"] = {"corners": s.corners, "ratio": s.ratio, "upper": s.upper, "lower": s.lower}
    return tree


def _table(table: Table) -> dict[str, Any]:
    tree: dict[str, Any] = {"box": list(table.box.as_tuple()), "rows": [list(row) for row in table.rows]}
    if table.doubts:
        tree["doubts"] = [list(place) for place in table.doubts]
    return tree


def _to_page(tree: dict[str, Any]) -> PageReading:
    return PageReading(
        number=tree["number"],
        width_pt=tree["width_pt"],
        height_pt=tree["height_pt"],
        origin=tree["origin"],
        state=tree["state"],
        rotation=tree["rotation"],
        skew_deg=tree["skew_deg"],
        dpi=tree["dpi"],
        notes=tuple(tree["notes"]),
        lines=tuple(
            Line(
                words=tuple(
                    Word(text, Box(x0, y0, x1, y1), score, origin)
                    for text, x0, y0, x1, y1, score, origin in line["words"]
                ),
                region=line["region"],
                readings=tuple(LineReading(reader, text, score) for reader, text, score in line["readings"]),
            )
            for line in tree["lines"]
        ),
        tables=tuple(
            Table(
                box=Box(*table["box"]),
                rows=tuple(tuple(row) for row in table["rows"]),
                doubts=tuple((row, column) for row, column in table.get("doubts", ())),
            )
            for table in tree["tables"]
        ),
        sheet=_to_sheet(tree["sheet"]) if "sheet" in tree else None,  # photographs only
    )


def _to_sheet(tree: dict[str, Any]) -> Sheet:
    a, b, c, d = ((float(x), float(y)) for x, y in tree["corners"])
    (up, more_up), (low, more_low) = tree["upper"], tree["lower"]
    return Sheet((a, b, c, d), float(tree["ratio"]), (up, more_up), (low, more_low))
