from __future__ import annotations

from gateway.model.finding import Position


def test_a_place_is_told_with_the_occurrence_of_a_repeated_element() -> None:
    place = Position("1", segment=7, tag="COM", element=1, component=2, occurrence=3, name="3155", offset=156)
    assert str(place) == "message 1 segment 7 COM element 1 component 2 occurrence 3 (3155) byte 156"
