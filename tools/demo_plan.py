"""For `make demo`: an invented inventory for the agencies that the made papers come from, as a CSV to import.

usage: python -m tools.demo_plan HOME OUT.csv
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

from runtime.open import open_workshop
from runtime.plan_exports import LEVEL_WORDS
from runtime.progress import read_progress
from runtime.settings import load_settings
from runtime.tables_in import headers_of


def main() -> None:
    home, out = Path(sys.argv[1]), Path(sys.argv[2])
    with open_workshop(load_settings(home=home)) as workshop:
        rows = [r for r in read_progress(workshop).rows if r.agency and r.level]
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers_of("inventory"))
        for k, row in enumerate(rows):
            read = row.digitized + row.waiting + row.unclear
            count: int | str = "" if k % 5 == 4 else max(1, row.digitized) if k % 3 == 0 else read + 2 + k % 4
            note = "chưa kiểm kê" if count == "" else "số liệu bịa để xem thử"
            writer.writerow(
                [
                    row.agency,
                    row.field or "",
                    LEVEL_WORDS[row.level or "xa"].lower(),
                    date.today().year,
                    count,
                    "",
                    note,
                ]
            )


if __name__ == "__main__":
    main()
