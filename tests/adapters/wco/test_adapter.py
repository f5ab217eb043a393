from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from adapters.wco import faults
from adapters.wco.adapter import WcoAdapter
from adapters.wco.profile import Profile, from_files
from gateway.errors import MappingError
from gateway.model.finding import Finding, Severity
from gateway.model.stages import Interchange, Message, MessageType
from gateway.plugin import Adapter

Read = Callable[[str | bytes], tuple[list[Message], Interchange, list[Finding]]]
REPORT = MessageType("wco", "cargo-report", "1")
DOCUMENT = '<Declaration xmlns="{}cargo-report:1"><FunctionCode>9</FunctionCode></Declaration>'


def test_it_is_an_adapter(adapter: WcoAdapter) -> None:
    assert isinstance(adapter, Adapter)
    assert (adapter.standard, adapter.content_type) == ("wco", "application/xml")


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"<?xml", True),
        (b"\n  <Declaration>", True),
        (b"\xef\xbb\xbf<MetaData", True),
        ("<Response>".encode("utf-16"), True),
        (b"UNA:+.? '", False),
        (b"!AIVDM,1,1", False),
        (b"", False),
        (b"{}", False),
    ],
)
def test_recognises_xml_by_its_first_bytes(adapter: WcoAdapter, head: bytes, answer: bool) -> None:
    assert adapter.recognises(head) is answer


def test_versions_are_those_of_the_profile(adapter: WcoAdapter) -> None:
    assert adapter.versions("cargo-report") == ("1",)
    assert adapter.versions("stowage") == ()


@pytest.mark.parametrize("name", ["cargo-repot", "stowage"])
def test_unknown_message_is_a_mapping_error(adapter: WcoAdapter, name: str) -> None:
    with pytest.raises(MappingError, match="cargo-report"):
        adapter.grammar(MessageType("wco", name, "1"))


def test_unknown_version_is_a_mapping_error(adapter: WcoAdapter) -> None:
    with pytest.raises(MappingError, match="cargo-report 1"):
        adapter.grammar(MessageType("wco", "cargo-report", "9"))


def test_position_gives_line_and_readable_path(adapter: WcoAdapter, read: Read, report: str) -> None:
    message = read(report)[0][0]
    lines = report.splitlines()
    position = adapter.position(message, 7)
    second = [number for number, line in enumerate(lines, 1) if line == "    <ConsignmentItem>"][2]
    assert (position.line, position.xpath) == (second, "/Declaration/Consignment[2]/ConsignmentItem[2]")
    measure = adapter.grammar(REPORT).places[message.places[8]]
    locator = adapter.grammar(REPORT).value(measure, "GrossMassMeasure/@unitCode")
    position = adapter.position(message, 8, locator)
    assert position.xpath == "/Declaration/Consignment[2]/ConsignmentItem[2]/GoodsMeasure/GrossMassMeasure/@unitCode"
    weighed = next(number for number, line in enumerate(lines, 1) if "<GrossMassMeasure" in line)
    assert (position.line, position.message) == (weighed, "LRN-0001")


def test_position_of_an_absent_value_is_where_it_would_be(adapter: WcoAdapter, read: Read, report: str) -> None:
    message = read(report)[0][0]
    submitter = adapter.grammar(REPORT).places[message.places[1]]
    position = adapter.position(message, 1, adapter.grammar(REPORT).value(submitter, "RoleCode"))
    assert (position.line, position.xpath, position.name) == (8, "/Declaration/Submitter/RoleCode", "RoleCode")


def test_position_of_a_date_is_that_of_its_value(adapter: WcoAdapter, read: Read, report: str) -> None:
    message = read(report)[0][0]
    locator = adapter.grammar(REPORT).value(adapter.grammar(REPORT).places[1], "IssueDateTime/DateTimeString")
    position = adapter.position(message, 0, locator)
    assert (position.line, position.xpath) == (6, "/Declaration/IssueDateTime/DateTimeString")


def test_xml_is_answered_by_documents_not_by_syntax_acknowledgments(
    adapter: WcoAdapter, read: Read, report: str
) -> None:
    messages, interchange, _ = read(report)
    assert adapter.acknowledge(interchange, (), reference="1", now=datetime(2025, 3, 14, tzinfo=UTC)) is None
    assert adapter.acknowledgments(messages[0]) is None


def test_envelope_of_anything_unreadable_is_empty(adapter: WcoAdapter) -> None:
    assert adapter.envelope(b"<Declaration>").reference == ""
    assert adapter.envelope(b"<Other/>").types == ()


def test_another_profile_is_added_by_files_only(other: Profile) -> None:
    theirs = WcoAdapter(other)
    message, interchange = theirs.decode([DOCUMENT.format("urn:example:northsea:customs:").encode()])
    assert isinstance(message, Message)
    assert message.findings == ()
    assert message.type == MessageType("wco", "cargo-report", "1", association="northsea")
    assert isinstance(interchange, Interchange)
    assert interchange.envelope.syntax == "northsea"
    assert message.records[0].tag == "{urn:example:northsea:customs:cargo-report:1}Declaration"
    assert theirs.grammar(message.type).places[1].public_id == "42A"


def test_namespace_a_profile_accepts_is_a_form_warning_and_is_checked(other: Profile) -> None:
    ours = DOCUMENT.format("urn:pierhead:profile:").replace(">9<", ">999<")
    message, interchange = WcoAdapter(other).decode([ours.encode()])
    assert [(f.code, f.severity) for f in interchange.findings] == [(faults.OTHER_NAMESPACE, Severity.WARNING)]
    assert [finding.code for finding in message.findings] == [faults.WRONG_LENGTH]


def test_several_profiles_are_told_apart_by_namespace_and_association(profile: Profile, other: Profile) -> None:
    both = WcoAdapter(profile, (other,))
    for space, name in (("urn:pierhead:profile:", "pierhead"), ("urn:example:northsea:customs:", "northsea")):
        message, interchange = both.decode([DOCUMENT.format(space).encode()])
        assert interchange.findings == message.findings == ()
        assert isinstance(message, Message)
        assert message.type.association == name
        assert both.grammar(message.type).schema.kind.namespace.startswith(space)


def test_profile_without_an_envelope_needs_no_metadata_schema(profile: Profile) -> None:
    settings = profile.files["profile.toml"].decode()
    alone = settings[: settings.index("[envelope]")] + settings[settings.index("[dates]") :]
    made = from_files({**profile.files, "profile.toml": alone.encode()})
    message, _ = WcoAdapter(made).decode([DOCUMENT.format("urn:pierhead:profile:").replace(">9<", ">999<").encode()])
    assert [finding.code for finding in message.findings] == [faults.WRONG_LENGTH]
