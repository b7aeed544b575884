"""Wild requests to every route of every door: each gets a clear answer, and no 5xx but 501, 503 and 507."""

import json
import os
import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.api import one_of_each, wild

# A longer hunt: HEADWATER_FUZZ_EXAMPLES=500 HEADWATER_FUZZ_SEED=7
EXAMPLES = int(os.environ.get("HEADWATER_FUZZ_EXAMPLES", "8"))
SEED = int(os.environ.get("HEADWATER_FUZZ_SEED", "1"))
ALLOWED_FAULTS = {501, 503, 507}
# A stream ends only with the server; what hashes a password takes a tenth of a second by design.
EXAMPLES_OF = {"/api/events": 0, "/api/session": 2, "/api/session/link": 2}
MEDIA_TYPES = ["application/json"] * 12 + ["text/csv", "multipart/form-data; boundary=x", "x"]
READ_FORMS = ("/clust/", "/crm/", "/fluxx/")
FORM = "application/x-www-form-urlencoded"
QUERIES = {
    "filter": wild.damaged(one_of_each.FILTER).map(json.dumps) | wild.texts,
    "sort": st.sampled_from(["-size,name", "id", "parent.name", "names", "-", "a,b,c,d,e,f"]) | wild.texts,
    "group_by": st.sampled_from(["colour", "seen:month", "seen:year,names", "share", "seen:eon"])
    | wild.texts,
    "measures": st.sampled_from(["count", "sum:share,avg:size", "min:name", "distinct:names"]) | wild.texts,
    "time_zone": st.sampled_from(["Europe/Oslo", "../UTC", "UTC\0"]) | wild.texts,
    "fields": st.sampled_from(["name,size", "name,,name"]) | wild.texts,
    "expand": st.sampled_from(["parent", "parent.parent", "size"]) | wild.texts,
}
# The dialects read their parameters themselves; these are the names they know.
NAMES_OF_DIALECTS = (
    *(
        "page",
        "per_page",
        "perPage",
        "query",
        "sort",
        "all",
        "limit",
        "skip",
        "include",
        "exclude",
        "_flowId",
    ),
    *(
        "createdAt_gte",
        "numError_gte",
        "type",
        "status",
        "_flowJobId",
        "xAxis",
        "yAxis",
        "xMin",
        "xMax",
        "sum",
    ),
    *("groupBy", "count", "updated_since", "template_id", "jwt", "api_token", "client_id", "grant_type"),
)


@pytest.fixture(scope="module")
def known(api):
    return one_of_each.make(api)


@pytest.fixture(scope="module")
def error_codes():
    """Every code that docs/errors.md explains."""
    text = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([a-z0-9_]+):?`", text))


def operations_of(document):
    """Path, method, queries and described body of every operation; what deletes comes last."""
    components = document["components"]["schemas"]
    found = [
        (path, method, _queries(operation, components), _described_body(operation, components))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda each: each[1] == "delete")


def operations_of_dialects(dialects):
    queries = st.dictionaries(st.sampled_from(NAMES_OF_DIALECTS), wild.texts, max_size=3)
    found = {
        (dialect.prefix + route.path, route.method.lower(), queries, wild.values)
        for dialect in dialects
        for route in dialect.app.routes
        if "not built" not in route.summary.lower()
    }
    return sorted(found, key=lambda each: (each[1] == "delete", each[0], each[1]))


def _queries(operation, components):
    named = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    return st.fixed_dictionaries({}, optional={each["name"]: _query(each, components) for each in named})


def _query(parameter, components):
    if parameter["name"] in QUERIES:
        return QUERIES[parameter["name"]]
    described = wild.described(parameter["schema"], components)
    return described.map(lambda value: value if isinstance(value, str) else json.dumps(value))


def _described_body(operation, components):
    content = operation.get("requestBody", {}).get("content", {})
    return st.one_of(
        [wild.described(each.get("schema", {}), components) for each in content.values()] or wild.values
    )


def paths(template, known):
    """Texts for a path: its parameters good, mostly, or wild."""
    parts = [_segment(template, each, known) for each in template.split("/")[1:]]
    return st.tuples(*parts).map(lambda found: "/" + "/".join(found))


def _segment(template, segment, known):
    if not segment.startswith("{"):
        return st.just(segment)
    name = "portal" if template.startswith("/api/portal") and segment == "{token}" else segment[1:-1]
    others = wild.texts.filter(lambda text: text not in ("", ".", ".."))
    good = st.just(str(known.get(name, 1)))
    return (
        st.integers(0, 5)
        .flatmap(lambda n: others if n == 0 else good)
        .map(lambda text: quote(text, safe="")[:900])
    )


def requests(operation, known):
    """Target, query, body and media type of a request to one operation."""
    path, _, queries, body = operation
    seeds = one_of_each.bodies(known)
    documents = wild.damaged(seeds[path]) | body if path in seeds else body
    raw = st.integers(0, 9).flatmap(
        lambda n: (
            st.sampled_from(wild.RAW_BODIES)
            if n == 0
            else documents.map(lambda value: json.dumps(value).encode())
        )
    )
    bodies = st.tuples(raw, st.sampled_from(MEDIA_TYPES))
    if path.startswith(READ_FORMS):
        bodies |= st.tuples(_forms(documents), st.just(FORM))
    return st.tuples(paths(path, known), queries, bodies)


def _forms(documents):
    """The documents as forms."""
    return documents.map(
        lambda value: urlencode(value, errors="replace").encode() if isinstance(value, dict) else b"a=%FF"
    )


def hunt(api, operations, known, check):
    """Send wild requests to every operation; `check` looks at each answer."""
    for operation in operations:
        if EXAMPLES_OF.get(operation[0], EXAMPLES):
            _hunt_one(api, operation, known, check)


def _hunt_one(api, operation, known, check):
    path, method = operation[:2]
    has_body = method in ("post", "put", "patch")

    def send(request):
        target, query, (body, media_type) = request
        content = {"content": body, "headers": {"content-type": media_type}} if has_body else {}
        answer = api.request(method.upper(), target, params=query, **content)
        check(answer, (method, target, query, media_type, body[:2_000]))

    budget = settings(
        max_examples=EXAMPLES_OF.get(path, EXAMPLES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(SEED)(budget(given(requests(operation, known))(send)))()


def is_fault_of_ours(answer):
    return answer.status_code >= 500 and answer.status_code not in ALLOWED_FAULTS


def test_wild_requests_to_every_route_get_an_answer_or_a_problem(api, known, error_codes):
    def check(answer, sent):
        assert not is_fault_of_ours(answer), (sent, answer.text)
        if answer.status_code < 400 or sent[0] == "head":
            return
        assert answer.headers["content-type"] == "application/problem+json", (sent, answer.text)
        problem = answer.json()
        assert problem["status"] == answer.status_code, (sent, problem)
        assert problem["code"].split(":")[0] in error_codes, (sent, problem)
        assert problem["detail"] and problem["title"] and problem["request_id"], (sent, problem)

    hunt(api, operations_of(api.get("/openapi.json").json()), known, check)


def test_wild_requests_to_the_other_doors_get_an_answer_in_their_own_form(api, served, known):
    def check(answer, sent):
        assert not is_fault_of_ours(answer), (sent, answer.text)
        door = sent[1].split("/")[1]
        is_refused = answer.status_code >= 400 or (door == "crm" and "error" in answer.text[:9])
        if is_refused and sent[0] != "head":
            assert FORMS_OF_ERRORS[door](answer), (sent, answer.status_code, answer.text)

    hunt(api, operations_of_dialects(served.dialects), known, check)


def _is_crm_error(answer):
    if answer.status_code in (404, 405):
        return answer.headers["content-type"] == "text/plain"
    message = answer.json()["error"]["message"]
    return answer.status_code == 200 and message and message != "Internal error"


FORMS_OF_ERRORS = {
    "crm": _is_crm_error,
    "integrator": lambda answer: all(each["code"] and each["message"] for each in answer.json()["errors"]),
    "clust": lambda answer: answer.json()["message"] and all(answer.json()["errors"].values()),
    "fluxx": lambda answer: answer.json().get("error"),
}
