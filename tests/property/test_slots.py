"""What is printed by the rules of NĐ 30 is read back as it was meant: parse(format(x)) == x; nothing is invented."""

from datetime import date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.fields.doc_number import parse_slot
from extractors.fields.extras import normalise
from extractors.fields.issued_date import parse_date
from extractors.pdf.plain_parts import arrange
from extractors.pdf.signatures import _pdf_date
from extractors.pdf.typeset import Grid, Paragraph, Run
from extractors.reference import all_doc_types, provinces, snap_agency, snap_place
from extractors.reference.data import toml_table
from extractors.understand import understand
from schemas.extraction import FIELD_NAMES
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from schemas.text import nfc

TYPES = sorted({a for kind in all_doc_types() for a in kind.abbreviations if a.isalpha()})
BODIES = sorted(
    {a for tag in ("central", "department", "body") for row in toml_table("agencies.toml")[tag] for a in row["abbr"]}
)
NAMES = sorted({row["name"] for tag in ("central", "department") for row in toml_table("agencies.toml")[tag]})
PLACES = sorted({u.name for u in provinces(date(2025, 9, 1))})
days = st.dates(date(1946, 1, 1), date(2060, 12, 31))
PARTS = (
    "UBND TỈNH QUẢNG TRỊ", "SỞ NỘI VỤ", "Số: 45/QĐ-SNV", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc", "Quảng Trị, ngày 07 tháng 3 năm 2025", "QUYẾT ĐỊNH", "Về việc công nhận kết quả",
    "Căn cứ Luật Tổ chức chính quyền địa phương;", "Nơi nhận:", "- Như Điều 1;", "- Lưu: VT.", "KT. GIÁM ĐỐC",
    "PHÓ GIÁM ĐỐC", "Trần Văn Mẫu", "", "-------", "V/v báo cáo", "Kính gửi: Sở Y tế", "PHỤ LỤC",
    "UBND TỈNH QUẢNG TRỊ        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Nơi nhận:\t\tKT. GIÁM ĐỐC",
)  # fmt: skip
typed = st.lists(st.sampled_from(PARTS) | st.text("abcđẠ ắ:-/1.", max_size=40), max_size=30)


@given(
    st.integers(1, 99_999), st.sampled_from(TYPES), st.sampled_from(BODIES),
    st.none() | st.integers(1946, 2060), st.sampled_from(["Số: ", "Số ", "Số:"]),
)  # fmt: skip
@settings(deadline=None)
def test_a_number_line_is_read_back(number: int, kind: str, body: str, year: int | None, label: str):
    notation = f"{kind}-{body}"
    printed = f"{number:02d}/{year}/{notation}" if year else f"{number:02d}/{notation}"
    slot = parse_slot(f"{label}{printed}")
    assert slot is not None
    assert (slot.number, slot.year, slot.notation, slot.clean) == (
        f"{number:02d}", str(year or ""), notation, True,
    )  # fmt: skip


@given(days, st.sampled_from(PLACES), st.booleans())
@settings(deadline=None)
def test_a_date_line_is_read_back(day: date, place: str, padded: bool):
    written = f"ngày {day.day:02d} tháng {day.month:02d}" if padded else f"ngày {day.day} tháng {day.month}"
    slot = parse_date(f"{place}, {written} năm {day.year}")
    assert slot is not None
    assert slot.as_date() == day
    assert slot.clean


@given(days, st.sampled_from(["/", "-", "."]))
@settings(deadline=None)
def test_a_short_date_is_read_back(day: date, mark: str):
    assert normalise(f"{day.day:02d}{mark}{day.month:02d}{mark}{day.year}", "date") == day.isoformat()


@given(st.sampled_from(NAMES), st.sampled_from([str, str.upper]))
@settings(deadline=None)
def test_a_known_agency_is_itself(name: str, case):
    match = snap_agency(case(name))
    assert match is not None
    assert nfc(match.value).lower() == nfc(name).lower()


@given(st.sampled_from(PLACES))
@settings(deadline=None)
def test_a_known_place_is_itself(place: str):
    match = snap_place(place)
    assert match is not None
    assert match.value == place


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    st.integers(-11 * 60, 13 * 60),
)
@settings(deadline=None)
def test_a_pdf_time_is_read_back(when: datetime, minutes: int):
    zoned = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    assert _pdf_date(f"D:{when:%Y%m%d%H%M%S}{sign}{hours:02d}'{rest:02d}'") == zoned
    assert _pdf_date(f"D:{when:%Y%m%d%H%M%S}") == when


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_for_a_time_is_no_accident(text: str):
    _pdf_date(text)


def _words(blocks) -> list[str]:
    found: list[str] = []
    for block in blocks:
        cells = [c for row in block.rows for c in row] if isinstance(block, Grid) else []
        paragraphs = [p for c in cells for p in c.paragraphs] if isinstance(block, Grid) else [block]
        found += [w for p in paragraphs for run in p.runs for w in run.text.split()]
    return sorted(found)


@given(typed, st.booleans())
@settings(max_examples=200, deadline=None)
def test_arranging_keeps_every_word(lines: list[str], only_columns: bool):
    blocks = [Paragraph((Run(line),)) for line in lines]
    assert _words(arrange(blocks, only_columns=only_columns)) == _words(blocks)


@given(typed)
@settings(max_examples=60, deadline=None)
def test_evidence_leads_back_to_the_lines_as_read(lines: list[str]):
    """Every value's raw text is lines of its page, and its box is where they stand."""
    placed = [line for line in lines if line.strip()]
    page = PageReading(
        1, 595, 842,
        tuple(
            Line((Word(text, Box(0.1, 0.05 + 0.03 * k, 0.6, 0.07 + 0.03 * k), 1.0, "pdf_text"),))
            for k, text in enumerate(placed[:30])
        ),
        "pdf_text",
    )  # fmt: skip
    extraction = understand(Reading((page,), "test"), today=date(2027, 1, 1))
    whole = [nfc(line.text) for line in page.lines]
    for value in [*(extraction.fields.get(name) for name in FIELD_NAMES), *extraction.extras]:
        if value.raw_text is None:
            continue
        assert value.page == 1
        assert value.bbox is not None
        for line in value.raw_text.split("\n"):
            holding = [k for k, one in enumerate(whole) if line in one]  # a row may be cut where the motto begins
            assert holding
            assert value.bbox[1] <= 0.07 + 0.03 * max(holding)
