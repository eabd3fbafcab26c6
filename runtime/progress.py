"""Tiến độ từ kho: facts taken from the records, targets gathered, the rules of review/progress.py applied."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from extractors.reference.data import toml_table
from review.progress import Targets, agency_key, field_key, make_progress
from runtime.open import Workshop
from runtime.progress_counts import Counts, count_now
from schemas.errors import ObjectNotFound, StoreCorrupt
from schemas.extraction import FieldValue
from schemas.progress import LEVELS, Level, Progress, TargetRow, Term, Validity
from schemas.record import Record
from schemas.text import fold
from storage.catalogue import Catalogue
from storage.endings import endings_of
from storage.folding import number_key
from storage.keys import manifest_key
from storage.package import Manifest
from storage.plans import HIDDEN, PLAN_MARK, Plans
from storage.store import ObjectStore

_DIGITIZE = re.compile(r"số hóa")
_YEARS = re.compile(r"(?:19|20)\d\d")
_CHUNK = 500


def catch_up_facts(store: ObjectStore, catalogue: Catalogue, *, most: int | None = None) -> int:
    """Bring the table of facts up to the records, ``most`` of them at once where given; how many were taken in."""
    taken = 0
    while most is None or taken < most:
        chunk = catalogue.plans.stale(limit=_CHUNK if most is None else min(_CHUNK, most - taken))
        if not chunk:
            break
        there = [(one.revision, one.record) for one in chunk if one.record is not None]
        catalogue.plans.take_facts(
            chunk,
            [_facts(store, revision, record) for revision, record in there],
            [row for _, record in there for row in _endings(store, record)],
        )
        taken += len(chunk)
    return taken


def _endings(store: ObjectStore, record: Record) -> list[dict[str, Any]]:
    """What the record says of the end of others. Without a day of its own it ends them from the day it was seen on."""
    if not record.citations or not record.objects.text:
        return []
    try:
        text = store.get(record.objects.text).decode("utf-8")
    except (ObjectNotFound, StoreCorrupt):
        return []
    own = _day(_text(record, "valid_from")) or _day(_text(record, "issued_date")) or _digitized_on(store, record)
    return [
        {
            "record_id": record.record_id, "n": n, "kind": ending.kind, "number_key": ending.key,
            "issued": ending.date, "day": ending.since or own, "target": None,
        }
        for n, ending in enumerate(endings_of(record, text), 1)
    ]  # fmt: skip


def _facts(store: ObjectStore, revision: int, record: Record) -> dict[str, Any]:
    fields = [getattr(record.fields, name) for name in type(record.fields).model_fields]
    return {
        "record_id": record.record_id,
        "revision": revision,
        "agency": _text(record, "issuing_agency_name"),
        "field": record.classification.field_name.value or "",
        "level": record.classification.level.value or "",
        "day": _digitized_on(store, record),
        "valid_from": _day(_text(record, "valid_from")),
        "valid_to": _day(_text(record, "valid_to")),
        "term": term_of(record),
        "pages": record.source.page_count,
        "unsure": sum(1 for reason in record.review_reasons if reason.startswith("unsure:")),
        "risk": round(sum(1 - f.score for f in fields if _is_sure(f)), 4),
        "cited": json.dumps(
            sorted({(c.number_canonical or "").upper() for c in record.citations} - {""}), ensure_ascii=False
        ),
        "number_key": number_key(_text(record, "doc_number")),
        "issued": _day(_text(record, "issued_date")),
        "status": record.status if record.kind == "procedure_result" and record.status not in HIDDEN else "",
        "cites_plan": any(PLAN_MARK in (c.number_canonical or "").upper() for c in record.citations),
    }


def _text(record: Record, name: str) -> str:
    value = record.fields.get(name).value
    return value if isinstance(value, str) else ""


def _is_sure(field: FieldValue) -> bool:
    return field.value is not None and not field.needs_review


def _day(text: str) -> str | None:
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def _digitized_on(store: ObjectStore, record: Record) -> str:
    """The day the package's first version was made, as its manifest says; today when it cannot be read."""
    try:
        first = Manifest.model_validate_json(store.get(manifest_key(record.record_id, 1)))
    except (ObjectNotFound, StoreCorrupt, ValueError):
        return date.today().isoformat()
    return min((event.time[:10] for event in first.events), default=date.today().isoformat())


def term_of(record: Record) -> Term:
    """How long the result holds where no last day is printed; by its own words, else by its kind."""
    if record.fields.valid_to.value:
        return "fixed"
    if record.fields.is_perpetual.value is True:
        return "perpetual"
    terms: dict[str, Term] = toml_table("digitize_targets.toml")["terms"]
    return terms.get(record.classification.result_kind.value or "", "unknown")


def default_targets() -> tuple[TargetRow, ...]:
    """QĐ 468/QĐ-TTg, year by year; the last ratio stays, unless the level ended."""
    rows: list[TargetRow] = []
    for entry in toml_table("digitize_targets.toml")["default"]:
        ratios = {int(year): float(ratio) for year, ratio in entry["ratios"].items()}
        last = max(ratios)
        ratios |= dict.fromkeys(range(last + 1, entry.get("last_year", 2035) + 1), ratios[last])
        rows += [TargetRow(level=entry["level"], year=y, ratio=r, source=entry["source"]) for y, r in ratios.items()]
    return tuple(rows)


def targets_of_plans(plans: Iterable[Record]) -> tuple[TargetRow, ...]:
    """What the plans themselves order for digitization: targets in percent that name the level and the year."""
    rows: list[TargetRow] = []
    for record in plans:
        plan = record.plan
        if plan is None:
            continue
        about = bool(_DIGITIZE.search(fold(plan.title or "")))
        for target in plan.targets:
            named = about or _DIGITIZE.search(fold(target.indicator))
            years = _YEARS.findall(target.period or "")
            if (
                not named
                or target.unit != "%"
                or target.level not in LEVELS
                or not years
                or target.operator == "reduce"
            ):
                continue
            level: Level = target.level  # type: ignore[assignment]
            number = record.fields.doc_number.value
            source = f"Kế hoạch {number}" if isinstance(number, str) else (plan.title or "kế hoạch")
            rows.append(TargetRow(level=level, year=int(years[-1]), ratio=min(100.0, target.value), source=source))
    return tuple(rows)


def read_progress(
    workshop: Workshop, *, as_of: date | None = None, year: int | None = None, page_cost: float | None = None
) -> Progress:
    """Progress as of a day (default: today) for a plan year (default: that day's)."""
    return progress_of(workshop.store, workshop.catalogue, as_of=as_of, year=year, page_cost=page_cost)


def progress_of(
    store: ObjectStore,
    catalogue: Catalogue,
    *,
    as_of: date | None = None,
    year: int | None = None,
    page_cost: float | None = None,
    most: int | None = None,
    counts: Counts | None = None,
) -> Progress:
    """The same for who has no workshop (the web). ``most``: new records that are taken in first, no others count.

    ``counts`` made before; the newest where none are given.
    """
    catch_up_facts(store, catalogue, most=most)
    day = as_of or date.today()
    counts = counts or count_now(catalogue.plans, day)
    found = figure(catalogue.plans, counts, day, year=year or day.year, page_cost=page_cost)
    return with_time(found, catalogue.plans, counts)


@dataclass(frozen=True, slots=True)
class Basis:
    """What progress is made of beside the counts, as it was last changed: the number of the newest import, and of the
    plans how many there are, how often they were written and when last."""

    figures: int
    plans: tuple[int, int, str]


def basis_of(plans: Plans) -> Basis:
    return Basis(plans.last_entry("figures"), plans.stamp())


def figure(plans: Plans, counts: Counts, day: date, *, year: int, page_cost: float | None = None) -> Progress:
    """What depends on nothing but these counts, the imported figures and the plans."""
    targets = Targets(plans.figures("targets"), targets_of_plans(plans.all()), default_targets())
    return make_progress(
        counts.holdings,
        plans.figures("inventory"),
        targets,
        plans.figures("flow"),
        as_of=day,
        year=year,
        page_cost=page_cost,
        months=counts.months,
    )


def with_time(found: Progress, plans: Plans, counts: Counts) -> Progress:
    """With what is true at this moment only: how much is not counted yet, and when this was, where it is outdated."""
    at = counts.at.isoformat(timespec="seconds") if counts.outdated else None
    return found.model_copy(update={"uncounted": plans.count_stale(), "counted_at": at})


def records_behind(
    catalogue: Catalogue,
    *,
    as_of: date,
    agency: str | None = None,
    field: str | None = None,
    level: str | None = None,
    validities: Sequence[Validity] = (),
    statuses: tuple[str, ...] | None = None,
    limit: int = 30,
    offset: int = 0,
    counts: Counts | None = None,
) -> tuple[int, tuple[Record, ...]]:
    """(how many, one page of) the records that a number of the progress page counts.

    ``counts``: those of the page, whose number it then is; it may be a little older than the records.
    """
    holdings = (counts or count_now(catalogue.plans, as_of)).holdings
    agencies = fields = None
    if agency is not None:
        agencies = _names((h.agency for h in holdings), agency_key, agency)
    if field is not None:
        fields = _names((h.field for h in holdings), field_key, field)
    total = sum(
        h.records
        for h in holdings
        if (agencies is None or h.agency in agencies)
        and (fields is None or h.field in fields)
        and (level is None or h.level == level)
        and (not validities or h.validity in validities)
        and (statuses is None or h.status in statuses)
    )
    shown = catalogue.plans.members(
        as_of,
        agencies=agencies,
        fields=fields,
        level=level,
        validities=validities,
        statuses=statuses,
        total=total,
        limit=limit,
        offset=offset,
    )
    return total, shown


def _names(all_of_them: Iterable[str], key: Callable[[str], str], wanted: str) -> tuple[str, ...]:
    """The names that mean the same as ``wanted``."""
    return tuple(sorted(name for name in set(all_of_them) if key(name) == key(wanted)))
