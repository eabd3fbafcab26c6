"""Chủ của kết quả: whom the paper is for (owner_name, owner_id, owner_id_type, owner_kind)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractors.fields.cues import cue
from extractors.fields.people import (
    ORGANISATION,
    follows,
    is_ended,
    is_generic,
    kind_of,
    person_name,
    right_margin,
    trim_name,
)
from extractors.fields.view import LAYER, Document, Spot, family, value_of
from extractors.fields.wording import joined_words, line_certainty, squeeze, tidy
from extractors.reference.names import name_score
from extractors.reference.owner_labels import ARTICLE, FIRST_ARTICLE, id_labels, owner_labels
from schemas.extraction import FieldValue

# Papers of an agency's own running have no owner and no term (NĐ 30/2020 Điều 7); others may.
OWNERLESS = frozenset({"ke_hoach", "to_trinh", "giay_moi", "bao_cao", "chi_thi", "chuong_trinh", "cong_dien"})
_FOR_ONE = frozenset({"quyet_dinh", "giay_phep", "giay_chung_nhan", "giay_xac_nhan", "chung_chi"})
_ID_SHAPES = {
    "cccd": re.compile(r"^\d{12}$"),
    "cmnd": re.compile(r"^\d{9}$"),
    "mst": re.compile(r"^\d{10}(-\d{3})?$"),
    "ho_chieu": re.compile(r"^[A-Z]\d{7,8}$"),
}


@dataclass(frozen=True, slots=True)
class OwnerFields:
    name: FieldValue
    id: FieldValue
    id_type: FieldValue
    kind: FieldValue


def read_owner(doc: Document, *, doc_type: str | None, summary: str | None) -> OwnerFields:
    """Owner by the printed label ("Cấp cho", "Họ, chữ đệm, tên"), by Điều 1, else by the trích yếu ("của ông ...").

    The identity number is the one printed with the owner; another person's is never taken for it.
    """
    lines = [
        s for s in doc.spots if s.region not in ("header_left", "header_right", "sign_left", "sign_right", "stamp")
    ]
    lines = lines[:120]
    if doc_type in OWNERLESS:
        found = None
    else:
        found = _by_label(lines, doc_type) or _by_first_article(lines, doc_type) or _by_summary(doc, summary, doc_type)
    if found is None:
        ownerless = doc_type in OWNERLESS
        empty = FieldValue(
            needs_review=not ownerless,
            score=0.95 * ownerless,
            reasons=("not_applicable",)
            if ownerless
            else ("not_found",)
            if _mentions(doc)
            else ("not_found", "no_mention"),
        )
        ident, id_type = _identity(lines)
        return OwnerFields(empty, ident, id_type, empty)
    certain = found.whole and (all(line_certainty(s)[0] for s in found.spots) or _read_alike(found))
    person = found.kind == "ca_nhan"
    plausible = name_score(found.name) >= 0.6 if person else not is_generic(found.name)
    if person and found.name.lower().endswith((" thị", " văn")):
        plausible = False  # no given name: the one behind it was not taken for a name
    if any(_HEAD_OF.match(s.key) for s in found.spots):
        plausible = False  # "Chủ cơ sở:" names the person behind the owner
    if any(s.origin != LAYER for s in found.spots) and joined_words(found.name):
        plausible = False  # "DOANHNGHIỆP": both readers lose the same space
    why = _spelling_doubt(found)
    sure = certain and plausible and found.alone and why is None
    spots = found.spots
    ident, id_type = _identity_of(lines, found)
    return OwnerFields(
        value_of(
            found.name,
            spots,
            score=0.9 if sure else 0.55,
            sure=sure,
            reasons=("label", why) if why else ("label",),
        ),
        ident,
        id_type,
        value_of(
            found.kind, spots, score=0.8, sure=certain and plausible and (found.alone or person), reasons=("label",)
        ),
    )


def _spelling_doubt(found: _Owner) -> str | None:
    """What speaks against the spelling: HƯNG and HỮNG are two people, and two readers must have the same accents."""
    if len(found.spots) > 1:
        return None  # a name over two lines: the certainty of its lines must do
    texts = found.spots[0].texts()
    wanted = squeeze(found.name)
    readers = {family(r) for r, t, _ in texts if wanted in squeeze(t)}
    if LAYER in readers or len(readers) >= 2:
        return None
    why = "accents_differ"
    if len({family(r) for r, _, _ in texts}) == 1:
        why = "one_reader"
    return why


def _read_alike(found: _Owner) -> bool:
    """Two readers have the name letter by letter and what comes right behind it; the rest of its line may differ."""
    if len(found.spots) > 1:
        return False
    wanted = squeeze(found.name).split()
    behind: dict[str, set[str]] = {}
    for reader, text, _ in found.spots[0].texts():
        words = squeeze(text).split()
        for k in range(len(words) - len(wanted) + 1):
            if words[k : k + len(wanted)] == wanted:
                behind.setdefault(" ".join(words[k + len(wanted) :][:1]), set()).add(family(reader))
    return any(len(readers) >= 2 for readers in behind.values())


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who the paper is for; ``at`` is the index of the first line among those looked at (None: another place).

    whole  the end of the name is known    alone  no second person has the same claim (a couple)
    """

    name: str
    kind: str
    spots: tuple[Spot, ...]
    at: int | None
    whole: bool = True
    alone: bool = True


def _by_label(lines: list[Spot], doc_type: str | None) -> _Owner | None:
    if doc_type in ("ke_hoach", "cong_van", "thong_bao", "to_trinh", "giay_moi", "bao_cao"):
        return None
    margin = right_margin(lines)
    for i, s in enumerate(lines):
        for label in owner_labels():
            m = label.pattern.search(s.text)
            if not m:
                continue
            used = [s]
            name = m["name"]
            if not name.strip() and i + 1 < len(lines):
                name = lines[i + 1].text
                used.append(lines[i + 1])
            found = _named(name, label.kind, lines, i + len(used) - 1, used, margin)
            if found is not None:
                couple = any(cue("spouse").search(q.key) for q in lines)
                return replace(found, at=i, alone=not couple)
    return None


def _named(text: str, hint: str, lines: list[Spot], last: int, used: list[Spot], margin: float) -> _Owner | None:
    """The name at the beginning of ``text``, which may go on in the line after ``lines[last]``."""
    whole = True
    kind = kind_of(trim_name(text), hint)
    open_end = not is_ended(text)
    if open_end and kind != "ca_nhan":
        after = lines[last + 1] if last + 1 < len(lines) else None
        if after is not None and follows(lines[last], after, margin):
            text = f"{text} {after.text}"
            used = [*used, after]
            whole = is_ended(text)
    elif open_end and kind == "ca_nhan" and last + 1 < len(lines):
        own, after = person_name(trim_name(text)), lines[last + 1]
        wrapped = own == tidy(text) and after.text[:1].isupper() and follows(lines[last], after, margin)
        if len(own.split()) < 2 or (wrapped and len(own.split()) < 3):
            text, used = f"{text} {after.text}", [*used, after]
        elif wrapped:
            whole = False  # three words at the end of a full line, and the next one begins like a fourth
    name = trim_name(text)
    kind = kind_of(name, hint)
    if kind == "ca_nhan":
        whole = whole and _BROKEN.search(text) is None
        name = person_name(trim_name(_BROKEN.sub(lambda m: f"{m[1] or ''} ", text)))
    if len(name) < 4:
        return None
    return _Owner(name, kind, tuple(used), None, whole)


# "HOÀNG HẢI.THỤY", "Đặng, Công Phụng": a dot of the form's leader, or a speck. A mark behind a whole name has a space
# behind it, and a name has more than one syllable.
_BROKEN = re.compile(r"(?<=\w)[.,;:]+(?=[A-ZĐÀ-Ỹ])|^(\W*[^\W\d_]+)[.,] (?=[A-ZĐÀ-Ỹ])")
_CALLED = re.compile(r"\b(?:hộ\s+)?(?:ông|bà|Ông|Bà)(?:\s*\((?:bà|ông)\)|/(?:bà|ông))?\s*:?\s+(?P<name>[A-ZĐÀ-Ỹ].*)")
_ORGANISED = re.compile(
    rf"\b(?:cho phép|Cho phép|Cấp phép cho|cho|của|đối với|tên|sau đây)\s*:?\s+(?P<name>{ORGANISATION}\b.*)", re.DOTALL
)
# Who stands for an organisation is not whom the paper is for.
_STANDS_FOR = re.compile(r"(?:[Nn]gười )?đại diện (?:theo|hợp|là|bởi|pháp)|[Nn]gười đại diện")


def _by_first_article(lines: list[Spot], doc_type: str | None) -> _Owner | None:
    """Whom Điều 1 of a decision or licence is about: "Bổ nhiệm ông ...", "Cho phép Công ty ..."."""
    if doc_type not in ("quyet_dinh", "giay_phep", None):
        return None
    at = next((i for i, s in enumerate(lines) if FIRST_ARTICLE.match(s.text)), None)
    if at is None:
        return None
    used = [lines[at]]
    for s in lines[at + 1 : at + 4]:
        if ARTICLE.match(s.text) or s.page != used[0].page:
            break
        used.append(s)
    text = _STANDS_FOR.split(" ".join(s.text for s in used))[0]
    person, body = _CALLED.search(text), _ORGANISED.search(text)
    m = min((x for x in (person, body) if x), key=lambda x: x.start(), default=None)
    if m is None or re.search(r"\b(danh sách|các ông|các bà|gồm)\b", text[: m.start()]):
        return None
    name = trim_name(m["name"])
    kind = "ca_nhan" if m is person else kind_of(name, "to_chuc")
    if kind == "ca_nhan":
        name = person_name(name)
        if name_score(name) < 0.6:
            return None
    elif not is_ended(m["name"]) or is_generic(name):
        return None
    mine = [s for s in used if any(w in s.text.split() or w in s.text for w in name.split()[-1:])]
    return _Owner(name, kind, tuple(mine[:1] or used[:1]), at)


def _by_summary(doc: Document, summary: str | None, doc_type: str | None) -> _Owner | None:
    """ "... của ông Nguyễn Văn A", "... của Công ty ..." at the end of the trích yếu."""
    if not summary:
        return None
    m = re.search(
        r"\b(?:cho|của|đối với|với)\s+(?:hộ\s+)?(?:ông|bà|ông \(bà\)|ông/bà)\s+(?P<name>(?:[A-ZĐÀ-Ỹ][\wÀ-ỹ]*\s?){2,5})",
        summary,
    )
    kind, alone, whole = "ca_nhan", True, True
    if m:
        name = person_name(m["name"])
        if name_score(name) < 0.55:
            return None
        # "Nguyễn Bảo : Sơn": a mark that the paper cannot have, and more of the name behind it.
        whole = re.match(r"\s*[^\w\s,;.(]\W*[A-ZĐÀ-Ỹ]", summary[m.end() :]) is None
    else:
        m = re.search(rf"\b(?:cho|của|đối với|với)\s+(?P<name>{ORGANISATION}\b[^,;.]*)$", summary)
        if m is None or doc_type == "cong_van":  # a letter tells what somebody wrote, not whom it is for
            return None
        name = trim_name(m["name"])
        if is_generic(name):
            return None
        kind = kind_of(name, "to_chuc")
        # A notice speaks of many; only a decision or a licence is sure to be for the one it names.
        alone = doc_type in _FOR_ONE
    tail = name.split()[-1]
    spots = [s for s in doc.on_page(doc.first) if tail in s.text and s.region in ("body", "title", "header_left")][:1]
    return _Owner(name, kind, tuple(spots), None, whole, alone) if spots else None


def _identity_of(lines: list[Spot], owner: _Owner) -> tuple[FieldValue, FieldValue]:
    """The owner's number: printed from the owner's line on, before anybody else is named."""
    if owner.at is None:
        return _identity(lines)
    stop = len(lines)
    for i in range(owner.at + 1, len(lines)):
        if cue("other_person").search(lines[i].key):
            stop = i
            break
    own = lines[owner.at : stop]
    found = _identity(own)
    if found[0].value is not None:
        return found
    # Elsewhere on the paper a number may be somebody else's: shown, never sure. Before the owner: not even that.
    ident, id_type = _identity(lines[stop:])
    demoted = {"needs_review": True, "score": min(0.4, ident.score)}
    return ident.model_copy(update=demoted), id_type.model_copy(update=demoted)


_HEAD_OF = re.compile(r"^\W*(\d+[.)]\s*)?(chu co so|chu ho|nguoi dai dien)\b")
_MENTION = re.compile(
    r"\b(cho|cua|doi voi|voi|thu hoi|cap) (ho )?(ong|ba|cong ty|doanh nghiep|ho kinh doanh|co so|anh|chi)\b"
)


_ID_MENTION = re.compile(
    r"\b(cccd|cmnd|can cuoc|chung minh (nhan dan|thu)|dinh danh ca nhan|ho chieu|ma so thue)\b.{0,40}\d{4}"
)


def _mentions(doc: Document) -> bool:
    """Does the first page name somebody the paper could be for?"""
    return bool(_MENTION.search(" ".join(s.key for s in doc.on_page(doc.first))))


def _papers_named(lines: list[Spot]) -> set[str]:
    """Identity numbers of persons on the first lines, by their digits."""
    rules = [label.pattern for label in id_labels() if label.type != "mst"]
    return {re.sub(r"\D", "", m["id"]) for s in lines for p in rules if (m := p.search(s.text))}


def _identity(lines: list[Spot]) -> tuple[FieldValue, FieldValue]:
    """The first identity number under a label, with its shape checked; a label may end the line before its number."""
    for i, s in enumerate(lines):
        after = lines[i + 1] if i + 1 < len(lines) and lines[i + 1].page == s.page else None
        for label in id_labels():
            used: tuple[Spot, ...] = (s,)
            m = label.pattern.search(s.text)
            if m is None and after is not None:
                m = label.pattern.search(f"{s.text} {after.text}")
                if m is not None and (m.start() >= len(s.text) or m.start("id") <= len(s.text)):
                    m = None
                used = (s, after)
            if not m:
                continue
            value = re.sub(r"[\s.]", "", m["id"])
            kind = label.type
            if kind == "giay_to":
                kind = next((k for k, shape in _ID_SHAPES.items() if shape.match(value)), "khac")
            if kind == "cmnd" and len(value) == 12:
                kind = "cccd"
            ok = kind in _ID_SHAPES and bool(_ID_SHAPES[kind].match(value))
            backed = [line_certainty(q) for q in used]
            certain = ok and all(sure for sure, _, _ in backed)
            reasons: tuple[str, ...] = ("shape_fits",) if ok else ("shape_odd",)
            reasons += tuple(dict.fromkeys(why for sure, _, why in backed if not sure))
            if len(_papers_named(lines)) > 1:  # husband and wife, parents and child: whose it is only a person can say
                certain, reasons = False, (*reasons, "several_ids")
            return (
                value_of(value, used, score=0.9 if certain else 0.5, sure=certain, reasons=reasons),
                value_of(kind, used, score=0.9 if ok else 0.4, sure=certain, reasons=reasons),
            )
    printed = any(_ID_MENTION.search(s.key) for s in lines)  # it is there, in a shape that no number has
    missing = FieldValue(reasons=("not_found", "unreadable") if printed else ("not_found",))
    return missing, missing
