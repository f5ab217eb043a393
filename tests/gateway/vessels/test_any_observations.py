"""Whatever a feed says gives events or nothing, never an exception; and a ship in any state is kept as she is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import MMSI, START, quote, site

from gateway.model.observation import Fix, Observation, Particulars

times = st.floats(START, START + 40_000) | st.floats(0, START) | st.just(START)
words = st.none() | st.text(max_size=8) | st.sampled_from(["ROTTERDAM", "A", "B", "\x1f", "\ue000x"])
sizes = st.none() | st.integers(0, 511)
near = st.floats(3.6, 4.1) | st.floats(-180, 180)

fixes = st.builds(
    Fix,
    mmsi=st.sampled_from([MMSI, MMSI + 1, 982_110_001, 0]),
    at=times,
    received=times,
    lon=near,
    lat=st.floats(51.9, 52.1) | st.floats(-90, 90),
    sog=st.none() | st.sampled_from([0.0, 0.4, 1.5]) | st.floats(0, 102.2),
    cog=st.none() | st.floats(0, 359.9),
    heading=st.none() | st.integers(0, 359),
    status=st.none() | st.integers(0, 15),
    type=st.sampled_from([1, 18, 27]),
    station=st.sampled_from(["", "east", "we\x1fst"]),
    digest=st.integers(0, 2**64),
    record=st.integers(0, 1000),
)
particulars = st.builds(
    Particulars,
    mmsi=st.sampled_from([MMSI, MMSI + 1, 982_110_001]),
    at=times,
    received=times,
    imo=st.none() | st.sampled_from([9_074_729, 9_074_728]) | st.integers(0, 2**30),
    name=words,
    call_sign=words,
    ship_type=st.none() | st.integers(0, 255),
    to_bow=sizes,
    to_stern=sizes,
    to_port=sizes,
    to_starboard=sizes,
    draught=st.none() | st.floats(0, 25.5),
    eta=st.none() | st.tuples(st.integers(0, 15), st.integers(0, 31), st.integers(0, 31), st.integers(0, 63)),
    destination=words,
    mothership=st.none() | st.integers(0, 2**30 - 1),
    type=st.sampled_from([5, 19, 24]),
    station=st.just("east"),
    digest=st.integers(0, 2**64),
    record=st.integers(0, 1000),
)


@settings(max_examples=60)
@given(st.lists(fixes | particulars, max_size=20))
def test_any_observations_give_events_and_ships_that_can_be_kept(sent: list[Observation]) -> None:
    watch = site()
    for one in sent:
        watch.observe([one], "feed", quote, one.received)
        watch.elapse(one.received)
    fresh = site()
    for mmsi, packed in watch.changed():
        if packed:
            fresh.restore(mmsi, packed)
    assert list(fresh.ships()) == list(watch.ships())
    fresh.elapse(START + 40 * 86_400)
    watch.elapse(START + 40 * 86_400)
    assert len(fresh) == len(watch)
