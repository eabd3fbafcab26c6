"""Pages to pixels."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samplemaker.fonts import pil_font
from samplemaker.ink import Layer, draw_mark
from samplemaker.ink.draw import color_of
from samplemaker.page import Mark, Page, Rule, Text

Pixels = NDArray[np.uint8]


def draw_page(page: Page, dpi: float, *, typed_seed: int | None = None) -> Pixels:
    """The clean page as RGB pixels. ``typed_seed``: letters dance and fade as from a typewriter."""
    scale = dpi / 72
    image = Image.new("RGB", (round(page.width * scale), round(page.height * scale)), "white")
    under = [i for i in page.items if isinstance(i, Mark) and i.under]
    if under:
        pixels = np.array(image)
        for mark in under:
            for layer in draw_mark(mark, dpi):
                press(pixels, layer)
        image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    rng = Random(typed_seed) if typed_seed is not None else None
    for item in page.items:
        if isinstance(item, Text):
            _draw_text(draw, item, scale, rng)
        elif isinstance(item, Rule):
            width = max(1, round(item.width * scale))
            draw.line(
                (item.x0 * scale, item.y0 * scale, item.x1 * scale, item.y1 * scale),
                fill=_fill(item.color),
                width=width,
            )
    pixels = np.array(image)
    for item in page.items:
        if isinstance(item, Mark) and not item.under:
            for layer in draw_mark(item, dpi):
                press(pixels, layer)
    return pixels


def _fill(color: str) -> tuple[int, int, int]:
    return (18, 18, 20) if color == "black" else color_of(color)


def _draw_text(draw: ImageDraw.ImageDraw, item: Text, scale: float, rng: Random | None) -> None:
    font = pil_font(item.font, round(item.size * scale, 2))
    x, y, fill = item.x * scale, item.y * scale, _fill(item.color)
    if rng is None or not item.font.startswith("mono"):
        draw.text((x, y), item.text, fill=fill, font=font, anchor="ls")
        return
    for char in item.text:
        grey = min(150, int(abs(rng.gauss(0, 32))) + 15)
        draw.text(
            (x + rng.gauss(0, 0.35), y + rng.gauss(0, 0.45)), char, fill=(grey, grey, grey + 4), font=font, anchor="ls"
        )
        x += font.getlength(char)


def press(pixels: Pixels, layer: Layer) -> None:
    """Puts ink on the page in place: ink darkens what lies below, as real ink does."""
    h, w = layer.mask.shape
    y0, x0 = max(layer.y, 0), max(layer.x, 0)
    y1, x1 = min(layer.y + h, pixels.shape[0]), min(layer.x + w, pixels.shape[1])
    if y1 <= y0 or x1 <= x0:
        return
    mask = layer.mask[y0 - layer.y : y1 - layer.y, x0 - layer.x : x1 - layer.x].astype(np.float32)[..., None] / 255
    area = pixels[y0:y1, x0:x1].astype(np.float32)
    tint = np.array(layer.color, np.float32) / 255
    pixels[y0:y1, x0:x1] = (area * (1 - mask * (1 - tint))).astype(np.uint8)
