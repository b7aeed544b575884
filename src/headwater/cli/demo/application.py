"""One application of the demo: created, given its document by the recipient, submitted, approved."""

from typing import Any

from headwater.cli.client import Api
from headwater.kernel import json

EXTERNAL_ID = "demo-correction-1"
# Munich's figure of the end of 2023, as its statistical office gives it.
CITY = {"geoname_id": 2867714, "population": 1_510_378}
CONTACT = {"email": "clara.huber@example.org", "firstname": "Clara", "lastname": "Huber"}
BOUNDARY = "headwater-demo-form"
DECIDED = frozenset({"approved", "rejected", "withdrawn", "archived"})
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 120]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 73>>stream
BT /F 14 Tf 20 60 Td (Munich, 31 December 2023: 1,510,378 people) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def play(api: Api, template_id: int) -> tuple[dict[str, Any], bool]:
    """The application at its end, and whether this run brought it there; an earlier run's is left alone."""
    found = api.get("/api/applications", external_id=EXTERNAL_ID)["items"]
    application = found[0] if found else _create(api, template_id)
    if application["status"] in DECIDED:
        return application, False
    portal = "/api/portal/" + application["public_url"].rsplit("/", 1)[1]
    page = api.get(portal)
    for item in page["items"]:
        if item["state"] in ("missing", "rejected"):
            _give(api, f"{portal}/items/{item['id']}/files")
    if page["status"] != "submitted":
        api.post(f"{portal}/submit")
    approved = api.post(f"/api/applications/{application['id']}/approve", {"force": True})
    return dict(approved), True


def _create(api: Api, template_id: int) -> dict[str, Any]:
    body = {
        "template_id": template_id,
        "contact": CONTACT,
        "title": "Munich has more people",
        "external_id": EXTERNAL_ID,
        "custom": CITY,
    }
    return dict(api.post("/api/applications", body))


def _give(api: Api, path: str) -> None:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="statistics.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = head.encode() + _PDF + f"\r\n--{BOUNDARY}--\r\n".encode()
    reply = api.send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    json.loads(reply.body)
