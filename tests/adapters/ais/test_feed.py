"""Feeds as the gateway holds them: observations, what is put aside, evidence, and going on after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import pytest
from ais_feeds import arrival
from ais_lines import ALDER, BIRCH, at, position, static, tagged, with_checksum
from hypothesis import example, given
from hypothesis import strategies as st
from test_any_bytes import LINES

from adapters.ais import encode, message
from adapters.ais.feed import NmeaFeed
from adapters.ais.message_feeds import ais_catcher, digitraffic
from adapters.ais.put_aside import LONGEST_SAMPLE
from gateway.model.frames import Frame, pack
from gateway.model.observation import Fix, Observation, Particulars
from gateway.model.stages import Arrival
from gateway.plugin import Feed

X1, X2 = static(ALDER, sequence=3)
Y1, Y2 = static(BIRCH, sequence=3)
PLACE = {"lon": 9.96, "lat": 53.54, "sog": 7.4, "cog": 120.5, "heading": 118, "status": 0}
FEEDS: dict[str, Callable[[str], Feed]] = {"nmea": NmeaFeed, "digitraffic": digitraffic, "ais-catcher": ais_catcher}


def observed(*lines: bytes, end: bytes = b"\n") -> list[Observation]:
    return list(NmeaFeed("pier").observe(arrival(end.join(lines) + end, at(0))))


def test_the_feeds_are_found_by_entry_point() -> None:
    found = {one.name: one.load() for one in entry_points(group="pierhead.feeds")}
    assert {name: found[name] for name in FEEDS} == FEEDS


def test_a_position_is_a_fix_at_the_time_of_receipt() -> None:
    (found,) = observed(position(**PLACE))
    received = at(0).timestamp()
    assert found == Fix(211000001, received, received, 9.96, 53.54, 7.4, 120.5, 118, 0, 1, "", found.digest, 0)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_may_end_either_way_and_keep_their_numbers(end: bytes) -> None:
    found = observed(b"# comment", position(**PLACE), X1, X2, b"", position(mmsi=244000002, **PLACE), end=end)
    assert [(one.mmsi, one.record) for one in found] == [(211000001, 1), (211000001, 2), (244000002, 5)]


@pytest.mark.parametrize(
    ("line", "when", "station"),
    [
        (tagged("s:east,c:1793610000", position(**PLACE)), 1793610000.0, "east"),
        (tagged("c:1793610000500", position(**PLACE)), 1793610000.5, ""),
        (tagged("t:1793610001,s:west", position(**PLACE)), 1793610001.0, "west"),
        (b"1793610000000000000 " + position(**PLACE), 1793610000.0, ""),
        (b"1793610000 " + position(**PLACE), 1793610000.0, ""),
        (position(**PLACE) + b",r003669946,1793610002", 1793610002.0, "r003669946"),
    ],
)
def test_a_time_that_the_feed_tells_is_when_the_ship_was_there(line: bytes, when: float, station: str) -> None:
    (found,) = observed(line)
    assert (found.at, found.received, found.station) == (when, at(0).timestamp(), station)


def test_static_data_are_particulars() -> None:
    lines = encode(
        message("5", **ALDER, ship_type=70, to_bow=160, to_stern=33, to_port=20, to_starboard=12, draught=6.8,
                eta_month=11, eta_day=6, eta_hour=3, eta_minute=0)
    )  # fmt: skip
    (found,) = observed(*lines)
    assert found[3:17] == (
        9000003, "ALDER", "DA0001", 70, 160, 33, 20, 12, 6.8, (11, 6, 3, 0), "HAMBURG", None, 5, ""
    )  # fmt: skip


def test_what_is_not_said_is_none() -> None:
    (fix,) = observed(position(lon=9.96, lat=53.54))
    (particulars,) = observed(*encode(message("5", mmsi=211000001)))
    assert fix[5:9] == (None,) * 4
    assert particulars[3:15] == (None,) * 12


@pytest.mark.parametrize("eta", [{"eta_month": 2, "eta_day": 30}, {"eta_month": 4, "eta_day": 31}, {"eta_month": 5}])
def test_an_eta_that_no_year_has_is_none(eta: dict[str, int]) -> None:
    (found,) = observed(*encode(message("5", mmsi=211000001, eta_hour=1, eta_minute=0, **eta)))
    assert isinstance(found, Particulars)
    assert found.eta is None


def test_class_b_static_data_come_in_parts_and_an_auxiliary_craft_names_its_mothership() -> None:
    name, rest, craft = observed(
        *encode(message("24A", mmsi=211000001, name="ALDER")),
        *encode(message("24B", mmsi=211000001, callsign="DA0001", ship_type=36, to_bow=5, to_stern=4)),
        *encode(message("24B auxiliary", mmsi=982110001, mothership_mmsi=211000001)),
    )
    assert (name[4], rest[4], rest[5], rest[6], rest[7], rest[8]) == ("ALDER", None, "DA0001", 36, 5, 4)
    assert isinstance(craft, Particulars)
    assert (craft.mothership, craft.to_bow) == (211000001, None)


def test_a_type_19_is_a_position_and_particulars() -> None:
    fix, particulars = observed(*encode(message("19", mmsi=211000001, lon=9.96, lat=53.54, name="ALDER")))
    assert isinstance(fix, Fix)
    assert isinstance(particulars, Particulars)
    assert (fix.type, particulars.type, particulars.name, fix.record, particulars.record) == (19, 19, "ALDER", 0, 0)
    assert fix.digest == particulars.digest


@pytest.mark.parametrize(("form", "sog"), [("9", 120.0), ("18", 7.4), ("27", 7.0)])
def test_other_positions_are_fixes_in_the_same_units(form: str, sog: float) -> None:
    (found,) = observed(*encode(message(form, mmsi=211000001, lon=9.96, lat=53.54, sog=sog, cog=120)))
    assert isinstance(found, Fix)
    assert found[3:7] == (9.96, 53.54, sog, 120.0)
    assert all(isinstance(one, float) for one in found[3:7])


def test_stations_and_aids_to_navigation_say_nothing_of_a_ship() -> None:
    feed = NmeaFeed("pier")
    lines = [line for form in ("4", "21") for line in encode(message(form, mmsi=2110001, lon=9.96, lat=53.54))]
    assert (feed.observe(arrival(b"\n".join(lines), at(0))), feed.rejects) == ([], {})


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "no valid position"),
        ({"lon": 9.96}, "no valid position"),
        ({"lon": 0}, "no valid position"),  # 91, 0
        ({"lon": 0, "lat": 0}, "position 0, 0"),
        ({"mmsi": None} | PLACE, "no valid MMSI"),
    ],
)
def test_a_position_that_is_none_is_counted_by_reason_and_sampled(values: dict[str, Any], reason: str) -> None:
    feed = NmeaFeed("pier")
    line = encode(message("1", **({"mmsi": 211000001} | values)))[0]
    assert feed.observe(arrival(position(**PLACE) + b"\r\n" + line + b"\r\n", at(0)))[0].record == 0
    assert (feed.rejects, feed.samples()) == ({reason: 1}, {reason: line})


def test_everything_put_aside_is_counted_and_the_latest_kept_cut_to_length() -> None:
    feed = NmeaFeed("pier")
    feed.observe(arrival(b"first\nsecond\n# comment\n" + position()[:-2] + b"00\n" + b"x" * 5000 + b"\n" + X1, at(0)))
    feed.observe(arrival(b"\n", at(60)))
    assert feed.rejects == {"no sentence": 3, "comment": 1, "checksum wrong": 1, "parts missing": 1}
    assert feed.samples()["no sentence"] == b"x" * LONGEST_SAMPLE
    assert feed.samples()["parts missing"] == X1


def test_copies_of_one_transmission_have_one_digest_however_they_were_cut() -> None:
    first, again = observed(tagged("s:east", position(**PLACE)), tagged("s:west", position(**PLACE)))
    assert first.digest == again.digest
    payload = (X1.split(b",")[5] + X2.split(b",")[5]).decode()
    parts = [with_checksum(f"AIVDM,2,1,5,B,{payload[:40]},0"), with_checksum(f"AIVDM,2,2,5,B,{payload[40:]},2")]
    one, other = observed(X1, X2, *parts)
    assert one.digest == other.digest


def test_an_observation_rests_on_all_the_sentences_that_the_batch_holds_of_it() -> None:
    feed = NmeaFeed("pier")
    lines = [position(**PLACE), tagged("g:1-2-7,s:east", X1), position(**PLACE), tagged("g:2-2-7", X2)]
    batch = arrival(b"\r\n".join(lines) + b"\r\n", at(0))
    found = feed.observe(batch)
    assert [one.record for one in found] == [0, 1, 2]
    assert feed.sentences(batch, 0) == (lines[0].decode(),)
    assert feed.sentences(batch, 1) == (lines[1].decode(), lines[3].decode())
    assert feed.sentences(batch, 9) == ()


@given(st.lists(LINES, max_size=10).map(b"\n".join), st.integers(0, 20))
@example(b"\n\n\r\n", 0)
def test_any_bytes_are_observed_or_put_aside(content: bytes, record: int) -> None:
    feed = NmeaFeed("pier")
    batch = arrival(content, at(0))
    for one in feed.observe(batch):
        assert feed.sentences(batch, one.record)
    feed.sentences(batch, record)
    again = NmeaFeed("pier")
    again.resume(feed.pending())
    assert again.pending() == feed.pending()
    assert set(feed.samples()) == set(feed.rejects)


def restarted(*batches: tuple[float, bytes]) -> list[Observation]:
    """Return what a feed says that starts anew before each batch."""
    pending, found = b"", []
    for when, content in batches:
        feed = NmeaFeed("pier")
        feed.resume(pending)
        found += feed.observe(arrival(content, at(when)))
        pending = feed.pending()
    return found


def test_the_parts_of_a_message_survive_a_restart_between_them() -> None:
    (found,) = restarted((0, tagged("s:east,c:1793610000", X1)), (0.5, tagged("s:east", X2)))
    assert (found[4], found.station, found.at) == ("ALDER", "east", 1793610000.0)
    (found,) = restarted((0, tagged("g:1-2-7,s:east,c:1793610000", X1)), (0.5, tagged("g:2-2-7", X2)))
    assert (found[4], found.station, found.at) == ("ALDER", "east", 1793610000.0)
    assert restarted((0, X1), (60, X2)) == []


def test_a_part_heard_again_after_a_restart_makes_no_message_of_two_ships() -> None:
    assert [one.mmsi for one in restarted((0, X1 + b"\n" + X2), (0.2, X2), (0.4, Y1))] == [ALDER["mmsi"]]
    assert [one.mmsi for one in restarted((0, X1 + b"\n" + X2), (0.2, X1), (0.4, Y2))] == [ALDER["mmsi"]]


def test_nothing_is_pending_where_nothing_is_open() -> None:
    feed = NmeaFeed("pier")
    feed.observe(arrival(position(**PLACE), at(0)))
    assert feed.pending() == b""
    feed.resume(b"")


LOCATION = {"time": 1793610000, "sog": 10.7, "cog": 326.6, "navStat": 0, "heading": 325} | {
    "lon": 20.345818,
    "lat": 60.03802,
}
METADATA = {"timestamp": 1793610000035, "name": "ALDER", "draught": 68, "eta": 733376, "imo": 9000003}


def frame(form: str, content: object) -> Frame:
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Frame(f"vessels-v2/{form}", payload, at(1).timestamp())


def test_digitraffic_gives_positions_and_particulars_and_its_status_is_no_fault() -> None:
    feed = digitraffic("fintraffic")
    frames = [
        frame("status", {"updated": 1793610000}),
        frame("211000001/location", LOCATION),
        frame("211000001/metadata", METADATA),
        frame("211000001/location", b"{"),
        frame("211000001/location", {"time": 1793610000, "lon": 0, "lat": 0}),
    ]
    batch = arrival(pack(frames), at(0))
    fix, particulars = feed.observe(batch)
    received = at(1).timestamp()
    assert fix == Fix(211000001, 1793610000.0, received, 20.345818, 60.03802, 10.7, 326.6, 325, 0, 1, "", fix.digest, 1)
    assert particulars[1:5] == (1793610000.035, received, 9000003, "ALDER")
    assert (particulars[12], particulars.record) == ((11, 6, 3, 0), 2)
    assert feed.rejects == {"not the JSON of this feed": 1, "position 0, 0": 1}
    assert feed.sentences(batch, 1) == (frames[1].topic, frames[1].payload.decode())
    assert feed.sentences(batch, 9) == ()


FRAMES = st.lists(st.binary(max_size=30).map(lambda payload: frame("1/location", payload)), max_size=5).map(pack)


@given(st.binary() | FRAMES)
@example(b"5 1 x\nabc")
@example(b"0 1 x\n\n-8 1 y\n\n")
@example(b"0 " + b"9" * 400 + b" x\n\n")
@example(b"0 999999999999999999 x\n\n")
def test_any_frames_are_observed_or_put_aside(content: bytes) -> None:
    for feed in (digitraffic("fintraffic"), ais_catcher("pier")):
        batch = arrival(content, at(0))
        feed.observe(batch)
        feed.sentences(batch, 0)
        assert set(feed.samples()) == set(feed.rejects)


def caught(*lines: bytes, **more: object) -> dict[str, object]:
    return {"class": "AIS", "device": "AIS-catcher", "nmea": [line.decode() for line in lines], **more}


def test_ais_catcher_gives_what_its_sentences_say() -> None:
    feed = ais_catcher("pier")
    posted = {"stationid": "east", "msgs": [caught(position(**PLACE)), caught(b"!AIVDM,1,1,,A,1,0*00")]}
    frames = [
        frame("x", caught(position(**PLACE), rxuxtime=1793610000.25, lon=99.0)),
        frame("x", [caught(X1, X2)]),
        frame("x", posted),
        frame("x", caught(X1)),
        frame("x", {"mmsi": 1}),
        frame("x", {"nmea": [1]}),
    ]
    batch = arrival(pack(frames), at(0))
    first, second, third = feed.observe(batch)
    received = at(1).timestamp()
    assert first == Fix(211000001, 1793610000.25, received, 9.96, 53.54, 7.4, 120.5, 118, 0, 1, "", first.digest, 0)
    assert isinstance(second, Particulars)
    assert (third.station, third.at, third.digest) == ("east", received, first.digest)
    assert first.digest == observed(position(**PLACE))[0].digest
    assert feed.rejects == {"checksum wrong": 1, "parts missing": 1, "not the JSON of this feed": 2}


KEYS = st.sampled_from(["nmea", "msgs", "rxuxtime", "station_id"])
JSON = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(JSON)
def test_any_json_is_observed_or_put_aside(content: object) -> None:
    feed = ais_catcher("pier")
    assert feed.observe(arrival(pack([frame("x", content)]), at(0))) == []
    assert set(feed.samples()) == set(feed.rejects)


def test_parts_of_two_sources_are_never_joined_even_after_a_restart() -> None:
    first, second = encode(message("5", mmsi=200_000_001, name="FIRST SHIP", destination="HERE"), sequence=3)
    _, other = encode(message("5", mmsi=200_000_002, name="OTHER SHIP", destination="THERE"), sequence=3)
    feed = NmeaFeed("coast")

    def batch(source: str, line: bytes) -> Arrival:
        return Arrival("", "coast", at(0), line, {"source": source})

    assert feed.observe(batch("north", first)) == []
    assert feed.observe(batch("south", other)) == []
    again = NmeaFeed("coast")
    again.resume(feed.pending())
    (said,) = again.observe(batch("north", second))
    assert said.mmsi == 200_000_001
    assert isinstance(said, Particulars)
    assert said.destination == "HERE"
