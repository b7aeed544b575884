"""Cursors and pages (native.md N4)."""

from dataclasses import dataclass

import pytest

from headwater.kernel.errors import InvalidError, NotFoundError
from headwater.web.paging import (
    ListQuery,
    Page,
    decode_cursor,
    encode_cursor,
    page_json,
    page_of_ids,
    path_id,
)


@dataclass
class Item:
    id: int


def page(query, count=5):
    return page_of_ids(
        query, lambda after, limit: [Item(n) for n in range(1, count + 1) if n > after][:limit]
    )


def test_a_cursor_gives_its_values_back():
    assert decode_cursor(encode_cursor(["são", None, 4102])) == ["são", None, 4102]


@pytest.mark.parametrize("text", ["", "x", "!!!!", "bnVsbA", "e30", "WzE", "W10=" * 3, "é"])
def test_another_text_is_no_cursor(text):
    with pytest.raises(InvalidError) as caught:
        decode_cursor(text)
    assert caught.value.code == "invalid_cursor"


def test_the_last_page_has_no_cursor():
    assert page(ListQuery(limit=5)).next_cursor is None
    assert [item.id for item in page(ListQuery(limit=5)).items] == [1, 2, 3, 4, 5]


def test_pages_follow_one_another():
    first = page(ListQuery(limit=2))
    second = page(ListQuery(limit=2, cursor=first.next_cursor))
    assert [item.id for item in second.items] == [3, 4]


@pytest.mark.parametrize("values", [[], ["1"], [1, 2], [True]])
def test_a_cursor_of_another_list_is_refused(values):
    with pytest.raises(InvalidError):
        page(ListQuery(cursor=encode_cursor(values)))


def test_the_total_is_there_only_when_asked():
    assert page_json(Page([1])) == {"items": [1], "next_cursor": None}
    assert page_json(Page([1], "c", 10_000, total_is_capped=True)) == {
        "items": [1],
        "next_cursor": "c",
        "total": 10_000,
        "total_is_capped": True,
    }


@pytest.mark.parametrize("text", ["x", "-1", "1.0", "", "١", "9" * 17])
def test_what_is_no_id_is_not_there(text):
    with pytest.raises(NotFoundError):
        path_id(text, "thing_unknown")
