"""``sohoa progress`` on a screen of 80 columns, or into a file."""

from __future__ import annotations

import pytest

from flows.commands.plans import _print
from schemas.progress import Progress, ScopeProgress


def test_the_table_fits_80_columns_and_says_what_is_not_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    known = ScopeProgress(
        agency="Sở Nông nghiệp và Môi trường tỉnh Quảng Trị", field="Thủy sản, nuôi trồng thủy sản và kiểm ngư",
        level="tinh", inventory=1_234_567, digitized=765_432, ratio=62.5, target=100.0, remaining=469_135,
        per_day_needed=18_765.4, missed=True,
    )  # fmt: skip
    unknown = ScopeProgress(agency="UBND xã A", level="xa")
    total = known.model_copy(update={"agency": None, "field": None, "level": None, "ended": 3})
    _print(Progress(as_of="2026-11-26", year=2026, total=total, rows=(known, unknown), cost=1_500_000.0))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    (numbers,) = (line for line in lines if line.startswith("Sở Nông nghiệp"))
    assert numbers.split()[-7:] == ["1.234.567", "765.432", "62,5", "100", "469.135", "18.765,4", "không"]
    (nothing,) = (line for line in lines if line.startswith("UBND xã A"))
    assert nothing.count("không") == 6
    assert "3 kết quả đã bị" in text
    assert "1.500.000 đồng" in text
