"""Tesseract through pytesseract: one program start for all pictures of a document."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytesseract
from PIL import Image

from extractors.ocr.engine import Gray, OcrWord
from extractors.ocr.variables import VARIABLES
from schemas.errors import ReaderTimeout, ToolMissing
from schemas.text import nfc

TIMEOUT_S = 600


class TesseractEngine:
    """``vie`` with one OpenMP thread: more threads cost five times the CPU for the same page."""

    name = "tesseract"
    concurrent = True  # every call is a process of its own

    def __init__(self, *, tessdata: Path | None = None, language: str = "vie") -> None:
        self._language = language
        self._config = " ".join(f"-c {name}={value}" for name, value in VARIABLES) + (
            f' --tessdata-dir "{tessdata}"' if tessdata else ""
        )
        os.environ["OMP_THREAD_LIMIT"] = "1"  # read by the child process only
        try:
            installed = pytesseract.get_languages(config=self._config)
            self._version = str(pytesseract.get_tesseract_version()).splitlines()[0]
        except (pytesseract.TesseractNotFoundError, SystemExit) as e:
            raise ToolMissing("tesseract") from e
        except pytesseract.TesseractError as e:
            raise ToolMissing(f"tesseract: {e.status}") from e
        if language not in installed:
            raise ToolMissing(f"tesseract: {language}")

    def version(self) -> str:
        return f"{self._version} {self._language}"

    def read(self, pictures: Sequence[Gray], *, dpi: int, psm: int = 6) -> tuple[tuple[OcrWord, ...], ...]:
        if not pictures:
            return ()
        with tempfile.TemporaryDirectory(prefix="sohoa-ocr-") as folder:
            names = []
            for k, picture in enumerate(pictures):
                # Unpacked: PNG would be packed and unpacked again, and PGM is read byte by byte (a sixth of all work).
                name = Path(folder) / f"{k:05d}.tif"
                Image.fromarray(picture).save(name)
                names.append(str(name))
            listing = Path(folder) / "pictures.txt"
            listing.write_text("\n".join(names) + "\n", encoding="utf-8")
            try:
                table = pytesseract.image_to_data(
                    str(listing),
                    lang=self._language,
                    config=f"--psm {psm} --oem 1 --dpi {dpi} {self._config}",
                    output_type=pytesseract.Output.DICT,
                    timeout=TIMEOUT_S,
                )
            except pytesseract.TesseractNotFoundError as e:
                raise ToolMissing("tesseract") from e
            except pytesseract.TesseractError as e:
                raise ToolMissing(f"tesseract: {str(e.message)[:200]}") from e
            except RuntimeError as e:  # pytesseract's way to say timeout
                raise ReaderTimeout("tesseract") from e
        return _words(table, len(pictures))


def _words(table: dict[str, list[object]], count: int) -> tuple[tuple[OcrWord, ...], ...]:
    """Rows of Tesseract's TSV as words by picture; ``page_num`` is the place in the list, from 1."""
    pages: list[list[OcrWord]] = [[] for _ in range(count)]
    lines: dict[tuple[object, ...], int] = {}
    for i, raw in enumerate(table["text"]):
        text = nfc(str(raw)).strip()
        confidence = float(str(table["conf"][i]))
        if not text or confidence < 0:
            continue
        key = tuple(table[c][i] for c in ("page_num", "block_num", "par_num", "line_num"))
        x, y, w, h = (int(str(table[c][i])) for c in ("left", "top", "width", "height"))
        page = int(str(table["page_num"][i])) - 1
        line = lines.setdefault(key, len(lines))
        pages[page].append(OcrWord(text, x, y, x + w, y + h, confidence / 100, line))
    return tuple(tuple(p) for p in pages)
