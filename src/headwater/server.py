"""Running the application: one uvicorn process with httptools and uvloop, TLS, proxies and a graceful end."""

import sys
from typing import Any

import uvicorn
import uvloop

from headwater.accounts.user_routes import welcome_link
from headwater.app import App, build
from headwater.kernel import log
from headwater.kernel.settings import Settings

_STOP_SECONDS = 10


class Server(uvicorn.Server):
    """uvicorn's server that tells the application to stop as soon as a signal arrives, before it drains."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        """Keep the application beside the configuration."""
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Refuse new requests at once; a second signal ends the process without waiting."""
        self._app.asgi.is_stopping = True
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> None:
    """Serve until a signal ends it."""
    log.set_up(settings.log_level, as_json=settings.log_level != "debug")
    app = build(settings)
    try:
        _greet(app)
        uvloop.run(_run(app))
    finally:
        app.database.close()


def _greet(app: App) -> None:
    address = app.settings.address
    print(f"Headwater answers at {address}", file=sys.stderr)
    token = app.database.write_now(app.people.first_link)
    if token is not None:
        print(f"First administrator, once: {welcome_link(address, token)}", file=sys.stderr, flush=True)


async def _run(app: App) -> None:
    await Server(configuration(app), app).serve()


def configuration(app: App) -> uvicorn.Config:
    """What uvicorn is told: httptools, no access log, forwarded headers only from trusted proxies."""
    settings = app.settings
    return uvicorn.Config(
        app.asgi,
        host=settings.host,
        port=settings.port,
        http="httptools",
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
