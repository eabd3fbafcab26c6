"""Cấu tạo âm tiết: which letters may make one Vietnamese syllable (onset, rime, tone)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from schemas.text import nfc

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
# Rimes without tone marks. A rime that ends in a stop (c ch p t) takes only sắc or nặng.
_RIMES = """a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu êc i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc
    op ot ô ôc ôi ôm ôn ông ôp ôt ôông ơ ơi ơm ơn ơng ơp ơt
    u ua uân uâng uât uây uc ue uê uêch uên uênh uêt uêu ui um un ung uôc uôi uôm uôn uông uôp uôt up ut uy uya uych
    uyên uyêt uyn uynh uyp uyt uyu uơ uơn uơt uâc uân uao uau
    ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu yêc yt ynh ych"""
# After qu- the medial u is already spent; these follow it.
_QU_RIMES = """a ac ach ai am an ang anh ao ap at au ay
    ăc ăm ăn ăng ăp ăt âm ân âng âp ât ây âu e en eo et eng ê ên êt êch
    ênh êu i inh it ich in y yên yêt ynh ych yt yp yn ơ ơn ơt ơi ươi ôc yu"""
# After gi- an i may be swallowed: gìn, giêng, giếc.
_GI_RIMES = "n êng êc êt ên m"
ONSETS, RIMES = tuple(_ONSETS.split()), frozenset(_RIMES.split())
_AFTER_QU, _AFTER_GI = frozenset(_QU_RIMES.split()), frozenset(_GI_RIMES.split())
_FRONT = frozenset("eêiy")
_TONES = {"\u0300": "huyền", "\u0301": "sắc", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}
_STOPS = ("c", "ch", "p", "t")


def split_tone(syllable: str) -> tuple[str, str | None] | None:
    """(letters without tone mark in lower case, tone name or None); None when it carries two tones."""
    tone: str | None = None
    letters = []
    for c in unicodedata.normalize("NFD", nfc(syllable).lower()):
        if c in _TONES:
            if tone is not None:
                return None
            tone = _TONES[c]
        else:
            letters.append(c)
    return unicodedata.normalize("NFC", "".join(letters)), tone


@lru_cache(maxsize=16384)
def valid_syllable(syllable: str) -> bool:
    """True when onset, rime and tone of one syllable follow Vietnamese spelling (either tone placement).

    Names of other peoples ("Krông", "Đắk", "Ksor") mostly do not: see ``names.toml``.
    """
    parts = split_tone(syllable)
    if parts is None:
        return False
    letters, tone = parts
    for onset in ("", *ONSETS):
        if not letters.startswith(onset):
            continue
        rime = letters[len(onset) :]
        if not rime or not _joins(onset, rime):
            continue
        if rime.endswith(_STOPS) and tone not in ("sắc", "nặng"):
            continue
        return True
    return letters == "gi"


def _joins(onset: str, rime: str) -> bool:
    """Spelling rules between onset and rime: k/c, g/gh, ng/ngh, gi, qu."""
    if onset == "qu":
        return rime in _AFTER_QU
    if onset == "gi" and rime in _AFTER_GI:
        return True
    if rime not in RIMES:
        return False
    front = rime[0] in _FRONT
    if onset in ("k", "gh", "ngh"):
        return front
    if onset in ("c", "ng"):
        return not front
    if onset == "g":
        return not front or rime[0] == "i"
    if onset == "" and rime in ("ă", "â"):
        return False
    if rime in ("ă", "â"):
        return False
    return not (rime.startswith("yê") and onset != "")
