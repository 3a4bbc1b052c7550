from datetime import UTC, date, datetime

import pytest

from zampa.ground.workdays import Calendar, due_moment, national_workday

NATIONAL = Calendar()
LHASA_2026 = {date(2026, 2, day): False for day in range(15, 27)} | {date(2026, 2, 14): True, date(2026, 2, 28): True}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 2, 14), True),  # a Saturday worked in exchange
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 22), False),  # a Sunday
        (date(2031, 3, 3), True),  # beyond the last notice: Monday to Friday
        (date(2031, 3, 2), False),
    ],
)
def test_national_days(day, works):
    assert national_workday(day) is works


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        # the day of receipt is not counted; the deadline is 24:00 in Shanghai, 16:00 UTC
        (datetime(2026, 11, 23, 2, tzinfo=UTC), 1, datetime(2026, 11, 24, 16, tzinfo=UTC)),
        (datetime(2026, 11, 20, 2, tzinfo=UTC), 1, datetime(2026, 11, 23, 16, tzinfo=UTC)),  # over a week-end
        (datetime(2026, 11, 22, 17, tzinfo=UTC), 1, datetime(2026, 11, 24, 16, tzinfo=UTC)),  # already Monday there
        (datetime(2026, 9, 30, 2, tzinfo=UTC), 1, datetime(2026, 10, 8, 16, tzinfo=UTC)),  # over National Day
    ],
)
def test_due_moment(received, days, due):
    assert due_moment(NATIONAL, received, days) == due


def test_upper_layers_win():
    lhasa = Calendar((LHASA_2026,))
    assert NATIONAL.is_workday(date(2026, 2, 25)) and not lhasa.is_workday(date(2026, 2, 25))
    bridged = Calendar((LHASA_2026, {date(2026, 3, 7): True}))
    assert bridged.is_workday(date(2026, 3, 7)) and not lhasa.is_workday(date(2026, 3, 7))
    opened = Calendar((LHASA_2026, {date(2026, 2, 25): True}))
    assert opened.is_workday(date(2026, 2, 25))


def test_add_and_between_agree():
    start = date(2026, 1, 15)
    for days in range(1, 60):
        assert NATIONAL.between(start, NATIONAL.add(start, days)) == days
    assert NATIONAL.between(date(2026, 11, 27), date(2026, 11, 23)) == -4


def test_a_calendar_without_working_days_is_an_error():
    closed = Calendar(({date(2026, 1, 1).fromordinal(date(2026, 1, 1).toordinal() + n): False for n in range(4000)},))
    with pytest.raises(ValueError, match="without working days"):
        closed.add(date(2026, 1, 1), 1)
