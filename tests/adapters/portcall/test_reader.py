"""What is wrong with an event is said, with its pointer and line; nothing that anybody sends raises an exception."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portcall_events import ADAPTER, CASES, DCSA, EVENT, ITPCO, ROOT, Case, read, text

from adapters.portcall import faults
from adapters.portcall.adapter import PortcallAdapter
from adapters.portcall.clauses import _CLAUSES
from gateway.model.finding import Finding, Severity
from gateway.model.stages import MessageType, Party

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)


@every_case
def test_a_fault_is_told_with_its_pointer_line_and_value(case: Case) -> None:
    found = [one for one in read(case.content)[2] if one.code == case.code]
    assert [(one.text, one.position.xpath) for one in found] == [(case.told, case.pointer)]
    (one,) = found
    assert one.remedy
    assert (one.kind, one.severity) == faults.CODES[case.code]
    assert one.value == case.value or not case.pointer
    lines = case.content.decode().splitlines()
    assert one.position.line is not None
    assert case.value.strip("'") in lines[one.position.line - 1] or not case.pointer


@every_case
def test_the_page_of_a_fault_shows_what_is_really_said(case: Case) -> None:
    page = (ROOT / "docs" / "rules" / f"{case.code}.md").read_text("utf-8")
    told = [line.removeprefix("> ") for line in page.splitlines() if line.startswith("> ")]
    assert told[0] == case.told
    shown = re.fullmatch(r"at `([^`]+)`(?:, value `(.*)`)?", told[1]) if len(told) > 1 else None
    assert ((shown[1], shown[2] or "") if shown else ("", "")) == (case.pointer, case.value if case.pointer else "")


def test_every_code_of_the_adapter_has_a_clause() -> None:
    assert set(_CLAUSES) == set(faults.CODES)
    for code in faults.CODES:
        clause = ADAPTER.clause(MessageType("portcall", "dcsa", "2"), faults.finding(code, "x"))
        assert clause is not None
        assert clause.title
        assert clause.source
        assert clause.remedy
    assert ADAPTER.clause(MessageType("portcall", "dcsa", "2"), Finding("29", faults.CODES["PH-3301"][0], "x")) is None


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", faults.NO_JSON, "there is nothing here"),
        (b" \n", faults.NO_JSON, "there is nothing here"),
        (b'{"name": "G\xd6TEBORG"}', faults.ENCODING, "byte 11 is no UTF-8"),
        (b"[" * 100, faults.TOO_DEEP, "this is no JSON: values are nested more than 32 deep"),
        (b'{"a": 1} {}', faults.NOT_WELL_FORMED, "this is no JSON: there is more behind the end of the value"),
        (b'{"a": 01}', faults.NOT_WELL_FORMED, "this is no JSON: a comma or } is wanted here"),
        (b"{'a': 1}", faults.NOT_WELL_FORMED, "this is no JSON: the name of a member is wanted here, in double quotes"),
        (b'{"a": NaN}', faults.NOT_WELL_FORMED, "this is no JSON: a value is wanted here"),
        (b'{"a": "\\ud800"}', faults.NOT_WELL_FORMED, "this is no JSON: this text holds half of a surrogate pair"),
        (
            b'{"a": "\n"}',
            faults.NOT_WELL_FORMED,
            "this is no JSON: this text does not end, or holds what must be escaped",
        ),
        (b'{"a" 1}', faults.NOT_WELL_FORMED, "this is no JSON: a colon is wanted behind 'a'"),
        (b'{"a":', faults.NOT_WELL_FORMED, "this is no JSON: the text ends where a value is wanted"),
        (b"[1, {}]", faults.UNKNOWN_MESSAGE, "this is no CloudEvent with an object as its data"),
        (b'{"data": {}}', faults.UNKNOWN_MESSAGE, "no message known here has the dataschema '', or such data"),
    ],
)
def test_what_is_no_event_is_told(content: bytes, code: str, told: str) -> None:
    messages, interchange, found = read(content)
    assert messages == []
    assert interchange.messages == ()
    assert (found[0].code, found[0].text) == (code, told)


def test_what_is_larger_than_the_limit_is_not_read() -> None:
    content = text(EVENT).encode()
    _, _, found = read(content, PortcallAdapter(most_bytes=len(content) - 1))
    assert [one.code for one in found] == [faults.TOO_LARGE]
    assert read(content, PortcallAdapter(most_bytes=len(content)))[2] == []


def test_a_list_of_events_is_a_message_each_with_its_own_findings() -> None:
    whole = json.loads(text("vessel-event/several"))
    whole[1]["data"]["draft"] = 11.4
    messages, interchange, found = read(json.dumps(whole, indent=1).encode())
    assert [message.reference for message in messages] == [event["id"] for event in whole]
    assert [(one.code, one.position.xpath, one.position.message) for one in found] == [
        (faults.UNKNOWN_MEMBER, "/1/data/draft", whole[1]["id"])
    ]
    assert len(interchange.messages) == 3


def test_the_envelope_says_who_sent_which_event_of_which_type() -> None:
    envelope = ADAPTER.envelope(text(DCSA).encode())
    assert envelope.sender == Party("EXAMPLEPORT")
    assert envelope.reference == json.loads(text(DCSA))["id"]
    assert envelope.types == (MessageType("portcall", "dcsa", "2"),)
    assert ADAPTER.envelope(b"{").types == ()
    assert ADAPTER.envelope(
        text(DCSA).replace("urn:pierhead:party:EXAMPLEPORT", "https://example.org/").encode()
    ).sender == Party("https://example.org/")


@pytest.mark.parametrize(
    ("head", "answer"),
    [(b'{"specversion', True), (b"\xef\xbb\xbf\n [", True), (b"<?xml", False), (b"UNA", False), (b"", False)],
)
def test_json_is_recognised_by_its_first_bytes(head: bytes, answer: bool) -> None:
    assert ADAPTER.recognises(head) is answer


@pytest.mark.parametrize("name", [EVENT, DCSA, ITPCO])
def test_data_is_recognised_without_its_schema(name: str) -> None:
    whole = json.loads(text(name))
    kind = read(json.dumps(whole).encode())[0][0].type
    del whole["dataschema"], whole["datacontenttype"]
    messages, _, found = read(json.dumps(whole).encode())
    assert (messages[0].type, found) == (kind, [])


def test_the_ring_of_an_event_type_gives_the_distance_where_that_is_absent() -> None:
    message = read(text("itpco/ring-alone").encode())[0][0]
    context = message.records[0].below("data").below("context")
    assert context.values["distanceToLocationNM"] == "60"
    whole = text("itpco/approach-60nm").replace('"distanceToLocationNM": 60', '"distanceToLocationNM": 120')
    assert [one.code for one in read(whole.encode())[2]] == [faults.MADE_OTHERWISE]


@pytest.mark.parametrize("number", ["1e400", "1e-400", "1" * 70, "-1.5e31"])
def test_a_number_that_nobody_measures_is_refused_and_costs_nothing(number: str) -> None:
    found = read(text(EVENT).replace('"draught": 11.4', f'"draught": {number}').encode())[2]
    assert [one.code for one in found] == [faults.WRONG_FORM]


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        ('"draught": 11.4', '"draught": 1.14e1', ("/data", "draught", "11.4")),
        ('"status": 5', '"status": 5.0', ("/data/position", "status", "5")),
    ],
)
def test_a_number_is_read_in_plain_digits(before: str, after: str, value: tuple[str, str, str]) -> None:
    messages, _, found = read(text(EVENT).replace(before, after).encode())
    pointer, name, wanted = value
    entry = next(one for one in messages[0].records if one.pointer == pointer)
    assert (entry.values[name], found) == (wanted, [])


def test_a_control_character_is_no_text_and_is_shown_escaped() -> None:
    found = read(text(EVENT).replace("EXAMPLE TRADER", "EXAMPLE\\u0000TRADER", 1).encode())[2]
    assert [(one.code, one.value) for one in found] == [(faults.WRONG_FORM, "EXAMPLE\\x00TRADER")]


def test_findings_of_one_kind_are_counted_after_the_first_hundred() -> None:
    whole = json.loads(text(EVENT))
    whole["data"] |= {f"x{number}": 1 for number in range(150)}
    found = read(json.dumps(whole).encode())[2]
    assert len(found) == 101
    assert found[-1].text == "there are 50 more like this"


def test_names_of_a_place_are_object_and_member() -> None:
    (found,) = [one for one in read(CASES[-1].content)[2] if one.code == faults.NOT_TOGETHER]
    names = ADAPTER.names(MessageType("portcall", "dcsa", "2"), found.position)
    assert (names.record, names.element) == ("portCallService", "portCallServiceEventTypeCode")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3),
    max_leaves=6,
)


@given(st.binary(max_size=60))
def test_any_bytes_give_findings_and_never_an_exception(content: bytes) -> None:
    messages, _, found = read(content)
    assert found or messages
    ADAPTER.envelope(content)


@given(st.data())
def test_any_value_anywhere_gives_findings_and_never_an_exception(data: st.DataObject) -> None:
    whole = json.loads(text(data.draw(st.sampled_from([EVENT, DCSA, ITPCO]))))
    here = whole
    while True:
        key = data.draw(st.sampled_from(sorted(here)))
        if not isinstance(here[key], dict) or data.draw(st.booleans()):
            break
        here = here[key]
    here[key] = data.draw(JSON)
    content = json.dumps(whole).encode()
    for one in read(content)[2]:
        assert one.severity in (Severity.ERROR, Severity.WARNING)
        assert one.position.line == 1
        json.dumps(one.as_dict()).encode()
    ADAPTER.envelope(content)
