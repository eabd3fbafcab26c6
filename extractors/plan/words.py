"""The words of plan_words.toml, made ready for matching on folded text."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from extractors.reference.data import toml_table
from schemas.plan import DutyRole, SectionRole
from schemas.text import bare, modern_tones, nfc

_NEAR = 0.8  # likeness from which a misread label is taken for the one meant


def folded(text: str) -> str:
    """Lower case with the newer tone placement, every character where it was."""
    return modern_tones(nfc(text)).lower()


@cache
def _list(table: str, key: str) -> tuple[str, ...]:
    words = toml_table("plan_words.toml")[table][key]
    return tuple(sorted((folded(w) for w in words), key=len, reverse=True))


@cache
def any_of(table: str, key: str) -> re.Pattern[str]:
    """Matches any word of the list as a whole word, the longest first."""
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, _list(table, key))) + r")(?!\w)")


@cache
def _roles() -> tuple[tuple[SectionRole, re.Pattern[str]], ...]:
    names: tuple[SectionRole, ...] = ("duties", "funding", "targets", "purpose", "tasks")
    return tuple((name, any_of("roles", name)) for name in names)


@cache
def _bare_roles() -> tuple[tuple[SectionRole, re.Pattern[str]], ...]:
    return tuple((role, re.compile(bare(words.pattern))) for role, words in _roles())


def section_role(title: str) -> SectionRole | None:
    """What a heading announces: the role whose word stands first in it; None when no word is known."""
    low = folded(title)
    found = [(m.start(), k, role) for k, (role, words) in enumerate(_roles()) if (m := words.search(low))]
    if not found:  # a scan's accents may be wrong
        low = bare(title)
        found = [(m.start(), k, role) for k, (role, words) in enumerate(_bare_roles()) if (m := words.search(low))]
    return min(found)[2] if found else None


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(r"\W*(?:" + "|".join(map(re.escape, _list("verbs", "words"))) + r")(?!\w)")


def action_verb(text: str) -> str | None:
    """The verb that begins the sentence, as printed; None when it begins otherwise."""
    found = _verbs().match(folded(text))
    return text[found.start() : found.end()].strip(" -–+•*“\"'(") if found else None


_DUTY_ORDER: tuple[DutyRole, ...] = ("thuong_truc", "chu_tri", "phoi_hop", "tham_muu", "chi_dao")


def duty_role(text: str) -> DutyRole:
    """The role that the sentence gives its agency; ``thuc_hien`` when it only has to do something."""
    low = folded(text).lstrip(" -–+•*")
    low = re.sub(r"^(?:có trách nhiệm|chịu trách nhiệm|có nhiệm vụ)\s+", "", low)
    for role in _DUTY_ORDER:
        if any_of("duty_roles", role).match(low):
            return role
    return "thuc_hien"


LABELS = ("ordinal", "lead", "coordinating", "advisory", "deadline", "product", "budget", "note", "group", "text")


@cache
def label_pattern() -> re.Pattern[str]:
    """A label with its colon inside running text: "Cơ quan chủ trì:"."""
    parts = [
        f"(?P<{key}>" + "|".join(map(re.escape, _list("labels", key))) + ")"
        for key in ("lead", "coordinating", "advisory", "deadline", "product", "budget")
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?:\s*\([^)]{0,30}\))?\s*:\s*")


def column_label(header: str) -> str | None:
    """Which column a header cell names; None for one that is not known. A scan's accents may be wrong."""
    low = " ".join(folded(header).split()).strip(" .:*()")
    low = re.sub(r"\s*\([^)]*\)$", "", low)
    lists = {key: _list("labels", key) for key in LABELS}
    return _label(low, lists) or _label(bare(low), _bare_labels()) or _near_label(bare(low))


def _near_label(low: str) -> str | None:
    """A label with a letter or two misread ("Phối hợ2")."""
    best = [
        (SequenceMatcher(a=w, b=low, autojunk=False).ratio(), key)
        for key in LABELS
        for w in _bare_labels()[key]
        if len(w) >= 5 and abs(len(w) - len(low)) <= 2
    ]
    found = max(best, default=(0.0, ""))
    return found[1] if found[0] >= _NEAR else None


@cache
def _bare_labels() -> dict[str, tuple[str, ...]]:
    return {key: tuple(dict.fromkeys(bare(w) for w in _list("labels", key))) for key in LABELS}


def _label(low: str, lists: dict[str, tuple[str, ...]]) -> str | None:
    for key in LABELS:
        if low in lists[key]:
            return key
    words = [(w, key) for key in LABELS if key != "ordinal" for w in lists[key]]
    begins = [(len(w), key) for w, key in words if low.startswith(w)]
    near = _bare_exact(low)
    if near is not None:
        return near
    if begins:
        return max(begins)[1]
    inside = [(len(w), key) for w, key in words if len(w) > 5 and w in low]
    return max(inside)[1] if inside else None


def _bare_exact(low: str) -> str | None:
    plain = bare(low)
    return next((key for key in LABELS if plain in _bare_labels()[key]), None)
