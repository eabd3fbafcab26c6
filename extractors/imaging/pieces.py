"""Pieces of ink that hang together."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def pieces(mask: NDArray[np.uint8]) -> tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """(count, labels, statistics, centres) of the 8-connected pieces of ``mask``; 0 is the ground.

    As ``cv2.connectedComponentsWithStats``, with the same labels, by the algorithm of Grana, Borghesani and Cucchiara
    (2010): OpenCV 5 takes two and a half times as long by its default.
    """
    count, labels, stats, centres = cv2.connectedComponentsWithStatsWithAlgorithm(
        np.ascontiguousarray(mask), 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    return count, np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres, np.float64)
