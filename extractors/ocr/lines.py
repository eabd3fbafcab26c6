"""A second reader for single lines: the AsterNet recogniser shipped in the package asterocr, run by onnxruntime.

Measured on real papers (lines of the letterhead): printed dates 17 of 20 where Tesseract reads 10. Only the
weights and the alphabet of the package are used; its own code is never imported (it calls out to the network).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr.engine import Gray, LineText
from schemas.errors import ToolMissing
from schemas.text import nfc

WEIGHTS_SHA256 = "10c96b533e1f64031d73edfddafd7d4b13595544f11891f0531bcd72cb29be80"
HEIGHT = 32
SMALLEST = 6  # pixels; nothing smaller is a line
MAX_WIDTH = 1024  # wider pictures crash the network
# How wide the network sees a picture, against its true proportions. Running text reads as well or better narrow, for
# three fifths of the time (lines of real letterheads whose truth is known: 69 of 168 exact at 0.75, 61 at 1.25; made
# ones 224 and 220 of 294); digits written by hand and short lines of capitals want the width.
NARROW = 0.75
WIDE = 1.25


class AsterLineReader:
    """Reads pictures of single lines (dark on white, rows x columns, uint8) greedily by CTC."""

    name = "asterocr"

    def __init__(self, *, threads: int = 1) -> None:
        try:
            import onnxruntime
        except ImportError as e:
            raise ToolMissing("onnxruntime") from e
        spec = importlib.util.find_spec("asterocr")
        if spec is None or not spec.submodule_search_locations:
            raise ToolMissing("asterocr")
        assets = Path(spec.submodule_search_locations[0]) / "assets"
        weights = assets / "asternet.onnx"
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if digest != WEIGHTS_SHA256:
            raise ToolMissing("asterocr: asternet.onnx")
        self._chars: list[str] = json.loads((assets / "vocab.json").read_text("utf-8"))["chars"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # hardly two lines are of one width: patterns cost 40 MB and gain nothing
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])

    def version(self) -> str:
        return f"asternet {WEIGHTS_SHA256[:12]}"

    def read_lines(self, pictures: Sequence[Gray], *, running: bool = False) -> tuple[LineText, ...]:
        return tuple(self._read(p, NARROW if running else WIDE) for p in pictures)

    def _read(self, picture: Gray, stretch: float) -> LineText:
        if min(picture.shape, default=0) < SMALLEST:
            return LineText("", 0.0, 0.0)
        parts = _parts(picture, stretch)
        return _joined([self.decode(self.probabilities(part, stretch)) for part in parts])

    def probabilities(self, picture: Gray, stretch: float = WIDE) -> NDArray[np.float32]:
        """Log probabilities (time steps x alphabet) of one line picture."""
        tensor = _tensor(picture, stretch)
        (out,) = self._session.run(None, {"images": tensor})
        steps: NDArray[np.float32] = out[:, 0, :]
        return steps

    def decode(self, log_probs: NDArray[np.float32]) -> LineText:
        """Best path, repeats and blanks taken out."""
        best = log_probs.argmax(axis=1)
        peak = np.exp(log_probs.max(axis=1) - _logsumexp(log_probs))
        chars: list[str] = []
        scores: list[float] = []
        last = 0
        for k, p in zip(best.tolist(), peak.tolist(), strict=True):
            if k != 0 and k != last:
                chars.append(self._chars[k] if k < len(self._chars) else "")
                scores.append(p)
            elif k != 0 and scores:
                scores[-1] = max(scores[-1], p)
            last = k
        text = nfc("".join(chars))
        if not scores:
            return LineText("", 0.0, 0.0)
        return LineText(" ".join(text.split()), float(np.mean(scores)), float(min(scores)))


def _logsumexp(x: NDArray[np.float32]) -> NDArray[np.float32]:
    top = x.max(axis=1)
    total: NDArray[np.float32] = top + np.log(np.exp(x - top[:, None]).sum(axis=1))
    return total


def _parts(picture: Gray, stretch: float) -> list[Gray]:
    """A line too long for the network, cut at the widest white gap near its middle."""
    h, w = picture.shape
    if w * stretch * HEIGHT / max(1, h) <= MAX_WIDTH or w < 80:
        return [picture]
    dark = (picture < 140).sum(axis=0)
    lo, hi = int(w * 0.35), int(w * 0.65)
    best, run, start = (0, w // 2), 0, lo
    for x in range(lo, hi):
        if dark[x] == 0:
            if run == 0:
                start = x
            run += 1
            if run > best[0]:
                best = (run, start + run // 2)
        else:
            run = 0
    middle = best[1]
    return [*_parts(picture[:, :middle], stretch), *_parts(picture[:, middle:], stretch)]


def _joined(parts: list[LineText]) -> LineText:
    if len(parts) == 1:
        return parts[0]
    total = sum(len(p.text) for p in parts) or 1
    return LineText(
        " ".join(p.text for p in parts if p.text),
        sum(p.score * len(p.text) for p in parts) / total,
        min(p.weakest for p in parts),
    )


def _tensor(picture: Gray, stretch: float) -> NDArray[np.float32]:
    """1 x 3 x 32 x width in 0..1; a picture is widened only as far as it is long."""
    h, w = picture.shape
    aspect = w / max(1, h)
    width = max(16, int(HEIGHT / max(1, h) * w * min(stretch, 1.0 + max(0.0, aspect - 3.0) * 0.02)))
    width = min(MAX_WIDTH, (width + 3) // 4 * 4)
    small = cv2.resize(picture, (width, HEIGHT), interpolation=cv2.INTER_AREA if h > HEIGHT else cv2.INTER_LINEAR)
    one = small.astype(np.float32) / 255.0
    return np.broadcast_to(one, (1, 3, HEIGHT, width)).copy()
