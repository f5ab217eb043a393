from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from adapters.wco.adapter import WcoAdapter
from adapters.wco.profile import Profile, built_in, from_files
from adapters.wco.schema import Schema, compiled
from gateway.model.finding import Finding
from gateway.model.stages import Interchange, Message

# test folders are no packages: this makes `wco_documents`, which stands beside the tests, importable
sys.path.insert(0, str(Path(__file__).parent))

CORPUS = Path(__file__).parents[3] / ".." / "shared" / "corpus" / "wco"

OURS = "urn:pierhead:profile:"
THEIRS = "urn:example:northsea:customs:"

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Declaration xmlns="urn:pierhead:profile:cargo-report:1" xmlns:t="urn:pierhead:profile:types:1">
  <FunctionCode>9</FunctionCode>
  <FunctionalReferenceID>LRN-0001</FunctionalReferenceID>
  <IssueDateTime>
    <t:DateTimeString formatCode="304">20250314093000Z</t:DateTimeString>
  </IssueDateTime>
  <Submitter>
    <Name>Example Lines</Name>
    <ID schemeID="172">XXEXL</ID>
  </Submitter>
  <Consignment>
    <TotalGrossMassMeasure unitCode="KGM">1200.5</TotalGrossMassMeasure>
    <ConsignmentItem>
      <SequenceNumeric>1</SequenceNumeric>
      <Commodity>
        <Description>PUMPS
AND PARTS</Description>
      </Commodity>
    </ConsignmentItem>
  </Consignment>
  <Consignment>
    <ConsignmentItem>
      <SequenceNumeric>1</SequenceNumeric>
    </ConsignmentItem>
    <ConsignmentItem>
      <SequenceNumeric>2</SequenceNumeric>
      <GoodsMeasure>
        <GrossMassMeasure unitCode="KGM">80</GrossMassMeasure>
      </GoodsMeasure>
    </ConsignmentItem>
  </Consignment>
</Declaration>
"""


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published samples is not beside this repository")
    return CORPUS


@pytest.fixture(scope="session")
def profile() -> Profile:
    return built_in()


@pytest.fixture(scope="session")
def adapter(profile: Profile) -> WcoAdapter:
    return WcoAdapter(profile)


@pytest.fixture(scope="session")
def schemas(profile: Profile) -> tuple[Schema, ...]:
    return tuple(compiled(profile, kind) for kind in profile.messages)


@pytest.fixture(scope="session")
def other_files(profile: Profile) -> MappingProxyType[str, bytes]:
    """An invented authority: its own namespaces, the MetaData envelope, one date format; made of files only."""
    files = {name: text.replace(OURS.encode(), THEIRS.encode()) for name, text in profile.files.items()}
    settings = files["profile.toml"].decode()
    settings = settings.replace('name = "pierhead"', 'name = "northsea"').replace(
        'style = "none"', 'style = "enveloped"'
    )
    settings = settings.replace('["102", "203", "204", "303", "304"]', '["102", "304"]')
    settings = settings.replace("accepts = []", f'accepts = ["{OURS}cargo-report:1"]', 1)
    return MappingProxyType({**files, "profile.toml": settings.encode()})


@pytest.fixture(scope="session")
def other(other_files: MappingProxyType[str, bytes]) -> Profile:
    return from_files(other_files)


@pytest.fixture
def report() -> str:
    return REPORT


@pytest.fixture
def read(adapter: WcoAdapter) -> Callable[[str | bytes], tuple[list[Message], Interchange, list[Finding]]]:
    """Return messages, interchange and all findings of a file."""

    def reading(content: str | bytes) -> tuple[list[Message], Interchange, list[Finding]]:
        data = content.encode() if isinstance(content, str) else content
        *messages, interchange = adapter.decode([data])
        assert isinstance(interchange, Interchange)
        assert all(isinstance(message, Message) for message in messages)
        found = [finding for part in (*messages, interchange) for finding in part.findings]
        return list(messages), interchange, found  # type: ignore[arg-type]

    return reading


@pytest.fixture
def chunks() -> Callable[[bytes, int], Iterator[bytes]]:
    def cut(content: bytes, size: int) -> Iterator[bytes]:
        return (content[start : start + size] for start in range(0, len(content), size))

    return cut
