"""A telephone's photograph of a paper on a desk: perspective, a slight curl, uneven light, another ground around it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]
Field = NDArray[np.float32]

LONG_SIDES = (1200, 1600, 2000, 2400, 3000, 3264, 4000)  # pixels of the picture's longer side
DESKS = (
    (92, 62, 42), (120, 84, 56), (172, 138, 98), (104, 106, 110), (48, 48, 54), (58, 78, 118), (52, 94, 70),
    (140, 58, 52), (196, 170, 134),
)  # fmt: skip
_STEP = 8  # pixels between the points where the way back to the sheet is worked out


@dataclass(frozen=True, slots=True)
class PhotoLook:
    """One telephone in one room; where it is held is picked page by page."""

    long_side: int  # pixels
    shape: float  # short side of the picture / long side
    desk: tuple[int, int, int]
    grain: str  # of the desk: wood, plain, woven
    tint: tuple[float, float, float]  # of the light
    shadow: float  # strength of the soft shadow, 0..0.5
    light: float  # unevenness, 0..0.4
    blur: float  # sigma in pixels
    noise: float  # grey levels
    curl: float  # greatest height of the sheet's wave, as a share of its height
    quality: int  # JPEG


def pick_photo(rng: Random) -> PhotoLook:
    """A photograph such as people send."""
    warm = rng.uniform(-0.05, 0.11)
    long_side = rng.choice(LONG_SIDES)
    return PhotoLook(
        long_side=long_side,
        shape=rng.choice([0.75, 0.75, 0.75, 0.5625]),
        desk=rng.choice(DESKS),
        grain=rng.choice(["wood", "wood", "plain", "woven"]),
        tint=(1.0, 1.0 - max(0.0, warm) * 0.45, 1.0 - max(0.0, warm))
        if warm > 0
        else (1.0 + warm, 1.0 + warm / 2, 1.0),
        shadow=rng.choice([0.0, rng.uniform(0.1, 0.35), rng.uniform(0.1, 0.35)]),
        light=rng.uniform(0.05, 0.3),
        blur=rng.uniform(0.4, 0.75) * (1.0 if long_side < 2000 else 1.35),
        noise=rng.uniform(1.5, 5.0),
        curl=rng.choice([0.0, rng.uniform(0.0, 0.03), rng.uniform(0.01, 0.03)]),
        quality=rng.randint(70, 92),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the points of a sheet lie in its photograph: a curled sheet before a pinhole camera.

    Points of the sheet are fractions of its width and height, points of the picture fractions of its own.
    """

    ratio: float  # width of the sheet / its height
    turn: tuple[tuple[float, float, float], ...]  # rows of the rotation
    distance: float  # of the camera, in heights of the sheet
    wave: float
    waves: float
    phase: float
    lift: float  # of one corner
    scale: tuple[float, float]
    shift: tuple[float, float]

    def __call__(self, points: Points, *, flat: bool = False) -> Points:
        """Points (n x 2) of the sheet as points of the picture; ``flat``: as if the sheet had no curl."""
        u, v = points[:, 0], points[:, 1]
        z = np.zeros_like(u)
        if not flat:
            z = self.wave * np.sin(math.pi * (self.waves * u + self.phase))
            z = z + self.lift * np.clip(u, 0, 1.2) ** 2 * np.clip(v, 0, 1.2) ** 2
        space = np.stack([(u - 0.5) * self.ratio, v - 0.5, -z], axis=1) @ np.array(self.turn).T
        seen = space[:, :2] / (space[:, 2:] + self.distance)
        placed: Points = seen * np.array(self.scale) + np.array(self.shift)
        return placed


def pick_place(rng: Random, ratio: float, picture: float, curl: float) -> Place:
    """The camera held over a sheet of ``ratio`` (width / height) so that it fills a picture of ratio ``picture``."""
    yaw, pitch = math.radians(rng.uniform(-11, 11)), math.radians(rng.uniform(-6, 20))
    roll = math.radians(rng.gauss(0, 2.2))
    turn = _about_z(roll) @ _about_x(pitch) @ _about_y(yaw)
    wave, waves, phase = curl * rng.uniform(0.3, 1.0), rng.uniform(0.6, 1.3), rng.uniform(0, 2)
    bare = Place(ratio, tuple(map(tuple, turn.tolist())), rng.uniform(1.3, 1.9), wave, waves, phase,
                 curl * rng.uniform(0, 0.8), (1.0, 1.0), (0.0, 0.0))  # fmt: skip
    outline = bare(_outline())
    low, high = outline.min(axis=0), outline.max(axis=0)
    fill = rng.uniform(0.76, 0.93)
    size = (high - low) / (picture, 1.0)  # in the height of the picture
    zoom = fill / float(size.max())
    scale = (zoom / picture, zoom)
    free = 1 - (high - low) * scale
    offset = [0.02 + max(0.0, float(f) - 0.04) * rng.uniform(0.25, 0.75) for f in free]
    shift = np.array(offset) - low * scale
    return Place(bare.ratio, bare.turn, bare.distance, wave, waves, phase, bare.lift, scale,
                 (float(shift[0]), float(shift[1])))  # fmt: skip


def _outline() -> Points:
    t = np.linspace(0, 1, 25)
    zero, one = np.zeros_like(t), np.ones_like(t)
    return np.concatenate([np.stack(p, axis=1) for p in ((t, zero), (one, t), (t, one), (zero, t))])


def _about_x(a: float) -> Points:
    return np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])


def _about_y(a: float) -> Points:
    return np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])


def _about_z(a: float) -> Points:
    return np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])


def photograph(sheet: Pixels, look: PhotoLook, seed: int) -> tuple[Pixels, Place]:
    """The sheet (RGB) as photographed, and where its points lie in the picture."""
    rng, noise = Random(seed), np.random.default_rng(seed)
    rows, columns = sheet.shape[:2]
    lying = columns > rows
    tall, short = look.long_side, round(look.long_side * look.shape)
    height, width = (short, tall) if lying else (tall, short)
    place = pick_place(rng, columns / rows, width / height, look.curl)
    back = _way_back(place, width, height)
    source = _fit(sheet, height)
    h, w = source.shape[:2]
    maps = [cv2.resize(back[..., k], (width, height), interpolation=cv2.INTER_LINEAR) for k in (0, 1)]
    paper = cv2.remap(source, maps[0] * w - 0.5, maps[1] * h - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = ((maps[0] > 0) & (maps[0] < 1) & (maps[1] > 0) & (maps[1] < 1)).astype(np.float32)
    inside = np.asarray(cv2.GaussianBlur(inside, (0, 0), 0.8), np.float32)
    desk = _desk(look, width, height, noise)
    desk *= 1 - 0.35 * _fallen(inside, rng)[..., None]
    image = paper.astype(np.float32) * 0.94 * inside[..., None] + desk * (1 - inside[..., None])
    image *= _light(look, width, height, rng)[..., None] * np.array(look.tint, np.float32)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), look.blur), np.float32)
    image += noise.normal(0, look.noise, (height, width, 1)).astype(np.float32)
    return np.clip(image, 0, 255).astype(np.uint8), place


def _fit(sheet: Pixels, height: int) -> Pixels:
    """The sheet no finer than the picture can show."""
    k = height / max(sheet.shape[:2])
    if k >= 1:
        return sheet
    return np.asarray(cv2.resize(sheet, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), np.uint8)


def _way_back(place: Place, width: int, height: int) -> Field:
    """Fractions of the sheet for a coarse grid of the picture: walked back along the flat sheet's homography."""
    xs, ys = np.meshgrid((np.arange(-(-width // _STEP)) + 0.5) * _STEP / width,
                         (np.arange(-(-height // _STEP)) + 0.5) * _STEP / height)  # fmt: skip
    wanted = np.stack([xs.ravel(), ys.ravel()], axis=1)
    square = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])
    home = cv2.getPerspectiveTransform(place(square, flat=True).astype(np.float32), square.astype(np.float32))

    def undo(points: Points) -> Points:
        return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), home), np.float64).reshape(-1, 2)

    guess = undo(wanted)
    for _ in range(6):
        guess = guess + undo(wanted) - undo(place(guess))
    return guess.reshape(*xs.shape, 2).astype(np.float32)


def _desk(look: PhotoLook, width: int, height: int, noise: np.random.Generator) -> Field:
    """The ground: boards, cloth or a plain top."""
    small = (max(8, height // 4), max(8, width // 4))
    rough = noise.normal(0, 1, small).astype(np.float32)
    if look.grain == "wood":
        rough = np.asarray(cv2.GaussianBlur(rough, (0, 0), sigmaX=24, sigmaY=1.3), np.float32) * 42
    elif look.grain == "woven":
        rough = np.asarray(cv2.GaussianBlur(rough, (0, 0), 0.8), np.float32) * 12
    else:
        rough = np.asarray(cv2.GaussianBlur(rough, (0, 0), 6), np.float32) * 20
    rough = cv2.resize(rough, (width, height), interpolation=cv2.INTER_LINEAR)
    ground: Field = np.clip(np.array(look.desk, np.float32) * (1 + rough[..., None] / 100), 0, 255).astype(np.float32)
    return ground


def _fallen(inside: Field, rng: Random) -> Field:
    """The soft shadow of the sheet on the desk."""
    k = max(4.0, inside.shape[0] * 0.006)
    dx, dy = (rng.uniform(-1, 1) * k for _ in range(2))
    small = cv2.resize(inside, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    moved = cv2.warpAffine(small, np.array([[1, 0, dx / 4], [0, 1, dy / 4]], np.float64), small.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), k / 4)
    return np.asarray(cv2.resize(soft, inside.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _light(look: PhotoLook, width: int, height: int, rng: Random) -> Field:
    """Light that falls off, and the soft shadow of a hand, a head or the telephone."""
    gy, gx = np.mgrid[0:1:48j, 0:1:36j].astype(np.float32)
    angle = rng.uniform(0, 2 * math.pi)
    field = 1 - look.light * np.clip((gx - 0.5) * math.cos(angle) + (gy - 0.5) * math.sin(angle) + 0.35, 0, 1.1)
    if look.shadow:
        across, where, soft = rng.uniform(0, 2 * math.pi), rng.uniform(-0.1, 0.45), rng.uniform(0.03, 0.12)
        side = (gx - 0.5) * math.cos(across) + (gy - 0.5) * math.sin(across) - where
        field *= 1 - look.shadow / (1 + np.exp(-side / soft))
    light = cv2.resize(field.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(light, np.float32)
