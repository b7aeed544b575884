"""A client of the CRM dialect for tests: answers as the envelope's content."""

import time
from types import SimpleNamespace

from headwater.accounts import jwt
from headwater.accounts.people import Particulars

BOAT = [
    {"kind": "text", "name": "hull", "label": "Hull no.", "isRequired": True},
    {"kind": "Number", "name": "length", "label": "Length", "options": {"precision": 1}},
]


class Crm:
    """Sends requests below /crm."""

    def __init__(self, http):
        self.http = http

    def send(self, method, path, **rest):
        return self.http.request(method, f"/crm{path}", **rest)

    def get(self, path, **parameters):
        return self.value(self.send("GET", path, params=parameters))

    def post(self, path, body):
        return self.value(self.send("POST", path, json=body))

    def message(self, method, path, **rest):
        """The message of an answer that must be an error, which has status 200 all the same."""
        answer = self.send(method, path, **rest)
        assert (answer.status_code, list(answer.json())) == (200, ["error"]), answer.text
        return answer.json()["error"]["message"]

    def refusal(self, path, body):
        """The message that refuses a POST."""
        return self.message("POST", path, json=body)

    def value(self, answer):
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["response"], answer.text
        return answer.json()["response"]

    def module(self, fields, name="Boat"):
        """The path of a new module."""
        return f"/module/{self.post('/module/', {'name': name, 'fields': fields})['moduleID']}"

    def add(self, module, **values):
        """A new content of these names and values."""
        fields = [{"name": name, "value": value} for name, value in values.items()]
        return self.post(f"{module}/content", {"fields": fields})


def values(content):
    """The values of a content by name."""
    return {item["name"]: item["value"] for item in content["fields"]}


def person(served, name="Ida", scopes=("admin",)):
    """A person and a JWT of hers, signed with the server's own key."""
    email = f"{name.lower()}@example.org"
    user = served.database.write_now(
        lambda tx: served.people.of_email(tx, email) or _new_person(served, tx, name, email, scopes)
    )
    return SimpleNamespace(user=user, jwt=signed(served, sub=str(user.id)))


def signed(served, *, key=None, **claims):
    """A JWT with these claims; it lives ten minutes when they do not say."""
    claims = {"exp": int(time.time()) + 600, **claims}
    return jwt.encode(claims, key or served.secrets.derive("crm jwt"))


def _new_person(served, tx, name, email, scopes):
    system = SimpleNamespace(id=0, scopes=frozenset({"admin"}), name="test")
    user, link = served.people.invite(tx, system, name, email, scopes)
    return served.people.use_link(tx, link, Particulars(password_hash="-")) or user
