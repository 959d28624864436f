from __future__ import annotations

from math import isclose
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.recommendations import profiles
from catalog.recommendations.profiles import Act, Candidate, Facts, Features

calmly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
facts = st.builds(
    Facts,
    categories=st.sampled_from([(), ("home",), ("home", "lamps"), ("tools",), ("tools", "saws")]),
    brand=st.sampled_from(["", "keel", "oriel"]),
    level=st.floats(-5, 5),
    value_minor=st.integers(0, 10**6),
    is_reduced=st.booleans(),
)
acts = st.lists(
    st.builds(
        Act,
        product_id=st.integers(0, 9).map(lambda number: UUID(int=number)),
        days_ago=st.floats(0, 800),
        month=st.integers(1, 12),
        facts=facts,
        order=st.one_of(st.none(), st.integers(1, 3).map(lambda number: UUID(int=number))),
        device=st.sampled_from(["phone", "computer"]),
        part=st.sampled_from(profiles.PARTS),
    ),
    max_size=20,
)
candidates = st.lists(
    st.builds(Candidate, st.integers(0, 30).map(lambda number: UUID(int=number)), st.floats(0, 100), facts),
    max_size=20,
    unique_by=lambda one: one.product_id,
)


def bought(*categories: str, days: float = 10, month: int = 5, number: int = 1, **more: object) -> Act:
    return Act(UUID(int=1), days, month, Facts(categories, **more), order=UUID(int=number))  # type: ignore[arg-type]


def looked(*categories: str, days: float = 1, device: str = "phone", part: str = "evening", **more: object) -> Act:
    return Act(UUID(int=2), days, 5, Facts(categories, **more), device=device, part=part)  # type: ignore[arg-type]


@calmly
@given(acts)
def test_a_profile_is_made_of_shares(done: list[Act]) -> None:
    found = profiles.features(done)

    shares = [*found.categories.values(), *found.brands.values(), found.reduced, found.trust]
    shares += [share for several in (*found.seasons.values(), *found.moments.values()) for share in several.values()]
    assert all(-0.001 <= share <= 1.001 for share in shares)
    for several in (*found.seasons.values(), *found.moments.values()):
        assert abs(sum(several.values()) - 1) < 0.01
    assert found == profiles.features(list(reversed(done))) or done[::-1] != done
    assert found.orders <= 3
    assert (found.recency_days is None) == (not any(act.order for act in done))


@calmly
@given(candidates, candidates, acts, st.integers(1, 12), st.integers(1, 10))
def test_what_suits_is_ranked_among_what_there_is(
    near: list[Candidate], popular: list[Candidate], done: list[Act], month: int, most: int
) -> None:
    found = profiles.rank(near, popular, profiles.features(done), month=month, most=most)

    ids = [key for key, _score in found]
    assert len(ids) == len(set(ids)) <= most
    assert set(ids) <= {one.product_id for one in (*near, *popular)}
    assert [value for _key, value in found] == sorted((value for _key, value in found), reverse=True)
    assert all(value > 0 for _key, value in found)


def test_nothing_is_known_of_who_did_nothing() -> None:
    assert profiles.features([]) == Features()
    popular = [Candidate(UUID(int=number), 1.0, Facts()) for number in (3, 1, 2)]
    ranked = profiles.rank([], popular, Features(), month=1, most=9)
    assert [key.int for key, _score in ranked] == [3, 1, 2]


def test_features_say_what_was_done() -> None:
    done = [
        bought("home", "lamps", brand="keel", days=0, month=11, number=1, value_minor=5000, is_reduced=True),
        bought("home", brand="oriel", days=180, month=2, number=2, value_minor=1000),
        bought("tools", days=400, month=11, number=3, value_minor=3000),
        *[looked("tools", days=0) for _ in range(3)],
        looked("home", days=0, device="computer", part="night"),
    ]
    found = profiles.features(done)

    weights = {"lamp": 1.0, "home": 0.5, "saw": 0.5 ** (400 / 180), "looks": 0.6, "look": 0.2}
    total = sum(weights.values())
    assert isclose(found.categories["home"], (1.5 + 0.2) / total, abs_tol=1e-4)
    assert isclose(found.categories["lamps"], 1 / total, abs_tol=1e-4)
    assert isclose(found.brands["oriel"], 0.5 / total, abs_tol=1e-4)
    assert (found.reduced, found.recency_days, found.orders, found.value_minor) == (0.3333, 0, 2, 3000)
    assert found.seasons == {"home": {"1": 0.3333, "4": 0.6667}, "tools": {"4": 1.0}}
    assert found.moments == {"phone evening": {"tools": 1.0}}
    assert isclose(found.trust, 1 - 0.5**total, abs_tol=1e-4)
    assert found.as_json()["orders"] == 2


LIKED = Features(
    categories={"home": 0.8, "lamps": 0.6, "tools": 0.2}, brands={"keel": 0.7}, level=0, spread=0.5, reduced=0.5,
    seasons={"home": {"4": 1.0}}, trust=1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Facts(("home", "lamps")), Facts(("tools", "saws"))),
        (Facts(("home", "lamps")), Facts(())),
        (Facts(("home",), brand="keel"), Facts(("home",), brand="oriel")),
        (Facts(("home",), level=0.2), Facts(("home",), level=3.0)),
        (Facts(("home",), level=-0.2), Facts(("home",), level=-3.0)),
        (Facts(("home",), is_reduced=True), Facts(("home",))),
    ],
)
def test_what_is_liked_comes_first(better: Facts, worse: Facts) -> None:
    one, two = UUID(int=1), UUID(int=2)

    ranked = profiles.rank([Candidate(two, 1.0, worse), Candidate(one, 1.0, better)], [], LIKED, month=5, most=2)

    assert [key for key, _score in ranked] == [one, two]


def test_a_season_comes_again() -> None:
    lamp = Candidate(UUID(int=1), 1.0, Facts(("home",)))

    assert profiles.score(lamp, LIKED, 11) > profiles.score(lamp, LIKED, 5)


def test_the_less_is_known_the_more_of_what_everybody_buys() -> None:
    mine, everybodys = Candidate(UUID(int=1), 5.0, Facts()), Candidate(UUID(int=2), 1.0, Facts())

    def first(trust: float) -> int:
        return profiles.rank([mine], [everybodys], Features(trust=trust), month=1, most=1)[0][0].int

    assert (first(0.9), first(0.1)) == (1, 2)


def test_the_moment_puts_first_what_is_looked_at_then() -> None:
    toy, lamp = UUID(int=1), UUID(int=2)
    ranked = [(lamp, 1000), (toy, 900)]
    departments = {toy: "toys", lamp: "home"}
    liked = {"categories": {"toys": 0.3, "home": 0.7}, "moments": {"phone evening": {"toys": 1.0}}}

    assert profiles.at_this_moment(ranked, departments, liked, "phone evening") == [toy, lamp]
    assert profiles.at_this_moment(ranked, departments, liked, "computer morning") == [lamp, toy]
    assert profiles.at_this_moment(ranked, departments, {}, "phone evening") == [lamp, toy]


@pytest.mark.parametrize(
    ("hour", "part"), [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"), (23, "evening")]
)
def test_parts_of_the_day(hour: int, part: str) -> None:
    assert profiles.part_of_day(hour) == part


@pytest.mark.parametrize(("month", "season"), [(1, 1), (3, 1), (4, 2), (12, 4)])
def test_seasons(month: int, season: int) -> None:
    assert profiles.quarter(month) == season


def test_devices() -> None:
    assert profiles.device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Mobile/15E148") == "phone"
    assert profiles.device_of("Mozilla/5.0 (X11; Linux x86_64)") == profiles.device_of("") == "computer"
