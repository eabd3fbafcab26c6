"""Mục của chỉ mục: one record as every engine takes it in. Nothing of an identity number, of a secret paper or of one
in quarantine gets here (``make_entry`` gives None)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

from schemas.record import Record
from schemas.secrecy import NOT_SECRET
from storage.ask import FACETS
from storage.brief import Brief
from storage.folding import Words, fold_key, hide_identity, plain_text, read_page, read_words, visible_text
from storage.misread import meant_by, mend
from storage.relations import Relation, relations_of
from storage.search_tables import marked_forms, marked_words, syllables

_HIDDEN_STATUS = ("quarantined", "duplicate")
BUCKETS = 64  # slices of the archive that facets of very broad questions are counted on
# Main fields: what a snippet shows when the text itself holds no hit, and the letter of their channel.
_PARTS = {
    "doc_number": "k", "issuing_agency_name": "a", "parent_agency_name": "c", "summary": "t", "signer_name": "s",
    "owner_name": "o",
}  # fmt: skip
_WITH_ABBREVIATIONS = ("a", "c")
_REPEATED = frozenset({"issuing_agency_name", "parent_agency_name", "signer_name"})  # the same on many papers
_NO_DATE = 0
_MAX_TAG = 400  # characters of a value that count when values are compared whole
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SHORT_FORMS, _LONG_FORMS = frozenset(marked_words()), frozenset(marked_forms())
_known_key = lru_cache(maxsize=10_000)(fold_key)


@dataclass(frozen=True, slots=True)
class Entry:
    """Strings of tokens, a space between, for the channels of ``ask.py``; segments of ``grams`` never touch."""

    record_id: str
    revision: int
    card: str
    text: str
    words: str
    accented: str
    grams: tuple[str, ...]
    noise: str
    head: str
    parts: str
    keys: tuple[str, ...]
    tags: tuple[str, ...]
    issued: int
    facets: dict[str, str] = field(default_factory=dict)

    def __reduce__(self) -> tuple[object, ...]:
        """Handed from process to process: a third of the time that fields by name take."""
        return Entry, tuple(getattr(self, name) for name in self.__slots__)


def is_searchable(record: Record | Brief) -> bool:
    """Whether a record belongs into the index at all."""
    secrecy = record.fields.secrecy
    waits = secrecy.needs_review and NOT_SECRET in secrecy.reasons  # somebody says it is not secret: the desk confirms
    return record.status not in _HIDDEN_STATUS and not secrecy.value and not waits


def identity_key(number: str, salt: bytes) -> str:
    """The mark that stands in the index for an identity number: nobody reads the number out of it."""
    plain = "".join(c for c in number.upper() if c.isalnum())
    return "i:" + hashlib.blake2b(plain.encode("utf-8", "replace"), key=salt, digest_size=12).hexdigest()


def make_entry(
    record: Record | Brief, text: str, *, salt: bytes, revision: int = 1, batches: Iterable[str] = ()
) -> Entry | None:
    """The entry of a record with its text (pages separated by form feeds); None for what must not be searched."""
    if not is_searchable(record):
        return None
    owner_id = _text(record.fields.owner_id.value)
    shown, numbers, body = read_page(text, also=owner_id)
    parts_of = _parts(record, owner_id)
    exact, distinct = set(body.accented), set(body.folded)
    grams, segments = [body.pairs], [body.folded]
    head: list[str] = []
    parts: list[str] = []
    in_body = f" {body.pairs} "
    for part in parts_of.values():
        words = part.words
        exact |= words.accented
        distinct.update(words.folded)
        if f" {words.pairs} " not in in_body:  # a field is mostly read from the text, where its pairs stand already
            grams.append(words.pairs)
            segments.append(words.folded)
        head += part.head
        parts += part.marked
    if field_name := record.classification.field_name.value:
        parts += _known_part("f", field_name).marked
    if kind := _text(record.fields.doc_type.value):  # "quyet dinh" finds the decisions before what only speaks of them
        named = _known_part("", kind.replace("_", " "))
        distinct.update(named.words.folded)
        head += named.head
    issued = _text(record.fields.issued_date.value)
    noise = [word for word in distinct - syllables() if len(word) > 2 and not word.isdigit()]
    misread = {word: meant for word in noise if (meant := meant_by(word))}
    if misread:  # found by what they stand for as well
        distinct.update(*misread.values())
        for segment in tuple(segments):
            mended = mend(segment, misread)
            segments += mended
            grams += [" ".join(f"{a}_{b}" for a, b in pairwise(words)) for words in mended]
    distinct |= _marks(distinct, grams)
    if kind:
        grams.append(named.words.pairs)
    values = {name: part.shown for name, part in parts_of.items()}
    facets = _facets(record, values, issued)
    relations = relations_of(record, text)
    keys = [f"r:{record.record_id}", *_number_keys(parts_of.get("doc_number"), issued)]
    keys += [identity_key(one, salt) for one in dict.fromkeys([*numbers, *([owner_id] if owner_id else [])])]
    for relation in relations:
        keys.append(f"c:{relation.kind}:{relation.key}")
        if relation.date:
            keys.append(f"c:{relation.kind}:{relation.key}@{relation.date}")
    return Entry(
        record_id=record.record_id,
        revision=revision,
        card=plain_text(_card(record, facets, values, issued, relations, misread)),
        text=shown,
        words=" ".join(distinct),
        accented=" ".join(exact),
        grams=tuple(filter(None, grams)),
        noise=" ".join(noise),
        head=" ".join(dict.fromkeys(head)),
        parts=" ".join(dict.fromkeys(parts)),
        keys=tuple(map(plain_text, dict.fromkeys(keys))),
        tags=tuple(map(plain_text, _tags(record, facets, issued, batches))),
        issued=date_number(issued),
        facets={name: plain_text(value) for name, value in facets.items()},
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A main field as it may be shown; ``head``: its words and pairs, ``marked``: its words with the field's letter."""

    shown: str
    words: Words
    head: tuple[str, ...]
    marked: tuple[str, ...]


def _part(letter: str, shown: str) -> _Part:
    words = read_words(shown)
    mark = letter + ":"
    marked = [mark + word for word in words.folded]
    if letter in _WITH_ABBREVIATIONS:
        marked += [mark + token for token in _marks(set(words.folded), [words.pairs])]
    return _Part(shown, words, (*words.folded, *words.pairs.split()), tuple(marked))


@lru_cache(maxsize=20_000)
def _known_part(letter: str, value: str) -> _Part:
    """A value that stands on many papers."""
    return _part(letter, hide_identity(visible_text(plain_text(value))))


def _parts(record: Record | Brief, owner_id: str | None) -> dict[str, _Part]:
    """The main fields that have a value, in the order of ``_PARTS``."""
    fields = record.fields
    values = (
        fields.doc_number.value, fields.issuing_agency_name.value, fields.parent_agency_name.value,
        fields.summary.value, fields.signer_name.value, fields.owner_name.value,
    )  # fmt: skip
    found = {}
    for (name, letter), value in zip(_PARTS.items(), values, strict=True):
        if not (isinstance(value, str) and value):
            continue
        if name in _REPEATED and not owner_id:
            found[name] = _known_part(letter, value)
        else:
            found[name] = _part(letter, hide_identity(visible_text(plain_text(value)), also=owner_id))
    return found


def _card(
    record: Record | Brief,
    facets: dict[str, str],
    values: dict[str, str],
    issued: str | None,
    relations: Sequence[Relation],
    misread: dict[str, tuple[str, ...]],
) -> str:
    return _as_json({
        "doc_type": facets.get("doc_type"),
        "doc_number": values.get("doc_number"),
        "issued_date": issued,
        "issuing_agency_name": values.get("issuing_agency_name"),
        "summary": values.get("summary"),
        "signer_name": values.get("signer_name"),
        "owner_name": values.get("owner_name"),
        "status": record.status,
        "pages": record.source.page_count,
        "relations": [relation.model_dump(exclude_none=True) for relation in relations],
        **({"misread": misread} if misread else {}),
    })  # fmt: skip


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


def _marks(distinct: set[str], grams: Iterable[str]) -> set[str]:
    """Tokens of abbreviations whose short or long form stands in the paper, of which these are words and pairs."""
    shorts, longs = marked_words(), marked_forms()
    marks = {token for word in _SHORT_FORMS & distinct for token in shorts[word]}
    wanted = [one for rarest in _LONG_FORMS & distinct for one in longs[rarest] if one.words <= distinct]
    if wanted:
        text = f" {' | '.join(grams)} "
        marks.update(one.token for one in wanted if one.pairs in text)
    return marks


def _number_keys(number: _Part | None, issued: str | None) -> list[str]:
    if number is None:
        return []
    printed = number.words.folded
    words = [word.lstrip("0") or "0" if word.isdigit() else word for word in printed]
    key = "".join(words)
    keys = [f"k:{key}", *(f"w:{word}" for word in words)]
    if issued:
        keys.append(f"k:{key}@{issued}")
    if words and words[0].isdigit():
        keys.append(f"d:{words[0]}")
    leading = next((n for n, word in enumerate(printed) if not word.isdigit()), len(printed))
    if 1 < leading < len(printed):  # "2 087/QĐ-UB": torn apart while it was read
        joined = "".join(printed[:leading]).lstrip("0") or "0"
        keys += [f"k:{joined}{''.join(words[leading:])}", f"w:{joined}", f"d:{joined}"]
    return keys


def _facets(record: Record | Brief, values: dict[str, str], issued: str | None) -> dict[str, str]:
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


def _tags(record: Record | Brief, facets: dict[str, str], issued: str | None, batches: Iterable[str]) -> list[str]:
    tags = [tag(name, value) for name, value in facets.items()]
    tags += [tag("batch", batch) for batch in batches]
    tags.append(f"bucket:{crc32(record.record_id.encode()) % BUCKETS}")
    return tags


def tag(name: str, value: str) -> str:
    """The token of channel t for a field's value. Names of agencies, fields and batches are compared folded."""
    if name in ("issuing_agency_name", "field_name", "batch"):
        return f"{name}:{_known_key(value)}"[:_MAX_TAG]
    return f"{name}:{value}"[:_MAX_TAG]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
