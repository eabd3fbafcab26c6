"""Chủ của kết quả: whom the paper is for (owner_name, owner_id, owner_id_type, owner_kind)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extractors.fields.cues import cue
from extractors.fields.view import Document, Spot, value_of
from extractors.fields.wording import line_certainty, tidy
from extractors.reference.data import toml_table
from extractors.reference.names import name_score
from schemas.extraction import FieldValue
from schemas.text import bare, nfc

# Papers of an agency's own running have no owner and no term (NĐ 30/2020 Điều 7); others may.
OWNERLESS = frozenset({"ke_hoach", "to_trinh", "giay_moi", "bao_cao", "chi_thi", "chuong_trinh", "cong_dien"})
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


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """(pattern on the printed line, kind hint, source) from schemas/data/owner_rules.toml."""
    return tuple(
        (re.compile(r["pattern"], re.IGNORECASE), r["kind"], r["example"])
        for r in toml_table("owner_rules.toml")["owner"]
    )


@cache
def _id_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(r["pattern"], re.IGNORECASE), r["type"]) for r in toml_table("owner_rules.toml")["id"])


def read_owner(doc: Document, *, doc_type: str | None, summary: str | None) -> OwnerFields:
    """Owner by the printed label ("Cấp cho", "Họ, chữ đệm, tên"), else by the trích yếu ("của ông ...")."""
    lines = [s for s in doc.spots if s.region not in ("header_left", "header_right", "sign_left", "sign_right")][:120]
    found = _by_label(lines, doc_type) or _by_summary(doc, summary)
    ident, id_type = _identity(lines)
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
        return OwnerFields(empty, ident, id_type, empty)
    name, kind, spots = found
    certain = all(line_certainty(s)[0] for s in spots)
    person = kind == "ca_nhan"
    plausible = name_score(name) >= 0.6 if person else not _generic(name)
    if any(_HEAD_OF.match(s.key) for s in spots):
        plausible = False  # "Chủ cơ sở:" names the person behind the owner
    field = value_of(
        name, spots, score=0.9 if certain and plausible else 0.55, sure=certain and plausible, reasons=("label",)
    )
    return OwnerFields(
        field, ident, id_type, value_of(kind, spots, score=0.8, sure=certain and plausible, reasons=("label",))
    )


def _by_label(lines: list[Spot], doc_type: str | None) -> tuple[str, str, list[Spot]] | None:
    if doc_type in ("ke_hoach", "cong_van", "thong_bao", "to_trinh", "giay_moi", "bao_cao"):
        return None
    for i, s in enumerate(lines):
        for pattern, kind, _ in _rules():
            m = pattern.search(s.text)
            if not m:
                continue
            used = [s]
            name = m["name"]
            if not name.strip() and i + 1 < len(lines):
                name = lines[i + 1].text
                used.append(lines[i + 1])
            name = _trim(name)
            actual = _kind(name, kind)
            if actual == "ca_nhan":
                name = _person(name)
            if len(name) >= 4:
                return name, actual, used
    return None


def _by_summary(doc: Document, summary: str | None) -> tuple[str, str, list[Spot]] | None:
    """ "... của ông Nguyễn Văn A", "... đối với hộ bà B" at the end of the trích yếu."""
    if not summary:
        return None
    m = re.search(
        r"\b(?:cho|của|đối với|với)\s+(?:hộ\s+)?(?:ông|bà|ông \(bà\)|ông/bà)\s+(?P<name>(?:[A-ZĐÀ-Ỹ][\wÀ-ỹ]*\s?){2,5})",
        summary,
    )
    if not m:
        return None
    name = _person(m["name"])
    if name_score(name) < 0.55:
        return None
    tail = name.split()[-1]
    spots = [s for s in doc.on_page(doc.first) if tail in s.text and s.region in ("body", "title", "header_left")][:1]
    return (name, "ca_nhan", spots) if spots else None


_MENTION = re.compile(
    r"\b(cho|cua|doi voi|voi|thu hoi|cap) (ho )?(ong|ba|cong ty|doanh nghiep|ho kinh doanh|co so|anh|chi)\b"
)


def _mentions(doc: Document) -> bool:
    """Does the first page name somebody the paper could be for?"""
    return bool(_MENTION.search(" ".join(s.key for s in doc.on_page(doc.first))))


def _trim(name: str) -> str:
    name = nfc(name)
    end = cue("name_end").search(bare(name), 3)
    return tidy(name[: end.start()] if end else name).strip(" :-–\"'")


def _person(name: str) -> str:
    """The longest beginning of the words that still looks like a name; capitals become Capitals."""
    words = re.sub(r"^(ông|bà|Ông|Bà|ÔNG|BÀ)(\s*\(\w+\)|/\w+)?:?\s+", "", name).split()
    kept: list[str] = []
    for w in words:
        if not w[:1].isupper():
            break
        kept.append(w)
    text = " ".join(kept[:6])
    return text.title() if text.isupper() else text


_FORMS = re.compile(
    r"\b(cong ty|co phan|tnhh|mot thanh vien|mtv|doanh nghiep|tu nhan|hop tac xa|ho kinh doanh|co so|cua hang)\b"
)


_HEAD_OF = re.compile(r"^\W*(\d+[.)]\s*)?(chu co so|chu ho|nguoi dai dien)\b")


def _generic(name: str) -> bool:
    """Only the form of an organisation, its own name lost: "Công ty", "Công ty Cổ phần"."""
    return not re.search(r"[a-z]{2,}", _FORMS.sub("", bare(name))) or len(name.split()) < 2


def _kind(name: str, hint: str) -> str:
    low = name.lower()
    if re.match(r"(hộ kinh doanh|cơ sở|cửa hàng|quán|nhà hàng)", low):
        return "ho_kinh_doanh"
    if re.match(r"(công ty|doanh nghiệp|dntn|hợp tác xã|htx|chi nhánh|tập đoàn|tổng công ty)", low):
        return "doanh_nghiep"
    if re.match(r"(ubnd|ủy ban|sở|phòng|trường|bệnh viện|trung tâm|ban)", low):
        return "co_quan"
    return hint


def _papers_named(lines: list[Spot]) -> set[str]:
    """Identity numbers of persons on the first lines, by their digits."""
    rules = [pattern for pattern, label in _id_rules() if label != "mst"]
    return {re.sub(r"\D", "", m["id"]) for s in lines for p in rules if (m := p.search(s.text))}


def _identity(lines: list[Spot]) -> tuple[FieldValue, FieldValue]:
    """The first identity number under a label, with its shape checked."""
    for s in lines:
        for pattern, label in _id_rules():
            m = pattern.search(s.text)
            if not m:
                continue
            value = re.sub(r"[\s.]", "", m["id"])
            kind = label
            if label == "giay_to":
                kind = next((k for k, shape in _ID_SHAPES.items() if shape.match(value)), "khac")
            if kind == "cmnd" and len(value) == 12:
                kind = "cccd"
            ok = kind in _ID_SHAPES and bool(_ID_SHAPES[kind].match(value))
            certain = ok and line_certainty(s)[0]
            reasons: tuple[str, ...] = ("shape_fits",) if ok else ("shape_odd",)
            if len(_papers_named(lines)) > 1:  # husband and wife, parents and child: whose it is only a person can say
                certain, reasons = False, (*reasons, "several_ids")
            return (
                value_of(value, (s,), score=0.9 if certain else 0.5, sure=certain, reasons=reasons),
                value_of(kind, (s,), score=0.9 if ok else 0.4, sure=certain, reasons=reasons),
            )
    missing = FieldValue(reasons=("not_found",))
    return missing, missing
