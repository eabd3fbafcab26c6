"""Số liệu chất lượng: what was settled beside what the machine said, samples of batches, calibration."""

from __future__ import annotations

import secrets
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from schemas.errors import LeaseLost
from storage.database import Database
from storage.desk_models import groups, sample_members, samples, settled
from storage.ledger import now_text
from storage.models import items, records

SampleState = Literal["open", "passed", "failed", "returned"]


class SettledRow(Frozen):
    """One item that stands. ``sure``: the machine said so; ``right``: it was."""

    record_id: str
    item: str
    round: int
    batch: str | None
    how: str
    by: tuple[str, ...]
    at: str
    score: float
    sure: bool
    right: bool
    sampled: bool


class Sample(Frozen):
    """A sample drawn from a batch: ``size`` of ``lot`` records, accepted with at most ``accept`` wrong ones."""

    id: int
    batch: str
    drawn_at: str
    drawn_by: str
    lot: int
    size: int
    accept: int
    aql: float
    state: SampleState
    done: int = 0
    wrong: int = 0


class Share(Frozen):
    """``wrong`` of ``looked`` values of one item were not what the machine was sure of."""

    item: str
    looked: int
    wrong: int


class CalibrationCell(Frozen):
    """What a range of the machine's scores meant in one month (``2026-11``)."""

    month: str
    low: float
    sure: bool
    looked: int
    right: int


class Quality:
    """The tables ``desk_settled``, ``desk_samples`` and ``desk_groups``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_in(self, connection: sa.Connection, row: SettledRow) -> None:
        """Write a settlement; the same one again changes nothing."""
        insert = sqlite.insert(settled) if self._database.is_sqlite else postgresql.insert(settled)
        values = row.model_dump() | {"by": "|" + "".join(f"{login}|" for login in row.by)}
        connection.execute(
            insert.values(**values).on_conflict_do_update(index_elements=["record_id", "item", "round"], set_=values)
        )

    def lot(self, batch: str) -> tuple[str, ...]:
        """Records of the batch that the machine accepted by itself: what a sample is drawn from."""
        query = (
            sa.select(records.c.record_id)
            .where(records.c.status == "accepted", records.c.record_id.in_(_of_batch(batch)))
            .order_by(records.c.record_id)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def begin_sample_in(self, connection: sa.Connection, sample: Sample, members: tuple[str, ...]) -> int:
        """Write a drawn sample; its id."""
        values = sample.model_dump(exclude={"id", "done", "wrong"})
        done = connection.execute(samples.insert().values(**values))
        sample_id = int(done.inserted_primary_key[0])  # type: ignore[index]
        rows = [{"sample_id": sample_id, "record_id": record_id} for record_id in members]
        connection.execute(sample_members.insert(), rows)
        return sample_id

    def sample(self, batch: str) -> Sample | None:
        """The newest sample of the batch with how far it is: papers done, papers with something wrong."""
        query = sa.select(samples).where(samples.c.batch == batch).order_by(samples.c.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            members = sa.select(sample_members.c.record_id).where(sample_members.c.sample_id == row.id)
            done = connection.execute(
                sa.select(sa.func.count()).where(sample_members.c.sample_id == row.id, sample_members.c.done)
            ).scalar_one()
            wrong = connection.execute(
                sa.select(sa.func.count(sa.distinct(settled.c.record_id))).where(
                    settled.c.record_id.in_(members), settled.c.sampled, settled.c.at >= row.drawn_at, ~settled.c.right
                )
            ).scalar_one()
        fields = {name: getattr(row, name) for name in Sample.model_fields if name not in ("done", "wrong")}
        return Sample(**fields, done=int(done), wrong=int(wrong))

    def mark_member_in(self, connection: sa.Connection, record_id: str) -> None:
        """The sampled paper is done."""
        open_ones = sa.select(samples.c.id).where(samples.c.state == "open")
        connection.execute(
            sample_members.update()
            .where(sample_members.c.record_id == record_id, sample_members.c.sample_id.in_(open_ones))
            .values(done=True)
        )

    def members(self, sample_id: int) -> tuple[str, ...]:
        query = sa.select(sample_members.c.record_id).where(sample_members.c.sample_id == sample_id)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def judge(self, sample_id: int, state: SampleState) -> None:
        with self._database.write() as connection:
            connection.execute(samples.update().where(samples.c.id == sample_id).values(state=state))

    def sampled_shares(self, batch: str | None = None) -> tuple[Share, ...]:
        """For each item: how many sampled values were looked at, and how many were wrong."""
        wrong = sa.func.sum(sa.case((settled.c.right, 0), else_=1))
        query = (
            sa.select(settled.c.item, sa.func.count().label("looked"), wrong.label("wrong"))
            .where(settled.c.sampled, settled.c.sure)
            .group_by(settled.c.item)
            .order_by(settled.c.item)
        )
        if batch is not None:
            query = query.where(settled.c.batch == batch)
        with self._database.read() as connection:
            return tuple(
                Share(item=row.item, looked=int(row.looked), wrong=int(row.wrong)) for row in connection.execute(query)
            )

    def calibration(self) -> tuple[CalibrationCell, ...]:
        """By month and tenth of the score: how many settled values, how many the machine had right."""
        month = sa.func.substr(settled.c.at, 1, 7).label("month")
        # PostgreSQL rounds where SQLite cuts off: half a step less makes them one.
        half = 0.0 if self._database.is_sqlite else 0.5
        low = sa.cast(settled.c.score * 10 + 1e-9 - half, sa.Integer).label("low")
        right = sa.func.sum(sa.case((settled.c.right, 1), else_=0)).label("good")
        query = (
            sa.select(month, low, settled.c.sure, sa.func.count().label("looked"), right)
            .where(~settled.c.item.like("unreadable_page%"))
            .group_by(month, low, settled.c.sure)
            .order_by(month.desc(), settled.c.sure.desc(), low.desc())
        )
        with self._database.read() as connection:
            return tuple(
                CalibrationCell(
                    month=row.month,
                    low=min(9, max(0, int(row.low))) / 10,
                    sure=row.sure,
                    looked=int(row.looked),
                    right=int(row.good),
                )
                for row in connection.execute(query)
            )

    def keep_group(self, login: str, item: str, body: str, *, life_s: float) -> str:
        """Remember what a group page shows; its id."""
        group_id = secrets.token_hex(16)
        with self._database.write() as connection:
            connection.execute(groups.delete().where(sa.or_(groups.c.until < now_text(), groups.c.login == login)))
            connection.execute(
                groups.insert().values(id=group_id, login=login, item=item, body=body, until=now_text(life_s))
            )
        return group_id

    def end_group(self, group_id: str, login: str) -> tuple[str, str]:
        """(item, body) of a group page, once. Raises LeaseLost (E306) when it is gone or somebody else's."""
        with self._database.write() as connection:
            row = connection.execute(sa.select(groups).where(groups.c.id == group_id, groups.c.login == login)).first()
            connection.execute(groups.delete().where(groups.c.id == group_id, groups.c.login == login))
        if row is None or row.until < now_text():
            raise LeaseLost
        return row.item, row.body


def _of_batch(batch: str) -> sa.Select[Any]:
    return sa.select(items.c.record_id).where(items.c.batch == batch, items.c.record_id.is_not(None))
