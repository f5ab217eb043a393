"""`pierhead vessels` and `pierhead feed`: a log played into a site that nobody serves, and what is known after it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_bench import Run, watch

from gateway.app import service
from gateway.cli.samples import samples
from gateway.settings import load_site

LOG = samples() / "ais" / "exampleport-call.nmea"
FEED = "coast-stations"
SHIP = 200_999_993


@pytest.fixture
def calm(site: Path) -> Path:
    """The example site after the ship of the log came to its berth."""
    lines = LOG.read_bytes().splitlines()
    part = site / "part.nmea"
    part.write_bytes(b"\n".join(lines[: len(lines) * 2 // 3]))
    return site


def test_a_site_that_heard_nothing_shows_no_vessels(run: Run, site: Path) -> None:
    result = run("--site", site, "vessels")
    assert result.code == 1
    assert "0 vessels" in result.out
    assert run("--site", site, "vessels", "--json").json == {"vessels": []}


def test_a_replayed_ship_is_shown_with_what_is_known_of_her(run: Run, calm: Path) -> None:
    assert run("--site", calm, "feed", "replay", calm / "part.nmea", "--speed", "max").code == 0
    watch(calm)
    shown = run("--site", calm, "vessels")
    assert shown.code == 0
    assert "MV EXAMPLE STAR" in shown.out
    (ship,) = run("--site", calm, "vessels", "--json").json["vessels"]
    assert ship["mmsi"] == SHIP
    assert ship["vessel"]["particulars"]["imo"] == "9999993"
    assert ship["feed"] == FEED
    assert datetime.fromisoformat(ship["heard_at"]).tzinfo == UTC
    assert ship["zones"]
    assert ship["call"]


def test_vessels_are_shown_by_zone(run: Run, calm: Path) -> None:
    run("--site", calm, "feed", "replay", calm / "part.nmea", "--speed", "max")
    watch(calm)
    (ship,) = run("--site", calm, "vessels", "--json").json["vessels"]
    assert run("--site", calm, "vessels", "--zone", ship["zones"][0], "--json").json["vessels"] == [ship]
    assert run("--site", calm, "vessels", "--zone", "elsewhere").code == 1


def test_a_log_played_fast_is_in_the_store_line_by_line(run: Run, site: Path) -> None:
    lines = LOG.read_bytes().splitlines()
    result = run("--site", site, "feed", "replay", LOG, "--speed", "900000x")
    assert result.code == 0
    assert f"{len(lines)} lines were played into {FEED}" in result.out
    gateway = service.build(load_site(site))
    batches = gateway.store.unobserved(1000)
    gateway.store.close()
    assert b"\n".join(batch.content for batch in batches).split(b"\n") == lines
    assert {batch.endpoint for batch in batches} == {FEED}


def test_a_log_comes_from_standard_input_too(run: Run, site: Path) -> None:
    result = run("--site", site, "feed", "replay", "-", "--speed", "max", stdin=b"!AIVDM,1,1,,A,1,0*00\r\nnoise\r\n")
    assert "2 lines were played" in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((LOG, "--speed", "fast"), "'fast' is no speed: write 1x, 100x or max"),
        ((LOG, "--endpoint", "coast-station"), "did you mean"),
        (("absent.nmea",), "absent.nmea"),
    ],
)
def test_a_replay_that_cannot_be_says_why(run: Run, site: Path, arguments: tuple[object, ...], said: str) -> None:
    result = run("--site", site, "feed", "replay", *arguments)
    assert result.code == 2
    assert said in result.err.replace("\n", " ")


def test_a_replay_names_its_feed_where_there_are_several(run: Run, site: Path) -> None:
    endpoint = site / "endpoints" / f"{FEED}.yaml"
    (site / "endpoints" / "other.yaml").write_text(
        endpoint.read_text().replace(f"id: {FEED}", "id: other").replace("9104", "9105")
    )
    assert "Name one by --endpoint" in run("--site", site, "feed", "replay", LOG).err.replace("\n", " ")
    assert run("--site", site, "feed", "replay", LOG, "--endpoint", "other", "--speed", "max").code == 0


def test_check_counts_what_a_log_holds_and_what_is_put_aside(run: Run, site: Path) -> None:
    log = site / "some.nmea"
    log.write_bytes(LOG.read_bytes() + b"not a sentence\n!AIVDM,1,1,,A,12wd4>@P2F075G:Pt:b5T4Mp0000,0*00\n")
    result = run("feed", "check", log)
    assert result.code == 0
    assert "type 1 " in result.out
    assert "type 5 " in result.out
    assert "checksum" in result.out
    (look,) = run("feed", "check", log, "--json").json["feeds"].values()
    assert look["ships"] == 1
    assert look["messages"] == len(log.read_bytes().splitlines())
    assert look["rejects"] == {"checksum wrong": 2, "no sentence": 1}  # one is in the sample
    assert set(look["samples"]) == set(look["rejects"])


def test_check_of_a_log_in_which_nothing_is_understood_exits_with_1(run: Run, site: Path) -> None:
    log = site / "noise.nmea"
    log.write_bytes(b"noise\n")
    assert run("feed", "check", log).code == 1


def test_check_looks_at_the_feeds_of_a_site_and_says_how_they_are(run: Run, site: Path) -> None:
    result = run("--site", site, "feed", "check", "--seconds", "0.2", "--json")
    assert result.code == 1
    assert result.json["feeds"][FEED]["health"]["connected"] is False
    assert "is not connected" in run("--site", site, "feed", "check", "--seconds", "0.2").err


@pytest.mark.parametrize(
    ("format_", "said"), [("nmae", "nmea"), ("digitraffic", "messages with topics"), ("x", "is no format of a feed")]
)
def test_check_says_which_formats_there_are(run: Run, format_: str, said: str) -> None:
    result = run("feed", "check", LOG, "--format", format_)
    assert result.code == 2
    assert said in result.err.replace("\n", " ")
