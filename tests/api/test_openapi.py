"""The OpenAPI document and the pages made of it."""

import re

import pytest


@pytest.fixture(scope="module")
def document(nobody):
    return nobody.get("/openapi.json").json()


def operations(document):
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def references(value):
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        found = [value["$ref"]] if "$ref" in value else []
        return found + [each for part in value.values() for each in references(part)]
    if isinstance(value, list):
        return [each for part in value for each in references(part)]
    return []


def test_it_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "Headwater" and document["info"]["version"]
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}


def test_every_route_is_documented(document, served):
    documented = {(method.upper(), path) for path, method, _ in operations(document)}
    assert documented == {(route.method, route.path) for route in served.routes}


def test_every_reference_leads_somewhere(document):
    for reference in set(references(document)):
        place = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def test_every_operation_has_its_own_name_a_summary_and_the_problem(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}


def test_every_parameter_of_a_path_is_declared(document):
    for path, _, operation in operations(document):
        declared = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        names = [(each["in"], each["name"]) for each in operation["parameters"]]
        assert len(names) == len(set(names))


def test_query_parameters_have_their_limits(document):
    parameters = {each["name"]: each for each in document["paths"]["/api/tokens"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}


def test_bodies_refuse_unknown_keys_in_the_document_too(document):
    assert document["components"]["schemas"]["NewToken"]["additionalProperties"] is False


def test_times_need_a_zone_in_every_body(served):
    """msgspec accepts a time without zone unless the type forbids it."""
    import msgspec

    def naive(info, seen):
        if id(info) in seen:
            return False
        seen.add(id(info))
        if isinstance(info, msgspec.inspect.DateTimeType):
            return info.tz is not True
        parts = [getattr(info, name) for name in ("types", "item_types") if hasattr(info, name)]
        inner = [each for part in parts for each in part]
        inner += [getattr(info, name) for name in ("item_type", "value_type") if hasattr(info, name)]
        inner += [field.type for field in getattr(info, "fields", ())]
        return any(naive(each, seen) for each in inner)

    bodies = [route for route in served.routes if route.body is not None]
    assert [route.path for route in bodies if naive(msgspec.inspect.type_info(route.body), set())] == []


def test_a_module_adds_the_schema_of_its_values(api, nobody):
    fields = [
        {"name": "name", "kind": "String", "required": True},
        {"name": "names", "kind": "String", "multi": True},
        {"name": "size", "kind": "Select", "options": ["small", "large"]},
    ]
    api.post("/api/modules", json={"handle": "city", "name": "City", "fields": fields})
    schema = api.get("/openapi.json", params={"module": "city"}).json()["components"]["schemas"][
        "city_values"
    ]
    assert schema["required"] == ["name"] and set(schema["properties"]) == {"name", "names", "size"}
    assert schema["properties"]["size"]["anyOf"][0]["enum"] == ["small", "large"]
    assert nobody.get("/openapi.json", params={"module": "city"}).status_code == 401


def test_an_unknown_module_adds_nothing(api):
    assert api.get("/openapi.json", params={"module": "nowhere"}).status_code == 404


def test_the_reference_is_a_page_without_scripts(nobody, document):
    page = nobody.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    for path, _, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in page.text and path in page.text
    assert nobody.get("/docs/style.css").headers["content-type"].startswith("text/css")


def test_every_problem_leads_to_its_explanation(nobody):
    problem = nobody.get("/api/me").json()
    page, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in nobody.get(page).text
