"""Chỉ tiêu: numbers that are to be reached, told from numbers that only look so."""
# ruff: noqa: E501 -- patterns are kept whole

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from extractors.plan.words import any_of, folded
from extractors.reference.data import toml_table
from schemas.plan import Operator, SectionRole

_NUM = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d{1,3})?"
_PERCENT = re.compile(
    rf"(?<![\w.,/])(?P<a>{_NUM})\s*%?\s*(?:(?:-|–|đến)\s*(?P<b>{_NUM})\s*)?(?:%|phần trăm(?!\w))(?P<per>\s*/\s*năm)?(?!\w)"
)
_CLAUSE_END = re.compile(r"[;:](?=\s|$)|[.](?=\s+[^\d\s]|\s*$)|[.](?=\s+\d+(?:[.,]\d+)?\s*%)|\.{2,}|…|\n")
_YEAR = re.compile(r"(?<![\d/])(?:19|20)\d\d(?![\d/])")
_PERIOD = re.compile(
    r"(?:đến|vào|trước|cuối|hết|trong|từ|riêng)?\s*(?:cuối |hết |tháng \d{1,2}/)?(?:năm\s*)?(?:giai đoạn\s*)?(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?"
    r"|hằng năm|hàng năm|mỗi năm|bình quân (?:mỗi )?năm"
)
_PERIOD_NAMED = re.compile(
    r"(?<!\w)(?:(?:đến|vào|trước|trong|từ)\s+)?(?:(?:cuối|hết)\s+)?(?:giai đoạn\s+(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d|năm\s+(?:19|20)\d\d|hằng năm|hàng năm|mỗi năm)(?!\w)"
)
_BASELINE = re.compile(r"so với\s+(?P<base>[^,;.()]{3,60})")
_AT_LEAST_AFTER = re.compile(r"^\s*(?:trở lên|trở đi|hoặc hơn)")
_AT_MOST_AFTER = re.compile(r"^\s*trở xuống")
_STRONG = re.compile(
    r"(?<!\w)(?:tối thiểu|ít nhất|không dưới|không thấp hơn|không quá|tối đa|không vượt quá)(?:\s+là)?\s*$"
)
_SOFT = re.compile(
    r"(?<!\w)(?:đạt|đạt khoảng|trên|dưới|giảm|tăng|tăng thêm|giảm thêm|có|có thêm|thành lập mới|thành lập|xây dựng|tổ chức|duy trì|còn|xuống còn|từ|hơn|khoảng|cắt giảm|đào tạo|"
    r"hỗ trợ|thu hút|phát triển|giải quyết việc làm cho|hoàn thành|số hóa|quét|chỉnh lý)\s*$"
)
_STRIP_LEAD = re.compile(
    r"^(?:\W|(?:phấn đấu|trong đó|đảm bảo|bảo đảm|mục tiêu|nhằm|để|và|cụ thể|từ đó|riêng|có|đạt|tiếp tục|duy trì(?=\s*$)|đến|trên cơ sở đó|đồng thời|cần|phải|với|giảm|tăng|theo đó|khoảng|là|ít nhất|"
    r"tối thiểu|nâng|đưa(?=\s*$)|cho(?=\s*$)|đối với(?=\s*$))(?!\w))+"
)
_STRIP_TAIL = re.compile(
    r"(?:\W|(?<!\w)(?:phấn đấu|đạt|đạt được|đạt tỷ lệ|đạt tỉ lệ|tỷ lệ|tỉ lệ|tối thiểu|ít nhất|trên|dưới|không quá|tối đa|từ|khoảng|là|đến|lên|xuống|còn|bằng|ở mức|mức|giảm|tăng|thêm|bình quân|"
    r"đảm bảo|bảo đảm|không thấp hơn|không dưới|chiếm|có|hơn|vượt|cho|đối với|được|thì|cắt|và|với|trong đó|hoặc|đã|sẽ|ước))+$"
)
_RATE = re.compile(r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ trọng|tốc độ|số lượng|mức độ hài lòng|chỉ số)(?!\w)")
_SIGN = re.compile(r"([≥≤<>])=?\s*$")
_RATHER = re.compile(r"^\s*(?:trở lên|trở đi|hoặc hơn|trở xuống)\s+(?=[^\W\d_])")  # "từ 70% trở lên hồ sơ ..."
_NUMBER_NEXT = re.compile(
    rf"\s*(?:(?:đạt|từ|trên|dưới|ít nhất|tối thiểu|không quá|tối đa|khoảng|[≥≤<>]=?)\s*)*(?:{_NUM})\s*(?:(?:-|–|đến)\s*(?:{_NUM})\s*)?%"
)
_RATE_PER = re.compile(r"\s?/\s?(?:ngày|tuần|tháng|quý|năm|giờ|người|hộ)(?!\w)")
_ASIDE = re.compile(r"[\s.,;]*\((?P<base>[^()]*?(?<!\d)(?:19|20)\d\d(?!\d)[^()]*)\)")
_VERB_ONLY = 4  # words of what stands before a number when it is no more than a verb
_AFTER_CUT = re.compile(
    r"\s*(?:\(|so với\b|,\s*(?=(?:phấn đấu|đạt|trong đó|đảm bảo|bảo đảm|tỷ lệ|tỉ lệ|có|giảm|tăng|đến|trên|và)\b|[\d])|,\s*\d|\btrở lên\b|trở lên).*$"
)
_AGAINST_AFTER = re.compile(
    r"^\s*(?:so với (?:cùng kỳ|dự toán|kế hoạch)|so (?:cùng kỳ|dự toán|với cùng)|(?:kế hoạch|dự toán)(?!\s+(?:vốn|đầu tư|trồng))|cùng kỳ|vốn nhà nước|vốn điều lệ|vốn nước ngoài|tổng mức|giá trị (?:hợp đồng|gói)|"
    r"mức lương|lương|mức (?:phí|giá|hưởng|đóng)|chi phí|thuế|điểm|giá (?:trị|bán|đất)|tiền thuê|học phí|lãi|kinh phí (?:từ|do|hỗ trợ)|ngân sách)"
)
_PAST_CLAUSE = re.compile(r"^\W*(?:(?:đến nay|hiện nay|thời gian qua|trong năm qua)[\s,]+)?(?:\w+\s+){0,4}đã\s")
_SCORED = re.compile(r"^[^.;]{0,12}(?<!\w)(?:cộng|trừ)\s*(?:\d|$)")
_FORMULA = re.compile(r"[=*×x/]\s*$")
_LEVEL = re.compile(r"cấp\s+(tỉnh|huyện|xã)|trung ương|(?<!\w)(sở, ban, ngành|sở, ngành)")
_LEVELS = {"tỉnh": "tinh", "huyện": "huyen", "xã": "xa"}
_TRAP_BEFORE = re.compile(
    r"(?:mức độ|iso|tcvn|qcvn|điều|khoản|điểm|mục|phụ lục|biểu|mẫu(?: số)?|số|ngày|tháng|quý|khóa|kỳ|lần thứ|cấp độ|hạng|bậc|loại|cộng|trừ|chương|phần)\s*$"
)


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """A target at start..end of its paragraph (the number with its unit)."""

    start: int
    end: int
    indicator: str
    operator: Operator
    value: float
    value_to: float | None
    unit: str
    baseline: str | None
    period: str | None
    level: str | None
    part: bool


@cache
def _count_pattern() -> re.Pattern[str]:
    units = sorted((folded(u) for u in toml_table("plan_words.toml")["operators"]["units"]), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w.,/%-])(?P<a>{_NUM})(?:\s*(?:-|–|đến)\s*(?P<b>{_NUM}))?\s+(?P<unit>{'|'.join(map(re.escape, units))})(?!\w)(?! (?:hợp|dữ liệu|tin)(?!\w))"
    )


def find_targets(text: str, *, role: SectionRole, first_year: int | None = None) -> Iterator[FoundTarget]:
    """Targets of one paragraph, in order. ``role`` of its section; ``first_year`` of the plan: what was before is past."""
    if role in ("purpose", "funding"):
        return
    low = folded(text)
    bounds = [0, *(m.end() for m in _CLAUSE_END.finditer(low) if not _names_number(low, m)), len(low)]
    for begin, stop in pairwise(bounds):
        yield from _in_clause(text, low, begin, stop, role, first_year)


def _names_number(low: str, end: re.Match[str]) -> bool:
    """A colon between what is counted and its number ("Hộ có Internet: từ 90% trở lên")."""
    return end[0] == ":" and _NUMBER_NEXT.match(low, end.end()) is not None


def _in_clause(
    text: str, low: str, begin: int, stop: int, role: SectionRole, first_year: int | None
) -> Iterator[FoundTarget]:
    found: list[tuple[int, int, re.Match[str], str]] = []
    for m in _PERCENT.finditer(low, begin, stop):
        found.append((m.start(), m.end(), m, "%/năm" if m["per"] else "%"))
    for m in _count_pattern().finditer(low, begin, stop):
        if not any(a < m.end() and m.start() < b for a, b, _, _ in found):
            per = _RATE_PER.match(low, m.end())
            end = per.end() if per else m.end()
            found.append((m.start(), end, m, text[m.start("unit") : end]))
    found.sort(key=lambda f: f[0])
    since = begin
    for k, (at, end, m, unit) in enumerate(found):
        upto = found[k + 1][0] if k + 1 < len(found) else stop
        before, after = low[since:at], low[end:upto]
        percent = unit.startswith("%")
        good = _percent_is_goal(before, after, role) if percent else _count_is_goal(before, after, role, unit)
        past = _PAST_CLAUSE.match(low[begin:at]) and "phấn đấu" not in before
        if good and not past and not _is_against(before, after, first_year, role):
            operator = _operator(before, after, percent)
            indicator = _indicator(text, since, at, end, upto, begin, unit)
            baseline = _BASELINE.search(after)
            aside = _ASIDE.match(low, end, stop)
            period = _period(low, text, begin, since, at, end, upto, first_year)
            level = _LEVEL.search(low[since:upto])
            yield FoundTarget(
                at, end, indicator, operator, _number(m["a"]), _number(m["b"]) if m["b"] else None, unit,
                _baseline(text, end, baseline, aside, first_year),
                period, _level_key(level), bool(re.search(r"trong đó", before)),
            )  # fmt: skip
        since = end


def _baseline(
    text: str, end: int, said: re.Match[str] | None, aside: re.Match[str] | None, first_year: int | None
) -> str | None:
    """What it is compared with: "so với năm 2025", or a past year in brackets behind the number."""
    if said is not None:
        return text[end + said.start("base") : end + said.end("base")].strip()
    if aside is not None and _is_past(aside["base"], first_year):
        return text[aside.start("base") : aside.end("base")].strip()
    return None


def _number(text: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    return float(text.replace(",", "."))


def _level_key(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    if found[1]:
        return _LEVELS[found[1]]
    return "trung_uong" if found[0] == "trung ương" else "tinh"


def _percent_is_goal(before: str, after: str, role: SectionRole) -> bool:
    if _FORMULA.search(before) or _AGAINST_AFTER.match(after) or _SCORED.match(after):
        return False
    if role == "targets":
        return True
    near = before[-110:]
    if any_of("operators", "goal").search(near) or _AT_LEAST_AFTER.match(after):
        return True
    return not re.search(r"[^\W\d_]", near) and len(after.split()) >= 2


def _count_is_goal(before: str, after: str, role: SectionRole, unit: str) -> bool:
    if _TRAP_BEFORE.search(before) or re.match(r"^\s*(?:kể từ|làm việc kể từ|trước khi|sau khi|/)", after):
        return False
    if unit.lower() in ("điểm phần trăm",) and _SOFT.search(before):
        return True
    if unit.lower() in ("ngày làm việc", "điểm", "đồng", "tuổi", "ngày") and role != "targets":
        return False
    strong = bool(_STRONG.search(before))
    if role == "targets":
        return strong or bool(_SOFT.search(before))
    if not strong:
        return False
    return not re.search(r"(?<!\w)(?:gồm|bao gồm|thành phần|biên chế|mỗi hồ sơ|có mặt|tham dự)(?!\w)[^,;]*$", before)


def _is_against(before: str, after: str, first_year: int | None, role: SectionRole) -> bool:
    near = before[-90:]
    if any_of("operators", "against").search(near) and not re.search(r"phấn đấu[^,;]*$", near):
        return True
    if re.match(r"^[^,;.]{0,40}\b(?:so với cùng kỳ|so cùng kỳ)", after):
        return True
    if re.search(r"(?<!\w)(?:đã|vừa qua|thời gian qua)(?!\w)[^,;]{0,60}$", near):
        return True
    years = [int(y) for y in _YEAR.findall(re.sub(r"so với.*$", "", near))]
    return bool(years and first_year is not None and max(years) < first_year)


def _operator(before: str, after: str, percent: bool) -> Operator:
    tail = before[-45:]
    if sign := _SIGN.search(tail):
        return "<=" if sign[1] in "≤<" else ">="
    if re.search(r"(?:giảm|xuống|giảm xuống)\s+(?:còn|dưới|xuống|chỉ còn)[^\d]*$", tail):
        return "<="
    verb = re.search(
        r"(?<!\w)(?<!tốc độ )(?<!mức )(?P<v>cắt giảm|giảm|rút ngắn|tinh giản|tăng)(?:\s+(?:thêm|ít nhất|tối thiểu|bình quân|trên|từ|khoảng|được|hơn|là|đạt))*\s*$",
        tail,
    )
    if verb:
        return "increase" if verb["v"] == "tăng" else "reduce"
    if any_of("operators", "at_most").search(tail[-24:]) or _AT_MOST_AFTER.match(after):
        return "<="
    if re.search(
        r"(?<!\w)(?:tối thiểu|ít nhất|trên|không thấp hơn|không dưới|vượt|hơn|lớn hơn|cao hơn)(?:\s+(?:là|đạt|có))?\s*$",
        tail,
    ):
        return ">="
    if _AT_LEAST_AFTER.match(after):
        return ">="
    return "="


def _period(
    low: str, text: str, begin: int, since: int, at: int, end: int, upto: int, first_year: int | None
) -> str | None:
    for a, b in ((since, at), (end, upto), (begin, at)):
        part = re.sub(r"so với[^,;.]*|kế hoạch[^,;.]*năm năm", lambda m: " " * len(m[0]), low[a:b])
        found = [m for m in _PERIOD_NAMED.finditer(part) if not _is_past(m[0], first_year)]
        if found:
            hit = found[-1] if a < at else found[0]
            words = text[a + hit.start() : a + hit.end()].strip()
            return re.sub(r"^(?:[đĐ]ến|[vV]ào|[tT]rước|[tT]rong|[tT]ừ)\s+(?:cuối\s+|hết\s+)?", "", words)
    return None


def _is_past(words: str, first_year: int | None) -> bool:
    """A time before the plan: that of the papers it speaks of ("hồ sơ giai đoạn 1980 - 2005")."""
    years = [int(y) for y in _YEAR.findall(words)]
    return bool(years and first_year is not None and max(years) < first_year)


def _indicator(text: str, since: int, at: int, end: int, upto: int, begin: int, unit: str) -> str:
    """What is counted, in the words of the sentence: before the number where it stands there, else behind it."""
    before = text[since:at]
    comma = max(before.rfind(", "), before.rfind("("))
    segment = before[comma + 1 :] if comma >= 0 else before
    rates = list(_RATE.finditer(folded(before)))
    if rates and rates[-1].start() < comma and not re.search(r"\d", before[rates[-1].start() :]):
        segment = before[rates[-1].start() :]  # the name of a rate may hold commas
    core = _core(segment)
    whole = _core(before)
    verbs = comma >= 0 and len(whole.split()) <= _VERB_ONLY + 1 and not re.search(r"[\d(]", before)
    if verbs:  # with a comma between them ("cắt giảm, đơn giản hóa")
        core = whole
    if rather := _RATHER.match(folded(text[end:upto])):
        end += rather.end()
    after_cut = _AFTER_CUT.sub("", _fold_keep(text[end:upto]))
    after = text[end : end + len(after_cut)].strip(" .,;:…")
    after = " ".join(after.split()[:30])
    noun = "" if unit.startswith("%") or unit.lower() in _UNIT_LEAD else _RATE_PER.sub("", unit)
    if len(core.split()) <= _VERB_ONLY + verbs and (after or noun):
        joined = " ".join(w for w in (core, noun, after) if w)
        if after or noun:
            return joined.strip()
    if core:
        return core
    return whole or _core(text[begin:since]) or after or " ".join(text[begin:upto].split()[:20])


def _fold_keep(text: str) -> str:
    return folded(text)


def _core(segment: str) -> str:
    low = folded(segment)
    purpose = [m.end() for m in re.finditer(r"(?<!\w)(?:nhằm|để)\s", low)]
    start = purpose[-1] if purpose else 0
    low = low[start:]
    part = re.sub(_PERIOD_NAMED, lambda m: " " * len(m[0]), low)
    lead = _STRIP_LEAD.match(part)
    first = lead.end() if lead else 0
    tail = _STRIP_TAIL.search(part, first)
    last = tail.start() if tail else len(part)
    words = segment[start + first : start + max(first, last)]
    return re.sub(r"\s+", " ", _PERIOD_NAMED_ANY.sub(" ", words)).strip(" ,.;:-–+•*()")


_UNIT_LEAD = ("điểm phần trăm",)  # units of a difference: not a part of what is counted
_PERIOD_NAMED_ANY = re.compile(_PERIOD_NAMED.pattern, re.IGNORECASE)
