"""Properties of the reference data: round trips, robustness against lost accents, nothing invented."""

import unicodedata
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extractors.citations import find_citations
from extractors.reference import (
    all_doc_types,
    name_score,
    parse_number,
    provinces,
    snap_agency,
    snap_notation,
    snap_place,
    snap_title,
    valid_syllable,
)
from extractors.reference.data import toml_table
from extractors.reference.units import _units
from extractors.reference.units import name_key as key_of
from schemas.geometry import Box
from schemas.reading import Line, PageReading, Reading, Word
from schemas.text import bare, fold, modern_tones, nfc

TYPES = sorted({a for kind in all_doc_types() for a in kind.abbreviations})
BODIES = sorted(
    {a for tag in ("central", "department", "body") for row in toml_table("agencies.toml")[tag] for a in row["abbr"]}
)
PROVINCES = sorted({u.name for u in provinces(date(2024, 1, 1))} | {u.name for u in provinces(date(2025, 9, 1))})
NAMES = sorted({row["name"] for tag in ("central", "department") for row in toml_table("agencies.toml")[tag]})
COMMUNES = sorted((u for u in _units().all.values() if u.level == "xa"), key=lambda u: u.ident)
MARKS = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]

digits = st.integers(1, 99_999).map(str) | st.integers(1, 99).map(lambda n: f"{n:02d}")
units = st.sampled_from(["", "-VP", "-CNTT", "-GDTrH", "-KSTT", "-NVY"])


@st.composite
def numbers(draw):
    number, kind, body = draw(digits), draw(st.sampled_from(TYPES)), draw(st.sampled_from(BODIES))
    shape = draw(
        st.sampled_from(
            ["{n}/{t}-{b}", "{n}/{y}/{t}-{b}", "{n}/{b}{u}", "{n}-{t}/{b}", "{n}/{y}/QH{q}", "{n}-{b}/{t}", "{n}"]
        )
    )
    return shape.format(
        n=number, t=kind, b=body, y=draw(st.integers(1946, 2060)), q=draw(st.integers(1, 20)), u=draw(units)
    )


@st.composite
def misread(draw, source):
    """A text of ``source`` with tone marks lost, added or swapped, as OCR does."""
    text = draw(source)
    out = []
    for c in unicodedata.normalize("NFC", text):
        plain = unicodedata.normalize("NFD", c)
        if len(plain) > 1 and draw(st.integers(0, 3)) == 0:
            letters = "".join(p for p in plain if p not in MARKS[1:])
            c = unicodedata.normalize("NFC", letters + draw(st.sampled_from(MARKS)))
        out.append(c)
    return text, "".join(out)


@given(numbers())
@settings(deadline=None)
def test_parse_and_format_are_inverse(printed):
    parsed = parse_number(printed)
    assert parsed is not None
    assert str(parsed) == printed
    assert parse_number(str(parsed)) == parsed


@given(numbers(), st.sampled_from(["Số: ", "Số ", ""]), st.sampled_from(["/", " /", "/ ", " / "]))
@settings(deadline=None)
def test_label_and_spaces_do_not_change_a_number(printed, label, slash):
    assert parse_number(label + printed.replace("/", slash)) == parse_number(printed)


@given(st.sampled_from(TYPES), st.sampled_from(BODIES))
@settings(deadline=None)
def test_a_known_notation_is_left_alone_and_snapping_is_idempotent(kind, body):
    match = snap_notation(f"{kind}-{body}")
    assert match is not None
    assert (match.value, match.how, match.known) == (f"{kind}-{body}", "exact", True)


@given(misread(st.sampled_from(PROVINCES).map(lambda p: f"ỦY BAN NHÂN DÂN {p.upper()}")))
@settings(deadline=None)
def test_provincial_committees_survive_wrong_tone_marks(pair):
    truth, read = pair
    match = snap_agency(read)
    assert match is not None
    assert fold(match.value) == fold(truth)
    assert match.known
    assert match.level == "tinh"


@given(st.integers(0, len(COMMUNES) - 1), st.data())
@settings(max_examples=60, deadline=None)
def test_communes_with_their_province_are_right_or_not_called_known(index, data):
    unit = COMMUNES[index]
    _, read = data.draw(misread(st.just(f"ỦY BAN NHÂN DÂN {unit.name.upper()}")))
    match = snap_agency(read, place=unit.province)
    assert match is not None
    assert match.level == "xa"
    if match.known:
        spelled = {
            fold(u.name) for u in COMMUNES if key_of(u.name) == key_of(unit.name) and u.province == unit.province
        }
        assert fold(match.value).removeprefix("ủy ban nhân dân ") in spelled
    else:
        assert bare(match.value) == bare(read)


@given(misread(st.sampled_from(NAMES).map(str.upper)))
@settings(deadline=None)
def test_ministries_and_departments_survive_wrong_tone_marks(pair):
    truth, read = pair
    match = snap_agency(read)
    assert match is not None
    assert fold(match.value) == fold(truth)
    assert (match.how == "exact") == (fold(read) == fold(truth))


@given(misread(st.sampled_from(sorted({u.short for u in provinces(date(2024, 1, 1))}))))
@settings(deadline=None)
def test_provinces_as_places_survive_wrong_tone_marks(pair):
    truth, read = pair
    match = snap_place(read)
    assert match is not None
    # another commune may really be called what was read; then it stays as read
    assert fold(match.value) == fold(truth) or fold(match.value) == fold(read)


@given(
    misread(st.sampled_from([d for row in toml_table("titles.toml")["pair"] for d in (row["chief"], *row["deputy"])]))
)
def test_titles_survive_wrong_tone_marks(pair):
    truth, read = pair
    match = snap_title(read)
    assert match is not None
    assert fold(match.value) == fold(truth)


vietnamese = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạẤỐÝ -.,UBNDTỈHXÃPƯỜ", min_size=1, max_size=60)


@given(vietnamese)
@settings(max_examples=200, deadline=None)
def test_without_an_edit_no_letter_changes(text):
    match = snap_agency(text)
    if match is not None and match.how != "edit":
        assert (
            bare(match.value).replace(" ", "") == bare(text).replace(" ", "").strip(".,")
            or "khoảng trắng" in match.changes
        )


@given(vietnamese)
@settings(deadline=None)
def test_scores_are_shares(text):
    assert 0.0 <= name_score(text) <= 1.0


@given(st.sampled_from(["hoa", "loe", "thuy", "quy", "khoe", "toa", "huy"]), st.sampled_from(MARKS), st.integers(1, 2))
@settings(deadline=None)
def test_tone_placement_does_not_matter_to_a_syllable(letters, mark, place):
    syllable = nfc(letters[:-place] + letters[-place] + mark + letters[len(letters) - place + 1 :])
    assume(len(syllable) == len(letters))
    assert valid_syllable(syllable) == valid_syllable(modern_tones(syllable))


@given(st.lists(numbers(), min_size=1, max_size=4), st.integers(0, 40), st.booleans(), st.sampled_from(["NFC", "NFD"]))
@settings(max_examples=60, deadline=None)
def test_citations_point_at_what_they_quote(printed, width, lead, form):
    """Whatever the line breaks and Unicode forms, line[start:end] is the printed number."""
    words = " ".join(
        f"{'Căn cứ' if lead else 'theo'} văn bản số {p} ngày 02/3/2020 của Bộ Nội vụ;" for p in printed
    ).split()
    lines: list[list[str]] = [[]]
    for word in words:
        lines[-1].append(unicodedata.normalize(form, word))
        if sum(map(len, lines[-1])) > width:
            lines.append([])
    box = Box(0, 0, 1, 1)
    made = tuple(Line(tuple(Word(w, box, 1.0, "ocr") for w in line)) for line in lines if line)
    page = PageReading(1, 595, 842, made, "ocr")
    for citation in find_citations(Reading((page,), engine="test")):
        line = page.lines[citation.source.line - 1].text
        quoted = line[citation.source.start : citation.source.end]
        assert quoted
        if "split_line" not in citation.anomalies and citation.number_printed is not None:
            assert quoted == citation.number_printed
