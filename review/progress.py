"""Quy tắc tiến độ: ratios over the inventory, targets that apply, pace and what it leads to. Pure: no clock, no store.

A number that is not known stays None: an inventory that was not given, or is zero, makes no ratio.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from schemas.progress import ENDED, FlowProgress, FlowRow, Holding, InventoryRow, Progress, ScopeProgress, TargetRow
from schemas.text import fold

READ = ("accepted", "confirmed", "published")  # read and not waiting for anybody
PACE_DAYS = 28  # calendar days that the pace is taken from
_PLACE = (" tỉnh ", " thành phố ")


def agency_key(name: str) -> str:
    """One key for one agency: "SỞ Y TẾ" and "Sở Y tế tỉnh Quảng Trị"; "UBND xã A" and "ỦY BAN NHÂN DÂN XÃ A"."""
    low = f" {fold(name)} ".replace(" ubnd ", " ủy ban nhân dân ").replace(" hđnd ", " hội đồng nhân dân ").strip()
    if low.startswith(("sở ", "ban ", "thanh tra ", "văn phòng ", "công an ", "chi cục ", "trung tâm ")):
        for word in _PLACE:
            head, found, _ = low.partition(word)
            if found and not head.endswith((" của", " các", " hđnd", " ubnd", " nhân dân")):
                return head
    return low


def field_key(name: str) -> str:
    return fold(name)


def current_inventory(rows: Iterable[InventoryRow], *, year: int) -> tuple[InventoryRow, ...]:
    """The newest count of each scope that is not of a later year; of one year the later import."""
    newest: dict[tuple[str, str, str], InventoryRow] = {}
    for row in rows:
        if row.year > year:
            continue
        key = (agency_key(row.agency), field_key(row.field), row.level)
        if key not in newest or newest[key].year <= row.year:
            newest[key] = row
    return tuple(newest.values())


class Targets:
    """Which ratio applies to a scope in a year: imported rows over the plans' own, those over the defaults."""

    def __init__(
        self, imported: Sequence[TargetRow], of_plans: Sequence[TargetRow], defaults: Sequence[TargetRow]
    ) -> None:
        self._layers = (tuple(reversed(imported)), tuple(of_plans), tuple(defaults))

    def find(self, *, agency: str | None, field: str | None, level: str | None, year: int) -> TargetRow | None:
        """The most specific row of the strongest layer that has one; None when nothing orders this."""
        if level is None:
            return None
        own, what = agency_key(agency or ""), field_key(field or "")
        for layer in self._layers:
            best: tuple[int, TargetRow] | None = None
            for row in layer:
                if row.level != level or row.year != year:
                    continue
                if (row.agency and agency_key(row.agency) != own) or (row.field and field_key(row.field) != what):
                    continue
                weight = 2 * bool(row.agency) + bool(row.field)
                if best is None or weight > best[0]:
                    best = (weight, row)
            if best is not None:
                return best[1]
        return None


def working_days(first: date, last: date) -> int:
    """Days from ``first`` to ``last``, both counted, without Saturdays and Sundays (holidays are not left out)."""
    if last < first:
        return 0
    return sum((first + timedelta(days=k)).weekday() < 5 for k in range((last - first).days + 1))


def make_progress(
    holdings: Sequence[Holding],
    inventory: Sequence[InventoryRow],
    targets: Targets,
    flow: Sequence[FlowRow],
    *,
    as_of: date,
    year: int,
    page_cost: float | None = None,
    months: Mapping[str, int] | None = None,
) -> Progress:
    """All of it for the plan year ``year`` as things stand on ``as_of``.

    ``months``: results digitized by month, where the holdings do not tell the days apart.
    """
    counted = current_inventory(inventory, year=year)
    end = date(year, 12, 31)
    left = working_days(as_of + timedelta(days=1), end)
    whole = _Scopes(holdings, counted, targets, as_of=as_of, year=year, days_left=left)
    rows = [whole.scope(agency=r.agency, field=r.field or None, level=r.level) for r in counted]
    rows += [whole.scope(agency=a, field=f or None, level=lv) for a, f, lv in whole.without_inventory()]
    total = whole.scope()
    by_month: dict[str, int] = defaultdict(int, months or {})
    for h in holdings if months is None else ():
        if h.status in READ:
            by_month[h.day[:7]] += h.records
    waiting = [h for h in holdings if h.status == "needs_review"]
    pages = sum(h.pages for h in holdings)
    per_result = pages / max(1, sum(h.records for h in holdings))
    return Progress(
        as_of=as_of.isoformat(),
        year=year,
        total=total,
        rows=tuple(sorted(rows, key=lambda r: (r.level or "", fold(r.agency or ""), fold(r.field or "")))),
        by_level=tuple(whole.scope(level=lv) for lv in whole.levels()),
        by_agency=tuple(whole.scope(agency=a, level=lv) for a, lv in whole.agencies()),
        by_field=tuple(whole.scope(field=f) for f in whole.fields()),
        by_month=tuple(sorted(by_month.items())),
        flow=tuple(_flow(row) for row in flow if row.period_from <= as_of.isoformat()),
        review_records=sum(h.records for h in waiting),
        review_fields=sum(h.unsure for h in waiting),
        expected_errors=round(sum(h.risk for h in holdings), 2),
        pages=pages,
        working_days_left=left,
        cost=round(pages * page_cost) if page_cost else None,
        cost_remaining=round(total.remaining * per_result * page_cost)
        if page_cost and total.remaining is not None and pages
        else None,
    )


_OUT = ("het_hieu_luc", "chua_hieu_luc", *ENDED)
_Keyed = tuple[str, str, Holding]  # key of the agency, key of the field
_Counted = tuple[str, str, InventoryRow]
_Scoped = set[tuple[str, str, str]]  # keys of agency and field, level


def _in(one: _Keyed, counted: _Scoped) -> bool:
    """Whether a row of the inventory holds this: one for its field, or for all fields of its agency."""
    a, f, h = one
    return (a, "", h.level) in counted or (a, f, h.level) in counted


class _Scopes:
    """Counts any scope out of the holdings and the inventory."""

    def __init__(
        self, holdings: Sequence[Holding], inventory: Sequence[InventoryRow], targets: Targets, *,
        as_of: date, year: int, days_left: int,
    ) -> None:  # fmt: skip
        agencies = {name: agency_key(name) for name in {h.agency for h in holdings}}
        fields = {name: field_key(name) for name in {h.field for h in holdings}}
        self._holdings = [(agencies[h.agency], fields[h.field], h) for h in holdings]
        self._by_agency: dict[str, list[_Keyed]] = defaultdict(list)
        self._by_field: dict[str, list[_Keyed]] = defaultdict(list)
        for one in self._holdings:
            self._by_agency[one[0]].append(one)
            self._by_field[one[1]].append(one)
        self._inventory = [(agency_key(r.agency), field_key(r.field), r) for r in inventory]
        self._targets = targets
        self._as_of, self._year, self._left = as_of, year, days_left
        self._since = as_of - timedelta(days=PACE_DAYS - 1)

    def levels(self) -> list[str]:
        found = {r.level for _, _, r in self._inventory} | {h.level for _, _, h in self._holdings if h.level}
        return [lv for lv in ("trung_uong", "tinh", "huyen", "xa") if lv in found]

    def agencies(self) -> list[tuple[str, str]]:
        names: dict[tuple[str, str], str] = {}
        for key, _, r in self._inventory:
            names.setdefault((key, r.level), r.agency)
        for key, _, h in self._holdings:
            names.setdefault((key, h.level), h.agency)
        return sorted(((name, lv) for (_, lv), name in names.items()), key=lambda p: (p[1], fold(p[0])))

    def fields(self) -> list[str]:
        names: dict[str, str] = {}
        for _, key, r in self._inventory:
            if r.field:
                names.setdefault(key, r.field)
        for _, key, h in self._holdings:
            names.setdefault(key, h.field)
        return sorted(names.values(), key=fold)

    def without_inventory(self) -> list[tuple[str, str, str]]:
        """(agency, field, level) that have records but no row in the inventory that holds them."""
        counted = {(a, f, r.level) for a, f, r in self._inventory}
        names: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        for a, f, h in self._holdings:
            if (a, "", h.level) not in counted and (a, f, h.level) not in counted:
                names.setdefault((a, f, h.level), (h.agency, h.field, h.level))
        return sorted(names.values())

    def _within(self, own: str | None, what: str | None, level: str | None) -> list[_Keyed]:
        """The holdings of a scope, looked for where there are the fewest."""
        some = self._holdings
        if own is not None:
            some = self._by_agency.get(own, [])
        elif what is not None:
            some = self._by_field.get(what, [])
        return [one for one in some if (what is None or one[1] == what) and (level is None or one[2].level == level)]

    def scope(self, *, agency: str | None = None, field: str | None = None, level: str | None = None) -> ScopeProgress:
        own = agency_key(agency) if agency is not None else None
        what = field_key(field) if field is not None else None
        rows = [
            one
            for one in self._inventory
            if (own is None or one[0] == own)
            and (what is None or one[1] == what)
            and (level is None or one[2].level == level)
        ]
        # A row for all fields of an agency holds those of single fields already.
        whole = {(a, r.level) for a, f, r in rows if not f}
        rows = [(a, f, r) for a, f, r in rows if not f or (a, r.level) not in whole]
        mine = self._within(own, what, level)
        in_rows: _Scoped = {(a, f, r.level) for a, f, r in rows}
        known = [(a, f, r) for a, f, r in rows if r.valid_count is not None]
        counted: _Scoped = {(a, f, r.level) for a, f, r in known}
        open_scopes = any(not _in(one, in_rows) for one in mine)
        partial = bool(known) and (len(known) < len(rows) or open_scopes)
        inventory = sum(r.valid_count or 0 for _, _, r in known) if known else None

        digitized = published = waiting = unclear = expired = ended = pages = 0
        valid: list[_Keyed] = []
        for one in mine:
            h = one[2]
            n = h.records
            pages += h.pages
            if h.status == "needs_review":
                waiting += n
            elif h.status in READ:
                if h.validity == "con_hieu_luc":
                    valid.append(one)
                    digitized += n
                    published += n if h.status == "published" else 0
                elif h.validity == "khong_ro":
                    unclear += n
            if h.validity in _OUT:
                expired += n
                ended += n if h.validity in ENDED else 0
        done = [one for one in valid if _in(one, counted)]
        counts_for_ratio = sum(h.records for _, _, h in done)
        ratio = round(100 * counts_for_ratio / inventory, 2) if inventory else None
        target = self._target(agency, field, level, known)
        ratio_target = target.ratio if target else None
        remaining = self._remaining(known, done) if inventory and ratio_target is not None else None
        pace = self._pace(h for _, _, h in (done if known else valid))
        missed: bool | None = None
        needed: float | None = None
        if remaining is not None:
            needed = None if self._left == 0 else round(remaining / self._left, 2)
            missed = remaining > 0 if self._left == 0 else pace * self._left + 1e-9 < remaining
        return ScopeProgress(
            agency=agency,
            field=field,
            level=level,
            inventory=inventory,
            inventory_year=max((r.year for _, _, r in known), default=None),
            inventory_partial=partial,
            digitized=digitized,
            published=published,
            waiting=waiting,
            unclear=unclear,
            expired=expired,
            ended=ended,
            pages=pages,
            ratio=ratio,
            target=ratio_target,
            target_source=target.source if target else None,
            gap=round(ratio_target - ratio, 2) if ratio is not None and ratio_target is not None else None,
            remaining=remaining,
            pace=round(pace, 2),
            per_day_needed=needed,
            missed=missed,
            over=bool(inventory and counts_for_ratio > inventory),
        )

    def _target(
        self, agency: str | None, field: str | None, level: str | None, known: Sequence[_Counted]
    ) -> TargetRow | None:
        """The target of one level; of several the average of the rows that have one, weighed by their inventory."""
        if level is not None:
            return self._targets.find(agency=agency, field=field, level=level, year=self._year)
        parts = [
            (r.valid_count or 0, t)
            for _, _, r in known
            if (t := self._targets.find(agency=r.agency, field=r.field, level=r.level, year=self._year)) is not None
        ]
        whole = sum(n for n, _ in parts)
        if not whole:
            return None
        ratio = sum(n * t.ratio for n, t in parts) / whole
        return TargetRow(
            level=known[0][2].level,
            year=self._year,
            ratio=round(ratio, 2),
            source="bình quân theo số kết quả có chỉ tiêu",
        )

    def _remaining(self, known: Sequence[_Counted], done: Sequence[_Keyed]) -> int:
        """What is missing row by row: too many in one field make up for nothing in another."""
        of_field: dict[tuple[str, str, str], int] = defaultdict(int)
        for a, f, h in done:
            of_field[a, f, h.level] += h.records
        of_agency: dict[tuple[str, str], int] = defaultdict(int)
        for (a, _, level), n in of_field.items():
            of_agency[a, level] += n
        missing = 0
        for a, f, r in known:
            target = self._targets.find(agency=r.agency, field=r.field, level=r.level, year=self._year)
            if target is None:
                continue
            there = of_field.get((a, f, r.level), 0) if f else of_agency.get((a, r.level), 0)
            missing += max(0, math.ceil((r.valid_count or 0) * target.ratio / 100 - 1e-9) - there)
        return missing

    def _pace(self, mine: Iterable[Holding]) -> float:
        """Results a working day over the last weeks, or since the first one when that is nearer."""
        days = [(h.day, h.records) for h in mine if h.records and h.status in READ and h.validity == "con_hieu_luc"]
        recent = [(d, n) for d, n in days if self._since.isoformat() <= d <= self._as_of.isoformat()]
        if not recent:
            return 0.0
        first = min(d for d, _ in days)
        since = max(self._since, date.fromisoformat(first))
        return sum(n for _, n in recent) / max(1, working_days(since, self._as_of))


def _flow(row: FlowRow) -> FlowProgress:
    def part(n: int | None, of: int | None) -> float | None:
        return round(100 * n / of, 2) if n is not None and of else None

    return FlowProgress(
        agency=row.agency,
        level=row.level,
        period_from=row.period_from,
        period_to=row.period_to,
        received=row.received,
        electronic_results=part(row.electronic_results, row.paper_results),
        digitized=part(row.digitized, row.received),
        reused=part(row.reused, row.received),
        shared=part(row.shared, row.received),
    )
