from __future__ import annotations

import pytest
from lxml import etree
from wco_documents import full

from adapters.wco.adapter import WcoAdapter
from adapters.wco.intermediate import end, start
from adapters.wco.profile import Profile
from adapters.wco.schema import Leaf, Schema
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Party, Written

NOTHING = Envelope("wco")
REPORT = MessageType("wco", "cargo-report", "1")
RESPONSE = MessageType("wco", "response", "1")


def leaf(name: str, text: str) -> str:
    return f"{start(name)}{text}{end(name)}"


def document(root: str, *leaves: str, below: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (start(root) + "".join(leaves), *below, end(root))


def dated(code: str, digits: str) -> str:
    inner = f"\x02ds:DateTimeString formatCode=\x04{code}\x04\x03{digits}{end('ds:DateTimeString')}"
    return start("IssueDateTime") + inner + end("IssueDateTime")


def body(element: etree._Element, schema: Schema) -> list[str]:
    """Return an element as the writer gets it: a record for each class, and its end."""
    heads = {schema.tags[place.id] for place in schema.places[1:]}
    record = start(etree.QName(element).localname)
    below: list[str] = []
    for child in element:
        if child.tag in heads and etree.QName(child).localname not in {
            one.path[0] for one in leaves_of(element, schema)
        }:
            below += body(child, schema)
        else:
            record += written(child, schema)
    return [record, *below, end(etree.QName(element).localname)]


def leaves_of(element: etree._Element, schema: Schema) -> tuple[Leaf, ...]:
    here = schema.root
    for name in [etree.QName(one).localname for one in reversed([element, *element.iterancestors()])]:
        here = next(child for child in here.children if child.name == name)
    return schema.leaves[here.id]


def written(element: etree._Element, schema: Schema) -> str:
    name = etree.QName(element)
    prefix = schema.prefixes.get(str(name.namespace))
    tag = f"{prefix}:{name.localname}" if prefix else name.localname
    attributes = "".join(f" {key!s}=\x04{value!s}\x04" for key, value in element.items())
    below = "".join(written(child, schema) for child in element)
    return f"\x02{tag}{attributes}\x03{element.text or ''}{below}\x02/{tag}\x03"


def test_a_document_with_everything_is_written_valid_and_read_back_the_same(
    adapter: WcoAdapter, schemas: tuple[Schema, ...]
) -> None:
    for schema in schemas:
        wanted = full(schema, schema.places[1])
        content = adapter.encode([Written(schema.type, body(wanted, schema))], NOTHING)
        assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
        message, interchange = adapter.decode([content])
        assert isinstance(message, Message)
        assert isinstance(interchange, Interchange)
        assert message.findings == interchange.findings == ()
        assert sorted(message.places) == list(range(1, len(schema.places)))
        assert etree.tostring(message.records[0], method="c14n2") == etree.tostring(
            etree.fromstring(content), method="c14n2"
        )


def test_text_is_escaped_and_kept(adapter: WcoAdapter) -> None:
    text = "Fish & Chips <\"'>\n]]> é €"
    party = (start("Submitter") + leaf("Name", text), end("Submitter"))
    content = adapter.encode(
        [Written(REPORT, document("Declaration", leaf("FunctionCode", "9"), below=party))], NOTHING
    )
    message = next(iter(adapter.decode([content])))
    assert isinstance(message, Message)
    assert message.records[1][0].text == text


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (document("Declaration"), r"/Declaration: Declaration lacks FunctionCode"),
        (document("Declaration", leaf("FunctionCode", "999")), r"/Declaration/FunctionCode: .*at most 2"),
        (document("Declaration", leaf("ID", "1"), leaf("FunctionCode", "9")), r"/Declaration.*FunctionCode"),
        (
            document("Declaration", leaf("FunctionCode", "9"), dated("999", "20250314")),
            r"/Declaration/IssueDateTime/DateTimeString: .*999",
        ),
        (
            document(
                "Declaration",
                leaf("FunctionCode", "9"),
                below=(*document("Consignment"), *document("Consignment", leaf("ID", "1"))),
            ),
            r"/Declaration/Consignment\[2\]",
        ),
        (document("Response", leaf("FunctionCode", "9")), "does not start with Declaration"),
        (document("Declaration", leaf("FunctionCode", "\x0b")), "no XML"),
        (document("Declaration", leaf("FunctionCode", "\ud800")), "cannot be written"),
        (document("Declaration", leaf("FunctionCode", "9"))[:1], "no XML"),
    ],
)
def test_invalid_output_is_an_encode_error_with_path_and_rule(
    adapter: WcoAdapter, records: tuple[str, ...], said: str
) -> None:
    with pytest.raises(EncodeError, match=said):
        adapter.encode([Written(REPORT, records)], NOTHING)


def test_without_an_envelope_there_is_one_document_in_a_file(adapter: WcoAdapter) -> None:
    one = Written(RESPONSE, document("Response", leaf("FunctionCode", "11")))
    with pytest.raises(EncodeError, match="one document, not 2"):
        adapter.encode([one, one], NOTHING)
    with pytest.raises(EncodeError, match="no message"):
        adapter.encode([], NOTHING)


def test_message_the_profile_does_not_have_is_an_encode_error(adapter: WcoAdapter) -> None:
    with pytest.raises(EncodeError, match="'stowage'; it has cargo-report, conveyance-report, declaration, response"):
        adapter.encode([Written(MessageType("wco", "stowage", "1"), document("Stowage"))], NOTHING)


def test_envelope_profile_writes_header_parties_and_several_responses(other: Profile) -> None:
    adapter = WcoAdapter(other)
    envelope = Envelope(
        "wco", sender=Party("CUSTOMS"), recipient=Party("LINE"), reference="N-77", prepared="20250314093000Z", test=True
    )
    one = Written(RESPONSE, document("Response", leaf("FunctionCode", "11"), leaf("FunctionalReferenceID", "A & B")))
    content = adapter.encode([one, one], envelope)
    *messages, interchange = adapter.decode([content])
    assert isinstance(interchange, Interchange)
    assert [message.findings for message in messages] == [(), ()]
    assert interchange.findings == ()
    assert (interchange.envelope.sender, interchange.envelope.recipient) == (Party("CUSTOMS"), Party("LINE"))
    assert (interchange.envelope.reference, interchange.envelope.test) == ("N-77", True)
    names = [etree.QName(child).localname for child in etree.fromstring(content)]
    assert names == [
        *("WCODataModelVersionCode", "WCOTypeName", "AgencyAssignedCustomizationCode"),
        *("AgencyAssignedCustomizationVersionCode", "CommunicationMetaData", "Response", "Response"),
    ]


def test_envelope_holds_only_one_declaration(other: Profile) -> None:
    one = Written(REPORT, document("Declaration", leaf("FunctionCode", "9")))
    assert WcoAdapter(other).encode([one], NOTHING)
    with pytest.raises(EncodeError, match="/MetaData"):
        WcoAdapter(other).encode([one, one], NOTHING)


def test_profile_writes_only_its_own_date_formats(other: Profile) -> None:
    adapter = WcoAdapter(other)
    assert adapter.encode(
        [Written(REPORT, document("Declaration", leaf("FunctionCode", "9"), dated("102", "20250314")))], NOTHING
    )
    with pytest.raises(
        EncodeError, match=r"/MetaData/Declaration/IssueDateTime/DateTimeString: .*203; it writes 102, 304"
    ):
        adapter.encode(
            [Written(REPORT, document("Declaration", leaf("FunctionCode", "9"), dated("203", "202503140930")))], NOTHING
        )
