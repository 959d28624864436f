"""Soon, and later and later while a part keeps dying."""

from shop.local.revival import LASTING, PAUSES, Revival


def deaths(lives: list[float]) -> list[float]:
    """The pauses of a part that dies again and again, after so many seconds each time."""
    now, pauses = 0.0, []
    revival = Revival(lambda: now)
    for life in lives:
        now += life
        pause = revival.note("web")
        assert pause is not None
        assert revival.note("web") is None  # the same death, seen again
        pauses.append(pause)
        now += pause
        assert revival.take("web")
    return pauses


def test_the_pauses_grow_to_the_longest() -> None:
    assert deaths([1.0] * 8) == [*PAUSES, PAUSES[-1], PAUSES[-1]]


def test_a_part_that_lasted_begins_anew() -> None:
    assert deaths([1.0, 1.0, LASTING + 5]) == [PAUSES[0], PAUSES[1], PAUSES[0]]


def test_nothing_starts_before_its_time_and_parts_do_not_mix() -> None:
    now = 0.0
    revival = Revival(lambda: now)
    revival.note("web")
    assert revival.take("web")
    assert revival.note("web") == PAUSES[1]
    assert not revival.take("web")
    assert revival.note("worker") == PAUSES[0]
    assert revival.take("worker")
