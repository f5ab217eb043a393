"""EDIFACT as the gateway sees it."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from adapters.edifact import EdifactAdapter
from gateway.errors import MappingError
from gateway.model.place import Locator
from gateway.model.stages import Message, MessageType
from gateway.plugin import Adapter

CONTENT = (
    b"UNA:+.? '\r\nUNB+UNOA:2+SHIPCO:ZZ+PORTX:ZZ+250314:1230+R1'\r\nUNH+7+CUSCAR:D:95B:UN'\r\n"
    b"BGM+85+O?'N?+1+9'\r\nDTM+137:20250314:102'\r\nUNT+4+7'\r\nUNZ+1+R1'\r\n"
)


@pytest.fixture
def adapter() -> EdifactAdapter:
    return EdifactAdapter()


@pytest.fixture
def message(adapter: EdifactAdapter) -> Message:
    return next(part for part in adapter.decode([CONTENT]) if isinstance(part, Message))


def test_the_adapter_has_the_shape_of_the_protocol(adapter: EdifactAdapter) -> None:
    assert isinstance(adapter, Adapter)
    assert (adapter.standard, adapter.content_type) == ("edifact", "application/edifact")


def test_the_adapter_is_found_by_its_entry_point() -> None:
    found = {point.name: point for point in entry_points(group="pierhead.adapters")}
    if "edifact" not in found:
        pytest.skip("the distribution is not installed here")
    assert found["edifact"].load() is EdifactAdapter


def test_a_segment_has_its_number_and_offset(adapter: EdifactAdapter, message: Message) -> None:
    position = adapter.position(message, 1)
    assert (position.message, position.segment, position.tag) == ("7", 2, "BGM")
    assert CONTENT[position.offset :].startswith(b"BGM")


def test_a_value_has_its_element_component_and_offset(adapter: EdifactAdapter, message: Message) -> None:
    alone = adapter.position(message, 1, Locator("1225", "1225", 3))
    assert (alone.element, alone.component, alone.name) == (3, None, "1225")
    assert CONTENT[alone.offset :].startswith(b"9'")
    part = adapter.position(message, 2, Locator("2380", "2380", 1, 1))
    assert (part.element, part.component, part.name) == (1, 2, "2380")
    assert CONTENT[part.offset :].startswith(b"20250314")


def test_an_absent_value_gets_the_end_of_its_segment(adapter: EdifactAdapter, message: Message) -> None:
    position = adapter.position(message, 1, Locator("4343", "4343", 4))
    assert CONTENT[position.offset :].startswith(b"'\r\nDTM")


def test_a_record_that_is_not_there_gets_the_end_of_the_message(adapter: EdifactAdapter, message: Message) -> None:
    assert adapter.position(message, 99).offset == CONTENT.index(b"\r\nUNZ")


def test_the_grammar_of_a_known_message_is_given_and_of_an_unknown_refused(adapter: EdifactAdapter) -> None:
    kind = MessageType("edifact", "CUSCAR", "D95B", "UN")
    assert adapter.grammar(kind).root.name == "CUSCAR"
    assert adapter.grammar(MessageType("edifact", "CONTRL", "D3", "UN")).root.name == "CONTRL"
    with pytest.raises(MappingError, match="D93A"):
        adapter.grammar(MessageType("edifact", "CUSCAR", "D93A", "UN"))
