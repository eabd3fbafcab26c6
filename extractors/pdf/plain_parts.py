"""Which lines of a plain text are letterhead, title and signature: it has no layout, so words and order must tell.

The parts are given back as the blocks NĐ 30/2020 Phụ lục I prints: two columns at the top and at the end, title and
trích yếu in the middle. Nothing is added, dropped or rewritten, and what is not recognised stays as typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.fields.cues import cue
from extractors.pdf.typeset import Align, Cell, Grid, Paragraph, Run
from extractors.reference.doc_types import doc_types_by_title
from extractors.reference.names import name_score, strip_ranks
from extractors.reference.titles import snap_capacity, snap_title
from schemas.text import bare, fold

Block = Paragraph | Grid
_HEAD_LINES = 30  # a letterhead is over by then
_SIGN_LINES = 14
_MOTTO = re.compile(r"cong hoa xa hoi chu nghia|dang cong san viet nam")
_SECOND = re.compile(r"doc lap\W{1,5}tu do|^\W*hanh phuc\W*$")
_DATE = re.compile(
    r"^\W{0,3}[a-z][^:]{1,40},?\s*ngay.{1,14}thang.{1,10}nam\b.{0,10}$|^\W{0,3}ngay.{1,12}thang.{1,8}nam\W{0,3}\d{4}\W*$"
)
_NUMBER = re.compile(r"^\W{0,3}so\W{0,3}[:./\d]")
_RULE = re.compile(r"^[\W_]+$")
_COLUMNS = re.compile(r"\t+| {3,}")
_ANNEX = re.compile(r"^\W*(phu luc|danh sach|bieu so|mau so|\(?kem theo)")
_ITEM = re.compile(r"^\s*[-–—•*+]\s*\S")
_LIST_HEAD = re.compile(r"^\W{0,3}noi nhan\W")


@dataclass(frozen=True, slots=True)
class _Row:
    """One typed line: its paragraph, and what stands on it, cut where the typist left a wide gap."""

    paragraph: Paragraph
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.cells)

    @property
    def key(self) -> str:
        return bare(self.text)

    @property
    def indent(self) -> int:
        """How far the line was moved in, in characters."""
        text = _typed(self.paragraph).replace("\t", " " * 8)
        return len(text) - len(text.lstrip(" "))


def arrange(blocks: Sequence[Block], *, only_columns: bool = False) -> list[Block]:
    """The blocks with letterhead, title and signature set where a printed paper has them.

    ``only_columns``: the text has a layout of its own (a DOCX); only parts typed in two columns with tabs or spaces
    are taken apart.
    """
    rows = [_row(b) for b in blocks]
    out: list[Block] = []
    at = 0
    head = _head(rows, only_columns)
    if head is not None:
        at, parts = head
        out += parts
        first = next((row for row in rows[at:] if row is None or row.cells), None)
        if first is not None and (not only_columns or first.paragraph.align == "left"):
            at, title = _title(rows, at)
            out += title
    sign = _signature(rows, at, only_columns)
    if sign is None:
        return [*out, *blocks[at:]]
    start, end, grid = sign
    return [*out, *blocks[at:start], grid, *blocks[end:]]


def _row(block: Block) -> _Row | None:
    if isinstance(block, Grid):
        return None
    cells = tuple(c.strip() for c in _COLUMNS.split(_typed(block).strip()) if c.strip())
    return _Row(block, cells)


def _typed(p: Paragraph) -> str:
    return "".join(run.text for run in p.runs)


def _head(rows: Sequence[_Row | None], only_columns: bool) -> tuple[int, list[Block]] | None:
    """(first row after it, blocks) of a letterhead, None when there is none."""
    left: list[str] = []
    right: list[str] = []
    last = left
    seen_motto = columns = subject = first_left = False
    end = 0
    for i, row in enumerate(rows[:_HEAD_LINES]):
        if row is None:
            break
        if not row.cells:
            subject = False
            continue
        if i and row.paragraph.page_break:
            break
        if len(row.cells) == 2 and (_is_right(row.cells[1]) or (seen_motto and _is_left(row.cells[0]))):
            left.append(row.cells[0])
            right.append(row.cells[1])
            columns, subject = True, bool(cue("subject").search(bare(row.cells[0])))
            seen_motto = seen_motto or bool(_MOTTO.search(row.key))
            end = i + 1
            continue
        if len(row.cells) > 1 and _ITEM.match(row.text):
            break
        key, text = row.key, row.text
        if _RULE.match(text):
            last.append(text)
        elif _is_right(text):
            right.append(text)
            last, subject = right, False
            seen_motto = seen_motto or bool(_MOTTO.search(key))
        elif _NUMBER.match(key) and len(text) < 60:
            left.append(text)
            last, subject = left, False
        elif cue("subject").search(key) and any(_NUMBER.match(bare(t)) for t in left) and not _is_title(text):
            left.append(text)
            last, subject = left, True
        elif subject and not cue("addressee").search(key) and not cue("body_start").search(key) and len(text) < 70:
            left.append(text)
        elif _capitals(text) and not _is_title(text) and not _ends_head(left, right, seen_motto):
            first_left = first_left or not right
            left.append(text)
            last = left
        else:
            break
        end = i + 1
    numbered = any(_NUMBER.match(bare(t)) for t in left) or first_left
    if not seen_motto or (only_columns and not columns):
        return None
    if not left or not (numbered or columns):  # a form of its own: the motto stands alone in the middle
        return end, [_line(t, "center") for t in (*left, *right)]
    return end, [_columns(left, right, "center")]


def _ends_head(left: Sequence[str], right: Sequence[str], seen_motto: bool) -> bool:
    """Capitals after number and date are the next part, not another agency line."""
    return seen_motto and any(_NUMBER.match(bare(t)) for t in left) and any(_DATE.search(bare(t)) for t in right)


def _is_right(text: str) -> bool:
    key = bare(text)
    return bool(_MOTTO.search(key) or _SECOND.search(key) or (_DATE.search(key) and len(text) < 70))


def _is_left(text: str) -> bool:
    key = bare(text)
    return _capitals(text) or bool(_NUMBER.match(key)) or bool(cue("subject").search(key))


def _title(rows: Sequence[_Row | None], at: int) -> tuple[int, list[Block]]:
    """The printed name of the type and the trích yếu under it, set in the middle."""
    start = at
    while start < min(len(rows), at + 6):
        row = rows[start]
        if row is None or (row.cells and not _is_title(row.text)):
            return at, []
        if row.cells:
            break
        start += 1
    else:
        return at, []
    out: list[Block] = []
    usual = _usual_length(rows[start:])
    taken, end = 0, start
    for i in range(start, min(len(rows), start + 9)):
        row = rows[i]
        if row is None:
            break
        if not row.cells:
            if taken:
                break
            continue
        if i > start and (_starts_body(row, first=not taken) or (taken and _looks_like_body(row, rows, i, usual))):
            break
        out.append(_line(row.text, "center", bold=i == start))
        taken += i > start
        end = i + 1
        if row.text.endswith((".", ":", ";")):
            break
    return end, out


def _starts_body(row: _Row, *, first: bool) -> bool:
    """``first``: right under the name of the type, where "Cơ sở đủ điều kiện ..." is what is certified."""
    key = row.key
    if cue("addressee").search(key) or cue("body_surely").search(key):
        return True
    if cue("body_start").search(key) and not first:
        return True
    if cue("authority").search(key) and _capitals(row.text) and not cue("subject").search(key):
        return True
    return bool(_NUMBER.match(key) or _ITEM.match(row.text) or re.match(r"^\W*[^:]{2,40}:\s*\S", row.text))


def _looks_like_body(row: _Row, rows: Sequence[_Row | None], i: int, usual: int) -> bool:
    """A new sentence as wide as the lines of the body, or a person's or office's sentence that ends in a full stop."""
    if not row.text[:1].isupper() or _capitals(row.text):
        return False
    if len(row.text) >= 0.82 * usual:
        return True
    following = rows[i + 1] if i + 1 < len(rows) else None
    return row.text.endswith((".", ":", ";")) or (following is not None and not following.cells)


def _usual_length(rows: Sequence[_Row | None]) -> int:
    lengths = sorted(len(r.text) for r in rows if r is not None and len(r.text) > 40)
    return lengths[int(0.8 * (len(lengths) - 1))] if lengths else 200


def _signature(rows: Sequence[_Row | None], at: int, only_columns: bool) -> tuple[int, int, Grid] | None:
    """(first row, first row after it, the two columns) of recipients and signature."""
    for i in range(at, len(rows)):
        row = rows[i]
        if row is not None and row.cells and _LIST_HEAD.match(row.key):
            return _listed(rows, at, i, only_columns)
    return None if only_columns else _unlisted(rows, at)


def _listed(rows: Sequence[_Row | None], at: int, i: int, only_columns: bool) -> tuple[int, int, Grid] | None:
    """From "Nơi nhận" on; a signature typed above it belongs to the same block."""
    left: list[str] = []
    right: list[str] = []
    blank = columns = False
    end = i
    for k in range(i, min(len(rows), i + 3 * _SIGN_LINES)):
        row = rows[k]
        if row is None or (k > i and row.paragraph.page_break):
            break
        if not row.cells:
            blank = True
            continue
        text = row.text
        if k > i and _ANNEX.match(row.key):
            break
        if len(row.cells) == 2:
            left.append(row.cells[0])
            right.append(row.cells[1])
            columns = True
        elif k > i and (row.indent >= 24 or (columns and right and not _ITEM.match(text) and _signs(text))):
            right.append(text)
            columns = True
        elif not right and (k == i or _ITEM.match(text) or not (_signs(text) or (blank and _capitals(text)))):
            if blank and k > i and not _ITEM.match(text) and _filed(left):
                break
            left.append(text)
        elif not columns and len(right) < _SIGN_LINES and (_signs(text) or _capitals(text) or not _ended(right)):
            if _ended(right) or len(text) > 60:
                break
            right.append(text)
        elif columns and _ITEM.match(text):
            left.append(text)
        else:
            break
        blank = False
        end = k + 1
    if only_columns and not columns:
        return None
    start = i
    if not right:
        start, right = _above(rows, at, i)
    return (start, end, _columns(left, right, "left")) if right else None


def _filed(left: Sequence[str]) -> bool:
    return any(re.match(r"^\W*luu\b", bare(t)) for t in left)


def _ended(right: Sequence[str]) -> bool:
    return bool(right) and _is_name(right[-1])


def _above(rows: Sequence[_Row | None], at: int, i: int) -> tuple[int, list[str]]:
    """A signature block right above row ``i``: capitals, then a name."""
    block: list[str] = []
    start = i
    for k in range(i - 1, max(at, i - _SIGN_LINES) - 1, -1):
        row = rows[k]
        if row is None:
            break
        if not row.cells:
            continue
        if len(row.cells) == 1 and (_signs(row.text) or _capitals(row.text) or (not block and _is_name(row.text))):
            block.insert(0, row.text)
            start = k
        elif block and _is_right(row.text):
            block.insert(0, row.text)
            start = k
            break
        else:
            break
    good = any(_is_office(t) or (_capitals(t) and not _is_name(t)) for t in block) and any(_is_name(t) for t in block)
    return (start, block) if good else (i, [])


def _unlisted(rows: Sequence[_Row | None], at: int) -> tuple[int, int, Grid] | None:
    """A paper without recipients: the last name with a title over it signs; a pair before it signs on the left."""
    for k in range(len(rows) - 1, at, -1):
        row = rows[k]
        if row is None or not row.cells or not _is_name(row.text):
            continue
        start, right = _above(rows, at, k + 1)
        if not right:
            continue
        other, left = _above(rows, at, start)
        names = [n for n, t in enumerate(right) if _is_name(t)]
        if not left and len(names) >= 2:  # both pairs in one go
            left, right = right[: names[-2] + 1], right[names[-2] + 1 :]
        if not any(_capitals(t) and not _is_name(t) for t in right):
            continue
        return (other if left else start), k + 1, _columns(left, right, "center")
    return None


def _signs(text: str) -> bool:
    return _is_office(text) or _is_name(text)


def _is_office(text: str) -> bool:
    plain = text.strip(" .,:;")
    return _capitals(text) and (snap_capacity(plain) is not None or snap_title(plain) is not None)


def _is_name(text: str) -> bool:
    plain = strip_ranks(text.strip(" .,:;"))
    return len(plain.split()) in (2, 3, 4, 5) and not _is_office(text) and name_score(plain) >= 0.6


def _is_title(text: str) -> bool:
    if not _capitals(text) or len(text) > 90:
        return False
    found = doc_types_by_title(text.strip(" .,;:-–_'\"*|"))
    # Letter by letter: a typed text has no misread accents, and "PHƯỜNG AN BIÊN" is no "PHƯƠNG ÁN".
    return bool(found) and fold(text).startswith(fold(found[0].title)) and len(found[0].rest.split()) <= 9


def _capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.75 * len(letters)


def _columns(left: Sequence[str], right: Sequence[str], align: Align) -> Grid:
    cells = (
        Cell(tuple(_line(t, align) for t in left) or (_line("", align),)),
        Cell(tuple(_line(t, "center") for t in right) or (_line("", "center"),)),
    )
    return Grid((cells,), (0.46, 0.54), ruled=False)


def _line(text: str, align: Align, *, bold: bool = False) -> Paragraph:
    return Paragraph((Run(text, bold=bold),), align, size=12.0)
