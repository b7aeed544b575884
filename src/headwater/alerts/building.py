"""Puts the services of this slice together."""

from dataclasses import dataclass

from headwater.alerts.evaluate import Evaluator
from headwater.alerts.queue import Queues
from headwater.alerts.routes import routes
from headwater.alerts.schedule import SweepSchedule
from headwater.alerts.service import Alerts
from headwater.alerts.snapshot import SnapshotReader
from headwater.alerts.sweep import Sweeper
from headwater.alerts.waiting import Waiting
from headwater.alerts.watches import Watches
from headwater.db.database import Database
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.kernel.settings import Settings
from headwater.records.building import RecordsSlice
from headwater.web.route import Route


@dataclass(frozen=True)
class AlertsSlice:
    """What other slices use of this one."""

    alerts: Alerts
    queues: Queues
    sweeper: Sweeper
    schedule: SweepSchedule
    waiting: Waiting
    routes: list[Route]


def build_alerts(
    clock: Clock, settings: Settings, events: Events, records: RecordsSlice, database: Database
) -> AlertsSlice:
    """The services, subscribed to record changes from now on."""
    calendar = Calendar(settings.time_zone, settings.week_start, clock.now)
    watches = Watches(records.catalogue, calendar)
    evaluator = Evaluator(watches, records.records, events)
    events.subscribe(evaluator, evaluator.is_interested)
    sweeper = Sweeper(clock, watches, events)
    alerts = Alerts(clock, settings, records.catalogue, watches, sweeper, events)
    queues = Queues(clock, watches, SnapshotReader(records.records), events)
    waiting = Waiting(events)
    return AlertsSlice(
        alerts=alerts,
        queues=queues,
        sweeper=sweeper,
        schedule=SweepSchedule(sweeper, database, settings.sweep_seconds),
        waiting=waiting,
        routes=routes(alerts, queues, sweeper, waiting),
    )
