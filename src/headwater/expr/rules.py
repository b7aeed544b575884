"""The integrator's filter rules (prefix arrays), compiled once to a Python function; contract integrator.md
section 9.
"""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr import paths
from headwater.expr.generated import Source
from headwater.expr.rules_operators import FUNCTIONS, OPERATORS, Node, truth
from headwater.kernel.errors import Fault, InvalidError

Rules = list[Any]
Place = tuple[int, ...]

MAX_DEPTH = 30
MAX_NODES = 1_000


def rules_of(document: Any) -> Rules:
    """The rules of a filter document in any of its forms: the array, `{rules}`, or `{expression: {rules}}`;
    [] when absent.

    A filter that is a script, or anything else, is InvalidError `invalid_filter`.
    """
    if document is None or isinstance(document, list):
        return document or []
    if not isinstance(document, Mapping):
        raise _refusal([Fault("", "invalid_filter", "A filter is an object with rules, or an array.")])
    if document.get("type") == "script":
        raise _refusal([Fault("script", "not_supported", "Filters by script are not supported.")])
    expression = document.get("expression")
    inner = expression.get("rules") if isinstance(expression, Mapping) else None
    rules = document.get("rules") if inner is None else inner
    if rules is not None and not isinstance(rules, list):
        raise _refusal([Fault("rules", "invalid_filter", "'rules' wants an array.")])
    return rules or []


def compile(document: Any, settings: Mapping[str, Any] | None = None) -> Callable[[Any], bool]:
    """A function that says whether a record passes; no rules let everything pass (X4).

    `settings` is what `["settings", path]` reads, by scope: `{"flow": {...}, "export": {...}}`.
    Every fault is reported at once, as InvalidError `invalid_filter` whose faults name the place (`1.2`).
    """
    rules = rules_of(document)
    if not rules:
        return _passes
    compiler = _Compiler(settings or {})
    code = truth(compiler.node(rules, (), 0))
    if compiler.faults:
        raise _refusal(compiler.faults)
    compiler.source.line(f"return {code}")
    return compiler.source.function(FUNCTIONS)


def _passes(record: Any) -> bool:
    return True


def _refusal(faults: list[Fault]) -> InvalidError:
    return InvalidError(
        "invalid_filter",
        f"The filter cannot be used: {faults[0].detail}",
        hint='Rules are prefix arrays, such as ["equals", ["extract", "type"], "sail"].',
        faults=faults[:100],
    )


class _Compiler:
    """One filter on its way to source: walks the rules, gathers the faults."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.source = Source()
        self.faults: list[Fault] = []
        self._settings = settings
        self._nodes = 0

    def node(self, rule: Any, place: Place, depth: int) -> Node:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            return self._fault(
                place, f"Rules nest at most {MAX_DEPTH} deep and have at most {MAX_NODES} parts."
            )
        if not isinstance(rule, list):
            return self._constant(rule, place)
        if not rule or not isinstance(rule[0], str):
            return self._fault(place, "A rule is an array that begins with an operator.")
        if rule[0] in ("extract", "settings"):
            return self._value(rule, place)
        return self._operation(rule, place, depth)

    def _operation(self, rule: Rules, place: Place, depth: int) -> Node:
        name = rule[0]
        operator = OPERATORS.get(name)
        if operator is None:
            return self._fault(place, f"Operator '{name[:40]}' is unknown.")
        operands = _operands(rule)
        if not operator.low <= len(operands) <= operator.high:
            return self._fault(place, f"'{name}' wants {operator.low} operand(s); got {len(operands)}.")
        nodes = [self.node(each, (*place, at), depth + 1) for at, each in enumerate(operands, 1)]
        try:
            return operator.write(self.source, name, nodes)
        except InvalidError as error:
            return self._fault(place, error.detail)

    def _fault(self, place: Place, detail: str) -> Node:
        self.faults.append(Fault(".".join(map(str, place)), "invalid_filter", detail))
        return Node("None")

    def _constant(self, value: Any, place: Place) -> Node:
        if isinstance(value, dict):
            return self._fault(place, "An object cannot be an operand.")
        kind = {str: "text", bool: "bool", int: "number", float: "number"}.get(type(value), "any")
        return Node(self.source.literal(value), kind)

    def _value(self, rule: Rules, place: Place) -> Node:
        if len(rule) != 2:
            return self._fault(place, f"'{rule[0]}' wants one path.")
        try:
            path = paths.parse(rule[1])
        except InvalidError as error:
            return self._fault(place, error.detail)
        if rule[0] == "extract":
            return Node(self.source.extract(path))
        value = paths.read(self._settings, path)
        return Node(self.source.literal(None if value is paths.MISSING else value))


def _operands(rule: Rules) -> Rules:
    """The operands; `anyof` takes its list also as one array."""
    if rule[0] == "anyof" and len(rule) == 3 and isinstance(rule[2], list):
        is_value = len(rule[2]) == 2 and rule[2][0] in ("extract", "settings")
        return rule[1:] if is_value else [rule[1], *rule[2]]
    return rule[1:]
