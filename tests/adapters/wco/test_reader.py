from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from adapters.wco import faults
from adapters.wco.adapter import WcoAdapter
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.stages import Interchange, Message, Party

Read = Callable[[str | bytes], tuple[list[Message], Interchange, list[Finding]]]

OWN = ' xmlns="urn:pierhead:profile:cargo-report:1"'
BARE = "<Declaration><FunctionCode>9</FunctionCode><IssueDateTime>{}</IssueDateTime></Declaration>"


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


def value_of(message: Message, *names: str) -> str:
    element = message.records[0]
    for name in names:
        element = next(child for child in element if child.tag.endswith(f"}}{name}"))
    return str(element.text)


def test_faultless_document_gives_no_finding(read: Read, report: str) -> None:
    messages, interchange, found = read(report)
    assert found == []
    assert [message.type.name for message in messages] == ["cargo-report"]
    assert interchange.messages == ((messages[0].reference, messages[0].type),)


def test_stream_is_a_preorder_walk_of_the_classes(read: Read, report: str, adapter: WcoAdapter) -> None:
    message = read(report)[0][0]
    places = adapter.grammar(message.type).places
    assert [places[place].name for place in message.places] == [
        *("Declaration", "Submitter"),
        *("Consignment", "ConsignmentItem", "Commodity"),
        *("Consignment", "ConsignmentItem", "ConsignmentItem", "GoodsMeasure"),
    ]
    assert all(
        record.tag.endswith(f"}}{places[place].name}")
        for record, place in zip(message.records, message.places, strict=True)
    )
    assert message.places[0] == 1


def test_content_may_come_in_any_chunks(
    adapter: WcoAdapter, report: str, chunks: Callable[[bytes, int], Iterator[bytes]]
) -> None:
    whole, pieces = (list(adapter.decode(chunks(report.encode(), size))) for size in (10**6, 7))
    assert whole[1] == pieces[1]
    assert whole[0].places == pieces[0].places  # type: ignore[union-attr]


def test_envelope_names_reference_and_submitter(read: Read, report: str, adapter: WcoAdapter) -> None:
    _, interchange, _ = read(report)
    assert interchange.envelope.reference == "LRN-0001"
    assert interchange.envelope.sender == Party("XXEXL", "172")
    assert interchange.envelope.prepared == "20250314093000Z"
    assert adapter.envelope(report.encode()) == interchange.envelope


def test_missing_namespace_is_a_form_warning_and_the_document_is_checked(read: Read, report: str) -> None:
    plain = report.replace(OWN, "").replace("t:DateTimeString", "DateTimeString")
    messages, _, found = read(plain)
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.NO_NAMESPACE, Kind.FORM, Severity.WARNING)
    assert (finding.position.line, finding.position.xpath) == (2, "/Declaration")
    assert messages[0].places == read(report)[0][0].places
    faulty = read(plain.replace("<FunctionCode>9<", "<FunctionCode>999<"))[2]
    assert faults.WRONG_LENGTH in {finding.code for finding in faulty}


def test_value_in_a_foreign_namespace_is_a_form_warning(read: Read, report: str) -> None:
    finding = only(read(report.replace("<SequenceNumeric>", '<SequenceNumeric xmlns="urn:x">', 1))[2])
    assert (finding.code, finding.value) == (faults.OTHER_NAMESPACE, "urn:x")
    assert finding.position.xpath == "/Declaration/Consignment[1]/ConsignmentItem[1]/SequenceNumeric"


def test_unknown_namespace_is_read_by_name_with_one_directory_warning(read: Read, report: str) -> None:
    foreign = report.replace("urn:pierhead:profile:cargo-report:1", "urn:authority:7").replace(
        "<FunctionCode>9", "<FunctionCode>99999"
    )
    messages, _, found = read(foreign)
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (
        faults.UNKNOWN_NAMESPACE,
        Kind.DIRECTORY,
        Severity.WARNING,
    )
    assert messages[0].places == read(report)[0][0].places


def test_unknown_elements_of_an_unknown_namespace_are_warnings(read: Read) -> None:
    content = '<Declaration xmlns="urn:authority:7"><Consignmnet><A/></Consignmnet><Consignment/></Declaration>'
    messages, _, found = read(content)
    unknown = next(finding for finding in found if finding.code == faults.UNKNOWN_ELEMENT)
    assert unknown.severity is Severity.WARNING
    assert "Consignment" in unknown.remedy
    assert messages[0].places[1] == 0


@pytest.mark.parametrize(
    ("bare", "digits", "code"),
    [
        ("20250314", "20250314", "102"),
        ("202503140930", "202503140930", "203"),
        ("20250314093000", "20250314093000", "204"),
        ("202503140930+01", "202503140930+01", "303"),
        ("20250314093000Z", "20250314093000Z", "304"),
        ("2025-03-14", "20250314", "102"),
        ("2025-03-14T09:30", "202503140930", "203"),
        ("2025-03-14T09:30:00.000Z", "20250314093000Z", "304"),
        ("2025-03-14T09:30:00+05:30", "20250314093000+05:30", "304"),
    ],
)
def test_bare_date_is_a_form_warning_and_becomes_a_date_time_string(
    read: Read, bare: str, digits: str, code: str
) -> None:
    messages, _, found = read(BARE.format(f"\n {bare} ").replace("<Declaration", f"<Declaration{OWN}"))
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.BARE_DATE, Kind.FORM, Severity.WARNING)
    assert (finding.value, finding.position.xpath, finding.position.line) == (bare, "/Declaration/IssueDateTime", 1)
    assert value_of(messages[0], "IssueDateTime", "DateTimeString") == digits
    inner = messages[0].records[0][1][0]
    assert inner.get("formatCode") == code


def test_bare_text_that_is_no_date_is_refused_by_the_schema(read: Read) -> None:
    found = read(BARE.format("next week").replace("<Declaration", f"<Declaration{OWN}"))[2]
    assert {finding.code for finding in found} == {faults.BARE_DATE, faults.MISSING_ATTRIBUTE, faults.WRONG_FORM}
    assert all(finding.position.line == 1 for finding in found)


def test_missing_format_code_is_told_from_the_digits(read: Read, report: str) -> None:
    messages, _, found = read(report.replace(' formatCode="304"', ""))
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.NO_FORMAT_CODE, Kind.FORM, Severity.WARNING)
    assert finding.position.line == 6
    assert messages[0].records[0][2][0].get("formatCode") == "304"


@pytest.mark.parametrize(
    ("tag", "xpath"),
    [("FunctionCode", "/Declaration/FunctionCode"), ("t:DateTimeString", "/Declaration/IssueDateTime/DateTimeString")],
)
def test_white_space_around_a_value_is_a_form_warning(read: Read, report: str, tag: str, xpath: str) -> None:
    messages, _, found = read(report.replace(f"</{tag}>", f"\n </{tag}>", 1))
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.WHITE_SPACE, Kind.FORM, Severity.WARNING)
    assert finding.position.xpath == xpath
    assert value_of(messages[0], "FunctionCode") == "9"


def test_line_breaks_inside_a_text_are_kept(read: Read, report: str) -> None:
    message = read(report)[0][0]
    assert value_of(message, "Consignment", "ConsignmentItem", "Commodity", "Description") == "PUMPS\nAND PARTS"


def test_wrapper_is_passed_over_with_a_finding(read: Read, report: str) -> None:
    inner = report.partition("?>\n")[2]
    messages, _, found = read(f'<soap:Envelope xmlns:soap="urn:soap"><soap:Body>{inner}</soap:Body></soap:Envelope>')
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.WRAPPER, Kind.FORM, Severity.WARNING)
    assert len(messages) == 1


def metadata(*documents: str, header: str = "") -> str:
    space = 'xmlns="urn:pierhead:profile:document-metadata:1"'
    return f"<MetaData {space}>{header}{''.join(one.partition('?>')[2] for one in documents)}</MetaData>"


RESPONSE = (
    '<?xml version="1.0"?><Response xmlns="urn:pierhead:profile:response:1"><FunctionCode>11</FunctionCode>'
    "<FunctionalReferenceID>{}</FunctionalReferenceID></Response>"
)
EXCHANGE = (
    "<WCODataModelVersionCode>3.6</WCODataModelVersionCode><CommunicationMetaData><ApplicationReferenceID>X7</ApplicationReferenceID>"
    "<TestIndicator>true</TestIndicator><Recipient><ID>CUSTOMS</ID></Recipient><Sender><ID>LINE</ID></Sender></CommunicationMetaData>"
)


def test_metadata_envelope_is_opened_and_names_who_exchanges_what(read: Read, report: str) -> None:
    messages, interchange, found = read(metadata(report, header=EXCHANGE))
    assert found == []
    assert len(messages) == 1
    envelope = interchange.envelope
    assert (envelope.reference, envelope.sender, envelope.recipient) == ("X7", Party("LINE"), Party("CUSTOMS"))
    assert envelope.test


def test_metadata_holds_several_responses(read: Read) -> None:
    messages, interchange, found = read(metadata(RESPONSE.format("A"), RESPONSE.format("B")))
    assert found == []
    assert [message.reference for message in messages] == ["A", "B"]
    assert [reference for reference, _ in interchange.messages] == ["A", "B"]
    assert len(interchange.envelope.types) == 1


def test_fault_of_the_envelope_belongs_to_the_interchange(read: Read, report: str) -> None:
    bad = metadata(report, header="<WCODataModelVersionCode>3.6.7.8.9</WCODataModelVersionCode>")
    messages, interchange, _ = read(bad)
    assert messages[0].findings == ()
    assert [finding.position.xpath for finding in interchange.findings] == ["/MetaData/WCODataModelVersionCode"]


def test_fault_of_a_document_in_an_envelope_belongs_to_the_document(read: Read) -> None:
    messages, interchange, _ = read(metadata(RESPONSE.format("A"), RESPONSE.format("B" * 36)))
    assert interchange.findings == ()
    assert [len(message.findings) for message in messages] == [0, 1]
    position = messages[1].findings[0].position
    assert (position.xpath, position.message) == ("/MetaData/Response[2]/FunctionalReferenceID", "B" * 36)


def test_unknown_document_is_a_directory_error_with_the_nearest_name(read: Read) -> None:
    messages, interchange, found = read("<Declaracion/>")
    assert not messages
    finding = only(found)
    assert (finding.code, finding.kind, finding.severity) == (faults.UNKNOWN_DOCUMENT, Kind.STRUCTURE, Severity.ERROR)
    assert "did you mean Declaration" in finding.text
    assert interchange.envelope.standard == "wco"


WEIGHT = "/Declaration/Consignment[1]/TotalGrossMassMeasure"
DATE = "/Declaration/IssueDateTime/DateTimeString"
SECOND = "/Declaration/Consignment[2]/ConsignmentItem[2]/SequenceNumeric"
CODE = "/Declaration/FunctionCode"
SCHEMA_FAULTS = [
    ("<FunctionCode>9</FunctionCode>", "", faults.MISSING, "/Declaration", "", "FunctionCode"),
    ("<FunctionCode>9<", "<FunctionCode>999<", faults.WRONG_LENGTH, CODE, "999", "at most 2"),
    ("<FunctionCode>9<", "<FunctionCode><", faults.WRONG_LENGTH, CODE, "", "give FunctionCode a value"),
    (">1200.5<", ">heavy<", faults.WRONG_TYPE, WEIGHT, "heavy", "decimal"),
    (">1200.5<", ">12345678901234567<", faults.WRONG_LENGTH, WEIGHT, "12345678901234567", "at most 16"),
    ("20250314093000Z", "14 March", faults.WRONG_FORM, DATE, "14 March", "form"),
    ('"304"', '"999"', faults.NOT_IN_LIST, DATE, "999", "one of 102"),
    ('schemeID="172"', 'schema="172"', faults.UNKNOWN_ATTRIBUTE, "/Declaration/Submitter/ID", "172", "leave it out"),
    (
        "<Name>Example Lines</Name>",
        "<Nane>Example Lines</Nane>",
        faults.UNKNOWN_ELEMENT,
        "/Declaration/Submitter/Nane",
        "Example Lines",
        "write Name",
    ),
    ("<SequenceNumeric>2<", "<SequenceNumeric>-2<", faults.WRONG_TYPE, SECOND, "-2", "send"),
]


@pytest.mark.parametrize(("old", "new", "code", "xpath", "value", "said"), SCHEMA_FAULTS)
def test_schema_fault_has_line_path_value_and_remedy(
    read: Read, report: str, old: str, new: str, code: str, xpath: str, value: str, said: str
) -> None:
    finding = only(read(report.replace(old, new, 1))[2])
    assert (finding.code, finding.kind, finding.severity) == (code, Kind.SCHEMA, Severity.ERROR)
    assert (finding.position.xpath, finding.value) == (xpath, value)
    line = next(n for n, text in enumerate(report.splitlines(), 1) if old in text)
    assert finding.position.line == (2 if code == faults.MISSING else line)
    assert said in f"{finding.text} {finding.remedy}"


def test_unknown_elements_stay_in_the_tree_beside_the_other_faults(read: Read, report: str) -> None:
    odd = report.replace("<Name>", "<Nane>B</Nane><Nick>C</Nick><Name>").replace('schemeID="172"', 'schema="172"')
    messages, _, found = read(odd)
    codes = sorted(finding.code for finding in found)
    assert codes == [faults.UNKNOWN_ELEMENT, faults.UNKNOWN_ELEMENT, faults.UNKNOWN_ATTRIBUTE]
    assert [child.tag.rpartition("}")[2] for child in messages[0].records[1]] == ["Nane", "Nick", "Name", "ID"]


def test_element_too_often_and_out_of_order_are_told_apart(read: Read, report: str) -> None:
    twice = only(read(report.replace("</Name>", "</Name><Name>Again</Name>", 1))[2])
    assert (twice.code, twice.value, twice.position.xpath) == (
        faults.TOO_OFTEN,
        "Again",
        "/Declaration/Submitter/Name[2]",
    )
    name = "<Name>Example Lines</Name>"
    late = only(read(report.replace(name, "").replace("</ID>", f"</ID>{name}", 1))[2])
    assert (late.code, late.position.xpath) == (faults.WRONG_PLACE, "/Declaration/Submitter/Name")


def test_every_fault_is_reported_not_only_the_first(read: Read, report: str) -> None:
    many = (
        report.replace("KGM", "KILOGRAMS-AND-MORE")
        .replace(">9<", ">99999<")
        .replace("<Commodity>", "<Comodity/><Commodity>")
    )
    found = read(many)[2]
    assert [finding.code for finding in found].count(faults.WRONG_LENGTH) == 3
    assert [finding.code for finding in found].count(faults.UNKNOWN_ELEMENT) == 1


def test_endless_findings_are_counted(read: Read, report: str) -> None:
    many = report.replace(
        "</Declaration>", "<Consignment><SequenceNumeric> 1</SequenceNumeric></Consignment>" * 150 + "</Declaration>"
    )
    found = read(many)[2]
    assert len(found) == 101
    assert "50 more" in found[-1].text


def test_explaining_a_large_document_looks_only_at_its_faults(read: Read, report: str) -> None:
    many = report.replace(
        "</Declaration>", "<Consignment><SequenceNumeric>1</SequenceNumeric></Consignment>" * 20000 + "</Declaration>"
    )
    finding = only(read(many.replace("<FunctionCode>9<", "<FunctionCode>999<"))[2])
    assert finding.code == faults.WRONG_LENGTH


def test_many_faults_in_a_large_document_do_not_take_forever(read: Read, report: str) -> None:
    one = "<Consignment><SequenceNumeric>x</SequenceNumeric><Oops/><Carrier/><Carrier/></Consignment>"
    found = read(report.replace("</Declaration>", one * 5000 + "</Declaration>"))[2]
    codes = [finding.code for finding in found]
    assert {faults.WRONG_TYPE, faults.UNKNOWN_ELEMENT, faults.TOO_OFTEN} <= set(codes)
    assert len(found) < 310


def test_value_twice_in_an_unknown_namespace_is_reported(read: Read) -> None:
    found = read('<Declaration xmlns="urn:authority:7"><ID>1</ID><ID>2</ID><Consignment/><Consignment/></Declaration>')[
        2
    ]
    repeated = next(finding for finding in found if finding.code == faults.TOO_OFTEN)
    assert (repeated.value, repeated.severity) == ("2", Severity.WARNING)
