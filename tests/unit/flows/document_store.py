"""The service of integrator documents on a database, as the tests of documents use it."""

import pytest

from headwater.access.actor import SYSTEM
from headwater.flows import documents_relations
from headwater.flows.documents import Documents
from headwater.flows.documents_clone import Clones
from headwater.kernel.errors import InvalidError
from headwater.kernel.secrets import SecretBox

EXPORT = {"name": "Boats", "adaptorType": "HeadwaterExport", "records": {"module": "boat"}}


IMPORT = {"name": "ERP", "adaptorType": "HeadwaterImport", "records": {"module": "boat"}}


HTTP = {
    "name": "ERP",
    "type": "http",
    "http": {
        "baseURI": "https://erp.example.org",
        "auth": {"type": "basic", "basic": {"username": "liv", "password": "pw-1"}},
        "headers": [{"name": "X-Api-Key", "value": "key-1"}, {"name": "Accept", "value": "text/plain"}],
        "encrypted": {"pin": 1234},
    },
}


class Store:
    """The service on a database, one transaction a call."""

    def __init__(self, database, clock):
        self.database = database
        self.documents = Documents(clock, SecretBox("k" * 32))
        self.clones = Clones(self.documents)

    def run(self, method, *arguments, actor=SYSTEM, **options):
        target = self.clones if method in ("flow", "step") else self.documents
        target = documents_relations if method == "dependencies" else target
        return self.database.write_now(lambda tx: getattr(target, method)(tx, actor, *arguments, **options))

    def create(self, kind, body):
        return self.run("create", kind, body)

    def load(self, kind, hex_id):
        return self.database.read_now(lambda tx: self.documents.load(tx, kind, hex_id))

    def ids(self):
        return {
            "_exportId": self.create("export", EXPORT)["_id"],
            "_importId": self.create("import", IMPORT)["_id"],
            "_integrationId": self.create("integration", {"name": "Yard"})["_id"],
        }


def faults(call, *arguments, **options):
    with pytest.raises(InvalidError) as caught:
        call(*arguments, **options)
    return [(fault.field, fault.code) for fault in caught.value.faults]
