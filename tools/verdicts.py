"""Verdicts by document and field, kept from one measurement to the next, so that every change shows what it cost.

One letter a field, in the order of ``FIELDS``: R right and sure, r right, w wrong, W wrong and sure, - not asked.
Documents are told by seed, quality and kind, or by a piece of their hash; nothing of what they say is kept.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.report import ROOT, table
from tools.scoring import FIELDS, Truth, of_record, same

FOLDER = ROOT / "tools" / "scores"
Verdicts = dict[str, str]


def verdict(truth: Truth, record: Mapping[str, Any] | None) -> str:
    """The letters of one document."""
    letters = []
    for name in FIELDS:
        if name not in truth["fields"]:
            letters.append("-")
            continue
        value, sure = of_record(record, name)
        right = same(name, truth["fields"][name], value)
        letters.append(("R" if sure else "r") if right else ("W" if sure else "w"))
    return "".join(letters)


def name_of(truth: Truth) -> str:
    """What a document is called in the stored scores."""
    if "seed" in truth:
        return f"{truth['seed']} {truth['quality']} {truth['kind']}"
    return str(truth["sha256"])[:12]


def load(name: str, *, folder: Path = FOLDER) -> Verdicts:
    path = folder / f"{name}.json"
    if not path.is_file():
        return {}
    found: Verdicts = json.loads(path.read_text(encoding="utf-8"))["documents"]
    return found


def save(name: str, verdicts: Verdicts, *, folder: Path = FOLDER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    rows = ",\n".join(f"  {json.dumps(k, ensure_ascii=False)}: {json.dumps(v)}" for k, v in sorted(verdicts.items()))
    path.write_text(f'{{"fields": {json.dumps(list(FIELDS))},\n "documents": {{\n{rows}\n }}}}\n', encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one document that is judged otherwise than before."""

    document: str
    field: str
    before: str
    after: str

    @property
    def worth(self) -> int:
        """Above zero for a gain. Wrong and sure weighs more than anything else."""
        order = {"W": 0, "w": 3, "r": 4, "R": 5}
        return order[self.after] - order[self.before]


def changes(before: Verdicts, after: Verdicts) -> list[Change]:
    """What both measured and judge differently, worst losses first."""
    found = [
        Change(document, name, a, b)
        for document in sorted(before.keys() & after.keys())
        for name, a, b in zip(FIELDS, before[document], after[document], strict=True)
        if a != b and "-" not in (a, b)
    ]
    return sorted(found, key=lambda c: (c.worth, c.document, c.field))


def report(before: Verdicts, after: Verdicts, *, most: int = 40) -> str:
    """Gains and losses as Markdown: how many by field, and the documents behind the losses."""
    if not before:
        return "No stored score to compare with."
    found = changes(before, after)
    losses, gains = [c for c in found if c.worth < 0], [c for c in found if c.worth > 0]
    both = len(before.keys() & after.keys())
    parts = [f"Against the stored score: {both} documents in both, {len(gains)} gains, {len(losses)} losses."]
    up, down = Counter(c.field for c in gains), Counter(c.field for c in losses)
    rows = [(name, str(up[name]), str(down[name])) for name in FIELDS if up[name] or down[name]]
    if rows:
        parts.append(table(("field", "gains", "losses"), rows))
    if losses:
        shown = [(c.document, c.field, c.before, c.after) for c in losses[:most]]
        parts.append(table(("lost in", "field", "was", "is"), shown))
    return "\n\n".join(parts)


def counts(verdicts: Verdicts) -> tuple[int, int, int, int]:
    """(fields, right, sure, wrong and sure) of a set."""
    letters = Counter("".join(verdicts.values()))
    asked = sum(letters[c] for c in "RrwW")
    return asked, letters["R"] + letters["r"], letters["R"] + letters["W"], letters["W"]
