"""Windows of the calendar operators, with the examples of wire/fluxx.md section 4."""

from datetime import date

import pytest

from headwater.expr.calendar import Calendar
from headwater.kernel.clock import SECOND, FixedClock, rfc3339

HOUR = 3_600 * SECOND


def calendar(now="2031-04-16T09:00:00Z", time_zone="UTC", week_start=0):
    return Calendar(time_zone, week_start, FixedClock(now).now)


@pytest.mark.parametrize(
    ("operator", "n", "first", "last"),
    [
        ("yesterday", None, "2031-04-15", "2031-04-16"),
        ("today", None, "2031-04-16", "2031-04-17"),
        ("tomorrow", None, "2031-04-17", "2031-04-18"),
        ("last_week", None, "2031-04-07", "2031-04-14"),
        ("this_week", None, "2031-04-14", "2031-04-21"),
        ("next_week", None, "2031-04-21", "2031-04-28"),
        ("last_month", None, "2031-03-01", "2031-04-01"),
        ("this_month", None, "2031-04-01", "2031-05-01"),
        ("next_month", None, "2031-05-01", "2031-06-01"),
        ("last_quarter", None, "2031-01-01", "2031-04-01"),
        ("this_quarter", None, "2031-04-01", "2031-07-01"),
        ("next_quarter", None, "2031-07-01", "2031-10-01"),
        ("last_year", None, "2030-01-01", "2031-01-01"),
        ("this_year", None, "2031-01-01", "2032-01-01"),
        ("next_year", None, "2032-01-01", "2033-01-01"),
        ("last_n_days", 3, "2031-04-13", "2031-04-16"),
        ("last_n_weeks", 2, "2031-03-31", "2031-04-14"),
        ("last_n_months", 2, "2031-02-01", "2031-04-01"),
        ("last_n_quarters", 1, "2031-01-01", "2031-04-01"),
        ("last_n_years", 2, "2029-01-01", "2031-01-01"),
        ("next_n_days", 3, "2031-04-17", "2031-04-20"),
        ("next_n_weeks", 1, "2031-04-21", "2031-04-28"),
        ("next_n_months", 2, "2031-05-01", "2031-07-01"),
        ("next_n_quarters", 2, "2031-07-01", "2032-01-01"),
        ("next_n_years", 1, "2032-01-01", "2033-01-01"),
        ("days_n_ago", 3, "2031-04-13", "2031-04-14"),
        ("weeks_n_ago", 2, "2031-03-31", "2031-04-07"),
        ("months_n_ago", 2, "2031-02-01", "2031-03-01"),
        ("quarters_n_ago", 1, "2031-01-01", "2031-04-01"),
        ("years_n_ago", 1, "2030-01-01", "2031-01-01"),
    ],
)
def test_a_window_has_the_bounds_of_the_contract(operator, n, first, last):
    assert calendar().window(operator, n) == (date.fromisoformat(first), date.fromisoformat(last))


def test_the_week_can_start_on_sunday():
    assert calendar(week_start=6).window("this_week") == (date(2031, 4, 13), date(2031, 4, 20))


@pytest.mark.parametrize(("day", "hours"), [("2031-03-30", 23), ("2031-10-26", 25), ("2031-05-02", 24)])
def test_a_local_day_is_as_long_as_the_clocks_make_it(day, hours):
    start, end = calendar(f"{day}T12:00:00Z", "Europe/Oslo").span("today")
    assert end - start == hours * HOUR


def test_a_day_whose_midnight_is_skipped_starts_when_the_clocks_have_moved():
    # Beirut sprang from 00:00 to 01:00 on 2022-03-27.
    start = calendar(time_zone="Asia/Beirut").day_start(date(2022, 3, 27))
    assert rfc3339(start) == "2022-03-26T22:00:00Z"


def test_today_is_the_local_day():
    assert calendar("2031-05-01T22:30:00Z", "Europe/Oslo").today() == date(2031, 5, 2)


def test_a_window_beyond_the_calendar_ends_at_its_edge():
    assert calendar().window("last_n_years", 999_999_999)[0] == date(2, 1, 1)
    assert calendar().window("next_n_days", 999_999_999)[1] == date(9998, 1, 1)


def test_a_moving_span_follows_the_clock_over_midnight_and_back():
    clock = FixedClock("2031-05-02T23:59:59Z")
    span = Calendar("UTC", 0, clock.now).moving_span("today")
    first = span()
    clock.move(1)
    second = span()
    clock.move(-1)
    assert (rfc3339(first[0]), rfc3339(second[0])) == ("2031-05-02T00:00:00Z", "2031-05-03T00:00:00Z")
    assert span() == first
