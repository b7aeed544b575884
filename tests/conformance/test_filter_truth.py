"""One truth: a filter finds the same records as a Python predicate and as SQL on each database."""

import json
import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headwater.expr import native, predicate, sql
from headwater.expr.calendar import WINDOWS, Calendar, wants_n
from headwater.expr.folding import fold
from headwater.expr.scope import FieldScope, FieldType
from headwater.kernel.clock import SECOND, FixedClock, parse, rfc3339

NOW = parse("2031-03-30T12:00:00Z")
TEXTS = [
    "Odda",
    "ODDA",
    "ärger",
    "ÄRGER",
    "A\u0308rger",
    "straße",
    "STRASSE",
    "",
    "  ",
    "z",
    "Z%_z",
    "日本",
    "\U0010ffff",
]
NUMBERS = [Decimal("0"), Decimal("-1.25"), Decimal("1.50"), Decimal("2"), Decimal("90071992547409.91")]
MOMENTS = [
    NOW + step * 3_600 * SECOND for step in (-9000, -800, -170, -30, -14, -13, -12, 0, 10, 11, 35, 900, 9000)
]
DAYS = ["2031-03-30", "2031-03-29", "2031-03-31", "2030-12-31", "2032-01-01"]

TARGET = FieldScope(
    "f_country",
    {
        "id": FieldType("id", "id", column="id"),
        "name": FieldType("name", "text", column="c_1", folded_column="c_1_k"),
        "area": FieldType("area", "number", column="c_2"),
    },
)
SCOPE = FieldScope(
    "f_city",
    {
        "id": FieldType("id", "id", column="id"),
        "name": FieldType("name", "text", column="c_1", folded_column="c_1_k"),
        "size": FieldType("size", "choice", column="c_2", folded_column="c_2_k"),
        "score": FieldType("score", "number", scale=2, column="c_3"),
        "is_open": FieldType("is_open", "bool", column="c_4"),
        "due": FieldType("due", "time", column="c_5"),
        "country": FieldType("country", "reference", column="c_6"),
        "tags": FieldType("tags", "text", multi=True, column="c_7", folded_column="c_7_k"),
        "opened": FieldType("opened", "date", column="c_8"),
    },
    {"country": TARGET},
)
COUNTRIES = {
    1: {"id": 1, "name": "Norway", "area": 5},
    2: {"id": 2, "name": "ÄRGER"},
    3: {"id": 3, "area": 0},
}
DELETED = {4: {"id": 4, "name": "Norway", "area": 5}}


def cities() -> list[dict]:
    dice = random.Random(7)
    return [{"id": index + 10, **city(dice)} for index in range(150)]


def city(dice: random.Random) -> dict:
    found = {
        "name": dice.choice(TEXTS),
        "size": dice.choice(["small", "Large"]),
        "score": dice.choice(NUMBERS),
        "is_open": dice.choice([True, False]),
        "due": dice.choice(MOMENTS),
        "country": dice.choice([1, 2, 3, 4]),
        "tags": dice.sample(TEXTS[:5], dice.randint(1, 3)),
        "opened": dice.choice(DAYS),
    }
    return {name: value for name, value in found.items() if value != "" and dice.random() < 0.85}


CITIES = cities()

texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(["0", "1.5", 2, -1.25, "1.499", "-1.251", 3, "1e30", "-1e30"])
moments = st.sampled_from([rfc3339(moment) for moment in MOMENTS] + DAYS)
booleans = st.booleans()
countries = st.sampled_from([1, 2, 3, 4, 5])
days = st.sampled_from(DAYS)
OPERANDS = {
    "name": texts,
    "size": st.sampled_from(["small", "LARGE", "x"]),
    "score": numbers,
    "is_open": booleans,
    "due": moments,
    "country": countries,
    "tags": texts,
    "opened": days,
    "id": st.integers(8, 60),
    "country.name": st.sampled_from(["norway", "Ärger", "o"]),
    "country.area": st.sampled_from([0, 4.5, 5]),
}
TEXT_OPERATORS = ["contains", "starts_with", "ends_with"]
COMMON = ["eq", "ne", "in", "not_in", "empty", "not_empty"]
ORDER = ["lt", "lte", "gt", "gte", "between"]


def operators(name: str) -> list[str]:
    if name == "is_open":
        return COMMON
    if name in ("name", "size", "tags", "country.name"):
        return COMMON + ORDER + TEXT_OPERATORS + (["has", "has_any", "has_all"] if name == "tags" else [])
    if name in ("due", "opened"):
        return COMMON + ORDER + ["before", "after", *WINDOWS]
    return COMMON + ORDER


@st.composite
def conditions(draw):
    name = draw(st.sampled_from(sorted(OPERANDS)))
    operator = draw(st.sampled_from(operators(name)))
    return [name, operator, *draw(operands(name, operator))]


def operands(name: str, operator: str):
    one = OPERANDS[name]
    if operator in WINDOWS:
        return st.tuples(st.integers(1, 40)) if wants_n(operator) else st.just(())
    if operator in ("empty", "not_empty"):
        return st.just(())
    if operator == "between":
        return st.tuples(st.tuples(one, one).map(lambda pair: sorted(pair, key=_order)))
    if operator in ("in", "not_in", "has_any", "has_all"):
        return st.tuples(st.lists(one, min_size=1, max_size=3))
    return st.tuples(one)


def _order(value):
    if isinstance(value, str) and value[:2] != "20":
        try:
            return Decimal(value)
        except ArithmeticError:
            return value
    return value


def documents(depth: int = 3):
    if depth == 0:
        return conditions()
    inner = documents(depth - 1)
    groups = st.lists(inner, max_size=3)
    return st.one_of(
        conditions(),
        groups.map(lambda items: {"and": items}),
        groups.map(lambda items: {"or": items}),
        inner.map(lambda item: {"not": item}),
    )


def column_type(field: FieldType, dialect: str) -> str:
    if dialect == "sqlite":
        return (
            "integer" if field.kind in ("number", "bool", "time", "reference") and not field.multi else "text"
        )
    if field.multi:
        return "jsonb"
    if field.kind == "number" and not field.scale:
        return "bigint"
    kinds = {
        "number": "numeric",
        "bool": "boolean",
        "time": "timestamptz",
        "date": "date",
        "reference": "bigint",
    }
    return kinds.get(field.kind, "text")


def folded_type(field: FieldType, dialect: str) -> str:
    if dialect == "sqlite":
        return "text"
    return "jsonb" if field.multi else 'text collate "C"'


def create(tx) -> None:
    for scope in (TARGET, SCOPE):
        columns = ["id bigint primary key", "deleted_at bigint"]
        for field in scope.fields.values():
            if field.name != "id":
                columns.append(f"{field.column} {column_type(field, tx.dialect)}")
            if field.folded_column:
                columns.append(f"{field.folded_column} {folded_type(field, tx.dialect)}")
        tx.run(f"create table {scope.table} ({', '.join(columns)})")
    for values in (*COUNTRIES.values(), *DELETED.values()):
        insert(tx, TARGET, values, 1 if values["id"] in DELETED else None)
    for values in CITIES:
        insert(tx, SCOPE, values, None)


def insert(tx, scope: FieldScope, values: dict, deleted_at: int | None) -> None:
    names, marks, parameters = ["deleted_at"], ["?"], [deleted_at]
    for name, value in values.items():
        field = scope.fields[name]
        for column, stored in stored_forms(field, value, tx.dialect):
            names.append(column)
            marks.append(cast(field, column, tx.dialect))
            parameters.append(stored)
    tx.run(f"insert into {scope.table} ({', '.join(names)}) values ({', '.join(marks)})", parameters)


def stored_forms(field: FieldType, value, dialect: str):
    if field.multi:
        yield field.column, json.dumps(value)
        yield field.folded_column, json.dumps([fold(item) for item in value])
    elif field.kind == "number":
        yield field.column, int(value * 10**field.scale) if dialect == "sqlite" else str(value)
    elif field.kind == "time" and dialect == "postgres":
        yield field.column, rfc3339(value)
    else:
        yield field.column, value
    if field.folded_column and not field.multi:
        yield field.folded_column, fold(value)


def cast(field: FieldType, column: str, dialect: str) -> str:
    kind = (
        "jsonb"
        if field.multi
        else {"number": "numeric", "time": "timestamptz", "date": "date"}.get(field.kind)
    )
    return "?" if dialect == "sqlite" or kind is None else f"cast(? as {kind})"


@pytest.fixture
def filled(database):
    database.write_now(create)
    return database


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents(), time_zone=st.sampled_from(["UTC", "Europe/Oslo", "America/Los_Angeles"]))
def test_a_filter_finds_the_same_records_in_python_and_in_sql(filled, document, time_zone):
    calendar = Calendar(time_zone, 0, FixedClock(NOW).now)
    parsed = native.parse(document, SCOPE)
    passes = predicate.compile(parsed, SCOPE, calendar)
    text, parameters = sql.compile(parsed, SCOPE, filled.dialect, calendar)

    by_python = [values["id"] for values in CITIES if passes(values, lambda name, key: COUNTRIES.get(key))]
    rows = filled.read_now(
        lambda tx: tx.all(f"select t.id from f_city t where {text} order by t.id", parameters)
    )

    assert [row[0] for row in rows] == by_python


def test_the_text_of_a_filter_does_not_depend_on_its_operands():
    calendar = Calendar("UTC", 0, FixedClock(NOW).now)

    def text_of(document):
        return sql.compile(native.parse(document, SCOPE), SCOPE, "postgres", calendar)[0]

    assert text_of({"and": [["name", "in", ["a"]], ["score", "gt", 1]]}) == text_of(
        {"and": [["name", "in", ["b", "c", "d"]], ["score", "gt", "2.505"]]}
    )
