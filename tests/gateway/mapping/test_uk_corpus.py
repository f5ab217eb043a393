"""The published samples of the UK customs service through the UK maps: nothing of them is in this repository.

What is read is written again, checked against the authority's own schemas, and compared leaf by leaf.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from workbench import adapter, envelope, messages, read, writer

from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Severity
from gateway.model.goods_declaration import GoodsDeclaration
from gateway.model.stages import Message, MessageType

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "wco" / "uk-cds"
DECLARATIONS = [MessageType("wco", name, "DMS2", association="uk-dms") for name in ("declaration", "cancellation")]
RESPONSE = MessageType("wco", "response", "DMS2", association="uk-dms")


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published samples is not beside this repository")
    return CORPUS


@cache
def samples(corpus: Path, *types: MessageType) -> list[Message]:
    found = (message for path in sorted(corpus.rglob("*.xml")) for message in messages("wco", path.read_bytes()))
    return [message for message in found if message.type in types and _is_document(message)]


def _is_document(message: Message) -> bool:
    """Whether a document stands in its envelope: answers to inquiries have elements of the same names."""
    parent = message.records[0].getparent()
    return parent is not None and etree.QName(parent).localname == "MetaData"


def authority(corpus: Path) -> etree.XMLSchema:
    """The authority's schemas of an envelope with a declaration in it."""
    folder = corpus / "schemas" / "wco" / "declaration"
    spaces = {"DocumentMetaData": "DocumentMetaData_2_DMS.xsd", "DEC": "WCO_DEC_2_DMS.xsd"}
    imports = "".join(
        f'<xs:import namespace="urn:wco:datamodel:WCO:{name}-DMS:2" schemaLocation="{(folder / file).as_uri()}"/>'
        for name, file in spaces.items()
    )
    return etree.XMLSchema(etree.XML(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'))


def leaves(element: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and text of every value below an element, and of its attributes."""
    for child in element:
        here = f"{path}/{etree.QName(child).localname}"
        if not len(child) and (child.text or "").strip():
            yield here, child.text.strip()
        for name, text in child.attrib.items():
            if not name.startswith("{"):
                yield f"{here}/@{name}", text.strip()
        yield from leaves(child, here)


@cache
def rewritten(corpus: Path) -> list[tuple[Message, Any]]:
    """Every declaration, and the envelope that it is read into and written from again."""
    found = []
    for message in samples(corpus, *DECLARATIONS):
        document = read(message).document
        assert isinstance(document, GoodsDeclaration)
        written = writer(message.type).write(document)
        assert not written.losses
        found.append((message, etree.fromstring(adapter(message.type).encode([written], envelope("wco")))))
    return found


def test_every_declaration_is_read_written_and_valid_by_the_authoritys_schema(corpus: Path) -> None:
    found = rewritten(corpus)
    schema = authority(corpus)
    assert len(found) == 39
    for message, again in found:
        assert schema.validate(again), (message.reference, schema.error_log.last_error)


def test_no_leaf_of_a_declaration_is_lost(corpus: Path) -> None:
    for message, again in rewritten(corpus):
        assert Counter(leaves(message.records[0])) == Counter(leaves(again[-1])), message.reference


def test_reading_a_declaration_finds_nothing_amiss(corpus: Path) -> None:
    for message in samples(corpus, *DECLARATIONS):
        found = (*message.findings, *read(message).findings)
        assert not [one for one in found if one.severity is Severity.ERROR], message.reference


def test_what_is_asked_for_is_told_by_function_and_type_together(corpus: Path) -> None:
    intents = Counter(read(message).document.intent for message, _ in rewritten(corpus))  # type: ignore[union-attr]
    assert intents == {"submit": 35, "amend": 3, "cancel": 1}


def test_every_response_is_read_with_or_without_a_namespace(corpus: Path) -> None:
    found = samples(corpus, RESPONSE)
    assert len(found) == 47
    verdicts: Counter[str] = Counter()
    for message in found:
        document = read(message).document
        assert isinstance(document, CustomsResponse)
        assert document.subject is not None
        verdicts[document.verdict or ""] += 1
    assert not [verdict for verdict in verdicts if verdict.startswith("?")]
