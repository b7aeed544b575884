"""Wild requests to every route of our own API: each gets an answer or a problem, and no unnamed 5xx."""

import json
import re
from pathlib import Path

from hypothesis import strategies as st

from tests.api import one_of_each, wild
from tests.api.hunt import hunt, is_fault_of_ours

QUERIES = {
    "filter": wild.damaged(one_of_each.FILTER).map(json.dumps),
    "sort": st.sampled_from(["-size,name", "id", "parent.name", "names", "-", "a,b,c,d,e,f"]),
    "group_by": st.sampled_from(["colour", "seen:month", "seen:year,names", "share", "seen:eon"]),
    "measures": st.sampled_from(["count", "sum:share,avg:size", "min:name", "distinct:names"]),
    "time_zone": st.sampled_from(["Europe/Oslo", "../UTC", "UTC\0"]),
    "fields": st.sampled_from(["name,size", "name,,name"]),
    "expand": st.sampled_from(["parent", "parent.parent", "size"]),
}


def test_wild_requests_to_every_route_get_an_answer_or_a_problem(api):
    documented, statuses = error_codes(), set()

    def check(answer, sent):
        statuses.add(answer.status_code)
        assert not is_fault_of_ours(answer), (sent, answer.text)
        if answer.status_code < 400 or sent[0] == "head":
            return
        assert answer.headers["content-type"] == "application/problem+json", (sent, answer.text)
        problem = answer.json()
        assert problem["status"] == answer.status_code, (sent, problem)
        assert problem["code"].split(":")[0] in documented, (sent, problem)
        assert problem["detail"] and problem["title"] and problem["request_id"], (sent, problem)

    hunt(api, operations_of(api.get("/openapi.json").json()), one_of_each.make(api), check)
    assert {200, 201, 204, 404, 422} <= statuses, "a hunt that is refused at every door finds nothing"


def error_codes():
    """Every code that docs/errors.md explains."""
    text = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([a-z0-9_]+):?`", text))


def operations_of(document):
    """Path, method, queries and bodies of every operation."""
    components = document["components"]["schemas"]
    return [
        (path, method, _queries(operation, components), _bodies(operation, components))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _queries(operation, components):
    named = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    return st.fixed_dictionaries({}, optional={each["name"]: _query(each, components) for each in named})


def _query(parameter, components):
    if parameter["name"] in QUERIES:
        return QUERIES[parameter["name"]] | wild.texts
    described = wild.described(parameter["schema"], components)
    return described.map(lambda value: value if isinstance(value, str) else json.dumps(value))


def _bodies(operation, components):
    content = operation.get("requestBody", {}).get("content", {})
    described = [wild.described(each.get("schema", {}), components) for each in content.values()]
    return st.one_of(described or [wild.values])
