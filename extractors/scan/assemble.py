"""Words of a stacked picture become the lines of a page, with second readings where they matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from extractors.ocr.engine import Gray, LineReader, LineText, OcrWord
from extractors.reference.names import name_score, valid_syllable
from extractors.reference.titles import snap_capacity, snap_title
from extractors.scan.hands import slot_hands
from extractors.scan.language import plainly_read
from extractors.scan.owner_lines import owner_lines
from extractors.scan.page_lines import (
    PageLine,
    add_faded,
    cut,
    gather_lines,
    spread_words,
    unread_rows,
    widen,
    word_box,
)
from extractors.scan.prepare import ScanPage
from extractors.scan.stamps import read_stamps
from extractors.scan.vote import best_text
from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Region, Word
from schemas.text import bare

# Where running text begins; the same words as cues.toml, which fields use on the finished reading.
_BODY = re.compile(r"^\W{0,3}(can cu|theo de nghi|xet |kinh gui|dieu \d|hom nay|i\.|1\.|ho[,]? (chu dem|va) ?ten)")
OWNER_PAGES = 2  # a decision of one page and a half names its owner in Điều 1, on the second
TITLE_LINES = 8  # body lines under the letterhead that may hold the type and the trích yếu
_MOTTO = re.compile(r"cong h[o0]a xa h|doc lap.{0,4}tu do|chu nghia viet")
_RECIPIENTS = re.compile(r"noi nh[aâ]n|^luu\W")
_TABLE_SLACK = 4


def assemble(
    page: ScanPage, words: Sequence[OcrWord], *, reader: LineReader | None, width_pt: float, height_pt: float
) -> PageReading:
    """The page as read. ``reader`` reads the letterhead, the title and the signature block a second time.

    ``width_pt`` and ``height_pt`` are of the upright page.
    """
    lines = _split_motto(gather_lines(page.stacked, words, page.blocks), page)
    lines = widen(lines, page.page, page.blocks)
    if page.faded_blocks:
        first = len(page.blocks)
        lines = add_faded(lines, page.stacked, words, first=first, blocks_again=page.faded_blocks)
    regions = _regions(page, lines)
    if reader is not None:
        lines = sorted(
            [*lines, *unread_rows(lines, page.page, page.blocks)], key=lambda q: (q.block, q.box[1] + q.box[3])
        )
    wanted = _wanted(page, lines, regions) if reader is not None else frozenset()
    out: list[Line] = []
    slots: dict[str, str] = {}
    for k, line in enumerate(lines):
        region = _table_region(page, line) or regions[line.block]
        readings: tuple[LineReading, ...] = ()
        if k in wanted and reader is not None:
            readings = _second_readings(page, line, region, reader)
        made = _line(page, line, region, readings)
        if made is not None:
            out.append(made)
            slots = {**slot_hands(page, line, region, made.text), **slots}  # the first line of a kind counts
    if reader is not None:
        titled = any(q.region == "sign_right" and any(_is_title(r.text) for r in q.readings) for q in out)
        for title in [] if titled else _search_titles(page, lines, regions, reader):
            at = next((i for i, q in enumerate(out) if q.region == "sign_right" and q.box.cy > title.box.cy), len(out))
            out.insert(at, title)
    if reader is not None and page.number == 1:
        out.extend(read_stamps(page, reader))
    state = "blank" if page.blank else ("text" if out else "picture")
    return PageReading(
        number=page.number,
        width_pt=width_pt,
        height_pt=height_pt,
        lines=tuple(out),
        origin="ocr",
        state="blank" if state == "blank" else ("text" if state == "text" else "picture"),
        rotation=page.rotation,
        skew_deg=page.skew_deg,
        dpi=page.dpi,
        notes=(*(("photographed",) if page.sheet else ()), *(("red_seal",) if page.seals else ()), *slots.values()),
        sheet=page.sheet,
    )


def _split_motto(lines: list[PageLine], page: ScanPage) -> list[PageLine]:
    """A first row whose two columns nearly touch is read as one line: cut it where the motto begins."""
    left = next((k for k, b in enumerate(page.blocks) if b.region == "header_left"), None)
    if left is None:
        return lines
    out: list[PageLine] = []
    for line in lines:
        at = next((i for i, w in enumerate(line.words) if bare(w.text).startswith(("cong", "cọng"))), 0)
        tail = bare(" ".join(w.text for w in line.words[at:]))
        if line.block < left and at > 0 and _MOTTO.search(tail):
            head = line.words[:at]
            out.append(PageLine(left, head, word_box(head)))
            out.append(PageLine(left + 1, line.words[at:], word_box(line.words[at:])))
        else:
            out.append(line)
    return sorted(out, key=lambda q: (q.block, q.box[1] + q.box[3]))


def _regions(page: ScanPage, lines: Sequence[PageLine]) -> dict[int, Region]:
    """The geometry's guess corrected by what is written: a block with "Nơi nhận" is no letterhead."""
    regions: dict[int, Region] = {k: b.region for k, b in enumerate(page.blocks)}
    for k, region in list(regions.items()):
        if region != "header_left":
            continue
        left = bare(" ".join(q.text for q in lines if q.block == k))
        right = bare(" ".join(q.text for q in lines if q.block == k + 1))
        if _RECIPIENTS.search(left) and not _MOTTO.search(right):
            regions[k], regions[k + 1] = "sign_left", "sign_right"
    return regions


def _table_region(page: ScanPage, line: PageLine) -> Region | None:
    k = page.page.scale
    cx, cy = (line.box[0] + line.box[2]) / 2 * k, (line.box[1] + line.box[3]) / 2 * k
    s = _TABLE_SLACK
    inside = any(x0 - s <= cx <= x1 + s and y0 - s <= cy <= y1 + s for x0, y0, x1, y1 in page.page.tables)
    return "table" if inside else None


def _wanted(page: ScanPage, lines: Sequence[PageLine], regions: dict[int, Region]) -> frozenset[int]:
    """Which lines deserve a second reader: letterhead, title, owner, recipients and signature; not the motto."""
    running = [k for k, line in enumerate(lines) if regions[line.block] in ("body", "table")]
    named = owner_lines([lines[k].text for k in running]) if page.number <= OWNER_PAGES else frozenset()
    wanted = {running[k] for k in named}
    header = next((k for k, r in regions.items() if r == "header_right"), None)
    title, body = 0, False
    for k, line in enumerate(lines):
        region = regions[line.block]
        if _MOTTO.search(bare(line.text)):
            continue
        if region == "sign_left" and (_is_head(line) or plainly_read([(w.text, w.score) for w in line.words])):
            continue  # one reading will do
        if region in ("header_left", "header_right", "sign_left", "sign_right") or _under_signature(
            page, line, regions
        ):
            wanted.add(k)
        elif page.number == 1 and not body and title < TITLE_LINES and (header is None or line.block > header):
            body = bool(_BODY.search(bare(line.text))) or (title > 0 and _fills_the_measure(page, line))
            if not body:
                wanted.add(k)
                title += 1
    return frozenset(wanted)


def _is_head(line: PageLine) -> bool:
    """The words "Nơi nhận:" alone, which hold no value."""
    return bare(line.text).startswith("noi nhan") and len(line.text) < 14


def _fills_the_measure(page: ScanPage, line: PageLine) -> bool:
    """A line from margin to margin: running text, not a centred title."""
    columns = page.clean.shape[1]
    return bool(line.box[0] < 0.2 * columns and line.box[2] > 0.84 * columns)


def _under_signature(page: ScanPage, line: PageLine, regions: dict[int, Region]) -> bool:
    """A short line at the right just below the signature block: often the signer's name."""
    rows, columns = page.clean.shape
    x0, y0, x1, _ = line.box
    if (x0 + x1) / 2 < 0.5 * columns or x1 - x0 > 0.45 * columns:
        return False
    ends = [page.blocks[k].y1 for k, r in regions.items() if r == "sign_right"]
    return any(0 <= y0 - end + 0.02 * rows < 0.15 * rows for end in ends)


def _second_readings(page: ScanPage, line: PageLine, region: Region, reader: LineReader) -> tuple[LineReading, ...]:
    """The line read again from the main plane; where that is not convincing, from the other ink planes too."""
    if line.box[3] - line.box[1] < 12 or line.box[2] - line.box[0] < 12:
        return ()
    main = [("main", cut(page.main, line.box))]
    running = _is_running(line, region)
    tried_narrow = not running and _clearly_read(line)
    out = _read_again(reader, main, running=running or tried_narrow)
    if tried_narrow and not (out and out[0].text == line.text):
        out = _read_again(reader, main)
    if region == "sign_right" or (region == "body" and not line.words):
        if not (out and _convincing(out[0], line)):
            out += _read_again(reader, _planes(page, line, region))
    elif out and out[0].score < 0.9:
        out += _read_again(reader, _planes(page, line, region))
    return out


def _is_running(line: PageLine, region: Region) -> bool:
    """Words and nothing else, as far as the page reader saw: no slot for a number or a day, no line of one or two."""
    plain = region in ("body", "table", "sign_left", "header_left")
    return plain and len(line.words) >= 3 and not any(c.isdigit() for c in line.text) and ":" not in line.text


def _clearly_read(line: PageLine) -> bool:
    """A line the page reader is sure of, in valid syllables: a narrow look will mostly agree."""
    if not line.words or min(w.score for w in line.words) < 0.88:
        return False
    words = re.findall(r"[^\W\d_]{2,}", line.text)
    return bool(words) and all(valid_syllable(w) or w.isupper() for w in words)


def _read_again(
    reader: LineReader, pictures: list[tuple[str, Gray]], *, running: bool = False
) -> tuple[LineReading, ...]:
    texts: tuple[LineText, ...] = reader.read_lines([p for _, p in pictures], running=running)
    return tuple(
        LineReading(f"{reader.name}@{name}", t.text, round(t.score, 4))
        for (name, _), t in zip(pictures, texts, strict=True)
        if t.text
    )


def _convincing(reading: LineReading, line: PageLine) -> bool:
    """Read surely, and a title, a name, or just what the page reader saw."""
    if reading.score < 0.97:
        return False
    same = bare(reading.text).replace(" ", "") == bare(line.text).replace(" ", "")
    return bool(same or _is_title(reading.text) or name_score(reading.text.strip(" .,-")) >= 0.75)


def _planes(page: ScanPage, line: PageLine, region: Region) -> list[tuple[str, Gray]]:
    """The line's picture on every other plane that shows something else there, and without the strokes beside it."""
    main = cut(page.main, line.box)
    pictures: list[tuple[str, Gray]] = []
    tight = _confident_box(line)
    if tight is not None and tight[0] - line.box[0] > 20:
        pictures.append(("words", cut(page.main, tight)))
    planes = dict(page.others)
    for name, plane in page.others:
        if name == "gray" and region != "sign_right":
            continue
        part = cut(plane, line.box)
        if name == "red":
            if float((part < 128).mean()) > 0.02:
                pictures.append((name, part))
        elif float(np.abs(part.astype(np.int16) - main.astype(np.int16)).mean()) > 6:
            pictures.append((name, part))
    if line.faded and "black" in planes:
        pictures.append(("faded", cut(planes["black"], word_box(line.faded))))
    return pictures


def _confident_box(line: PageLine) -> tuple[int, int, int, int] | None:
    """The box of the words the page reader was sure of, without pen strokes beside them."""
    sure = [w for w in line.words if w.score > 0.6 and sum(c.isalpha() for c in w.text) >= 2]
    return word_box(sure) if len(sure) >= 2 else None


def _search_titles(
    page: ScanPage, lines: Sequence[PageLine], regions: dict[int, Region], reader: LineReader
) -> list[Line]:
    """Titles under a seal or written together: strips of one line's height, read down the block until one is a title.

    Only where nobody read a title in the signature block.
    """
    found: list[Line] = []
    heights = sorted(q.box[3] - q.box[1] for q in lines if 20 <= q.box[3] - q.box[1] <= 80)
    if not heights:
        return found
    tall = heights[len(heights) // 2] * 1.15
    for key, region in regions.items():
        if region != "sign_right" or any(q.block == key and _is_title(q.text) for q in lines):
            continue
        block = page.blocks[key]
        names = [q.box for q in lines if q.block == key and q.words]
        bottom = min(block.y1, block.y0 + int(6.5 * tall))
        y = max(0.0, block.y0 - 0.4 * tall)
        while y < bottom - tall:
            strip = (block.x0, int(y), block.x1, int(y + tall))
            box = _ink_box(page, strip)
            step = 0.35
            if box is not None and not any(min(n[3], box[3]) - max(n[1], box[1]) > 0.5 * tall for n in names):
                (seen,) = reader.read_lines([cut(page.main, box)])
                if seen.score > 0.7 and _is_title(seen.text):
                    place = page.fraction(box)
                    reading = LineReading(f"{reader.name}@strip", seen.text, round(seen.score, 4))
                    found.append(
                        Line(
                            _spread(seen.text, seen.score, PageLine(key, (), box), place, page),
                            "sign_right",
                            (reading,),
                        )
                    )
                    step = 0.85
            y += step * tall
    return found


def _is_title(text: str) -> bool:
    plain = text.strip(" .,:;-_'\"|")
    return sum(c.isupper() for c in plain) >= 4 and (snap_title(plain) is not None or snap_capacity(plain) is not None)


def _ink_box(page: ScanPage, strip: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """The strip narrowed to columns with letter-like ink."""
    x0, y0, x1, y1 = strip
    dark = (page.main[y0:y1, x0:x1] < 150).sum(axis=0)
    columns = np.flatnonzero(dark > 0.12 * (y1 - y0))
    if columns.size < 40:
        return None
    return x0 + int(columns[0]), y0, x0 + int(columns[-1]), y1


def _line(page: ScanPage, line: PageLine, region: Region, readings: tuple[LineReading, ...]) -> Line | None:
    """A line of the reading. Its words carry the best text; the page reader's own stays among the readings."""
    box = page.fraction(line.box)
    first = LineReading("tesseract", line.text, round(_mean(line.words), 4)) if line.words else None
    if line.faded:
        plain = LineReading("tesseract@faded", " ".join(w.text for w in line.faded), round(_mean(line.faded), 4))
        readings = (plain, *readings)
    if not readings:
        if not line.words:
            return None
        return Line(
            tuple(Word(w.text, page.fraction((w.x0, w.y0, w.x1, w.y1)), round(w.score, 3), "ocr") for w in line.words),
            region,
        )
    everything = (*((first,) if first else ()), *readings)
    text, score = best_text(everything)
    if not text or (first is None and score < 0.8):
        return None
    return Line(_spread(text, score, line, box, page), region, everything)


def _mean(words: Sequence[OcrWord]) -> float:
    total = sum(len(w.text) for w in words)
    return sum(w.score * len(w.text) for w in words) / total if total else 0.0


def _spread(text: str, score: float, line: PageLine, box: Box, page: ScanPage) -> tuple[Word, ...]:
    """Words of the chosen text with boxes: the reader's own where the count agrees, else shares of the line."""
    tokens = text.split()
    if len(tokens) == len(line.words):
        return tuple(
            Word(
                t,
                page.fraction((w.x0, w.y0, w.x1, w.y1)),
                round(max(score, w.score) if t == w.text else score, 3),
                "ocr",
            )
            for t, w in zip(tokens, line.words, strict=True)
        )
    return spread_words(text, score, box)
