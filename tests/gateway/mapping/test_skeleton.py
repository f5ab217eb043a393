from __future__ import annotations

import re

import pytest

from gateway import app
from gateway.errors import MappingError
from gateway.mapping.registry import Registry
from gateway.mapping.skeleton import UNCHOSEN, skeleton, undecided
from gateway.model.documents import DOCUMENTS
from gateway.model.stages import MessageType

ADAPTERS = app.adapters()
MESSAGES = ("BAPLIE", "BERMAN", "COPRAR", "CUSCAR", "CUSRES", "DESTIM", "IFTMIN", "MOVINS", "PAXLST", "WASDIS")


def structures(name: str) -> list[MessageType]:
    known = ADAPTERS["edifact"].versions(name)
    return [
        MessageType("edifact", name, version)
        for version in dict.fromkeys((known[0], known[len(known) // 2], known[-1]))
    ]


#: Every structure with one document, and every document with one structure.
PAIRS = [
    *((kind, "CargoReport") for name in MESSAGES for kind in structures(name)),
    *((structures("CUSCAR")[0], document) for document in DOCUMENTS if document != "CargoReport"),
]


@pytest.mark.parametrize(("kind", "document"), PAIRS, ids=str)
def test_a_skeleton_loads_once_its_document_is_chosen(kind: MessageType, document: str) -> None:
    text = skeleton(ADAPTERS["edifact"].grammar(kind)).replace(UNCHOSEN, document)
    checked = Registry({f"edifact/{kind.name.lower()}/new.yaml": text}, ADAPTERS).checked(kind)
    assert checked is not None


@pytest.mark.parametrize("name", ["cargo-report", "response"])
def test_an_xml_skeleton_loads_too(name: str) -> None:
    kind = MessageType("wco", name, "1")
    text = skeleton(ADAPTERS["wco"].grammar(kind), "CargoReport")
    assert Registry({f"wco/{name}/new.yaml": text}, ADAPTERS).checked(kind) is not None


def test_every_place_and_value_is_named() -> None:
    grammar = ADAPTERS["edifact"].grammar(MessageType("edifact", "CUSCAR", "D95B"))
    lines = skeleton(grammar).splitlines()
    places = [line for line in lines if re.match(r" +(# )?[A-Z]{3}\b.*:", line)]
    assert len(places) == len(grammar.places) - 3  # the root, UNH and UNT
    for value in ("3124*", "C213#2.7224", "2380"):
        assert any(re.match(rf" +# {re.escape(value)}: FIELD", line) for line in lines)


def test_an_optional_place_can_be_made_a_rule_by_taking_its_marks_off() -> None:
    grammar = ADAPTERS["edifact"].grammar(MessageType("edifact", "CUSCAR", "D95B"))
    text = skeleton(grammar, "CargoReport")
    text = text.replace("  # FTX each LIST:", "  FTX first:", 1).replace("    # 4451: =AAA", "    4451: =AAA", 1)
    checked = Registry({"edifact/cuscar/new.yaml": text}, ADAPTERS).checked(grammar.type)
    assert checked is not None
    assert any(rule.place.name == "FTX" for rule in checked.rules)


@pytest.mark.parametrize("name", ["CUSDEC", "CUSEXP", "TPFREP", "VERMAS"])
def test_a_skeleton_of_any_message_loads_or_says_what_is_to_be_decided(name: str) -> None:
    grammar = ADAPTERS["edifact"].grammar(structures(name)[-1])
    text = skeleton(grammar, "CargoReport")
    left = undecided(text, grammar, "new.yaml")
    assert all(re.match(r"new\.yaml:\d+:\d+: \w+ is mandatory in ", line) for line in left)
    named = {line.split(" ")[1] for line in left}
    assert named == set(re.findall(r"# (\w+) is mandatory and cannot be named", text))


def test_the_document_is_the_first_thing_to_decide() -> None:
    grammar = ADAPTERS["edifact"].grammar(MessageType("edifact", "CUSCAR", "D95B"))
    (line,) = undecided(skeleton(grammar), grammar, "new.yaml")
    assert line.startswith("new.yaml:4:11: choose its document: ")
    assert all(name in line for name in DOCUMENTS)


def test_a_segment_that_stands_twice_outside_groups_is_named_by_its_ordinal() -> None:
    grammar = ADAPTERS["edifact"].grammar(MessageType("edifact", "CUSDEC", "D96B"))
    lines = skeleton(grammar).splitlines()
    assert [line.split(":")[0].strip() for line in lines if "Section control" in line] == ["UNS#1", "UNS#2"]
    with pytest.raises(MappingError, match=r"UNS stands twice .*: write UNS#1 or UNS#2"):
        grammar.child(grammar.root, "UNS")
    with pytest.raises(MappingError, match=r"there is no UNS#3"):
        grammar.child(grammar.root, "UNS#3")
