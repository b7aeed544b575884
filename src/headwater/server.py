"""Running the application: one uvicorn process with httptools and uvloop, TLS, proxies and a graceful end."""

import gc
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import uvicorn
import uvloop

from headwater.accounts.user_routes import welcome_link
from headwater.app import App, build
from headwater.db.lock import Holder, acquire
from headwater.kernel import log
from headwater.kernel.clock import Clock
from headwater.kernel.errors import FatalError
from headwater.kernel.ids import new_secret
from headwater.kernel.settings import Settings
from headwater.web.connection import Connection

_STOP_SECONDS = 10
# Python looks for garbage in rings after every 700 new objects, which is every few requests: a tenth of the
# time of a write went there.
_OBJECTS_BEFORE_COLLECTION = 10_000


class Server(uvicorn.Server):
    """uvicorn's server that tells the application to stop as soon as a signal arrives, before it drains."""

    def __init__(self, app: App) -> None:
        """Serve `app` as its settings say."""
        super().__init__(_configuration(app))
        self._app = app
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so to whoever waits in another thread."""
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear signals while serving. uvicorn's own would raise them again and end us before files are
        closed.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        earlier = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in earlier.items():
                signal.signal(each, handler)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Refuse new requests and end streams at once; a second signal ends the process without waiting."""
        self._app.asgi.stop()
        super().handle_exit(sig, frame)

    def end(self) -> None:
        """The same from another thread."""
        self._app.asgi.stop()
        self.should_exit = True


def serve(settings: Settings) -> None:
    """Serve until a signal ends it. ConflictError `data_in_use` and FatalError `address_unusable` before it
    starts.
    """
    log.set_up(settings.log_level, as_json=not sys.stderr.isatty())
    with _opened(settings) as (app, listening):
        _greet(app)
        _collect_seldom()
        uvloop.run(Server(app).serve([listening]))


@contextmanager
def running(settings: Settings, clock: Clock | None = None) -> Iterator[App]:
    """An application served on a free port of loopback by a thread of this process, until the block ends.

    `clock` is the system's unless a test sets its own.
    """
    settings = replace(settings, host="127.0.0.1", port=0)
    with _opened(settings, clock) as (app, listening):
        server = Server(app)
        thread = threading.Thread(
            target=lambda: uvloop.run(server.serve([listening])), name="headwater-server"
        )
        thread.start()
        try:
            while not server.is_up.wait(0.05):
                if not thread.is_alive():
                    raise FatalError("server_failed", "The server did not start; see the lines above.")
            yield app
        finally:
            server.end()
            thread.join()


@contextmanager
def _opened(settings: Settings, clock: Clock | None = None) -> Iterator[tuple[App, socket.socket]]:
    """The data folder held, the address bound, everything built; and all of it let go again."""
    with acquire(settings.data) as lock, closing(_listen(settings.host, settings.port)) as listening:
        settings = replace(settings, port=listening.getsockname()[1])
        app = build(settings, clock, local_key=new_secret("hwk_"))
        lock.announce(Holder(_local_address(settings), app.local_key))
        try:
            yield app, listening
        finally:
            app.database.close()


def _collect_seldom() -> None:
    """What is there now stays to the end, and need not be looked at again."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise FatalError(
            "address_unusable",
            f"Cannot listen at {host} port {port}: {error.strerror or error}.",
            hint="Name another one with --host and --port, or stop what uses it.",
        ) from error


def _local_address(settings: Settings) -> str:
    """Where commands of this machine reach the server, whatever its public address is."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    scheme = "https" if settings.tls_certificate else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _greet(app: App) -> None:
    address = app.settings.address
    print(f"Headwater answers at {address}", file=sys.stderr)
    token = app.database.write_now(app.people.first_link)
    if token is not None:
        print(f"First administrator, once: {welcome_link(address, token)}", file=sys.stderr, flush=True)


def _configuration(app: App) -> uvicorn.Config:
    """What uvicorn is told: httptools, no access log, forwarded headers only from trusted proxies."""
    settings = app.settings
    return uvicorn.Config(
        app.asgi,
        http=Connection,
        ws="none",
        loop="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=settings.tls_certificate or None,
        ssl_keyfile=settings.tls_key or None,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=75,
    )
