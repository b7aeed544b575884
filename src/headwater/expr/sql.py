"""Filters as SQL for both databases: the same truth as `expr.predicate`, which a property test holds.

A part may be null where the predicate says false; `is not true` around every negation makes the two agree.
The text depends only on the filter's shape, the scope and the dialect, never on operands or the time.
"""

from typing import Any

from headwater.db.database import Dialect
from headwater.expr.calendar import Calendar
from headwater.expr.calendar_bounds import settle
from headwater.expr.filter import And, Condition, Filter, Not, Or, Related
from headwater.expr.filter_operators import OPPOSITES
from headwater.expr.folding import BLANKS
from headwater.expr.scope import FieldType, Scope
from headwater.expr.sql_operands import is_text, member_list, operand, placeholder, stored_column, text_end


def compile(
    filter: Filter, scope: Scope, dialect: Dialect, calendar: Calendar, alias: str = "t"
) -> tuple[str, list[Any]]:
    """A condition on table `alias` for a where clause, and the values of its `?` in order."""
    compiler = _Compiler(dialect, calendar)
    return compiler.part(filter, scope, alias), compiler.parameters


class _Compiler:
    def __init__(self, dialect: Dialect, calendar: Calendar) -> None:
        self.dialect = dialect
        self.calendar = calendar
        self.parameters: list[Any] = []
        self.aliases = 0

    def part(self, filter: Filter, scope: Scope, alias: str) -> str:
        match filter:
            case Condition():
                return self.condition(filter, scope, alias)
            case Related(name, inner):
                return self.related(name, inner, scope, alias)
            case Not(item):
                return f"({self.part(item, scope, alias)}) is not true"
            case And(items):
                return self.group(items, " and ", "1 = 1", scope, alias)
            case Or(items):
                return self.group(items, " or ", "1 = 0", scope, alias)

    def group(self, items: tuple[Filter, ...], joint: str, empty: str, scope: Scope, alias: str) -> str:
        if not items:
            return empty
        return "(" + joint.join(self.part(item, scope, alias) for item in items) + ")"

    def related(self, name: str, inner: Filter, scope: Scope, alias: str) -> str:
        field, target = scope.find(name), scope.related(name)
        if field is None or target is None:
            return "1 = 0"
        self.aliases += 1
        other = f"{alias}_{self.aliases}"
        link = f"{other}.id = {alias}.{field.column}"
        if field.multi:
            link = f"{other}.id in (select {self.element(field)} from {self.elements(field, alias)})"  # noqa: S608 - names of our own, values are bound
        condition = self.part(inner, target, other)
        return (
            f"exists (select 1 from {target.table} {other} "  # noqa: S608 - names from the catalogue
            f"where {link} and {other}.deleted_at is null and {condition})"
        )

    def condition(self, condition: Condition, scope: Scope, alias: str) -> str:
        if condition.operator in OPPOSITES:
            positive = Condition(condition.field, OPPOSITES[condition.operator], condition.value)
            return f"({self.condition(positive, scope, alias)}) is not true"
        if len(condition.field) == 2:
            name, behind = condition.field
            return self.related(name, Condition((behind,), condition.operator, condition.value), scope, alias)
        field = scope.find(condition.field[0])
        if field is None:
            return "1 = 0"
        settled = settle(condition, field.kind, self.calendar)
        if settled.operator in OPPOSITES:
            return self.condition(settled, scope, alias)
        return self.multi(settled, field, alias) if field.multi else self.single(settled, field, alias)

    def single(self, condition: Condition, field: FieldType, alias: str) -> str:
        column = f"{alias}.{stored_column(field)}"
        if condition.operator != "not_empty":
            return self.comparison(condition, field, column)
        if field.kind != "text":
            return f"{column} is not null"
        self.parameters.append(BLANKS)
        return f"trim({column}, ?) <> ''"

    def multi(self, condition: Condition, field: FieldType, alias: str) -> str:
        if condition.operator == "not_empty":
            function = "json_array_length" if self.dialect == "sqlite" else "jsonb_array_length"
            return f"{function}({self.array(field, alias)}) > 0"
        if condition.operator == "has_all":
            return self.has_all(condition, field, alias)
        comparison = self.comparison(condition, field, self.element(field))
        return f"exists (select 1 from {self.elements(field, alias)} where {comparison})"  # noqa: S608 - names of our own, values are bound

    def has_all(self, condition: Condition, field: FieldType, alias: str) -> str:
        wanted, values = member_list(field, self.dialect, condition.value)
        self.parameters.append(values)
        elements = f"select {self.element(field)} from {self.elements(field, alias)}"  # noqa: S608 - names of our own, values are bound
        return f"not exists (select 1 from ({wanted}) wanted where wanted.item not in ({elements}))"  # noqa: S608 - names of our own, values are bound

    def array(self, field: FieldType, alias: str) -> str:
        column = f"{alias}.{stored_column(field)}"
        return column if self.dialect == "sqlite" else f"cast({column} as jsonb)"

    def elements(self, field: FieldType, alias: str) -> str:
        function = "json_each({}) element" if self.dialect == "sqlite" else _POSTGRES_ELEMENTS
        return function.format(self.array(field, alias))

    def element(self, field: FieldType) -> str:
        if self.dialect == "sqlite":
            return "element.value"
        return (
            'element.value collate "C"'
            if is_text(field)
            else placeholder(field, self.dialect, "element.value")
        )

    def comparison(self, condition: Condition, field: FieldType, column: str) -> str:
        operator, value = condition.operator, condition.value
        if operator == "in":
            members, values = member_list(field, self.dialect, value)
            self.parameters.append(values)
            return f"{column} in ({members})"
        if operator in _TEXT_TESTS:
            return self.text_test(operator, value, column)
        mark = placeholder(field, self.dialect)
        if operator in ("between", "within"):
            first = operand(field, self.dialect, "gte", value[0])
            last = operand(field, self.dialect, "lte" if operator == "between" else "lt", value[1])
            self.parameters += [first, last]
            return f"({column} >= {mark} and {column} {'<=' if operator == 'between' else '<'} {mark})"
        self.parameters.append(operand(field, self.dialect, operator, value))
        return f"{column} {_SIGNS[operator]} {mark}"

    def text_test(self, operator: str, value: str, column: str) -> str:
        folded, end = text_end(value)
        if operator == "starts_with":
            self.parameters += [folded, end]
            return f"({column} >= ? and {column} < ?)"
        if operator == "contains":
            self.parameters.append(folded)
            return f"{'instr' if self.dialect == 'sqlite' else 'strpos'}({column}, ?) > 0"
        self.parameters += [len(folded), len(folded), folded]
        # `right` is not in SQLite, and substr with a negative start means something else in PostgreSQL.
        return f"(length({column}) >= ? and substr({column}, length({column}) - cast(? as integer) + 1) = ?)"


_POSTGRES_ELEMENTS = "jsonb_array_elements_text({}) element(value)"
_TEXT_TESTS = frozenset({"contains", "starts_with", "ends_with"})
_SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
