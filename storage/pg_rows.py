"""Mục thành dòng: entries as the bytes that PostgreSQL takes in fastest (COPY, binary)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from storage.ask import FACETS
from storage.date_tags import date_tags
from storage.entry import Entry

_MAX_LEXEMES = 900_000  # bytes of one tsvector; the database refuses more than 1 MB
_MAX_LEXEME = 2_046  # bytes of one; the same
_HEAD, _TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_END = "\0\0\0"  # of a lexeme: its own, and two bytes that say it has no places
_NULL = b"\xff\xff\xff\xff"
_number = struct.Struct("!i").pack
_FIELDS = struct.pack("!h", 3 + len(FACETS) + 4)


def copied(entries: Iterable[Entry]) -> bytes:
    """All of a COPY of these entries, in the order of ``pg_tables.COLUMNS``."""
    return b"".join([_HEAD, *map(_row, entries), _TAIL])


def _row(entry: Entry) -> bytes:
    facets = (entry.facets.get(name) for name in FACETS)
    folded = "\n".join([f" {_words_of(pairs)} " for pairs in entry.grams])
    values = (
        entry.record_id.encode(), _number(entry.revision), _number(entry.issued),
        *(None if value is None else value.encode() for value in facets),
        _vector(entry), entry.card.encode(), entry.text.encode(), folded.encode(),
    )  # fmt: skip
    parts = [_FIELDS]
    for value in values:
        parts += (_NULL,) if value is None else (_number(len(value)), value)
    return b"".join(parts)


def _words_of(pairs: str) -> str:
    """The words that were joined to these pairs: "a_b b_c" is "a b c"."""
    first, *others, last = pairs.split("_")  # of the others each stands twice
    return " ".join([first, *[other[: len(other) // 2] for other in others], last])


def _vector(entry: Entry) -> bytes:
    """The entry's terms as a tsvector is sent; the database puts them in order."""
    keys = [key for key in dict.fromkeys(entry.keys) if len(key.encode()) + 2 <= _MAX_LEXEME]
    groups: list[tuple[str, Sequence[str]]] = [
        ("h", entry.head.split()), ("n", keys), ("p", entry.parts.split()),
        ("t", tuple(dict.fromkeys((*entry.tags, *date_tags(entry.issued))))),
        ("w", entry.words.split()), ("x", entry.accented.split()), ("z", entry.noise.split()),
    ]  # fmt: skip
    rest = "".join([f"{channel}:{f'{_END}{channel}:'.join(tokens)}{_END}" for channel, tokens in groups if tokens])
    packed = rest.encode()
    grams: Sequence[str] = tuple(dict.fromkeys(" ".join(entry.grams).split()))
    if len(packed) + sum(map(len, grams)) + 5 * len(grams) > _MAX_LEXEMES:
        grams = _that_fit(grams, _MAX_LEXEMES - len(packed))
    pairs = f"b:{f'{_END}b:'.join(grams)}{_END}".encode() if grams else b""
    return b"".join((_number(len(grams) + sum(len(tokens) for _, tokens in groups)), pairs, packed))


def _that_fit(grams: Iterable[str], room: int) -> list[str]:
    """The first of the pairs, as far as there is room for their bytes."""
    kept = []
    for gram in grams:
        room -= len(gram.encode()) + 5
        if room < 0:
            break
        kept.append(gram)
    return kept
