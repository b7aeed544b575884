"""Makes the plans of flows, stored or inline, and checks them against our own data besides."""

from collections.abc import Mapping

from headwater.access.actor import Actor
from headwater.connectors.contract import ChecksOurData, Connector
from headwater.db.database import Tx
from headwater.flows import store
from headwater.flows.library import Document, Library, Load, inline_library, load_library, stored_library
from headwater.flows.model import Plan, RunOptions
from headwater.flows.plan import plan
from headwater.flows.plan_step import ROLES, Lookup
from headwater.flows.store import Run
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.kernel.ids import new_hex24
from headwater.kernel.secrets import SecretBox

LONGEST_ID = 100
Faults = tuple[list[Fault], list[Fault]]  # errors, warnings


class Planner:
    """Where documents become plans. `load` finds stored documents."""

    def __init__(self, load: Load, connectors: Mapping[str, Connector], box: SecretBox) -> None:
        """Wire it to what it uses."""
        self._load = load
        self._connectors = connectors
        self._box = box

    def stored(self, tx: Tx, actor: Actor, flow_id: str, options: RunOptions) -> tuple[Plan, Library]:
        """The plan of a stored flow that may run now; refused with every fault as `invalid_flow`."""
        flow = self._flow(tx, flow_id)
        if flow.get("disabled") is True:
            detail = "The flow is disabled."
            raise InvalidError("invalid_flow", detail, faults=[Fault("disabled", "invalid_flow", detail)])
        library, lookup = stored_library(tx, self._load, flow)
        made = plan({**flow, "_id": flow_id}, lookup, self._connectors)
        self._refuse_faults(tx, actor, made, options)
        return made, library

    def inline(self, tx: Tx, actor: Actor, document: Document, options: RunOptions) -> tuple[Plan, Library]:
        """The plan of a flow that is stored nowhere; it never takes the id of one that is."""
        library = inline_library(document)
        given = library.flow.get("_id")
        is_free = isinstance(given, str) and 0 < len(given) <= LONGEST_ID and self._is_free(tx, given)
        made = plan(
            {**library.flow, "_id": given if is_free else new_hex24()}, library.find, self._connectors
        )
        self._refuse_faults(tx, actor, made, options)
        return made, library

    def check_inline(self, tx: Tx, actor: Actor, document: Document) -> Faults:
        """Every fault and warning of a flow that is stored nowhere."""
        library = inline_library(document)
        return self._faults(tx, actor, library.flow, library.find)

    def check_stored(self, tx: Tx, actor: Actor, flow_id: str) -> Faults:
        """Every fault and warning of a stored flow."""
        return self._faults(
            tx, actor, self._flow(tx, flow_id), lambda kind, hex_id: self._load(tx, kind, hex_id)
        )

    def of_run(self, tx: Tx, run: Run) -> tuple[Plan, Library]:
        """The plan of a run, made again from its own documents; refused when a connection went.

        A run without failures forgets its documents when the next run of its flow ends.
        """
        library = load_library(store.documents_of(tx, run.id), self._box)
        made = plan({**library.flow, "_id": run.flow_id}, library.lookup(tx, self._load), self._connectors)
        return made, library

    def for_retry(self, tx: Tx, run: Run) -> tuple[Plan, Library]:
        """The plan of the flow as it is now; of an inline flow, or one that is gone, that of the run."""
        flow = self._load(tx, "flow", run.flow_id)
        if flow is None:
            return self.of_run(tx, run)
        library, lookup = stored_library(tx, self._load, flow)
        return plan({**flow, "_id": run.flow_id}, lookup, self._connectors), library

    def dump(self, library: Library) -> str:
        """A library as a run keeps it."""
        return library.dump(self._box)

    def _flow(self, tx: Tx, flow_id: str) -> Document:
        flow = self._load(tx, "flow", flow_id)
        if flow is None:
            raise NotFoundError("flow_unknown", f"There is no flow '{flow_id[:40]}'.")
        return flow

    def _is_free(self, tx: Tx, flow_id: str) -> bool:
        return self._load(tx, "flow", flow_id) is None

    def _faults(self, tx: Tx, actor: Actor, flow: Document, lookup: Lookup) -> Faults:
        try:
            made = plan(flow, lookup, self._connectors)
        except InvalidError as error:
            return list(error.faults), []
        return self._data_faults(tx, actor, made), list(made.warnings)

    def _refuse_faults(self, tx: Tx, actor: Actor, made: Plan, options: RunOptions) -> None:
        faults = [*_limit_faults(made, options), *self._data_faults(tx, actor, made)]
        if faults:
            detail = f"The flow cannot be run: {faults[0].detail}"
            raise InvalidError("invalid_flow", detail, faults=faults)

    def _data_faults(self, tx: Tx, actor: Actor, made: Plan) -> list[Fault]:
        """What can be known only with our own data at hand: modules, queues, rights."""
        faults = []
        for step in made.steps:
            connector = self._connectors[step.connector]
            if isinstance(connector, ChecksOurData):
                for each in connector.check_data(tx, actor, ROLES[step.kind], step.parameters):
                    detail = f"Step {step.position} '{step.name}': {each.detail}"
                    faults.append(Fault(f"{step.connector}.{each.field}", each.code, detail))
        return faults


def _limit_faults(made: Plan, options: RunOptions) -> list[Fault]:
    known = {name for generator in made.generators for name in (generator.document_id, generator.id)}
    unknown = [each for each in options.export_ids if each not in known]
    return [Fault("_exportIds", "invalid_ref", f"'{each}' is no export of this flow.") for each in unknown]
