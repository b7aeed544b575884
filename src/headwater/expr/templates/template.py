"""One template: its text parsed once, compiled to a function of a record."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from headwater.expr.paths import MISSING
from headwater.expr.templates import (
    helpers_data,
    helpers_dates,
    helpers_encoding,
    helpers_math,
    helpers_text,
)
from headwater.expr.templates.blocks import BLOCKS
from headwater.expr.templates.encoding import ENCODERS, Place, is_inside_quotes, quoted_json_text, text_of
from headwater.expr.templates.frame import Frame
from headwater.expr.templates.helper_kind import Helper
from headwater.expr.templates.nodes import (
    Block,
    Call,
    Constant,
    Expression,
    Name,
    Node,
    Output,
    Text,
    refusal,
)
from headwater.expr.templates.parsing import parse
from headwater.kernel.errors import SkipError

Render = Callable[..., str]
Value = Callable[[Frame], Any]

HELPERS: dict[str, Helper] = {
    **helpers_math.HELPERS,
    **helpers_text.HELPERS,
    **helpers_data.HELPERS,
    **helpers_dates.HELPERS,
    **helpers_encoding.HELPERS,
}
_NO_NAMES: Mapping[str, Any] = {}


def compile(text: str, place: Place = "text", *, is_strict: bool = False) -> Render:
    """The function `render(record, names={}) -> str` of a template.

    `place` says how `{{x}}` is encoded (B1); `names` is what the place offers beside the record:
    `settings`, `export`, `connection`, `lookups`, `clock` ... A syntax error or an unknown helper is
    InvalidError `handlebars_template_parse_error`; a helper that cannot work with a record raises
    SkipError with the same code, and so does an unknown name when `is_strict` (A8).
    """
    if "{{" not in text:
        return lambda record, names=_NO_NAMES: text
    body, _ = _Compiler(text, place, is_strict=is_strict).body(parse(text), is_quoted=False)
    return lambda record, names=_NO_NAMES: body(Frame(record, names))


class _Compiler:
    """One template on its way to closures."""

    def __init__(self, text: str, place: Place, *, is_strict: bool) -> None:
        self._text = text
        self._place: Place = place
        self._is_strict = is_strict

    def body(self, nodes: tuple[Node, ...], *, is_quoted: bool) -> tuple[Callable[[Frame], str], bool]:
        """The function of a body; and, for JSON, whether its end stands inside a quoted text."""
        parts: list[Callable[[Frame], str]] = []
        for node in nodes:
            if isinstance(node, Text):
                parts.append(partial(_constant, node.text))
                is_quoted = is_inside_quotes(node.text, was_inside=is_quoted)
            elif isinstance(node, Output):
                parts.append(self._output(node, is_quoted=is_quoted))
            else:
                part, is_quoted = self._block(node, is_quoted=is_quoted)
                parts.append(part)
        if len(parts) == 1:
            return parts[0], is_quoted
        return (lambda frame: "".join([part(frame) for part in parts])), is_quoted

    def _output(self, node: Output, *, is_quoted: bool) -> Callable[[Frame], str]:
        value = self._value(node.expression)
        encode = text_of if node.is_raw else ENCODERS[self._place]
        if is_quoted and self._place == "json" and not node.is_raw:
            encode = quoted_json_text
        return lambda frame: encode(value(frame))

    def _block(self, node: Block, *, is_quoted: bool) -> tuple[Callable[[Frame], str], bool]:
        name = node.call.name
        if name not in BLOCKS:
            raise refusal(self._text, f"uses the unknown block '#{name[:40]}'")
        low, high, frames = BLOCKS[name]
        self._check(f"#{name}", len(node.call.arguments), low, high)
        arguments = [self._value(each) for each in node.call.arguments]
        options = {key: self._value(each) for key, each in node.call.options.items()}
        body, ends_quoted = self.body(node.body, is_quoted=is_quoted)
        inverse, _ = self.body(node.inverse, is_quoted=is_quoted)

        def render(frame: Frame) -> str:
            given = [each(frame) for each in arguments]
            chosen = {key: each(frame) for key, each in options.items()}
            pieces = [body(inner) for inner in frames(frame, given, chosen, node.names)]
            return "".join(pieces) if pieces else inverse(frame)

        return render, ends_quoted

    def _value(self, expression: Expression) -> Value:
        if isinstance(expression, Constant):
            return partial(_constant, expression.value)
        if isinstance(expression, Name):
            return self._name(expression)
        return self._call(expression)

    def _name(self, name: Name) -> Value:
        if not self._is_strict:
            return lambda frame: frame.find(name)

        def find(frame: Frame) -> Any:
            value = frame.find(name)
            if value is MISSING:
                raise SkipError(
                    "handlebars_template_parse_error", f"'{name.text}' is not known in this template."
                )
            return value

        return find

    def _call(self, call: Call) -> Value:
        helper = HELPERS.get(call.name)
        if not call.arguments and (helper is None or helper.low > 0):
            return self._name(Name((call.name,), text=call.name))
        if helper is None:
            raise refusal(self._text, f"uses the unknown helper '{call.name[:40]}'")
        self._check(call.name, len(call.arguments), helper.low, helper.high)
        arguments = [self._value(each) for each in call.arguments]
        run = helper.call
        if not call.arguments:
            return self._field_or_helper(call.name, helper)
        if helper.needs_frame:
            return lambda frame: run(frame, *[each(frame) for each in arguments])
        return lambda frame: run(*[each(frame) for each in arguments])

    def _field_or_helper(self, word: str, helper: Helper) -> Value:
        """A field of the record wins over a helper of the same name that needs no argument."""
        name = Name((word,), text=word)

        def find_or_call(frame: Frame) -> Any:
            value = frame.find(name)
            if value is not MISSING:
                return value
            return helper.call(frame) if helper.needs_frame else helper.call()

        return find_or_call

    def _check(self, name: str, count: int, low: int, high: int) -> None:
        if not low <= count <= high:
            wanted = str(low) if low == high else f"{low} to {high}"
            raise refusal(self._text, f"gives '{name}' {count} arguments; it takes {wanted}")


def _constant(value: Any, frame: Frame) -> Any:
    return value
