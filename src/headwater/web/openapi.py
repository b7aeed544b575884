"""The OpenAPI 3.1 document of a route table: paths, parameters, bodies, answers, errors and security."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from headwater.web.route import Route

_REF = "#/components/schemas/{name}"
_WORD = re.compile(r"[^a-zA-Z0-9]+")
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "An error (RFC 9457). `code` is stable; /docs/errors explains each one.",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Every fault of the body or the query at once.",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
        "document": {"description": "The current state, with 412."},
        "request_id": {"type": "string"},
    },
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token: hw_..."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "hw_session",
        "description": "The cookie of /api/session; writes need the header X-Headwater-Request: 1.",
    },
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The first answer is kept 24 hours and given again to the same key and body.",
    "schema": {"type": "string", "maxLength": 255},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The revision that must be the present one; otherwise 412.",
    "schema": {"type": "string"},
}


def document(routes: Iterable[Route], *, title: str, version: str) -> dict[str, Any]:
    """The document of these routes, in their order."""
    routes = sorted(routes, key=lambda route: (route.tag, route.path, route.method))
    schemas, components = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "tags": [{"name": tag} for tag in dict.fromkeys(_tag(route) for route in routes)],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, **components},
            "responses": {"Problem": _problem_response()},
            "securitySchemes": _SECURITY,
        },
        "security": [{"token": []}, {"session": []}],
    }


def parameters_of(kind: Any) -> list[dict[str, Any]]:
    """The query parameters of a Struct, each with its schema and default."""
    if kind is None:
        return []
    schema = _whole_schema(kind)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema.get("properties", {}).items()
    ]


def _whole_schema(kind: Any) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([kind], ref_template=_REF)
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = components.get(name, schema)
    return found


def _schemas(routes: Sequence[Route]) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """The schema of every body and answer, by the identity of its type, and the components they refer to."""
    kinds = {id(kind): kind for route in routes for kind in (route.body, route.answer) if kind is not None}
    found, components = msgspec.json.schema_components(kinds.values(), ref_template=_REF)
    return dict(zip(kinds, found, strict=True)), components


def _operation(route: Route, schemas: dict[int, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "parameters": _parameters(route),
        "responses": _responses(route, schemas),
    }
    if route.scope:
        operation["description"] = f"Needs the scope `{route.scope}`."
    if route.is_open:
        operation["security"] = []
    if route.streams:
        operation["requestBody"] = {"content": {"application/octet-stream": {}}}
    elif route.body is not None:
        content = {"application/json": {"schema": schemas[id(route.body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _tag(route: Route) -> str:
    return route.tag or route.path.strip("/").split("/")[0] or "headwater"


def operation_id(route: Route) -> str:
    """A stable name of the operation: method and path, such as `get_api_modules_module`."""
    return _WORD.sub("_", f"{route.method.lower()}{route.path}").strip("_")


def _parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", route.path)
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    found += parameters_of(route.query)
    if route.method == "POST" and not route.is_secret:
        found.append(_IDEMPOTENCY_KEY)
    if route.method in ("PATCH", "PUT", "DELETE"):
        found.append(_IF_MATCH)
    return found


def _responses(route: Route, schemas: dict[int, dict[str, Any]]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _DESCRIPTIONS.get(route.status, "Done")}
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": schemas[id(route.answer)]}}
    return {str(route.status): answer, "default": {"$ref": "#/components/responses/Problem"}}


_DESCRIPTIONS = {200: "Done", 201: "Created", 202: "Accepted; the work goes on", 204: "Done; no body"}


def _problem_response() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "An error", "content": {"application/problem+json": {"schema": schema}}}
