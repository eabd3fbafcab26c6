"""Words and letters: content without rendering, fonts, old encodings."""

import re
import unicodedata
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samplemaker.content.write import pick_layout, write_paper
from samplemaker.fonts import HANDS_VIETNAMESE, font_path, has_glyphs, text_width
from samplemaker.ink.strokes import GLYPHS
from samplemaker.legacy import TCVN3, Recoder, vni
from samplemaker.maker import retone
from samplemaker.names import KINDS, LAYOUTS
from samplemaker.typeset import pick_finish, pick_style, set_paper
from samplemaker.typeset.markup import other_tone, plain, split_words
from samplemaker.vocabulary import MERGER, load_json, load_toml, long_date

BASES = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
LETTERS = "".join(unicodedata.normalize("NFC", b + t) for b in BASES for t in TONES) + "đ"


@pytest.mark.parametrize("font", ["serif", "serif-b", "serif-i", "serif-bi", "sans", "sans-b", "mono", "mono-b"])
def test_fonts_have_every_vietnamese_letter(font: str) -> None:
    assert has_glyphs(font, LETTERS + LETTERS.upper() + "0123456789/.,;:-–“”()²³")


@pytest.mark.parametrize("font", HANDS_VIETNAMESE)
def test_form_filling_hands_have_every_vietnamese_letter(font: str) -> None:
    assert has_glyphs(font, LETTERS + LETTERS.upper() + "0123456789/.,:-")


def test_every_digit_can_be_written_by_hand() -> None:
    assert set("0123456789KT.") <= set(GLYPHS)


@given(seed=st.integers(0, 10**9), kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=60, deadline=None)
def test_what_is_true_is_printed(seed: int, kind: str) -> None:
    rng = Random(seed)
    layout = pick_layout(kind, rng, tuple(LAYOUTS))
    paper = write_paper(kind, layout, rng)
    style, finish = pick_style(rng, layout, kind), pick_finish(rng, "office")
    if style.other_tones:
        paper = retone(paper)
    pages = set_paper(paper, style, finish, rng)
    text = re.sub(r"\s+", " ", " ".join(page.text() for page in pages))
    assert not re.search(r"\[\[|\]\]|</?[biu]>|[{}]", text)
    assert unicodedata.is_normalized("NFC", text)
    tags = {tag for page in pages for tag in page.boxes()}
    for tag, value in {
        "doc_number": paper.doc_number, "signer_name": paper.sign.name, "owner_name": paper.owner,
        "summary": paper.summary, "owner_id": paper.owner_id, "place": paper.place,
    }.items():  # fmt: skip
        assert bool(value) == (tag in tags), tag
        assert not value or re.sub(r"\s+", " ", value) in text, (tag, value)
    assert bool(paper.valid_to) == ("valid_to" in tags)
    for page in pages:
        for rect in page.boxes().values():
            assert rect[0] > -2
            assert rect[2] < page.width + 2
            assert rect[3] < page.height + 2


@given(seed=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_units_are_those_of_the_day(seed: int) -> None:
    rng = Random(seed)
    paper = write_paper("qd_ca_nhan", "nd30", rng)
    units = load_json("units.json")
    names = units["since_2025_07" if paper.issued >= MERGER else "before_2025_07"]
    province = paper.agency.province
    assert province[0].upper() + province[1:] in names
    assert paper.issued < MERGER or paper.agency.level != "huyen"


def test_long_dates_follow_the_rule_of_zeros() -> None:
    assert long_date(date(2022, 2, 5)) == "05 tháng 02 năm 2022"
    assert long_date(date(2022, 11, 15)) == "15 tháng 11 năm 2022"


def test_other_tone_placement() -> None:
    assert other_tone("CỘNG HÒA, Ủy ban, thủy, quý, hoàn, tòa nhà") == "CỘNG HOÀ, Uỷ ban, thuỷ, quý, hoàn, toà nhà"


def test_markup_marks_the_value_only() -> None:
    words = split_words("Cấp cho: <b>[[owner_name|Trần An]]</b>, thôn 4")
    tagged = [piece.text for word in words for piece in word if piece.tag == "owner_name"]
    assert tagged == ["Trần", "An"]
    assert plain("<b>A</b> [[x|b]]") == "A b"


def test_tcvn3_codes_are_those_of_the_standard() -> None:
    assert len(set(TCVN3.values())) == len(TCVN3)
    assert (
        "".join(TCVN3.get(c, c) for c in "Cộng hòa xã hội chủ nghĩa Việt Nam") == "Céng hßa x· héi chñ nghÜa ViÖt Nam"
    )
    runs = Recoder("tcvn3").recode("ỦY BAN", "serif")
    assert [codes for codes, _, _ in runs] == ["ñ", "Y BAN"]


def test_vni_codes() -> None:
    assert "".join(vni(c) for c in "Cộng hòa xã hội chủ nghĩa Việt Nam") == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"


@pytest.mark.parametrize("how", ["tcvn3", "vni", "shifted"])
def test_legacy_layers_keep_the_widths(how: str) -> None:
    from fontTools.ttLib import TTFont

    text, total = "Ủy ban nhân dân tỉnh Đắk Lắk, số 15/QĐ-UBND", 0.0
    for codes, _, path in Recoder(how).recode(text, "serif"):
        font = TTFont(path)
        cmap = font.getBestCmap()
        total += sum(font["hmtx"][cmap[ord(c)]][0] for c in codes) / font["head"].unitsPerEm
    assert total == pytest.approx(text_width("serif", text, 1.0), rel=0.02)


def test_data_names_its_sources() -> None:
    assert "MIT" in load_json("units.json")["source"]
    assert "MIT" in load_json("names.json")["source"]
    for kind in ("qd_ca_nhan", "qd_danh_muc", "cong_van", "ke_hoach", "thong_bao", "to_trinh", "giay_moi", "bien_ban"):
        assert len(load_toml("scenarios.toml")[kind]) >= 3


def test_vni_in_every_font() -> None:
    """A font whose letters are drawn whole has no accents to take off: another one stands in for it."""
    for path in sorted(font_path("serif").parent.glob("*.ttf")):
        (run,) = Recoder("vni").recode("Việt", path.stem)
        assert Path(run[2]).is_file(), path.stem
