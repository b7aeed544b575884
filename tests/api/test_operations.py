"""Health, metrics, the interface's files, the hosts of dialects, and stopping."""

import gzip
import threading

import httpx
import pytest

from headwater.kernel.settings import Settings
from headwater.server import running
from headwater.web.application import application
from headwater.web.health import is_loopback
from headwater.web.root import Dialect, Root
from headwater.web.route import Route
from headwater.web.static import UserInterface


def ask(app, path="/", **rest):
    import asyncio

    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, **rest)

    return asyncio.run(run())


def test_the_process_answers_and_is_ready(nobody):
    assert nobody.get("/healthz").json() == {"status": "ok"}
    assert nobody.get("/readyz").json() == {"status": "ready"}


def test_metrics_count_requests_by_route(nobody, api):
    api.get("/api/me")
    text = nobody.get("/metrics").text
    assert 'headwater_request_seconds_count{method="GET",route="/api/me",status="200"}' in text


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_metrics_need_a_token_unless_bound_to_loopback(host, answer):
    assert is_loopback(host) is answer


def test_not_ready_says_why(app):
    app.database.close()
    answer = ask(app.asgi, "/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")


@pytest.fixture
def bundle(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html>the interface</html>")
    (tmp_path / "assets" / "index-abc.js").write_text("let a = 1;" * 500)
    (tmp_path / ".stamp").write_text("x")
    (tmp_path.parent / "outside.txt").write_text("secret")
    return UserInterface(tmp_path)


@pytest.mark.parametrize(
    "path", ["/", "/records/city?filter=x", "/portal/abc", "/welcome", "/.stamp", "/index.html"]
)
def test_every_path_that_no_api_owns_is_the_interface(bundle, path):
    page = ask(bundle, path)
    assert page.text == "<html>the interface</html>"
    assert page.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_hashed_files_last_and_come_compressed(bundle):
    asset = ask(bundle, "/assets/index-abc.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-encoding"] == "gzip" and asset.text.startswith("let a")
    plain = ask(bundle, "/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_a_missing_file_is_404_and_nothing_outside_is_served(bundle):
    assert ask(bundle, "/assets/none.js").status_code == 404
    assert "secret" not in ask(bundle, "/../outside.txt").text
    assert ask(bundle, "/assets/../../outside.txt").status_code in (200, 404)
    assert "secret" not in ask(bundle, "/assets/%2e%2e/%2e%2e/outside.txt").text


def test_an_unchanged_page_is_not_sent_again(bundle):
    etag = ask(bundle, "/").headers["etag"]
    assert ask(bundle, "/", headers={"If-None-Match": etag}).status_code == 304


def test_a_new_build_is_served_without_a_restart(bundle, tmp_path):
    ask(bundle, "/")
    (tmp_path / "index.html").write_text("<html>newer</html>")
    (tmp_path / "assets" / "index-def.js").write_text("2")
    assert ask(bundle, "/").text == "<html>newer</html>"
    assert ask(bundle, "/assets/index-def.js").text == "2"


def test_without_a_build_the_page_says_how_to_make_one(tmp_path):
    page = ask(UserInterface(tmp_path / "none"))
    assert page.status_code == 404 and "python3 start.py setup" in page.text


def dialect(name, prefix):
    async def handler(call):
        return {"dialect": name, "path": call.route_path}

    return Dialect(
        prefix,
        application(
            [Route("GET", "/flows/{id}", handler, "A test", is_open=True)],
            authenticate=None,
            database=None,
            settings=Settings(),
        ),
    )


@pytest.fixture
def root(app):
    dialects = [
        dialect("integrator", "/integrator/v1"),
        dialect("clust", "/clust/api"),
        dialect("v2", "/clust/api/v2"),
    ]
    return Root(app.asgi.own, dialects, {"celigo.example.org": "integrator", "clust.example.org": "clust"})


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("x", "/integrator/v1/flows/7", "integrator"),
        ("x", "/clust/api/flows/7", "clust"),
        ("x", "/clust/api/v2/flows/7", "v2"),
        ("celigo.example.org", "/v1/flows/7", "integrator"),
        ("CELIGO.example.org:8400", "/v1/flows/7", "integrator"),
        ("clust.example.org", "/api/flows/7", "clust"),
        ("clust.example.org", "/api/v2/flows/7", "v2"),
    ],
)
def test_a_dialect_answers_at_its_prefix_and_at_its_host(root, host, path, name):
    assert ask(root, path, headers={"Host": host}).json() == {"dialect": name, "path": "/flows/7"}


def test_a_host_of_an_unknown_dialect_is_refused(app):
    with pytest.raises(Exception, match="unknown dialect 'nonsense'"):
        Root(app.asgi.own, [], {"x.example.org": "nonsense"})


def test_a_stopping_server_answers_503_and_ends_its_streams(tmp_path):
    with running(Settings(data=tmp_path, admin_token="a" * 40)) as app:
        address, headers = app.settings.address, {"Authorization": "Bearer " + "a" * 40}
        with httpx.Client(base_url=address, headers=headers) as client:
            client.get("/healthz")
            ended = threading.Event()
            begun = threading.Event()

            def listen():
                with httpx.stream("GET", f"{address}/api/events", headers=headers) as stream:
                    for _ in stream.iter_lines():
                        begun.set()
                ended.set()

            threading.Thread(target=listen).start()
            assert begun.wait(5)
            app.asgi.stop()
            refused = client.get("/healthz")
            assert (refused.status_code, refused.json()["code"]) == (503, "shutting_down")
            assert refused.headers["retry-after"]
            assert ended.wait(5)
