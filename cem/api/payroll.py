"""`/api/v1/payroll`: what is to be paid, for the payroll system, and its word that it was."""

import uuid
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.errors import NotFound
from cem.rewards.models import PayrollBatch, RewardRun
from cem.rewards.payroll import acknowledge_batch, payroll_json
from cem.rewards.periods import RewardPeriod
from surveys.database import utc_now


class BatchOut(msgspec.Struct):
    """A batch with its control totals; its rows are at `/api/v1/payroll/batches/{batch}`."""

    batch: str
    plan: str
    period: str
    revision: int
    rows: int
    total: int
    digest: str
    made_at: datetime
    acknowledged_at: datetime | None


class AcknowledgementIn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What was paid, as the batch said it; other figures are refused, and saying it again changes nothing."""

    digest: Annotated[str, Meta(description="The digest of the batch.")]
    rows: Annotated[int, Meta(description="How many rows were paid.")]
    total: Annotated[int, Meta(description="Their sum, in whole units of the currency.")]


class PayrollApi(Controller):
    path = "/payroll/batches"
    tags = ("payroll",)
    opt = {"payroll": True}  # noqa: RUF012 - litestar reads it as it stands

    @get(sync_to_thread=True, summary="List the batches")
    def list_batches(self, reader: NamedDependency[Session], period: FromQuery[str | None] = None) -> list[BatchOut]:
        statement = select(PayrollBatch, RewardRun).join(RewardRun, RewardRun.run_id == PayrollBatch.run_id)
        if period is not None:
            statement = statement.where(RewardRun.period == RewardPeriod.parse(period).code)
        return [_out(batch, run) for batch, run in reader.execute(statement.order_by(PayrollBatch.batch_id))]

    @get("/{batch_id:uuid}", sync_to_thread=True, summary="Read a batch with its control sheet and rows")
    def show_batch(self, batch_id: FromPath[uuid.UUID], reader: NamedDependency[Session]) -> Response[bytes]:
        return Response(payroll_json(reader, _find(reader, batch_id)), media_type="application/json")

    @post("/{batch_id:uuid}/acknowledgement", sync_to_thread=True, status_code=200, summary="Say that a batch was paid")
    def acknowledge(
        self,
        request: Request[str, Any, Any],
        batch_id: FromPath[uuid.UUID],
        data: JSONBody[AcknowledgementIn],
        session: NamedDependency[Session],
    ) -> BatchOut:
        batch = _find(session, batch_id)
        acknowledge_batch(session, utc_now(), request.user, batch, digest=data.digest, rows=data.rows, total=data.total)
        return _out(batch, session.get_one(RewardRun, batch.run_id))


def _find(session: Session, batch_id: uuid.UUID) -> PayrollBatch:
    batch = session.get(PayrollBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch


def _out(batch: PayrollBatch, run: RewardRun) -> BatchOut:
    return BatchOut(
        batch=str(batch.batch_id),
        plan=run.plan_code,
        period=run.period,
        revision=run.revision,
        rows=batch.rows,
        total=batch.total,
        digest=batch.digest,
        made_at=batch.made_at,
        acknowledged_at=batch.acknowledged_at,
    )
