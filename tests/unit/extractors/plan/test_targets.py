"""Targets told from numbers that only look so: 200 traps, and what must be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.plan.targets import find_targets

FOLDER = Path(__file__).parent
TRAPS = [line for line in (FOLDER / "target_traps.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]


def found(text: str, role: str = "tasks", first_year: int | None = 2022):
    return [
        (t.operator, t.value, t.value_to, t.unit)
        for t in find_targets(text, role=role, first_year=first_year)  # type: ignore[arg-type]
    ]


def test_there_are_two_hundred_traps() -> None:
    assert len(set(TRAPS)) >= 200


@pytest.mark.parametrize("trap", TRAPS)
def test_no_target_in_a_trap(trap: str) -> None:
    role, bar, text = trap.partition("|")
    assert (found(text, role) if bar else found(trap)) == []


@pytest.mark.parametrize(
    ("text", "operator", "value", "unit", "indicator"),
    [
        ("Phấn đấu tỷ lệ hồ sơ trực tuyến đạt tối thiểu 50%.", ">=", 50, "%", "tỷ lệ hồ sơ trực tuyến"),
        ("100% hồ sơ được số hóa ngay khi tiếp nhận.", "=", 100, "%", "hồ sơ được số hóa ngay khi tiếp nhận"),
        (
            "Giảm 20% thời gian giải quyết thủ tục hành chính.",
            "reduce",
            20,
            "%",
            "thời gian giải quyết thủ tục hành chính",
        ),
        ("Tăng thêm 15% hồ sơ nộp trực tuyến so với năm 2022.", "increase", 15, "%", "hồ sơ nộp trực tuyến"),
        ("Mức độ hài lòng của người dân đạt từ 90% trở lên.", ">=", 90, "%", "Mức độ hài lòng của người dân"),
        ("Tỷ lệ hồ sơ quá hạn không quá 2%.", "<=", 2, "%", "Tỷ lệ hồ sơ quá hạn"),
        ("Đảm bảo kiểm tra ít nhất 30% số cơ quan, địa phương.", ">=", 30, "%", "kiểm tra số cơ quan, địa phương"),
        ("Giảm tỷ lệ hồ sơ giấy xuống còn dưới 5%.", "<=", 5, "%", "tỷ lệ hồ sơ giấy"),
        ("Tổ chức tối thiểu 04 lớp tập huấn cho công chức cấp xã.", ">=", 4, "lớp", "tập huấn"),
        ("Đến năm 2025 có trên 80% kết quả được số hóa.", ">=", 80, "%", "kết quả được số hóa"),
        ("Cắt giảm ít nhất 10 thủ tục không cần thiết.", "reduce", 10, "thủ tục", "không cần thiết"),
    ],
)
def test_targets_in_their_usual_words(text: str, operator: str, value: float, unit: str, indicator: str) -> None:
    (target,) = find_targets(text, role="tasks", first_year=2022)
    assert (target.operator, target.value, target.unit) == (operator, value, unit)
    assert indicator in target.indicator


def test_several_in_one_sentence_each_with_its_own_words() -> None:
    text = "Tỷ lệ số hóa cấp tỉnh đạt 100%, cấp xã đạt tối thiểu 95%; trong đó 60% được khai thác lại."
    targets = list(find_targets(text, role="targets"))
    assert [(t.operator, t.value, t.level) for t in targets] == [("=", 100, "tinh"), (">=", 95, "xa"), ("=", 60, None)]
    assert targets[2].part


def test_ranges_decimals_and_thousands() -> None:
    assert found("Tốc độ tăng bình quân đạt 05 - 06%/năm.", "targets") == [("=", 5, 6, "%/năm")]
    assert found("Tỷ lệ đạt 97,5%.", "targets") == [("=", 97.5, None, "%")]
    assert found("Số hóa 12.500 hồ sơ.", "targets") == [("=", 12500, None, "hồ sơ")]


def test_periods_and_baselines() -> None:
    (target,) = find_targets("Đến năm 2025 giảm 10% biên chế so với năm 2021.", role="tasks", first_year=2022)
    assert (target.period, target.baseline, target.operator) == ("năm 2025", "năm 2021", "reduce")
