"""Che số định danh: identity numbers are shown whole only to someone who asks for them with the right."""

from __future__ import annotations

import re

from schemas.extraction import Extra, FieldValue
from schemas.record import Record

_KEPT = 4  # last characters left readable, so that two papers can still be told apart
_TWELVE = re.compile(r"(?<![\d/.,-])\d(?:[ .]?\d){11}(?![\d/-]|[.,]\d)")  # CCCD / số định danh cá nhân: 079123456789
_NINE = re.compile(  # CMND: nine digits are an amount or a serial unless the paper says what they are
    r"(?P<lead>(?:CMND|CCCD|CMT|chứng minh|căn cước|định danh|chứng thực cá nhân|giấy tờ tùy thân|giấy tờ tuỳ thân)"
    r"[^\d\n]{0,40})"
    r"(?P<number>\d(?:[ .]?\d){8})(?![\d/-]|[.,]\d)",
    re.IGNORECASE,
)


def mask_number(value: str) -> str:
    """An identity number with all but its last four letters and digits starred; spaces and marks stay.

    >>> mask_number("079 123 456 789")
    '*** *** **6 789'
    """
    places = [i for i, char in enumerate(value) if char.isalnum()]
    hidden = set(places[:-_KEPT] if len(places) > _KEPT else places)
    return "".join("*" if i in hidden else char for i, char in enumerate(value))


def mask_text(text: str, *, also: str | None = None) -> str:
    """Running text with identity numbers starred; same length. ``also`` is a number known from the record."""
    text = _TWELVE.sub(lambda m: mask_number(m.group()), text)
    text = _NINE.sub(lambda m: m["lead"] + mask_number(m["number"]), text)
    if also:
        text = text.replace(also, mask_number(also))
    return text


def mask_record(record: Record) -> Record:
    """The record as it is shown to people without the right to identity numbers."""
    owner_id = record.fields.owner_id.value
    known = owner_id if isinstance(owner_id, str) else None
    changed = {
        name: _mask_field(record.fields.get(name), known, whole=name == "owner_id")
        for name in type(record.fields).model_fields
    }
    extras = tuple(_mask_extra(extra, known) for extra in record.extras)
    signatures = tuple(s.model_copy(update={"signer": s.signer and mask_text(s.signer)}) for s in record.signatures)
    return record.model_copy(
        update={"fields": record.fields.model_copy(update=changed), "extras": extras, "signatures": signatures}
    )


def _mask_extra(extra: Extra, known: str | None) -> Extra:
    masked = _mask_field(extra, known, whole=False)
    return extra.model_copy(update={"value": masked.value, "raw_text": masked.raw_text})


def _mask_field(field: FieldValue, known: str | None, *, whole: bool) -> FieldValue:
    value = field.value
    if isinstance(value, str):
        value = mask_number(value) if whole else mask_text(value, also=known)
    elif isinstance(value, tuple):
        value = tuple(mask_text(part, also=known) for part in value)
    raw = field.raw_text
    if raw is not None:
        raw = mask_text(raw, also=known)
        if whole:  # the reading of the number itself, however it is spaced
            raw = re.sub(r"[A-Z]{0,2}\d[\d .]{5,}\d", lambda m: mask_number(m.group()), raw)
    return field.model_copy(update={"value": value, "raw_text": raw})
