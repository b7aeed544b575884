"""Wild requests to the other products' APIs: each gets an answer in its form, and no unnamed 5xx."""

from hypothesis import strategies as st

from tests.api import one_of_each, wild
from tests.api.hunt import hunt, is_fault_of_ours

# The dialects read their parameters themselves; these are the names they know.
NAMES = """page per_page perPage query sort all limit skip include exclude _flowId createdAt_gte numError_gte
type status _flowJobId xAxis yAxis xMin xMax sum groupBy count updated_since template_id jwt api_token
client_id grant_type"""


def test_wild_requests_to_the_other_doors_get_an_answer_in_their_own_form(api, served):
    def check(answer, sent):
        assert not is_fault_of_ours(answer), (sent, answer.text)
        door = sent[1].split("/")[1]
        is_refused = answer.status_code >= 400 or (door == "crm" and "error" in answer.text[:9])
        if is_refused and sent[0] != "head":
            assert FORMS[door](answer), (sent, answer.status_code, answer.text)

    hunt(api, operations_of(served.dialects), one_of_each.make(api), check)


def operations_of(dialects):
    """Path, method, queries and bodies of every route that is built, each once."""
    queries = st.dictionaries(st.sampled_from(NAMES.split()), wild.texts, max_size=3)
    found = {
        (dialect.prefix + route.path, route.method.lower())
        for dialect in dialects
        for route in dialect.app.routes
        if "not built" not in route.summary.lower()
    }
    return [(path, method, queries, wild.values) for path, method in found]


def _is_crm_error(answer):
    if answer.status_code in (404, 405):
        return answer.headers["content-type"] == "text/plain"
    message = answer.json()["error"]["message"]
    return answer.status_code == 200 and message and message != "Internal error"


FORMS = {
    "crm": _is_crm_error,
    "integrator": lambda answer: all(each["code"] and each["message"] for each in answer.json()["errors"]),
    "clust": lambda answer: answer.json()["message"] and all(answer.json()["errors"].values()),
    "fluxx": lambda answer: answer.json().get("error"),
}
