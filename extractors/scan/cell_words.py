"""Từ trong một ô: the words of a reading as they are compared, and as one would type them.

Marks that belong to nothing go, words run together are parted; what makes no Vietnamese is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.ocr.engine import OcrWord
from extractors.reference.names import valid_syllable
from extractors.scan.language import mend_accents, mend_phrases
from schemas.text import bare

_SURE_GAIN = 8.0  # log by which other accents must be likelier between their neighbours
_RULES = re.compile(r"^[|¦_—=]+$")
_JUNK = re.compile(r"^[|_\-—–=~.,;:'\"`´‘’“”\[\](){}<>\\/¡!]+$")
_CAPITALS = 2  # syllables in capitals in a row that readers make of small ones
_NEVER = re.compile(r"[ñÑ](?=[^\W\d_])")  # no Vietnamese letter: the n beside it, read twice
_LOOSE = re.compile(r"[ˆˇ˘˙˚˜¨¯]|(?<![^\W_])['`´‘’](?=[^\W_])")  # marks that stand on no letter: specks
_EDGES = " -–—_|'`“”\"‘’:•»«"
_ENDS = ".,;:)"
_VOWEL = re.compile(r"[aeiouy]")
_NEW_WORD = re.compile(r"(?<=[a-zà-ỹ])(?=[A-ZĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ])")
_LAST, _FIRST = re.compile(r"[^\W\d_]+$"), re.compile(r"[^\W\d_]+")
_QUOTES = '"“”'
_DEPARTMENT = re.compile(r"(?<![^\W\d_])Sở [ckpsuvwxyz](?=[^\W\d_])")
_JOINING = re.compile(r"(?<=[^\W\d_] )(?:Và|Của|Có|Cho|Với|Cùng)(?= )")
_COLON = re.compile(r"[a-zà-ỹđ]: [a-zà-ỹđ]")


def tokens_of(words: Sequence[OcrWord]) -> list[str]:
    """The words of a reading, line by line; specks and remains of rules left out."""
    lines: dict[int, list[OcrWord]] = {}
    for w in words:
        if _RULES.match(w.text) or (_JUNK.match(w.text) and w.text != "-" and w.score < 0.7):
            continue
        lines.setdefault(w.line, []).append(w)
    ordered = sorted(lines.values(), key=lambda ws: min(w.y0 for w in ws))
    return split_words(" ".join(w.text for line in ordered for w in sorted(line, key=lambda w: w.x0)))


def split_words(text: str) -> list[str]:
    """Tokens as they are compared: one kind of dash and slash, dashes and numbers apart from the words beside them."""
    text = _LOOSE.sub("", text)
    text = _NEVER.sub("", text.replace("⁄", "/").replace("–", "-").replace("—", "-"))
    text = re.sub(r"/{2,}", "/", text)
    text = re.sub(r"(?<=[a-zà-ỹđ]{2})\.(?=[a-zà-ỹđ]{2})", _apart, text)
    text = re.sub(r"(?<=[^\W\d_]{2})-(?=\s|$)|(?:(?<=\s)|^)-(?=[^\W\d_]{2})", " - ", text)
    text = re.sub(r"(?<=[a-zà-ỹ]{2})(?=\d{4}(?!\d))", " ", text)
    return _joined([part for token in text.split() for part in _parted(token)])


def _apart(dot: re.Match[str]) -> str:
    """A speck read as a full stop between two syllables ("độ.hài"); the dot of an address on the web stays."""
    before, after = _LAST.search(dot.string[: dot.start()]), _FIRST.match(dot.string[dot.end() :])
    if before is None or after is None or (before[0] + after[0]).isascii():
        return "."
    return " " if valid_syllable(before[0]) and valid_syllable(after[0]) else "."


def _parted(token: str) -> tuple[str, ...]:
    """Syllables read without the space between them ("Thanhtra", "SởNộivụ", "Ytế"); a word that is one stays."""
    core = token.rstrip(".,;:)")
    if not core.isalpha() or core.isupper() or valid_syllable(core):
        return (token,)
    pieces = _NEW_WORD.sub(" ", core).split()
    if len(pieces) > 1 and all(len(piece) > 1 and valid_syllable(piece) for piece in pieces[:-1]):
        last = _parted(pieces[-1] + token[len(core) :])
        return (*pieces[:-1], *last) if len(last) > 1 or valid_syllable(pieces[-1]) else (token,)
    if len(core) < 5 and core[0] not in "Yy":
        return (token,)
    begin = 1 if core[0] in "Yy" else 2  # no other syllable of one letter stands before another
    cuts = [k for k in range(begin, len(core) - 1) if valid_syllable(core[:k]) and valid_syllable(core[k:])]
    return (token[: cuts[0]], token[cuts[0] :]) if len(cuts) == 1 else (token,)


def _joined(tokens: list[str]) -> list[str]:
    """Syllables that were read in two pieces put together: one of them has no vowel ("tr ường", "nhâ n")."""
    out: list[str] = []
    k = 0
    while k < len(tokens):
        piece, after = tokens[k], tokens[k + 1] if k + 1 < len(tokens) else ""
        with_next, with_last = piece + after, (out[-1] if out else "") + piece
        if not _is_piece(piece):
            out.append(piece)
        elif after and valid_syllable(with_next.rstrip(_ENDS)) and not (out and valid_syllable(with_last)):
            out.append(with_next)
            k += 1
        elif out and valid_syllable(with_last.rstrip(_ENDS)) and not valid_syllable(with_next.rstrip(_ENDS)):
            out[-1] = with_last
        else:
            out.append(piece)
        k += 1
    return out


def _is_piece(token: str) -> bool:
    """Letters without a vowel, small but perhaps the first: no word, though perhaps a unit (km) or a point (điểm b)."""
    core = token.rstrip(_ENDS)
    small = core.islower() or (len(core) > 1 and core[1:].islower())
    return core.isalpha() and small and not _VOWEL.search(bare(core))


def finish(tokens: Sequence[str]) -> str:
    """The words as one would type them: lone marks that belong to nothing go, accents that cannot be are put right."""
    kept = [
        t
        for k, t in enumerate(tokens)
        if any(c.isalnum() for c in t) or t in ("%", "&") or (t == "-" and 0 < k < len(tokens) - 1)
    ]
    text = " ".join(kept)
    quotes = sum(text.count(mark) for mark in _QUOTES)
    if quotes == 1:  # the other one is missing: a speck
        text = "".join(c for c in text if c not in _QUOTES)
    text = text.strip(_EDGES if quotes < 2 else _EDGES.translate({ord(mark): None for mark in _QUOTES}))
    text = re.sub(r"(?<=\s)[.,;:](?=[^\W\d_]{2})", "", text.lstrip(".,;!"))  # no mark stands before a word
    text = re.sub(r"(?<=[a-zà-ỹđ]{2})\.(?= [a-zà-ỹđ]{2})", "", text)  # no sentence begins small: a speck
    return mend_phrases(mend_accents(text.strip(), least=_SURE_GAIN))


def name_departments(text: str) -> str:
    """The text with letters as large as names have them: a capital behind "Sở" where a small letter was read that
    looks like it ("Sở xây dựng"), none on words that join ("Báo Và Đài")."""
    text = _DEPARTMENT.sub(lambda m: m[0][:-1] + m[0][-1].upper(), text)
    return _JOINING.sub(lambda m: m[0].lower(), text)


def likelier(text: str) -> str:
    """The text with accents put right in words with capitals too, which a name may be: somebody has to look at it."""
    return mend_accents(text, least=_SURE_GAIN, capitals=True)


def is_odd(text: str) -> bool:
    """No Vietnamese: accented letters that make no syllable ("Bộphận"), letters without a vowel ("tr ăng"), a colon
    inside a phrase ("lộ: trình"), a syllable in capitals among others ("Sở NỘI vụ")."""
    tokens = text.split()
    cores = [token.strip(".,;:()-\"'/") for token in tokens]
    return (
        bool(_COLON.search(text))
        or any(in_capitals(tokens, k) for k in range(len(tokens)))
        or any(len(core) > 1 and _is_piece(core) for core in cores)
        or any(
            core.isalpha() and not core.isascii() and not core.isupper() and not valid_syllable(core) for core in cores
        )
    )


def in_capitals(tokens: Sequence[str], at: int) -> bool:
    """Whether a syllable or two stand in capitals among words that do not; not UBND or HĐND, nor what stands by it."""
    first = last = at
    while first > 0 and _is_capital(tokens[first - 1]):
        first -= 1
    while last + 1 < len(tokens) and _is_capital(tokens[last + 1]):
        last += 1
    run = [token.strip(_ENDS) for token in tokens[first : last + 1]]
    return (
        len(run) <= _CAPITALS
        and all(not core.replace("Đ", "D").isascii() and valid_syllable(core) for core in run)
        and _is_capital(tokens[at])
        and any(token[1:].islower() for token in tokens)
    )


def _is_capital(token: str) -> bool:
    core = token.strip(_ENDS)
    return len(core) > 1 and core.isupper()


def is_weak(words: Sequence[OcrWord]) -> bool:
    """Words that two sizes of one reader may get wrong alike: no Vietnamese syllables, or letters hardly made out."""
    for w in words:
        core = w.text.strip(".,;:()-")
        if w.score < 0.6 or (core.isalpha() and len(core) > 1 and not core.isupper() and not valid_syllable(core)):
            return True
    return False
