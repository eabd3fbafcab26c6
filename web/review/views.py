"""Bàn rà soát cho mẫu trang: what is asked of a person, with labels, choices and other readings, made ready."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from review.keying import asks_for_page, is_blind
from review.masking import mask_record
from review.values import CLASS_NAMES, DATE_FIELDS, Value, choices, clean
from runtime.desk import DeskItem, Paper, ReviewDesk
from schemas.errors import InvalidValue
from schemas.extraction import FIELD_NAMES, BoxTuple
from schemas.geometry import Box
from schemas.reading import Reading
from schemas.record import Record
from web import words
from web.words import Reason

PICKED = ("issuing_agency_name", "parent_agency_name", "place", "signer_name", "signer_title", "doc_type",
          "procedure_code", "field_name", "owner_name", "signing_capacity")  # fmt: skip
MODE_WORDS = {"blind": "gõ từ ảnh", "shown": "xác nhận", "decide": "phân xử", "page": "xem trang"}
STAGE_WORDS = {"first": "người thứ nhất", "second": "người thứ hai", "third": "phân xử"}
_MOST = 4  # other readings offered
_LEAST = 0.75  # score below which a reading helps nobody
_DAY = "gõ 05022022 hoặc 05/02/2022"
_HINTS = {
    "issued_date": _DAY, "valid_from": _DAY, "valid_to": _DAY, "doc_number": "ví dụ 123/QĐ-UBND",
    "owner_id": "12 chữ số, hoặc CMND 9, MST 10", "recipients": "mỗi dòng một nơi nhận",
    "is_perpetual": "có hoặc không",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A value one key away: what goes into the input, and who says so."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One item on the desk. ``text``: what stands in the input; ``picker``: reference data can be searched."""

    item: str
    label: str
    mode: str
    mode_word: str
    stage: str
    text: str
    page: int | None
    box: BoxTuple | None
    area: bool
    picker: bool
    hint: str
    choices: tuple[Choice, ...]
    reasons: tuple[Reason, ...]
    problem: str
    absent: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A field nobody asks about; it may be corrected all the same. ``text`` masked when it is an identity number."""

    item: str
    label: str
    shown: str
    text: str
    certainty: str
    certainty_word: str
    page: int | None
    box: BoxTuple | None
    area: bool
    picker: bool
    editable: bool
    origin: str


@dataclass(frozen=True, slots=True)
class CutPage:
    """One page that may go to another document. ``part``: the document's number; ``turn``: degrees, as text."""

    record_id: str
    name: str
    page: int
    part: str
    turn: str

    @property
    def key(self) -> str:
        return f"{self.record_id}:{self.page}"


def pages_that_begin(record: Record) -> tuple[int, ...]:
    """Pages on which the machine saw another letterhead."""
    found = (reason.partition(":") for reason in record.review_reasons)
    return tuple(sorted(int(page) for head, _, page in found if head == "another_paper" and page.isdigit()))


def cut_pages(records: Sequence[Record], begins: Collection[int], typed: Mapping[str, str]) -> list[CutPage]:
    """Every page with its document: as typed, else one document that ends where another begins."""
    made, part = [], 1
    for record in records:
        for page in range(1, record.source.page_count + 1):
            part += page in begins and page > 1
            key = f"{record.record_id}:{page}"
            said = typed.get(f"part:{key}", str(part))
            turn = typed.get(f"turn:{key}", "0")
            made.append(CutPage(record.record_id, record.source.name, page, said if said.isdigit() else "1", turn))
    return made


def label_of(item: str) -> str:
    if asks_for_page(item):
        return words.review_reason(item)
    return words.field_labels().get(item) or words.CLASS_LABELS.get(item, item)


def typed_text(item: str, value: Value) -> str:
    """A value as a person would type it."""
    if item in DATE_FIELDS and isinstance(value, str):
        return words.date_words(value)
    if isinstance(value, str) and value in choices(item):
        return choices(item)[value]
    return words.value_words(item, value)


def asks(
    paper: Paper, reading: Reading | None, typed: Mapping[str, str | None] | None, problems: Mapping[str, str]
) -> list[Ask]:
    """What is asked, in order; ``typed`` and ``problems`` when the page comes back with something to mend."""
    return [_ask(item, reading, typed, problems.get(item.item, "")) for item in paper.items]


def _ask(item: DeskItem, reading: Reading | None, typed: Mapping[str, str | None] | None, problem: str) -> Ask:
    text = typed_text(item.item, item.value)
    if typed is not None and item.item in typed:
        text = typed[item.item] or ""
    return Ask(
        item=item.item,
        label=label_of(item.item),
        mode=item.mode,
        mode_word=MODE_WORDS[item.mode],
        stage=item.stage,
        text=text,
        page=item.page,
        box=item.bbox,
        area=item.item in ("summary", "recipients"),
        picker=item.item in PICKED and item.mode != "blind",
        hint=_HINTS.get(item.item, ""),
        choices=tuple(_choices(item, reading)),
        reasons=tuple(words.reasons(item.reasons)),
        problem=problem,
        absent=typed is not None and item.item in typed and typed[item.item] is None,
    )


def _choices(item: DeskItem, reading: Reading | None) -> list[Choice]:
    """Readings one key away: of the people before in a decision, of the other readers for an offered value."""
    if item.mode == "decide":
        found, number = [], 0
        for one in item.readings:
            number += one.who != "máy"
            source = "máy đọc" if one.who == "máy" else f"lần gõ {number}"
            found.append(Choice(typed_text(item.item, one.value) or "(không có)", source))
        return found
    if item.mode != "shown" or reading is None or item.bbox is None or item.page is None:
        return []
    return [Choice(text, "bản đọc khác") for text in _other_readings(item, reading)]


def _other_readings(item: DeskItem, reading: Reading) -> list[str]:
    assert item.bbox is not None
    box = Box(*item.bbox)
    page = next((page for page in reading.pages if page.number == item.page), None)
    lines = [line for line in page.lines if line.box.overlap(box) > 0.6] if page else []
    readers = dict.fromkeys(r.reader for line in lines for r in line.readings)
    texts = []
    for reader in readers:
        own = [next((r for r in line.readings if r.reader == reader), None) for line in lines]
        if any(one is not None and one.score < _LEAST for one in own):
            continue
        parts = [one.text if one else line.text for one, line in zip(own, lines, strict=True)]
        try:
            value = clean(item.item, " ".join(parts))
        except InvalidValue:
            continue
        texts.append(typed_text(item.item, value))
    offered = typed_text(item.item, item.value)
    return [text for text in dict.fromkeys(texts) if text and text != offered][:_MOST]


def others(paper: Paper, desk: ReviewDesk, *, unmasked: bool) -> list[Other]:
    """The fields nobody asks about; blind ones that still wait for somebody are not told."""
    asked = {item.item for item in paper.items}
    record = paper.record if unmasked else mask_record(paper.record)
    found = []
    for name, label in words.field_labels().items():
        if name in asked:
            continue
        field = record.fields.get(name)
        certainty = words.certainty(name, field)
        text = typed_text(name, field.value)
        found.append(
            Other(
                item=name, label=label, shown=words.value_words(name, field.value), text=text, certainty=certainty,
                certainty_word=words.CERTAINTY_WORDS[certainty], page=field.page, box=field.bbox,
                area=name in ("summary", "recipients"), picker=name in PICKED,
                editable=not is_blind(name, desk.rules, sampled=paper.work.sampled),
                origin=words.ORIGIN_WORDS.get(field.origin or "", ""),
            )
        )  # fmt: skip
    if not paper.work.sampled:
        found += [_class(paper, name) for name in CLASS_NAMES if name not in asked]
    return found


def _class(paper: Paper, name: str) -> Other:
    value = getattr(paper.record.classification, name)
    certainty = words.class_certainty(value)
    shown = words.value_words(name, value.value)
    return Other(
        item=name, label=words.CLASS_LABELS[name], shown=shown, text=typed_text(name, value.value),
        certainty=certainty, certainty_word=words.CERTAINTY_WORDS[certainty], page=None, box=None, area=False,
        picker=name in PICKED, editable=True, origin="",
    )  # fmt: skip


def age_words(since: str | None) -> str:
    """How long ago, in words a clerk uses."""
    if not since:
        return "–"
    seconds = (datetime.now(UTC) - datetime.fromisoformat(since)).total_seconds()
    for size, name in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if seconds >= size:
            return f"{int(seconds // size)} {name}"
    return "dưới 1 phút"


def percent(share: float) -> str:
    """0.0123 as 1,23 %."""
    return f"{share * 100:.2f} %".replace(".", ",")


def is_field(name: str) -> bool:
    return name in FIELD_NAMES or name in CLASS_NAMES
