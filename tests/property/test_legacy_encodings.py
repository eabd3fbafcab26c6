"""Old Vietnamese encodings: convert(encode(x)) == x, and nothing is converted on suspicion."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from extractors.pdf.interpreter import Glyph
from extractors.pdf.legacy import TCVN3, VNI, convert, decode_text, from_tcvn3, from_vni, to_tcvn3, to_vni, which_legacy
from extractors.pdf.tokens import operations
from extractors.pdf.vietnamese import has_shape, is_syllable, judge
from extractors.pdf.words import build_rows, clean_glyphs

ASCII = "abcdeghiklmnopqrstuvxy ABCDEGHIKLMNOPQRSTUVXY0123456789.,;:()/-"
SMALL = "".join(v for v in TCVN3.values() if v.islower())
ALL = "".join(VNI.values())
SYLLABLES = [
    "quyết",
    "định",
    "của",
    "ủy",
    "ban",
    "nhân",
    "dân",
    "tỉnh",
    "về",
    "việc",
    "phê",
    "duyệt",
    "kế",
    "hoạch",
    "cải",
    "cách",
    "hành",
    "chính",
    "nhà",
    "nước",
    "giai",
    "đoạn",
    "căn",
    "cứ",
    "nghị",
    "đề",
    "nghị",
    "giám",
    "đốc",
    "sở",
    "nội",
    "vụ",
    "chịu",
    "trách",
    "nhiệm",
    "thi",
    "hành",
    "những",
    "điều",
    "kiện",
    "thủ",
    "tục",
    "hồ",
    "sơ",
    "được",
    "cấp",
    "giấy",
    "phép",
    "xây",
    "dựng",
]


@given(st.text(alphabet=ASCII + SMALL + "ĂÂÊÔƠƯĐ"))
def test_tcvn3_there_and_back(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text)) == text


@given(st.text(alphabet=ASCII + ALL))
def test_vni_there_and_back(text: str) -> None:
    assert from_vni(to_vni(text)) == text


@given(st.lists(st.sampled_from(SYLLABLES), min_size=15, max_size=60), st.sampled_from(["tcvn3", "vni"]))
def test_sentences_are_recognised_and_mended(words: list[str], encoding: str) -> None:
    text = " ".join(words)
    coded = to_tcvn3(text) if encoding == "tcvn3" else to_vni(text)
    if judge(text).accented < 0.5 or coded.isascii():
        return
    assert which_legacy(coded) == encoding
    assert convert(coded, encoding) == text
    assert which_legacy(text) is None  # Unicode is left alone
    if encoding == "tcvn3":  # many programs give ư back as a hyphen
        assert convert(coded.replace("\u00ad", "-"), encoding) == text


@given(
    st.lists(st.sampled_from(SYLLABLES), min_size=15, max_size=60),
    st.sampled_from(["utf-8", "utf-16", "vni", "tcvn3", "cp1258"]),
)
def test_text_files_in_any_encoding(words: list[str], encoding: str) -> None:
    text = " ".join(words)
    if judge(text).accented < 0.5:
        return
    if encoding == "vni":
        data = to_vni(text).encode("latin-1")
    elif encoding == "tcvn3":
        data = to_tcvn3(text).encode("latin-1")
    elif encoding == "cp1258":
        data = "".join(_cp1258(c) for c in text).encode("cp1258")
    else:
        data = text.encode(encoding)
    found = decode_text(data)
    assert found is not None
    assert unicodedata.normalize("NFC", found.text) == text


def _cp1258(char: str) -> str:
    """Base letter with its hat or breve, the tone apart: what code page 1258 can write."""
    parts = unicodedata.normalize("NFD", char)
    tones = "\u0300\u0301\u0303\u0309\u0323"
    base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
    return base + "".join(c for c in parts if c in tones)


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    found = decode_text(data)
    assert found is None or isinstance(found.text, str)


@given(st.sampled_from(SYLLABLES))
def test_syllables_in_use_have_the_shape(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(word.upper())
    assert has_shape(word)


@given(st.binary(max_size=300))
def test_any_content_stream_ends(data: bytes) -> None:
    for op, args in operations(data):
        assert isinstance(op, str)
        assert isinstance(args, list)


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=12), st.integers(6, 20), st.booleans())
def test_words_come_back_whatever_the_order_of_drawing(words: list[str], size: int, backwards: bool) -> None:
    glyphs, x = [], 50.0
    for word in words:
        for char in word:
            glyphs.append(Glyph(char, x, 696.0, x + size / 2, 696.0 + size, x, 700.0, float(size), "F", 0, 0, False))
            x += size / 2
        x += size / 4
    kept, notes = clean_glyphs(glyphs[::-1] if backwards else glyphs + glyphs)
    assert not (backwards and notes)
    rows = build_rows(kept, height=842)
    assert [[t.text for t in row] for row in rows] == [words]
