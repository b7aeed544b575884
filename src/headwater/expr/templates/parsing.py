"""Templates read into nodes: blocks with their bodies, helpers with their arguments, paths."""

import re

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
from headwater.expr.templates.tags import Tag, cut

MAX_DEPTH = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign>[()|])|(?P<option>[\w-]+)=(?!=)"""
    r"""|(?P<word>(?:\[[^\]]*\]|[^\s()|"'\[])+))""",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_STEP = re.compile(r"\[([^\]]*)\]|([^./\[\]]+)")


def parse(text: str) -> tuple[Node, ...]:
    """The nodes of a template. A syntax error is InvalidError `handlebars_template_parse_error`."""
    parser = _Parser(text)
    nodes, closing = parser.body(0)
    if closing is not None:
        raise refusal(text, f"closes '{closing.text or closing.kind}' that is not open", closing.position)
    return nodes


class _Parser:
    """The pieces of one template, taken one after another."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tags = cut(text)
        self._at = 0

    def body(self, depth: int) -> tuple[tuple[Node, ...], Tag | None]:
        """Nodes up to the tag that ends this body, and that tag (`/` or `else`), or None at the end."""
        if depth > MAX_DEPTH:
            raise refusal(self._text, f"nests blocks more than {MAX_DEPTH} deep")
        nodes: list[Node] = []
        while self._at < len(self._tags):
            tag = self._tags[self._at]
            self._at += 1
            if tag.kind in ("/", "else") or (tag.kind == "^" and not tag.text):
                return tuple(nodes), tag
            if tag.kind == "":
                if tag.text:
                    nodes.append(Text(tag.text))
            elif tag.kind in ("#", "^"):
                nodes.append(self._block(tag, depth))
            elif tag.kind != "!":
                nodes.append(Output(self._arguments(tag).expression(), tag.kind == "{"))
        return tuple(nodes), None

    def _arguments(self, tag: Tag) -> "_Arguments":
        return _Arguments(self._text, tag)

    def _block(self, tag: Tag, depth: int) -> Block:
        call, names = self._arguments(tag).block()
        body, end = self.body(depth + 1)
        inverse: tuple[Node, ...] = ()
        if end is not None and end.kind in ("else", "^"):
            if end.text:  # {{else if x}} is a block in the else part, closed by the same tag
                chained = self._block_in_else(end, depth + 1)
                return self._made(tag, call, names, (body, (chained,)))
            inverse, end = self.body(depth + 1)
        name = call.name
        if end is None or end.kind != "/" or end.text != name:
            raise refusal(self._text, f"has a block '{name}' without end", tag.position)
        return self._made(tag, call, names, (body, inverse))

    def _block_in_else(self, tag: Tag, depth: int) -> Block:
        call, names = self._arguments(tag).block()
        body, end = self.body(depth + 1)
        inverse: tuple[Node, ...] = ()
        if end is not None and end.kind in ("else", "^"):
            if end.text:
                return Block(call, body, (self._block_in_else(end, depth + 1),), names)
            inverse, end = self.body(depth + 1)
        if end is None or end.kind != "/":
            raise refusal(self._text, "has an else without end", tag.position)
        return Block(call, body, inverse, names)

    def _made(
        self, tag: Tag, call: Call, names: tuple[str, ...], bodies: tuple[tuple[Node, ...], tuple[Node, ...]]
    ) -> Block:
        body, inverse = bodies if tag.kind == "#" else bodies[::-1]
        return Block(call, body, inverse, names)


class _Arguments:
    """The words of one tag."""

    def __init__(self, text: str, tag: Tag) -> None:
        self._text = text
        self._tag = tag
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        position, inside = 0, tag.text.removeprefix("&")
        while inside[position:].strip():
            match = _TOKEN.match(inside, position)
            if match is None:
                raise self._refusal("cannot be read")
            self._tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            position = match.end()

    def _refusal(self, why: str) -> Exception:
        return refusal(self._text, f"has a tag '{self._tag.text[:40]}' that {why}", self._tag.position)

    def expression(self) -> Expression:
        """The whole tag as a value."""
        call = self._call(0)
        self._close()
        if call.arguments or call.options:
            return call
        return self._word(call.name, is_alone=True)

    def block(self) -> tuple[Call, tuple[str, ...]]:
        """The tag of a block: its call, and the names after `as |`."""
        call = self._call(0)
        names: list[str] = []
        if self._peek() == ("word", "as"):
            self._at += 1
            self._expect("|")
            while self._peek() not in (None, ("sign", "|")):
                names.append(self._take()[1])
            self._expect("|")
        self._close()
        return call, tuple(names)

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        if token is None:
            raise self._refusal("ends too early")
        self._at += 1
        return token

    def _expect(self, sign: str) -> None:
        if self._take() != ("sign", sign):
            raise self._refusal(f"wants '{sign}'")

    def _close(self) -> None:
        if self._peek() is not None:
            raise self._refusal(f"has '{self._tokens[self._at][1]}' too many")

    def _call(self, depth: int) -> Call:
        if depth > MAX_DEPTH:
            raise self._refusal("nests too deep")
        kind, name = self._take()
        if kind == "string" and self._peek() is None:
            return Call(name, ())
        if kind != "word":
            raise self._refusal("wants a name first")
        arguments: list[Expression] = []
        options: dict[str, Expression] = {}
        while self._peek() not in (None, ("sign", ")"), ("sign", "|")):
            if self._peek() == ("word", "as") and self._tokens[self._at + 1 : self._at + 2] == [
                ("sign", "|")
            ]:
                break
            kind, text = self._take()
            if kind == "option":
                options[text] = self._value(*self._take(), depth)
            else:
                arguments.append(self._value(kind, text, depth))
        return Call(name, tuple(arguments), options)

    def _value(self, kind: str, text: str, depth: int) -> Expression:
        if kind == "sign":
            if text != "(":
                raise self._refusal(f"has a wrong '{text}'")
            call = self._call(depth + 1)
            self._expect(")")
            return call
        return self._word(text, is_alone=False)

    def _word(self, text: str, *, is_alone: bool) -> Expression:
        if text[:1] in "\"'":
            return Constant(re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL))
        if text in _CONSTANTS:
            return Constant(_CONSTANTS[text])
        if _NUMBER.fullmatch(text) and len(text) < 40:
            return Constant(float(text) if "." in text else int(text))
        return Call(text, ()) if is_alone and text.isidentifier() and text != "this" else self.name(text)

    def name(self, text: str) -> Name:
        """A path of the template."""
        rest, up = text, 0
        while rest.startswith(".."):
            up, rest = up + 1, rest[3:]
        is_data = rest.startswith("@")
        rest = rest.removeprefix("@").removeprefix("./")
        if rest in ("", ".", "this"):
            return Name((), up, is_data, text)
        for word in ("this.", "this/", "$."):
            rest = rest.removeprefix(word)
        steps = tuple(match[1] if match[2] is None else match[2] for match in _STEP.finditer(rest))
        if not steps or re.sub(r"\[[^\]]*\]|[^./\[\]]+|[./]", "", rest) or ".." in rest or rest.endswith("."):
            raise self._refusal(f"has an unreadable path '{text[:40]}'")
        return Name(steps, up, is_data, text)
