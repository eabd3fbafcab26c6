"""Số liệu chất lượng: what was settled beside what the machine said, samples of batches, calibration."""

from __future__ import annotations

import secrets
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from schemas.base import Frozen
from schemas.errors import LeaseLost
from storage.counts import batch_counts, batch_records, score_counts
from storage.database import Database
from storage.desk_models import groups, sample_members, samples, settled
from storage.ledger import now_text

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
            sa.select(batch_records.c.record_id)
            .where(batch_records.c.batch == batch, batch_records.c.status == "accepted")
            .order_by(batch_records.c.record_id)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def lots(self) -> dict[str, int]:
        """Batch -> how many records ``lot`` has."""
        number = sa.func.sum(batch_counts.c.n)
        query = sa.select(batch_counts.c.batch, number).where(batch_counts.c.status == "accepted")
        with self._database.read() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(query.group_by(batch_counts.c.batch))}

    def sampled_batches(self) -> frozenset[str]:
        """Batches that a sample was ever drawn from."""
        with self._database.read() as connection:
            return frozenset(connection.execute(sa.select(samples.c.batch).distinct()).scalars())

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

    def sampled_shares(self) -> dict[str, tuple[Share, ...]]:
        """For each batch ("" for papers without one) and item: sampled values looked at, and wrong ones."""
        wrong = sa.func.sum(sa.case((settled.c.right, 0), else_=1))
        query = (
            sa.select(settled.c.batch, settled.c.item, sa.func.count().label("looked"), wrong.label("wrong"))
            .where(settled.c.sampled, settled.c.sure)
            .group_by(settled.c.item, settled.c.batch)
            .order_by(settled.c.item)
        )
        found: dict[str, tuple[Share, ...]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                share = Share(item=row.item, looked=int(row.looked), wrong=int(row.wrong))
                found[row.batch or ""] = (*found.get(row.batch or "", ()), share)
        return found

    def calibration(self) -> tuple[CalibrationCell, ...]:
        """By month and tenth of the score: how many settled values, how many the machine had right."""
        n = score_counts.c.n
        looked, right = sa.func.sum(n), sa.func.sum(sa.case((score_counts.c.right, n), else_=0))
        cell = (score_counts.c.month, score_counts.c.tenth, score_counts.c.sure)
        query = sa.select(*cell, looked.label("looked"), right.label("good")).group_by(*cell).having(looked > 0)
        query = query.order_by(score_counts.c.month.desc(), score_counts.c.sure.desc(), score_counts.c.tenth.desc())
        with self._database.read() as connection:
            return tuple(
                CalibrationCell(
                    month=row.month,
                    low=max(0, int(row.tenth)) / 10,
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
