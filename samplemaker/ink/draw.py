"""From a mark of the display list to layers of ink."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from samplemaker.fonts import HANDS_LATIN, has_glyphs
from samplemaker.ink import stamps, strokes
from samplemaker.page import Mark

Mask = NDArray[np.uint8]

COLORS: dict[str, tuple[int, int, int]] = {
    "black": (25, 25, 28),
    "blue": (34, 58, 168),
    "darkblue": (22, 30, 92),
    "red": (206, 30, 46),
    "orange": (222, 74, 38),
    "violet": (110, 50, 150),
    "grey": (110, 110, 115),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """Ink of one colour: a mask (0..255) whose top left pixel lies at x, y of the page (pixels)."""

    x: int
    y: int
    mask: Mask
    color: tuple[int, int, int]


def color_of(name: str) -> tuple[int, int, int]:
    """RGB of an ink name or of ``#rrggbb``."""
    if name.startswith("#"):
        return (int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16))
    return COLORS[name]


def _turn(mask: Mask, angle: float) -> tuple[Mask, int, int]:
    """Turned counter-clockwise around its middle; the mask grows by the two offsets."""
    if abs(angle) < 0.05:
        return mask, 0, 0
    h, w = mask.shape
    rad = math.radians(abs(angle) % 180)
    if rad > math.pi / 2:
        rad = math.pi - rad
    nw, nh = int(w * math.cos(rad) + h * math.sin(rad)) + 2, int(h * math.cos(rad) + w * math.sin(rad)) + 2
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0)
    matrix[0, 2] += (nw - w) / 2
    matrix[1, 2] += (nh - h) / 2
    turned = np.asarray(cv2.warpAffine(mask, matrix, (nw, nh), flags=cv2.INTER_LINEAR), np.uint8)
    return turned, (nw - w) // 2, (nh - h) // 2


def draw_mark(mark: Mark, dpi: float) -> list[Layer]:
    """The ink of a mark at a resolution; the same mark gives the same ink."""
    scale = dpi / 72
    width, height = max(4, round(mark.width * scale)), max(4, round(mark.height * scale))
    x, y = round(mark.x * scale), round(mark.y * scale)
    extra: list[Layer] = []
    if mark.kind == "seal":
        mask = stamps.round_seal(mark.text, width, mark.seed)
    elif mark.kind in ("signature", "initials"):
        mask = strokes.sign_name(width, height, mark.seed, short=mark.kind == "initials")
    elif mark.kind in ("digits", "note"):
        mask = _handwriting(mark, width, height)
    elif mark.kind == "numbering":
        mask = stamps.numbering(mark.text, width, height, mark.seed)
    elif mark.kind in ("image_text", "rubber"):
        font, _, text = mark.text.partition("|")
        mask = stamps.text_mask(text, font, width, height, stretch=mark.kind == "rubber")
        if mark.kind == "rubber":
            mask = stamps.wear(
                np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8),
                mark.seed,
                Random(mark.seed).uniform(0.1, 0.7),
            )
    elif mark.kind == "notice":
        mask = stamps.boxed_words(mark.text, width, height, mark.seed)
    elif mark.kind == "arrival":
        mask, extra = _arrival(mark, width, height, x, y)
    elif mark.kind == "certified":
        mask, extra = _certified(mark, width, height, x, y)
    elif mark.kind == "ornament":
        mask = _ornament(width, height, mark.seed)
    elif mark.kind == "backdrop":
        mask = _backdrop(width, height, mark.seed)
    else:
        raise ValueError(f"unknown mark: {mark.kind}")
    mask, dx, dy = _turn(mask, mark.angle)
    return [Layer(x - dx, y - dy, mask, color_of(mark.color)), *extra]


def _handwriting(mark: Mark, width: int, height: int) -> Mask:
    """Strokes of our own, or (a third of the hands) a handwriting font."""
    hand = Random(mark.seed)
    seed = hash_text(mark.text, mark.seed)
    font = hand.choice(HANDS_LATIN)
    if hand.random() < 0.34 and has_glyphs(font, mark.text):
        return stamps.text_mask(mark.text, font, width, height, stretch=True)
    return strokes.write_signs(mark.text, width, height, mark.seed, seed)


def hash_text(text: str, seed: int) -> int:
    """A number from text and seed that is the same in every process."""
    value = seed
    for char in text:
        value = (value * 1000003 ^ ord(char)) & 0xFFFFFFFF
    return value


def _arrival(mark: Mark, width: int, height: int, x: int, y: int) -> tuple[Mask, list[Layer]]:
    mask, blanks = stamps.arrival_frame(width, height, mark.text, mark.seed)
    rng = Random(mark.seed + 1)
    texts = [str(rng.randint(5, 9800)), f"{rng.randint(1, 28)}/{rng.randint(1, 12)}"]
    pen = "black" if mark.color == "black" else rng.choice(["blue", "blue", "black"])
    layers = []
    for (fx, fy, fw, fh), text in zip(blanks, texts, strict=True):
        w, h = int(fw * width * len(text) / 6), int(fh * height * 1.2)
        ink = strokes.write_signs(text, max(w, 8), max(h, 8), mark.seed, mark.seed + len(text))
        layers.append(Layer(x + int(fx * width), y + int((fy - 0.04) * height), ink, color_of(pen)))
    return mask, layers


def _certified(mark: Mark, width: int, height: int, x: int, y: int) -> tuple[Mask, list[Layer]]:
    """A certified copy: stamp, number and day by pen, a second seal and signature."""
    rng = Random(mark.seed + 3)
    pen = color_of("black" if mark.color == "black" else rng.choice(["blue", "black"]))
    layers = []
    spots = [(0.36, 0.24, f"{rng.randint(3, 9800)}"), (0.22, 0.42, f"{rng.randint(1, 28):02d}")]
    for fx, fy, text in [*spots, (0.5, 0.42, f"{rng.randint(1, 12):02d}"), (0.79, 0.42, f"{rng.randint(9, 26):02d}")]:
        w, h = max(8, int(width * 0.045 * len(text))), max(8, int(height * 0.16))
        layers.append(
            Layer(x + int(fx * width), y + int(fy * height), strokes.write_signs(text, w, h, mark.seed, 7), pen)
        )
    ring = f"ỦY BAN NHÂN DÂN ★ {mark.text.upper()}##"
    size = int(height * 0.95)
    seal = stamps.round_seal(ring, size, mark.seed + 1)
    layers.append(
        Layer(x + int(width * 0.2), y + int(height * 0.62), seal, color_of("black" if mark.color == "black" else "red"))
    )
    name = strokes.sign_name(int(width * 0.4), int(height * 0.4), mark.seed + 2)
    layers.append(Layer(x + int(width * 0.4), y + int(height * 0.8), name, pen))
    return stamps.certified_copy(width, height, mark.seed), layers


def _ornament(width: int, height: int, seed: int) -> Mask:
    """A curled corner piece for the top left; turned for the others."""
    rng = Random(seed)
    mask: Mask = np.zeros((height, width), np.uint8)
    for k in range(rng.randint(3, 6)):
        r = width * (0.9 - 0.14 * k)
        cv2.ellipse(mask, (0, 0), (int(r), int(r)), 0, 0, 90, 255, max(1, width // 40), cv2.LINE_AA)
        turns = [
            (r * (0.35 + 0.3 * t) * math.cos(t * 5 + k), r * (0.35 + 0.3 * t) * math.sin(t * 5 + k))
            for t in np.linspace(0, 1, 30)
        ]
        cv2.polylines(
            mask,
            [np.array([(width * 0.4 + a * 0.5, height * 0.4 + b * 0.5) for a, b in turns], np.int32)],
            False,
            255,
            max(1, width // 60),
            cv2.LINE_AA,
        )
    return mask


def _backdrop(width: int, height: int, seed: int) -> Mask:
    """A faint pattern of waves behind a certificate."""
    rng = Random(seed)
    mask: Mask = np.zeros((height, width), np.uint8)
    xs = np.arange(0, width, 8)
    a1, a2, f1, f2 = rng.uniform(6, 30), rng.uniform(3, 12), rng.uniform(1, 4), rng.uniform(5, 12)
    step = max(10, height // rng.randint(40, 70))
    for y in range(0, height, step):
        ys = y + a1 * np.sin(f1 * 2 * np.pi * xs / width + y / 90) + a2 * np.sin(f2 * 2 * np.pi * xs / width - y / 60)
        cv2.polylines(mask, [np.stack([xs, ys], 1).astype(np.int32)], False, rng.randint(30, 60), 1, cv2.LINE_AA)
    return mask
