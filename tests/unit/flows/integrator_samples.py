"""The sample documents of the public flow API of integrator.io, with ids to be mapped."""

SIMPLE = {
    "_id": "123ab456c789de1011fg12h13i",
    "lastModified": "2017-06-19T21:27:09.945Z",
    "name": "Send GitHub Events to Slack",
    "disabled": False,
    "timezone": "America/Los_Angeles",
    "_exportId": "55ea776bb751843c37b7ac6ab0",
    "_importId": "55ea78c546cf5825294aca0b",
    "_integrationId": "58f107a36b3bdd4f87aca76b",
    "skipRetries": False,
    "createdAt": "2017-06-19T21:27:09.900Z",
}
_LOOKUPS = (
    *("numConnections", "dlSuccessAndErrors", "lastSignIn", "numDataLoaders", "numFlows"),
    *("numPasswordChanges", "numPasswordResets", "numSignIns", "successAndErrors"),
)
ORCHESTRATED = {
    "_id": "123ab456c789de1011fg12h13i",
    "lastModified": "2017-08-19T17:04:54.005Z",
    "name": "Update Usage Stats for all Trialers",
    "disabled": False,
    "schedule": "? 0 2 ? * *",
    "timezone": "America/Los_Angeles",
    "_integrationId": "58f107a36b3bdd4f87aca76b",
    "skipRetries": False,
    "pageProcessors": [
        *(
            {
                "type": "export",
                "_exportId": "55ea776bb751843c37b7ac6ab0",
                "responseMapping": {"lists": [], "fields": [{"extract": "data", "generate": name}]},
            }
            for name in _LOOKUPS
        ),
        {
            "type": "import",
            "_importId": "55ea776bb751843c37b7ac6ab0",
            "proceedOnFailure": True,
            "responseMapping": {"lists": [], "fields": []},
        },
        {
            "type": "import",
            "_importId": "55ea776bb751843c37b7ac6ab0",
            "responseMapping": {"lists": [], "fields": []},
        },
    ],
    "pageGenerators": [
        {"_exportId": "55ea776bb751843c37b7ac6ab0", "_id": "123ab456c789de1011fg12h13i"},
        {"_exportId": "55ea776bb751843c37b7ac6ab0", "_id": "123ab456c789de1011fg12h13i"},
    ],
    "createdAt": "2017-08-01T20:43:42.156Z",
}


def with_ids(value, ids):
    """The sample with its references mapped to ids that exist: `{"_exportId": "..."}`."""
    if isinstance(value, dict):
        return {key: ids[key] if key in ids else with_ids(each, ids) for key, each in value.items()}
    return [with_ids(each, ids) for each in value] if isinstance(value, list) else value
