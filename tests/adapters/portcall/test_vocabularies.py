"""What becomes of an event in each vocabulary, both ways, through the shipped maps."""

from __future__ import annotations

import json
import uuid
from functools import cache
from typing import Any

import pytest
from portcall_events import DCSA, SAMPLES, read, text

from adapters.portcall.adapter import PortcallAdapter
from adapters.portcall.tables.dcsa import EVENTS, FACILITIES, PHASES
from adapters.portcall.tables.itpco import EVENT_TYPES, RING
from gateway import app
from gateway.errors import EncodeError, MappingError, SettingsError
from gateway.model.stages import Envelope, MessageType, Party
from gateway.model.vessel_event import Certainty, EventType, VesselEvent
from gateway.pipeline.canonical import from_json
from gateway.pipeline.standards import Read, Standards
from gateway.plugin import Adapter, Grammar

OWN = MessageType("portcall", "vessel-event", "1")
TYPES = {
    "vessel-event": OWN,
    "dcsa": MessageType("portcall", "dcsa", "2"),
    "itpco": MessageType("portcall", "itpco", "3"),
}
ENVELOPE = Envelope("portcall", Party("EXAMPLEPORT"))
#: What each vocabulary has a word for (docs/reference/port-call-events.md).
SAID = {
    "vessel-event": set(EventType),
    "dcsa": {
        EventType.PILOT_BOARDING,
        EventType.ANCHORAGE_START,
        EventType.ANCHORAGE_END,
        EventType.BERTH_ARRIVAL,
        EventType.BERTH_DEPARTURE,
        EventType.BERTH_SHIFT,
    },
    "itpco": {
        EventType.APPROACH,
        EventType.PORT_ARRIVAL,
        EventType.PORT_DEPARTURE,
        EventType.PILOT_BOARDING,
        EventType.ANCHORAGE_START,
        EventType.ANCHORAGE_END,
        EventType.BERTH_ARRIVAL,
        EventType.BERTH_DEPARTURE,
    },
}


@cache
def standards() -> Standards:
    return app.standards()


@cache
def event(name: str) -> VesselEvent:
    (reading,) = from_json((SAMPLES / "vessel-event" / f"{name}.canonical.json").read_text("utf-8"))
    assert isinstance(reading.document, VesselEvent)
    return reading.document


def written(document: VesselEvent, vocabulary: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(standards().write(document, TYPES[vocabulary], ENVELOPE).content)
    return found


def approach(kind: EventType) -> VesselEvent:
    """An event of a kind that says everything that any kind needs."""
    return event("approach-60nm").model_copy(update={"type": kind})


@pytest.mark.parametrize("kind", EventType)
@pytest.mark.parametrize("vocabulary", TYPES)
def test_an_event_is_said_where_there_is_a_word_and_refused_elsewhere(vocabulary: str, kind: EventType) -> None:
    if kind in SAID[vocabulary]:
        content = standards().write(approach(kind), TYPES[vocabulary], ENVELOPE).content
        (found,) = [one for one in standards().read(PortcallAdapter(), [content]) if isinstance(one, Read)]
        assert isinstance(found.document, VesselEvent)
        assert found.findings == ()
        assert (found.document.type, found.document.at) == (kind, event("approach-60nm").at)
    else:
        with pytest.raises(EncodeError, match=f"cannot say this event; type '{kind}': table '.*' has no code for it"):
            standards().write(approach(kind), TYPES[vocabulary], ENVELOPE)


def test_there_is_a_sample_of_every_event_in_every_vocabulary_that_has_a_word_for_it() -> None:
    for vocabulary, kinds in SAID.items():
        readings = [
            reading.document
            for path in (SAMPLES / vocabulary).glob("*.canonical.json")
            for reading in from_json(path.read_text("utf-8").strip().removeprefix("[]"))
        ]
        assert {one.type for one in readings if isinstance(one, VesselEvent)} == kinds


def test_our_own_vocabulary_loses_nothing() -> None:
    document = event("everything")
    output = standards().write(document, OWN, ENVELOPE)
    assert output.losses == ()
    (found,) = [one for one in standards().read(PortcallAdapter(), [output.content]) if isinstance(one, Read)]
    assert (found.document, found.findings) == (document, ())
    filled = [name for name in VesselEvent.model_fields if getattr(document, name)]
    assert filled == list(VesselEvent.model_fields)


@pytest.mark.parametrize("vocabulary", TYPES)
def test_both_tellings_of_an_event_have_ids_of_their_own_and_a_repeat_has_the_same(vocabulary: str) -> None:
    first = event("berth-arrival")
    second = first.model_copy(update={"certainty": Certainty.PROVISIONAL})
    confirmed, provisional = written(first, vocabulary), written(second, vocabulary)
    assert (confirmed["id"], provisional["id"]) == (f"{first.id}.confirmed", f"{first.id}.provisional")
    assert written(first, vocabulary) == confirmed


def test_the_uuids_of_a_call_and_a_service_stay_those_of_a_timestamp_differ() -> None:
    first = event("berth-arrival")
    data = written(first, "dcsa")["data"]
    other = written(first.model_copy(update={"certainty": Certainty.PROVISIONAL}), "dcsa")["data"]
    later = written(event("berth-departure"), "dcsa")["data"]
    ids = [data["timestamp"]["timestampID"], data["portCall"]["portCallID"], data["timestamp"]["portCallServiceID"]]
    assert all(uuid.UUID(one).version == 5 for one in ids)
    assert other["portCallService"]["portCallServiceID"] == data["portCallService"]["portCallServiceID"]
    assert other["timestamp"]["timestampID"] != data["timestamp"]["timestampID"]
    assert later["portCall"]["portCallID"] == data["portCall"]["portCallID"]
    assert later["portCallService"]["portCallServiceID"] != data["portCallService"]["portCallServiceID"]


def test_the_subject_is_the_imo_number_and_without_one_the_mmsi() -> None:
    assert written(event("berth-arrival"), "dcsa")["subject"] == "imo:9074729"
    assert json.loads(text("dcsa/minimal"))["subject"] == "mmsi:999000001"


@pytest.mark.parametrize(
    ("service", "event_type"), [(one, two) for one in EVENTS for two in ("ARRI", "DEPA", "STRT", "CMPL")]
)
def test_a_service_has_only_events_of_its_own(service: str, event_type: str) -> None:
    whole = json.loads(text(DCSA))
    codes = whole["data"]["portCallService"]
    codes["portCallServiceTypeCode"], codes["portCallServiceEventTypeCode"] = service, event_type
    codes["portCallPhaseTypeCode"], codes["facilityTypeCode"] = PHASES[service][0], FACILITIES[service][0]
    for name in [name for name, code in codes.items() if not code]:
        del codes[name]
    told = {one.code for one in read(json.dumps(whole).encode())[2]}
    assert told == (set() if event_type in EVENTS[service] else {"PH-3327"})


def test_degrees_are_texts_in_dcsa_and_numbers_in_itpco_and_draught_is_metres_and_centimetres() -> None:
    document = event("berth-arrival")
    status = written(document, "dcsa")["data"]["vesselStatus"]
    assert status["vesselPosition"] == {"latitude": "54.32", "longitude": "4.06"}
    assert (status["draft"], status["dimensionUnit"]) == (11.4, "MTR")
    data = written(document, "itpco")["data"]
    assert data["location"] == {
        "type": "berth",
        "geo": {"type": "Point", "coordinates": [4.06, 54.32]},
        "name": "Gilo 3",
    }
    assert data["context"]["draught"] == 1140


def test_every_ring_is_an_event_type_of_its_own() -> None:
    for ring in (240, 120, 60, 12):
        document = VesselEvent.model_validate({**event("approach-60nm").model_dump(), "distance_nm": ring})
        assert written(document, "itpco")["data"]["eventType"] == f"{ring}{RING}"
    assert set(EVENT_TYPES) > {RING}


def test_what_a_vocabulary_has_no_place_for_is_a_reported_loss() -> None:
    output = standards().write(event("berth-shift"), TYPES["dcsa"], ENVELOPE)
    assert {"from_zone", "evidence", "position.speed"} <= {loss.path for loss in output.losses}


@pytest.mark.parametrize("vocabulary", TYPES)
def test_the_lineage_of_a_value_is_the_pointer_at_which_it_stands(vocabulary: str) -> None:
    content = text(f"{vocabulary}/everything").encode()
    (found,) = [one for one in standards().read(PortcallAdapter(), [content]) if isinstance(one, Read)]
    origins = standards().origins(PortcallAdapter(), found.message)
    assert origins is not None
    seen = 0
    for path, entry in origins.by_path.items():
        place = origins.position(path)
        assert place is not None
        assert entry.record < len(found.message.records)
        here: Any = json.loads(content)
        for step in place[0].xpath.split("/")[1:]:
            here = here[int(step)] if isinstance(here, list) else here[step]
        assert place[0].line is not None
        if entry.locator is not None and not isinstance(here, list):
            seen += 1
            assert json.dumps(here, ensure_ascii=False) in content.decode().splitlines()[place[0].line - 1]
    assert seen > 10
    writing = standards().explain_writing(found.document, TYPES[vocabulary])  # type: ignore[arg-type]  # a document
    places = [(one.record, one.locator) for one in writing.lineage]
    positions = PortcallAdapter().written_at(TYPES[vocabulary], writing.written.body, places)
    whole = json.loads(content)
    for position in positions:
        here = whole
        for step in position.xpath.split("/")[1:]:
            here = here[int(step)] if isinstance(here, list) else here[step]
        assert here is not None


def test_it_is_an_adapter_and_each_message_a_grammar() -> None:
    adapter: Adapter = PortcallAdapter()
    assert isinstance(adapter, Adapter)
    assert set(adapter.messages()) == set(TYPES)
    for kind in TYPES.values():
        grammar: Grammar = adapter.grammar(kind)
        assert grammar.places[0] is grammar.root
        assert adapter.versions(kind.name) == (kind.version,)


def test_wrong_names_are_answered_with_the_right_ones() -> None:
    adapter = PortcallAdapter()
    grammar = adapter.grammar(TYPES["dcsa"])
    event_ = grammar.child(grammar.root, "CloudEvent")
    data = grammar.child(event_, "data")
    service = grammar.child(data, "portCallService")
    cases = [
        (lambda: adapter.grammar(MessageType("portcall", "dsca", "2")), "did you mean dcsa 2"),
        (lambda: adapter.grammar(MessageType("portcall", "dcsa", "3")), "did you mean dcsa 2"),
        (lambda: grammar.child(data, "timestmp"), "did you mean timestamp"),
        (lambda: grammar.child(event_, "time"), "is a value"),
        (lambda: grammar.value(event_, "data"), "is an object"),
        (lambda: grammar.value(event_, "id"), "write id/event or id/certainty"),
        (lambda: grammar.value(event_, "subject"), "written by the adapter itself"),
        (lambda: grammar.value(event_, "recordetime"), "did you mean recordedtime"),
        (lambda: grammar.value(service, "facilityTypeCode"), "write service"),
    ]
    for call, told in cases:
        with pytest.raises(MappingError, match=told):
            call()
    with pytest.raises(SettingsError, match="take it away"):
        adapter.with_site({"x.yaml": b""})


def test_nothing_but_a_whole_known_message_is_written() -> None:
    from gateway.model.stages import Written

    adapter = PortcallAdapter()
    for messages, told in [
        ([], "no message to write"),
        ([Written(MessageType("portcall", "tea", "1"), ["\x011", "\x04"])], "there is no message tea 1"),
        ([Written(TYPES["dcsa"], [])], "no whole message"),
    ]:
        with pytest.raises(EncodeError, match=told):
            adapter.encode(messages, ENVELOPE)
