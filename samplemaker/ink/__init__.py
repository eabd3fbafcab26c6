"""Pen and stamp: seals, signatures, handwriting, rubber stamps, ornaments."""

from samplemaker.ink.draw import Layer, draw_mark

__all__ = ["Layer", "draw_mark"]
