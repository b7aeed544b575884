"""`http` and `rest` parts as parameters of the http connector (contract section 13)."""

from collections.abc import Mapping
from typing import Any

from headwater.flows.formats.integrator.parts import filled, objects, part, text

_PAGING = {
    "linkheader": {"relation": "linkHeaderRelation"},
    "page": {"start": "page", "max_pages_path": "maxPagePath"},
    "skip": {"start": "skip", "max_count_path": "maxCountPath"},
    "token": {
        "token": "token",
        "path": "path",
        "path_location": "pathLocation",
        "later_path": "pathAfterFirstRequest",
    },
    "url": {"path": "path"},
    "relativeuri": {"relative_uri": "relativeURI"},
    "body": {"body": "body"},
}
_SUCCESS = {
    "success_path": "successPath",
    "success_values": "successValues",
    "fail_path": "failPath",
    "fail_values": "failValues",
    "error_path": "errorPath",
}


def connection_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """The address, headers and credentials of a connection."""
    http = part(document, "http") or part(document, "rest")
    auth = part(http, "auth")
    return filled(
        {
            "base_url": text(http, "baseURI"),
            "headers": _headers(http) or None,
            "auth": filled(
                {
                    "type": text(auth, "type"),
                    "username": text(part(auth, "basic"), "username"),
                    "password": text(part(auth, "basic"), "password"),
                    "token": text(part(auth, "token"), "token"),
                    "token_header": text(part(auth, "token"), "headerName"),
                    "token_scheme": text(part(auth, "token"), "scheme"),
                    "token_location": text(part(auth, "token"), "location"),
                    "token_parameter": text(part(auth, "token"), "paramName"),
                }
            ),
            "concurrency": _concurrency(document),
            "recovers_rate_limit": document.get("autoRecoverRateLimitErrors", True) is not False,
        }
    )


def export_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """What to request, how to page, and where the records are in the answer."""
    http = part(document, "http") or part(document, "rest")
    response = part(http, "response")
    return filled(
        {
            "method": (text(http, "method") or "GET").upper(),
            "path": text(http, "relativeURI") or "",
            "body": text(http, "body"),
            "headers": _headers(http) or None,
            "records_path": text(response, "resourcePath"),
            "paging": _paging(part(http, "paging")) or None,
            **_success(response),
        }
    )


def import_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """The requests that write a record: one, or an update and a create (A4)."""
    http = part(document, "http") or part(document, "rest")
    response = part(http, "response")
    return filled(
        {
            "requests": _requests(http),
            "headers": _headers(http) or None,
            "batch_size": http.get("batchSize") or document.get("batchSize"),
            "records_path": text(response, "resourcePath"),
            "id_path": text(response, "resourceIdPath"),
            "existing": text(document, "existingExtract") or text(http, "existingExtract"),
            "ignore_existing": document.get("ignoreExisting") or None,
            "ignore_missing": document.get("ignoreMissing") or None,
            "ignore_path": text(http, "ignoreExtract") or text(document, "ignoreExtract"),
            "is_strict": http.get("strictHandlebarEvaluation"),
            **_success(response),
        }
    )


def _requests(http: Mapping[str, Any]) -> list[dict[str, Any]]:
    methods = _as_list(http.get("method")) or ["POST"]
    paths, bodies, types = (_as_list(http.get(name)) for name in ("relativeURI", "body", "requestType"))
    return [
        filled(
            {
                "method": str(method).upper(),
                "path": _at(paths, at) or "",
                "body": _at(bodies, at),
                "type": str(_at(types, at) or ("CREATE" if len(methods) == 1 else "")).upper() or None,
            }
        )
        for at, method in enumerate(methods)
    ]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _at(values: list[Any], at: int) -> Any:
    return values[at] if at < len(values) else None


def _headers(http: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": str(each.get("name")), "value": str(each.get("value") or "")}
        for each in objects(http, "headers")
        if each.get("name")
    ]


def _success(response: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: response.get(theirs) for ours, theirs in _SUCCESS.items()}


def _paging(paging: Mapping[str, Any]) -> dict[str, Any]:
    method = text(paging, "method")
    if method is None:
        return {}
    names = _PAGING.get(method, {})
    return filled(
        {
            "method": method,
            **{ours: paging.get(theirs) for ours, theirs in names.items()},
            "last_status": paging.get("lastPageStatusCode"),
            "last_path": text(paging, "lastPagePath"),
            "last_values": paging.get("lastPageValues"),
        }
    )


def _concurrency(document: Mapping[str, Any]) -> Any:
    http = part(document, "http")
    return (
        document.get("targetConcurrencyLevel")
        or document.get("concurrencyLevel")
        or http.get("targetConcurrencyLevel")
        or http.get("concurrencyLevel")
    )
