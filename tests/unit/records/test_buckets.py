"""Offsets of time zones and the buckets of local days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.kernel.clock import from_datetime, parse
from headwater.records.buckets import bucket_start, zone_offsets

ZONES = [
    "UTC",
    "Europe/Oslo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
]


def test_an_offset_ends_at_the_second_of_the_change():
    offsets = zone_offsets("Europe/Oslo", parse("2031-03-01T00:00:00Z"), parse("2031-12-01T00:00:00Z"))
    assert [(end, seconds) for end, seconds in offsets[:-1]] == [
        (parse("2031-03-30T01:00:00Z"), 3600),
        (parse("2031-10-26T01:00:00Z"), 7200),
    ]
    assert offsets[-1][1] == 3600


@given(
    st.sampled_from(ZONES),
    st.integers(-5_000_000_000, 7_000_000_000),
    st.integers(1, 4000),
)
def test_every_moment_has_the_offset_of_its_zone(zone, seconds, days):
    first = datetime.fromtimestamp(seconds, UTC)
    last = first + timedelta(days=days)
    offsets = zone_offsets(zone, from_datetime(first), from_datetime(last))
    for part in range(11):
        moment = first + (last - first) * part / 10
        at = from_datetime(moment)
        found = next(seconds for end, seconds in offsets if at < end)
        assert found == moment.astimezone(ZoneInfo(zone)).utcoffset().total_seconds()


@pytest.mark.parametrize(
    ("unit", "week_start", "start"),
    [
        ("day", 0, "2031-05-15"),
        ("week", 0, "2031-05-12"),
        ("week", 6, "2031-05-11"),
        ("month", 0, "2031-05-01"),
        ("quarter", 0, "2031-04-01"),
        ("year", 0, "2031-01-01"),
    ],
)
def test_a_day_is_in_the_bucket_that_starts_there(unit, week_start, start):
    day = date(2031, 5, 15).toordinal() - date(1970, 1, 1).toordinal()
    assert bucket_start(day, unit, week_start).isoformat() == start


def test_the_first_week_of_the_calendar_starts_with_its_first_day():
    assert bucket_start(1 - date(1970, 1, 1).toordinal(), "week", 6) == date(1, 1, 1)
