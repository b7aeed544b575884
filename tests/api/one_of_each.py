"""One of everything at a server, so that requests about it reach the code behind the lookups."""

FIELDS = [
    {"name": "name", "kind": "String", "indexed": True},
    {"name": "code", "kind": "String", "unique": True},
    {"name": "about", "kind": "Text"},
    {"name": "size", "kind": "Number"},
    {"name": "share", "kind": "Number", "scale": 6},
    {"name": "is_open", "kind": "Bool"},
    {"name": "seen", "kind": "DateTime"},
    {"name": "colour", "kind": "Select", "options": ["red", "blue"]},
    {"name": "marks", "kind": "Select", "options": ["a", "b"], "multi": True},
    {"name": "names", "kind": "String", "multi": True},
    {"name": "parent", "kind": "Record", "module": "thing"},
    {
        "name": "status",
        "kind": "State",
        "states": ["draft", "ready"],
        "initial": "draft",
        "transitions": [{"from": "draft", "to": "ready"}],
    },
]
MODULE = {"handle": "thing", "name": "Thing", "label_field": "name", "fields": FIELDS}
VALUES = {
    "name": "São",
    "about": "long",
    "size": 3,
    "share": "0.5",
    "is_open": True,
    "seen": "2031-05-02T07:00:00Z",
    "colour": "red",
    "marks": ["a"],
    "names": ["x", "y"],
}
FILTER = {
    "and": [
        ["size", "gte", 1],
        {"or": [["names", "has", "x"], {"not": ["seen", "last_n_days", 7]}]},
        ["parent.name", "in", ["a"]],
        ["share", "between", ["0.1", "0.9"]],
    ]
}
ALERT = {
    "name": "All",
    "module": "thing",
    "trigger": "filter",
    "filter": ["size", "gte", 0],
    "extra_fields": ["name"],
}
ITEMS = [
    {"title": "Proof", "accept": ["pdf"], "max_size_mb": 1},
    {"kind": "statement", "title": "Rules", "statement": "I keep the rules."},
]
PATTERN = {
    "title": "Berth",
    "steps": [{"title": "Papers", "items": ITEMS}],
    "record_mapping": {
        "module": "thing",
        "on": "approved",
        "operation": "upsert",
        "key": {"code": "custom.berth"},
        "fields": {"name": "contact.lastname"},
    },
}
APPLICATION = {
    "contact": {"email": "ida@example.org", "firstname": "Ida", "lastname": "Ek"},
    "custom": {"berth": "A4"},
}
EXPORT = {
    "name": "E",
    "adaptorType": "HeadwaterExport",
    "records": {"module": "thing", "filter": ["size", "gte", 0]},
}
IMPORT = {
    "name": "I",
    "adaptorType": "HeadwaterImport",
    "records": {"module": "thing", "operation": "insert"},
    "mapping": {"fields": [{"extract": "name", "generate": "name"}], "lists": []},
    "filter": {
        "type": "expression",
        "version": "1",
        "expression": {"rules": ["equals", ["string", ["extract", "name"]], "x"]},
    },
}
CONNECTION = {
    "name": "C",
    "type": "http",
    "http": {"baseURI": "http://127.0.0.1:9", "auth": {"type": "basic"}},
}
JOURNEY = {
    "flow": {
        "name": "F",
        "pageGenerators": [{"_exportId": "e"}],
        "pageProcessors": [
            {"type": "import", "_importId": "i", "responseMapping": {"fields": [], "lists": []}}
        ],
    },
    "exports": {"e": EXPORT},
    "imports": {"i": IMPORT},
    "connections": {},
}


def make(api):
    """Good values of the parameters in paths, by the parameter's name."""
    module = _made(api.post("/api/modules", json=MODULE))
    record = _made(api.post("/api/modules/thing/records", json={"values": VALUES}))
    alert = _made(api.post("/api/alerts", json=ALERT))
    upload = _made(api.post("/api/modules/thing/imports", headers={"Upload-Length": "40"}))
    return {
        "module": module["id"],
        "moduleID": module["id"],
        "field": "size",
        "record": record["id"],
        "contentID": record["id"],
        "alert": alert["id"],
        "queue": alert["queue_uuid"],
        "client": 1,
        "import_id": upload["id"],
        "kind": "http",
        "typeID": "email",
        **_application(api),
        **_flow(api),
        **_people(api),
    }


def bodies(known):
    """Good bodies by the path that takes them, as far as they are more than a schema tells."""
    application = {**APPLICATION, "template_id": known["template"]}
    return {**_bodies_of_our_own(known, application), **_bodies_of_dialects(known, application)}


def _bodies_of_our_own(known, application):
    bulk = {
        "create": [{"values": VALUES}],
        "update": [{"id": known["record"], "values": VALUES, "revision": 1}],
        "upsert": {"key": "code", "records": [{"values": VALUES}]},
        "delete": [1],
        "atomic": True,
    }
    return {
        "/api/modules": {**MODULE, "handle": "other"},
        "/api/modules/{module}": {"name": "New", "label_field": "name"},
        "/api/modules/{module}/fields": {**FIELDS[7], "name": "extra"},
        "/api/modules/{module}/fields/{field}": {"label": "Size", "scale": 2, "indexed": True},
        "/api/modules/{module}/records": {"values": VALUES},
        "/api/modules/{module}/records/{record}": {"values": VALUES},
        "/api/modules/{module}/records/bulk": bulk,
        "/api/alerts": ALERT,
        "/api/alerts/{alert}": ALERT,
        "/api/alerts/preview": ALERT,
        "/api/templates": PATTERN,
        "/api/templates/{template_id}": PATTERN,
        "/api/applications": application,
        "/api/applications/{application_id}": {"custom": {"a": 1}, "title": "T"},
        "/api/runs": JOURNEY,
        "/api/flows/check": JOURNEY,
        "/api/tokens": {"name": "t", "scopes": ["records:read"], "expires_at": "2099-01-01T00:00:00Z"},
    }


def _bodies_of_dialects(known, application):
    flow = {**JOURNEY["flow"], "pageGenerators": [{"_exportId": known["export"]}]}
    content = {"fields": [{"name": "name", "value": "x"}, {"name": "parent", "value": "1", "related": ["1"]}]}
    return {
        "/integrator/v1/flows": flow,
        "/integrator/v1/flows/{id}": flow,
        "/integrator/v1/exports": EXPORT,
        "/integrator/v1/imports": IMPORT,
        "/integrator/v1/connections": CONNECTION,
        "/integrator/v1/flows/{id}/clone": {"connectionMap": {}, "name": "Copy"},
        "/integrator/v1/flows/{id}/run": {"_exportIds": [known["export"]]},
        "/clust/api/templates": PATTERN,
        "/clust/api/templates/{template}": PATTERN,
        "/clust/api/dossiers": application,
        "/clust/api/dossiers/{dossier}": {"custom": {"a": 1}, "title": "T"},
        "/crm/module": {"name": "M", "fields": [{"name": "hull", "title": "Hull", "kind": "text"}]},
        "/crm/module/{moduleID}/content": content,
        "/crm/module/{moduleID}/content/{contentID}": content,
        "/fluxx/oauth/token": {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
    }


def _application(api):
    template = _made(api.post("/api/templates", json=PATTERN))
    application = _made(api.post("/api/applications", json={**APPLICATION, "template_id": template["id"]}))
    portal = application["public_url"].rsplit("/", 1)[1]
    item = api.get(f"/api/portal/{portal}").json()["items"][0]["id"]
    return {
        "template": template["id"],
        "template_id": template["id"],
        "dossier": application["id"],
        "application_id": application["id"],
        "portal": portal,
        "item": item,
        "item_id": item,
        "act": "approve",
        "upload_id": 1,
    }


def _flow(api):
    export = _made(api.post("/integrator/v1/exports", json=EXPORT))["_id"]
    place = {"type": "import", "_importId": _made(api.post("/integrator/v1/imports", json=IMPORT))["_id"]}
    flow = {"name": "F", "pageGenerators": [{"_exportId": export}], "pageProcessors": [place]}
    flow_id = _made(api.post("/integrator/v1/flows", json=flow))["_id"]
    run = _made(api.post(f"/api/flows/{flow_id}/run"))
    return {
        "flow": flow_id,
        "id": flow_id,
        "export": export,
        "run": run["id"],
        "job": run["job_id"],
        "failure": 1,
    }


def _people(api):
    token = _made(api.post("/api/tokens", json={"name": "t", "scopes": ["records:read"]}))
    person = {"name": "U", "email": "u@example.org", "scopes": ["records:read"]}
    return {"token": token["id"], "user": _made(api.post("/api/users", json=person))["id"]}


def _made(answer):
    assert answer.is_success, answer.text
    return answer.json()
