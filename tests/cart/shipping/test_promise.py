"""When a parcel leaves and when it comes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cart.shipping import promise
from cart.shipping.promise import Calendar, Clock

PLAIN = Calendar()
CHICAGO = Clock("America/Chicago", time(14), 0, PLAIN)
FRIDAY = date(2026, 11, 20)


def at(text: str, zone: str = "America/Chicago") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_working_days_skip_weekends_and_holidays():
    assert promise.working(FRIDAY, 1, PLAIN) == date(2026, 11, 23)
    assert promise.working(FRIDAY, 5, PLAIN) == date(2026, 11, 27)
    assert promise.working(FRIDAY, 0, PLAIN) == FRIDAY
    assert promise.working(date(2026, 11, 21), 0, PLAIN) == date(2026, 11, 23)
    thanksgiving = Calendar(holidays=frozenset({date(2026, 11, 26)}))
    assert promise.working(date(2026, 11, 25), 1, thanksgiving) == date(2026, 11, 27)


def test_before_the_cut_off_it_leaves_today():
    found = promise.promise(at("2026-11-23T13:59"), CHICAGO, least=1, most=2, transit=PLAIN)
    assert (found.leaves_on, found.arrives_from, found.arrives_on) == (
        date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25),
    )  # fmt: skip
    assert found.order_before == at("2026-11-23T14:00")


def test_from_the_cut_off_on_it_leaves_on_the_next_working_day():
    found = promise.promise(at("2026-11-20T14:00"), CHICAGO, least=1, most=1, transit=PLAIN)
    assert (found.leaves_on, found.arrives_on) == (date(2026, 11, 23), date(2026, 11, 24))
    assert found.order_before == at("2026-11-23T14:00")


def test_on_a_weekend_the_cut_off_is_that_of_monday():
    found = promise.promise(at("2026-11-21T20:00"), CHICAGO, least=0, most=0, transit=PLAIN)
    assert found.leaves_on == date(2026, 11, 23)
    assert found.order_before == at("2026-11-23T14:00")


def test_the_day_is_the_one_of_the_place():
    moment = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # still Monday in Chicago
    assert promise.promise(moment, Clock("America/Chicago"), least=0, most=0, transit=PLAIN).leaves_on == date(
        2026, 11, 23
    )
    assert promise.promise(moment, Clock("Asia/Tokyo"), least=0, most=0, transit=PLAIN).leaves_on == date(2026, 11, 24)


def test_who_rests_at_the_end_of_the_week_elsewhere():
    riyadh = Clock("Asia/Riyadh", None, 1, Calendar(frozenset({4, 5})))
    found = promise.promise(at("2026-11-19T10:00", "Asia/Riyadh"), riyadh, least=1, most=1, transit=PLAIN)
    assert found.leaves_on == date(2026, 11, 22)  # Thursday, and a day of handling: Sunday
    assert found.arrives_on == date(2026, 11, 23)


def test_what_is_not_there_yet_leaves_when_it_is():
    found = promise.promise(
        at("2026-11-23T09:00"), CHICAGO, least=1, most=1, transit=PLAIN, not_before=date(2026, 12, 5)
    )
    assert (found.leaves_on, found.arrives_on) == (date(2026, 12, 7), date(2026, 12, 8))
    assert found.order_before is None


def test_the_cut_off_is_right_when_the_clock_changes():
    clock = Clock("America/Chicago", time(14), 0, Calendar(frozenset()))
    before = promise.promise(at("2026-10-31T10:00"), clock, least=0, most=0, transit=PLAIN).order_before
    after = promise.promise(at("2026-11-01T10:00"), clock, least=0, most=0, transit=PLAIN).order_before
    assert before is not None
    assert after is not None
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 365 * 24 * 3600).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.sampled_from(["UTC", "America/Chicago", "Asia/Tokyo", "Europe/Berlin", "Pacific/Auckland"]),
    st.none() | st.times(),
    st.integers(0, 5),
    st.frozensets(st.integers(0, 6), max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 1, 1)), max_size=20),
    st.integers(0, 10),
    st.integers(0, 10),
)
def test_promises_are_days_on_which_people_work_and_never_go_back(
    moment, zone, cut_off, handling, rest, holidays, least, more
):
    calendar = Calendar(rest, holidays)
    clock = Clock(zone, cut_off.replace(tzinfo=None) if cut_off else None, handling, calendar)
    found = promise.promise(moment, clock, least=least, most=least + more, transit=calendar)
    today = moment.astimezone(ZoneInfo(zone)).date()
    assert today <= found.leaves_on <= found.arrives_from <= found.arrives_on
    assert all(calendar.works(day) for day in (found.leaves_on, found.arrives_from, found.arrives_on))
    if found.order_before:
        assert found.order_before > moment
        later = promise.promise(moment + timedelta(hours=1), clock, least=least, most=least + more, transit=calendar)
        assert later.arrives_on >= found.arrives_on
