"""The published samples of the UK customs service, read where they lie: nothing of them is in this repository."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

from adapters.wco import faults
from adapters.wco.adapter import WcoAdapter
from gateway.model.finding import Finding, Severity
from gateway.model.stages import Interchange, Message


def read(adapter: WcoAdapter, path: Path) -> tuple[list[Message], list[Finding]]:
    *messages, interchange = adapter.decode([path.read_bytes()])
    assert isinstance(interchange, Interchange)
    found = [finding for part in (*messages, interchange) for finding in part.findings]
    return messages, found  # type: ignore[return-value]


def test_every_sample_is_read_and_every_finding_placed(adapter: WcoAdapter, corpus: Path) -> None:
    samples = sorted(corpus.rglob("*.xml"))
    assert len(samples) == 90
    types: Counter[str] = Counter()
    for path in samples:
        messages, found = read(adapter, path)
        assert all(finding.position.line for finding in found), path.name
        assert all(finding.position.xpath for finding in found if finding.code > faults.UNKNOWN_DOCUMENT), path.name
        assert messages or any(finding.severity is Severity.ERROR for finding in found), path.name
        types.update(message.type.name for message in messages)
    assert types["response"] == 47


def test_the_two_samples_that_are_not_well_formed_are_refused(adapter: WcoAdapter, corpus: Path) -> None:
    refused = [path for path in sorted(corpus.rglob("*.xml")) if not read(adapter, path)[0]]
    assert len(refused) == 2
    for path in refused:
        assert {finding.code for finding in read(adapter, path)[1]} == {faults.NOT_WELL_FORMED}


def test_samples_of_an_unknown_namespace_get_one_directory_warning_and_no_error(
    adapter: WcoAdapter, corpus: Path
) -> None:
    for path in sorted(corpus.rglob("*.xml")):
        messages, found = read(adapter, path)
        unknown = [finding for finding in found if finding.code == faults.UNKNOWN_NAMESPACE]
        if unknown:
            assert len(unknown) == len(messages)
            assert all(finding.severity is Severity.WARNING for finding in found), path.name


def test_responses_without_a_namespace_are_valid_once_put_right(adapter: WcoAdapter, corpus: Path) -> None:
    """45 samples have no namespace; one of them holds a second Declaration of another kind."""
    verdicts: Counter[bool] = Counter()
    for path in sorted(corpus.rglob("*.xml")):
        messages, found = read(adapter, path)
        if any(finding.code == faults.NO_NAMESPACE for finding in found):
            assert len(messages) == 1
            verdicts[all(finding.severity is not Severity.ERROR for finding in found)] += 1
    assert verdicts == {True: 44, False: 1}


def test_every_pointer_of_a_sample_starts_at_its_declaration(adapter: WcoAdapter, corpus: Path) -> None:
    sections = []
    for path in sorted(corpus.rglob("*.xml")):
        for message in read(adapter, path)[0]:
            for record in message.records:
                pointers = [child for child in record if etree.QName(child).localname == "Pointer"]
                if pointers and etree.QName(record).localname == "Error":
                    sections.append(next(e.text for e in pointers[0] if e.tag.endswith("}DocumentSectionCode")))
    assert set(sections) == {"42A"}


def test_no_file_of_the_published_schemas_or_samples_is_shipped(corpus: Path) -> None:
    root = Path(__file__).parents[3]
    published = {path.read_bytes() for path in corpus.rglob("*") if path.suffix in (".xml", ".xsd")}
    shipped = [
        path
        for folder in ("xsd", "adapters", "samples", "tests")
        for path in (root / folder).rglob("*")
        if path.suffix in (".xml", ".xsd")
    ]
    assert shipped
    for path in shipped:
        content = path.read_bytes()
        assert content not in published
        if "uk-dms" not in path.parts and not path.parent.name.endswith("-dms2"):  # who must be read by the authority
            assert b"urn:wco:" not in content
