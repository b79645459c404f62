"""100,000 participants of 400 units: how long it takes, in how much memory, and how long answers wait meanwhile."""

import resource
import threading
import time
import uuid
from datetime import UTC, date, datetime
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, text

from benchmarks.measures import Measure
from cem.migrations import upgrade
from cem.operations.models import OperationalMetric
from cem.people.models import Employee
from cem.rewards.calculating import calculate_run
from cem.rewards.models import KpiSnapshot, Participant, RewardPlan, RewardRun
from cem.rewards.snapshots import Snapshot
from cem.rewards.terms import Terms
from surveys.database import Database, create_database, new_id
from surveys.models import Unit

PEOPLE, UNITS = 100_000, 400
NOW = datetime(2025, 10, 5, 8, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Tehran")


def rewards_measure() -> list[Measure]:
    """Filled in one process and calculated in another, so that the memory is that of the calculation alone."""
    with TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'cem.db'}"
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            run_id = pool.apply(_fill, (address,))
            cpu, before, after, longest = pool.apply(_calculate, (address, run_id))
    return [
        Measure("calculating 100,000 participants of 400 units, one core", f"{cpu:.1f} s", "", "<= 60 s", cpu <= 60),
        Measure(
            "memory that this adds", f"{after - before:.0f} MB", f"{before:.0f} MB", "<= 200 MB", after - before <= 200
        ),
        Measure("longest wait for the writer meanwhile", f"{1000 * longest:.0f} ms", "", "<= 2,000 ms", longest <= 2),
    ]


def _calculate(address: str, run_id: uuid.UUID) -> tuple[float, float, float, float]:
    """Seconds of the processor, memory before and at its peak in MB, and the longest wait of another writer."""
    database = create_database(address)
    before = _peak()
    waits, stop = [0.0], threading.Event()
    writer = threading.Thread(target=_write, args=(database, waits, stop))
    writer.start()
    started = time.process_time()
    for _ in calculate_run(database, NOW, "bench", run_id):
        pass
    cpu = time.process_time() - started
    stop.set()
    writer.join()
    database.close()
    return cpu, before, _peak(), max(waits)


def _write(database: Database, waits: list[float], stop: threading.Event) -> None:
    """Somebody who answers a survey waits for the writer like this."""
    while not stop.wait(0.01):
        started = time.perf_counter()
        with database.write() as session:
            session.execute(text("SELECT 1"))
        waits.append(time.perf_counter() - started)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _terms() -> Terms:
    measures = [
        {
            "code": f"m{place}",
            "source": {"from": "operation", "metric": f"m{place}"},
            "weight": 25,
            "threshold": 50,
            "target": 70,
            "stretch": 90,
            "guard": "cap_at_target",
            "insufficient": "redistribute",
        }
        for place in range(4)
    ]
    document = {"code": "bench", "names": {"en": "Bench"}, "plan_class": "staff", "measures": measures}
    return msgspec.convert(document, Terms, strict=False)


def _fill(address: str) -> uuid.UUID:
    database = create_database(address)
    upgrade(database)
    run_id, plan_id = new_id(NOW), new_id(NOW)
    units = [f"u{place:03}" for place in range(UNITS)]
    with database.write() as session:
        session.add(Unit(code="all", names={"en": "All"}, valid_from=date(2020, 1, 1)))
        session.flush()
        for unit in units:
            session.add(Unit(code=unit, parent="all", names={"en": unit}, valid_from=date(2020, 1, 1)))
        session.add_all([_metric(f"m{place}") for place in range(4)])
        session.add(
            RewardPlan(
                plan_id=plan_id,
                code="bench",
                version=1,
                terms=msgspec.to_builtins(_terms()),
                status="agreed",
                created_at=NOW,
                created_by="bench",
            )
        )
        session.flush()
        session.add(
            RewardRun(
                run_id=run_id,
                plan_id=plan_id,
                plan_code="bench",
                period="2025-Q3",
                revision=1,
                first_day=date(2025, 7, 1),
                last_day=date(2025, 9, 30),
                shadow=False,
                status="locked",
                priors={},
                pool=PEOPLE * 9_000_000,
                opened_at=NOW,
                locked_at=NOW,
            )
        )
        session.flush()
        snapshots = [_snapshot(unit, place, number) for number, unit in enumerate(units) for place in range(4)]
        session.execute(
            insert(KpiSnapshot),
            [
                {
                    "run_id": run_id,
                    "measure": one.measure,
                    "unit": one.unit,
                    "document": msgspec.to_builtins(one),
                    "digest": one.digest,
                }
                for one in snapshots
            ],
        )
        numbers = [f"{place:06}" for place in range(PEOPLE)]
        person = {"full_name": "Somebody", "grade": "7", "region": "", "cost_centre": "100", "language": "fa"}
        session.execute(insert(Employee), [{"employee_no": number, **person} for number in numbers])
        session.execute(
            insert(Participant),
            [
                {
                    "plan_code": "bench",
                    "period": "2025-Q3",
                    "employee_no": number,
                    "unit": units[place % UNITS],
                    "target_amount": 10_000_000 + 1_000 * (place % 977),
                    "eligible_days": 92 - place % 31,
                    "share": Fraction(1),
                }
                for place, number in enumerate(numbers)
            ],
        )
    database.close()
    return run_id


def _metric(code: str) -> OperationalMetric:
    return OperationalMetric(
        code=code,
        name_fa=code,
        name_en=code,
        explanation_fa="",
        explanation_en="",
        kind="share",
        unit_fa="",
        unit_en="",
        census=False,
        lower_is_better=False,
        owner="",
        source="",
        expected_every_days=92,
        kpi="",
        touchpoint="",
    )


def _snapshot(unit: str, place: int, number: int) -> Snapshot:
    """Shares with denominators that have little in common, so that sums of fractions are as long as they get."""
    n = 211 + 2 * ((number * 37 + place * 101) % 491)
    k = n * (60 + (number * 13 + place * 7) % 30) // 100
    return Snapshot(
        measure=f"m{place}",
        unit=unit,
        kind="share",
        n=n,
        source={},
        first_day="2025-07-01",
        last_day="2025-09-30",
        until=NOW.isoformat(),
        value=str(Fraction(100 * k, n)),
        low=str(Fraction(100 * k, n) - 5),
        high=str(Fraction(100 * k, n) + 5),
        numerator=str(k),
        denominator=str(n),
    )
