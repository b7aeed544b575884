"""One server and one browser for all journeys, and pages that are signed in."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser import chromium

HERE = Path(__file__).parent
PERSON = {"name": "Ada Berg", "email": "ada@example.org", "password": "a long enough password"}
LINK = re.compile(r"https?://\S+/welcome[?#/]\S*?([\w-]{16,})")
START_SECONDS = 30


class Server(NamedTuple):
    """A running server: its address, an administrator's API token, and the secret of its one-time link."""

    url: str
    token: str
    link: str


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder drives a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this run, on an empty data folder."""
    folder = tmp_path_factory.mktemp("server")
    url, token, log = f"http://127.0.0.1:{_free_port()}", secrets.token_urlsafe(32), folder / "log"
    with _serve(url, token, folder, log) as process:
        yield Server(url, token, _link_when_ready(url, process, log))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this run; without one the tests are skipped, in CI they fail."""
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def session_state(browser: Browser, server: Server) -> dict:
    """The cookie of the first administrator, who came through the one-time link."""
    context = browser.new_context(base_url=server.url)
    answer = context.request.post("/api/session/link", data={"token": server.link, **PERSON})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """The API with an administrator's token: journeys make their data through it."""
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def page(browser: Browser, server: Server, session_state: dict) -> Iterator[Page]:
    """A page of 1280 x 800 that is signed in; a script error in it fails the test."""
    with _watched(browser.new_context(**_settings(server), storage_state=session_state)) as page:
        yield page


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Page]:
    """The same for somebody who is not signed in, such as an applicant."""
    with _watched(browser.new_context(**_settings(server))) as page:
        yield page


def _settings(server: Server) -> dict:
    size = {"width": 1280, "height": 800}
    return {"base_url": server.url, "viewport": size, "reduced_motion": "reduce", "locale": "en-GB"}


@contextmanager
def _watched(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.extend(_fault(message)))
    page.set_default_timeout(10_000)
    try:
        yield page
    finally:
        context.close()
    assert faults == []


def _fault(message: ConsoleMessage) -> list[str]:
    """Errors and warnings of scripts; that an answer was not 2xx is often what a test is about."""
    is_answer = message.text.startswith("Failed to load resource")
    return [message.text] if message.type in ("error", "warning") and not is_answer else []


@contextmanager
def _serve(url: str, token: str, folder: Path, log: Path) -> Iterator[subprocess.Popen]:
    command = [Path(sys.executable).with_name("headwater"), "serve", "--port", url.rpartition(":")[2]]
    environment = {**os.environ, "HEADWATER_ADMIN_TOKEN": token, "HEADWATER_DATA": str(folder / "data")}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _link_when_ready(url: str, process: subprocess.Popen, log: Path) -> str:
    """The secret of the one-time link, once the server is ready and has printed it."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        found = LINK.search(log.read_text(encoding="utf-8"))
        if found and _is_ready(url):
            return found[1]
        time.sleep(0.05)  # nothing tells another process that the port is open
    pytest.fail(f"The server did not start or printed no one-time link:\n{log.read_text(encoding='utf-8')}")


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]
