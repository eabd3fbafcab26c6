"""Made records for measuring search: about 2 KB of text each, words and pairs of words as often as official texts
have them (schemas/data/pair_counts.tsv.gz), invented people, real names of places and agencies. The same seed gives
the same records."""

from __future__ import annotations

import bisect
import itertools
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.reference.data import toml_table, tsv_rows
from extractors.reference.units import Unit, units_table
from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.record import Process, Record, Source

POOL = 20_000  # bodies that records share; names, numbers, places and dates are each record's own
_KINDS = (
    ("quyet_dinh", "QĐ", "Quyết định", 40), ("cong_van", "", "Công văn", 18), ("thong_bao", "TB", "Thông báo", 10),
    ("giay_phep", "GP", "Giấy phép", 8), ("giay_chung_nhan", "GCN", "Giấy chứng nhận", 8),
    ("to_trinh", "TTr", "Tờ trình", 6), ("ke_hoach", "KH", "Kế hoạch", 4), ("giay_xac_nhan", "GXN", "Giấy xác nhận", 6),
)  # fmt: skip
_SUBJECTS = (
    "giao đất", "cho phép chuyển mục đích sử dụng đất", "cấp giấy phép xây dựng", "công nhận hộ nghèo",
    "phê duyệt phương án bồi thường, hỗ trợ, tái định cư", "cấp chứng chỉ hành nghề", "trợ cấp xã hội hằng tháng",
    "thành lập hội đồng", "thu hồi đất", "cấp giấy chứng nhận đăng ký kinh doanh", "xác nhận tình trạng hôn nhân",
    "công nhận trường đạt chuẩn quốc gia", "cấp giấy chứng nhận an toàn thực phẩm", "giải quyết chế độ người có công",
    "phê duyệt quy hoạch chi tiết", "cấp giấy phép khai thác nước dưới đất",
)  # fmt: skip
_FIELDS = (
    "Đất đai", "Hoạt động xây dựng", "Người có công", "Bảo trợ xã hội", "Hộ tịch", "An toàn thực phẩm",
    "Thành lập và hoạt động của hộ kinh doanh", "Giáo dục mầm non", "Tài nguyên nước", "Khám bệnh, chữa bệnh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """One record with its text."""

    record: Record
    text: str


class Maker:
    """Makes records by number."""

    def __init__(self, seed: int = 1, *, pool: int = POOL) -> None:
        self._seed = seed
        rng = random.Random(seed)
        self._bodies = [_body(rng) for _ in range(pool)]
        self._units = [unit for unit in units_table() if unit.level == "xa"]
        self._departments = [row["name"] for row in toml_table("agencies.toml")["department"]][:20]

    def make(self, number: int) -> Made:
        """The record of this number."""
        rng = random.Random(self._seed * 1_000_003 + number)
        kind, short, title, _ = rng.choices(_KINDS, cum_weights=_CUMULATED)[0]
        year = min(2025, 2005 + int(rng.triangular(0, 21, 17)))
        day, month = rng.randint(1, 28), rng.randint(1, 12)
        unit = rng.choice(self._units)
        agency, notation = self._agency(rng, unit)
        count = rng.randint(1, 6000)
        doc_number = f"{count}/{short}-{notation}" if short else f"{count}/{notation}-VP"
        subject, owner, signer = rng.choice(_SUBJECTS), person(rng), person(rng)
        summary = f"Về việc {subject} cho {owner}"
        address = f"{unit.name}, {unit.district + ', ' if unit.district else ''}tỉnh {unit.province}"
        cited = (
            f"{rng.randint(1, 3000)}/QĐ-UBND ngày {rng.randint(1, 28)}/{rng.randint(1, 12)}/{year - rng.randint(1, 4)}"
        )
        text = (
            f"{agency}\nSố: {doc_number}\n{unit.province}, ngày {day:02d} tháng {month:02d} năm {year}\n"
            f"{title.upper()}\n{summary}\nCăn cứ Quyết định số {cited} của Ủy ban nhân dân tỉnh;\n"
            f"Điều 1. {subject.capitalize()} cho {owner}, thường trú tại {address}.\n"
            f"{self._bodies[rng.randrange(len(self._bodies))]}\n"
            f"Nơi nhận:\n- Như Điều 3;\n- Lưu: VT.\n{signer}"
        )
        return Made(_record(number, kind, doc_number, f"{year}-{month:02d}-{day:02d}", agency, summary, signer, owner,
                            rng.choice(_FIELDS), unit), text)  # fmt: skip

    def make_many(self, count: int, *, start: int = 0) -> Iterator[Made]:
        return (self.make(number) for number in range(start, start + count))

    def _agency(self, rng: random.Random, unit: Unit) -> tuple[str, str]:
        roll = rng.random()
        if roll < 0.4:
            return f"Ủy ban nhân dân {unit.name}", "UBND"
        if roll < 0.7:
            return f"Ủy ban nhân dân tỉnh {unit.province}", "UBND"
        name = rng.choice(self._departments)
        return f"{name} tỉnh {unit.province}", "S" + "".join(w[0] for w in name.split()[1:]).upper()


_CUMULATED = tuple(itertools.accumulate(kind[3] for kind in _KINDS))


@cache
def _names() -> dict[str, Any]:
    path = Path(__file__).resolve().parents[1] / "samplemaker" / "data" / "names.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table


_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
           "Dương", "Lý", "Lò", "Giàng", "Hà", "Đinh")  # fmt: skip
_FAMILY_WEIGHTS = tuple(itertools.accumulate((38, 11, 9, 7, 5, 5, 4, 4, 3, 2, 2, 1.5, 1.5, 1.3, 1, 1, 0.5, 0.5, 1, 1)))


def person(rng: random.Random) -> str:
    """An invented name."""
    family = rng.choices(_FAMILY, cum_weights=_FAMILY_WEIGHTS)[0]
    male = rng.random() < 0.5
    given = rng.choice(_names()["male" if male else "female"])
    middle = rng.choice(("Văn", "Hữu", "Đức", "Quang", "") if male else ("Thị", "Thị", "Ngọc", ""))
    return " ".join(part for part in (family, middle, given) if part)


@cache
def _chain() -> tuple[dict[str, tuple[list[str], list[int]]], list[str], list[int]]:
    """Next words with their cumulated counts, and the same for first words."""
    following: dict[str, list[tuple[str, int]]] = defaultdict(list)
    starts: dict[str, int] = defaultdict(int)
    for pair, count in tsv_rows("pair_counts.tsv.gz"):
        first, second = pair.split(" ")
        following[first].append((second, int(count)))
        starts[first] += int(count)
    chain = {
        first: ([word for word, _ in after], list(itertools.accumulate(count for _, count in after)))
        for first, after in following.items()
    }
    return chain, list(starts), list(itertools.accumulate(starts.values()))


def _walk(rng: random.Random, length: int) -> list[str]:
    chain, starts, totals = _chain()
    words: list[str] = []
    word = ""
    for _ in range(length):
        after = chain.get(word)
        choices, counts = after if after else (starts, totals)
        word = choices[bisect.bisect_right(counts, rng.random() * counts[-1])]
        words.append(word)
    return words


def _body(rng: random.Random) -> str:
    lines = []
    for _ in range(17):
        words = _walk(rng, rng.randint(10, 22))
        lines.append(" ".join([words[0].capitalize(), *words[1:]]) + ".")
    return "\n".join(lines)


def _record(
    number: int, kind: str, doc_number: str, issued: str, agency: str, summary: str, signer: str, owner: str,
    field: str, unit: Unit,
) -> Record:  # fmt: skip
    def value(text: str) -> FieldValue:
        return _VALUE.model_copy(update={"value": text})

    fields = _FIELDS_OF.model_copy(
        update={
            "doc_type": value(kind), "doc_number": value(doc_number), "issued_date": value(issued),
            "issuing_agency_name": value(agency), "summary": value(summary), "signer_name": value(signer),
            "owner_name": value(owner), "place": value(unit.province),
        }
    )  # fmt: skip
    level = "xa" if "nhân dân" in agency and "tỉnh" not in agency else "tinh"
    classes = _CLASSES.model_copy(
        update={
            "field_name": _CLASS.model_copy(update={"value": field}),
            "level": _CLASS.model_copy(update={"value": level}),
        }
    )
    status = "accepted" if number % 5 else "needs_review"
    return _RECORD.model_copy(
        update={"record_id": f"{number:020x}", "status": status, "fields": fields, "classification": classes}
    )


_SOURCE = Source(name="a.pdf", sha256="0" * 64, size=1, media_type="application/pdf", page_count=2)
_PROCESS = Process(engine="made", rule_version="1", seconds=0)
_VALUE, _CLASS, _FIELDS_OF, _CLASSES = FieldValue(), ClassValue(), Fields(), Classification()
_RECORD = Record(record_id="0" * 20, status="accepted", source=_SOURCE, process=_PROCESS)
