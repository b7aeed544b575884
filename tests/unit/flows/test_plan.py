"""What a flow document compiles to, and everything it is refused for."""

import pytest

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.flows.model import Router
from headwater.flows.plan import plan
from headwater.kernel.errors import InvalidError

FOLDER = {"type": "filesystem", "filesystem": {"directoryPath": "in"}}
EXPORT = {
    "name": "Read",
    "adaptorType": "FileSystemExport",
    "_connectionId": "c",
    "file": {"type": "csv"},
}
IMPORT = {
    "name": "Write",
    "adaptorType": "FileSystemImport",
    "_connectionId": "c",
    "file": {"type": "jsonl"},
    "filesystem": {"fileName": "out.jsonl"},
}


class Documents:
    """What the lookup finds."""

    def __init__(self, tmp_path):
        self.connectors = {"file": FileConnector(tmp_path)}
        self.known = {("connection", "c"): FOLDER, ("export", "e"): EXPORT, ("import", "i"): IMPORT}

    def lookup(self, kind, document_id):
        return self.known.get((kind, document_id))

    def plan(self, **flow):
        return plan({"pageGenerators": [{"_exportId": "e"}], **flow}, self.lookup, self.connectors)

    def faults(self, **flow):
        with pytest.raises(InvalidError) as caught:
            self.plan(**flow)
        assert caught.value.code == "invalid_flow"
        return list(dict.fromkeys((fault.field, fault.code) for fault in caught.value.faults))


@pytest.fixture
def documents(tmp_path):
    return Documents(tmp_path)


TO_I = {"type": "import", "_importId": "i"}


def branch(*processors, next_router=None, rules=None):
    document = {"name": "b", "pageProcessors": list(processors)}
    if next_router:
        document["nextRouterId"] = next_router
    if rules:
        document["inputFilter"] = {"version": "1", "rules": rules}
    return document


def test_processors_stand_in_a_row_behind_the_generators(documents):
    made = documents.plan(pageProcessors=[TO_I, TO_I])
    assert [(step.position, step.kind, step.next) for step in made.steps] == [
        (0, "generator", None),
        (1, "import", 2),
        (2, "import", None),
    ]


def test_every_place_has_its_own_id_though_the_document_is_the_same(documents):
    made = documents.plan(pageProcessors=[TO_I, TO_I], pageGenerators=[{"_exportId": "e", "_id": "a/1"}] * 2)
    assert [step.id for step in made.steps] == ["a-1", "a-1.2", "i.1", "i.2"]


def test_the_legacy_form_is_one_generator_and_one_import(documents):
    made = plan({"_exportId": "e", "_importId": "i"}, documents.lookup, documents.connectors)
    assert [step.document_id for step in made.steps] == ["e", "i"]


def test_a_flow_without_generator_is_refused(documents):
    assert documents.faults(pageGenerators=[]) == [("pageGenerators", "invalid_flow")]


def test_every_fault_is_told_at_once(documents):
    documents.known["export", "ftp"] = {"name": "F", "adaptorType": "FTPExport"}
    documents.known["import", "bad"] = {
        **IMPORT,
        "_connectionId": "none",
        "filter": {"rules": ["isempty", 1]},
        "mapping": {"fields": [{"extract": "a"}], "lists": []},
    }
    faults = documents.faults(
        pageGenerators=[{"_exportId": "ftp"}, {"_exportId": "gone"}, {}],
        pageProcessors=[{"type": "import", "_importId": "bad"}, {"type": "teleport"}],
    )
    assert faults == [
        ("pageGenerators.0", "invalid_flow"),
        ("pageGenerators.1._exportId", "invalid_ref"),
        ("pageGenerators.2._exportId", "missing_required_field"),
        ("pageProcessors.0._connectionId", "invalid_ref"),
        ("pageProcessors.0.filter", "invalid_filter"),
        ("pageProcessors.0.mapping.fields.0.generate", "invalid_mapping"),
        ("pageProcessors.1.type", "invalid_field"),
    ]


def test_the_fault_of_an_unknown_type_names_step_and_type(documents):
    documents.known["export", "e"] = {"name": "Boats", "adaptorType": "RDBMSExport"}
    with pytest.raises(InvalidError, match=r"Boats.*RDBMSExport"):
        documents.plan()


def test_a_lookup_in_files_is_refused(documents):
    faults = documents.faults(pageProcessors=[{"type": "export", "_exportId": "e"}])
    assert faults == [("pageProcessors.0", "invalid_flow")]


def test_what_the_connector_misses_is_a_fault_of_the_step(documents):
    documents.known["import", "i"] = {**IMPORT, "filesystem": {}, "file": {}}
    faults = documents.faults(pageProcessors=[TO_I])
    assert faults == [
        ("pageProcessors.0.file.format", "missing_required_field"),
        ("pageProcessors.0.file.name", "missing_required_field"),
    ]


def test_a_connection_of_another_kind_is_refused(documents):
    documents.known["connection", "c"] = {"type": "http", "http": {"baseURI": "http://x"}}
    assert documents.faults() == [("pageGenerators.0._connectionId", "invalid_ref")]


def test_scripts_are_refused_and_unknown_hooks_only_told(documents):
    script = {"_scriptId": "s", "function": "f"}
    documents.known["import", "i"] = {**IMPORT, "hooks": {"preMap": script}}
    assert documents.faults(pageProcessors=[TO_I]) == [("pageProcessors.0.hooks.preMap", "invalid_flow")]
    documents.known["import", "i"] = {**IMPORT, "hooks": {"before": script}}
    assert [warning.code for warning in documents.plan(pageProcessors=[TO_I]).warnings] == ["unknown_hook"]


def test_what_would_be_left_out_in_silence_is_refused(documents):
    documents.known["export", "e"] = {**EXPORT, "file": {"type": "csv", "compressionFormat": "gzip"}}
    faults = documents.faults(_runNextExportIds=[{"_flowId": "f", "_exportId": "e"}])
    assert faults == [("pageGenerators.0", "invalid_flow"), ("_runNextExportIds", "invalid_flow")]


def test_processors_and_routers_together_are_refused(documents):
    routers = [{"id": "r", "branches": [branch(TO_I)]}]
    assert documents.faults(pageProcessors=[TO_I], routers=routers) == [("routers", "invalid_flow")]


def test_branches_lead_to_their_next_router_which_is_planned_once(documents):
    made = documents.plan(
        routers=[
            {
                "id": "r1",
                "routeRecordsTo": "all_matching_branches",
                "branches": [branch(TO_I, next_router="r2"), branch(TO_I, next_router="r2")],
            },
            {"id": "r2", "branches": [branch(TO_I)]},
        ]
    )
    routers = {node.id: node for node in made.nodes if isinstance(node, Router)}
    assert made.nodes[0] is routers["r1"]
    behind = [made.node(each.next).next for each in routers["r1"].branches]
    assert behind == [routers["r2"].position] * 2
    assert len(made.nodes) == 5


def test_routers_in_a_ring_are_refused(documents):
    faults = documents.faults(
        routers=[
            {"id": "r1", "branches": [branch(next_router="r2")]},
            {"id": "r2", "branches": [branch(next_router="r1")]},
        ]
    )
    assert ("routers.0.branches.0.nextRouterId.branches.0.nextRouterId", "invalid_flow") in faults


def test_a_branch_to_no_router_is_refused(documents):
    faults = documents.faults(routers=[{"id": "r1", "branches": [branch(next_router="r9")]}])
    assert faults == [("routers.0.branches.0.nextRouterId", "invalid_ref")]
