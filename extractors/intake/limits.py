"""How much of one file we are willing to open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one hostile file from hurting the machine.

    max_bytes          size of one file (bytes)
    max_pages          pages of one document
    max_pixels         pixels of one image, checked from its header before anything is decoded; the default
                       holds an A0 sheet at 300 dpi and still fits a worker of 1 GB
    max_render_pixels  a page is drawn at a lower resolution rather than above this
    max_text_chars     characters of one office or text file
    max_zip_members, max_zip_bytes, max_zip_ratio, max_zip_depth
                       files in an archive (nested ones counted), bytes unpacked in all, unpacked bytes for one
                       packed byte (only judged above 16 MiB), and how many archives deep
    """

    max_bytes: int = 4 * 1024**3
    max_pages: int = 2000
    max_pixels: int = 150_000_000
    max_render_pixels: int = 36_000_000
    max_text_chars: int = 5_000_000
    max_zip_members: int = 10_000
    max_zip_bytes: int = 8 * 1024**3
    max_zip_ratio: float = 200.0
    max_zip_depth: int = 1


DEFAULT_LIMITS = Limits()
