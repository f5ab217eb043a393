"""Every event is told once, provisionally and then for sure, on its script, and not on the script that nearly is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from tracks import MMSI, OTHER, START, Track, once, seen, site, told, watched

from gateway.model.vessel import Vessel
from gateway.model.vessel_event import EventType, VesselEvent

STATIC = {"imo": 9_074_729, "name": "INVENTED", "call_sign": "XX1", "ship_type": 70}
PIER = 3.993  # of berth 1
PIER_2 = 4.013


def inbound(lon: float = 3.5) -> Track:
    return Track(lon).go(3.9)


def alongside() -> Track:
    return inbound().go(PIER, knots=6).stay(20, status=5)


def count(events: Sequence[VesselEvent], type_: EventType) -> int:
    return len({one.id for one in events if one.type is type_})


def of_type(events: Sequence[VesselEvent], type_: EventType) -> list[VesselEvent]:
    return [one for one in events if one.type is type_]


@pytest.mark.parametrize(("start", "end", "ring"), [(-3, -2, 240), (0.5, 1, 120), (2, 3, 60), (3.5, 3.69, 12)])
def test_a_ring_is_crossed_inbound(start: float, end: float, ring: int) -> None:
    event = once(seen(Track(start).go(end, knots=15)), EventType.APPROACH)
    assert event.distance_nm == ring
    assert event.port is not None
    assert event.port.unlocode == "XXPRT"


def test_a_ring_is_not_crossed_outbound() -> None:
    assert not seen(Track(3.6).go(2.0))


def test_a_ring_is_not_crossed_by_a_ship_that_passes_outside_of_it() -> None:
    assert not of_type(seen(Track(2.0, 53.1).go(6.0, 53.1)), EventType.APPROACH)[2:]  # 60 nm, and never 12


def test_a_ring_is_crossed_again_only_after_leaving_it_by_a_mile() -> None:
    ring = 2.375  # 60 nm off
    jitter = Track(2.2).go(ring + 0.01)
    for _ in range(5):
        jitter.go(ring - 0.01).go(ring + 0.01)
    assert count(seen(jitter), EventType.APPROACH) == 1
    assert count(seen(jitter.go(ring - 0.1).go(ring + 0.1)), EventType.APPROACH) == 2


def test_a_ship_first_heard_within_rings_is_told_of_when_she_is_bound_for_the_port() -> None:
    assert not seen(Track(3.0).go(3.5))


def test_port_arrival_is_told_once() -> None:
    event = once(seen(inbound().go(4.0)), EventType.PORT_ARRIVAL)
    assert event.zone is not None
    assert (event.zone.id, event.confidence) == ("port", Decimal("0.95"))
    assert event.at < event.recorded_at


def test_a_corner_cut_in_one_fix_is_no_confirmed_arrival() -> None:
    track = Track(3.5).go(3.93).go(3.955, knots=10, every=600).go(3.9, every=600)
    assert told(seen(track), EventType.PORT_ARRIVAL) == [("port arrival", "provisional")]


def test_a_ship_first_heard_in_port_is_less_surely_one_that_arrived() -> None:
    assert once(seen(Track(4.03).stay(10, status=0)), EventType.PORT_ARRIVAL).confidence == Decimal("0.5")


def test_jitter_at_a_fence_makes_one_arrival_and_no_departure() -> None:
    events = seen(Track(3.8).go(3.95).stay(240, jitter=0.005))
    once(events, EventType.PORT_ARRIVAL)
    assert not of_type(events, EventType.PORT_DEPARTURE)


def test_port_departure_is_told_beyond_the_margin_and_dated_at_the_edge() -> None:
    event = once(seen(alongside().go(3.5, knots=6)), EventType.PORT_DEPARTURE)
    assert event.since is not None
    assert event.at < event.recorded_at


def test_a_ship_outside_the_fence_but_within_its_margin_has_not_left() -> None:
    assert not of_type(seen(alongside().go(3.94, knots=6).stay(60)), EventType.PORT_DEPARTURE)


def test_every_event_between_arrival_and_departure_has_one_call() -> None:
    track = alongside().say_twice(**STATIC, draught=8.0).say_twice(draught=6.0).go(PIER_2, knots=4).stay(20)
    events = seen(track.go(3.5, knots=6).go(4.0).stay(10))
    calls = [one.call for one in events if one.type not in (EventType.APPROACH, EventType.PILOT_BOARDING)]
    assert None not in calls
    assert len(set(calls)) == 2
    assert [str(one.type) for one in events if one.call == calls[-1]] == ["port arrival", "port arrival"]


def test_pilot_boarding_is_told_inbound() -> None:
    assert once(seen(Track(3.5).go(3.9)), EventType.PILOT_BOARDING).zone is not None


def test_pilot_boarding_is_not_told_outbound() -> None:
    assert not of_type(seen(alongside().go(3.5)), EventType.PILOT_BOARDING)[2:]


def test_anchorage_starts_and_ends_once() -> None:
    events = seen(Track(3.5).go(3.75).stay(60, status=1, sog=0.3).go(3.85))
    once(events, EventType.ANCHORAGE_START)
    once(events, EventType.ANCHORAGE_END)


@pytest.mark.parametrize("sog", [0.3, 3.0])
def test_a_ship_that_makes_way_through_an_anchorage_does_not_anchor(sog: float) -> None:
    assert not of_type(seen(Track(3.5).go(3.75).stay(20, sog=sog)), EventType.ANCHORAGE_START)


def test_a_forgotten_status_at_anchor_does_not_anchor_a_moving_ship() -> None:
    assert not of_type(seen(Track(3.5).go(3.9, status=1)), EventType.ANCHORAGE_START)


def test_swinging_at_anchor_ends_nothing() -> None:
    track = Track(3.5).go(3.75).stay(30, status=1).stay(30, status=1, sog=0.4, jitter=0.002)
    assert not of_type(seen(track), EventType.ANCHORAGE_END)


def test_berth_arrival_and_departure_are_told_once() -> None:
    events = seen(inbound().go(PIER, knots=6).stay(20).go(3.95, knots=5))
    once(events, EventType.BERTH_ARRIVAL)
    once(events, EventType.BERTH_DEPARTURE)


def test_a_stop_of_three_minutes_at_a_berth_is_no_arrival() -> None:
    events = seen(inbound().go(PIER, knots=6).stay(3).go(3.95, knots=5))
    assert told(events, EventType.BERTH_ARRIVAL) == [("berth arrival", "provisional")]
    assert not of_type(events, EventType.BERTH_DEPARTURE)


def test_status_moored_confirms_a_berth_at_once() -> None:
    once(seen(inbound().go(PIER, knots=6).stay(2, status=5)), EventType.BERTH_ARRIVAL)


def test_a_passing_ship_is_at_no_berth() -> None:
    assert not of_type(seen(inbound().go(4.04, knots=6, every=10)), EventType.BERTH_ARRIVAL)


def test_a_shift_is_told_in_place_of_the_second_arrival() -> None:
    events = seen(alongside().go(PIER_2, knots=4).stay(20))
    event = once(events, EventType.BERTH_SHIFT)
    assert event.from_zone is not None
    assert event.zone is not None
    assert (event.from_zone.id, event.zone.id) == ("berth 1", "berth 2")
    assert once(events, EventType.BERTH_ARRIVAL).zone != event.zone


def test_another_berth_after_another_arrival_is_no_shift() -> None:
    events = seen(alongside().go(3.5).go(PIER_2, knots=8).stay(20))
    assert not of_type(events, EventType.BERTH_SHIFT)
    assert count(events, EventType.BERTH_ARRIVAL) == 2


def test_eta_change_of_half_an_hour_is_told() -> None:
    event = once(seen(Track(0.0).say(eta=(3, 3, 6, 0)).say_twice(eta=(3, 3, 6, 30))), EventType.ETA_CHANGE)
    assert (event.eta_before, event.eta) == ("2026-03-03T06:00:00Z", "2026-03-03T06:30:00Z")


def test_eta_change_of_less_is_not_told_until_it_adds_up() -> None:
    track = Track(0.0).say(eta=(3, 3, 6, 0)).say_twice(eta=(3, 3, 6, 20))
    assert not seen(track)
    once(seen(track.say_twice(eta=(3, 3, 6, 40))), EventType.ETA_CHANGE)


def test_an_eta_that_is_taken_back_is_never_confirmed() -> None:
    track = Track(0.0).say(eta=(3, 3, 6, 0)).say(eta=(3, 3, 9, 0)).say_twice(eta=(3, 3, 6, 0))
    assert told(seen(track)) == [("ETA change", "provisional")]


def test_destination_change_is_told_when_the_port_is_another() -> None:
    track = Track(0.0).say_twice(destination="NLRTM").say_twice(destination="ROTTERDAM").say_twice(destination="DEHAM")
    event = once(seen(track), EventType.DESTINATION_CHANGE)
    assert event.destination is not None
    assert event.destination_before is not None
    assert (event.destination_before.unlocode, event.destination.unlocode) == ("NLRTM", "DEHAM")
    assert (event.destination_before.text, event.destination.text) == ("ROTTERDAM", "DEHAM")


def test_a_destination_that_means_no_port_is_kept_and_tells_nothing() -> None:
    watch = site()
    track = Track(0.0).go(0.1).say_twice(destination="NLRTM").say_twice(destination="FISHING GROUND")
    assert not watched(watch, track.sent)
    ship = watch.ship(MMSI)
    assert ship is not None
    assert (ship.destination, ship.unlocode) == ("FISHING GROUND", None)


def test_draught_change_is_told_after_a_stop() -> None:
    event = once(seen(Track(0.0).say(draught=8.0).stay(10).say_twice(draught=7.7)), EventType.DRAUGHT_CHANGE)
    assert (event.draught_before, event.draught) == (Decimal("8.0"), Decimal("7.7"))


def test_a_smaller_change_of_draught_is_not_told() -> None:
    assert not seen(Track(0.0).say(draught=8.0).stay(10).say_twice(draught=7.8))


def test_a_draught_corrected_under_way_is_not_told() -> None:
    assert not seen(Track(0.0).say(draught=8.0).go(0.1).say_twice(draught=6.0))


def test_identity_change_is_told() -> None:
    event = once(seen(Track(0.0).say(**STATIC).say_twice(**STATIC | {"name": "RENAMED"})), EventType.IDENTITY_CHANGE)
    assert [(one.field, one.before, one.after) for one in event.changes] == [("name", "INVENTED", "RENAMED")]
    assert event.vessel.particulars is not None
    assert event.vessel.particulars.name == "RENAMED"


@pytest.mark.parametrize("said", [{"name": ""}, {"imo": 9_074_728}, {"imo": 0}, {"ship_type": 79}, {"to_bow": 98}])
def test_what_is_no_other_identity_is_not_told(said: dict[str, object]) -> None:
    known = STATIC | {"to_bow": 100, "to_stern": 50}
    assert not seen(Track(0.0).say(**known).say_twice(**known | said))


def test_identity_mismatch_with_the_registry_is_told_once() -> None:
    registry = {MMSI: Vessel(imo="9074729", name="Declared")}
    track = Track(0.0).say_twice(**STATIC).say_twice(**STATIC)
    event = once(seen(track, registry=registry), EventType.IDENTITY_MISMATCH)
    assert [(one.field, one.before, one.after) for one in event.changes] == [("name", "Declared", "INVENTED")]


def test_an_identity_as_declared_is_no_mismatch() -> None:
    assert not seen(Track(0.0).say_twice(**STATIC), registry={9_074_729: Vessel(name="In-vented", call_sign="xx1")})


def company(hours: float) -> Track:
    """A ship that stays nearby and is heard all the time, too far from the port for its rings."""
    return Track(-10.0, 52.3, mmsi=OTHER).stay(hours * 60, sog=0.1, status=5)


def test_ais_gap_is_told_where_others_are_heard() -> None:
    event = once(seen(company(5), Track(-10.0).go(-9.9).silent(120).go(-9.8)), EventType.AIS_GAP)
    assert event.since is not None
    assert event.since < event.at


def test_a_silence_where_nobody_is_heard_is_no_gap() -> None:
    assert not seen(Track(-10.0).go(-9.9).silent(120).go(-9.8))


def test_a_short_silence_is_no_gap() -> None:
    assert not seen(company(1.2), Track(-10.0).go(-9.9).silent(25).go(-9.8))


@pytest.mark.parametrize(("hours", "gaps"), [(3.5, 0), (4.5, 1)])
def test_in_port_a_gap_takes_four_hours(hours: float, gaps: int) -> None:
    other = Track(4.3, mmsi=OTHER).stay(hours * 60 + 120, sog=0.1, status=5, every=120)
    assert count(seen(other, alongside().silent(hours * 60).stay(5, status=5)), EventType.AIS_GAP) == gaps


def test_loitering_is_told() -> None:
    event = once(seen(Track(3.0).go(3.1).stay(300, sog=1.0, jitter=0.003, every=120)), EventType.LOITERING)
    assert event.since is not None


@pytest.mark.parametrize(
    ("lon", "sog", "minutes"), [(3.1, 2.5, 300), (3.6, 1.0, 300), (-10.0, 1.0, 300), (3.1, 1.0, 100)]
)
def test_fast_near_unknown_or_short_is_no_loitering(lon: float, sog: float, minutes: float) -> None:
    track = Track(lon, 52.2).stay(minutes, sog=sog, every=120)
    assert not of_type(seen(track), EventType.LOITERING)


def test_rendezvous_is_told_of_both_ships() -> None:
    one = Track(3.0).stay(200, sog=0.5, every=120)
    other = Track(3.002, mmsi=OTHER, at=START + 7).stay(200, sog=0.5, every=120)
    event = once(seen(one, other), EventType.RENDEZVOUS)
    assert event.other is not None
    assert {event.vessel.mmsi, event.other.mmsi} == {str(MMSI), str(OTHER)}


@pytest.mark.parametrize(("lon", "sog", "minutes"), [(3.02, 0.5, 200), (3.002, 3.0, 200), (3.002, 0.5, 55)])
def test_far_fast_or_short_is_no_rendezvous(lon: float, sog: float, minutes: float) -> None:
    one = Track(3.0).stay(200, sog=0.5, every=120)
    other = Track(lon, mmsi=OTHER, at=START + 7).stay(minutes, sog=sog, every=120)
    assert not of_type(seen(one, other), EventType.RENDEZVOUS)


def test_ships_that_lie_in_port_together_are_no_rendezvous() -> None:
    other = Track(PIER + 0.001, mmsi=OTHER).stay(300, status=5)
    assert not of_type(seen(alongside().stay(200, status=5), other), EventType.RENDEZVOUS)


def jump(track: Track, lon: float, times: int = 1) -> Track:
    back = track.lon
    track.lon = lon
    track.stay(times, sog=10)
    track.lon = back
    return track


def test_an_implausible_position_is_set_aside_and_told() -> None:
    watch = site()
    track = jump(Track(-10.0).go(-9.9), -5.0).go(-9.8)
    once(watched(watch, track.sent), EventType.IMPLAUSIBLE_POSITION)
    ship = watch.ship(MMSI)
    assert ship is not None
    assert ship.position is not None
    assert float(ship.position.longitude) == pytest.approx(-9.8)


def test_a_second_position_that_fits_makes_the_new_place_hers() -> None:
    watch = site()
    track = jump(Track(-10.0).go(-9.9), -5.0, times=3)
    once(watched(watch, track.sent), EventType.IMPLAUSIBLE_POSITION)
    ship = watch.ship(MMSI)
    assert ship is not None
    assert ship.position is not None
    assert float(ship.position.longitude) == pytest.approx(-5.0)


@pytest.mark.parametrize(("ship_type", "told_of"), [(70, 2), (40, 0)])
def test_fifty_knots_are_implausible_for_a_cargo_ship_alone(ship_type: int, told_of: int) -> None:
    track = (
        Track(-10.0)
        .say(name="INVENTED", ship_type=ship_type)
        .go(-9.99)
        .go(-9.96, knots=50, every=200)
        .go(-9.95, knots=50)
    )
    assert len(seen(track)) == told_of


def test_a_step_of_less_than_half_a_mile_is_never_implausible() -> None:
    track = Track(-10.0).go(-9.9)
    track.lon += 0.012
    assert not seen(track.silent(0.01).fix(sog=10).go(-9.8))


def test_every_type_of_event_has_its_script_here() -> None:
    scripted = set(re.findall(r"once\(.*EventType\.(\w+)\)", Path(__file__).read_text("utf-8")))
    assert scripted == {type_.name for type_ in EventType}
