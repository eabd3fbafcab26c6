"""Writing the two-layer PDF/A-2b: the paper as it looks, and its words to search and copy."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import pdfa

from extractors.copy.image_source import copy_images
from extractors.copy.pdf_source import copy_pdf
from extractors.intake.limits import DEFAULT_LIMITS, Limits
from extractors.intake.sniff import IMAGE_TYPES, MediaType
from schemas.errors import DiskFull, OutputInvalid, UnsupportedFormat
from schemas.reading import Reading

FLAVOUR = "2b"


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What was written.

    pages, size, flavour   pages, bytes, PDF/A flavour ("2b")
    notes                  machine codes, the page after a colon: "rasterised:3" or "rasterised:all" (drawn as a
                           picture, because PDF/A refuses the original or its letters are not what they seem),
                           "scanner_text_removed:1", "signature_dropped", "form_flattened",
                           "attachments_dropped", "fonts_embedded" (a free twin of a font that was only named)
    """

    pages: int
    size: int
    flavour: str
    notes: tuple[str, ...] = ()


def write_copy(
    source: Path, media_type: MediaType | str, reading: Reading, out: Path, *, limits: Limits = DEFAULT_LIMITS
) -> CopyReport:
    """Write the PDF/A-2b copy of ``source`` to ``out``; the source is only read.

    Nothing lies at ``out`` unless it passed validation (pikepdf.pdfa) and qpdf's check. Raises OutputInvalid
    (E115), BrokenFile (E104), TooLarge (E106), UnsupportedFormat (E108), DiskFull (E203).
    """
    kind = MediaType(media_type)
    notes: list[str] = []
    reasons: list[str] = []
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".copy-") as name:
            folder = Path(name)
            target = folder / "copy.pdf"

            def save(pdf: pikepdf.Pdf) -> bool:
                problem = _save(pdf, target)
                reasons.append(problem)
                return not problem

            if kind is MediaType.PDF:
                pages = copy_pdf(source, reading, folder, limits, save, notes)
            elif kind in IMAGE_TYPES:
                with copy_images(source, kind, reading, folder, limits).pdf as pdf:
                    pages = len(pdf.pages)
                    save(pdf)
            elif kind in (MediaType.DOCX, MediaType.TXT):
                from extractors.copy.office_source import copy_office

                with copy_office(source, kind, limits) as pdf:
                    pages = len(pdf.pages)
                    save(pdf)
            else:
                raise UnsupportedFormat(kind.value)
            if not target.exists():
                raise OutputInvalid(reasons[-1])
            _check(target, pages)
            os.replace(target, out)
    except OSError as exc:
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from exc
        raise
    return CopyReport(pages, out.stat().st_size, FLAVOUR, tuple(dict.fromkeys(notes)))


def _save(pdf: pikepdf.Pdf, target: Path) -> str:
    """Save and validate; returns why not, or an empty string."""
    with contextlib.suppress(FileNotFoundError):
        target.unlink()
    try:
        pdfa.save(pdf, target, FLAVOUR)
    except pdfa.PdfaError as exc:
        rules = sorted({finding.rule for finding in exc.report.findings})
        return ", ".join(rules)[:200] or "PDF/A"
    except (pikepdf.PdfError, ValueError, RuntimeError) as exc:
        return type(exc).__name__
    return ""


def _check(target: Path, pages: int) -> None:
    """qpdf's own look at the finished file. Raises OutputInvalid (E115)."""
    try:
        with pikepdf.open(target) as pdf:
            problems = pdf.check_pdf_syntax()
            if problems or len(pdf.pages) != pages:
                raise OutputInvalid(f"{len(pdf.pages)}/{pages} trang")
    except pikepdf.PdfError as exc:
        raise OutputInvalid("không mở lại được") from exc


__all__ = ["FLAVOUR", "CopyReport", "write_copy"]
