"""Profiles over directories, from bytes to findings and CONTRL: those shipped, and those of a site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from adapters.edifact import EdifactAdapter
from adapters.edifact.checks.elements import Rules
from adapters.edifact.checks.specification import Library, built_in_library
from adapters.edifact.syntax.versions import SYNTAX_3
from gateway.errors import SettingsError
from gateway.model.conventions import Conventions
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.policy import Policy
from gateway.model.stages import Interchange, Message, MessageType

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "edifact"
SHIPPED = EdifactAdapter()
BARE = EdifactAdapter(Library(built_in_library().dictionary))

# invented data
BAPLIE = (
    "BGM++PLAN1+9'DTM+137:2503141230:201'TDT+20+511E+++LINE1:172:20+++ABCD1:103::INVENTED STAR'"
    "LOC+5+NLRTM:139:6+RWG:TER:306'LOC+61+DEHAM:139:6'DTM+133:2503141800:201'"
    "LOC+147+0210182::5'MEA+VGM++KGM:24350'TMP+2+-18:CEL'LOC+9+NLRTM:139:6'RFF+BM:1'EQD+CN+INVU1234565+45G1+++5'"
    "NAD+CA+LINE1:172:20'"
)
COARRI = (
    "BGM+44+REP1+9'TDT+20+511E+1'LOC+165+NLRTM:139:6+RWG:TER:ZZZ'NAD+CA+LINE1:172:20'"
    "EQD+CN+INVU1234565+45G1:102:5++3+5'LOC+11+NLRTM:139:6'MEA+AAE+VGM+KGM:24350'CNT+16:1'"
)
PAXLST = (
    "BGM+745'NAD+MS+++INVENTED AIR'TDT+20+XX123'LOC+125+AAA'DTM+189:2503131200:201'LOC+87+BBB'DTM+232:2503131500:201'"
    "NAD+FL+++INVENTED:PERSON'ATT+2++F'DTM+329:800101'RFF+AVF:ABC123'RFF+ABO:1'CNT+42:1'"
)
MANIFEST = "BGM+85+MAN1+9'DTM+137:20250314:102'TDT+20+511E+1'LOC+60+NLRTM:139:6'"


def whole(body: str, kind: str, syntax: str = "UNOA:2") -> bytes:
    count = body.count("'") + 2
    return f"UNB+{syntax}+A+B+250314:1230+R1'UNH+1+{kind}'{body}UNT+{count}+1'UNZ+1+R1'".encode()


def told(adapter: EdifactAdapter, content: bytes, *named: str) -> list[Finding]:
    parts = adapter.decode([content], Conventions(profiles=named))
    return [finding for part in parts for finding in part.findings]


def brief(found: Iterable[Finding]) -> list[tuple[Any, ...]]:
    return [(f.code, f.kind.value, f.severity.value, f.position.segment, f.position.tag, f.value) for f in found]


def own(text: str, file: str = "profiles/own.yaml") -> EdifactAdapter:
    return SHIPPED.with_site({file: f"profile: own\nabout: Invented.\nmessages:\n{text}".encode()})


def cuscar(statements: str, directory: str = "D95B") -> EdifactAdapter:
    return own(f"- message: CUSCAR {directory}\n  guide: Exampleport Manual\n  association: ['EXP*']\n{statements}")


def judged(statements: str, body: str = MANIFEST, directory: str = "D95B") -> list[tuple[Any, ...]]:
    found = told(cuscar(statements, directory), whole(body, f"CUSCAR:D:{directory[1:]}:UN:EXP1"))
    return brief(found)


# what is shipped


def test_a_stowage_plan_is_right_by_its_guide_and_not_by_its_directory_alone() -> None:
    content = whole(BAPLIE, "BAPLIE:D:95B:UN:SMDG22")
    assert brief(told(BARE, content)) == [
        ("12", "code-list", "error", 5, "LOC", "TER"),
        ("12", "code-list", "warning", 5, "LOC", "306"),
        ("12", "code-list", "error", 9, "MEA", "VGM"),
        ("40", "element", "error", 10, "TMP", "-18"),
    ]
    assert told(SHIPPED, content) == []


def test_the_verified_mass_is_of_the_guide_2_2_and_not_of_an_earlier_one() -> None:
    found = told(SHIPPED, whole(BAPLIE, "BAPLIE:D:95B:UN:SMDG20"))
    assert brief(found) == [("12", "code-list", "error", 9, "MEA", "VGM")]


@pytest.mark.parametrize("association", ["SMDG16", "ITG14"])
def test_a_discharge_report_may_use_the_old_codes(association: str) -> None:
    content = whole(COARRI, f"COARRI:D:95B:UN:{association}")
    assert [code[-1] for code in brief(told(BARE, content))] == ["44", "165", "TER", "VGM"]
    assert told(SHIPPED, content) == []


def test_a_discharge_report_states_the_number_of_containers() -> None:
    found = told(SHIPPED, whole(COARRI.replace("CNT+16", "CNT+11"), "COARRI:D:95B:UN:ITG14"))
    assert brief(found) == [("13", "profile", "error", 9, "CNT", "")]
    assert found[0].text == "CNT with 6069 = 16 is missing, by ITIGG COARRI (profile itigg)"
    assert found[0].remedy == "add CNT with 6069 = 16 after segment 9 (CNT)"


def test_a_message_without_the_code_is_judged_by_the_directory_until_the_agreement_says_otherwise() -> None:
    content = whole(COARRI, "COARRI:D:95B:UN")
    assert brief(told(SHIPPED, content)) == brief(told(BARE, content)) != []
    assert told(SHIPPED, content, "itigg") == []


@pytest.mark.parametrize("directory", ["02B", "05B", "12B", "16A"])
def test_a_passenger_list_may_lack_what_the_table_demands_and_repeat_what_it_does_not(directory: str) -> None:
    content = whole(PAXLST, f"PAXLST:D:{directory}:UN:IATA")
    by_directory = {
        "02B": [("13", "structure", "error", 4, "TDT", ""), ("35", "structure", "error", 13, "RFF", "RFF")],
        "05B": [("13", "structure", "error", 4, "TDT", ""), ("35", "structure", "error", 13, "RFF", "RFF")],
        "12B": [("13", "structure", "error", 4, "TDT", "")],
        "16A": [],
    }
    assert brief(told(BARE, content)) == by_directory[directory]
    assert told(SHIPPED, content) == []
    without = told(SHIPPED, content.replace(b"LOC+125", b"LOC+92").replace(b"LOC+87", b"LOC+92"))
    assert brief(without) == [("13", "profile", "error", 8, "DTM", "")]


def test_a_waste_notification_has_what_the_guide_demands() -> None:
    body = (
        "BGM+798+W1+9'DTM+137:202503141200:203'LOC+153+NLRTM:139:6'TDT+20+511E+1'DTM+136:202503130600:203'"
        "LOC+61+DEHAM:139:6'RFF+ATZ:1'NAD+MS+A:160:ZZZ'NAD+MR+B:160:ZZZ'NAD+CG+C:160:ZZZ'DGS+ZZZ+OIL'MEA+AAE+AAW+MTQ:4'"
    )
    content = whole(body, "WASDIS:D:03A:UN:PROT20")
    assert [f.code for f in told(BARE, content)] == ["36"]
    assert told(SHIPPED, content) == []
    less = content.replace(b"DTM+137:202503141200:203'", b"").replace(b"MEA+AAE+AAW+MTQ:4'", b"")
    found = told(SHIPPED, less.replace(b"UNT+14", b"UNT+12"))
    assert brief(found) == [("13", "profile", "error", 2, "BGM", ""), ("13", "profile", "error", 11, "DGS", "")]
    assert found[0].text == "DTM is missing after segment 2 (BGM), by PROTECT WASDIS 2 (profile protect)"


def test_the_profiles_are_part_of_the_package() -> None:
    folder = files("adapters.edifact.profiles")
    assert {entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml")} == {
        "itigg.yaml",
        "protect.yaml",
        "smdg.yaml",
        "wco-paxlst.yaml",
    }


# each statement, both ways


def test_a_code_may_be_added_taken_away_or_left_to_the_partner() -> None:
    unknown, absent = MANIFEST.replace("BGM+85", "BGM+XYZ"), MANIFEST.replace("BGM+85", "BGM+34")
    assert judged("") == []
    assert judged("", unknown) == [("12", "code-list", "error", 2, "BGM", "XYZ")]
    assert judged("  codes: {BGM.1001: also XYZ}\n", unknown) == []
    assert judged("  codes: {1001: also XYZ}\n", unknown) == []
    assert judged("  codes: {BGM.1001: any}\n", unknown) == []
    assert judged("  codes: {BGM.1001: only 85 XYZ}\n", unknown) == []
    assert judged("  codes: {BGM.1001: only 85}\n") == []
    # in the directory and not taken: 14; in neither: 12
    assert judged("  codes: {BGM.1001: only 85}\n", absent) == [("14", "code-list", "error", 2, "BGM", "34")]
    assert judged("  codes: {1001: only 85}\n", unknown) == [("12", "code-list", "error", 2, "BGM", "XYZ")]


def test_what_is_said_of_a_segment_lies_over_what_is_said_of_the_data_element() -> None:
    body = MANIFEST.replace("BGM+85", "BGM+833")
    assert judged("  codes: {1001: only 85, BGM.1001: only 833}\n", body) == []
    assert judged("  codes: {1001: only 833, BGM.1001: only 85}\n", body)[0][0] == "14"
    assert judged("  codes: {1001: only 85, BGM.1001: also 833}\n", body) == []


def test_a_list_of_the_partners_own_is_judged_by_a_profile_that_limits_it_only() -> None:
    body = MANIFEST.replace("LOC+60+NLRTM:139:6", "LOC+60+XYZ:ZZZ:ZZZ")
    assert judged("", body) == judged("  codes: {BGM.1001: only 85}\n", body)
    assert judged("  codes: {LOC.3225: only NLRTM}\n", body) == [
        *judged("", body),
        ("12", "code-list", "error", 5, "LOC", "XYZ"),
    ]


def test_codes_are_warnings_under_the_strictest_preset() -> None:
    found = told(cuscar("  codes: {BGM.1001: only 833}\n"), whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1"))
    assert [f.severity for f in Policy().judge_all(found)] == [Severity.WARNING]
    assert found[0].text == "'85' is not among the values of 1001 that profile own takes: 833"


def test_a_format_may_be_narrower_or_wider() -> None:
    long = MANIFEST.replace("MAN1", "M" * 36)
    assert judged("  values: {BGM.1004: an..4}\n") == []
    assert judged("  values: {BGM.1004: an..3}\n") == [("39", "profile", "error", 2, "BGM", "MAN1")]
    assert judged("  values: {BGM.1004: an5}\n") == [("40", "profile", "error", 2, "BGM", "MAN1")]
    assert judged("  values: {BGM.1004: n..4}\n") == [("37", "profile", "error", 2, "BGM", "MAN1")]
    assert judged("", long) == [("39", "element", "error", 2, "BGM", "M" * 36)]
    assert judged("  values: {BGM.1004: an..35}\n", long) == judged("", long)  # the directory's own fault
    assert judged("  values: {BGM.1004: an..36}\n", long) == []


def test_a_value_may_be_mandatory_or_no_longer() -> None:
    bare, without = MANIFEST.replace("BGM+85+MAN1+9", "BGM+85"), MANIFEST.replace("LOC+60+NLRTM:139:6", "LOC")
    assert judged("", bare) == []
    assert judged("  values: {BGM.1004: M}\n", bare) == [("13", "profile", "error", 2, "BGM", "")]
    assert judged("  values: {BGM.1004: M}\n") == []
    assert judged("", without) == [("13", "element", "error", 5, "LOC", "")]
    assert judged("  values: {LOC.3227: C}\n", without) == []


def test_a_value_named_alone_is_mandatory_in_the_segment_and_one_in_a_composite_where_that_stands() -> None:
    bare, half = MANIFEST.replace("+NLRTM:139:6", ""), MANIFEST.replace("+NLRTM:139:6", "+:139:6")
    for body, alone, inside in ((bare, "13", ""), (half, "13", "13"), (MANIFEST, "", "")):
        assert [f[0] for f in judged("  values: {LOC.3225: M}\n", body)] == [alone] * bool(alone)
        assert [f[0] for f in judged("  values: {LOC.C517.3225: M}\n", body)] == [inside] * bool(inside)
    assert [f[0] for f in judged("  values: {LOC.C517: M}\n", bare)] == ["13"]
    assert judged("  values: {LOC.C517: M}\n", half) == []


def test_a_place_may_be_mandatory_or_no_longer_and_stand_more_or_less_often() -> None:
    twice = MANIFEST.replace("LOC+60", "LOC+9+DEHAM'LOC+60")
    assert judged("  structure: {RFF: M}\n") == [("13", "profile", "error", 3, "DTM", "")]
    assert judged("  structure: {TDT/LOC: 1}\n") == []
    assert judged("  structure: {TDT/LOC: 1}\n", twice) == [("35", "profile", "error", 6, "LOC", "LOC")]
    assert judged("  structure: {BGM: C}\n", MANIFEST.replace("BGM+85+MAN1+9'", "")) == []
    assert judged("", MANIFEST.replace("BGM+85+MAN1+9'", "")) == [("13", "structure", "error", 1, "UNH", "")]
    assert judged("  structure: {BGM: 2}\n", "BGM+85+MAN0+9'" + MANIFEST) == []
    assert judged("", "BGM+85+MAN0+9'" + MANIFEST) == [("35", "structure", "error", 3, "BGM", "BGM")]


def test_places_keep_their_numbers_under_a_profile_so_that_maps_hold() -> None:
    content = whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1")
    adapter = cuscar("  structure: {RFF: M 99, TDT/LOC: 3}\n")
    places = [next(iter(one.decode([content]))).places for one in (SHIPPED, adapter)]
    assert list(places[0]) == list(places[1])
    assert adapter.grammar(next(iter(adapter.decode([content]))).type).places[1].name == "UNH"


def test_a_demand_says_which_guide_misses_what_where_and_what_to_add() -> None:
    adapter = cuscar("  require: ['TDT[8051=20,8028=*]/LOC[3227=9|11]']\n")
    assert judged("  require: ['TDT[8051=20]/LOC[3227=60]']\n") == []
    (found,) = told(adapter, whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1"))
    assert (found.code, found.kind, found.level) == ("13", Kind.PROFILE, "UCS")
    assert found.text == (
        "LOC with 3227 = 11 or 9 is missing in TDT with 8051 = 20 and a 8028 (segment 4), "
        "by Exampleport Manual (profile own)"
    )
    assert found.remedy == "add LOC with 3227 = 11 or 9 after segment 5 (LOC)"
    assert found.position.segment == 5
    assert whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1")[found.position.offset :].startswith(b"UNT")


def test_a_profile_holds_under_syntax_version_4_too() -> None:
    content = whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1", "UNOA:4").replace(b"250314:1230", b"20250314:1230")
    assert told(SHIPPED, content) == []
    found = told(cuscar("  values: {BGM.1004: an..3}\n  require: ['DTM[2005=132]']\n"), content)
    assert [(f.code, f.kind, f.position.segment) for f in found] == [
        ("39", Kind.PROFILE, 2),
        ("13", Kind.PROFILE, 3),
    ]


def test_the_later_of_two_profiles_lies_over_the_earlier_one() -> None:
    adapter = SHIPPED.with_site(
        {
            f"profiles/{name}.yaml": (
                f"profile: {name}\nabout: x\nmessages:\n- message: CUSCAR D95B\n  values: {{BGM.1004: an..{most}}}\n"
                f"  codes: {{BGM.1001: only {code}}}\n"
            ).encode()
            for name, most, code in (("narrow", 3, "833"), ("wide", 4, "85"))
        }
    )
    content = whole(MANIFEST, "CUSCAR:D:95B:UN")
    assert told(adapter, content) == []
    assert told(adapter, content, "narrow", "wide") == []
    assert [f.code for f in told(adapter, content, "wide", "narrow")] == ["14", "39"]


# a site's own


def test_a_sites_profile_takes_the_place_of_the_shipped_one_of_its_name() -> None:
    text = "profile: itigg\nabout: x\nmessages:\n- message: COARRI D95B\n  association: [ITG9]\n"
    adapter = SHIPPED.with_site({"profiles/itigg.yaml": text.encode()})
    names = [one.profile for one in adapter.overlays()]
    assert (names.count("itigg"), names[-1]) == (1, "itigg")
    content = whole(COARRI, "COARRI:D:95B:UN:ITG14")
    assert brief(told(adapter, content)) == brief(told(BARE, content))


@pytest.mark.parametrize(
    ("files_", "fault"),
    [
        ({"profiles/a.yml": b""}, "edifact/profiles/a.yml: there are only directories"),
        ({"notes.txt": b""}, "edifact/notes.txt: there are only"),
        ({"profiles/a.yaml": b"profile: ["}, "edifact/profiles/a.yaml:"),
        (
            {"profiles/a.yaml": b"profile: a\nabout: x\nmessages:\n- message: CUSCAR D95B\n  values: {BGM.1: M}\n"},
            ":5:12:",
        ),
        (
            {f"profiles/{n}.yaml": b"profile: a\nabout: x\nmessages:\n- message: CUSCAR D95B\n" for n in "ab"},
            "edifact/profiles/b.yaml: there is a profile a in edifact/profiles/a.yaml already",
        ),
    ],
)
def test_a_wrong_file_of_a_site_is_told_by_its_name(files_: dict[str, bytes], fault: str) -> None:
    with pytest.raises(SettingsError) as caught:
        SHIPPED.with_site(files_)
    assert fault in str(caught.value)


def test_a_site_without_files_has_what_is_shipped() -> None:
    assert SHIPPED.with_site({}) is SHIPPED


def test_contrl_refuses_a_message_that_a_profile_finds_wanting_behind_the_last_segment_before_the_gap() -> None:
    adapter = cuscar("  require: ['NAD[3035=MS]']\n  values: {BGM.1004: an..3}\n")
    parts = list(adapter.decode([whole(MANIFEST, "CUSCAR:D:95B:UN:EXP1")]))
    interchange = next(part for part in parts if isinstance(part, Interchange))
    findings = Policy().judge_all([finding for part in parts for finding in part.findings])
    content = adapter.acknowledge(interchange, findings, reference="C1", now=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    answer = next(part for part in adapter.decode([content]) if isinstance(part, Message))
    assert [record for record in answer.records if record[0] in ("UCM", "UCS", "UCD")] == [
        ["UCM", "1", "CUSCAR:D:95B:UN:EXP1", "4"],
        ["UCS", "2"],
        ["UCD", "39", "3"],
        ["UCS", "3", "13"],
    ]


def test_a_message_that_no_profile_lies_over_shares_one_specification_with_all_others_of_its_type() -> None:
    kinds = [MessageType("edifact", "CUSCAR", "D95B", "UN", code) for code in ("", "X", "EXP1")]
    found = {id(SHIPPED.library.specification(kind, Rules(SYNTAX_3), ("unknown",))) for kind in kinds}
    assert len(found) == 1
    specification = SHIPPED.library.specification(kinds[0], Rules(SYNTAX_3))
    assert specification.plain is specification
    assert specification.requirements == ()
    assert specification.segment("BGM") is SHIPPED.library.dictionary.segment("BGM", "D95B", service="3")


# the corpus


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize(
    ("file", "gone"),
    [
        (
            "BAPLIE/edifact__embedded_BAPLIE_ae107a.edi",
            [("12", "MEA", "VGM"), ("40", "TMP", "-18"), ("12", "LOC", "TER"), ("12", "LOC", "306")],
        ),
        ("BAPLIE/staedi__baplie-test.edi", []),
        ("MOVINS/AUTHORED__movins_d95b.edi", []),
        ("PAXLST/AUTHORED__paxlst_d16a.edi", []),
        ("COPRAR/AUTHORED__coprar_d00b.edi", [("12", "RFF", "XXX"), ("12", "LOC", "TER"), ("12", "MEA", "VGM")]),
        ("COREOR/AUTHORED__coreor_d00b.edi", [("12", "LOC", "TER")]),
    ],
)
def test_a_message_of_the_corpus_is_judged_better_by_its_profile(file: str, gone: list[tuple[str, str, str]]) -> None:
    content = (CORPUS / file).read_bytes()
    before, after = brief(told(BARE, content)), brief(told(SHIPPED, content))
    assert [(f[0], f[4], f[5]) for f in before if f not in after] == gone
    assert [f for f in after if f not in before] == []


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_a_loading_list_without_code_is_judged_better_when_the_agreement_names_the_profile() -> None:
    content = (CORPUS / "COPRAR" / "edifact-types__d95b_coprar.edi").read_bytes()
    kept = [f.code for f in told(SHIPPED, content, "smdg")]
    assert [f.code for f in told(SHIPPED, content)].count("12") == 4
    assert "12" not in kept
