"""The profile mechanism is wide enough: small invented authorities, made of files only.

One namespace per message, no envelope, an older vocabulary of the head, a head beside the document, messages told
apart by the head or by a value, and documents as text in a SOAP body.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pytest
from lxml import etree

from adapters.wco import faults
from adapters.wco.adapter import WcoAdapter
from adapters.wco.profile import Profile, from_files, shipped
from gateway.errors import EncodeError, SettingsError
from gateway.model.finding import Finding
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Party, Written

SPACE = "urn:example:harbour:"
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{space}" targetNamespace="{space}"
    elementFormDefault="qualified">
  <xs:element name="Declaration">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="FunctionCode" type="xs:token"/>
        <xs:element name="ID" type="xs:token" minOccurs="0"/>
        <xs:element name="{own}" type="xs:token" minOccurs="0"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>"""
ENVELOPE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{space}" targetNamespace="{space}"
    elementFormDefault="qualified">
  <xs:element name="{root}">
    <xs:complexType>
      <xs:sequence>
        {head}
        <xs:any namespace="##other" processContents="strict"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>"""
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def leaf(name: str) -> str:
    return f'<xs:element name="{name}" type="xs:token" minOccurs="0"/>'


def message(name: str, space: str = "", **more: str) -> str:
    schema = f"{space.rpartition(':')[2] or name}.xsd"
    values = {"name": name, "root": "Declaration", "namespace": space or SPACE + name, "schema": schema}
    texts = [f'{key} = "{value}"' for key, value in values.items()]
    others = [f"{key} = {value}" for key, value in more.items()]
    return "\n".join(["[[messages]]", 'reference = ["ID"]', *texts, *others, ""])


def authority(messages: str, envelope: str = "", **files: str) -> Profile:
    settings = f'name = "harbour"\nversion = "1"\n{envelope}\n{messages}'
    schemas = {
        f"{name}.xsd": SCHEMA.format(space=SPACE + name, own=f"{name.title()}Code") for name in ("import", "export")
    }
    return from_files({name: text.encode() for name, text in {**schemas, **files, "profile.toml": settings}.items()})


def read(profile: Profile, content: str | bytes) -> tuple[list[Message], Interchange, list[Finding]]:
    *messages, interchange = WcoAdapter(profile).decode([content.encode() if isinstance(content, str) else content])
    assert isinstance(interchange, Interchange)
    found = [finding for part in (*messages, interchange) for finding in part.findings]
    return [one for one in messages if isinstance(one, Message)], interchange, found


def written(name: str) -> Written:
    return Written(
        MessageType("wco", name, "1"),
        ("\x02Declaration\x03\x02FunctionCode\x039\x02/FunctionCode\x03\x02/Declaration\x03",),
        (),
    )


def outside() -> Envelope:
    return Envelope("wco", Party("LINE"), Party("CUSTOMS"), "REF-1", prepared="20261128060000Z")


def names(root: Any) -> list[str]:
    return [etree.QName(one).localname for one in root.iter()]


@pytest.fixture
def plain() -> Profile:
    return authority(message("import") + message("export"))


SOAP_STYLE = """[envelope]
style = "SOAP"
operation = ["{urn:example:service}submit", "{urn:example:service}xml"]
"""


@pytest.fixture
def soap() -> Profile:
    return authority(message("import") + message("export"), SOAP_STYLE)


def body(text: str, space: str = SOAP) -> str:
    return (
        f'<s:Envelope xmlns:s="{space}"><s:Body>\n<submit xmlns="urn:example:service"><xml>{text}</xml></submit>\n'
        "</s:Body></s:Envelope>"
    )


def document(name: str = "import", inside: str = "<FunctionCode>9</FunctionCode><ID>A1</ID>") -> str:
    return f'<Declaration xmlns="{SPACE}{name}">{inside}</Declaration>'


# one namespace per message, no envelope


@pytest.mark.parametrize("name", ["import", "export"])
def test_namespace_tells_messages_of_one_document_element_apart(plain: Profile, name: str) -> None:
    (found,), interchange, findings = read(plain, document(name))
    assert (found.type.name, found.reference, findings) == (name, "A1", [])
    assert interchange.envelope.reference == "A1"


def test_document_is_written_alone_in_the_namespace_of_its_message(plain: Profile) -> None:
    root = etree.fromstring(WcoAdapter(plain).encode([written("export")], outside()))
    assert root.tag == f"{{{SPACE}export}}Declaration"


def test_without_a_namespace_the_message_that_knows_most_elements_is_taken(plain: Profile) -> None:
    content = "<Declaration><FunctionCode>9</FunctionCode><ExportCode>7</ExportCode></Declaration>"
    (found,), _, findings = read(plain, content)
    assert found.type.name == "export"
    assert [finding.code for finding in findings] == [faults.NO_NAMESPACE]


# an older vocabulary of the head, values of its own for each message

OLDER = f"""[envelope]
style = "enveloped"
root = "DocumentMetadata"
namespace = "{SPACE}metadata"
schema = "metadata.xsd"

[envelope.header]
WCODataModelVersion = "3.2"
WCODocumentName = "{{type_name}}"
CountryCode = "XX"
AgencyAssignedCustomizedDocumentName = ""
"""
OLDER_HEAD = ("WCODataModelVersion", "WCODocumentName", "CountryCode", "AgencyAssignedCustomizedDocumentName")


@pytest.fixture
def older() -> Profile:
    own = '{ AgencyAssignedCustomizedDocumentName = "ICR" }'
    head = "".join(map(leaf, OLDER_HEAD))
    return authority(
        message("import", type_name='"CRI"', header=own) + message("export", type_name='"CRE"'),
        OLDER,
        **{"metadata.xsd": ENVELOPE.format(space=f"{SPACE}metadata", root="DocumentMetadata", head=head)},
    )


def test_older_head_is_written_in_its_own_words_with_what_is_the_messages_own(older: Profile) -> None:
    root = etree.fromstring(WcoAdapter(older).encode([written("import")], outside()))
    assert [(etree.QName(one).localname, one.text) for one in root[:-1]] == list(
        zip(OLDER_HEAD, ("3.2", "CRI", "XX", "ICR"), strict=True)
    )
    root = etree.fromstring(WcoAdapter(older).encode([written("export")], outside()))
    assert names(root) == ["DocumentMetadata", *OLDER_HEAD[:3], "Declaration", "FunctionCode"]


def test_what_an_older_envelope_holds_is_read_without_a_finding(older: Profile) -> None:
    (found,), _, findings = read(older, WcoAdapter(older).encode([written("import")], outside()))
    assert (found.type.name, findings) == ("import", [])


# a head beside the document, that says who exchanges it

HEAD = f"""[envelope]
style = "enveloped"
root = "Manifest"
namespace = "{SPACE}manifest"
schema = "manifest.xsd"
head = "Head"

[envelope.header]
MessageID = "{{reference}}"
MessageType = "{{type_name}}"
SenderID = "{{sender}}"
ReceiverID = "{{recipient}}"
"""


@pytest.fixture
def headed() -> Profile:
    inside = "".join(map(leaf, ("MessageID", "MessageType", "SenderID", "ReceiverID")))
    head = f'<xs:element name="Head"><xs:complexType><xs:sequence>{inside}</xs:sequence></xs:complexType></xs:element>'
    return authority(
        message("import", type_name='"MT1"'),
        HEAD,
        **{"manifest.xsd": ENVELOPE.format(space=f"{SPACE}manifest", root="Manifest", head=head)},
    )


def test_head_beside_the_document_gives_back_who_exchanges_it(headed: Profile) -> None:
    content = WcoAdapter(headed).encode([written("import")], outside())
    assert names(etree.fromstring(content))[:3] == ["Manifest", "Head", "MessageID"]
    _, interchange, findings = read(headed, content)
    found = interchange.envelope
    assert (found.reference, found.sender, found.recipient) == ("REF-1", Party("LINE"), Party("CUSTOMS"))
    assert not findings


# messages of one namespace


def test_a_value_tells_messages_of_one_namespace_apart() -> None:
    both = message("declaration", f"{SPACE}import") + message(
        "withdrawal", f"{SPACE}import", when='{ FunctionCode = ["1", "01"] }'
    )
    profile = authority(both)
    for code, name in (("9", "declaration"), ("01", "withdrawal")):
        (found,), _, findings = read(profile, document(inside=f"<FunctionCode>{code}</FunctionCode>"))
        assert (found.type.name, findings) == (name, [])


# XML in a text of a SOAP body


@pytest.mark.parametrize("space", [SOAP, "http://www.w3.org/2003/05/soap-envelope"])
@pytest.mark.parametrize("how", [escape, lambda text: f"<![CDATA[{text}]]>"])
def test_document_in_a_text_of_a_soap_body_is_read_without_a_finding(soap: Profile, space: str, how: Any) -> None:
    text = f'<?xml version="1.0" encoding="ISO-8859-1"?>{document()}'
    (found,), _, findings = read(soap, body(how(text), space))
    assert (found.type.name, found.reference, findings) == ("import", "A1", [])


def test_what_is_written_to_soap_is_text_and_comes_back(soap: Profile) -> None:
    content = WcoAdapter(soap).encode([written("import")], outside())
    root = etree.fromstring(content)
    assert [etree.QName(one).localname for one in root.iter()] == ["Envelope", "Body", "submit", "xml"]
    (found,), _, findings = read(soap, content)
    assert (found.type.name, findings) == ("import", [])


def test_fault_in_a_text_has_the_line_of_the_whole_file(soap: Profile) -> None:
    text = document(inside="\n<FunctionCode>9</FunctionCode>\n<Walrus/>\n")
    (finding,) = read(soap, body(escape(text)))[2]
    assert (finding.code, finding.position.line) == (faults.UNKNOWN_ELEMENT, 4)
    assert finding.position.xpath == "/Envelope/Body/submit/xml/Declaration/Walrus"


def test_profile_without_soap_reads_it_with_a_warning(plain: Profile) -> None:
    (found,), _, findings = read(plain, body(escape(document())))
    assert found.type.name == "import"
    assert [finding.code for finding in findings] == [faults.WRAPPER]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', faults.DOCTYPE),
        ("<Declaration>", faults.NOT_WELL_FORMED),
        ("<a>" * 300 + "</a>" * 300, faults.TOO_DEEP),
    ],
)
def test_text_is_held_to_the_limits_of_any_document(soap: Profile, text: str, code: str) -> None:
    messages, _, findings = read(soap, body(escape(text)))
    assert not messages
    assert {finding.code for finding in findings} == {code}
    assert all(finding.position.line and finding.position.line >= 2 for finding in findings)


def test_text_in_a_text_stays_a_text(soap: Profile) -> None:
    messages, _, findings = read(soap, body(escape(body(escape(document())))))
    assert not messages
    assert [finding.code for finding in findings] == [faults.UNKNOWN_DOCUMENT]


def test_soap_holds_one_document(soap: Profile) -> None:
    with pytest.raises(EncodeError, match="one document"):
        WcoAdapter(soap).encode([written("import"), written("import")], outside())


# what a profile must say


@pytest.mark.parametrize(
    ("envelope", "said"),
    [
        ('[envelope]\nstyle = "SOAP"', "operation"),
        ('[envelope]\nstyle = "enveloped"', "root, namespace and schema"),
        ('[envelope]\nstyle = "pigeon"', "pigeon"),
        ('[envelope.header]\nA = "{walrus}"', "walrus"),
    ],
)
def test_unusable_envelope_is_a_settings_error(envelope: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        authority(message("import"), envelope)


def test_shipped_profiles_have_no_message_and_version_in_common() -> None:
    found: Mapping[tuple[str, str], str] = {}
    for profile in shipped():
        for kind in profile.messages:
            assert (kind.name, kind.version) not in found
            found = {**found, (kind.name, kind.version): profile.name}
    assert [profile.name for profile in shipped()] == ["pierhead", "uk-dms"]
