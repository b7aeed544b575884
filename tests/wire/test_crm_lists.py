"""Lists of contents of the CRM dialect: pages, order and search (wire/crm.md section 7.1)."""

import pytest

from tests.wire.crm_client import BOAT, Crm, values

FLEET = [("Äsche", "10", True), ("bark", "9.5", None), ("Zander", None, False), ("aal", "100", True)]


@pytest.fixture(scope="module")
def crm(api):
    return Crm(api)


@pytest.fixture(scope="module")
def fleet(crm):
    fields = [
        {"name": "Hull no."},
        {"name": "length", "kind": "Number"},
        {"name": "afloat", "kind": "Bool"},
        {"name": "built", "kind": "Date"},
    ]
    module = crm.module(fields)
    for number, (hull, length, afloat) in enumerate(FLEET):
        crm.add(module, length=length, afloat=afloat, **{"Hull no.": hull, "built": f"2031-04-0{4 - number}"})
    return module


@pytest.fixture(scope="module")
def many(crm):
    module = crm.module([{"name": "n", "kind": "Number"}])
    for number in range(23):
        crm.add(module, n=number)
    return module


def hulls(answer):
    return [values(each)["Hull no."] for each in answer["contents"]]


def test_a_list_is_answered_as_the_document_shows(crm):
    module = crm.module(BOAT)
    crm.add(module, hull="N-77", length="8.5")
    crm.add(module, hull="M-1")

    found = crm.get(f"{module}/content", query="n-7", perPage=20, sort="length desc")

    assert found["meta"] == {"query": "n-7", "page": 0, "perPage": 20, "count": 1, "sort": "length desc"}
    assert [values(each)["hull"] for each in found["contents"]] == ["N-77"]
    assert "page" not in found["contents"][0]


def test_the_query_is_left_out_of_meta_when_empty(crm, fleet):
    assert list(crm.get(f"{fleet}/content")["meta"]) == ["page", "perPage", "count", "sort"]


def test_pages_count_from_zero_and_past_the_end_are_empty_with_the_same_count(crm, many):
    pages = [crm.get(f"{many}/content", page=page, perPage=10) for page in range(4)]

    assert [len(page["contents"]) for page in pages] == [10, 10, 3, 0]
    assert [page["meta"]["count"] for page in pages] == [23] * 4
    assert [page["meta"]["page"] for page in pages] == [0, 1, 2, 3]
    ids = [each["contentID"] for page in pages for each in page["contents"]]
    assert len(set(ids)) == 23


@pytest.mark.parametrize(
    ("asked", "given"), [(None, 50), ("1", 10), ("0", 10), ("-3", 10), ("20", 20), ("1000", 100), ("x", 50)]
)
def test_the_size_of_a_page_is_clamped_and_shown_so(crm, fleet, asked, given):
    parameters = {} if asked is None else {"perPage": asked}

    assert crm.get(f"{fleet}/content", **parameters)["meta"]["perPage"] == given


@pytest.mark.parametrize("page", ["-1", "x", "", "9" * 30])
def test_a_page_that_is_no_number_is_the_first_and_one_beyond_all_is_empty(crm, fleet, page):
    found = crm.get(f"{fleet}/content", page=page)

    assert found["meta"]["count"] == 4
    assert len(found["contents"]) == (0 if len(page) == 30 else 4)


def test_the_newest_come_first(crm, fleet):
    assert hulls(crm.get(f"{fleet}/content")) == ["aal", "Zander", "bark", "Äsche"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", ["Äsche", "bark", "Zander", "aal"]),
        ("id asc", ["Äsche", "bark", "Zander", "aal"]),
        ("Hull no.", ["aal", "bark", "Zander", "Äsche"]),
        ("Hull no. DESC", ["Äsche", "Zander", "bark", "aal"]),
        ("length", ["bark", "Äsche", "aal", "Zander"]),
        ("length desc", ["aal", "Äsche", "bark", "Zander"]),
        ("  length   desc  ", ["aal", "Äsche", "bark", "Zander"]),
        ("afloat", ["Zander", "aal", "Äsche", "bark"]),
        ("afloat desc,id", ["Äsche", "aal", "Zander", "bark"]),
        ("built", ["aal", "Zander", "bark", "Äsche"]),
        ("nonsense", ["aal", "Zander", "bark", "Äsche"]),
        ("nonsense desc, length", ["bark", "Äsche", "aal", "Zander"]),
        ("moduleId, createdAt", ["Äsche", "bark", "Zander", "aal"]),
        ("userId desc", ["aal", "Zander", "bark", "Äsche"]),
        ("deletedAt", ["aal", "Zander", "bark", "Äsche"]),
        ("updatedAt desc", ["aal", "Zander", "bark", "Äsche"]),
        (",,", ["aal", "Zander", "bark", "Äsche"]),
    ],
)
def test_sorting(crm, fleet, sort, order):
    found = crm.get(f"{fleet}/content", sort=sort)

    assert hulls(found) == order
    assert found["meta"]["sort"] == sort


def test_undeclared_names_are_not_sorted_by(crm):
    module = crm.module([{"name": "a"}])
    for note in ("z", "a"):
        crm.add(module, a=note, note=note)

    found = crm.get(f"{module}/content", sort="note desc")

    assert [values(each)["a"] for each in found["contents"]] == ["a", "z"]


@pytest.mark.parametrize(
    ("query", "found"), [("ÄSCHE", 1), ("ark", 1), ("a", 3), ("%", 0), ("_", 0), ("  ", 4), ("length:10", 0)]
)
def test_the_query_is_a_folded_part_of_any_text(crm, fleet, query, found):
    assert crm.get(f"{fleet}/content", query=query)["meta"]["count"] == found


def test_only_current_values_are_searched(crm):
    module = crm.module([{"name": "a"}])
    made = crm.add(module, a="old")
    crm.post(f"{module}/content/{made['contentID']}", {"fields": [{"name": "a", "value": "new"}]})

    counts = [crm.get(f"{module}/content", query=text)["meta"]["count"] for text in ("old", "new")]

    assert counts == [0, 1]


def test_contents_without_values_are_listed(crm):
    module = crm.module([{"name": "a"}])
    crm.post(f"{module}/content", {"fields": []})

    assert [values(each) for each in crm.get(f"{module}/content")["contents"]] == [{"a": ""}]


def test_the_list_of_an_unknown_module_is_an_error(crm):
    assert crm.message("GET", "/module/987654321/content") == "Module not found"
