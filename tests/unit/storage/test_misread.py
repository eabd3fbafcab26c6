"""What the machine misread is mended where it has one answer only."""

from __future__ import annotations

import pytest

from storage.misread import meant_by, mend

MENDED = {
    "onq": "ong", "tuonq": "tuong", "thl": "thi", "nghlep": "nghiep", "nqoi": "ngoi", "glao": "giao", "kh0ng": "khong",
    "carn": "cam", "congty": "cong ty", "cophan": "co phan", "nguyenvan": "nguyen van",
}  # fmt: skip


@pytest.mark.parametrize(("printed", "meant"), MENDED.items())
def test_a_misread_word_stands_for_one_syllable(printed: str, meant: str) -> None:
    assert " ".join(meant_by(printed)) == meant


@pytest.mark.parametrize("word", ["ong", "duoc", "ubnd", "gpxd", "qdubnd", "2015", "xl", "thanb", "dakrong", "a" * 40])
def test_what_is_a_word_or_has_no_single_answer_stays(word: str) -> None:
    assert meant_by(word) == ()


def test_mended_words_stand_beside_those_that_were_beside_them() -> None:
    words = (*"abcde", "onq", "van", "tuonq", *"ghiklm")
    run = (*"bcde", "ong", "van", "tuong", *"ghik")
    assert mend(words, {"onq": ("ong",), "tuonq": ("tuong",)}) == [run]
    assert mend(["x"] * 9 + ["congty"], {"congty": ("cong", "ty")}) == [("x",) * 4 + ("cong", "ty")]
    assert mend(words, {}) == []
