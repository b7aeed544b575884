"""The CRM dialect's envelope, routing, ids, bodies and times (wire/crm.md sections 1 and 3)."""

import re

import httpx
import pytest

from headwater.kernel.settings import Settings
from headwater.server import running
from tests.wire.crm_client import BOAT, Crm, values

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def crm(api):
    return Crm(api)


@pytest.fixture
def boat(crm):
    return crm.module(BOAT)


def test_a_value_comes_as_response_an_acknowledgement_as_success_a_failure_as_error(crm, boat):
    assert list(crm.send("GET", boat).json()) == ["response"]
    assert crm.send("DELETE", boat).json() == {"success": {"message": "OK"}}
    answer = crm.send("POST", "/module/", json={"name": "x", "fields": []})
    assert answer.json() == {"error": {"message": "Error creating module: no fields"}}


def test_failures_have_status_200_and_are_json(crm):
    answer = crm.send("GET", "/module/0/content/1")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"error": {"message": "Content not found"}}


@pytest.mark.parametrize(
    "path", ["", "/", "/nope", "/module/1/content/", "/module/1/", "/module/1/content/2/"]
)
def test_an_unknown_path_is_404_in_plain_text(crm, path):
    answer = crm.send("GET", path)

    assert (answer.status_code, answer.text) == (404, "404 page not found")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/field/"), ("PUT", "/module/1"), ("PATCH", "/module/")]
)
def test_a_wrong_verb_is_405_with_an_empty_body(crm, method, path):
    answer = crm.send(method, path)

    assert (answer.status_code, answer.content) == (405, b"")


def test_real_status_gives_the_same_bodies_with_other_statuses(tmp_path):
    token = "a token of thirty-two characters!"
    settings = Settings(data=tmp_path, admin_token=token, crm_real_status=True)
    with running(settings) as app, httpx.Client(base_url=app.settings.address) as http:
        nobody = http.get("/crm/module/")
        http.headers["Authorization"] = f"Bearer {token}"
        missing = http.get("/crm/module/1/content/1")
        empty = http.post("/crm/module/", json={"name": "x"})
        later = http.get("/crm/page/")

    assert [each.status_code for each in (nobody, missing, empty, later)] == [401, 404, 422, 501]
    assert nobody.json() == {"error": {"message": "Unauthorized"}}
    assert missing.json() == {"error": {"message": "Content not found"}}


def test_a_host_of_its_own_answers_the_dialect_at_its_root(tmp_path):
    settings = Settings(data=tmp_path, wire_hosts={"crm.example.org": "crm"})
    with running(settings) as app, httpx.Client(base_url=app.settings.address) as http:
        answers = [http.get(path, headers={"Host": "crm.example.org"}) for path in ("/version", "/module/")]

    assert [list(each.json()) for each in answers] == [["response"], ["error"]]


def test_every_fault_is_in_the_message_and_again_in_the_fields_of_the_error(crm, boat):
    body = {"fields": [{"name": "length", "value": "long"}]}

    error = crm.send("POST", f"{boat}/content", json=body).json()["error"]

    assert error["message"] == "length: not a number; hull: required"
    assert error["fields"] == [
        {"name": "length", "reason": "not a number"},
        {"name": "hull", "reason": "required"},
    ]


def test_a_fault_of_the_server_is_answered_in_the_envelope(crm, served, monkeypatch):
    monkeypatch.setattr(served.records.finder, "records", None)
    module = crm.module(BOAT)

    assert crm.message("GET", f"{module}/content") == "Internal error"


@pytest.mark.parametrize("path", ["/page/", "/page/tree", "/page/1", "/workflow/", "/job/", "/job/1/logs"])
def test_what_is_not_built_yet_says_so_in_the_envelope(crm, path):
    assert crm.message("GET", path).endswith("are not built yet")


def test_ids_are_decimal_strings_and_none_is_zero(crm, boat):
    content = crm.add(boat, hull="N-1")
    module = crm.get(boat)

    assert content["moduleID"] == module["moduleID"] == boat.rpartition("/")[2]
    assert content["contentID"].isdigit()
    assert {field["moduleID"] for field in module["fields"]} == {"0"}


@pytest.mark.parametrize("text", ["x", "-5", "1.0", "٣", "%20"])
def test_a_path_id_that_is_no_number_reads_as_zero(crm, text):
    assert crm.get(f"/module/{text}")["moduleID"] == "0"


@pytest.mark.parametrize("text", ["9" * 17, "9" * 400, str(2**63), str(2**64)])
def test_a_number_beyond_all_ids_finds_nothing_and_makes_nothing(crm, boat, text):
    assert crm.get(f"/module/{text}")["moduleID"] == "0"
    body = {"fields": [{"name": "hull", "value": "N-1"}]}
    assert crm.refusal(f"{boat}/content/{text}", body) == "Content not found"
    assert crm.get(f"{boat}/content")["meta"]["count"] == 0


def test_times_are_utc_and_updated_and_deleted_are_left_out_when_unset(crm, boat):
    content = crm.add(boat, hull="N-1")
    changed = crm.post(
        f"{boat}/content/{content['contentID']}", {"fields": [{"name": "hull", "value": "N-2"}]}
    )

    assert TIME.fullmatch(content["createdAt"])
    assert not {"updatedAt", "deletedAt"} & set(content)
    assert TIME.fullmatch(changed["updatedAt"])
    assert changed["createdAt"] == content["createdAt"]


def test_parameters_behind_the_media_type_do_not_hide_a_json_body(crm):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = crm.send(
        "POST", "/module/", content=b'{"name":"Boat","fields":[{"name":"hull"}]}', headers=headers
    )

    assert crm.value(answer)["name"] == "Boat"


def test_keys_match_in_any_case_and_unknown_ones_are_ignored(crm, boat):
    body = {"FIELDS": [{"Name": "hull", "VALUE": "N-3", "colour": "red"}], "ContentID": "7", "x": 1}

    assert values(crm.post(f"{boat}/content", body))["hull"] == "N-3"


def test_ids_in_the_path_win_over_ids_in_the_body(crm, boat):
    body = {"moduleID": "99999", "fields": [{"name": "hull", "value": "N-1"}]}

    assert crm.post(f"{boat}/content", body)["moduleID"] == boat.rpartition("/")[2]


@pytest.mark.parametrize("multipart", [False, True])
def test_forms_are_read_with_fields_as_json_text(crm, multipart):
    form = {"name": "Form", "fields": '[{"name":"hull","kind":"text"}]'}
    module = crm.value(crm.send("POST", "/module/", **sent(form, multipart)))
    content = {"fields": '[{"name":"hull","value":"N-9 🛥"}]'}

    made = crm.value(crm.send("POST", f"/module/{module['moduleID']}/content", **sent(content, multipart)))

    assert (module["name"], values(made)) == ("Form", {"hull": "N-9 🛥"})


def sent(form, multipart):
    return {"files": {name: (None, text) for name, text in form.items()}} if multipart else {"data": form}


def test_a_query_parameter_fills_what_the_form_lacks(crm):
    form = {"fields": '[{"name":"hull"}]'}

    made = crm.value(crm.send("POST", "/module/", data=form, params={"name": "By query", "fields": "[]"}))

    assert (made["name"], len(made["fields"])) == ("By query", 1)


@pytest.mark.parametrize("body", [b"{}", b"", b"broken {"])
def test_a_body_on_get_and_delete_is_ignored(crm, boat, body):
    headers = {"Content-Type": "application/json"}

    assert crm.value(crm.send("GET", boat, content=body, headers=headers))["name"] == "Boat"
    assert crm.send("DELETE", boat, content=body, headers=headers).json() == {"success": {"message": "OK"}}


@pytest.mark.parametrize("path", ["/field", "/module", "/page", "/job", "/workflow"])
def test_lists_answer_with_and_without_a_slash_at_the_end(crm, path):
    assert crm.send("GET", path).json() == crm.send("GET", f"{path}/").json()


def test_the_reference_of_the_dialect_is_rendered(nobody):
    page = nobody.get("/crm/docs")

    assert page.status_code == 200
    assert "/crm/module/{moduleID}/content" in page.text
