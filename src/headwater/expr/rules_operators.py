"""The operators of the integrator's filter rules: how many operands each takes and the Python expression it
becomes.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from headwater.expr import patterns, values
from headwater.expr.generated import Source
from headwater.kernel.errors import InvalidError

Rules = list[Any]
MANY = 1_000


class Node(NamedTuple):
    """A Python expression, and what is known of its value: `text`, `number`, `bool` or `any`."""

    code: str
    kind: str = "any"


Write = Callable[[Source, str, list[Node]], Node]


class Operator(NamedTuple):
    """What an operator takes and how it is written."""

    low: int
    high: int
    write: Write


def truth(node: Node) -> str:
    """An expression that is a bool."""
    return node.code if node.kind == "bool" else f"truth({node.code})"


def _text(source: Source, node: Node) -> str:
    if node.kind == "text":
        return node.code
    if node.code == "None":
        return "''"
    name = source.name()
    return f"({name} if ({name} := {node.code}).__class__ is str else text({name}))"


def _number(node: Node) -> str:
    return node.code if node.kind == "number" else f"number({node.code})"


def _logic(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node("(" + f" {operator} ".join(truth(each) for each in operands) + ")", "bool")


def _not(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"(not {truth(operands[0])})", "bool")


def _equals(source: Source, operator: str, operands: list[Node]) -> Node:
    left, right = operands
    if left.kind == "text" and right.code == "None":
        right = Node("''", "text")  # X6: after `string`, a missing field equals null too
    if left.kind == right.kind and left.kind in ("text", "number"):
        code = f"({left.code} == {right.code})"
    else:
        code = f"equal({left.code}, {right.code})"
    return Node(code if operator == "equals" else f"(not {code})", "bool")


_COMPARISONS = {"greaterthan": ">", "greaterthanequals": ">=", "lessthan": "<", "lessthanequals": "<="}


def _comparison(source: Source, operator: str, operands: list[Node]) -> Node:
    left, right = operands
    sign = _COMPARISONS[operator]
    if left.kind == right.kind == "text":
        return Node(f"({left.code} {sign} {right.code})", "bool")
    if "number" in (left.kind, right.kind):
        return Node(f"({_number(left)} {sign} {_number(right)})", "bool")
    if sign[0] == ">":
        left, right = right, left
    return Node(f"{'at_most' if len(sign) > 1 else 'less'}({left.code}, {right.code})", "bool")


def _affix(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"{_text(source, operands[0])}.{operator}({_text(source, operands[1])})", "bool")


def _contains(source: Source, operator: str, operands: list[Node]) -> Node:
    whole, part = operands
    both_text = whole.kind == part.kind == "text"
    code = f"({part.code} in {whole.code})" if both_text else f"contains({whole.code}, {part.code})"
    return Node(code if operator == "contains" else f"(not {code})", "bool")


def _matches(source: Source, operator: str, operands: list[Node]) -> Node:
    pattern = source.constant(operands[1].code)
    if not isinstance(pattern, str):
        raise InvalidError("invalid_pattern", "'matches' wants a constant text as its pattern.")
    compiled = source.bind(patterns.compile(pattern).is_found)
    return Node(f"{compiled}({_text(source, operands[0])})", "bool")


def _empty(source: Source, operator: str, operands: list[Node]) -> Node:
    code = f"is_empty({operands[0].code})"
    return Node(code if operator == "empty" else f"(not {code})", "bool")


def _any_of(source: Source, operator: str, operands: list[Node]) -> Node:
    parts = "".join(f"{each.code}, " for each in operands[1:])
    return Node(f"any_of({operands[0].code}, ({parts}))", "bool")


def _string(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(_text(source, operands[0]), "text")


def _case(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"{_text(source, operands[0])}.{operator.removesuffix('case')}()", "text")


def _to_number(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(_number(operands[0]), "number")


def _to_boolean(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"(boolean({operands[0].code}) is True)", "bool")


def _epoch(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"epoch({operands[0].code})", "number")


def _arithmetic(source: Source, operator: str, operands: list[Node]) -> Node:
    return Node(f"{operator}({', '.join(map(_number, operands))})", "number")


def _safe(calculate: Callable[..., int | float]) -> Callable[..., int | float]:
    def calculate_or_nan(*operands: int | float) -> int | float:
        try:
            return calculate(*operands)
        except (ArithmeticError, ValueError):
            return values.NAN

    return calculate_or_nan


_ARITHMETIC: dict[str, tuple[int, int, Callable[..., int | float]]] = {
    "add": (2, MANY, lambda *parts: sum(parts)),
    "subtract": (2, 2, lambda left, right: left - right),
    "multiply": (2, MANY, lambda *parts: math.prod(parts)),
    "divide": (2, 2, lambda left, right: left / right),
    "ceiling": (1, 1, math.ceil),
    "floor": (1, 1, math.floor),
    "abs": (1, 1, abs),
}

OPERATORS: dict[str, Operator] = {
    "and": Operator(1, MANY, _logic),
    "or": Operator(1, MANY, _logic),
    "not": Operator(1, 1, _not),
    "equals": Operator(2, 2, _equals),
    "notequals": Operator(2, 2, _equals),
    **dict.fromkeys(_COMPARISONS, Operator(2, 2, _comparison)),
    "startswith": Operator(2, 2, _affix),
    "endswith": Operator(2, 2, _affix),
    "contains": Operator(2, 2, _contains),
    "doesnotcontain": Operator(2, 2, _contains),
    "matches": Operator(2, 2, _matches),
    "empty": Operator(1, 1, _empty),
    "notempty": Operator(1, 1, _empty),
    "anyof": Operator(2, MANY, _any_of),
    "string": Operator(1, 1, _string),
    "lowercase": Operator(1, 1, _case),
    "uppercase": Operator(1, 1, _case),
    "number": Operator(1, 1, _to_number),
    "boolean": Operator(1, 1, _to_boolean),
    "epochtime": Operator(1, 1, _epoch),
    **{name: Operator(low, high, _arithmetic) for name, (low, high, _) in _ARITHMETIC.items()},
}


def any_of(value: Any, listed: tuple[Any, ...]) -> bool:
    """Whether a value, or one element of a list of values, equals one of those listed."""
    if isinstance(value, list):
        return any(any_of(element, listed) for element in value if not isinstance(element, list))
    return any(values.equal(value, each) for each in listed)


# What the generated source calls.
FUNCTIONS: dict[str, Any] = {
    "text": values.text,
    "number": values.number,
    "boolean": values.boolean,
    "truth": values.truth,
    "equal": values.equal,
    "less": values.less,
    "at_most": values.at_most,
    "contains": values.contains,
    "is_empty": values.is_empty,
    "epoch": values.epoch_milliseconds,
    "any_of": any_of,
    **{name: _safe(calculate) for name, (_, _, calculate) in _ARITHMETIC.items()},
}
