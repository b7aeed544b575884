"""The reference of an OpenAPI document as one HTML page."""

from html import escape
from itertools import groupby
from typing import Any

from headwater.kernel import json

STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8881; --accent: #0b6e99; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 960px; padding: 24px; }
h1 { font-size: 24px; } h2 { font-size: 19px; margin-top: 40px; border-bottom: 1px solid var(--line); }
h3 { font: 600 14px/1.5 ui-monospace, monospace; margin: 24px 0 4px; overflow-wrap: anywhere; }
a { color: var(--accent); } @media (prefers-color-scheme: dark) { a, .method { color: #6cc4ea; } }
.method { color: var(--accent); display: inline-block; min-width: 64px; }
p { margin: 4px 0; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border-radius: 6px; overflow-x: auto; padding: 12px; }
table { border-collapse: collapse; margin: 8px 0; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 4px 12px 4px 0; }
th, td { text-align: left; vertical-align: top; }
tr:target { background: #fd03; } nav ul { columns: 3 200px; padding-left: 18px; }
summary { cursor: pointer; } td code { white-space: nowrap; }
"""


def render(document: dict[str, Any], mount: str) -> str:
    """The page: contents, then each operation with parameters, body and answer, then the schemas."""
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda each: (each[2]["tags"][0], each[0]))
    groups = [(tag, list(found)) for tag, found in groupby(operations, key=lambda each: each[2]["tags"][0])]
    title = escape(document["info"]["title"])
    parts = [
        f"<h1>{title} API <small>{escape(document['info']['version'])}</small></h1>",
        f'<p>The same as data: <a href="{mount}/openapi.json">openapi.json</a>.'
        ' Errors: <a href="/docs/errors">every code explained</a>.</p>',
        _contents([tag for tag, _ in groups]),
    ]
    for tag, found in groups:
        parts.append(f'<h2 id="{escape(tag)}">{escape(tag.capitalize())}</h2>')
        parts += [_operation(path, method, operation) for path, method, operation in found]
    parts.append('<h2 id="schemas">Schemas</h2>')
    parts += [_schema(name, each) for name, each in sorted(document["components"]["schemas"].items())]
    return page(f"{title} API", "\n".join(parts), mount)


def page(title: str, body: str, mount: str = "") -> str:
    """A whole HTML page around a body."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{mount}/docs/style.css"></head><body><main>{body}</main></body></html>'
    )


def _contents(tags: list[str]) -> str:
    items = "".join(f'<li><a href="#{escape(tag)}">{escape(tag.capitalize())}</a></li>' for tag in tags)
    return f'<nav aria-label="Contents"><ul>{items}<li><a href="#schemas">Schemas</a></li></ul></nav>'


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    name = escape(operation["operationId"])
    lines = [
        f'<h3 id="{name}"><span class="method">{method.upper()}</span> {escape(path)}</h3>',
        f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</p>",
    ]
    if operation.get("security") == []:
        lines.append("<p>Needs no sign-in.</p>")
    lines.append(_parameters(operation["parameters"]))
    body = operation.get("requestBody", {}).get("content", {})
    lines += [f"<p>Body: {escape(kind)} {_link(each.get('schema'))}</p>" for kind, each in body.items()]
    lines += [_answer(status, each) for status, each in operation["responses"].items() if status != "default"]
    return "\n".join(lines)


def _parameters(parameters: list[dict[str, Any]]) -> str:
    if not parameters:
        return ""
    rows = "".join(
        f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td>"
        f"<td>{escape(_short(each['schema']))}</td><td>{escape(each.get('description', ''))}</td></tr>"
        for each in parameters
    )
    return (
        f"<table><thead><tr><th>Parameter<th>In<th>Kind<th>Meaning</tr></thead><tbody>{rows}</tbody></table>"
    )


def _answer(status: str, answer: dict[str, Any]) -> str:
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    return f"<p>{status}: {escape(answer['description'])} {_link(schema)}</p>"


def _link(schema: dict[str, Any] | None) -> str:
    if schema is None:
        return ""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return f'<a href="#schema-{escape(name)}">{escape(name)}</a>'
    return f"<code>{escape(_short(schema))}</code>"


def _short(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "anyOf" in schema:
        return " or ".join(_short(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(json.dumps(each) for each in schema["enum"])
    words = str(schema.get("type") or schema.get("$ref", "any").rpartition("/")[2])
    limits = [f"{name} {schema[name]}" for name in ("minimum", "maximum", "maxLength") if name in schema]
    if "default" in schema and schema["default"] is not None:
        limits.append(f"default {schema['default']}")
    return f"{words} ({', '.join(limits)})" if limits else words


def _schema(name: str, schema: dict[str, Any]) -> str:
    text = escape(json.indented(schema))
    return f'<details id="schema-{escape(name)}"><summary>{escape(name)}</summary><pre>{text}</pre></details>'
