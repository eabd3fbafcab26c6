"""Folding Vietnamese text: what is one to a reader is one here, and the way back to the paper is never lost."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.text import bare, clean, fold, modern_tones, nfc

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵdđbcghklmnpqrstvx"
vietnamese = st.text(alphabet=LETTERS + LETTERS.upper() + " .,;:/-0123456789", max_size=60)
# What offices really send: both Unicode forms, no-break spaces, zero-width characters, a foreign Ð.
printed = st.lists(
    st.one_of(
        vietnamese,
        vietnamese.map(lambda t: unicodedata.normalize("NFD", t)),
        st.sampled_from(["\u00a0", "\u200b", "\ufeff", "\u00ad", "\t", "\u202f", "Ð", "ð", "\u0301", "o\u031b\u0323"]),
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize("text", ["Ủy ban nhân dân", "QUYẾT ĐỊNH", "ngày 08 tháng 7", "Nguyễn Thị Thuỷ", "ở ợ ỡ ữ"])
def test_both_unicode_forms_are_one(text: str):
    assert nfc(unicodedata.normalize("NFD", text)) == nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ("Số:\u00a012", "Số: 12"),
        ("QÐ-UBND", "QĐ-UBND"),
        ("nhân\u200b dân\ufeff", "nhân dân"),
        ("a\u202fb\u2009c\td", "a b c d"),
        ("thủ\u00adtục", "thủtục"),
    ],
)
def test_odd_characters_become_plain_ones(raw: str, want: str):
    assert nfc(raw) == want


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoá", "hóa"),
        ("Hoà Bình", "Hòa Bình"),
        ("số hoá kết quả", "số hóa kết quả"),
        ("uỷ ban", "ủy ban"),
        ("UỶ BAN", "ỦY BAN"),
        ("Uỷ ban", "Ủy ban"),
        ("THUỶ LỢI", "THỦY LỢI"),
        ("sức khoẻ", "sức khỏe"),
        ("hoạ", "họa"),
    ],
)
def test_old_tone_placement_becomes_the_new_one(old: str, new: str):
    assert modern_tones(old) == new
    assert fold(old) == fold(new)


@pytest.mark.parametrize(
    "text", ["quý", "Quý IV", "QUỲNH", "quỹ", "quỷ", "hoàn", "hoàng", "khoán", "toán", "thuyền", "huýt"]
)
def test_marks_that_stand_right_stay(text: str):
    assert modern_tones(text) == text


@given(printed)
@example("a\u200b\u0301")
def test_folding_twice_changes_nothing(text: str):
    assert nfc(nfc(text)) == nfc(text)
    assert modern_tones(modern_tones(text)) == modern_tones(text)
    assert fold(fold(text)) == fold(text)


@given(printed)
def test_new_tones_keep_length_and_letters(text: str):
    text = nfc(text)
    assert len(modern_tones(text)) == len(text)
    assert bare(modern_tones(text)) == bare(text)


@given(vietnamese)
@example("Đường Điện Biên Phủ, số 12/QĐ-UBND")
def test_bare_text_keeps_every_place(text: str):
    plain = bare(text)
    assert len(plain) == len(text)
    assert plain.isascii()
    assert plain == plain.lower()
    for was, now in zip(text, plain, strict=True):
        if was.isascii():
            assert now == was.lower()


def test_bare_text_is_what_people_type_without_accents():
    assert bare("Đăng ký hộ kinh doanh ở Đắk Lắk") == "dang ky ho kinh doanh o dak lak"
    assert bare(unicodedata.normalize("NFD", "Ủy ban")) == "uy ban"


def test_accents_count_when_folding():
    assert fold("tỉnh") != fold("tình")
    assert fold("  Ủy   BAN ") == "ủy ban"


@given(printed)
@example("Số:\u00a02110/QÐ-UBND")
@example(unicodedata.normalize("NFD", "Ủy ban nhân dân tỉnh"))
@example("a\u200b\u0301")
def test_offsets_lead_back_to_the_printed_words(raw: str):
    view = clean(raw)
    assert view.text == nfc(raw)
    assert len(view.origin) == len(view.text) + 1
    assert view.origin[-1] == len(raw)
    assert list(view.origin) == sorted(view.origin)


@given(printed, st.data())
@example("0\u0301", None)
def test_a_quote_is_found_again_in_the_raw_text(raw: str, data: st.DataObject | None):
    """A span of whole letters gives back exactly its words; one that cuts a letter from a loose accent gives both."""
    view = clean(raw)
    start = data.draw(st.integers(0, len(view.text))) if data else 0
    end = data.draw(st.integers(start, len(view.text))) if data else 1
    a, b = view.raw_span(start, end)
    quote = nfc(raw[a:b])
    assert (a < b) == (start < end)
    assert view.text[start:end] in quote
    whole = view.origin[start] not in view.origin[:start] and view.origin[end] not in view.origin[start:end]
    if whole:
        assert quote == view.text[start:end]


@given(vietnamese, st.data())
def test_offsets_survive_both_unicode_forms(text: str, data: st.DataObject):
    """The rule evidence lives by: raw_text[start:end] is the quote, whichever form the paper's text came in."""
    raw = unicodedata.normalize("NFD", text)
    view = clean(raw)
    start = data.draw(st.integers(0, len(view.text)))
    end = data.draw(st.integers(start, len(view.text)))
    a, b = view.raw_span(start, end)
    assert raw[a:b] == unicodedata.normalize("NFD", text[start:end])
