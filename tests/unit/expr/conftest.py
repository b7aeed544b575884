"""One small module that the filter tests speak of."""

import pytest

from headwater.expr.scope import FieldScope, FieldType


@pytest.fixture
def scope() -> FieldScope:
    country = FieldScope(
        "r_2",
        {
            "id": FieldType("id", "id", column="id"),
            "code": FieldType("code", "text", column="f_9", folded_column="f_9_k"),
        },
    )
    fields = [
        FieldType("id", "id", column="id"),
        FieldType("name", "text", column="f_1", folded_column="f_1_k"),
        FieldType("status", "choice", column="f_2", folded_column="f_2_k"),
        FieldType("amount", "number", scale=2, column="f_3"),
        FieldType("is_paid", "bool", column="f_4"),
        FieldType("due", "time", column="f_5"),
        FieldType("opened", "date", column="f_6"),
        FieldType("country", "reference", column="f_7"),
        FieldType("tags", "text", multi=True, column="f_8", folded_column="f_8_k"),
    ]
    return FieldScope("r_1", {field.name: field for field in fields}, {"country": country})
