"""Kế hoạch trong danh mục: plans, what became of their tasks, imported figures, and the facts that progress counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from schemas.progress import FigureKind, FlowRow, FollowUp, Holding, InventoryRow, TargetRow, Validity
from schemas.record import Record
from storage.database import Database
from storage.models import records
from storage.plan_tables import endings, facts, figures, plan_follow

_CHUNK = 500
_HIDDEN = ("quarantined", "duplicate")
_ROWS: dict[FigureKind, type[InventoryRow] | type[TargetRow] | type[FlowRow]] = {
    "inventory": InventoryRow, "targets": TargetRow, "flow": FlowRow,
}  # fmt: skip


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
            for table in (plan_follow, figures, facts, endings):
                connection.execute(table.delete())

    def stale(self, *, limit: int = _CHUNK) -> tuple[tuple[int, Record], ...]:
        """Records whose facts are missing or older than the record, with their revision."""
        query = (
            sa.select(records.c.revision, records.c.body)
            .outerjoin(facts, facts.c.record_id == records.c.record_id)
            .where(sa.or_(facts.c.revision.is_(None), facts.c.revision != records.c.revision))
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple((row.revision, Record.model_validate_json(row.body)) for row in rows)

    def take_facts(self, many: Iterable[dict[str, Any]], ended: Iterable[dict[str, Any]] = ()) -> None:
        """Rows of the tables ``facts`` and ``endings`` of the same records, over what was there."""
        rows, ends = list(many), list(ended)
        with self._database.write() as connection:
            ids = [row["record_id"] for row in rows]
            connection.execute(facts.delete().where(facts.c.record_id.in_(ids)))
            connection.execute(facts.insert(), rows)
            connection.execute(endings.delete().where(endings.c.record_id.in_(ids)))
            if ends:
                connection.execute(endings.insert(), ends)

    def settle_endings(self) -> None:
        """Find the record that each ending means, again for all: a record that came in may be meant or a rival.

        A number with its day means the record of both; where two agencies have such a one, and for a number without a
        day, that of the agency that ends it. Where that leaves none or several, nothing is ended.
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
                    records.c.status.not_in(_HIDDEN),
                ),
            )
        )  # fmt: skip
        found: dict[tuple[str, int], list[Any]] = {}
        with self._database.write() as connection:
            for row in connection.execute(query):
                found.setdefault((row.record_id, row.n), []).append(row)
            for (record_id, n), rows in found.items():
                target = _meant(rows)
                if target != rows[0].target:
                    connection.execute(
                        endings.update().where(endings.c.record_id == record_id, endings.c.n == n).values(target=target)
                    )

    def holdings(self, as_of: date) -> tuple[Holding, ...]:
        """Records of procedure results, counted by everything that progress tells apart, valid as of a day."""
        ended = _ended(as_of.isoformat())
        validity = _validity(as_of.isoformat(), ended)
        digitized = facts.c.day
        keys = (facts.c.agency, facts.c.field, facts.c.level, records.c.status)
        query = (
            sa.select(
                *keys, validity.label("validity"), digitized.label("day"), sa.func.count().label("n"),
                sa.func.sum(facts.c.pages).label("pages"), sa.func.sum(facts.c.unsure).label("unsure"),
                sa.func.sum(facts.c.risk).label("risk"),
            )
            .join(facts, facts.c.record_id == records.c.record_id)
            .outerjoin(ended, ended.c.target == records.c.record_id)
            .where(records.c.kind == "procedure_result", records.c.status.not_in(_HIDDEN))
            .group_by(*keys, validity, digitized)
        )  # fmt: skip
        with self._database.read() as connection:
            return tuple(
                Holding(
                    agency=r.agency, field=r.field, level=r.level, status=r.status, validity=r.validity, day=r.day,
                    records=r.n, pages=int(r.pages or 0), unsure=int(r.unsure or 0), risk=float(r.risk or 0.0),
                )
                for r in connection.execute(query)
            )  # fmt: skip

    def members(
        self, as_of: date, *, agencies: tuple[str, ...] | None, fields: tuple[str, ...] | None, level: str | None,
        validities: Sequence[Validity], statuses: tuple[str, ...] | None, limit: int, offset: int,
    ) -> tuple[int, tuple[Record, ...]]:  # fmt: skip
        """(how many, one page of) the records behind a number. No ``validities``: of any."""
        ended = _ended(as_of.isoformat())
        query = (
            sa.select(records.c.record_id)
            .join(facts, facts.c.record_id == records.c.record_id)
            .outerjoin(ended, ended.c.target == records.c.record_id)
            .where(records.c.kind == "procedure_result", records.c.status.not_in(_HIDDEN))
        )
        if agencies is not None:
            query = query.where(facts.c.agency.in_(agencies))
        if fields is not None:
            query = query.where(facts.c.field.in_(fields))
        if level is not None:
            query = query.where(facts.c.level == level)
        if statuses is not None:
            query = query.where(records.c.status.in_(statuses))
        if validities:
            query = query.where(_validity(as_of.isoformat(), ended).in_(validities))
        with self._database.read() as connection:
            total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
            ids = query.order_by(records.c.record_id).limit(limit).offset(offset)
            bodies = connection.execute(
                sa.select(records.c.body).where(records.c.record_id.in_(ids)).order_by(records.c.record_id)
            )
            return int(total), tuple(Record.model_validate_json(b) for b in bodies.scalars())

    def citing(self, number: str) -> tuple[str, ...]:
        """Ids of records that cite this number."""
        mark = json.dumps(number.upper(), ensure_ascii=False)
        query = (
            sa.select(facts.c.record_id)
            .where(facts.c.cited.contains(mark, autoescape=True))
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


def _ended(day: str) -> sa.Subquery:
    """Records that another one had taken out of force by a day; revoked counts before replaced."""
    by = records.alias("ending_record")
    return (
        sa.select(endings.c.target, sa.func.max(endings.c.kind).label("kind"))
        .join(by, by.c.record_id == endings.c.record_id)
        .where(endings.c.target.is_not(None), endings.c.day <= day, by.c.status.not_in(_HIDDEN))
        .group_by(endings.c.target)
        .subquery("ended")
    )


def _validity(day: str, ended: sa.Subquery) -> sa.Case[str]:
    return sa.case(
        (ended.c.kind.is_not(None), ended.c.kind),
        (sa.and_(facts.c.valid_from.is_not(None), facts.c.valid_from > day), "chua_hieu_luc"),
        (sa.and_(facts.c.valid_to.is_not(None), facts.c.valid_to < day), "het_hieu_luc"),
        (facts.c.valid_to.is_not(None), "con_hieu_luc"),
        (facts.c.term.in_(("perpetual", "until_replaced")), "con_hieu_luc"),
        else_="khong_ro",
    )


def iter_stale(plans: Plans) -> Iterator[tuple[tuple[int, Record], ...]]:
    """Chunks of stale records until none is left."""
    while chunk := plans.stale():
        yield chunk
