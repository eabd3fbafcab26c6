"""Scanner and copier: skew, light, noise, bleed-through, speckle, bilevel."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ScanLook:
    """One scanner's way of seeing; the same for all pages of a document, the skew apart."""

    dpi: int
    mode: str  # color, gray, bilevel
    skew: float  # greatest skew, degrees
    blur: float  # sigma in pixels
    noise: float  # grey levels
    tint: tuple[float, float, float]  # of the paper
    light: float  # unevenness of light, 0..0.5
    bleed: float  # share of the other side that shines through
    edges: str  # none, line, dark
    speckle: int  # specks on an A4 page
    fade: float  # how much the black fades, 0..0.6
    thicken: int  # photocopier: -1 thinner, 1 fatter
    threshold: float  # of the way from ink to paper
    holes: bool
    streaks: int
    quality: int  # JPEG


def pick_look(rng: Random, quality: str) -> ScanLook:
    """A scanner usual for the quality."""
    if quality == "clean":
        return ScanLook(
            dpi=300,
            mode=rng.choice(["color", "gray", "color"]),
            skew=rng.choice([0.0, 0.1, 0.3]),
            blur=rng.uniform(0.3, 0.7),
            noise=rng.uniform(0.8, 2.5),
            tint=_tint(rng, 0.0, 0.012),
            light=rng.uniform(0, 0.03),
            bleed=0.0,
            edges="none",
            speckle=rng.choice([0, 0, 8]),
            fade=rng.uniform(0, 0.12),
            thicken=0,
            threshold=0.6,
            holes=False,
            streaks=0,
            quality=rng.randint(76, 90),
        )
    if quality in ("office", "badocr"):
        return ScanLook(
            dpi=rng.choice([200, 200, 300]),
            mode=rng.choice(["color", "color", "color", "gray"]),
            skew=rng.uniform(0.1, 1.2),
            blur=rng.uniform(0.5, 1.0),
            noise=rng.uniform(1.5, 5.0),
            tint=_tint(rng, 0.0, 0.09),
            light=rng.uniform(0.02, 0.14),
            bleed=rng.choice([0.0, 0.0, rng.uniform(0.02, 0.09)]),
            edges=rng.choice(["none", "line", "line", "dark"]),
            speckle=rng.choice([0, 10, 40]),
            fade=rng.uniform(0.0, 0.3),
            thicken=0,
            threshold=0.6,
            holes=rng.random() < 0.12,
            streaks=rng.choice([0, 0, 0, 1]),
            quality=rng.randint(52, 82),
        )
    mode = rng.choice(["bilevel", "bilevel", "gray"])
    thicken = rng.choice([-1, 0, 0, 0, 0, 1, 1])
    return ScanLook(
        dpi=rng.choice([150, 200, 200, 200, 200]),
        mode=mode,
        skew=rng.uniform(0.4, 3.0),
        blur=rng.uniform(0.5, 0.95),
        noise=rng.uniform(4, 14),
        tint=_tint(rng, 0.0, 0.1),
        light=rng.uniform(0.06, 0.2 if mode == "bilevel" else 0.3),
        bleed=rng.choice([0.0, rng.uniform(0.05, 0.16)]),
        edges=rng.choice(["line", "dark", "dark"]),
        speckle=rng.choice([60, 200, 500]),
        fade=rng.uniform(0.1, 0.45),
        thicken=thicken,
        threshold=rng.uniform(0.72, 0.8) if thicken < 0 else rng.uniform(0.56, 0.8),
        holes=rng.random() < 0.25,
        streaks=rng.choice([0, 0, 0, 1, 2]),
        quality=rng.randint(28, 55),
    )


def _tint(rng: Random, low: float, high: float) -> tuple[float, float, float]:
    amount, warm = rng.uniform(low, high), rng.choice([(0.2, 0.5, 1.0), (1.0, 0.6, 0.1), (0.6, 0.6, 0.6)])
    return (1 - amount * warm[0], 1 - amount * warm[1], 1 - amount * warm[2])


def scan_page(sheet: Pixels, look: ScanLook, seed: int, other_side: Pixels | None = None) -> tuple[Pixels, Matrix]:
    """The page as the scanner sees it, and the 2x3 matrix from page pixels to scan pixels.

    Gray and bilevel pages are 2-D, the latter of 0 and 255 only.
    """
    rng, noise = Random(seed), np.random.default_rng(seed)
    h, w = sheet.shape[:2]
    image = sheet if look.mode == "color" else np.asarray(cv2.cvtColor(sheet, cv2.COLOR_RGB2GRAY), np.uint8)
    if look.bleed and other_side is not None:
        image = _bleed(image, other_side, look, rng)
    if look.thicken and (look.thicken > 0 or look.dpi >= 200):
        kernel = np.ones((2, 2), np.uint8)
        image = np.asarray(cv2.erode(image, kernel) if look.thicken > 0 else cv2.dilate(image, kernel), np.uint8)
    angle = rng.uniform(-look.skew, look.skew)
    matrix: Matrix = np.asarray(
        cv2.getRotationMatrix2D((w / 2, h / 2), angle, rng.uniform(0.985, 1.004) if look.skew > 0.3 else 1.0),
        np.float64,
    )
    matrix[:, 2] += (
        rng.uniform(-1, 1) * w * 0.004 * min(1.0, look.skew * 2),
        rng.uniform(-1, 1) * h * 0.004 * min(1.0, look.skew * 2),
    )
    shade = {"none": 255, "line": rng.randint(205, 245), "dark": rng.randint(15, 190)}[look.edges]
    if look.skew > 0.02:
        image = np.asarray(
            cv2.warpAffine(
                image, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(shade,) * 3
            ),
            np.uint8,
        )
    else:
        matrix = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), look.blur), np.uint8)
    image = _shade(image, look, rng, noise)
    if look.edges == "dark":
        _dark_edges(image, rng)
    if look.streaks:
        _streaks(image, look.streaks, rng)
    if look.holes:
        _holes(image, look.dpi, rng)
    image = _grain(image, look, noise)
    if look.mode == "bilevel":
        image = _bilevel(image, look)
    if look.speckle:
        _speckle(image, look, rng, noise)
    return image, matrix


def _bilevel(image: Pixels, look: ScanLook) -> Pixels:
    """Black and white at a share of the way from ink to paper, as a copier set for this original would."""
    small = image[::8, ::8]
    ink, paper = float(np.percentile(small, 0.6)), float(np.percentile(small, 60))
    level = ink + (paper - ink) * look.threshold
    local = cv2.dilate(small, np.ones((15, 15), np.uint8))  # the paper around, also where the light is poor
    level = max(min(level, float(np.percentile(local, 4)) * 0.88), ink + (paper - ink) * 0.52)
    return np.where(image < level, 0, 255).astype(np.uint8)


def _bleed(image: Pixels, other: Pixels, look: ScanLook, rng: Random) -> Pixels:
    """The other side, mirrored and soft, shines through."""
    back = np.asarray(cv2.cvtColor(other, cv2.COLOR_RGB2GRAY), np.uint8)
    small = cv2.resize(back, (image.shape[1] // 2, image.shape[0] // 2), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 1.2)
    soft = cv2.resize(cv2.flip(soft, 1), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    shift = np.roll(soft, (rng.randint(-30, 30), rng.randint(-30, 30)), (0, 1))
    veil = np.asarray(cv2.addWeighted(shift, look.bleed * 2, np.full_like(shift, 255), 1 - look.bleed * 2, 0), np.uint8)
    if image.ndim == 3:
        veil = np.asarray(cv2.cvtColor(veil, cv2.COLOR_GRAY2RGB), np.uint8)
    return np.asarray(cv2.multiply(image, veil, scale=1 / 255), np.uint8)


def _shade(image: Pixels, look: ScanLook, rng: Random, noise: np.random.Generator) -> Pixels:
    """Faded black, tinted paper, uneven light: one look-up and one multiplication."""
    h, w = image.shape[:2]
    floor = look.fade * rng.uniform(0.7, 1.0) * 255
    ramp = np.clip(np.arange(256) * (255 - floor) / 255 + floor, 0, 255)
    if look.light < 0.005 and max(look.tint) - min(look.tint) < 0.004:
        return np.asarray(cv2.LUT(image, ramp.astype(np.uint8)), np.uint8)
    if image.ndim == 3:
        table = np.stack([ramp * t for t in look.tint], 1).reshape(1, 256, 3).astype(np.uint8)
    else:
        table = (ramp * sum(look.tint) / 3).astype(np.uint8)
    image = np.asarray(cv2.LUT(image, table), np.uint8)
    if look.light < 0.005:
        return image
    gy, gx = np.mgrid[0:1:12j, 0:1:9j]
    tilt = rng.uniform(-1, 1) * (gx - 0.5) + rng.uniform(-1, 1) * (gy - 0.5)
    field = 1 - look.light * np.clip(0.35 + tilt + 0.25 * noise.random(gx.shape), 0, 1.2)
    light = cv2.resize((field * 255).clip(0, 255).astype(np.uint8), (w, h), interpolation=cv2.INTER_CUBIC)
    if image.ndim == 3:
        light = cv2.cvtColor(light, cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.multiply(image, light, scale=1 / 255), np.uint8)


def _grain(image: Pixels, look: ScanLook, noise: np.random.Generator) -> Pixels:
    """Noise from one tile repeated at a random offset: cheap and good enough."""
    h, w = image.shape[:2]
    tile: Matrix = noise.normal(0, look.noise, (512, 512))
    if look.noise > 3:
        tile = np.asarray(cv2.GaussianBlur(tile, (0, 0), 0.7), np.float64) * 1.7
    reps = (h // 512 + 2, w // 512 + 2)
    oy, ox = int(noise.integers(0, 512)), int(noise.integers(0, 512))
    grain = np.tile(tile.astype(np.int16), reps)[oy : oy + h, ox : ox + w]
    if image.ndim == 3:
        grain = np.repeat(grain[..., None], 3, axis=2)
    return np.asarray(cv2.add(image, np.ascontiguousarray(grain), dtype=cv2.CV_8U), np.uint8)


def _dark_edges(image: Pixels, rng: Random) -> None:
    """Shadow of the lid along one or two edges."""
    h, w = image.shape[:2]
    for side in rng.sample(["left", "right", "top", "bottom"], rng.randint(1, 2)):
        depth = int((w if side in ("left", "right") else h) * rng.uniform(0.004, 0.022))
        if depth < 2:
            continue
        ramp = (np.linspace(rng.uniform(0.05, 0.5), 1, depth) ** rng.uniform(0.6, 1.5)).astype(np.float32)
        band = {
            "left": image[:, :depth],
            "right": image[:, -depth:][:, ::-1],
            "top": image[:depth],
            "bottom": image[-depth:][::-1],
        }[side]
        shape = [1] * image.ndim
        shape[1 if side in ("left", "right") else 0] = depth
        band[...] = (band * ramp.reshape(shape)).astype(np.uint8)


def _streaks(image: Pixels, count: int, rng: Random) -> None:
    """Vertical lines of a dirty drum."""
    w = image.shape[1]
    for _ in range(count):
        x, wide = rng.randrange(w - 4), rng.randint(1, 2)
        image[:, x : x + wide] = (image[:, x : x + wide] * rng.uniform(0.55, 0.92)).astype(np.uint8)


def _holes(image: Pixels, dpi: int, rng: Random) -> None:
    """Two punch holes at the left edge."""
    h, r = image.shape[0], int(dpi * 0.11)
    x, shade = int(dpi * rng.uniform(0.3, 0.5)), rng.choice([20, 60, 225])
    for y in (h // 2 - int(dpi * 1.57), h // 2 + int(dpi * 1.57)):
        cv2.circle(image, (x, y), r, (shade,) * 3, -1, cv2.LINE_AA)


def _speckle(image: Pixels, look: ScanLook, rng: Random, noise: np.random.Generator) -> None:
    """Dust: small dark specks, a few light ones, thicker in one corner on copies."""
    h, w = image.shape[:2]
    count = max(1, int(look.speckle * rng.uniform(0.5, 1.5)))
    xs, ys = noise.integers(0, w - 6, count), noise.integers(0, h - 6, count)
    if look.speckle > 100:
        part = count // 3
        xs[:part] = noise.integers(0, max(1, w // 4), part) + rng.choice([0, w - w // 4 - 8])
        ys[:part] = noise.integers(0, max(1, h // 6), part) + rng.choice([0, h - h // 6 - 8])
    sizes = noise.integers(1, 2 + look.dpi // 90, count)
    for x, y, size in zip(xs.tolist(), ys.tolist(), sizes.tolist(), strict=True):
        image[y : y + size, x : x + max(1, size - rng.randint(0, 1))] = (
            255 if rng.random() < 0.12 else rng.randint(0, 70)
        )
