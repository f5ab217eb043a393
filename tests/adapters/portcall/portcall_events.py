"""The samples as texts, one reading of bytes, and every fault with an example."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from adapters.portcall import faults
from adapters.portcall.adapter import PortcallAdapter
from gateway.model.finding import Finding
from gateway.model.stages import Interchange, Message

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples" / "portcall"
EVENT, DCSA, ITPCO = "vessel-event/berth-arrival", "dcsa/berth-arrival", "itpco/berth-arrival"
ADAPTER = PortcallAdapter()


def text(name: str) -> str:
    return (SAMPLES / f"{name}.json").read_text("utf-8")


def read(content: bytes, adapter: PortcallAdapter = ADAPTER) -> tuple[list[Message], Interchange, list[Finding]]:
    *messages, interchange = adapter.decode([content])
    assert isinstance(interchange, Interchange)
    told = [message for message in messages if isinstance(message, Message)]
    return told, interchange, [*(one for message in told for one in message.findings), *interchange.findings]


class Case(NamedTuple):
    """A sample in which `before` is replaced, what is said of it, where, and of which value."""

    code: str
    before: str
    after: str
    told: str
    pointer: str = ""
    value: str = ""
    sample: str = EVENT

    @property
    def content(self) -> bytes:
        whole = text(self.sample)
        assert whole.count(self.before) >= 1, self.before
        return whole.replace(self.before, self.after, 1).encode()


CASES = [
    Case(
        faults.NOT_WELL_FORMED,
        '"beam": 30\n',
        '"beam": 30,\n',
        "this is no JSON: the name of a member is wanted here, in double quotes",
    ),
    Case(
        faults.KEY_TWICE,
        '"draught": 11.4,',
        '"draught": 11.4,\n    "draught": 9.8,',
        "draught stands twice in one object; the first is read",
        "/data/draught",
        "9.8",
    ),
    Case(
        faults.TOO_DEEP,
        '"draught": 11.4',
        f'"draught": {"[" * 40}',
        "this is no JSON: values are nested more than 32 deep",
    ),
    Case(
        faults.UNKNOWN_MESSAGE,
        '"data": {',
        '"datum": {',
        "this is no CloudEvent with an object as its data",
    ),
    Case(
        faults.UNKNOWN_SCHEMA,
        "urn:pierhead:schema:vessel-event:1",
        "urn:example:vessel-event",
        "the dataschema 'urn:example:vessel-event' is not known; the data is read as vessel-event 1",
        "/dataschema",
        "urn:example:vessel-event",
    ),
    Case(
        faults.SAID_ABSENT,
        '"draught": 11.4',
        '"draught": null',
        "draught is there without a value, and is read as absent",
        "/data/draught",
    ),
    Case(
        faults.WHITE_SPACE,
        '"name": "EXAMPLE TRADER"',
        '"name": "EXAMPLE TRADER "',
        "there is white space around the value of name",
        "/data/vessel/name",
        "'EXAMPLE TRADER '",
    ),
    Case(
        faults.FRACTION,
        '"recordedAt": "2026-11-28T06:05:00Z"',
        '"recordedAt": "2026-11-28T06:05:00.250Z"',
        "the fraction of a second of recordedAt is cut off",
        "/data/recordedAt",
        "2026-11-28T06:05:00.250Z",
    ),
    Case(
        faults.MADE_OTHERWISE,
        '"subject": "imo:9074729"',
        '"subject": "EXAMPLE TRADER"',
        "subject is 'EXAMPLE TRADER', which is not carried: what is written here is 'imo:9074729'",
        "/subject",
        "EXAMPLE TRADER",
    ),
    Case(
        faults.EXTENSION,
        '"specversion": "1.0",',
        '"specversion": "1.0",\n  "traceparent": "00-example",',
        "the extension attribute traceparent is passed over",
        "/traceparent",
    ),
    Case(
        faults.UNKNOWN_MEMBER,
        '"draught": 11.4',
        '"draft": 11.4',
        "data of vessel-event 1 has no member draft; did you mean draught?",
        "/data/draft",
    ),
    Case(
        faults.MISSING,
        '"latitude": 54.32,',
        "",
        "latitude is missing in position of vessel-event 1",
        "/data/position/latitude",
    ),
    Case(
        faults.WRONG_TYPE,
        '"mmsi": "999000001"',
        '"mmsi": 999000001',
        "mmsi is a number where a text is wanted",
        "/data/vessel/mmsi",
        "999000001",
    ),
    Case(
        faults.WRONG_LENGTH,
        '"UNLocationCode": "XXGIL"',
        '"UNLocationCode": "GIL"',
        "UNLocationCode has 3 characters, and takes 5 characters",
        "/data/portCall/UNLocationCode",
        "GIL",
        DCSA,
    ),
    Case(
        faults.NOT_IN_LIST,
        '"classifierCode": "ACT"',
        '"classifierCode": "EST"',
        "classifierCode is 'EST', and only 'ACT' can be read",
        "/data/timestamp/classifierCode",
        "EST",
        DCSA,
    ),
    Case(
        faults.WRONG_FORM,
        '"dateTime": "2026-11-28T06:00:00Z"',
        '"dateTime": "28/11/2026 06:00"',
        "dateTime is no time as RFC 3339 has it",
        "/data/timestamp/dateTime",
        "28/11/2026 06:00",
        DCSA,
    ),
    Case(
        faults.NOT_TOGETHER,
        '"portCallServiceEventTypeCode": "ARRI"',
        '"portCallServiceEventTypeCode": "STRT"',
        "portCallServiceEventTypeCode STRT does not go with portCallServiceTypeCode BERTH",
        "/data/portCallService/portCallServiceEventTypeCode",
        "STRT",
        DCSA,
    ),
]
