"""`/api/alerts`: alerts and, in the native form, their queues (wire/native.md section 5)."""

from functools import partial
from typing import Any

from headwater.alerts.queue import Polled, Queues
from headwater.alerts.service import Alerts, AlertState
from headwater.alerts.sweep import Sweeper
from headwater.alerts.views import (
    AlertPage,
    AlertPreview,
    AlertSettings,
    AlertsQuery,
    AlertView,
    Count,
    Finish,
    FinishAnswer,
    NewAlert,
    Poll,
    PollAnswer,
    Queued,
    Released,
    alert_view,
    queued_record,
)
from headwater.alerts.waiting import Waiting
from headwater.web.answer import Answer, with_revision
from headwater.web.call import Call
from headwater.web.paging import cursor_id, encode_cursor, path_id
from headwater.web.route import Route


def routes(alerts: Alerts, queues: Queues, sweeper: Sweeper, waiting: Waiting) -> list[Route]:
    """The routes over these services."""
    setting = _Alerts(alerts, sweeper)
    draining = _Queues(queues, waiting)
    tags: dict[str, Any] = {"scope": "alerts", "tag": "Alerts"}
    one = "/api/alerts/{alert}"
    return [
        Route("GET", "/api/alerts", setting.list, "List alerts", query=AlertsQuery, answer=AlertPage, **tags),
        Route(
            "POST", "/api/alerts", setting.create, "Create an alert", NewAlert, AlertView, status=201, **tags
        ),
        Route(
            "POST",
            "/api/alerts/preview",
            setting.preview,
            "Count matching records",
            AlertPreview,
            Count,
            **tags,
        ),
        Route("GET", one, setting.get, "Get an alert", answer=AlertView, **tags),
        Route("PATCH", one, setting.update, "Change an alert", AlertSettings, AlertView, **tags),
        Route("DELETE", one, setting.delete, "Delete an alert", status=204, **tags),
        Route("POST", f"{one}/backfill", setting.backfill, "Queue what matches now", answer=Queued, **tags),
        Route("POST", f"{one}/release", draining.release, "Release the open job", answer=Released, **tags),
        Route("POST", f"{one}/poll", draining.poll, "Poll the queue", Poll, PollAnswer, **tags),
        Route("POST", f"{one}/finish", draining.finish, "Finish a job", Finish, FinishAnswer, **tags),
    ]


class _Alerts:
    def __init__(self, alerts: Alerts, sweeper: Sweeper) -> None:
        self._alerts = alerts
        self._sweeper = sweeper

    async def list(self, call: Call) -> AlertPage:
        query: AlertsQuery = call.query
        after = cursor_id(query.cursor) if query.cursor else 0
        found = await call.read(
            lambda tx: self._alerts.list(tx, call.actor, after, query.limit + 1, query.module)
        )
        shown = found[: query.limit]
        more = encode_cursor([shown[-1].alert.id]) if len(found) > query.limit else None
        return AlertPage([alert_view(state) for state in shown], more)

    async def create(self, call: Call) -> Answer:
        body: NewAlert = call.body
        answer = await call.write(lambda tx: _created(self._alerts.create(tx, call.actor, body.given())))
        view: AlertView = answer.value
        if view.trigger == "one_time_filter" and view.queued:
            # The rest of a large module; what is cut off by a crash is found by the next sweep.
            await self._sweeper.sweep_alert(call.database, view.id)
        return answer

    async def get(self, call: Call) -> Answer:
        return _shown(await call.read(lambda tx: self._alerts.get(tx, call.actor, _alert_id(call))))

    async def update(self, call: Call) -> Answer:
        body: AlertSettings = call.body
        alert_id, if_match = _alert_id(call), call.if_match
        return _shown(
            await call.write(
                lambda tx: self._alerts.update(tx, call.actor, alert_id, body.given(), if_revision=if_match)
            )
        )

    async def delete(self, call: Call) -> None:
        alert_id, if_match = _alert_id(call), call.if_match
        await call.write(lambda tx: self._alerts.delete(tx, call.actor, alert_id, if_revision=if_match))

    async def preview(self, call: Call) -> Count:
        body: AlertPreview = call.body
        return Count(await call.scan(lambda tx: self._alerts.preview(tx, call.actor, body.given())))

    async def backfill(self, call: Call) -> Queued:
        backfill = partial(self._alerts.backfill, actor=call.actor, alert_id=_alert_id(call))
        queued, after = await call.database.write(backfill)
        while after is not None:
            count, after = await call.database.write(partial(backfill, after_record=after))
            queued += count
        return Queued(queued)


class _Queues:
    def __init__(self, queues: Queues, waiting: Waiting) -> None:
        self._queues = queues
        self._waiting = waiting

    async def poll(self, call: Call) -> PollAnswer:
        body: Poll = call.body
        alert_id, queues = _alert_id(call), self._queues
        await self._waiting.until(
            lambda: call.read(lambda tx: queues.has_waiting(tx, call.actor, alert_id)),
            alert_id,
            body.wait_seconds,
        )
        return await call.write(
            lambda tx: _polled(queues.poll(tx, call.actor, queues.known_alert(tx, alert_id), body.limit))
        )

    async def finish(self, call: Call) -> FinishAnswer:
        body: Finish = call.body
        alert_id, queues = _alert_id(call), self._queues
        released = {record.id: record.delay_seconds for record in body.release}
        done = await call.write(
            lambda tx: queues.finish(
                tx, call.actor, queues.alert_of_id(tx, alert_id), body.job_uuid, released
            )
        )
        return FinishAnswer(done.cleared, done.released)

    async def release(self, call: Call) -> Released:
        alert_id, queues = _alert_id(call), self._queues
        return Released(
            await call.write(lambda tx: queues.release(tx, call.actor, queues.alert_of_id(tx, alert_id)))
        )


def _polled(polled: Polled) -> PollAnswer:
    items = polled.snapshot.items if polled.snapshot else []
    return PollAnswer(polled.job_uuid, [queued_record(item) for item in items])


def _created(state: AlertState) -> Answer:
    view = alert_view(state)
    return with_revision(view, view.revision, status=201, location=f"/api/alerts/{view.id}")


def _shown(state: AlertState) -> Answer:
    # its counters move without a new revision
    return with_revision(alert_view(state), state.alert.revision, is_live=True)


def _alert_id(call: Call) -> int:
    return path_id(call.path["alert"], "alert_unknown")
