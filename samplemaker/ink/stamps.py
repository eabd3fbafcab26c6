"""Round seals and rubber stamps as grey masks (255 = ink)."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from samplemaker.fonts import pil_font

Mask = NDArray[np.uint8]


def wear(mask: Mask, seed: int, strength: float) -> Mask:
    """Uneven ink: cloudy fading and small holes; strength 0..1."""
    noise = np.random.default_rng(seed)
    h, w = mask.shape
    cloud = noise.random((max(2, h // 40 + 2), max(2, w // 40 + 2)), dtype=np.float32)
    fade = cv2.resize(cloud, (w, h), interpolation=cv2.INTER_CUBIC)
    grain = noise.random((h // 2 + 1, w // 2 + 1), dtype=np.float32)
    fine = cv2.resize(grain, (w, h), interpolation=cv2.INTER_LINEAR)
    keep = np.clip(1.25 - strength * (0.9 * fade + 0.9 * fine), 0.05, 1.0)
    return np.asarray(mask * keep, np.uint8)


def text_mask(text: str, font: str, width: int, height: int, *, stretch: bool = False) -> Mask:
    """One line of text filling a box."""
    size = height * 0.76
    face = pil_font(font, round(size, 1))
    image = Image.new("L", (max(width, int(face.getlength(text)) + 4), height), 0)
    ImageDraw.Draw(image).text((1, height * 0.77), text, fill=255, font=face, anchor="ls")
    if image.width != width:
        image = (
            image.crop((0, 0, int(face.getlength(text)) + 3, height)).resize((width, height), Image.Resampling.BILINEAR)
            if stretch
            else image
        )
    return np.asarray(image, np.uint8)


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, r: float, turn: float = 0.0) -> None:
    points = []
    for k in range(10):
        a = -math.pi / 2 + k * math.pi / 5 + turn
        rr = r if k % 2 == 0 else r * 0.4
        points.append((x + rr * math.cos(a), y + rr * math.sin(a)))
    draw.polygon(points, fill=255)


def _arc_text(
    image: Image.Image,
    text: str,
    center: float,
    radius: float,
    size: float,
    middle: float,
    spread: float,
    *,
    inward: bool,
) -> None:
    """Letters on a circle around the angle ``middle`` (degrees, 0 = top, clockwise); ``inward``: read from below."""
    face = pil_font("sans-b", round(size, 1))
    widths = [face.getlength(c) for c in text]
    natural = sum(widths) / radius
    limit = math.radians(spread)
    stretch = limit / natural if natural > limit else min(1.35, limit / natural)
    angle = math.radians(middle) - (natural * stretch / 2) * (-1 if inward else 1)
    box = int(size * 1.9)
    for char, width in zip(text, widths, strict=True):
        half = width * stretch / radius / 2
        angle += -half if inward else half
        tile = Image.new("L", (box, box), 0)
        ImageDraw.Draw(tile).text((box / 2, box / 2 + size * 0.34), char, fill=255, font=face, anchor="ms")
        degrees = math.degrees(angle)
        tile = tile.rotate(-degrees + (180 if inward else 0), Image.Resampling.BILINEAR)
        x, y = center + radius * math.sin(angle), center - radius * math.cos(angle)
        spot = (int(x - box / 2), int(y - box / 2))
        image.paste(255, (*spot, spot[0] + box, spot[1] + box), tile)
        angle += -half if inward else half


def _emblem(draw: ImageDraw.ImageDraw, c: float, r: float) -> None:
    """A plain drawing that recalls a state emblem: star, sheaves, gear, ribbon."""
    _star(draw, c, c - r * 0.25, r * 0.34)
    for side in (-1, 1):
        for ring in (0.82, 0.66):
            for k in range(11):
                a = math.radians(25 + k * 12.5) * side
                x, y = c + ring * r * math.sin(a), c - ring * r * math.cos(a)
                lean = a + side * 0.5
                draw.line(
                    (x, y, x + r * 0.13 * math.sin(lean), y - r * 0.13 * math.cos(lean)),
                    fill=255,
                    width=max(1, int(r * 0.055)),
                )
    gear = [
        (
            c + r * 0.24 * math.cos(a) * (1.18 if k % 2 else 1),
            c + r * 0.42 + r * 0.24 * math.sin(a) * (1.18 if k % 2 else 1),
        )
        for k, a in enumerate(math.pi + i * math.pi / 16 for i in range(17))
    ]
    draw.line(gear, fill=255, width=max(1, int(r * 0.05)))
    draw.line(
        (c - r * 0.62, c + r * 0.62, c - r * 0.3, c + r * 0.52, c + r * 0.3, c + r * 0.52, c + r * 0.62, c + r * 0.62),
        fill=255,
        width=max(1, int(r * 0.08)),
    )
    draw.line((c - r * 0.4, c + r * 0.72, c + r * 0.4, c + r * 0.72), fill=255, width=max(1, int(r * 0.05)))


def round_seal(text: str, diameter: int, seed: int) -> Mask:
    """The round seal; ``text`` is ``RING ★ BOTTOM##line|line`` (no lines: the emblem)."""
    rng = Random(seed)
    over = 2 if diameter < 500 else 1
    d = diameter * over
    image = Image.new("L", (d, d), 0)
    draw = ImageDraw.Draw(image)
    c, r = d / 2, d / 2 - 2
    ring, _, middle = text.partition("##")
    thick = max(2, int(d * rng.uniform(0.011, 0.018)))
    draw.ellipse((c - r, c - r, c + r, c + r), outline=255, width=thick)
    draw.ellipse((c - r * 0.94, c - r * 0.94, c + r * 0.94, c + r * 0.94), outline=255, width=max(1, thick // 2))
    inner = rng.uniform(0.62, 0.68)
    draw.ellipse(
        (c - r * inner, c - r * inner, c + r * inner, c + r * inner), outline=255, width=max(1, int(thick * 0.7))
    )
    size = r * (0.93 - inner) * rng.uniform(0.56, 0.66)
    radius = r * (inner + 0.94) / 2
    top, _, bottom = (part.strip() for part in ring.partition("★"))
    if bottom:
        _arc_text(image, top, c, radius, size, 0, 190, inward=False)
        _arc_text(image, bottom, c, radius, size, 180, 105, inward=True)
        for angle in (112, 248):
            _star(
                draw,
                c + radius * math.sin(math.radians(angle)),
                c - radius * math.cos(math.radians(angle)),
                size * 0.42,
            )
    else:
        _arc_text(image, top, c, radius, size, 0, 300, inward=False)
        _star(draw, c, c + radius, size * 0.45)
    lines = [line for line in middle.split("|") if line]
    if not lines:
        _emblem(draw, c, r * inner * 0.95)
    else:
        longest = max(len(line) for line in lines)
        height = min(r * inner * 1.5 / (longest * 0.62), r * inner * 1.5 / (len(lines) * 1.3), r * 0.3)
        face = pil_font("sans-b", round(height, 1))
        y = c - (len(lines) - 1) * height * 0.62 + height * 0.35
        for line in lines:
            draw.text((c, y), line, fill=255, font=face, anchor="ms")
            y += height * 1.24
    mask = np.asarray(image, np.uint8)
    if over > 1:
        mask = np.asarray(cv2.resize(mask, (diameter, diameter), interpolation=cv2.INTER_AREA), np.uint8)
    return wear(mask, seed, rng.uniform(0.25, 0.75))


def boxed_words(text: str, width: int, height: int, seed: int) -> Mask:
    """MẬT, KHẨN, HỎA TỐC in a frame."""
    rng = Random(seed)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    line = max(1, height // 16)
    draw.rectangle((1, 1, width - 2, height - 2), outline=255, width=line)
    if rng.random() < 0.4:
        draw.rectangle((line + 3, line + 3, width - line - 4, height - line - 4), outline=255, width=max(1, line // 2))
    size = height * 0.62
    while pil_font("serif-b", round(size, 1)).getlength(text) > width * 0.86:
        size *= 0.93
    draw.text(
        (width / 2, height / 2 + size * 0.3), text, fill=255, font=pil_font("serif-b", round(size, 1)), anchor="ms"
    )
    return wear(np.asarray(image, np.uint8), seed, rng.uniform(0.2, 0.6))


def numbering(text: str, width: int, height: int, seed: int) -> Mask:
    """Digits of a numbering machine: heavy, not quite on one line."""
    rng = Random(seed)
    image = Image.new("L", (width, height), 0)
    draw, face = (
        ImageDraw.Draw(image),
        pil_font(rng.choice(["sans-b", "sans-b", "mono-b", "serif-b"]), round(height * 0.9, 1)),
    )
    step = width / max(1, len(text))
    for k, sign in enumerate(text):
        draw.text(
            (step * (k + 0.5), height * 0.84 + rng.uniform(-0.05, 0.05) * height),
            sign,
            fill=255,
            font=face,
            anchor="ms",
        )
    return wear(np.asarray(image, np.uint8), seed, rng.uniform(0.1, 0.5))


def arrival_frame(
    width: int, height: int, place: str, seed: int
) -> tuple[Mask, list[tuple[float, float, float, float]]]:
    """The receiver's stamp ĐẾN with its lines; also the four blanks (x, y, w, h as fractions) to be filled by pen."""
    rng = Random(seed)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((1, 1, width - 2, height - 2), outline=255, width=max(1, height // 50))
    size = height * 0.145
    face = pil_font("sans-b", round(size, 1))
    head = rng.choice(["VĂN PHÒNG", "TRUNG TÂM HÀNH CHÍNH CÔNG", "PHÒNG VĂN THƯ", "CÔNG VĂN", "UBND XÃ"]) + (
        f" {place.upper()}" if rng.random() < 0.4 else ""
    )
    while face.getlength(head) > width * 0.9 and size > 4:
        size *= 0.92
        face = pil_font("sans-b", round(size, 1))
    draw.text((width / 2, height * 0.2), head, fill=255, font=face, anchor="ms")
    draw.line((0, height * 0.28, width, height * 0.28), fill=255, width=max(1, height // 70))
    draw.text(
        (width * 0.17, height * 0.64), "ĐẾN", fill=255, font=pil_font("sans-b", round(height * 0.2, 1)), anchor="ms"
    )
    label = pil_font("sans", round(height * 0.13, 1))
    rows = [("Số:", 0.44), ("Ngày:", 0.63), (rng.choice(["Chuyển:", "Lưu hồ sơ:"]), 0.86)]
    for text, y in rows:
        draw.text((width * 0.36, height * y), text + "." * 16, fill=255, font=label, anchor="ls")
    return wear(np.asarray(image, np.uint8), seed, rng.uniform(0.3, 0.8)), [
        (0.52, y - 0.15, 0.42, 0.19) for _, y in rows[:2]
    ]


def certified_copy(width: int, height: int, seed: int) -> Mask:
    """The certifying office's stamp on a copy; number and day are left for the pen."""
    rng = Random(seed)
    image = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(image)
    if rng.random() < 0.5:
        draw.rectangle((1, 1, width - 2, height - 2), outline=255, width=max(1, height // 60))
    head = rng.choice(["CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH", "SAO Y BẢN CHÍNH", "BẢN SAO ĐÚNG VỚI BẢN CHÍNH"])
    lines = [(head, "sans-b", 0.18), ("Số chứng thực: ............ Quyển số: .......SCT/BS", "sans", 0.37)]
    lines += [
        ("Ngày ........ tháng ........ năm 20......", "sans", 0.55),
        (rng.choice(["CHỦ TỊCH", "KT. CHỦ TỊCH"]), "sans-b", 0.74),
    ]
    for text, font, y in lines:
        size = height * 0.125
        while pil_font(font, round(size, 1)).getlength(text) > width * 0.94:
            size *= 0.94
        draw.text((width / 2, height * y), text, fill=255, font=pil_font(font, round(size, 1)), anchor="ms")
    return wear(np.asarray(image, np.uint8), seed, rng.uniform(0.2, 0.7))
