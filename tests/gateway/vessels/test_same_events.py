"""The same transmissions give the same events: in any batches and order, from many stations, over restarts, twice."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracks import MMSI, OTHER, START, Track, merged, quote, site, told, watched

from gateway.model.observation import Observation
from gateway.model.vessel_event import VesselEvent
from gateway.vessels.rules import Rules
from gateway.vessels.watch import Watch

STATIC = {"imo": 9_074_729, "name": "INVENTED", "ship_type": 70}


def story() -> list[Observation]:
    """Two ships that do nearly everything there is."""
    first = Track(3.2).say_twice(**STATIC, draught=8.0, destination="NLRTM", eta=(3, 3, 6, 0)).go(3.75, every=90)
    first.stay(20, status=1, every=120).go(3.993, knots=10).stay(30, status=5, every=120)
    first.say_twice(**STATIC | {"name": "RENAMED"}, draught=6.0, destination="DEHAM", eta=(3, 5, 6, 0))
    first.go(4.013, knots=4).stay(20, status=5).silent(250).stay(3, status=5).go(3.4, every=90)
    second = Track(3.0, 52.2, mmsi=OTHER, at=START + 7).stay(360, sog=1.0, every=170)
    second.lon += 2
    second.fix(sog=1.0)
    second.lon -= 2
    third = Track(3.003, 52.2, mmsi=OTHER + 5, at=START + 11).stay(180, sog=0.5, every=170).go(4.2, 52.2)
    return merged(first, second, third.stay(300, every=170))


STORY = story()
EVENTS = watched(site(), STORY)


def ids(events: Iterable[VesselEvent]) -> list[VesselEvent]:
    """Return events by id and certainty: ships are apart, and their order among each other counts for nothing."""
    return sorted(events, key=lambda one: (one.id, str(one.certainty)))


def test_the_story_has_most_types_of_events() -> None:
    assert len({one.type for one in EVENTS}) >= 15
    assert len({(one.id, one.certainty) for one in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("batch", [1, 7, 5000])
def test_batches_do_not_matter(batch: int) -> None:
    alone = watched(site(), STORY, batch=batch, elapse=False)
    assert ids(alone) == ids(watched(site(), STORY, batch=50, elapse=False))


def restarted(watch: Watch, kept: dict[int, bytes], rules: Rules | None = None) -> Watch:
    for mmsi, packed in watch.changed():
        if packed:
            kept[mmsi] = packed
        else:
            kept.pop(mmsi, None)
    fresh = site(rules)
    for mmsi, packed in kept.items():
        fresh.restore(mmsi, packed)
    return fresh


@pytest.mark.parametrize("first", range(3))
def test_a_restart_after_every_third_transmission_changes_nothing(first: int) -> None:
    watch, kept, events = site(), dict[int, bytes](), list[VesselEvent]()
    for number, one in enumerate(STORY):
        events += watch.observe([one], "feed", quote, one.received)
        events += watch.elapse(one.received)
        if number % 3 == first:
            watch = restarted(watch, kept)
    events += watch.elapse(STORY[-1].received + 60)
    assert ids(events) == ids(watched(site(), STORY, batch=1))


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_order_within_the_lateness_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    rules = Rules(lateness_seconds=400)
    shuffled = sorted(STORY, key=lambda one: one.at + chance.uniform(0, 390))
    events = watched(site(rules), shuffled, batch=5000, elapse=False)
    assert {(one.id, one.certainty) for one in events} == {(one.id, one.certainty) for one in EVENTS}


def test_reversed_input_gives_the_same_events() -> None:
    rules = Rules(lateness_seconds=7 * 86400)
    track = Track(3.2).go(3.993).stay(30, status=5).go(3.4).sent
    watch = site(rules)
    events = watch.observe(reversed(track), "feed", quote, START)
    assert not events
    assert ids(watch.elapse(START + 14 * 86400)) == ids(watched(site(), track))


def test_a_replay_tells_nothing_anew() -> None:
    watch = site()
    first = watched(watch, STORY)
    again = watched(watch, STORY)
    assert {one.id for one in again} <= {one.id for one in first}
    assert ids(watched(site(), STORY)) == ids(first)


def test_a_fix_later_than_the_lateness_is_no_step_back() -> None:
    watch = site()
    track = Track(-10.0).go(-9.8).sent
    late = track.pop(3)
    assert not watched(watch, [*track, late])
    ship = watch.ship(MMSI)
    assert ship is not None
    assert ship.at == track[-1].at
    assert watch.counts["late"] == 1


def test_copies_of_several_stations_are_one_transmission_with_all_of_them_as_evidence() -> None:
    track = Track(3.5).go(4.0).sent
    heard = [
        one._replace(station=station, received=one.received + late, at=one.at + late, record=one.record + late)
        for one in track
        for late, station in ((0, "east"), (3, "west"), (5, "south"))
    ]
    chance = random.Random(1)
    chance.shuffle(heard)
    heard.sort(key=lambda one: one.at // 10)
    events = watched(site(), heard, batch=5000)
    assert told(events) == told(seen_alone := watched(site(), track))
    assert [one.id for one in events] == [one.id for one in seen_alone]
    assert {one.station for one in events[0].evidence} == {"east", "west", "south"}
    assert len({one.sentences for one in events[0].evidence}) == 3


def test_the_same_words_after_the_window_are_another_transmission() -> None:
    watch = site()
    one = Track(-10.0).go(-9.99).sent[0]
    watched(watch, [one._replace(at=one.at + late, received=one.at + late) for late in (0, 20, 61)])
    assert watch.counts["copy"] == 1


def test_a_station_whose_clock_is_ahead_does_not_silence_a_ship() -> None:
    watch = site()
    track = Track(-10.0).go(-9.9).sent
    track[1] = track[1]._replace(at=track[1].at + 86400)
    watched(watch, track)
    ship = watch.ship(MMSI)
    assert ship is not None
    assert ship.at == track[-1].at


def test_a_recording_of_later_days_is_watched_in_its_own_time() -> None:
    track = Track(3.5).go(3.993).stay(30, status=5).sent
    replayed = [one._replace(received=START - 86400) for one in track]
    watch = site()
    events = watch.observe(replayed, "feed", quote, START - 86400) + watch.elapse(track[-1].at + 60)
    assert [one.id for one in events] == [one.id for one in watched(site(), track)]


def test_a_ship_first_heard_through_a_wrong_clock_is_found_again() -> None:
    watch = site()
    track = Track(-10.0).say(name="INVENTED").go(-9.9).sent
    watched(watch, [*(one._replace(at=one.at + 86400) for one in track[:3]), *track[3:]], batch=1)
    ship = watch.ship(MMSI)
    assert ship is not None
    assert ship.at == track[-1].at


def test_two_watches_give_equal_bytes() -> None:
    one, other = site(), site()
    watched(one, STORY)
    watched(other, STORY, batch=1)
    assert dict(one.changed()).keys() == dict(other.changed()).keys() == {MMSI, OTHER, OTHER + 5}


def test_events_are_told_while_time_passes_and_no_more_is_heard() -> None:
    watch = site()
    track = Track(3.9).go(3.94).go(3.955, every=600)
    last = track.sent[-1]
    watch.observe(track.sent, "feed", quote, last.received)
    assert told(watch.elapse(last.at + 9)) == []
    assert told(watch.elapse(last.at + 11))[-1] == ("port arrival", "provisional")
