"""Maps with one fault each: refused when loaded, at the file, line and column of the fault, with what to write instead.

`»` marks where the fault is to be found; it is not part of the map.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from workbench import standards

from gateway.errors import MappingError
from gateway.mapping.registry import Entry, Registry
from gateway.mapping.rules import CheckedMap
from gateway.model.stages import MessageType

EDIFACT_HEAD = """map: tried
document: CargoReport
message: CUSCAR D95B
tables:
  kinds: {1: one, 2|02: two}
parts:
  place: {3224: name}
  loop: {use: loop}
rules:
"""
WCO_HEAD = """map: tried
document: CargoReport
message: cargo-report 1
rules:
"""
BGM = "  BGM: {1004: reference}\n"
DECLARATION = "  Declaration:\n    FunctionCode: type\n"


def loaded(files: Mapping[str, str], name: str = "tried") -> CheckedMap:
    """The checked map of that name; raises `MappingError`."""
    registry = Registry(dict(files), standards().adapters)
    entry = registry.named(name)
    found = registry.checked(types(entry)[0])
    assert found is not None
    return found


def types(entry: Entry) -> list[MessageType]:
    return [MessageType(entry.standard, entry.message, version) for version in entry.versions]


def refused(files: Mapping[str, str], name: str = "tried") -> list[str]:
    """The faults for which a map is refused, one a line."""
    with pytest.raises(MappingError) as refusal:
        loaded(files, name)
    return str(refusal.value).splitlines()


def marked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the line and column where that stood."""
    before, _, after = text.partition("»")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


# name: (rules, words that the refusal holds)
EDIFACT = {
    "unknown segment": ("  »BMG: {1004: reference}\n", "there is no BMG under CUSCAR", "did you mean BGM?"),
    "unknown segment below": (
        BGM + "  EQD each equipment:\n    »SEAL each seals: {9308: number}\n",
        "did you mean SEL?",
    ),
    "unknown element": ("  BGM: {»1014: reference}\n", "there is no 1014 in BGM of CUSCAR D95B", "did you mean 1004?"),
    "unknown element in a selector": (BGM + "  »RFF[1155=AFB]: {1154: manifest_number}\n", "there is no 1155 in RFF"),
    "unknown field": ("  BGM: {1004: »referense}\n", "CargoReport has no field 'referense'; did you mean reference?"),
    "unknown field of a list": (BGM + "  EQD each equipment: {8053: kind, 8260: »numer}\n", "did you mean number?"),
    "unknown field of a part": (BGM + "  NAD[3035=MS] to sender: {3164: »adress.city}\n", "did you mean address?"),
    "unknown list": (BGM + "  »EQD each equipments: {8053: kind}\n", "did you mean equipment?"),
    "unknown table": (
        "  BGM: {1004: reference, 1225: »intent | code kindz}\n",
        "there is no table 'kindz'; did you mean kinds?",
    ),
    "unknown converter": ("  BGM: {1004: »reference | strr}\n", "there is no converter 'strr'; did you mean str?"),
    "unknown part": (
        BGM + "  TDT[8051=20] to voyage:\n    LOC[3227=5] to departure: {use: »plaice}\n",
        "there is no part 'plaice'; did you mean place?",
    ),
    "part that uses itself": (BGM + "  TDT[8051=20]:\n    LOC[3227=5]: {use: loop}\n", "part 'loop' uses itself"),
    "ambiguous locator": (
        BGM + "  CNI each consignments:\n    RFF[1153=BM]:\n      GID each items: {CST: {»7361: commodity | coded}}\n",
        "7361 stands in 5 elements of CST: write C246#1.7361",
    ),
    "repeated component": (BGM + "  NAD[3035=MS] to sender: {»3036: name}\n", "write 3036* for all or 3036.1"),
    "composite that is not there": (BGM + "  TDT[8051=20]: {»C220#2.8067: voyage.mode}\n", "has only 1 C220"),
    "component beyond the last": (BGM + "  NAD[3035=MS] to sender: {»3036.9: name}\n", "stands only 5 times"),
    "key given twice": ("  BGM: {1004: reference, »1004: type}\n", "key '1004' is given twice"),
    "same place and selector": (
        BGM + "  NAD[3035=MS] to sender: {3164: address.city}\n  »NAD[3035=MS] to carrier: {3164: address.city}\n",
        "the same place and selector as NAD[3035=MS] to sender (edifact/tried.yaml:11:3)",
    ),
    "selectors that overlap": (
        BGM + "  RFF[1153=AFB|AAZ]: {1154: manifest_number}\n  »RFF[1153=AAZ|ABO]: {1154: own_reference}\n",
        "a RFF may match this and RFF[1153=AFB|AAZ]",
    ),
    "selector that no record can pass": (
        BGM + "  »RFF[1153=AFB,1153=ABO]: {1154: manifest_number}\n",
        "1153 is tested twice: no RFF can pass",
    ),
    "each on a segment that stands once": ("  »BGM each equipment: {1004: number}\n", "use 'to'"),
    "each on a field that is no list": (BGM + "  »EQD each reference: {8053: type}\n", "'each' needs a list"),
    "to a field that is no part": (BGM + "  »NAD[3035=MS] to reference: {3164: city}\n", "'to' needs a part"),
    "a part as a value": ("  BGM: {1004: »sender}\n", "sender holds a part, not a single value"),
    "a list as a value": ("  BGM: {1004: »equipment}\n", "equipment holds a list, not a single value"),
    "a piece of a whole": (
        BGM + "  TDT[8051=20] to voyage: {8067: »means.value}\n",
        "there is nothing below voyage.means, which is a coded",
    ),
    "mandatory segment without a rule": (
        BGM + "  CNI each consignments:\n    »RFF[1153=BM]: {1154: transport_document.number}\n",
        "CNI/RFF/GID is mandatory in CUSCAR D95B",
    ),
    "mandatory element without a value": (BGM + "  »EQD each equipment: {8260: number}\n", "8053 is mandatory in EQD"),
    "mandatory component without a value": (
        BGM + "  EQD each equipment:\n    8053: kind\n    »MEA[6313=T]: {6311: =AAE, 6314: tare | measure}\n",
        "C174.6411 is mandatory in MEA",
    ),
    "alternatives that both fit": (
        BGM + "  TDT[8051=20]:\n    8213[1131=146]: voyage.vessel.imo\n    »8213[3055=11]: voyage.vessel.call_sign\n",
        "this and 8213[1131=146] may both fit",
    ),
    "fallback before its alternative": (
        BGM + "  TDT[8051=20]:\n    »8213: voyage.vessel.imo\n    8213[1131=103]: voyage.vessel.call_sign\n",
        "a fallback stands last: move it behind 8213[1131=103]",
    ),
    "repeating segment taken once": (
        BGM + "  »GIS: {7365: procedure | code kinds}\n",
        "GIS may stand 9 times: write 'each', a selector, or 'first'",
    ),
    "field with two places": ("  BGM: {1004: reference, »1000: reference}\n", "write =reference here"),
    "copy of nothing": (
        "  BGM: {1004: reference, »1000: =own_reference}\n",
        "copies own_reference, which no rule carries",
    ),
    "field outside a list, once for each entry": (
        BGM + "  CNI each consignments:\n    1004: »^own_reference\n",
        "'^' out of a repeating place would write ^own_reference once per entry",
    ),
    "climb above the document": ("  BGM: {1004: »^reference}\n", "'^' climbs above the document"),
    "stand-in with data": (BGM + "  »DTM[2005=137] otherwise: {2380: issued_at | moment 2379}\n", "constants only"),
    "fold of what is no text": (BGM + "  »FTX[4451=AAO] fold: {4453: own_reference}\n", "'fold' joins the lines"),
    "fold of two texts": (
        BGM + "  »FTX[4451=AAO] fold: {4440*: sender.name | text 70, 4441: own_reference}\n",
        "and holds nothing else",
    ),
    "converter of another type": (
        BGM + "  EQD each equipment: {8053: kind, 8260: »number | int}\n",
        "number is a line: its converter is str or code or text or ref",
    ),
    "no converter where one is needed": (
        BGM + "  CNT[6069=7]: {6066: »totals.gross}\n",
        "totals.gross is a measure: its converter is measure",
    ),
    "moment without its format": (BGM + "  DTM[2005=137]: {2380: »issued_at | moment}\n", "takes 1 locators, not 0"),
    "unknown preferred format": (
        BGM + "  DTM[2005=137]: {2380: »issued_at | moment 2379 202}\n",
        "the preferred format of a moment is one of 101, 201",
    ),
    "too many companions": (
        BGM + "  TDT[8051=20] to voyage: {8179: »means | coded 8178 8067 8028}\n",
        "'coded' takes 0 to 2 locators, not 3",
    ),
    "unknown companion": (BGM + "  CNT[6069=7]: {6066: »totals.gross | measure 6412}\n", "did you mean 6411?"),
    "width that is no number": (
        BGM + "  NAD[3035=MS] to sender: {3036*: »name | text wide}\n",
        "'text' takes the width of its lines",
    ),
    "reference to nothing": (
        BGM + "  CNI each consignments:\n    RFF[1153=BM]:\n"
        "      GID each items: {SGP each equipment: {8260: »equipment | ref equipment.numbr}}\n",
        "did you mean number?",
    ),
    "reference without a path": (
        BGM + "  CNI each consignments:\n    RFF[1153=BM]:\n"
        "      GID each items: {SGP each equipment: {8260: »equipment | ref}}\n",
        "'ref' takes the path of the key",
    ),
    "running number without a list": ("  BGM: {1004: »=#}\n", "'=#' counts entries: it needs an enclosing 'each'"),
    "rule key that cannot be read": (BGM + "  »EQD every equipment: {8053: kind}\n", "cannot read the rule key"),
    "condition that cannot be read": (BGM + "  »RFF[1153]: {1154: manifest_number}\n", "write LOCATOR=value|value"),
    "value that cannot be read": ("  BGM: {1004: »Reference No}\n", "cannot read the value"),
    "converter left out": ("  BGM: {1004: »reference |}\n", "a converter is missing after '|'"),
    "verb without a path": (BGM + "  »EQD each: {8053: kind}\n", "needs the path of a canonical field"),
    "verb that takes no path": (BGM + "  »DTM fold issued_at: {2380: issued_at}\n", "takes no path"),
    "key without each": (BGM + "  »NAD to sender by id rest: {3164: address.city}\n", "belongs to 'each'"),
    "segment with a text": ("  »BGM: reference\n", "its content must be a mapping"),
    "a list for rules": ("  »BGM: [reference]\n", "a list is not a rule"),
}

WCO = {
    "unknown class": (DECLARATION + "    »Submiter to sender: {Name: name}\n", "did you mean Submitter?"),
    "unknown leaf": (DECLARATION + "    »FunctionalReferenceId: reference\n", "did you mean FunctionalReferenceID?"),
    "unknown attribute": (
        DECLARATION + "    IssueDateTime/DateTimeString: »issued_at | moment @formatCod\n",
        "did you mean @formatCode?",
    ),
    "class with a text": (DECLARATION + "    »Submitter: reference\n", "Submitter of Declaration is a class"),
    "leaf with rules": (DECLARATION + "    »ID: {TypeCode: type_name}\n", "ID of Declaration is a value"),
    "leaf one level down": (DECLARATION + "    »IssueDateTime: issued_at | moment @formatCode\n", "DateTimeString"),
    "mandatory leaf without a value": ("  »Declaration: {ID: reference}\n", "FunctionCode is mandatory in Declaration"),
    "class of another level": ("  »UCR: {ID: reference}\n", "there is no class UCR"),
    "each on a class that stands once": (DECLARATION + "    »Agent each equipment: {ID: number}\n", "use 'to'"),
    "shared list without its key": (
        DECLARATION + "    »TransportEquipment each equipment by number rest: {FullnessCode: fullness}\n",
        "no value of this rule reads the key 'number'",
    ),
    "shared list by an unknown key": (
        DECLARATION + "    »TransportEquipment each equipment by numbr rest: {ID: number}\n",
        "did you mean number?",
    ),
    "rest of a shared list in front of another use": (
        DECLARATION + "    Consignment each consignments:\n"
        "      »TransportEquipment each /equipment by number rest: {ID: number}\n"
        "    TransportEquipment each equipment by number rest: {ID: number}\n",
        "it must stand behind every other use of its list",
    ),
    "shared list through an unknown path": (
        DECLARATION + "    Consignment each consignments:\n"
        "      »TransportEquipment each /equipment by number of items.equipments.equipment: {ID: number}\n",
        "did you mean equipment?",
    ),
    "shared list through what is no key": (
        DECLARATION + "    Consignment each consignments:\n"
        "      »TransportEquipment each /equipment by number of items.equipment.packages: {ID: number}\n",
        "items.equipment.packages is a integer, not a key",
    ),
    "shared list of an entry": (
        DECLARATION + "    Consignment each consignments:\n"
        "      »ConsignmentItem each items by sequence rest: {SequenceNumeric: sequence | int}\n",
        "a shared list belongs to the document",
    ),
    "fold of a class that stands once": (
        DECLARATION + "    »Agent fold: {Name: agent.name | text}\n",
        "does not repeat: 'fold' has nothing to join",
    ),
}

EVENT_HEAD = """map: tried
document: VesselEvent
message: itpco 3
tables:
  kinds: {port.ata.vessel: port arrival, port.atd.vessel: port departure}
  wrong: {»port.ata.vessel: port arival}
rules:
  CloudEvent:
    id/event: id
    id/certainty: certainty
    type: =type
    confidence: confidence | decimal
    detail: detail
    data:
      recordTime: recorded_at | timestamp
      eventTime: at | timestamp
      port: port.unlocode
      ship: {mmsi: vessel.mmsi}
"""
EVENT = {
    "name that the field never has": (
        "      eventType: type | code wrong\n",
        "type is never 'port arival'; did you mean port arrival?",
    ),
    "part that is no power of ten": (
        "      eventType: type | code kinds\n      context: {draught: »draught | decimal 12}\n",
        "'decimal' takes 10, 100 or 1000",
    ),
    "list in a place that holds one text": (
        "      eventType: type | code kinds\n      context: {draught: »evidence | texts}\n",
        "evidence holds a list, not a single value",
        "'texts' takes a place that holds several texts",
    ),
    "converter that a copy has not": (
        "      eventType: type | code kinds\n      portcallId: »=detail | text\n",
        "the converter of a copy is int or moment or measure or coded or code or iso or timestamp, or none",
    ),
    "copy through a table that is not there": (
        "      eventType: type | code kinds\n      portcallId: »=type | code kind\n",
        "there is no table 'kind'; did you mean kinds?",
    ),
}


@pytest.mark.parametrize("rules", EVENT.values(), ids=EVENT.keys())
def test_a_fault_against_an_event_is_refused_where_it_stands(rules: tuple[str, ...]) -> None:
    in_table = "»" not in rules[0]
    text, line, column = marked((EVENT_HEAD if in_table else EVENT_HEAD.replace("»", "")) + rules[0])
    faults = refused({"portcall/tried.yaml": text})
    assert all(any(words in fault for fault in faults) for words in rules[1:]), faults
    assert all(fault.startswith(f"portcall/tried.yaml:{line}:{column}: ") for fault in faults), faults


@pytest.mark.parametrize("rules", EDIFACT.values(), ids=EDIFACT.keys())
def test_a_fault_against_an_edifact_message_is_refused_where_it_stands(rules: tuple[str, ...]) -> None:
    standing_at_its_mark("edifact/tried.yaml", EDIFACT_HEAD, rules)


@pytest.mark.parametrize("rules", WCO.values(), ids=WCO.keys())
def test_a_fault_against_an_xml_message_is_refused_where_it_stands(rules: tuple[str, ...]) -> None:
    standing_at_its_mark("wco/tried.yaml", WCO_HEAD, rules)


def standing_at_its_mark(file: str, head: str, rules: tuple[str, ...]) -> None:
    text, line, column = marked(head + rules[0])
    faults = refused({file: text})
    if "»" in rules[0]:
        assert any(fault.startswith(f"{file}:{line}:{column}: ") for fault in faults), faults
    for words in rules[1:]:
        assert any(words in fault for fault in faults), faults
    assert len(faults) == 1, faults


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("»mapp: x\ndocument: CargoReport\nmessage: CUSCAR D95B\nrules: {}\n", "unknown key 'mapp'; did you mean map?"),
        ("map: tried\ndocument: »CargoReprt\nmessage: CUSCAR D95B\nrules: {}\n", "did you mean CargoReport?"),
        ("map: tried\ndocument: CargoReport\nmessage: »CUSKAR D95B\nrules: {}\n", "edifact has no message 'CUSKAR'"),
        ("map: tried\ndocument: CargoReport\nmessage: »CUSCAR D95Q\nrules: {}\n", "did you mean D95B?"),
        ("map: tried\ndocument: CargoReport\nmessage: »CUSCAR D03B..D96A\nrules: {}\n", "D96A is before D03B"),
        ("map: tried\ndocument: CargoReport\nmessage: »CUSCAR\nrules: {}\n", "NAME VERSION or NAME FIRST..LAST"),
        ("»map: tried\ndocument: CargoReport\nmessage: CUSCAR D95B\n", "the map has no 'rules'"),
        ("map: tried\nextends: »gone\nmessage: CUSCAR D95B\n", "there is no map file 'gone' here or above"),
        ("map: tried\ninclude: [»gone]\nmessage: CUSCAR D95B\n", "there is no map file 'gone' here or above"),
        ("»map: tried\nextends: tried\nmessage: CUSCAR D95B\n", "the map extends itself"),
        ("map: tried\ndocument: CargoReport\nmessage: CUSCAR D95B\nrules: »[a]\n", "'rules' is a mapping"),
    ],
)
def test_a_fault_in_the_head_of_a_file_is_refused_where_it_stands(head: str, words: str) -> None:
    text, line, column = marked(head)
    (fault,) = refused({"edifact/tried.yaml": text if text.startswith("map:") else f"{text}map: tried\n"})
    assert fault.startswith(f"edifact/tried.yaml:{line}:{column}: ")
    assert words in fault


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("{1: one, »3: one}", "table kinds is not one-to-one: 'one' is already '1'; for a synonym write 1|3"),
        ("{»1|2: one, 2: two}", "table kinds gives one code twice"),
    ],
)
def test_a_table_that_cannot_be_read_backwards_is_refused(table: str, words: str) -> None:
    head = "map: tried\ndocument: CargoReport\nmessage: CUSCAR D95B\n"
    text, line, column = marked(f"{head}tables:\n  kinds: {table}\nrules:\n{BGM}")
    (fault,) = refused({"edifact/tried.yaml": text})
    assert fault == f"edifact/tried.yaml:{line}:{column}: {words}"


BASE = {
    "edifact/base.yaml": "map: base\ndocument: CargoReport\nmessage: CUSCAR D95B\n"
    f"rules:\n{BGM}  RFF[1153=AFB]: {{1154: manifest_number}}\n"
}


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ("rules:\n  »RFF[1153=AAZ]: drop\n", "drop of 'RFF[1153=AAZ]' drops nothing; did you mean RFF[1153=AFB]?"),
        ("rules:\n  BGM: {»1000: drop}\n", "drop of '1000' drops nothing; did you mean 1004?"),
        ("rename: {»RFR: DOC}\n", "rename of 'RFR' renames nothing; did you mean RFF?"),
    ],
)
def test_an_overlay_that_changes_nothing_is_refused(overlay: str, words: str) -> None:
    text, line, column = marked(f"map: tried\nextends: base\nmessage: CUSCAR D96B\n{overlay}")
    (fault,) = refused({**BASE, "edifact/tried.yaml": text})
    assert fault == f"edifact/tried.yaml:{line}:{column}: {words}"


def test_a_part_that_does_not_fit_is_reported_at_the_part_and_at_its_use() -> None:
    rules = BGM + "  TDT[8051=20] to voyage:\n    8028: number\n    DTM[2005=132]: {use: place}\n"
    (fault,) = refused({"edifact/tried.yaml": EDIFACT_HEAD + rules})
    assert fault.startswith("edifact/tried.yaml:7:11: there is no 3224 in DTM")
    assert fault.endswith("(used at edifact/tried.yaml:13:26)")


def test_an_inherited_rule_is_checked_against_the_version_of_the_overlay() -> None:
    base = BASE["edifact/base.yaml"] + "  GIS first: {7365: procedure}\n"
    overlay = "map: tried\nextends: base\nmessage: CUSCAR D03B\n"
    (fault,) = refused({"edifact/base.yaml": base, "edifact/tried.yaml": overlay})
    assert re.match(r"edifact/base.yaml:7:3: there is no GIS under CUSCAR in CUSCAR D03B", fault)


def test_all_faults_of_a_file_are_reported_at_once() -> None:
    rules = (
        "  BGM: {1004: referense, 1225: intent | code kindz}\n"
        "  EQD each equipments: {8053: kind}\n"
        "  NAD[3035=MS] to sender: {3036: name}\n"
    )
    faults = refused({"edifact/tried.yaml": EDIFACT_HEAD + rules})
    assert [fault.split(": ")[0] for fault in faults] == [
        "edifact/tried.yaml:10:15",
        "edifact/tried.yaml:10:32",
        "edifact/tried.yaml:11:3",
        "edifact/tried.yaml:12:28",
    ]


def test_a_selector_value_outside_the_code_list_is_a_warning() -> None:
    rules = BGM + "  RFF[1153=Q7Q]: {1154: manifest_number}\n"
    assert loaded({"edifact/tried.yaml": EDIFACT_HEAD + rules}).warnings == [
        "edifact/tried.yaml:11:3: 'Q7Q' is not in the code list 1153 of CUSCAR D95B"
    ]
