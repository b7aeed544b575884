"""Charts of the CRM dialect that are drawn from rows (wire/crm.md section 9)."""

import pytest

from tests.wire.crm_client import Crm

SERIES = ["line", "spline", "step", "area", "area-spline", "area-step", "scatter"]
FLEET = [
    ("Sail", "Bergen", "8.5", "2029-01-05"),
    ("Sail", "odda", "11", "2030-02-01"),
    ("Motor", "Bergen", "26", "2030-12-31"),
    ("Sail", "Odda", "32", "2029-06-30"),
]


@pytest.fixture(scope="module")
def crm(api):
    return Crm(api)


@pytest.fixture(scope="module")
def ports(crm):
    module = crm.module([{"name": "code"}, {"name": "name"}], name="Port")
    return module, [crm.add(module, code=code, name="x")["contentID"] for code in ("Zwolle", "aarhus")]


@pytest.fixture(scope="module")
def fleet(crm, ports):
    fields = [
        {
            "name": "type",
            "label": "Kind of boat",
            "kind": "enum",
            "options": {"options": ["Sail", "Motor", "Raft"]},
        },
        {"name": "harbour", "label": "Harbour"},
        {"name": "length", "label": "Length", "kind": "Number", "options": {"precision": 1}},
        {"name": "built", "label": "Built", "kind": "stamp"},
        {"name": "sold", "kind": "bool"},
        {"name": "port", "kind": "related", "options": {"moduleID": ports[0].rpartition("/")[2]}},
        {"name": "tags", "options": {"multi": True}},
    ]
    module = crm.module(fields)
    for number, (kind, harbour, length, built) in enumerate(FLEET):
        crm.add(
            module,
            type=kind,
            harbour=harbour,
            length=length,
            built=built,
            sold=number == 0,
            port=ports[1][number % 2],
        )
    return module


@pytest.fixture
def data(crm, fleet):
    return lambda **asked: crm.get(f"{fleet}/chart", **{"kind": "pie", **asked})["data"]


def test_the_documents_pie_counts_by_a_field(data):
    assert data(xAxis="type", count="type") == [["Sail", 3], ["Motor", 1]]


def test_the_documents_donut_sums_by_a_field(data):
    assert data(kind="donut", xAxis="type", sum="length") == [["Sail", 51.5], ["Motor", 26]]


def test_the_documents_bar_counts_records_by_a_group(data):
    assert data(kind="bar", xAxis="harbour", groupBy="harbour", count="id") == [
        ["Bergen", 2],
        ["odda", 2],
    ] or (data(kind="bar", xAxis="harbour", groupBy="harbour", count="id") == [["Bergen", 2], ["Odda", 2]])


def test_the_whole_answer_has_kind_data_fields_and_meta_with_ids_as_strings(crm, api, fleet):
    module_id = fleet.rpartition("/")[2]
    ids = {each["name"]: str(each["id"]) for each in api.get(f"/api/modules/{module_id}").json()["fields"]}

    chart = crm.get(f"{fleet}/chart", kind="donut", xAxis="type", sum="length", name="N", description="D")

    meta = {"name": "N", "description": "D", "kind": "donut", "module": module_id, "x": ids["type"], "y": "0"}
    assert chart == {
        "kind": "donut",
        "data": [["Sail", 51.5], ["Motor", 26]],
        "fields": {"type": {"kind": "string"}},
        "meta": {**meta, "sum": ids["length"]},
    }


@pytest.mark.parametrize("count", ["id", "*", "1", "true", "TRUE"])
def test_records_are_counted_by_these_words(data, count):
    assert data(xAxis="harbour", count=count)[0] == ["Bergen", 2]


def test_a_sum_goes_before_a_count_which_is_only_echoed(crm, fleet):
    chart = crm.get(f"{fleet}/chart", kind="pie", xAxis="type", sum="length", count="id")

    assert chart["data"] == [["Sail", 51.5], ["Motor", 26]]
    assert chart["meta"]["count"] == "id"


def test_a_group_without_sum_and_count_sums_a_number_and_counts_otherwise(data):
    assert data(groupBy="type", yAxis="length") == [["Sail", 51.5], ["Motor", 26]]
    assert data(groupBy="type", yAxis="harbour") == [["Sail", 3], ["Motor", 1]]
    assert data(groupBy="type") == [["Sail", 3], ["Motor", 1]]


def test_a_plain_pie_sums_y_by_x_and_counts_otherwise(data):
    assert data(xAxis="type", yAxis="length") == [["Sail", 51.5], ["Motor", 26]]
    assert data(xAxis="type") == [["Sail", 3], ["Motor", 1]]


def test_without_an_axis_records_are_counted_by_the_day_they_were_made(crm, fleet):
    chart = crm.get(f"{fleet}/chart", kind="pie")

    assert sum(number for _, number in chart["data"]) == 4
    assert chart["fields"] == {"createdAt": {"kind": "datetime"}}


def test_a_y_axis_that_is_counted_is_the_group_when_there_is_no_x_axis(data):
    assert data(yAxis="type", count="type") == [["Sail", 3], ["Motor", 1]]
    assert data(yAxis="type", sum="length") == [["Sail", 51.5], ["Motor", 26]]


@pytest.mark.parametrize("name", ["boat.type", "Boats.type", "BOAT.type", "Kind of boat", "kind of boat"])
def test_a_field_is_named_in_many_ways(data, name):
    assert data(xAxis=name, count="id") == [["Sail", 3], ["Motor", 1]]


def test_a_field_is_named_by_its_id(crm, fleet, data):
    field_id = crm.get(f"{fleet}/chart", kind="pie", xAxis="type")["meta"]["x"]

    assert data(xAxis=field_id) == [["Sail", 3], ["Motor", 1]]


@pytest.mark.parametrize("parameter", ["xAxis", "yAxis", "groupBy", "sum", "count"])
@pytest.mark.parametrize("name", ["nope", "ship.type", "boat.", "9" * 30])
def test_an_unknown_field_is_refused(crm, fleet, parameter, name):
    asked = {"kind": "pie", parameter: name}

    assert crm.message("GET", f"{fleet}/chart", params=asked) == f"Unknown field: {name}"


def test_a_sum_of_what_is_no_number_is_refused(crm, fleet):
    for name in ("harbour", "id", "built"):
        asked = {"kind": "pie", "xAxis": "type", "sum": name}
        assert crm.message("GET", f"{fleet}/chart", params=asked) == f"Field {name} is not a number"


def test_system_fields_group_too(crm, fleet, data):
    assert len(data(xAxis="id", count="id")) == 4
    assert data(xAxis="userID", count="id") == [["0", 4]]
    assert len(data(xAxis="updatedAt", count="id")) >= 1


def test_choices_come_in_their_order_and_texts_by_folded_label_the_empty_last(crm):
    options = {"options": [{"value": "z", "label": "First"}, {"value": "a", "label": "Second"}]}
    module = crm.module([{"name": "t", "kind": "Select", "options": options}, {"name": "word"}])
    for t, word in (("a", "Öl"), ("z", "apfel"), ("", ""), ("a", "Zimt"), ("z", "Birne")):
        crm.add(module, t=t, word=word)

    choices = crm.get(f"{module}/chart", kind="pie", xAxis="t")["data"]
    words = crm.get(f"{module}/chart", kind="pie", xAxis="word")["data"]

    assert choices == [["First", 2], ["Second", 2], ["(empty)", 1]]
    assert [label for label, _ in words] == ["apfel", "Birne", "Zimt", "Öl", "(empty)"]


def test_references_are_labelled_by_the_content_they_lead_to(data, crm, api, ports, fleet):
    assert data(xAxis="port", count="id") == [["aarhus", 2], ["Zwolle", 2]]

    api.patch(f"/api/modules/{ports[0].rpartition('/')[2]}", json={"label_field": "name"})
    assert data(xAxis="port", count="id") == [["x", 2], ["x", 2]]


def test_booleans_and_numbers_are_groups_of_their_kind(crm, fleet):
    sold = crm.get(f"{fleet}/chart", kind="pie", xAxis="sold")
    length = crm.get(f"{fleet}/chart", kind="pie", xAxis="length")

    assert (sold["data"], sold["fields"]) == ([["false", 3], ["true", 1]], {"sold": {"kind": "bool"}})
    assert [label for label, _ in length["data"]] == ["8.5", "11", "26", "32"]
    assert length["fields"] == {"length": {"kind": "number"}}


@pytest.mark.parametrize(
    ("bucket", "labels"),
    [
        ("", ["2029-01-05", "2029-06-30", "2030-02-01", "2030-12-31"]),
        ("month", ["2029-01-01", "2029-06-01", "2030-02-01", "2030-12-01"]),
        ("quarter", ["2029-01-01", "2029-04-01", "2030-01-01", "2030-10-01"]),
        ("year", ["2029-01-01", "2030-01-01"]),
        ("week", ["2029-01-01", "2029-06-25", "2030-01-28", "2030-12-30"]),
    ],
)
def test_dates_are_grouped_by_bucket_and_labelled_by_its_first_day(data, bucket, labels):
    assert [label for label, _ in data(xAxis="built", count="id", xBucket=bucket)] == labels


@pytest.mark.parametrize(
    ("least", "most", "found"),
    [
        ("2030-02-01", "", 2),
        ("", "2029-06-30", 2),
        ("1/1/2030", "31/12/2030", 2),
        ("2029-06-30T00:00:00Z", "2030-02-01T00:00:00Z", 2),
        ("2030-02-01T00:00:01Z", "", 1),
        ("2031-01-01", "", 0),
    ],
)
def test_bounds_of_dates_are_inclusive_in_three_forms(data, least, most, found):
    rows = data(xAxis="built", xMin=least, xMax=most, groupBy="type", count="id")

    assert sum(number for _, number in rows) == found


def test_the_last_day_is_taken_whole(crm):
    module = crm.module([{"name": "at", "kind": "stamp"}])
    crm.add(module, at="2030-12-31T23:59:59.999999Z")
    crm.add(module, at="2031-01-01T00:00:00Z")

    chart = crm.get(f"{module}/chart", kind="pie", xAxis="at", xMax="2030-12-31")

    assert chart["data"] == [["2030-12-31", 1]]
    assert chart["meta"]["xmax"] == "2030-12-31"


def test_bounds_of_numbers_are_numbers(data):
    assert [label for label, _ in data(xAxis="length", xMin="8.6", xMax="26", count="id")] == ["11", "26"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"xAxis": "built", "xMin": "soon"}, "Cannot read xMin: soon"),
        ({"xAxis": "built", "xMax": "31/2/2030"}, "Cannot read xMax: 31/2/2030"),
        ({"xAxis": "built", "xMax": "2030-02-31"}, "Cannot read xMax: 2030-02-31"),
        (
            {"xAxis": "built", "xMin": "0001-01-01T00:00:00+14:00"},
            "Cannot read xMin: 0001-01-01T00:00:00+14:00",
        ),
        ({"xAxis": "length", "xMin": "1/1/2030"}, "Cannot read xMin: 1/1/2030"),
        ({"xAxis": "length", "xMin": "NaN"}, "Cannot read xMin: NaN"),
        ({"xAxis": "sold", "xMin": "1"}, "Field sold has no bounds"),
        ({"xAxis": "built", "xBucket": "hour"}, "Unknown bucket: hour"),
        ({"kind": "cake"}, "Unknown chart kind: cake"),
        ({"xAxis": "tags"}, "Field tags has several values"),
        ({"xAxis": "type", "count": "tags"}, "Field tags has several values"),
    ],
)
def test_what_cannot_be_used_is_refused(crm, fleet, asked, told):
    assert crm.message("GET", f"{fleet}/chart", params={"kind": "pie", **asked}) == told


def test_empty_parameters_count_as_absent(data):
    empty = dict.fromkeys(("yAxis", "xMin", "xMax", "groupBy", "sum", "count", "xBucket"), "")

    assert data(xAxis="type", **empty) == [["Sail", 3], ["Motor", 1]]


@pytest.mark.parametrize("kind", [None, *SERIES, "gauge", "bar"])
def test_the_other_kinds_are_not_built_yet(crm, fleet, kind):
    asked = {"xAxis": "type", **({"kind": kind} if kind else {})}

    told = crm.message("GET", f"{fleet}/chart", params=asked)

    assert told == f"Charts of kind {kind or 'line'} are not built yet"


def test_module_zero_is_an_overview_of_all_modules(crm, fleet):
    for kind in ("pie", "donut", "gauge", "bar"):
        chart = crm.get("/module/0/chart", kind=kind)
        assert (
            chart["data"] == [["Boat", 4], ["Port", 2]][: len(chart["data"])] or ["Boat", 4] in chart["data"]
        )
        assert (chart["meta"]["module"], chart["meta"]["kind"]) == ("0", kind)


@pytest.mark.parametrize("kind", SERIES)
def test_the_overview_has_series_for_the_kinds_that_are_drawn_from_them(crm, fleet, kind):
    chart = crm.get("/module/0/chart", kind=kind)

    assert [column[0] for column in chart["data"]] == ["module", "records"]
    assert set(chart["fields"]) == {"module", "records"}
    assert dict(zip(*[column[1:] for column in chart["data"]], strict=True))["Port"] == 2


def test_an_unknown_module_has_no_chart(crm):
    assert crm.message("GET", "/module/987654321/chart", params={"kind": "pie"}) == "Module not found"


def test_deleted_contents_are_not_counted(crm):
    module = crm.module([{"name": "a"}])
    kept, gone = crm.add(module, a="x"), crm.add(module, a="x")
    crm.send("DELETE", f"{module}/content/{gone['contentID']}")

    assert kept
    assert crm.get(f"{module}/chart", kind="pie", xAxis="a")["data"] == [["x", 1]]
