"""Kế hoạch trong danh mục: plans, what became of their tasks, imported figures, and the facts that progress counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from schemas.progress import FigureKind, FlowRow, FollowUp, Holding, InventoryRow, TargetRow, Validity
from schemas.record import Record
from storage.database import Database
from storage.holdings import (
    CHANGED,
    add_up,
    changes,
    count_all,
    out_of_the_common,
    out_on,
    read_holdings,
    read_months,
    validity_on,
)
from storage.models import records
from storage.plan_tables import endings, fact_counts, facts, facts_due, figures, out_of_force, plan_follow
from storage.spans import Said, Span, spans_of

PLAN_MARK = "KH"  # in the number of every plan (KH-UBND, KH/TU)
_CHUNK = 500
_FEW = 5000  # results that are looked up one by one rather than found by walking
HIDDEN = ("quarantined", "duplicate")
_ROWS: dict[FigureKind, type[InventoryRow] | type[TargetRow] | type[FlowRow]] = {
    "inventory": InventoryRow, "targets": TargetRow, "flow": FlowRow,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stale:
    """A record as of a revision, whose facts are to be taken; ``record`` None where it is gone."""

    record_id: str
    revision: int
    record: Record | None


def figures_of_entry(body: bytes) -> tuple[FigureKind, tuple[Any, ...]]:
    """Kind and rows of a journal entry of imported figures. Raises ValueError, KeyError, TypeError for what is none."""
    tree = json.loads(body)
    kind: FigureKind = tree["kind"]
    return kind, tuple(_ROWS[kind].model_validate(row) for row in tree["rows"])


def entry_rows(stream: str, body: bytes) -> tuple[str, ...]:
    """What the catalogue takes in of a journal entry, as ``Plans.entries`` gives it back. Raises as above."""
    if stream == "follow":
        return (FollowUp.model_validate_json(body).model_dump_json(),)
    return tuple(row.model_dump_json() for row in figures_of_entry(body)[1])


class Plans:
    """The tables of plans and progress. Every method is one transaction, ``catch_up`` several."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Record, ...]:
        """Every plan, the last one taken in first."""
        query = (
            sa.select(records.c.body)
            .where(records.c.kind == "plan", records.c.status != "quarantined")
            .order_by(records.c.created_at.desc(), records.c.record_id)
        )
        with self._database.read() as connection:
            return tuple(Record.model_validate_json(b) for b in connection.execute(query).scalars())

    def revisions(self) -> dict[str, int]:
        """Every plan with its revision, the last one taken in first."""
        query = (
            sa.select(records.c.record_id, records.c.revision)
            .where(records.c.kind == "plan", records.c.status != "quarantined")
            .order_by(records.c.created_at.desc(), records.c.record_id)
        )
        with self._database.read() as connection:
            return {row.record_id: row.revision for row in connection.execute(query)}

    def some(self, ids: Sequence[str]) -> Iterator[Record]:
        """These plans."""
        for begin in range(0, len(ids), _CHUNK):
            query = sa.select(records.c.body).where(records.c.record_id.in_(ids[begin : begin + _CHUNK]))
            with self._database.read() as connection:
                bodies = connection.execute(query).scalars().all()
            yield from (Record.model_validate_json(body) for body in bodies)

    def stamp(self) -> tuple[int, int, str]:
        """Changes whenever a plan comes, goes or is written: how many there are, how often written, when last."""
        written, last = sa.func.coalesce(sa.func.sum(records.c.revision), 0), sa.func.max(records.c.updated_at)
        query = sa.select(sa.func.count(), written, last).where(
            records.c.kind == "plan", records.c.status != "quarantined"
        )
        with self._database.read() as connection:
            count, revisions, at = connection.execute(query).one()
        return int(count), int(revisions), at or ""

    def last_entry(self, stream: str) -> int:
        """The number of the newest journal entry taken in."""
        column = plan_follow.c.seq if stream == "follow" else figures.c.seq
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.max(column))).scalar() or 0)

    def entries(self, stream: str) -> dict[int, tuple[str, ...]]:
        """What was taken in of each journal entry: number -> its rows as JSON, in order."""
        found: dict[int, tuple[str, ...]] = {}
        if stream == "follow":
            query = sa.select(plan_follow.c.seq, plan_follow.c.body).order_by(plan_follow.c.seq)
        else:
            query = sa.select(figures.c.seq, figures.c.body).order_by(figures.c.seq, figures.c.row)
        with self._database.read() as connection:
            for seq, body in connection.execute(query):
                found[seq] = (*found.get(seq, ()), body)
        return found

    def take_follow(self, seq: int, entry: FollowUp) -> None:
        with self._database.write() as connection:
            connection.execute(plan_follow.delete().where(plan_follow.c.seq == seq))
            connection.execute(
                plan_follow.insert().values(
                    seq=seq, plan_id=entry.plan_id, task_id=entry.task_id, body=entry.model_dump_json()
                )
            )

    def follow(self, plan_id: str | None = None) -> tuple[FollowUp, ...]:
        """All that was said of the tasks of a plan (or of all), oldest first."""
        query = sa.select(plan_follow.c.body).order_by(plan_follow.c.seq)
        if plan_id is not None:
            query = query.where(plan_follow.c.plan_id == plan_id)
        with self._database.read() as connection:
            return tuple(FollowUp.model_validate_json(b) for b in connection.execute(query).scalars())

    def take_figures(self, seq: int, kind: FigureKind, rows: Iterable[Any]) -> None:
        with self._database.write() as connection:
            connection.execute(figures.delete().where(figures.c.seq == seq))
            values = [
                {"seq": seq, "row": k, "kind": kind, "body": row.model_dump_json()} for k, row in enumerate(rows, 1)
            ]
            if values:
                connection.execute(figures.insert(), values)

    def figures(self, kind: FigureKind) -> tuple[Any, ...]:
        """Imported rows of a kind, oldest import first."""
        query = sa.select(figures.c.body).where(figures.c.kind == kind).order_by(figures.c.seq, figures.c.row)
        with self._database.read() as connection:
            return tuple(_ROWS[kind].model_validate_json(b) for b in connection.execute(query).scalars())

    def forget(self) -> None:
        """Empty everything that is made from elsewhere (``rebuild``)."""
        with self._database.write() as connection:
            for table in (plan_follow, figures, facts, endings, out_of_force, facts_due):
                connection.execute(table.delete())
            connection.execute(fact_counts.delete().where(fact_counts.c.period != CHANGED))
            add_up(connection, (), ())
            every = sa.select(records.c.record_id, records.c.revision)
            connection.execute(facts_due.insert().from_select(["record_id", "revision"], every))

    def stale(self, *, limit: int = _CHUNK) -> tuple[Stale, ...]:
        """Records whose facts are missing or older than the record; without a record where it is gone."""
        query = (
            sa.select(facts_due.c.record_id, facts_due.c.revision, records.c.revision.label("now"), records.c.body)
            .outerjoin(records, records.c.record_id == facts_due.c.record_id)
            .order_by(facts_due.c.record_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Stale(r.record_id, r.now or r.revision, Record.model_validate_json(r.body) if r.body else None)
            for r in rows
        )

    def count_stale(self) -> int:
        """How many records progress does not count as they are now."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(facts_due)).scalar_one())

    def take_facts(
        self, taken: Sequence[Stale], many: Iterable[dict[str, Any]], ended: Iterable[dict[str, Any]] = ()
    ) -> None:
        """Rows of the tables ``facts`` and ``endings`` of these records, over what was there, counted anew."""
        rows, ends = list(many), list(ended)
        ids = [one.record_id for one in taken]
        with self._database.write() as connection:
            if not self._database.is_sqlite:  # two at once would both take the old facts out of the counts
                connection.execute(sa.text("lock table facts in share row exclusive mode"))
            found = connection.execute(sa.select(facts).where(facts.c.record_id.in_(ids))).mappings()
            old = [dict(row) for row in found]
            spoke = endings.c.record_id.in_(ids)
            said = connection.execute(sa.select(sa.func.count()).select_from(endings).where(spoke)).scalar_one()
            connection.execute(facts.delete().where(facts.c.record_id.in_(ids)))
            connection.execute(endings.delete().where(spoke))
            if rows:
                connection.execute(facts.insert(), rows)
            if ends:
                connection.execute(endings.insert(), ends)
            add_up(connection, old, rows)
            for one in taken:
                mine = facts_due.c.record_id == one.record_id
                connection.execute(facts_due.delete().where(mine, facts_due.c.revision <= one.revision))
            keys = {row["number_key"] for row in (*old, *rows)} - {""}
            # Only here do counts and spans change, and ``add_up`` has said so.
            if _settle(connection, ids, keys) or said or ends:
                _write_spans(connection)

    def holdings(self, as_of: date, *, days: int = 28) -> tuple[Holding, ...]:
        """Records of procedure results, counted by everything that progress tells apart, valid as of a day.

        Their day of digitizing is the first one within the last ``days`` days, else one before or after all days.
        """
        with self._database.read() as connection:
            return read_holdings(connection, as_of, days=days)

    def changes(self) -> int:
        """How often what is counted has changed: what was counted at the same number still holds."""
        with self._database.read() as connection:
            return changes(connection)

    def count_all(self) -> int:
        """How many results are counted."""
        with self._database.read() as connection:
            return count_all(connection)

    def months(self, statuses: Sequence[str]) -> dict[str, int]:
        """How many results of these states were digitized, by month ("2026-01")."""
        with self._database.read() as connection:
            return read_months(connection, statuses)

    def members(
        self, as_of: date, *, agencies: tuple[str, ...] | None, fields: tuple[str, ...] | None, level: str | None,
        validities: Sequence[Validity], statuses: tuple[str, ...] | None, total: int, limit: int, offset: int,
    ) -> tuple[Record, ...]:  # fmt: skip
        """One page of the ``total`` records behind a number. No ``validities``: of any."""
        day = as_of.isoformat()
        ended = out_on(day)
        query = sa.select(facts.c.record_id).where(facts.c.status != "")
        if agencies is not None:
            query = query.where(facts.c.agency.in_(agencies))
        if fields is not None:
            query = query.where(facts.c.field.in_(fields))
        if level is not None:
            query = query.where(facts.c.level == level)
        if statuses is not None:
            query = query.where(facts.c.status.in_(statuses))
        if validities:
            query = query.outerjoin(ended, ended.c.target == facts.c.record_id)
            query = query.where(validity_on(day, ended).in_(validities))
            if (
                agencies is None
                and fields is None
                and total < _FEW
                and not set(validities) & {"con_hieu_luc", "khong_ro"}
            ):
                expired = sa.select(facts.c.record_id).where(facts.c.valid_to < day)
                query = query.where(
                    sa.or_(*(facts.c.record_id.in_(some) for some in (out_of_the_common(day), expired)))
                )
        with self._database.read() as connection:
            ids = connection.execute(query.order_by(facts.c.record_id).limit(limit).offset(offset)).scalars().all()
            bodies = connection.execute(
                sa.select(records.c.body).where(records.c.record_id.in_(ids)).order_by(records.c.record_id)
            )
            return tuple(Record.model_validate_json(b) for b in bodies.scalars())

    def citing(self, number: str) -> tuple[str, ...]:
        """Ids of records that cite this number."""
        mark = json.dumps(number.upper(), ensure_ascii=False)
        query = (
            sa.select(facts.c.record_id)
            .where(facts.c.cited.contains(mark, autoescape=True))
            .where(facts.c.cites_plan.is_(True) if PLAN_MARK in number.upper() else sa.true())
            .order_by(facts.c.record_id)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query.limit(200)).scalars())


def _meant(rows: Sequence[Any]) -> str | None:
    """Which of the records with the number an ending means: rows of one ending, ``other`` empty without one."""
    there = [row for row in rows if row.other is not None]
    own = [row for row in there if row.agency and row.agency == row.by_agency]
    if rows[0].issued is not None:
        dated = [row for row in there if row.other_issued == row.issued]
        some = dated if len(dated) == 1 else [row for row in dated if row in own]
    else:
        some = [row for row in own if row.other_issued is None or row.other_issued <= row.day]
    return str(some[0].other) if len(some) == 1 else None


def _settle(connection: sa.Connection, ids: Sequence[str], keys: set[str]) -> bool:
    """Find the record that each ending means, where records ``ids`` or papers of these numbers have a part in it.

    A number with its day means the record of both; where two agencies have such a one, and for a number without a
    day, that of the agency that ends it. Where that leaves none or several, nothing is ended. Whether anything changed.
    """
    by = facts.alias("by")
    query = (
        sa.select(
            endings.c.record_id, endings.c.n, endings.c.target, endings.c.issued, endings.c.day,
            by.c.agency.label("by_agency"), facts.c.record_id.label("other"), facts.c.agency,
            facts.c.issued.label("other_issued"),
        )
        .outerjoin(by, by.c.record_id == endings.c.record_id)
        .outerjoin(
            sa.join(facts, records, records.c.record_id == facts.c.record_id),
            sa.and_(
                facts.c.number_key == endings.c.number_key, facts.c.record_id != endings.c.record_id,
                records.c.status.not_in(HIDDEN),
            ),
        )
        .where(sa.or_(endings.c.record_id.in_(ids), endings.c.number_key.in_(keys), endings.c.target.in_(ids)))
    )  # fmt: skip
    found: dict[tuple[str, int], list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault((row.record_id, row.n), []).append(row)
    changed = False
    for (record_id, n), rows in found.items():
        target = _meant(rows)
        if target != rows[0].target:
            mine = (endings.c.record_id == record_id, endings.c.n == n)
            connection.execute(endings.update().where(*mine).values(target=target))
            changed = True
    return changed


def _write_spans(connection: sa.Connection) -> None:
    """What follows from all that records say of one another; those set aside say nothing."""
    query = (
        sa.select(endings.c.record_id, endings.c.target, endings.c.kind, endings.c.day)
        .join(records, records.c.record_id == endings.c.record_id)
        .where(endings.c.target.is_not(None), records.c.status.not_in(HIDDEN))
    )
    wanted = spans_of(Said(r.record_id, r.target, r.kind, r.day) for r in connection.execute(query))
    there = {Span(*row) for row in connection.execute(sa.select(out_of_force))}
    for span in there - wanted:
        same = (column == getattr(span, column.name) for column in out_of_force.c)
        connection.execute(out_of_force.delete().where(*same))
    if wanted - there:
        connection.execute(out_of_force.insert(), [asdict(span) for span in sorted(wanted - there)])
