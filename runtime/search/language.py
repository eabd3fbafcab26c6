"""Ngôn ngữ hỏi: free words, "phrase", -not, filters by name in Vietnamese and English. Any text is a question; what
cannot be taken as it was typed is said in a note, never refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from extractors.reference.doc_types import all_doc_types
from runtime.search.dates import read_days
from runtime.search.names import other_names
from runtime.search.need import Need, Understood, Way
from runtime.search.words import (
    date_need,
    notation_words,
    number_need,
    phrase_need,
    read_words,
    typed_tokens,
    whole_number,
)
from storage.ask import Expr, Issued, Nothing, Term, all_of, any_of
from storage.entry import tag
from storage.folding import fold_key, fold_words, visible_text
from storage.search_tables import abbreviations, search_table

MAX_QUERY = 1000  # characters of a question that count
MAX_NEEDS = 32
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "−": "-"})
_QUOTED = re.compile(r'(-?)"([^"]*)("?)')
_NAMED = re.compile(r"(-?)([^\W\d_]{1,20}(?: ?[^\W\d_]{1,12})?) ?:(?!/)\s*")
_TOKEN = re.compile(r"\S+")
_PART_OF = {"agency": "a", "signer": "s", "owner": "o", "summary": "t", "field": "f"}


@dataclass(frozen=True, slots=True)
class FilterName:
    """One filter of the language: ``names`` without accents; ``example`` for people."""

    key: str
    names: tuple[str, ...]
    label: str
    example: str


@cache
def filter_names() -> tuple[FilterName, ...]:
    return tuple(
        FilterName(row["key"], tuple(row["names"]), row["label"], row["example"]) for row in search_table()["filter"]
    )


@cache
def _by_name() -> dict[str, FilterName]:
    return {name: one for one in filter_names() for name in one.names}


@dataclass(slots=True)
class _Reading:
    """A question while it is read."""

    salt: bytes
    unmasked: bool
    needs: list[Need] = field(default_factory=list)
    without: list[Need] = field(default_factory=list)
    tests: list[Expr] = field(default_factory=list)
    tested: list[Need] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    free: list[str] = field(default_factory=list)

    def words(self, text: str) -> list[Need]:
        return read_words(text, salt=self.salt, unmasked=self.unmasked)

    def flush(self) -> None:
        """The free words gathered so far become needs."""
        if self.free:
            self.needs += self.words(" ".join(self.free))
            self.free = []


def understand(query: str, *, salt: bytes, unmasked: bool = False) -> Understood:
    """Take any text apart; never raises."""
    text = visible_text(query.encode("utf-8", "replace").decode())[:MAX_QUERY].translate(_QUOTES)
    reading = _Reading(salt, unmasked)
    if len(query) > MAX_QUERY:
        reading.notes.append(f"Câu hỏi dài quá {MAX_QUERY} ký tự: phần sau được bỏ qua.")
    at = 0
    while at < len(text):
        at = _step(text, at, reading)
    reading.flush()
    _explain(reading, text)
    needs = tuple(dict.fromkeys(reading.needs))[:MAX_NEEDS]
    return Understood(
        needs=needs,
        without=tuple(reading.without),
        tests=tuple(reading.tests),
        tested=tuple(reading.tested),
        labels=tuple(reading.labels),
        notes=tuple(dict.fromkeys(reading.notes)),
        number=whole_number(text) if not reading.tests else None,
        blank=not text.strip(),
        identity=any(need.kind == "identity" for need in (*needs, *reading.without)),
    )


def _step(text: str, at: int, reading: _Reading) -> int:
    """Read one piece from ``at``; where the next begins."""
    if text[at].isspace():
        return at + 1
    quoted = _QUOTED.match(text, at)
    if quoted:
        _quoted(quoted, reading)
        return quoted.end()
    named = _NAMED.match(text, at)
    if named:
        known = _filter_called(named[2])
        if known is not None:
            return _filter(known, text, named, reading)
        if named.end() < len(text) and " " not in named[2]:
            _unknown_filter(named[2], reading)
    token = _TOKEN.match(text, at)
    assert token is not None
    end = token.end()
    inner = token[0].find('"')
    if inner > 0:
        end = at + inner
    piece = text[at:end]
    if piece[0] == "-" and len(piece) > 1 and (piece[1].isalnum()) and not _goes_on(reading, piece):
        reading.flush()
        reading.without += reading.words(piece[1:])
    else:
        reading.free.append(piece)
    return end


def _goes_on(reading: _Reading, piece: str) -> bool:
    """Whether "-UBND" goes on with a number typed before it ("2110/QĐ -UBND")."""
    before = reading.free[-1] if reading.free else ""
    words = fold_key(piece).split()
    return bool(before) and before[0].isdigit() and bool(words) and words[0] in notation_words()


def _quoted(found: re.Match[str], reading: _Reading) -> None:
    need = phrase_need(found[2])
    if not found[3]:
        reading.notes.append("Thiếu dấu ngoặc kép đóng: cụm từ được lấy đến hết câu.")
    if need is None:
        return
    reading.flush()
    (reading.without if found[1] else reading.needs).append(need)


def _filter_called(name: str) -> FilterName | None:
    return _by_name().get("".join(fold_key(name).split()))


def _unknown_filter(name: str, reading: _Reading) -> None:
    last = "".join(fold_key(name).split())
    near = process.extractOne(last, list(_by_name()), scorer=Levenshtein.distance, score_cutoff=2)
    hint = f" Có phải “{near[0]}:”?" if near else ""
    known = ", ".join(f"{one.names[0]}:" for one in filter_names())
    reading.notes.append(f"Không có bộ lọc “{name}:”, chữ đó được tìm như chữ thường.{hint} Các bộ lọc: {known}")


def _filter(one: FilterName, text: str, named: re.Match[str], reading: _Reading) -> int:
    """Read the value of a filter: in quotes, or the words up to the next filter, phrase or exclusion."""
    reading.flush()
    at = named.end()
    quoted = _QUOTED.match(text, at)
    if quoted and not quoted[1]:
        value, end, whole = quoted[2], quoted.end(), True
    else:
        value, end, whole = text[at : (end := _value_end(text, at))], end, False
    if not value.strip():
        reading.notes.append(f"“{named[2]}:” chưa có giá trị, ví dụ {one.example}.")
        return end
    used = _apply(one, value, reading, negated=bool(named[1]), whole=whole)
    return end if whole else at + used


def _value_end(text: str, at: int) -> int:
    end = at
    while end < len(text):
        if text[end].isspace():
            end += 1
            continue
        if _QUOTED.match(text, end):
            break
        named = _NAMED.match(text, end)
        if named and _filter_called(named[2]):
            break
        if text[end] == "-" and end + 1 < len(text) and text[end + 1].isalnum() and end > at:
            break
        token = _TOKEN.match(text, end)
        assert token is not None
        end = token.end()
    return end


def _apply(one: FilterName, value: str, reading: _Reading, *, negated: bool, whole: bool) -> int:
    """Take the filter's value from the beginning of ``value``; how many characters of it were used."""
    starts = [m.end() for m in _TOKEN.finditer(value)]
    found: tuple[Need, str] | None = None
    used = starts[-1]
    if one.key in _PART_OF:
        found = _part(one.key, value), value.strip()
    else:
        for end in reversed(starts):
            found = _value(one.key, value[:end])
            if found is not None or whole:
                used = end
                break
    if found is None:
        reading.notes.append(_misfit(one, value.split()[0] if not whole else value))
        return starts[0]
    need, shown = found
    reading.labels.append((("Không " if negated else "") + one.label, shown))
    if negated:
        reading.without.append(need)
    else:
        reading.tests.append(need.expr)
        reading.tested.append(need)
    return used


def _part(key: str, value: str) -> Need:
    """Words of one field, an agency also by its other names."""
    letter = _PART_OF[key]
    exact, folded = fold_words(visible_text(value))
    words = tuple(folded)
    if not words:
        return Need((Way(Nothing()),), "phrase")
    ways = [Way(_part_words(letter, words), ((tuple(exact), words),))]
    if key == "agency":
        ways[0] = Way(any_of([ways[0].expr, _part_words("c", words)]), ways[0].marks)
        ways += [
            Way(_part_words(letter, o.words), ((o.words, o.words),), o.note, lesser=True) for o in other_names(words)
        ]
        ways += [Way(_part_words(letter, other), (), note, lesser=True) for other, note in _within_agency(words)]
    return Need(tuple(ways), "phrase", tuple(exact), words, plain=False)


def _part_words(letter: str, words: tuple[str, ...]) -> Expr:
    """Every word in the field; long and short forms of abbreviations are one."""
    if letter in ("a", "c"):
        for one in abbreviations():
            if len(one.long) < 3:
                continue
            for form in (one.long, *one.shorts):
                for i in range(len(words) - len(form) + 1):
                    if words[i : i + len(form)] == form:
                        rest = words[:i] + words[i + len(form) :]
                        return all_of([Term("p", f"{letter}:{one.token}"), _part_words(letter, rest)])
    return all_of(Term("p", f"{letter}:{word}") for word in words)


def _within_agency(words: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    """The agency with a unit in its name called otherwise ("UBND tỉnh Quảng Bình")."""
    found = []
    for size in range(min(6, len(words)), 1, -1):
        for i in range(len(words) - size + 1):
            for other in other_names(words[i : i + size]):
                kind = words[i : i + 1] if words[i] == "tinh" else ()
                found.append((words[:i] + kind + other.words + words[i + size :], other.note))
        if found:
            break
    return found


def _value(key: str, text: str) -> tuple[Need, str] | None:
    """The need of a filter with a closed set of values or a shape, and how it is shown; None when it does not fit."""
    folded = fold_key(text)
    if key == "number":
        exact, words = fold_words(visible_text(text))
        fits = words and words[0].isdigit() and all(w in notation_words() or w.isdigit() for w in words)
        if not fits and " " in text.strip():
            return None
        plain = [word.lstrip("0") or "0" if word.isdigit() else word for word in words]
        if not plain:
            return None
        own = number_need(tuple(exact), tuple(words)).ways[0].expr if fits else Nothing()
        expr = any_of([all_of(Term("n", f"w:{word}") for word in plain), own])
        return Need((Way(expr, ((tuple(exact), tuple(words)),)),), "number", plain=False), text.strip()
    if key in ("date", "year"):
        days = read_days(text.strip(), alone=True)
        if days is None:
            return None
        return Need((Way(Issued(days.first, days.last)),), "date", plain=False), days.words
    if key == "doc_type":
        kind = _doc_types().get(folded)
        return (_tagged("doc_type", kind[0]), kind[1]) if kind else None
    if key in ("status", "level"):
        for name, said in search_table()[key].items():
            if folded in (fold_key(name), *map(fold_key, said)):
                return _tagged(key, name), said[0]
        return None
    if key == "batch":
        return _tagged("batch", text.strip()), text.strip()
    return None


def _tagged(name: str, value: str) -> Need:
    return Need((Way(Term("t", tag(name, value))),), "phrase", plain=False)


@cache
def _doc_types() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for kind in all_doc_types():
        for name in (kind.key, kind.name, *kind.titles, *kind.abbreviations):
            found.setdefault(fold_key(name), (kind.key, kind.name))
        found.setdefault(fold_key(kind.key.replace("_", " ")), (kind.key, kind.name))
    return found


def _misfit(one: FilterName, value: str) -> str:
    names = _known_values(one.key)
    if not names:
        return f"Không hiểu “{value}” là {one.label.lower()}; ví dụ {one.example}. Điều kiện này được bỏ qua."
    folded = {name: fold_key(name) for name in names}
    near = process.extractOne(fold_key(value), folded, scorer=Levenshtein.normalized_similarity)
    hint = f" Có phải “{near[2]}”?" if near and near[1] >= 0.5 else ""
    return f"Không có {one.label.lower()} “{value}”.{hint} Các giá trị: {', '.join(names)}. Điều kiện này được bỏ qua."


def _known_values(key: str) -> list[str]:
    if key == "doc_type":
        return [name for _, name in sorted(set(_doc_types().values()))]
    if key in ("status", "level"):
        return [said[0] for said in search_table()[key].values()]
    return []


def _explain(reading: _Reading, text: str) -> None:
    if reading.without and not reading.needs and not reading.tests:
        reading.notes.append("Câu hỏi chỉ có điều loại trừ: mọi hồ sơ khác được liệt kê.")
    if "*" in text or "?" in text.rstrip("?"):
        reading.notes.append("Dấu * và ? không có tác dụng; gõ trọn từ, không cần dấu thanh.")
    if text.strip() and not (reading.needs or reading.tests or reading.without or reading.notes):
        reading.notes.append("Không thấy chữ hay số nào để tìm.")


__all__ = ["MAX_NEEDS", "MAX_QUERY", "FilterName", "date_need", "filter_names", "typed_tokens", "understand"]
