"""The tree of routes: literal segments first, parameters then, and what a path answers."""

import pytest

from headwater.kernel.errors import MethodNotAllowedError, NotFoundError
from headwater.web.route import Route
from headwater.web.router import Router


async def handler(call):
    """Never called."""


def router(*paths):
    return Router([Route(*path.split(" "), handler, path) for path in paths])


TABLE = router(
    "GET /api/records/{id}",
    "POST /api/records/bulk",
    "GET /api/records/bulk/{part}",
    "GET /api/{any}/count",
    "DELETE /api/records/{record_id}",
    "GET /job/",
)


@pytest.mark.parametrize(
    ("method", "path", "summary", "parameters"),
    [
        ("GET", "/api/records/7", "GET /api/records/{id}", {"id": "7"}),
        ("DELETE", "/api/records/7", "DELETE /api/records/{record_id}", {"record_id": "7"}),
        ("POST", "/api/records/bulk", "POST /api/records/bulk", {}),
        ("GET", "/api/records/bulk/2", "GET /api/records/bulk/{part}", {"part": "2"}),
        ("GET", "/api/records/count", "GET /api/records/{id}", {"id": "count"}),
        ("GET", "/api/alerts/count", "GET /api/{any}/count", {"any": "alerts"}),
        ("GET", "/job/", "GET /job/", {}),
    ],
)
def test_a_path_finds_its_route(method, path, summary, parameters):
    route, values = TABLE.find(method, path)
    assert (route.summary, values) == (summary, parameters)


def test_head_finds_the_route_of_get():
    assert TABLE.find("HEAD", "/api/records/7")[0].method == "GET"


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/records", "/api/records/", "/api/records/7/", "/job", "/a\0b"]
)
def test_an_unknown_path_is_not_found(path):
    with pytest.raises(NotFoundError):
        TABLE.find("GET", path)


def test_a_known_path_names_the_methods_it_answers():
    with pytest.raises(MethodNotAllowedError) as caught:
        TABLE.find("PUT", "/api/records/7")
    assert caught.value.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"


def test_two_routes_of_one_method_and_path_are_refused():
    with pytest.raises(ValueError, match="Two routes"):
        router("GET /a/{x}", "GET /a/{y}")
