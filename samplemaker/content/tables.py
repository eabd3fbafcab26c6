"""Rows for the lists and appendices that papers carry."""

from __future__ import annotations

from random import Random

from samplemaker.facts import Facts
from samplemaker.model import Table
from samplemaker.vocabulary import digits, invent_name, load_toml, money, near, short_date


def make_table(rng: Random, facts: Facts, kind: str, rows: int) -> Table:
    """A table of the kind (tthc, people, households, budget, plan) with so many rows."""
    makers = {"tthc": _procedures, "people": _people, "households": _households, "budget": _budget, "plan": _plan}
    return makers[kind](rng, facts, rows)


def _procedures(rng: Random, facts: Facts, rows: int) -> Table:
    pool = load_toml("phrases.toml")["procedures"]
    chosen = (
        rng.sample(pool, rows)
        if rows <= len(pool)
        else [*rng.sample(pool, len(pool)), *rng.choices(pool, k=rows - len(pool))]
    )
    body = tuple(
        (
            str(i),
            code,
            name,
            f"{rng.choice(['03', '05', '07', '10', '15', '20'])} ngày làm việc",
            rng.choice(["Không", "20.000 đồng", "150.000 đồng", "Theo quy định"]),
        )
        for i, (code, name) in enumerate(chosen, 1)
    )
    head = rng.choice(
        [
            ("TT", "Mã TTHC", "Tên thủ tục hành chính", "Thời hạn", "Phí, lệ phí"),
            ("STT", "Mã số TTHC", "Tên thủ tục", "Thời hạn giải quyết", "Phí"),
        ]
    )
    return Table(head, body, (6, 15, 44, 18, 17), (0, 1))


def _people(rng: Random, facts: Facts, rows: int) -> Table:
    jobs = load_toml("phrases.toml")["jobs"]
    body = []
    for i in range(1, rows + 1):
        male = rng.random() < 0.5
        who = ("Ông " if male else "Bà ") + invent_name(rng, male)
        body.append((str(i), who, rng.choice(jobs), rng.choice(load_toml("phrases.toml")["workplaces"]), ""))
    return Table(("STT", "Họ và tên", "Chức vụ", "Đơn vị công tác", "Ghi chú"), tuple(body), (7, 28, 24, 30, 11))


def _households(rng: Random, facts: Facts, rows: int) -> Table:
    body = tuple(
        (
            str(i),
            invent_name(rng, rng.random() < 0.6),
            str(rng.randint(1938, 1998)),
            str(rng.randint(1, 8)),
            f"Thôn {rng.randint(1, 9)}",
            rng.choice(["Hộ nghèo", "Hộ cận nghèo"]),
        )
        for i in range(1, rows + 1)
    )
    return Table(
        ("TT", "Họ và tên chủ hộ", "Năm sinh", "Số nhân khẩu", "Thôn", "Phân loại"),
        body,
        (7, 33, 13, 14, 13, 20),
        (0, 2, 3),
    )


def _budget(rng: Random, facts: Facts, rows: int) -> Table:
    places = load_toml("phrases.toml")["workplaces"]
    body = tuple(
        (
            str(i),
            rng.choice(places),
            money(rng, 100_000_000, 9_000_000_000, 1_000_000),
            money(rng, 1_000_000, 90_000_000, 100_000),
            "",
        )
        for i in range(1, rows + 1)
    )
    return Table(
        ("STT", "Đơn vị", "Tổng dự toán (đồng)", "Trong đó: tiết kiệm", "Ghi chú"), body, (7, 40, 22, 20, 11), (0,)
    )


def _plan(rng: Random, facts: Facts, rows: int) -> Table:
    pool = load_toml("phrases.toml")["tasks"]
    offices = [
        "Sở Nội vụ",
        "Sở Tư pháp",
        "Văn phòng UBND",
        "Sở Tài chính",
        "Sở Khoa học và Công nghệ",
        "Các phòng chuyên môn",
    ]
    body = []
    for i in range(1, rows + 1):
        text = facts.expand(rng.choice(pool)).split(";")[0].rstrip(".")
        when = rng.choice(
            [
                f"Quý {rng.choice(['I', 'II', 'III', 'IV'])}/{facts['year']}",
                "Thường xuyên",
                f"Trước {short_date(near(rng, facts.day, 20, 200))}",
            ]
        )
        lead, helper = rng.sample(offices, 2)
        body.append(
            (
                str(i),
                text,
                lead,
                helper,
                when,
                rng.choice(["Báo cáo", "Kế hoạch", "Quyết định", "Văn bản chỉ đạo", f"Tờ trình số {digits(rng, 2)}"]),
            )
        )
    return Table(
        ("TT", "Nội dung công việc", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian hoàn thành", "Sản phẩm"),
        tuple(body),
        (5, 41, 15, 15, 13, 11),
    )
