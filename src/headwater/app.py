"""The composition root: builds every store and service once, and the one ASGI application over them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from headwater.accounts import routes as account_routes
from headwater.accounts.callers import bearer_or_session
from headwater.accounts.people import People
from headwater.accounts.service import Accounts
from headwater.alerts.building import AlertsSlice, build_alerts
from headwater.alerts.connector import QueueConnector
from headwater.alerts.counting import count_alerts
from headwater.applications import portal_routes
from headwater.applications import routes as application_routes
from headwater.applications.building import ApplicationsSlice, build_applications
from headwater.applications.counting import count_applications
from headwater.connectors import registry as connector_registry
from headwater.connectors import routes as connector_routes
from headwater.connectors.contract import Connector
from headwater.db.database import Database
from headwater.db.opening import open_database
from headwater.expr.calendar import Calendar
from headwater.files.place import place_of
from headwater.flows.building import build_flows
from headwater.flows.counting import count_flows
from headwater.flows.documents import Documents, Slice
from headwater.flows.failures import Failures
from headwater.flows.service import Flows
from headwater.jobs import routes as job_routes
from headwater.jobs.counting import count_jobs
from headwater.jobs.embedded import EmbeddedEngine
from headwater.jobs.engine import JobEngine, JobHandler
from headwater.jobs.service import Jobs
from headwater.kernel.clock import Clock, SystemClock
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox, open_box
from headwater.kernel.settings import Settings
from headwater.records import module_routes, record_routes
from headwater.records.building import RecordsSlice, build_records
from headwater.records.connector import RecordsConnector
from headwater.records.counting import RecordCounts
from headwater.records.importing import routes as import_routes
from headwater.records.importing.building import build_imports
from headwater.records.importing.service import JOB_KIND as IMPORT_JOB
from headwater.records.searching import ModuleSearch, RecordSearch
from headwater.records.value_schema import value_schema
from headwater.web import about, backup, health, live, reference, search
from headwater.web.about import Counts
from headwater.web.application import Application, application
from headwater.web.live import LiveFeed
from headwater.web.metrics import Metrics
from headwater.web.pending import OWN, pending_routes
from headwater.web.root import Dialect, Root
from headwater.web.route import Route
from headwater.web.static import UserInterface
from headwater.wire.clust.building import build_clust
from headwater.wire.crm.building import MOUNT as CRM_MOUNT
from headwater.wire.crm.building import build_crm
from headwater.wire.fluxx.building import build_fluxx
from headwater.wire.integrator.building import build_integrator

Hook = Callable[[], Awaitable[None]]


@dataclass
class App:
    """Everything of one running Headwater; each `_build_<slice>` below adds its part.

    `routes` are our own API's, `dialects` the other doors; `on_start` runs in order before the first request,
    `on_stop` in the opposite order after the last.
    """

    settings: Settings
    clock: Clock
    database: Database
    events: Events
    secrets: SecretBox
    accounts: Accounts
    people: People
    jobs: Jobs
    local_key: str
    routes: list[Route] = field(default_factory=list)
    dialects: list[Dialect] = field(default_factory=list)
    on_start: list[Hook] = field(default_factory=list)
    on_stop: list[Hook] = field(default_factory=list)
    counts: list[Counts] = field(default_factory=list)
    job_handlers: dict[str, JobHandler] = field(default_factory=dict)
    records: RecordsSlice = field(init=False)
    alerts: AlertsSlice = field(init=False)
    documents: Documents = field(init=False)
    flows: Flows = field(init=False)
    failures: Failures = field(init=False)
    applications: ApplicationsSlice = field(init=False)
    engine: JobEngine = field(init=False)
    asgi: Root = field(init=False)


def build(settings: Settings, clock: Clock | None = None, *, local_key: str = "") -> App:
    """Open the database and put everything together; nothing runs yet. `local_key` is for our commands."""
    app = _core(settings, clock or SystemClock(), local_key)
    _build_accounts(app)
    _build_records(app)
    _build_alerts(app)
    _build_flows(app)
    _build_integrator(app)
    _build_applications(app)
    _build_crm(app)
    _build_engine(app)
    _build_search(app)
    _build_web(app)
    return app


def _core(settings: Settings, clock: Clock, local_key: str) -> App:
    secrets, events = open_box(settings), Events()
    return App(
        settings=settings,
        clock=clock,
        database=open_database(settings),
        events=events,
        secrets=secrets,
        accounts=Accounts(clock, settings, jwt_key=secrets.derive("crm jwt"), local_key=local_key),
        people=People(clock),
        # One process serves a SQLite file, so every job is where its files are.
        jobs=Jobs(clock, events, place_of(settings.file_folder) if settings.database_url else None),
        local_key=local_key,
    )


def _build_accounts(app: App) -> None:
    app.routes += account_routes.routes(app.accounts, app.people, app.clock, app.settings)


def _build_records(app: App) -> None:
    calendar = Calendar(app.settings.time_zone, app.settings.week_start, app.clock.now)
    app.records = build_records(app.clock, app.events, calendar)
    app.routes += module_routes.routes(app.records.modules)
    app.routes += record_routes.routes(app.records.records, app.records.finder)
    services = app.clock, app.events, app.records, app.jobs
    importing = build_imports(*services, app.database, app.settings)
    app.on_start += [importing.cleaning.run, lambda: app.records.held_indexes.recover(app.database)]
    app.job_handlers[IMPORT_JOB] = importing.runner.handle
    app.routes += import_routes.routes(importing.imports, importing.spool)


def _build_alerts(app: App) -> None:
    app.alerts = build_alerts(app.clock, app.settings, app.events, app.records, app.database)
    app.routes += app.alerts.routes
    app.on_start.append(app.alerts.schedule.start)
    app.on_stop.append(app.alerts.schedule.stop)
    app.dialects.append(build_fluxx(app.accounts, app.alerts.queues, app.clock, app.database, app.settings))


def _build_flows(app: App) -> None:
    services = app.records.records, app.records.catalogue
    connectors: dict[str, Connector] = {
        **connector_registry.installed(),
        **connector_registry.builtin(app.settings, app.clock),
        "records": RecordsConnector(*services, app.database),
        "queue": QueueConnector(app.alerts.queues),
    }
    built = build_flows(app.clock, app.events, app.secrets, app.jobs, connectors)
    app.documents, app.flows, app.failures = built.documents, built.flows, built.failures
    app.routes += [*connector_routes.routes(connectors), *built.routes]
    app.job_handlers.update(built.handlers)
    app.on_stop += [connector.close for connector in connectors.values()]

    async def schedule_flows() -> None:
        await app.database.write(lambda tx: built.schedules.ensure(tx, built.documents))

    app.on_start.append(schedule_flows)


def _build_integrator(app: App) -> None:
    app.dialects += build_integrator(app.accounts, app.documents, app.flows, app.database, app.settings)


def _build_applications(app: App) -> None:
    built = build_applications(app.settings, app.clock, app.events, app.secrets, app.records)
    app.applications = built
    app.routes += application_routes.routes(built.templates, built.applications, built.shown, built.folder)
    app.routes += portal_routes.routes(built.portal, built.folder)
    app.dialects += build_clust(app.accounts, built, app.database, app.settings)


def _build_crm(app: App) -> None:
    crm = build_crm(app.accounts, app.records, app.database, app.settings)
    app.dialects.append(Dialect(CRM_MOUNT, crm))


def _build_engine(app: App) -> None:
    # Last of the slices: every one has put its handlers into `job_handlers` by now.
    app.routes += job_routes.routes(app.jobs)
    app.engine = EmbeddedEngine(app.database, app.jobs, app.job_handlers, app.clock)
    app.on_start.append(app.engine.start)
    app.on_stop.append(app.engine.stop)


def _build_search(app: App) -> None:
    records, most = app.records, 500
    app.routes += search.routes(
        [
            ModuleSearch(records.catalogue),
            search.by_name(
                "flow",
                "/flows/{id}",
                lambda tx, actor: [
                    (each["_id"], each.get("name") or "", "")
                    for each in app.documents.list(tx, actor, "flow", Slice(limit=most))
                ],
            ),
            search.by_name(
                "alert",
                "/alerts/{id}",
                lambda tx, actor: [
                    (each.alert.id, each.alert.name, "")
                    for each in app.alerts.alerts.list(tx, actor, 0, most)
                ],
            ),
            search.by_name(
                "application",
                "/applications/{id}",
                lambda tx, actor: [
                    (each.id, each.title, each.status)
                    for each in app.applications.applications.list(tx, actor, {}, most, 0)[0]
                ],
            ),
            RecordSearch(records.catalogue, records.records),
        ]
    )


def _build_web(app: App) -> None:
    authenticate = bearer_or_session(app.accounts)
    metrics = Metrics()
    app.counts += [
        RecordCounts(app.records.catalogue),
        count_alerts,
        count_flows,
        count_jobs,
        count_applications,
    ]
    feed = LiveFeed(app.events, authenticate)
    app.routes += health.routes(metrics, authenticate) + about.routes(app.counts) + live.routes(feed)
    app.routes += backup.routes()
    app.routes += reference.routes(
        app.routes,
        authenticate=authenticate,
        module_schema=lambda tx, actor, ref: value_schema(app.records.modules.get(tx, actor, ref)),
    )
    own = application(
        [*app.routes, *pending_routes(OWN)],
        authenticate=authenticate,
        database=app.database,
        settings=app.settings,
    )
    own.fallback = UserInterface()
    for each in (own, *(dialect.app for dialect in app.dialects)):
        if isinstance(each, Application):
            each.observe = metrics.observe
    app.asgi = Root(own, app.dialects, app.settings.wire_hosts)
    app.asgi.on_signal += [feed.stop, app.alerts.waiting.stop]
    app.asgi.on_start, app.asgi.on_stop = [feed.start, *app.on_start], app.on_stop
