"""Every message of every directory as a tree and as a deterministic automaton."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.directories.structure import Structure, _successors
from adapters.edifact.directories.structure import structure as built

DICTIONARY = shipped()


def structure(message: str, name: str) -> Structure | None:
    members = DICTIONARY.message(message, name)
    return None if members is None else built(message, name, members)


def every_structure() -> Iterator[Structure]:
    for name in DICTIONARY.directories():
        for message in DICTIONARY.messages(name):
            yield structure(message, name)


def test_every_message_of_every_directory_compiles_to_an_automaton_that_ends_in_unt() -> None:
    count = 0
    for found in every_structure():
        count += 1
        assert found.places[0] is found.root
        assert [place.id for place in found.places] == list(range(len(found.places)))
        assert found.places[1].name == "UNH"
        assert found.places[found.final].name == "UNT"
        for state in range(1, len(found.place_of_state)):
            if found.place_of_state[state] != found.final:
                assert "UNT" in found.transitions[state] or "UNT" in found.recovery[state]
    assert count == 2623


def test_one_segment_of_look_ahead_decides_everywhere_but_in_the_broken_govcbr_d09a() -> None:
    undecided = set()
    for found in every_structure():
        for place in found.places:
            nearest = {}
            for successor, missing in _successors(place):
                if missing:
                    continue
                first = nearest.setdefault(successor.name, successor)
                if first is not successor and not (first is place and place.repeat <= 99):
                    undecided.add((found.message, found.directory))
    assert undecided == {("GOVCBR", "D09A")}


def test_a_step_takes_the_tag_of_the_place_it_leads_to() -> None:
    found = structure("CUSCAR", "D95B")
    for steps in found.transitions:
        for tag, state in steps.items():
            assert found.places[found.place_of_state[state]].name == tag


def test_a_group_is_its_trigger() -> None:
    found = structure("CUSCAR", "D95B")
    bill = next(place for place in found.places if place.trail == "CNI/RFF")
    assert (bill.group, bill.repeat, bill.mandatory) == (5, 9999, False)
    assert [child.name for child in bill.children][:4] == ["CNT", "MOA", "LOC", "GIS"]


def test_the_third_loc_of_a_baplie_voyage_is_no_longer_of_the_voyage() -> None:
    found = structure("BAPLIE", "D95B")
    state = 0
    for tag in ("UNH", "BGM", "DTM", "TDT", "LOC", "LOC"):
        state = found.transitions[state][tag]
    assert found.places[found.place_of_state[state]].trail == "TDT/LOC"
    assert "LOC" not in found.transitions[state]
    state = found.transitions[state]["DTM"]
    state = found.transitions[state]["LOC"]
    assert found.places[found.place_of_state[state]].trail == "LOC"


def test_the_start_leads_to_unh_alone() -> None:
    assert structure("CUSCAR", "D95B").transitions[0] == {"UNH": 1}


@pytest.mark.parametrize(("message", "name"), [("CUSCAR", "D93A"), ("NOSUCH", "D95B"), ("", "")])
def test_an_unknown_message_or_directory_has_no_structure(message: str, name: str) -> None:
    assert structure(message, name) is None


def test_contrl_of_version_3_has_a_structure() -> None:
    assert [child.name for child in structure("CONTRL", "D3").root.children] == ["UNH", "UCI", "UCM", "UCF", "UNT"]
