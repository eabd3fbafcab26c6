"""Pen strokes: curves through points, drawn with uneven pressure on a grey mask (255 = ink)."""

from __future__ import annotations

from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
Point = tuple[float, float]

SUPER = 3

# Skeletons in a box 0.6 wide and 1 high (y down); several ways to write each sign.
GLYPHS: dict[str, list[list[list[Point]]]] = {
    "0": [
        [[(0.34, 0.04), (0.12, 0.25), (0.07, 0.65), (0.26, 0.97), (0.5, 0.72), (0.53, 0.3), (0.36, 0.05)]],
        [[(0.4, 0.1), (0.2, 0.08), (0.08, 0.5), (0.24, 0.95), (0.48, 0.8), (0.52, 0.35), (0.3, 0.06), (0.42, 0.0)]],
    ],
    "1": [
        [[(0.32, 0.04), (0.3, 0.5), (0.27, 0.97)]],
        [[(0.1, 0.32), (0.34, 0.04), (0.31, 0.5), (0.28, 0.97)]],
        [[(0.14, 0.26), (0.36, 0.05), (0.3, 0.95)], [(0.1, 0.97), (0.5, 0.95)]],
    ],
    "2": [
        [[(0.08, 0.26), (0.26, 0.04), (0.48, 0.2), (0.4, 0.5), (0.07, 0.94), (0.3, 0.9), (0.58, 0.95)]],
        [[(0.1, 0.22), (0.3, 0.03), (0.5, 0.22), (0.3, 0.65), (0.1, 0.95), (0.06, 0.8), (0.25, 0.82), (0.42, 0.98), (0.6, 0.88)]],  # noqa: E501
    ],
    "3": [
        [[(0.1, 0.14), (0.32, 0.03), (0.48, 0.2), (0.26, 0.45), (0.5, 0.65), (0.38, 0.93), (0.05, 0.88)]],
        [[(0.08, 0.08), (0.5, 0.06), (0.24, 0.4), (0.5, 0.62), (0.34, 0.98), (0.04, 0.86)]],
    ],
    "4": [
        [[(0.38, 0.04), (0.07, 0.62), (0.57, 0.6)], [(0.43, 0.36), (0.38, 0.98)]],
        [[(0.12, 0.08), (0.09, 0.52), (0.52, 0.5)], [(0.47, 0.06), (0.42, 0.98)]],
    ],
    "5": [
        [[(0.16, 0.1), (0.12, 0.45), (0.4, 0.42), (0.5, 0.7), (0.3, 0.95), (0.05, 0.88)], [(0.15, 0.09), (0.53, 0.04)]],
        [[(0.52, 0.06), (0.18, 0.08), (0.12, 0.44), (0.4, 0.42), (0.48, 0.72), (0.26, 0.97), (0.04, 0.9)]],
    ],
    "6": [
        [[(0.46, 0.04), (0.18, 0.35), (0.09, 0.72), (0.28, 0.96), (0.5, 0.78), (0.36, 0.55), (0.12, 0.7)]],
        [[(0.38, 0.02), (0.1, 0.5), (0.16, 0.92), (0.44, 0.9), (0.46, 0.62), (0.16, 0.62)]],
    ],
    "7": [
        [[(0.07, 0.12), (0.52, 0.07), (0.36, 0.5), (0.24, 0.98)]],
        [[(0.06, 0.14), (0.52, 0.06), (0.38, 0.45), (0.26, 0.98)], [(0.12, 0.52), (0.52, 0.48)]],
        [[(0.08, 0.2), (0.1, 0.08), (0.54, 0.08), (0.3, 0.6), (0.24, 1.0)]],
    ],
    "8": [
        [[(0.46, 0.15), (0.26, 0.04), (0.14, 0.22), (0.44, 0.6), (0.46, 0.85), (0.24, 0.97), (0.08, 0.78), (0.3, 0.48), (0.48, 0.22), (0.42, 0.1)]],  # noqa: E501
        [[(0.3, 0.46), (0.12, 0.25), (0.3, 0.04), (0.46, 0.24), (0.28, 0.48), (0.08, 0.76), (0.28, 0.98), (0.5, 0.74), (0.3, 0.47)]],  # noqa: E501
    ],
    "9": [
        [[(0.48, 0.2), (0.28, 0.04), (0.1, 0.25), (0.24, 0.46), (0.48, 0.25), (0.46, 0.5), (0.36, 0.97)]],
        [[(0.46, 0.12), (0.2, 0.08), (0.12, 0.36), (0.4, 0.4), (0.48, 0.1), (0.46, 0.7), (0.3, 0.97), (0.1, 0.9)]],
    ],
    "K": [[[(0.14, 0.04), (0.1, 0.97)], [(0.5, 0.05), (0.12, 0.55), (0.56, 0.97)]]],
    "T": [[[(0.02, 0.08), (0.6, 0.04)], [(0.32, 0.06), (0.28, 0.97)]]],
    ".": [[[(0.1, 0.93), (0.14, 0.96)]]],
    "/": [[[(0.45, 0.0), (0.1, 1.0)]]],
    "-": [[[(0.1, 0.55), (0.5, 0.52)]]],
}  # fmt: skip


def curve(points: list[Point], steps: int = 10) -> NDArray[np.float64]:
    """A smooth line through the points (Catmull-Rom)."""
    if len(points) < 3:
        return np.array(points, dtype=np.float64)
    p = np.array([points[0], *points, points[-1]], dtype=np.float64)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    out = []
    for i in range(len(points) - 1):
        a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
        out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    out.append(p[-1:])
    return np.concatenate(out)


def ink_line(mask: Mask, line: NDArray[np.float64], pen: float, rng: Random) -> None:
    """Draws a line (pixels of the mask) with a pen of changing width."""
    count = len(line)
    phase, swing = rng.uniform(0, 6), rng.uniform(0.1, 0.35)
    for i in range(count - 1):
        width = pen * (1 + swing * np.sin(phase + i * 0.35)) * (0.65 if i in (0, count - 2) and count > 6 else 1)
        a, b = line[i] * 8, line[i + 1] * 8
        cv2.line(mask, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 255, max(1, round(width)), cv2.LINE_AA, 3)


def write_signs(text: str, width: int, height: int, hand: int, seed: int) -> Mask:
    """Digits (and a few letters) in the hand number ``hand`` on a mask of the size in pixels."""
    style, now = Random(hand), Random(seed)
    ways = {sign: style.randrange(len(GLYPHS[sign])) for sign in GLYPHS}
    slant, pen = style.uniform(-0.05, 0.32), style.uniform(0.036, 0.078)
    wobble, narrow = style.uniform(0.008, 0.045), style.uniform(0.75, 1.1)
    w, h = width * SUPER, height * SUPER
    mask: Mask = np.zeros((h, w), np.uint8)
    cell = w / (len(text) + 0.4)
    x = cell * 0.15
    for sign in text:
        body = GLYPHS.get(sign)
        tall = h * style.uniform(0.74, 0.8) * now.uniform(0.88, 1.08)
        top = (h - tall) / 2 + now.uniform(-0.06, 0.06) * h
        if body:
            strokes = body[ways[sign] if now.random() < 0.85 else now.randrange(len(body))]
            for stroke in strokes:
                spots = []
                for px, py in stroke:
                    sx = (px + now.gauss(0, wobble)) / 0.6 * cell * 0.82 * narrow
                    sy = (py + now.gauss(0, wobble)) * tall
                    spots.append((x + sx + slant * (tall - sy) * 0.55, top + sy))
                ink_line(mask, curve(spots), max(pen * h, SUPER * 1.1), now)
        x += cell * now.uniform(0.9, 1.06) * (0.5 if sign == "." else 1)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def sign_name(width: int, height: int, seed: int, *, short: bool = False) -> Mask:
    """A signature (or initials when ``short``): some loops, some zigzag, some flourish, never twice the same."""
    rng = Random(seed)
    w, h = width * SUPER, height * SUPER
    mask: Mask = np.zeros((h, w), np.uint8)
    pen = max(SUPER * 1.1, h * (0.02 if not short else 0.05) * rng.uniform(0.7, 1.25))
    middle = rng.uniform(0.42, 0.65)
    strokes_: list[list[Point]] = [_first_letter(rng, middle, short)]
    x = max(p[0] for p in strokes_[0])
    body, x = _running(rng, middle, x, rng.randint(1, 3) if short else rng.randint(2, 8))
    if rng.random() < 0.75:
        strokes_[0] += body
    else:
        strokes_.append(body)
    if not short:
        strokes_ += _flourish(rng, middle, x)
    widest = max(p[0] for stroke in strokes_ for p in stroke)
    scale = 0.95 / max(0.7, widest)
    for stroke in strokes_:
        spots = [(0.03 * w + px * scale * w * 0.97, min(max(py, 0.03), 0.97) * h) for px, py in stroke]
        ink_line(mask, curve(spots, 14), pen, rng)
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _first_letter(rng: Random, middle: float, short: bool) -> list[Point]:
    """The large first sign: a hook, an oval, a looped stem or a steep zigzag."""
    tall, lean = rng.uniform(0.25, 0.44), rng.uniform(0.0, 0.12)
    shape = rng.randrange(4)
    if shape == 0:  # hook
        return [(0.02, middle), (0.08 + lean, middle - tall), (0.06, middle + tall), (0.14, middle + tall * 0.2)]
    if shape == 1:  # oval
        return [
            (0.2, middle - tall * 0.8),
            (0.04, middle - tall * 0.2),
            (0.06, middle + tall * 0.7),
            (0.2, middle + tall * 0.5),
            (0.22, middle - tall),
            (0.16, middle),
        ]
    if shape == 2:  # looped stem
        points = [(0.02, middle + tall * 0.3)]
        for k in range(rng.randint(1, 2)):
            left = 0.08 * k
            points += [
                (left + 0.14 + lean, middle - tall),
                (left + 0.06 + lean, middle - tall * 0.9),
                (left + 0.08, middle + tall),
                (left + 0.15, middle + tall * 0.1),
            ]
        return points
    return [
        (0.02 + 0.05 * k + (lean if k % 2 else 0), middle + (tall if k % 2 == 0 else -tall) * rng.uniform(0.5, 1))
        for k in range(rng.randint(3, 5))
    ]


def _running(rng: Random, middle: float, x: float, count: int) -> tuple[list[Point], float]:
    """Small letters: waves that grow smaller, or loops."""
    points: list[Point] = []
    loops, swing, fall = rng.random() < 0.35, rng.uniform(0.06, 0.2), rng.uniform(-0.02, 0.03)
    for k in range(count):
        step, high = rng.uniform(0.03, 0.09), swing * rng.uniform(0.4, 1.1) * (1 - 0.07 * k)
        y = middle + fall * k
        if loops:
            points += [(x + step, y - high), (x + step * 0.3, y - high * 0.6), (x + step * 0.6, y + high)]
        else:
            points += [(x + step * 0.5, y - high), (x + step, y + high * rng.uniform(0.4, 1.0))]
        x += step
    return points or [(x, middle), (x + 0.05, middle)], x


def _flourish(rng: Random, middle: float, x: float) -> list[list[Point]]:
    """A long last stroke, a line under the name, a bar across."""
    out: list[list[Point]] = []
    roll = rng.random()
    if roll < 0.35:
        out.append(
            [(x - 0.02, middle), (x + 0.12, middle + 0.04), (x + rng.uniform(0.2, 0.7), middle - rng.uniform(0.0, 0.3))]
        )
    elif roll < 0.6:
        y = middle + rng.uniform(0.2, 0.38)
        out.append(
            [(rng.uniform(0, 0.2), y), (x * 0.6, y - 0.03), (x + rng.uniform(0.05, 0.5), y - rng.uniform(-0.05, 0.16))]
        )
    elif roll < 0.75:
        y = middle - rng.uniform(0.05, 0.2)
        out.append([(0.02, y + 0.1), (x * 0.5, y), (x + 0.15, y - 0.05), (x * 0.4, y + 0.3), (x + 0.3, y + 0.25)])
    if rng.random() < 0.2:
        out.append([(x + 0.02, middle + 0.2), (x + 0.03, middle + 0.21), (x + 0.04, middle + 0.2)])
    return out
