"""What a template is made of once it has been read."""

from dataclasses import dataclass, field
from typing import Any

from headwater.kernel.errors import InvalidError


@dataclass(frozen=True)
class Constant:
    """A text, number, boolean or null written in the template."""

    value: Any


@dataclass(frozen=True)
class Name:
    """A path: `a.b`, `this`, `../x` (`up` levels), `@index` (`is_data`)."""

    steps: tuple[str, ...]
    up: int = 0
    is_data: bool = False
    text: str = ""


@dataclass(frozen=True)
class Call:
    """A helper and what it is given: `(add a 1)`, `lowercase name`."""

    name: str
    arguments: tuple["Expression", ...]
    options: dict[str, "Expression"] = field(default_factory=dict)


Expression = Constant | Name | Call


@dataclass(frozen=True)
class Text:
    """Text that stands as it is."""

    text: str


@dataclass(frozen=True)
class Output:
    """`{{x}}`, or `{{{x}}}` which is not encoded for its place."""

    expression: Expression
    is_raw: bool


@dataclass(frozen=True)
class Block:
    """`{{#name arguments as |names|}} body {{else}} inverse {{/name}}`."""

    call: Call
    body: tuple["Node", ...]
    inverse: tuple["Node", ...] = ()
    names: tuple[str, ...] = ()


Node = Text | Output | Block


def refusal(text: str, why: str, position: int = 0) -> InvalidError:
    """The error of a template that cannot be read, with its line."""
    line = text.count("\n", 0, position) + 1
    return InvalidError(
        "handlebars_template_parse_error",
        f"Template '{text[:60]}' {why} (line {line}).",
        hint="Every {{#block}} needs its {{/block}}, and helpers the names that the reference lists.",
    )
