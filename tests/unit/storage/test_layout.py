"""Layouts: the same bytes for the same reading, and no reading from other bytes."""

import gzip
import json

import pytest

from schemas.errors import StoreCorrupt
from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Reading, Table, Word
from storage.layout import decode_layout, encode_layout

WORD = Word("Số:", Box(0.123456789, 0.2, 0.3, 0.4), 0.9731, "ocr")
READING = Reading(
    pages=(
        PageReading(
            number=1,
            width_pt=595.276,
            height_pt=841.89,
            lines=(
                Line((WORD,), region="header_left", readings=(LineReading("tesserocr", "Sổ:", 0.5),)),
                Line((WORD, WORD)),
            ),
            origin="ocr",
            tables=(Table(Box(0.1, 0.1, 0.9, 0.9), (("TT", None), ("1", "Nội dung"))),),
            rotation=90,
            skew_deg=-0.37,
            dpi=300,
            notes=("red_ink",),
        ),
    ),
    engine="tesseract",
    versions=(("tesseract", "5.3.0"), ("vie", "4.1.0")),
)


def test_a_reading_comes_back_with_boxes_of_five_decimals():
    back = decode_layout(encode_layout(READING))
    assert back.pages[0].lines[0].words[0].box == Box(0.12346, 0.2, 0.3, 0.4)
    assert back.text == READING.text
    assert back.pages[0].tables == READING.pages[0].tables
    assert back.pages[0].lines[0].readings == READING.pages[0].lines[0].readings
    assert back.versions == READING.versions
    assert decode_layout(encode_layout(back)) == back


def test_the_same_bytes_every_time():
    data = encode_layout(READING)
    assert encode_layout(READING) == data
    assert data[4:8] == bytes(4)  # no time of making in the gzip header


def other_version() -> bytes:
    tree = json.loads(gzip.decompress(encode_layout(READING)))
    return gzip.compress(json.dumps({**tree, "layout": 2}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not gzip",
        encode_layout(READING)[:-9],
        encode_layout(READING)[:40] + b"\x00\x01" + encode_layout(READING)[42:],
        gzip.compress(b"\xff\xfe"),
        gzip.compress(b"[]"),
        gzip.compress(b"{}"),
        gzip.compress(b'{"layout": 1, "pages": [{}], "engine": "x", "versions": []}'),
        other_version(),
    ],
)
def test_other_bytes_are_no_layout(data: bytes):
    with pytest.raises(StoreCorrupt):
        decode_layout(data)


def test_a_number_that_is_none_is_not_kept():
    word = Word("x", Box(0, 0, 1, 1), float("nan"), "ocr")
    page = PageReading(1, 1.0, 1.0, (Line((word,)),), "ocr")
    with pytest.raises(ValueError, match="JSON"):
        encode_layout(Reading((page,), "x"))
