from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ais import Message, Receiver
from gateway.unlocode import codes, places
from gateway.vessels.aliases import ALIASES, NO_PORT, NO_PORT_WORDS
from gateway.vessels.destinations import Gazetteer
from gateway.vessels.port_names import PortNames, folded
from gateway.vessels.zone import Port

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "ais"

HAMBURG = (9.9, 53.5)
SINGAPORE = (103.8, 1.2)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


@pytest.mark.parametrize(
    ("text", "unlocode", "how"),
    [
        ("NL RTM>DE HAM", "DEHAM", "from>to"),
        ("NLRTM>DEHAM", "DEHAM", "from>to"),
        ("NL RTM > DE HAM", "DEHAM", "from>to"),
        ("NLRTM>>BEANR", "BEANR", "from>to"),
        ("NLRTM->DEHAM", "DEHAM", "from>to"),
        ("NLRTM>GBFXT>DEHAM", "DEHAM", "from>to"),
        (">DE HAM", "DEHAM", "from>to"),
        ("NL RTM>HAMBURG", "DEHAM", "from>to"),
        ("NL RTM>===HAMBURG", "DEHAM", "from>to"),
        ("NLRTM", "NLRTM", "code"),
        ("NL RTM", "NLRTM", "code"),
        ("NL-RTM", "NLRTM", "code"),
        ("nlrtm", "NLRTM", "code"),
        ("  NLRTM  ", "NLRTM", "code"),
        ("GHENT", "BEGNE", "alias"),
        ("ST-PET", "RULED", "alias"),
        ("ST.PETERSBURG", "RULED", "alias"),
        ("SAINT PETERSBURG", "RULED", "alias"),
        ("ANTWERP", "BEANR", "alias"),
        ("ROTTERDAM", "NLRTM", "alias"),
        ("HAMBURG", "DEHAM", "name"),
        ("GÖTEBORG", "SEGOT", "name"),
        ("LE HAVRE", "FRLEH", "name"),
        ("LEHAVRE", "FRLEH", "name"),
        ("UST LUGA", "RUULU", "name"),
        ("FT LAUDERDALE", "USFLL", "name"),
        ("NINGBO", "CNNBG", "name"),
        ("PORTLAND, OR", "USPDX", "name"),
        ("TACOMA,WA", "USTIW", "name"),
        ("NEWPORT IE", "IENET", "name"),
        ("G0TEBORG", "SEGOT", "name with digits for letters"),
        ("HAM8URG", "DEHAM", "name with digits for letters"),
        ("HAMBURG VIA KIEL", "DEHAM", "route"),
        ("KIEL-HAMBURG", "DEHAM", "route"),
        ("ROTTERDAM TO HAMBURG", "DEHAM", "route"),
        ("NLRTM-DEHAM", "DEHAM", "route"),
        ("<> DEHAM", "DEHAM", "route"),
        ("HAMBURG/HAMBURG", "DEHAM", "route"),
        ("NLRTM EUROPOORT", "NLRTM", "code in text"),
        ("NL RTM PILOT", "NLRTM", "code in text"),
        ("HAMBURG ANCHORAGE", "DEHAM", "name in text"),
        ("PORT OF HAMBURG", "DEHAM", "name in text"),
        ("SKAGEN ROADS", "DKSKA", "name in text"),
        ("HAMBURG +49 40 000000", "DEHAM", "name in text"),
        ("HAMBURG TEL.000-00000", "DEHAM", "name in text"),
        ("HAMBURG ETA 12/10 0600", "DEHAM", "name in text"),
        ("DEHAM000000000000000", "DEHAM", "ISRS"),
        ("NLRTM0123ABCDE000123", "NLRTM", "ISRS"),
    ],
)
def test_a_destination_is_resolved(gazetteer: Gazetteer, text: str, unlocode: str, how: str) -> None:
    found = gazetteer.resolve(text)
    assert (found.unlocode, found.how) == (unlocode, how)
    assert 0 < found.confidence < 1


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("@@@@", "empty"),
        ("?? ???", "empty"),
        ("NL RTM>?? ???", "empty"),
        ("FISHING GROUND", "no port"),
        ("FISHING", "no port"),
        ("NORTH SEA FISHING", "no port"),
        ("FOR ORDERS", "no port"),
        ("NORTH SEA", "no port"),
        ("SEA TRIALS", "no port"),
        ("N/A", "no port"),
        ("PILOT", "no port"),
        ("NL RTM>FOR ORDERS", "no port"),
        ("HEL<>TLL", "ambiguous"),
        ("HELSINKI/TALLINN", "ambiguous"),
        ("NEWPORT", "ambiguous"),
        ("+31 6 00000000", "unresolved"),
        ("QQQQQ", "unresolved"),
        ("ZZ ZZZ", "unresolved"),
        ("FRCLPVN188BRDG101986", "unresolved"),
        ("X", "unresolved"),
    ],
)
def test_a_destination_that_is_no_port_or_several_is_not_resolved(gazetteer: Gazetteer, text: str, how: str) -> None:
    found = gazetteer.resolve(text)
    assert (found.unlocode, found.confidence, found.how) == (None, 0, how)


def test_what_is_prescribed_is_believed_most(gazetteer: Gazetteer) -> None:
    texts = ("NL RTM>DE HAM", "DEHAM", "HAMBURG", "HAM8URG", "KIEL-HAMBURG", "HAMBURG ANCHORAGE")
    confidences = [gazetteer.resolve(text).confidence for text in texts]
    assert confidences == sorted(confidences, reverse=True)
    assert len(set(confidences)) == len(texts)


def test_a_name_that_is_a_code_as_well_is_taken_for_the_name() -> None:
    both = Gazetteer([Port("XZEXP", "NLRTM", 6, 54)])
    found = both.resolve("NLRTM")
    assert (found.unlocode, found.how) == ("XZEXP", "name that looks like a code")
    assert both.resolve("NL RTM").unlocode == "NLRTM"


def test_similar_names_are_suggestions_only(gazetteer: Gazetteer) -> None:
    found = gazetteer.resolve("BREMERHAVN")
    assert (found.unlocode, found.confidence, found.how) == (None, 0, "similar")
    assert found.candidates[0].unlocode == "DEBRV"
    assert all(0.8 <= candidate.score <= 1 for candidate in found.candidates)


def test_ports_of_one_name_are_candidates(gazetteer: Gazetteer) -> None:
    found = gazetteer.resolve("HELSINKI/TALLINN")
    assert [(each.unlocode, each.name) for each in found.candidates] == [
        ("FIHEL", "Helsingfors (Helsinki)"),
        ("EETLL", "Tallinn"),
    ]


def test_of_ports_of_one_name_a_much_nearer_one_is_meant(gazetteer: Gazetteer) -> None:
    found = gazetteer.resolve("CARTAGENA", -76, 11)
    assert found.unlocode == "COCTG"
    assert found.confidence < gazetteer.resolve("HAMBURG").confidence
    assert [each.unlocode for each in found.candidates] == ["ESCAR"]
    assert gazetteer.resolve("CARTAGENA", -38, 25).how == "ambiguous"


def test_a_name_out_of_reach_is_not_meant(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve("HAMBURG", *HAMBURG, within_nm=100).unlocode == "DEHAM"
    found = gazetteer.resolve("HAMBURG", *SINGAPORE, within_nm=100)
    assert (found.unlocode, found.how, found.candidates[0].unlocode) == (None, "out of reach", "DEHAM")
    assert gazetteer.resolve("CARTAGENA", -1, 37.5, within_nm=100).unlocode == "ESCAR"


def test_a_code_out_of_reach_is_believed_by_half(gazetteer: Gazetteer) -> None:
    near, far = (gazetteer.resolve("DEHAM", *place, within_nm=100) for place in (HAMBURG, SINGAPORE))
    assert far.unlocode == near.unlocode == "DEHAM"
    assert far.confidence == near.confidence / 2


def test_a_port_without_coordinates_is_as_far_as_its_country(gazetteer: Gazetteer) -> None:
    assert next(place for place in places() if place.unlocode == "FIHEL").lon is None
    assert gazetteer.resolve("HELSINKI", *SINGAPORE, within_nm=500).how == "out of reach"
    assert gazetteer.resolve("HELSINKI", 24.9, 59.9, within_nm=500).unlocode == "FIHEL"


def test_the_ports_and_aliases_of_a_site_are_known() -> None:
    gazetteer = Gazetteer([Port("XZEXP", "Exampleport", 6, 54)], {"XP": "XZEXP"})
    assert gazetteer.resolve("XZEXP").how == "code"
    assert gazetteer.resolve("NLRTM>XZ EXP").how == "from>to"
    assert gazetteer.resolve("EXAMPLEPORT").unlocode == gazetteer.resolve("XP").unlocode == "XZEXP"
    assert gazetteer.resolve("EXAMPLEPORT", 6.1, 54, within_nm=1).how == "out of reach"


@given(st.text(max_size=25))
def test_any_text_is_resolved_to_a_port_or_to_none(gazetteer: Gazetteer, text: str) -> None:
    found = gazetteer.resolve(text, *HAMBURG)
    assert 0 <= found.confidence <= 1
    assert (found.unlocode is None) == (found.confidence == 0)
    assert found == gazetteer.resolve(text, *HAMBURG)


@given(st.from_regex(r"[A-Z0-9 <>/.,@=?-]{0,20}", fullmatch=True))
def test_any_text_that_ships_can_send_gives_ports_that_there_are(gazetteer: Gazetteer, text: str) -> None:
    found = gazetteer.resolve(text)
    assert found.unlocode is None or found.unlocode in codes()


def test_every_alias_is_a_port_and_says_something_new() -> None:
    names = PortNames(places())
    assert set(ALIASES.values()) <= codes()
    assert [name for name, code in ALIASES.items() if names.codes(name) == (code,)] == []


def test_what_means_no_port_is_no_short_form() -> None:
    assert not NO_PORT & set(ALIASES)
    assert not NO_PORT_WORDS & set(ALIASES)


def test_every_port_of_a_name_of_its_own_is_found_by_it(gazetteer: Gazetteer) -> None:
    names = PortNames(places())
    missed = []
    for place in list(places())[::40]:
        name = place.names[0]
        alone = names.codes(folded(name)) == (place.unlocode,) and folded(name) not in (*ALIASES, *NO_PORT)
        if alone and place.unlocode != gazetteer.resolve(name).unlocode:
            missed.append((place.unlocode, name))
    assert missed == []


def received() -> Iterator[str]:
    """Yield each destination that ships of the samples send, once for each ship."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    found: dict[tuple[int, str], None] = {}
    for path in sorted(path for path in CORPUS.glob("*/*") if path.suffix in {".nmea", ".aivdm", ".ais", ".txt", ""}):
        receiver = Receiver(path.name)
        for line in path.read_bytes().splitlines() if path.name != "typeexamples.nmea" else ():
            for message in receiver.receive_line(line, now):
                if isinstance(message, Message) and message.type == 5 and message["destination"]:
                    found[message.mmsi, message["destination"]] = None
    for _, text in found:
        yield text


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the samples of feeds are not in the repository")
def test_most_ports_that_ships_of_the_samples_name_are_resolved(gazetteer: Gazetteer) -> None:
    found = [gazetteer.resolve(text) for text in received()]
    named = [each for each in found if each.how not in {"no port", "empty"}]
    assert len(named) >= 15
    assert sum(each.unlocode is not None for each in named) / len(named) > 0.6
