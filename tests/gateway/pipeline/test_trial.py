from __future__ import annotations

import json

from gateway import app
from gateway.pipeline.trial import Sample, try_sample

MESSAGE = (
    b"UNB+UNOC:3+A+B+250314:1230+1'UNH+1+CUSRES:D:96B:UN'BGM+963+R1+27'RFF+ABO:LRN1'ERP+2::3+CST+14'ERC+42'"
    b"UNT+6+1'UNZ+1+1'"
)
STANDARDS = app.standards()


def test_a_sample_without_expectations_is_read_and_round_trips() -> None:
    trial = try_sample(STANDARDS, Sample("cusres", MESSAGE))
    assert trial.maps == ("edifact/cusres/d96b",)
    assert len(trial.documents) == 1
    assert trial.faults == ()


def test_another_document_than_expected_is_a_fault_at_its_path() -> None:
    expected = json.dumps({"CustomsResponse": {"verdict": "accepted"}})
    faults = try_sample(STANDARDS, Sample("cusres", MESSAGE, canonical=expected)).faults
    assert {fault.path for fault in faults} >= {"verdict", "subject"}
    assert {fault.what for fault in faults} == {"canonical"}


def test_another_number_of_documents_is_a_fault() -> None:
    faults = try_sample(STANDARDS, Sample("cusres", MESSAGE, canonical="[{}, {}]")).faults
    assert faults[0].what == "canonical"


def test_an_expectation_that_is_no_json_is_a_fault() -> None:
    assert try_sample(STANDARDS, Sample("cusres", MESSAGE, canonical="{")).faults[0].what == "canonical"
    assert try_sample(STANDARDS, Sample("cusres", MESSAGE, findings="{")).faults[0].what == "findings"


def test_a_sample_may_be_meant_to_give_no_document() -> None:
    unknown = MESSAGE.replace(b"CUSRES:D:96B", b"CUSRES:D:90Z")
    findings = json.dumps([{"kind": "directory"}])
    assert try_sample(STANDARDS, Sample("unknown", unknown, findings=findings)).faults == ()
    assert try_sample(STANDARDS, Sample("unknown", unknown, canonical="[]", findings=findings)).faults == ()
    assert try_sample(STANDARDS, Sample("unknown", unknown, canonical="[]")).faults == ()
    assert try_sample(STANDARDS, Sample("cusres", MESSAGE, canonical="[]")).faults != ()


def test_bytes_that_hold_no_message_are_a_fault() -> None:
    assert try_sample(STANDARDS, Sample("words", b"words")).faults[0].what == "read"


def test_a_message_without_a_map_is_a_fault_only_where_a_document_is_expected() -> None:
    content = MESSAGE.replace(b"CUSRES:D:96B", b"SUPMAN:D:16A")
    assert try_sample(STANDARDS, Sample("supman", content)).faults == ()
    faults = try_sample(STANDARDS, Sample("supman", content, canonical='{"CustomsResponse": {}}')).faults
    assert [fault.text for fault in faults] == ["1 documents expected, 0 read"]
