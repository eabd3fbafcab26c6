"""Vietnamese text from before Unicode: TCVN3 (ABC fonts), VNI-Windows, code page 1258, and plain bytes.

Legacy fonts draw Vietnamese letters in the places of Western ones, so a text layer or file reads as
``Céng hßa x· héi`` (TCVN3) or ``Coäng hoøa xaõ hoäi`` (VNI). Nothing is converted on suspicion: see ``repair``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from extractors.pdf.vietnamese import is_syllable, judge

_TCVN3_PAIRS = (
    "µà ¶ả ·ã ¸á ¹ạ ¨ă »ằ ¼ẳ ½ẵ ¾ắ Æặ ©â Çầ Èẩ Éẫ Êấ Ëậ ®đ Ìè Îẻ Ïẽ Ðé Ñẹ ªê Òề Óể Ôễ Õế Öệ ×ì Øỉ Üĩ Ýí Þị "
    "ßò áỏ âõ ãó äọ «ô åồ æổ çỗ èố éộ ¬ơ êờ ëở ìỡ íớ îợ ïù ñủ òũ óú ôụ \u00adư õừ öử ÷ữ øứ ùự úỳ ûỷ üỹ ýý þỵ "
    "¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư §Đ"
)
TCVN3: dict[str, str] = {pair[0]: pair[1] for pair in _TCVN3_PAIRS.split(" ")}
# Capitals with a tone come from fonts whose name ends in H (.VnTimeH): small codes drawn as capitals.
# "Đ" stands where the code of é (U+00D0) was normalised; TCVN3 writes Đ on another code.
_TCVN3_LOOK = TCVN3 | {"μ": "à", "Đ": "é"}

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HAT = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


def _vni_table() -> dict[str, str]:
    """VNI-Windows sequence (one or two characters) -> Vietnamese letter."""
    table = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ"}

    def add(code: str, base: str, mark: str) -> None:
        table[code] = unicodedata.normalize("NFC", base + mark)

    for letter, base in {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}.items():
        for code, tone in _VNI_TONES.items():
            if (letter, code) != ("y", "ï"):  # ỵ has a code of its own
                add(letter + code, base, tone)
    for letter in "aeo":
        for code, tone in _VNI_HAT.items():
            add(letter + code, letter, "\u0302" + tone)
    for code, tone in _VNI_BREVE.items():
        add("a" + code, "a", "\u0306" + tone)
    return table | {code.upper(): letter.upper() for code, letter in table.items()}


VNI: dict[str, str] = _vni_table()
# A capital may carry a small mark and the other way round: the font draws both.
_VNI_LOOK = VNI | {
    code[0].upper() + code[1]: letter.upper() for code, letter in VNI.items() if len(code) == 2 and code.islower()
}
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI_LOOK), key=len, reverse=True)))
_CAPITAL_FONT = re.compile(r"\.Vn\w+?H(?:$|[,\- ])", re.IGNORECASE)  # .VnTimeH, .VnTimeH,Bold
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_HYPHEN_WORD = re.compile(r"[^\W\d_]*(?:-[^\W\d_]+)+|[^\W\d_]+-", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Repaired:
    """Text after conversion and how it was read: "utf-8", "tcvn3", "vni", "cp1258", ..."""

    text: str
    encoding: str


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """TCVN3 characters (as their Western look) to Unicode; ``capitals`` for text in an ...H font."""
    out = "".join(_TCVN3_LOOK.get(c, c) for c in text)
    return out.upper() if capitals else out


def to_tcvn3(text: str) -> str:
    """Unicode to TCVN3 characters. Raises ValueError for capitals that TCVN3 keeps in a font of their own."""
    table = {letter: code for code, letter in TCVN3.items()}
    out = []
    for char in unicodedata.normalize("NFC", text):
        code = table.get(char, char)
        if code == char and (ord(char) > 0x7E) and char not in table:
            raise ValueError(f"not in TCVN3: U+{ord(char):04X}")
        out.append(code)
    return "".join(out)


def from_vni(text: str) -> str:
    """VNI-Windows characters (as their Western look) to Unicode."""
    return _VNI_PATTERN.sub(lambda m: _VNI_LOOK[m.group()], text)


def to_vni(text: str) -> str:
    """Unicode to VNI-Windows characters. Raises ValueError for what VNI cannot write."""
    table = {letter: code for code, letter in VNI.items()}
    out = []
    for char in unicodedata.normalize("NFC", text):
        if char not in table and ord(char) > 0x7E:
            raise ValueError(f"not in VNI: U+{ord(char):04X}")
        out.append(table.get(char, char))
    return "".join(out)


def which_legacy(text: str, *, fonts: frozenset[str] = frozenset()) -> str | None:
    """ "tcvn3" or "vni" when that reading, and only that reading, makes the text Vietnamese; else None.

    Certain means: the text as it stands is not Vietnamese, the converted text is, and by a wide margin.
    ``fonts`` (names in the PDF) only lower the amount of text needed.
    """
    before = judge(text)
    if before.is_vietnamese or all(ord(c) < 0x80 for c in text):
        return None
    named = any(f.lower().startswith((".vn", "vni-", "vni ")) for f in fonts)
    need = 3 if named else 12
    scores = {"tcvn3": judge(_mend_hyphens(from_tcvn3(text))), "vni": judge(from_vni(text))}
    best = max(scores, key=lambda name: scores[name].known)
    after = scores[best]
    other = scores["vni" if best == "tcvn3" else "tcvn3"]
    sure = after.is_vietnamese and after.tokens >= need
    if sure and after.known - max(before.known, other.known) >= 0.15:
        return best
    return None


def convert(text: str, encoding: str, *, font: str = "") -> str:
    """``text`` read as ``encoding`` ("tcvn3" or "vni"); the font's name tells capitals."""
    if encoding == "tcvn3":
        capitals = _CAPITAL_FONT.match(font) is not None
        return mend_capitals(_mend_hyphens(from_tcvn3(text, capitals=capitals)))
    return from_vni(text)


def mend_capitals(text: str) -> str:
    """TCVN3 keeps capitals with accents in a font of their own; where its name is lost: QUYếT -> QUYẾT."""

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        plain = [c for c in word if c.isascii()]
        # "Đ" and "Ư" have codes of their own, so they tell nothing; a name like "Vũ" has a small plain letter or none.
        return (
            word.upper()
            if plain and all(c.isupper() for c in plain) and len(word) > len(plain) >= _least(word)
            else word
        )

    return _WORD.sub(mend, text)


def _least(word: str) -> int:
    """How many plain capitals make a word one of capitals: one is a name's initial ("Hà" -> 2 letters, "Vũ")."""
    return 2 if word[0].isascii() or word[0].isupper() else 1


def _mend_hyphens(text: str) -> str:
    """In TCVN3 fonts ư lies on the soft hyphen, which many programs give back as "-": n-ớc -> nước."""

    def mend(match: re.Match[str]) -> str:
        word = match.group()
        mended = word.replace("-", "Ư" if word.isupper() else "ư")
        return mended if is_syllable(mended) else word

    return _HYPHEN_WORD.sub(mend, text) if "-" in text else text


def decode_text(data: bytes, *, truncated: bool = False) -> Repaired | None:
    """The bytes of a text file as Unicode (not yet NFC), whatever Vietnamese encoding it is in.

    ``truncated``: the end may be cut inside a character. None when the bytes are no text.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, truncated)
    if data[:2000].count(0) > len(data[:2000]) // 8:
        guess = "utf-16-le" if data[1:2000:2].count(0) >= data[0:2000:2].count(0) else "utf-16-be"
        return _strict(data, guess, truncated)
    found = _strict(data, "utf-8", truncated)
    if found is not None:
        return _from_bytes(found.text) or found
    if not _is_texty(data.decode("latin-1")):
        return None
    western = data.decode("cp1252", errors="replace") if b"\xad" not in data else data.decode("latin-1")
    legacy = _from_bytes(western)
    if legacy is not None:
        return legacy
    windows = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    return Repaired(windows, "cp1258") if judge(windows).known >= 0.5 else None


def _from_bytes(western: str) -> Repaired | None:
    kind = which_legacy(western)
    return Repaired(convert(western, kind), kind) if kind else None


def _strict(data: bytes, encoding: str, truncated: bool) -> Repaired | None:
    for cut in range(4 if truncated else 1):
        try:
            text = data[: len(data) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return Repaired(text, encoding) if _is_texty(text) else None
    return None


def _is_texty(text: str) -> bool:
    """Few control characters: what a person typed."""
    odd = sum(1 for c in text if (c < " " and c not in "\t\r\n\x0c\x1a") or c == "\ufffd" or "\x7f" <= c < "\xa0")
    return odd * 200 <= len(text)
