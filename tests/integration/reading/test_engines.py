"""One contract for both engines: the same Tesseract as a program and in this process."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from extractors.ocr.engine import OcrEngine, OcrWord
from extractors.ocr.inprocess import InProcessTesseract
from extractors.ocr.lines import AsterLineReader
from extractors.ocr.tesseract import TesseractEngine
from schemas.errors import ToolMissing
from schemas.text import nfc
from tests.drawing import Sheet

Make = Callable[..., OcrEngine]
MAKERS: dict[str, Make] = {"tesseract": TesseractEngine, "tesserocr": InProcessTesseract}
ROWS = ("Ủy ban nhân dân tỉnh Quảng Trị", "Quyết định số 2110 ngày 12 tháng 8 năm 2021", "Nguyễn Văn Mẫu")
DPI = 300


@pytest.fixture(scope="session", params=sorted(MAKERS))
def maker(request: pytest.FixtureRequest) -> Make:
    return MAKERS[request.param]


@pytest.fixture(scope="session")
def any_engine(maker: Make) -> OcrEngine:
    return maker()


@pytest.fixture(scope="session")
def picture() -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    sheet = Sheet(dpi=DPI, tall_mm=60)
    places = [sheet.write(text, 20, 12 + 14 * k, points=14) for k, text in enumerate(ROWS)]
    return sheet.gray, places


@pytest.fixture(scope="session")
def blank() -> np.ndarray:
    return np.full((500, 800), 255, np.uint8)


@pytest.fixture(scope="session")
def words(any_engine: OcrEngine, picture: tuple[np.ndarray, list]) -> tuple[OcrWord, ...]:
    (read,) = any_engine.read([picture[0]], dpi=DPI)
    return read


def rows_of(words: tuple[OcrWord, ...]) -> list[str]:
    """Texts of the lines, in the reader's order."""
    return [" ".join(w.text for w in words if w.line == n) for n in dict.fromkeys(w.line for w in words)]


def test_words_are_read(words: tuple[OcrWord, ...]):
    assert rows_of(words) == list(ROWS)


def test_words_of_a_line_share_its_number(words: tuple[OcrWord, ...]):
    assert len({w.line for w in words}) == len(ROWS)
    assert [w.line for w in words] == sorted(w.line for w in words)


def test_text_is_nfc_and_never_empty(words: tuple[OcrWord, ...]):
    assert all(w.text == nfc(w.text).strip() and w.text for w in words)


def test_scores_are_shares(words: tuple[OcrWord, ...]):
    assert all(0 <= w.score <= 1 for w in words)
    assert np.mean([w.score for w in words]) > 0.8


def test_boxes_lie_on_their_words(words: tuple[OcrWord, ...], picture: tuple[np.ndarray, list]):
    image, places = picture
    for word in words:
        assert 0 <= word.x0 < word.x1 <= image.shape[1]
        assert 0 <= word.y0 < word.y1 <= image.shape[0]
    for n, (x0, y0, x1, y1) in zip(dict.fromkeys(w.line for w in words), places, strict=True):
        line = [w for w in words if w.line == n]
        assert min(w.x0 for w in line) == pytest.approx(x0, abs=8)
        assert max(w.x1 for w in line) == pytest.approx(x1, abs=8)
        assert all(y0 - 8 <= w.y0 and w.y1 <= y1 + 8 for w in line)
        assert all(a.x1 <= b.x0 + 2 for a, b in pairwise(line))


def test_pictures_keep_their_order_and_their_blanks(any_engine: OcrEngine, picture: tuple, blank: np.ndarray):
    """A blank picture between others must not shift the words of the next one."""
    small = Sheet(dpi=DPI, tall_mm=30)
    small.write("Trang cuối cùng", 20, 8)
    read = any_engine.read([blank, picture[0], blank, small.gray], dpi=DPI)
    assert [len(w) > 0 for w in read] == [False, True, False, True]
    assert rows_of(read[1]) == list(ROWS)
    assert rows_of(read[3]) == ["Trang cuối cùng"]


def test_no_pictures_no_words(any_engine: OcrEngine):
    assert any_engine.read([], dpi=DPI) == ()


def test_the_same_picture_reads_the_same_twice(any_engine: OcrEngine, picture: tuple, words: tuple[OcrWord, ...]):
    assert any_engine.read([picture[0]], dpi=DPI) == (words,)


@pytest.mark.parametrize("psm", [4, 6, 7])
def test_segmentation_modes_are_obeyed(any_engine: OcrEngine, psm: int):
    sheet = Sheet(dpi=DPI, tall_mm=25)
    sheet.write(ROWS[0], 20, 8)
    (read,) = any_engine.read([sheet.gray], dpi=DPI, psm=psm)
    assert rows_of(read) == [ROWS[0]]


def test_the_version_names_program_and_language(maker: Make, any_engine: OcrEngine):
    assert any_engine.name == next(n for n, m in MAKERS.items() if m is maker)
    version = any_engine.version()
    assert re.search(r"\d+\.\d+", version)
    assert version.endswith(" vie")
    assert "\n" not in version


def test_a_missing_language_is_a_missing_tool(maker: Make):
    with pytest.raises(ToolMissing) as caught:
        maker(language="xyz")
    assert caught.value.code == "E201"
    assert "xyz" in caught.value.detail


def test_an_empty_language_folder_is_a_missing_tool(maker: Make, tmp_path: Path):
    with pytest.raises(ToolMissing):
        maker(tessdata=tmp_path)


def test_a_missing_program_is_a_missing_tool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing):
        TesseractEngine()


def test_tesseract_gets_one_thread(any_engine: OcrEngine):
    """More OpenMP threads cost five times the CPU for the same page."""
    assert os.environ["OMP_THREAD_LIMIT"] == "1"


# --- the reader of single lines ---------------------------------------------------------------------------------


def line_picture(text: str, *, points: float = 14) -> np.ndarray:
    sheet = Sheet(dpi=DPI, wide_mm=400, tall_mm=30)
    x0, y0, x1, y1 = sheet.write(text, 10, 8, points=points)
    return np.ascontiguousarray(sheet.gray[y0 - 6 : y1 + 6, x0 - 8 : x1 + 8])


@pytest.mark.parametrize("text", [*ROWS, "Số: 2110/QĐ-UBND"])
def test_the_line_reader_reads_vietnamese(line_reader: AsterLineReader, text: str):
    (seen,) = line_reader.read_lines([line_picture(text)])
    assert seen.text == text
    assert 0.8 < seen.score <= 1
    assert 0 <= seen.weakest <= seen.score


def test_a_line_longer_than_the_network_is_read_in_parts(line_reader: AsterLineReader):
    text = "Về việc phê duyệt Báo cáo đánh giá tác động môi trường của Dự án Nhà máy chế biến gỗ tại xã Cam Hiếu"
    (seen,) = line_reader.read_lines([line_picture(text * 2, points=8)])
    assert len(seen.text) > 1.8 * len(text)
    assert seen.text.startswith("Về việc phê duyệt")


@pytest.mark.parametrize("shape", [(32, 200), (1, 1), (5, 3), (40, 20)])
def test_paper_without_ink_gives_no_letters(line_reader: AsterLineReader, shape: tuple[int, int]):
    (seen,) = line_reader.read_lines([np.full(shape, 255, np.uint8)])
    assert seen.text == "" or seen.score < 0.7


def test_lines_come_back_in_order(line_reader: AsterLineReader):
    seen = line_reader.read_lines([line_picture(t) for t in ROWS])
    assert [s.text for s in seen] == list(ROWS)
    assert line_reader.read_lines([]) == ()


def test_the_line_reader_names_its_weights(line_reader: AsterLineReader):
    assert re.fullmatch(r"asternet [0-9a-f]{12}", line_reader.version())
