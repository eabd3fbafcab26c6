"""Quyền hạn, chức vụ và họ tên người ký (signing_capacity, signer_title, signer_name)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance.Levenshtein import distance

from extractors.fields.agreement import from_committee
from extractors.fields.rows import is_capitals, is_spelled, letter_count
from extractors.fields.view import LAYER, Document, Spot, family, value_of
from extractors.fields.wording import letters, tidy
from extractors.reference.names import family_names, likelier_accents, name_score, strip_ranks
from extractors.reference.titles import capacity_fits, snap_capacity, snap_title
from schemas.extraction import FieldValue
from schemas.text import bare, fold

_CAPACITY = re.compile(
    r"^\W{0,3}(TM|KT|TL|TUQ|Q|T\.M|K\.T)\s?[.,]\s*\S|^\W{0,3}(TM|KT|TL|TUQ)\s+[A-ZĐỦUBG]", re.IGNORECASE
)
_SIGNED = re.compile(r"^\W*\(?\s*(da ky|ky ten|da ki|nguoi ky trich luc)\b")
_HEADING = re.compile(r"^\W*(thu truong don vi|nguoi ky trich luc|nguoi ky)\W*$")  # over the title, no title itself
# Words of seals and titles that can look like a name when their beginning is lost: "An Nhân Dân".
_NO_NAME = re.compile(r"\b(nhan dan|uy ban|tong hop|hanh chinh|chu tich|giam doc|truong phong|hoi dong)\b")
NAME_MIN = 0.55
NAME_CLEAR = 0.995  # of 173 names that were sure and right, none rarer than its like with other accents scored less


@dataclass(frozen=True, slots=True)
class SignerFields:
    capacity: FieldValue
    title: FieldValue
    name: FieldValue


def read_signer(doc: Document, *, agency: str | None, on: date | None, doc_type: str | None = None) -> SignerFields:
    """The signature block: capacity line, title line, the name under the seal."""
    block = _block(doc)
    if not block:
        missing = FieldValue(reasons=("not_found",))
        return SignerFields(missing, missing, missing)
    name_at, name = _name(block)
    listed = next((s.page for s in doc.spots if "noi nhan" in s.key[:16]), None)
    if listed is not None and name.page is not None and name.page != listed:
        # The block beside the recipients is the paper's own; a name from another page may be an annex's signer.
        name = name.model_copy(
            update={"needs_review": True, "score": min(name.score, 0.3), "reasons": (*name.reasons, "other_page")}
        )
    above = [s for s in (block[:name_at] if name_at is not None else block) if not _HEADING.match(s.key)]
    cap_spots, title_spots = _titles(above)
    capacity = _capacity(cap_spots)
    title = _title(title_spots)
    if isinstance(capacity.value, str) and capacity.value.startswith("Q.") and title.value is None:
        acting = capacity.value.removeprefix("Q.").strip()  # "Q. GIÁM ĐỐC": acting head, the title follows the mark
        title = capacity.model_copy(update={"value": acting or None})
        capacity = capacity.model_copy(update={"value": "Q."})
    stands_for = (_text(capacity) or "").rpartition(" KT. ")  # of "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH" the last line
    fit = capacity_fits(f"KT. {stands_for[2]}" if stands_for[1] else _text(capacity), _text(title), agency)
    capacity, title = _checked(capacity, title, fit, lost_row=_row_beside(block, title_spots))
    if len(title_spots) == 1 and _title_twice(above, title_spots[0]):
        # One title on two rows: one of them is KT. or a deputy's, its beginning lost under the seal.
        doubt = {"needs_review": True, "score": min(title.score, 0.4), "reasons": (*title.reasons, "capacity_conflict")}
        title = title.model_copy(update=doubt)
        if capacity.value is None:
            capacity = capacity.model_copy(update={**doubt, "score": 0.3, "reasons": ("not_found",)})
        elif not stands_for[1]:  # TM. alone: one of the two rows may be its KT.
            capacity = capacity.model_copy(update={**doubt, "reasons": (*capacity.reasons, "capacity_conflict")})
    if _committee_unnamed(doc, agency, capacity, doc_type):
        why = "committee_line_missing"
        capacity = capacity.model_copy(update={"needs_review": True, "reasons": (*capacity.reasons, why)})
        if capacity.value is None:
            title = title.model_copy(update={"needs_review": True, "reasons": (*title.reasons, why)})
    return SignerFields(capacity, title, name)


def _row_beside(block: list[Spot], titles: list[Spot]) -> bool:
    """A row of capital letters right over or (on a scan) right under the title rows that nobody could make out."""
    if not titles:
        return False
    for s in block:
        tall = max(s.box.height, titles[0].box.height)
        over = -0.5 * tall < titles[0].box.y0 - s.box.y1 < 1.2 * tall
        under = s.origin == "ocr" and -0.8 * tall < s.box.y0 - titles[-1].box.y1 < 0.8 * tall
        if s not in titles and (over or under) and sum(c.isupper() for c in s.text) >= 3:
            return True
    return False


def _title_twice(above: list[Spot], title: Spot) -> bool:
    """Another row of the block reads as the same title, as one that ends with it, or as its end ("Ủ TỊCH")."""
    mine = {m.key for _, t, _ in title.texts() if (m := snap_title(_titled(t)))}
    ends = [e for _, t, _ in title.texts() if not (e := letters(_titled(t))).startswith("pho")]
    for s in above:
        if s is title or not _mostly_capitals(s) or any(_is_capacity(t) for _, t, _ in s.texts()):
            continue
        if mine & {m.key for _, t, _ in s.texts() if (m := snap_title(_titled(t)))}:
            return True
        tails = [letters(_plain(t)) for _, t, _ in s.texts()]
        if any(len(tail) >= 5 and end.endswith(tail) for tail in tails for end in ends):
            return True
    return False


def _committee_unnamed(doc: Document, agency: str | None, capacity: FieldValue, doc_type: str | None) -> bool:
    """A People's Committee signs "TM. ỦY BAN NHÂN DÂN"; without that line only its chairman's own papers are whole."""
    named = from_committee(agency)
    if not named or "TM." in (_text(capacity) or ""):
        return False
    if re.search(r"\b(so|phong|chi cuc|trung tam|van phong|thanh tra)\b", named):
        return False
    first = doc.on_page(doc.first)
    own = any(re.match(r"^\W{0,2}chu tich (uy ban|ubnd)", s.key) and s.text.upper() == s.text for s in first)
    return not (doc_type == "quyet_dinh" and own)


def _text(field: FieldValue) -> str | None:
    return field.value if isinstance(field.value, str) else None


def _block(doc: Document) -> list[Spot]:
    """Lines of the signature block: the first right-hand block with a title or a name, and what is under it."""
    best: tuple[float, list[Spot]] | None = None
    for page in doc.reading.pages:
        spots = list(doc.on_page(page.number))
        right = [s for s in spots if s.region == "sign_right"]
        if not right:
            right = _loose_block(spots)
        if not right:
            continue
        bottom, left = max(s.box.y1 for s in right), min(s.box.x0 for s in right)
        under = [
            s
            for s in spots
            if s.region == "body"
            and 0 <= s.box.y0 - bottom + 0.02 < 0.16
            and s.box.cx > max(0.5, left - 0.05)
            and len(s.text.split()) <= 6
        ]
        lines = right + [s for s in under if s not in right]
        worth = 0.0
        for s in lines:
            worth = max(worth, name_score(_plain(s.text)))
        if any(snap_title(_plain(t)) for s in lines for _, t, _ in s.texts()):
            worth += 1.0
        if any("noi nhan" in s.key for s in spots if s.region == "sign_left" or s.region == "body"):
            worth += 1.0
        if worth >= 1.0 and (best is None or worth > best[0] + 0.5):  # annexes may bring blocks of their own
            best = (worth, lines)
    return best[1] if best else []


def _loose_block(spots: list[Spot]) -> list[Spot]:
    """A signature block without recipients beside it: short lines at the lower right from a title on."""
    right = [
        s
        for s in spots
        if s.region == "body" and s.box.cx > 0.52 and s.box.x0 > 0.38 and s.box.cy > 0.2 and len(s.text) < 60
    ]
    for i, s in enumerate(right):
        if is_capitals(s.text, share=0.75) and (snap_capacity(_plain(s.text)) or snap_title(_plain(s.text))):
            return right[i:]
    return []


_HAND_KT = re.compile(r"^\W{0,3}K\w?\s?[.,:;]?\s?(?=[A-ZĐÀ-Ỹ]{3})")


_STROKES = re.compile(r"\s+\S*[\"“”'|_\\/{}<>=*+].*$")  # what follows a title with such signs is a signature
_MARK_INSIDE = re.compile(r"^.{1,4}?(?=(?:TM|KT|TL|TUQ)\s?[.,]\s*[A-ZĐÀ-Ỹ]{3})")


def _titled(text: str) -> str:
    """The end of a line that is a known title or capacity: seal letters before it are dropped."""
    words = re.sub(r"\bPHÓ\s?[-.]\s?", "PHÓ ", _plain(_MARK_INSIDE.sub("", text))).split()
    for k in range(len(words)):
        rest = " ".join(words[k:])
        if snap_capacity(rest) or snap_title(rest):
            return rest
    return _plain(text)


def _plain(text: str) -> str:
    text = re.sub(r"^(\W{0,3}(?:TM|KT|TL|TUQ|Q))\s?[.,:;]+\s?", r"\1. ", text)
    return re.sub(r"^[^\w(]+|[^\w).]+$", "", tidy(text))


def _name(block: list[Spot]) -> tuple[int | None, FieldValue]:
    """The lowest line that reads as a person's name in any ink plane."""
    for i in range(len(block) - 1, -1, -1):
        spot = block[i]
        candidates: dict[str, tuple[set[str], float, float]] = {}
        for reader, text, score in spot.texts():
            whole, printed = _name_text(text), family(reader) == LAYER
            if printed and name_score(whole) < 0.3 and fold(whole.partition(" ")[0]) not in family_names():
                continue
            # A text layer has no strokes before the name.
            plain, worth = (whole, max(NAME_MIN, name_score(whole))) if printed else _best_name(whole)
            if worth < NAME_MIN or _is_title(plain) or _NO_NAME.search(bare(plain)):
                continue
            witnesses, best, _ = candidates.get(plain, (set(), 0.0, worth))
            witnesses.add(family(reader))
            candidates[plain] = (witnesses, max(best, score), worth)
        if not candidates:
            continue
        if not any(score_ >= 0.8 for _, _, score_ in candidates.values()):
            candidates |= _with_family(candidates)
        value, (witnesses, reading, worth) = max(
            candidates.items(), key=lambda c: (len(c[1][0]), c[1][1] + 0.3 * c[1][2])
        )
        agreed = LAYER in witnesses or len(witnesses) >= 2
        rivals = [v for v in candidates if letters(v) != letters(value)]
        sure = (agreed and worth >= 0.6 and not rivals) or (
            reading >= 0.998 and worth >= 0.75 and not rivals and len(candidates) == 1
        )
        if len(value.split()) < 3 and spot.origin == "ocr":
            sure = False  # the family name may have been lost under the signature
        reasons = ["readers_agree" if agreed else "one_reader", "name_like" if worth >= 0.75 else "name_unusual"]
        if LAYER not in witnesses and reading < NAME_CLEAR and likelier_accents(value):
            sure, reasons = False, [*reasons, "accents_doubtful"]  # both readers take the seal's ink for an accent
        score = 0.35 + 0.25 * reading + 0.2 * worth + 0.18 * agreed
        return i, value_of(_proper(value), (spot,), score=min(0.98, score), sure=sure, reasons=reasons)
    return None, FieldValue(reasons=("not_found",))


def _with_family(
    candidates: dict[str, tuple[set[str], float, float]],
) -> dict[str, tuple[set[str], float, float]]:
    """Names whose family name lost a letter ("Nguyễ Văn A"): a guess from the common family names, one witness."""
    out: dict[str, tuple[set[str], float, float]] = {}
    for text, (_, reading, _) in candidates.items():
        words = text.split()
        if len(words) < 2 or fold(words[0]) in family_names():
            continue
        alike = [f for f in family_names() if bare(f) == bare(words[0])]
        near = alike or [f for f in family_names() if len(f) >= 4 and distance(f, fold(words[0])) == 1]
        near.sort(key=lambda f: -family_names()[f])
        if near:
            mended = " ".join([near[0].capitalize(), *words[1:]])
            out[mended] = ({"family_guess"}, reading * 0.9, name_score(mended))
    return out


def _name_text(text: str) -> str:
    plain = re.sub(r"[^\w\s.'-]", " ", _plain(text))
    plain = strip_ranks(plain)
    return re.sub(r"\s+", " ", plain).strip(" .-'")


def _best_name(text: str) -> tuple[str, float]:
    """The end of the line that reads best as a name: strokes of a signature stand before it, read as letters."""
    words = text.split()
    if len(words) >= 3 and fold(words[0]) not in family_names():
        first = fold(words[0])
        near = any(bare(f) == bare(first) or (len(f) >= 4 and distance(f, first) == 1) for f in family_names())
        if near and all(w[:1].isupper() for w in words):
            return text, max(NAME_MIN, name_score(text))
    ends = [" ".join(words[k:]).lstrip(" .-'") for k in range(max(1, len(words) - 1))]
    best = max(ends, key=lambda e: name_score(e) - 0.02 * (len(words) - len(e.split())), default=text)
    return best, name_score(best)


def _proper(name: str) -> str:
    return name.title() if name.isupper() else name


def _is_title(text: str) -> bool:
    return text.isupper() and (snap_title(text) is not None or snap_capacity(text) is not None)


def _titles(above: list[Spot]) -> tuple[list[Spot], list[Spot]]:
    """(capacity lines, title lines) among the lines over the name."""
    lines = [s for s in above if not _SIGNED.match(s.key) and letter_count(s.text) >= 3 and _mostly_capitals(s)]
    caps: list[Spot] = []
    titles: list[Spot] = []
    for s in lines:
        if not titles and any(_is_capacity(t) for _, t, _ in s.texts()):
            caps.append(s)
            continue
        known = any(snap_title(_titled(t)) for _, t, _ in s.texts())
        near = bool(titles) and s.box.y0 - titles[-1].box.y1 < 1.2 * titles[-1].box.height
        if known or (near and s.line.score > 0.8 and is_spelled(s.text)):
            titles.append(s)
        elif caps and not titles and s.box.y0 - caps[-1].box.y1 < 0.8 * caps[-1].box.height and s.line.score > 0.85:
            caps.append(s)  # TM. HỘI ĐỒNG / over two lines
    if len(titles) >= 2 and _deputy_of(titles[1], titles[0]):
        # "CHỦ TỊCH" over "PHÓ CHỦ TỊCH": the upper row is a KT. line whose mark was lost under the seal.
        caps.append(titles.pop(0))
    kept = [t for i, t in enumerate(titles) if i == 0 or bare(_titled(t.text)) not in bare(_titled(titles[0].text))]
    return caps, kept[:2]


def _deputy_of(lower: Spot, upper: Spot) -> bool:
    chiefs = {m.key for _, t, _ in upper.texts() if (m := snap_title(_titled(t)))}
    deputies = {m.key for _, t, _ in lower.texts() if (m := snap_title(_titled(t)))}
    return any(capacity_fits(f"KT. {c}", d, None) == "fits" for c in chiefs for d in deputies)


def _is_capacity(text: str) -> bool:
    plain = _plain(text)
    hand = _HAND_KT.match(plain)
    return bool(
        _CAPACITY.match(text) or snap_capacity(_titled(text)) or (hand and snap_title(plain[hand.end() :]) is not None)
    )


def _mostly_capitals(s: Spot) -> bool:
    return any(is_capitals(text, share=0.7, least=3) for _, text, _ in s.texts())


def _capacity(spots: list[Spot]) -> FieldValue:
    """ "KT. CHỦ TỊCH" and also "TM. ỦY BAN NHÂN DÂN" + "KT. CHỦ TỊCH": every capacity line, joined."""
    if not spots:
        return FieldValue(needs_review=True, score=0.6, reasons=("not_printed",))
    values: list[str] = []
    ok: list[bool] = []
    for s in spots:
        found: dict[str, set[str]] = {}
        hand_written = False
        for reader, text, _ in s.texts():
            plain = _titled(text)
            match = snap_capacity(plain)
            hand = _HAND_KT.match(plain) if match is None else None
            if hand and (title := snap_title(plain[hand.end() :])):
                plain = f"KT. {title.value}"  # written in by hand: a guess for review
                hand_written = True
            elif match is None and (title := snap_title(plain)):
                plain = f"KT. {title.value}"  # its deputy's title stands below: the mark was lost
                hand_written = True
            found.setdefault(match.value if match else plain, set()).add(family(reader))
        value, witnesses = max(
            found.items(), key=lambda f: (snap_capacity(f[0]) is not None, len(f[1]), "asterocr" in f[1])
        )
        values.append(value)
        agreed = LAYER in witnesses or len(witnesses) >= 2
        ok.append(agreed and snap_capacity(value) is not None and not hand_written)
    return value_of(
        " ".join(values),
        spots,
        score=0.95 if all(ok) else 0.6,
        sure=all(ok),
        reasons=("readers_agree",) if all(ok) else ("one_reader",),
    )


def _title(spots: list[Spot]) -> FieldValue:
    if not spots:
        return FieldValue(reasons=("not_found",))
    values: list[str] = []
    ok: list[bool] = []
    covered = False
    for s in spots:
        found: dict[str, tuple[set[str], float, bool]] = {}
        for reader, text, score in s.texts():
            plain = _plain(text) if reader == LAYER else _titled(text)  # no seal letters in a text layer
            match = snap_title(plain)
            value = _STROKES.sub("", match.value if match else plain)
            if not value:
                continue
            witnesses, best, known = found.get(value, (set(), 0.0, False))
            witnesses.add(family(reader))
            found[value] = (witnesses, max(best, score), known or match is not None)
        if not found:
            continue
        value, (witnesses, reading, known) = max(
            found.items(), key=lambda f: (f[1][2], len(f[1][0]), len(f[0]), f[1][1])
        )
        values.append(value)
        hidden = LAYER not in witnesses and any(
            len(letters(_plain(t))) > len(letters(value)) for r, t, _ in s.texts() if not r.endswith("@words")
        )  # letters before it that were dropped may be a PHÓ under the seal
        covered = covered or hidden
        ok.append(not hidden and known and (LAYER in witnesses or len(witnesses) >= 2 or reading > 0.99))
    if not values:
        return FieldValue(reasons=("unreadable",))
    return value_of(
        " ".join(values),
        spots,
        score=0.95 if all(ok) else 0.6,
        sure=all(ok),
        reasons=("title_known",) if all(ok) else ("title_unsure", *(("readers_differ",) if covered else ())),
    )


def _checked(capacity: FieldValue, title: FieldValue, fit: str, *, lost_row: bool) -> tuple[FieldValue, FieldValue]:
    """Capacity and title against each other: KT. CHỦ TỊCH wants PHÓ CHỦ TỊCH.

    ``lost_row``: another row stands over the title that nobody could make out; it may be the capacity.
    """
    why = f"capacity_{fit}"
    alone = isinstance(capacity.value, str) and capacity.value.startswith("TM.") and "KT." not in capacity.value
    if capacity.value is not None and (title.value is None or (alone and title.needs_review and fit != "conflict")):
        # Only the upper row was read surely: what stood under it (a KT. line, a deputy's title) is not known.
        capacity = capacity.model_copy(
            update={"needs_review": True, "score": min(capacity.score, 0.5), "reasons": (*capacity.reasons, why)}
        )
    elif fit == "conflict":
        demoted = {"needs_review": True}
        capacity = capacity.model_copy(
            update={**demoted, "score": min(capacity.score, 0.4), "reasons": (*capacity.reasons, why)}
        )
        title = title.model_copy(update={**demoted, "score": min(title.score, 0.4), "reasons": (*title.reasons, why)})
    elif capacity.value is None:
        # A deputy signs for somebody: a missing KT. is a reading gap, not an absence.
        deputy = isinstance(title.value, str) and bare(title.value).startswith(("pho ", "thu truong"))
        sure = not deputy and not title.needs_review and title.value is not None and not lost_row
        capacity = capacity.model_copy(
            update={
                "needs_review": not sure,
                "score": 0.85 if sure else 0.3,
                "reasons": ("not_printed",) if sure else ("not_found", why),
            }
        )
    elif fit == "fits" and title.value is not None:
        capacity = capacity.model_copy(update={"reasons": (*capacity.reasons, why)})
        title = title.model_copy(
            update={
                "reasons": (*title.reasons, why),
                "needs_review": title.needs_review and not _strong(title),
                "score": max(title.score, 0.9),
            }
        )
    return capacity, title


def _strong(title: FieldValue) -> bool:
    match = snap_title(title.value) if isinstance(title.value, str) else None
    if "readers_differ" in title.reasons and not bare(str(title.value)).startswith("pho "):
        return False  # the letters before it may be a PHÓ
    return match is not None and match.score >= 0.94 and fold(match.value) == fold(title.raw_text or "")
