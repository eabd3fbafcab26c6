"""`make relevance`: do hand-written questions find their paper among the first five? Invented papers stand among made
ones; misses are listed. Writes its part of docs/benchmarks.md.

    .venv/bin/python -m tools.relevance [--dry]
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.search.finder import find
from schemas.extraction import Classification, ClassValue, Fields, FieldValue
from schemas.record import Process, Record, Source
from storage.engine import SearchEngine
from storage.entry import make_entry
from tools.report import ROOT, machine_line, table, write_section
from tools.search_records import Maker

FOLDER = ROOT / "tests" / "relevance"
BACKGROUND = 3_000  # made records beside the papers
FIRST = 5
_NAMES = {
    "type": "doc_type", "number": "doc_number", "date": "issued_date", "agency": "issuing_agency_name",
    "signer": "signer_name", "owner": "owner_name", "summary": "summary",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: the paper it must find, and at which place it was found (from 1; 0 = not among the first)."""

    group: str
    question: str
    key: str
    place: int


def papers() -> list[tuple[str, Record, str]]:
    """(key, record, text) of every paper."""
    with (FOLDER / "papers.toml").open("rb") as file:
        rows = tomllib.load(file)["paper"]
    return [(row["key"], _record(n, row), _text(row)) for n, row in enumerate(rows)]


def questions() -> list[tuple[str, str, str]]:
    """(group, question, key of the paper)."""
    found, group = [], ""
    for line in (FOLDER / "questions.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("#"):
            group = line.lstrip("# ")
        elif line:
            question, key = line.rsplit("\t", 1)
            found.append((group, question, key))
    return found


def judge(engine: SearchEngine, *, background: int = BACKGROUND) -> list[Judged]:
    """Fill the engine and ask every question."""
    maker = Maker(3, pool=500)
    kept = papers()
    ids = {record.record_id: key for key, record, _ in kept}
    made = [(one.record, one.text) for one in maker.make_many(background, start=1_000)]
    pairs = [(record, text) for _, record, text in kept] + made
    entries = [entry for record, text in pairs if (entry := make_entry(record, text, salt=engine.salt))]
    engine.refill([entries[at : at + 500] for at in range(0, len(entries), 500)], lambda: ([], []))
    judged = []
    for group, question, key in questions():
        found = [ids.get(hit.record_id) for hit in find(engine, question, limit=FIRST, facets=False).results]
        judged.append(Judged(group, question, key, found.index(key) + 1 if key in found else 0))
    return judged


def recall(judged: Sequence[Judged]) -> float:
    return sum(one.place > 0 for one in judged) / len(judged)


def section(judged: Sequence[Judged], engine: str) -> str:
    """The result as Markdown."""
    rows = []
    for group in dict.fromkeys(one.group for one in judged):
        mine = [one for one in judged if one.group == group]
        first = sum(one.place == 1 for one in mine)
        rows.append((group, len(mine), f"{recall(mine):.3f}", f"{first / len(mine):.3f}"))
    first = sum(one.place == 1 for one in judged)
    rows.append(("**all**", len(judged), f"**{recall(judged):.3f}**", f"{first / len(judged):.3f}"))
    misses = [f"- `{one.question}` should find `{one.key}` ({one.group})" for one in judged if not one.place]
    return "\n".join([
        f"Measured by `make relevance`: {machine_line()}",
        "",
        f"{len(judged)} questions written by hand (`tests/relevance/`), {len(papers())} invented papers among "
        f"{BACKGROUND:,} made ones, engine {engine}.",
        "",
        table(("questions", "how many", "recall@5", "first"), rows),
        "",
        "Misses:" if misses else "No misses.",
        *misses,
    ])  # fmt: skip


def _record(number: int, row: dict[str, Any]) -> Record:
    fields = {name: FieldValue(value=row[key]) for key, name in _NAMES.items() if row[key]}
    return Record(
        record_id=f"{0xABC000 + number:020x}",
        status="accepted",
        source=Source(
            name=f"{row['key']}.pdf", sha256=f"{number:064x}", size=1, media_type="application/pdf", page_count=1
        ),
        fields=Fields(**fields),
        classification=Classification(field_name=ClassValue(value=row["field"])),
        process=Process(engine="made", rule_version="1", seconds=0),
    )


def _text(row: dict[str, Any]) -> str:
    day = "/".join(reversed(row["date"].split("-")))
    head = f"{row['agency'].upper()}\nSố: {row['number']}\nngày {day}\n{row['summary']}\n"
    return f"{head}{row['text']}\n{row['signer']}"


def main() -> None:
    from storage.index import SearchIndex

    with tempfile.TemporaryDirectory() as folder, SearchIndex(Path(folder)) as engine:
        judged = judge(engine)
    text = section(judged, "tantivy")
    if "--dry" in sys.argv:
        print(text)
    else:
        write_section("relevance", text)


if __name__ == "__main__":
    main()
