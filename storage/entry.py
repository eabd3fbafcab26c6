"""Mục của chỉ mục: one record as every engine takes it in. Nothing of an identity number, of a secret paper or of one
in quarantine gets here (``make_entry`` gives None)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from zlib import crc32

from schemas.record import Record
from storage.ask import FACETS
from storage.folding import fold_key, fold_words, hide_identity, identity_numbers, number_key, split_words, visible_text
from storage.relations import relations_of
from storage.search_tables import marked_grams, marked_words, syllables

_HIDDEN_STATUS = ("quarantined", "duplicate")
BUCKETS = 64  # slices of the archive that facets of very broad questions are counted on
# Main fields: what a snippet shows when the text itself holds no hit, and the letter of their channel.
_PARTS = {
    "doc_number": "k", "issuing_agency_name": "a", "parent_agency_name": "c", "summary": "t", "signer_name": "s",
    "owner_name": "o",
}  # fmt: skip
_WITH_ABBREVIATIONS = ("a:", "c:")
_NO_DATE = 0
_MAX_TAG = 400  # characters of a value that count when values are compared whole


@dataclass(frozen=True, slots=True)
class Entry:
    """Strings of tokens, a space between, for the channels of ``ask.py``; segments of ``grams`` never touch.

    ``folded``: the words of each segment in order, for engines that compare phrases by their text.
    """

    record_id: str
    revision: int
    card: str
    text: str
    words: str
    accented: str
    grams: tuple[str, ...]
    folded: tuple[list[str], ...]
    noise: str
    head: str
    parts: str
    keys: tuple[str, ...]
    tags: tuple[str, ...]
    issued: int
    facets: dict[str, str] = field(default_factory=dict)


def is_searchable(record: Record) -> bool:
    """Whether a record belongs into the index at all."""
    return record.status not in _HIDDEN_STATUS and not record.fields.secrecy.value


def identity_key(number: str, salt: bytes) -> str:
    """The mark that stands in the index for an identity number: nobody reads the number out of it."""
    plain = "".join(c for c in number.upper() if c.isalnum())
    return "i:" + hashlib.blake2b(plain.encode("utf-8", "replace"), key=salt, digest_size=12).hexdigest()


def make_entry(
    record: Record, text: str, *, salt: bytes, revision: int = 1, batches: Iterable[str] = ()
) -> Entry | None:
    """The entry of a record with its text (pages separated by form feeds); None for what must not be searched."""
    if not is_searchable(record):
        return None
    fields = record.fields
    owner_id = _text(fields.owner_id.value)
    visible = visible_text(text)
    numbers = identity_numbers(visible)
    shown = hide_identity(visible, also=owner_id)
    values = {
        name: hide_identity(visible_text(value), also=owner_id)
        for name in _PARTS
        if (value := _text(fields.get(name).value))
    }
    exact, folded = split_words(shown)
    segments = [folded]
    head: list[str] = []
    parts: list[str] = []
    for name, value in values.items():
        more, plain = fold_words(value)
        exact.update(more)
        segments.append(plain)
        tokens = plain + _pairs(plain)
        head += tokens
        mark = _PARTS[name] + ":"
        parts += [mark + token for token in tokens]
        if mark in _WITH_ABBREVIATIONS:
            parts += [mark + token for token in _marks(set(plain), [" ".join(tokens)], [plain])]
    if field_name := record.classification.field_name.value:
        parts += [f"f:{word}" for word in fold_words(visible_text(field_name))[1]]
    if kind := _text(fields.doc_type.value):  # "quyet dinh" finds the decisions before what only speaks of them
        named = fold_words(kind.replace("_", " "))[1]
        segments.append(named)
        head += named + _pairs(named)
    grams = tuple(" ".join(_pairs(segment)) for segment in segments)
    distinct = set().union(*segments)
    number, issued = values.get("doc_number"), _text(fields.issued_date.value)
    facets = _facets(record, values, issued)
    relations = relations_of(record, text)
    card = {
        "doc_type": facets.get("doc_type"),
        "doc_number": number,
        "issued_date": issued,
        "issuing_agency_name": values.get("issuing_agency_name"),
        "summary": values.get("summary"),
        "signer_name": values.get("signer_name"),
        "owner_name": values.get("owner_name"),
        "status": record.status,
        "pages": record.source.page_count,
        "relations": [relation.model_dump(exclude_none=True) for relation in relations],
    }
    keys = [f"r:{record.record_id}", *_number_keys(number, issued)]
    keys += [identity_key(one, salt) for one in dict.fromkeys([*numbers, *([owner_id] if owner_id else [])])]
    for relation in relations:
        keys.append(f"c:{relation.kind}:{relation.key}")
        if relation.date:
            keys.append(f"c:{relation.kind}:{relation.key}@{relation.date}")
    return Entry(
        record_id=record.record_id,
        revision=revision,
        card=_plain(json.dumps(card, ensure_ascii=False, separators=(",", ":"))),
        text=_plain(shown),
        words=_plain(" ".join(distinct | _marks(distinct, grams, segments))),
        accented=_plain(" ".join(exact - distinct)),
        grams=tuple(_plain(segment) for segment in grams if segment),
        folded=tuple(segments),
        noise=_plain(" ".join(w for w in distinct - syllables() if len(w) > 2 and not w.isdigit())),
        head=_plain(" ".join(dict.fromkeys(head))),
        parts=_plain(" ".join(dict.fromkeys(parts))),
        keys=tuple(map(_plain, dict.fromkeys(keys))),
        tags=tuple(map(_plain, _tags(record, facets, issued, batches))),
        issued=date_number(issued),
        facets={name: _plain(value) for name, value in facets.items()},
    )


def date_number(date: str | None) -> int:
    """An ISO date as a number that sorts (20250131); 0 for none or for what is no full date."""
    digits = (date or "").replace("-", "")
    return int(digits) if len(digits) == 8 and digits.isascii() and digits.isdigit() else _NO_DATE


def slices_for(total: int, wanted: int) -> int:
    """How many of the BUCKETS hold about ``wanted`` of ``total`` hits."""
    return max(1, min(BUCKETS - 1, round(BUCKETS * wanted / total)))


def header_of(card: dict[str, Any]) -> str:
    """What a snippet shows when only the fields were met."""
    names = ("doc_number", "issuing_agency_name", "summary", "owner_name", "signer_name")
    return " · ".join(card[name] for name in names if card.get(name))


def _pairs(words: Sequence[str]) -> list[str]:
    return list(map("_".join, pairwise(words)))


def _marks(distinct: set[str], grams: Sequence[str], segments: Sequence[Sequence[str]]) -> set[str]:
    """Tokens of abbreviations whose short or long form stands in the paper."""
    shorts, longs = marked_words(), marked_grams()
    marks = {token for word in distinct & shorts.keys() for token in shorts[word]}
    for (first, second), forms in longs.items():
        if first not in distinct or second not in distinct:
            continue
        gram = f"{first}_{second}"
        for segment, pairs in zip(segments, grams, strict=True):
            if gram in pairs:
                text = f" {' '.join(segment)} "
                marks.update(token for form, token in forms if form in text)
    return marks


def _number_keys(number: str | None, issued: str | None) -> list[str]:
    if not number:
        return []
    key = number_key(number)
    words = [word.lstrip("0") or "0" if word.isdigit() else word for word in fold_key(number).split()]
    keys = [f"k:{key}", *(f"w:{word}" for word in words)]
    if issued:
        keys.append(f"k:{key}@{issued}")
    if words and words[0].isdigit():
        keys.append(f"d:{words[0]}")
    printed = fold_key(number).split()
    leading = next((n for n, word in enumerate(printed) if not word.isdigit()), len(printed))
    if 1 < leading < len(printed):  # "2 087/QĐ-UB": torn apart while it was read
        joined = "".join(printed[:leading]).lstrip("0") or "0"
        keys += [f"k:{joined}{''.join(words[leading:])}", f"w:{joined}", f"d:{joined}"]
    return keys


def _facets(record: Record, values: dict[str, str], issued: str | None) -> dict[str, str]:
    found = {
        "doc_type": _text(record.fields.doc_type.value),
        "field_name": record.classification.field_name.value,
        "issuing_agency_name": values.get("issuing_agency_name"),
        "level": record.classification.level.value,
        "year": issued[:4] if issued else None,
        "status": record.status,
        "kind": record.kind,
    }
    return {name: value for name in FACETS if (value := found[name])}


def _tags(record: Record, facets: dict[str, str], issued: str | None, batches: Iterable[str]) -> list[str]:
    tags = [tag(name, value) for name, value in facets.items()]
    tags += [tag("batch", batch) for batch in batches]
    tags.append(f"bucket:{crc32(record.record_id.encode()) % BUCKETS}")
    return tags


def tag(name: str, value: str) -> str:
    """The token of channel t for a field's value. Names of agencies, fields and batches are compared folded."""
    if name in ("issuing_agency_name", "field_name", "batch"):
        return f"{name}:{fold_key(value)}"[:_MAX_TAG]
    return f"{name}:{value}"[:_MAX_TAG]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain(text: str) -> str:
    """Text that any program takes: no half characters, no NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
