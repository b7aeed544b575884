"""The counts of the home page: only what the caller may see."""

CITY = {"handle": "city", "name": "City", "fields": [{"name": "name", "kind": "String"}]}


def as_token(api, *scopes):
    made = api.post("/api/tokens", json={"name": "t", "scopes": list(scopes)}).json()
    return {"Authorization": f"Bearer {made['token']}"}


def test_an_administrator_sees_every_count(api):
    api.post("/api/modules", json=CITY)
    api.post("/api/modules/city/records", json={"values": {"name": "Odda"}})
    counts = api.get("/api/stats").json()
    assert {
        "modules": 1,
        "records": 1,
        "jobs": 0,
        "flows": 0,
        "failures": 0,
        "applications": 0,
    }.items() <= counts.items()
    assert {
        "alerts": 0,
        "queued": 0,
        "processing": 0,
        "jobs_running": 0,
        "jobs_queued": 0,
    }.items() <= counts.items()


def test_others_see_the_counts_of_their_scopes(api):
    assert set(api.get("/api/stats", headers=as_token(api, "jobs")).json()) == {
        "modules",
        "records",
        "jobs",
        "jobs_queued",
        "jobs_running",
    }
    lead = api.get("/api/stats", headers=as_token(api, "records:read:lead")).json()
    assert lead == {"modules": 0, "records": 0}


def test_the_settings_are_for_administrators(api):
    assert api.get("/api/settings", headers=as_token(api, "jobs")).status_code == 403
