"""Keys and layouts: out and back again, whatever goes in."""

from pathlib import PurePosixPath
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.geometry import Box
from schemas.reading import Line, LineReading, PageReading, Reading, Table, Word
from schemas.sheet import Sheet
from storage.keys import (
    MAX_KEY,
    Role,
    check_key,
    file_key,
    manifest_key,
    original_key,
    package_prefix,
    parse_key,
    quarantine_key,
    record_id_of,
)
from storage.layout import decode_layout, encode_layout

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
versions = st.integers(1, 9999) | st.integers(1, 10**9)
roles = st.sampled_from(get_args(Role))
keys = st.one_of(
    hashes.map(original_key),
    hashes.map(quarantine_key),
    st.builds(lambda sha, n: manifest_key(record_id_of(sha), n), hashes, versions),
    st.builds(lambda sha, n, role, own: file_key(record_id_of(sha), n, role, own), hashes, versions, roles, hashes),
)


@given(keys)
def test_every_key_is_ascii_and_safe_as_a_path(key: str):
    assert check_key(key) == key
    assert key.isascii()
    assert key == key.lower()
    assert len(key) <= MAX_KEY
    path = PurePosixPath(key)
    assert str(path) == key
    assert not path.is_absolute()
    assert not any(part.startswith(".") for part in path.parts)


@given(keys)
def test_a_key_that_is_parsed_and_formatted_is_the_same(key: str):
    assert str(parse_key(key)) == key


@given(keys, keys)
def test_different_keys_mean_different_things(one: str, other: str):
    assert (parse_key(one) == parse_key(other)) == (one == other)


@given(
    st.text(max_size=120) | st.builds(lambda key, at, c: key[:at] + c + key[at:], keys, st.integers(0, 90), st.text())
)
def test_whatever_is_parsed_is_a_key(text: str):
    found = parse_key(text)
    assert found is None or str(found) == text == check_key(text)


@given(hashes, hashes, versions, roles)
def test_one_package_lies_under_its_own_prefix(one: str, other: str, version: int, role: Role):
    mine, prefix = record_id_of(one), package_prefix(record_id_of(other))
    for key in (manifest_key(mine, version), file_key(mine, version, role, other)):
        assert key.startswith(prefix) == (mine == record_id_of(other))


places = st.integers(0, 100_000).map(lambda n: n / 100_000)
boxes = st.builds(Box, places, places, places, places)
scores = st.floats(0, 1)
texts = st.text(max_size=12)  # half of surrogate pairs too: text layers hold them
words = st.builds(
    Word, texts | st.text(st.characters(categories=["Cs"]), max_size=2), boxes, scores,
    st.sampled_from(["pdf_text", "ocr", "manual", "imported"]),
)  # fmt: skip
lines = st.builds(
    Line,
    st.lists(words, min_size=1, max_size=4).map(tuple),
    st.sampled_from(["header_left", "title", "body", "stamp"]),
    st.lists(st.builds(LineReading, texts, texts, scores), max_size=2).map(tuple),
)
tables = st.builds(Table, boxes, st.lists(st.lists(st.none() | texts, max_size=3).map(tuple), max_size=3).map(tuple))
shares = st.floats(-1, 2)
points = st.tuples(shares, shares)
sheets = st.builds(Sheet, st.tuples(points, points, points, points), st.floats(0.25, 4), points, points)
pages = st.builds(
    PageReading,
    number=st.integers(1, 5000),
    width_pt=st.floats(1, 5000),
    height_pt=st.floats(1, 5000),
    lines=st.lists(lines, max_size=4).map(tuple),
    origin=st.sampled_from(["pdf_text", "ocr", "mixed"]),
    state=st.sampled_from(["text", "blank", "picture", "unreadable"]),
    tables=st.lists(tables, max_size=2).map(tuple),
    rotation=st.sampled_from([0, 90, 180, 270]),
    skew_deg=st.floats(-15, 15),
    dpi=st.integers(0, 1200),
    notes=st.lists(texts, max_size=2).map(tuple),
    sheet=st.none() | sheets,
)
readings = st.builds(
    Reading,
    pages=st.lists(pages, max_size=3).map(tuple),
    engine=texts,
    versions=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(readings)
def test_a_layout_that_is_decoded_is_the_same(reading: Reading):
    assert decode_layout(encode_layout(reading)) == reading


@settings(max_examples=40, deadline=None)
@given(st.builds(Box, scores, scores, scores, scores))
def test_boxes_are_rounded_once(box: Box):
    page = PageReading(1, 595.0, 842.0, (Line((Word("x", box, 1.0, "ocr"),)),), "ocr")
    once = decode_layout(encode_layout(Reading((page,), "x")))
    kept = once.pages[0].lines[0].words[0].box
    assert all(abs(a - b) <= 5.1e-6 for a, b in zip(kept.as_tuple(), (box.x0, box.y0, box.x1, box.y1), strict=True))
    assert decode_layout(encode_layout(once)) == once
