"""A whole application without a server, on each database, with the modules of a payments office in it."""

from dataclasses import dataclass

import msgspec
import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.alerts.views import alert_view
from headwater.app import App, build
from headwater.kernel.clock import FixedClock
from headwater.kernel.settings import Settings
from headwater.wire.fluxx.batch import batch_body

OWNER = {"handle": "owner", "fields": [{"name": "country", "kind": "String"}]}
PAYMENT = {
    "handle": "payment",
    "fields": [
        {"name": "title", "kind": "String"},
        {"name": "amount", "kind": "Number", "scale": 2},
        {"name": "due", "kind": "DateTime"},
        {"name": "tags", "kind": "String", "multi": True},
        {"name": "is_paid", "kind": "Bool"},
        {"name": "owner_id", "kind": "Record", "module": "owner"},
        {"name": "status", "kind": "State", "states": ["draft", "ready", "paid"]},
    ],
}
ALERT = {"name": "Payments ready", "module": "payment", "trigger": "state", "states": ["ready"]}


@dataclass
class Office:
    """Short words for what the tests do; each is one transaction."""

    app: App
    clock: FixedClock
    actor: Actor = SYSTEM

    def write(self, work):
        return self.app.database.write_now(work)

    def read(self, work):
        return self.app.database.read_now(work)

    def pay(self, **values) -> int:
        """A new payment."""
        return self.write(lambda tx: self.app.records.records.create(tx, SYSTEM, "payment", values)).id

    def own(self, **values) -> int:
        """A new owner."""
        return self.write(lambda tx: self.app.records.records.create(tx, SYSTEM, "owner", values)).id

    def change(self, record_id, **values):
        self.write(lambda tx: self.app.records.records.update(tx, SYSTEM, "payment", record_id, values))

    def delete(self, record_id):
        self.write(lambda tx: self.app.records.records.delete(tx, SYSTEM, "payment", record_id))

    def restore(self, record_id):
        self.write(lambda tx: self.app.records.records.restore(tx, SYSTEM, "payment", record_id))

    def alert(self, **settings):
        """A new alert, as the API shows it."""
        made = self.write(lambda tx: self.app.alerts.alerts.create(tx, self.actor, {**ALERT, **settings}))
        return alert_view(made)

    def edit(self, alert, **settings):
        alerts = self.app.alerts.alerts
        return alert_view(self.write(lambda tx: alerts.update(tx, self.actor, alert.id, settings)))

    def state(self, alert):
        """The alert as it is now."""
        return alert_view(self.read(lambda tx: self.app.alerts.alerts.get(tx, self.actor, alert.id)))

    def totals(self, alert) -> tuple[int, int]:
        """Records queued, records processing."""
        now = self.state(alert)
        return now.queued, now.processing

    def poll_bytes(self, alert) -> bytes:
        """The body that a Fluxx client gets."""
        queues = self.app.alerts.queues
        return self.write(
            lambda tx: batch_body(queues.poll(tx, self.actor, queues.known_queue(tx, alert.queue_uuid)))
        )

    def poll(self, alert) -> "Job":
        """The same, decoded."""
        return msgspec.json.decode(self.poll_bytes(alert), type=Job)

    def finish(self, alert, job_uuid, **more):
        queues = self.app.alerts.queues
        return self.write(
            lambda tx: queues.finish(
                tx, self.actor, queues.alert_of_queue(tx, alert.queue_uuid), job_uuid, **more
            )
        )

    def drain(self, alert) -> list[int]:
        """Poll and finish until nothing waits; the records that came, in order."""
        ids = []
        while (job := self.poll(alert)).job_uuid is not None:
            ids += job.ids
            self.finish(alert, job.job_uuid)
        return ids

    def sweep(self) -> int:
        return self.write(self.app.alerts.sweeper.sweep)

    def waiting(self, alert) -> list[int]:
        """Ids of the waiting records in their order, without taking them."""
        sql = "select record_id from queue_entry where alert_id = ? order by position"
        return [row[0] for row in self.read(lambda tx: tx.all(sql, (alert.id,)))]


class Job(msgspec.Struct):
    """A decoded answer to `queue`."""

    job_uuid: str | None
    data: list[dict]

    @property
    def ids(self) -> list[int]:
        return [entry["identity"] for entry in self.data]

    @property
    def record_data(self) -> list[dict]:
        return [entry["recordData"] for entry in self.data]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request, tmp_path, clock):
    """The office on either database, with its two modules and no alert."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    app = build(Settings(data=tmp_path / "data", database_url=url), clock)
    app.database.write_now(
        lambda tx: [app.records.modules.create(tx, SYSTEM, each) for each in (OWNER, PAYMENT)]
    )
    yield Office(app, clock)
    app.database.close()
