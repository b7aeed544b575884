"""When a schedule fires, DST days included."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.flows.schedule import next_time, times
from headwater.kernel.clock import SECOND, parse, rfc3339
from headwater.kernel.errors import InvalidError


def some(schedule, zone, after, count=3):
    return [rfc3339(moment) for moment in itertools.islice(times(schedule, zone, parse(after)), count)]


def test_six_fields_fire_at_local_time():
    found = some("? 15 6 ? * 1,3", "Europe/Oslo", "2031-03-28T00:00:00Z")
    # Mondays and Wednesdays; the clocks change on Sunday the 30th.
    assert found == ["2031-03-31T04:15:00Z", "2031-04-02T04:15:00Z", "2031-04-07T04:15:00Z"]


def test_five_fields_of_plain_cron_are_taken_too():
    assert some("*/20 * * * *", None, "2031-01-01T00:00:00Z", 2) == [
        "2031-01-01T00:20:00Z",
        "2031-01-01T00:40:00Z",
    ]


def test_a_skipped_local_time_fires_once_at_the_end_of_the_gap():
    assert some("? 30 2 ? * *", "Europe/Oslo", "2031-03-29T12:00:00Z", 2) == [
        "2031-03-30T01:00:00Z",
        "2031-03-31T00:30:00Z",
    ]


def test_several_skipped_times_fire_once_together():
    assert some("? */15 * ? * *", "Europe/Oslo", "2031-03-30T00:45:00Z", 2) == [
        "2031-03-30T01:00:00Z",
        "2031-03-30T01:15:00Z",
    ]


def test_a_repeated_local_time_fires_the_first_time_only():
    assert some("? 30 2 ? * *", "Europe/Oslo", "2031-10-25T12:00:00Z", 2) == [
        "2031-10-26T00:30:00Z",
        "2031-10-27T01:30:00Z",
    ]


def test_asked_within_the_repeated_hour_it_does_not_fire_again():
    assert some("? 30 2 ? * *", "Europe/Oslo", "2031-10-26T01:10:00Z", 1) == ["2031-10-27T01:30:00Z"]


def test_a_gap_of_half_an_hour_ends_on_the_half_hour():
    assert some("? 10 2 ? * *", "Australia/Lord_Howe", "2031-10-04T12:00:00Z", 1) == ["2031-10-04T15:30:00Z"]


@pytest.mark.parametrize("schedule", ["* 15 6 ? * 1", "? 61 * ? * *", "? * * *", "nonsense", ""])
def test_what_cannot_be_read_is_refused(schedule):
    with pytest.raises(InvalidError) as caught:
        next_time(schedule, "UTC", 0)
    assert caught.value.code == "invalid_schedule"


def test_an_unknown_zone_is_refused():
    with pytest.raises(InvalidError) as caught:
        next_time("? 0 0 ? * *", "Mars/Olympus", 0)
    assert caught.value.code == "invalid_time_zone"


@given(
    st.integers(parse("2030-01-01T00:00:00Z") // SECOND, parse("2034-01-01T00:00:00Z") // SECOND),
    st.sampled_from(["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"]),
    st.sampled_from(["? 30 2 ? * *", "? */20 * ? * *", "? 0 0 ? * *", "? 5 1-3 ? * 0"]),
)
def test_times_rise_and_do_not_depend_on_where_one_begins(second, zone, schedule):
    first, second_time, third = itertools.islice(times(schedule, zone, second * SECOND), 3)
    assert second * SECOND < first < second_time < third
    assert next_time(schedule, zone, first) == second_time
    assert next_time(schedule, zone, first - SECOND) == first


@given(st.integers(0, 364), st.sampled_from(["Europe/Oslo", "America/New_York", "Africa/Casablanca"]))
def test_a_daily_schedule_fires_once_on_each_local_day(day, zone):
    start = parse("2031-01-01T12:00:00Z") + day * 86_400 * SECOND
    first, second = itertools.islice(times("? 30 2 ? * *", zone, start), 2)
    assert 22 * 3600 <= (second - first) / SECOND <= 26 * 3600
