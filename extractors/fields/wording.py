"""Running text of a field: lines joined as one would type them, and how certain that text is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.fields.view import LAYER, Spot, family
from extractors.reference.names import valid_syllable
from extractors.reference.units import unit_words
from extractors.scan.language import accent_doubts, mend_accents
from schemas.text import bare, fold

_EDGES = "|_~`'‘’\\«»*^•·"
STRONG = 0.985  # a line reader this sure of every letter was right on 199 of 200 measured header lines


def join_lines(spots: Sequence[Spot]) -> str:
    """Lines as one running text, single spaces, without rules and dust at the edges."""
    return tidy(" ".join(s.text for s in spots))


def tidy(text: str) -> str:
    text = re.sub(r"[-_–—.]{4,}", " ", text)
    text = re.sub(r"\s+([,;:.])(?=\s|$)", r"\1", text)
    text = re.sub(r"(?<=\d)[^\W\d_]{3,}\b", _apart, text)
    return re.sub(r"\s+", " ", text).strip().strip(_EDGES).strip()


def _apart(m: re.Match[str]) -> str:
    """A word set so close to a number that both readers lost the space: "2020của"."""
    word = m[0]
    return f" {word}" if word.islower() and valid_syllable(word) else word


def line_certainty(spot: Spot) -> tuple[bool, float, str]:
    """(corroborated, score 0..1, why) of one line of running text.

    Corroborated: a text layer, or two readers with the same letters and accents, or the same letters where the
    line reader is very sure and every word is a Vietnamese syllable.
    """
    texts = spot.texts()
    mine = squeeze(spot.text)
    witnesses = {family(r) for r, t, _ in texts if squeeze(t) == mine}
    if LAYER in witnesses:
        return True, 0.99, "text_layer"
    top = max((score for r, t, score in texts if squeeze(t) == mine), default=spot.line.score)
    if len(witnesses) >= 2:
        if joined_words(spot.text):
            return False, 0.75, "words_joined"
        if not _marks_backed(spot):
            return False, 0.75, "marks_differ"
        return True, 0.9 + 0.09 * top, "readers_agree"
    same_letters = {family(r) for r, t, _ in texts if letters(t) == letters(spot.text)}
    spelled = all_syllables(spot.text)
    if len(same_letters) >= 2 and spelled and top >= 0.995:
        return True, 0.93, "letters_agree"
    if len(same_letters) >= 2:
        return False, 0.55 + 0.3 * top * spelled, "accents_differ"
    return False, 0.3 + 0.4 * top * (0.5 + 0.5 * spelled), "readers_differ" if len(texts) > 1 else "one_reader"


SURE_GAIN = 7.0  # log gain from which an accent is put right: 3 of 19,035 words of correct text reach it
DOUBT_GAIN = 3.0  # from here on the text is not sure


def mended(text: str, spots: Sequence[Spot]) -> tuple[str, bool, tuple[str, ...]]:
    """Running text with misread accents put right: (text, nothing left in doubt, why)."""
    better = mend_accents(text, least=SURE_GAIN)
    doubts = [gain for _, _, gain in accent_doubts(better) if gain >= DOUBT_GAIN]
    doubts += [gain for _, _, gain in accent_doubts(better, capitals=True) if gain >= SURE_GAIN]
    if better == text:
        return text, not doubts, ("accents_doubtful",) if doubts else ()
    seen = {squeeze(t) for s in spots for _, t, _ in s.texts()}
    changed = [w for w, old in zip(better.split(), text.split(), strict=True) if w != old]
    backed = all(any(squeeze(w) in s for s in seen) for w in changed)
    return better, backed and not doubts, ("accents_mended", *(("accents_doubtful",) if doubts else ()))


def _marks_backed(spot: Spot) -> bool:
    """Every colon, semicolon, bracket and lone dash inside the line was seen by another reader too (specks look like
    them)."""
    shown = _one_dash(spot.text)
    inner = {*(c for c in shown[1:-1] if c in ":;()"), *re.findall(r"(?<=\w) - (?=\w)", shown)}
    if not inner:
        return True
    for reader, text, _ in spot.texts():
        if text != spot.text and squeeze(text) == squeeze(shown) and family(reader) == "tesseract":
            return all(_one_dash(text).count(c) >= shown[1:-1].count(c) for c in inner)
    return True


def joined_words(text: str) -> bool:
    """A word that is two which lost their space ("DOANHĐÔNG", "Thanhtra"): both readers lose one set narrowly.

    No such word is a syllable, an abbreviation, a foreign word or part of a place's name ("Krông").
    """
    odd = [w for w in re.findall(r"[^\W\d_]{5,}", text) if not valid_syllable(w) and not (w.isascii() and w.isupper())]
    return any(_in_two(w) and fold(w) not in unit_words() for w in odd)


def _in_two(word: str) -> bool:
    return any(valid_syllable(word[:k]) and valid_syllable(word[k:]) for k in range(2, len(word) - 1))


def _one_dash(text: str) -> str:
    return text.replace("–", "-")


def with_known_names(text: str, names: Sequence[str]) -> str:
    """Names known from elsewhere on the paper, put right where the text has their letters with other accents."""
    for name in names:
        key = bare(name)
        if len(key) < 5 or " " not in key:
            continue
        for m in reversed(list(re.finditer(rf"\b{re.escape(key)}\b", bare(text)))):
            printed = text[m.start() : m.end()]
            if printed != name and printed[:1].isupper() and not printed.isupper():
                text = text[: m.start()] + name + text[m.end() :]
    return text


def squeeze(text: str) -> str:
    """Folded words without punctuation: what both readers must agree on."""
    return " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", bare(text))


def all_syllables(text: str) -> bool:
    """Every word of letters is a Vietnamese syllable or an abbreviation in capitals."""
    words = re.findall(r"[^\W\d_]+", text)
    return bool(words) and all(valid_syllable(w) or w.isupper() or len(w) == 1 for w in words)
