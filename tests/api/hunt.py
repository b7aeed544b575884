"""Hunting with wild requests: paths, queries and bodies for every operation of a door, sent one by one."""

import json
import os
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.api import one_of_each, wild

# A longer hunt: HEADWATER_FUZZ_EXAMPLES=500 HEADWATER_FUZZ_SEED=7
EXAMPLES = int(os.environ.get("HEADWATER_FUZZ_EXAMPLES", "6"))
SEED = int(os.environ.get("HEADWATER_FUZZ_SEED", "1"))
# A stream ends only with the server; what hashes a password takes a tenth of a second by design.
EXAMPLES_OF = {"/api/events": 0, "/api/session": 2, "/api/session/link": 2}
ALLOWED_FAULTS = {501, 503, 507}
MEDIA_TYPES = ["application/json"] * 12 + ["text/csv", "multipart/form-data; boundary=x", "x"]
READ_FORMS = ("/clust/", "/crm/", "/fluxx/")
FORM = "application/x-www-form-urlencoded"


def hunt(api, operations, known, check):
    """Send wild requests to every operation, a tuple of path, method, queries and bodies.

    `known` has good values of the parameters in paths; `check(answer, sent)` looks at each answer. What
    deletes comes last: it cannot be asked for any more.
    """
    seeds = one_of_each.bodies(known)
    for operation in sorted(operations, key=lambda each: (each[1] == "delete", each[0], each[1])):
        if EXAMPLES_OF.get(operation[0], EXAMPLES):
            _hunt_one(api, operation, _requests(operation, known, seeds), check)


def is_fault_of_ours(answer):
    return answer.status_code >= 500 and answer.status_code not in ALLOWED_FAULTS


def _hunt_one(api, operation, requests, check):
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
    seed(SEED)(budget(given(requests)(send)))()


def _requests(operation, known, seeds):
    """Target, query, body and media type of requests to one operation."""
    path, _, queries, body = operation
    documents = wild.damaged(seeds[path]) | body if path in seeds else body
    json_bodies = documents.map(lambda value: json.dumps(value).encode())
    raw = st.integers(0, 9).flatmap(lambda n: st.sampled_from(wild.RAW_BODIES) if n == 0 else json_bodies)
    bodies = st.tuples(raw, st.sampled_from(MEDIA_TYPES))
    if path.startswith(READ_FORMS):
        bodies |= st.tuples(documents.map(_form), st.just(FORM))
    return st.tuples(_paths(path, known), queries, bodies)


def _form(document):
    return urlencode(document, errors="replace").encode() if isinstance(document, dict) else b"a=%FF"


def _paths(template, known):
    """Texts for a path: its parameters good, mostly, or wild."""
    parts = [_segment(template, each, known) for each in template.split("/")[1:]]
    return st.tuples(*parts).map(lambda found: "/" + "/".join(found))


def _segment(template, segment, known):
    if not segment.startswith("{"):
        return st.just(segment)
    name = "portal" if template.startswith("/api/portal") and segment == "{token}" else segment[1:-1]
    others = wild.texts.filter(lambda text: text not in ("", ".", ".."))
    good = st.just(str(known.get(name, 1)))
    return st.integers(0, 5).flatmap(lambda n: others if n == 0 else good).map(_quoted)


def _quoted(text):
    return quote(text, safe="")[:900]
