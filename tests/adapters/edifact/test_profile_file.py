"""The language of profiles: what each statement is read as, and each fault with its place and what was meant."""

from __future__ import annotations

import pathlib
from dataclasses import replace

import pytest

from adapters.edifact.checks.specification import Library, built_in_library
from adapters.edifact.directories.definitions import Format
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.profiles.file import built_in, read_profile
from adapters.edifact.profiles.profile import ANY, Codes, Condition, Occurs, Overlay, Path, Profile, Step, Use, over
from gateway.errors import SettingsError
from gateway.model.stages import MessageType

ORDER = shipped().directories()
HEAD = "profile: exampleport\nabout: What Exampleport asks.\nmessages:\n"
CUSCAR = HEAD + "- message: CUSCAR D95B..D96A\n"


def read(text: str) -> Profile:
    return read_profile(text.encode(), "edifact/profiles/own.yaml", ORDER)


def only(text: str) -> Overlay:
    (overlay,) = read(text).overlays
    return overlay


def checked(text: str) -> None:
    Library(shipped(), [read(text)]).check()


def test_a_message_names_a_run_of_directories_both_ends_included() -> None:
    assert only(CUSCAR).directories == {"D95B", "D96A"}
    assert only(HEAD + "- message: CUSCAR D95B\n").directories == {"D95B"}
    assert (only(CUSCAR).profile, only(CUSCAR).message) == ("exampleport", "CUSCAR")


def test_every_statement_is_read_and_shown_as_it_was_written() -> None:
    lines = (
        "structure NAD: M",
        "structure RFF: C 9",
        "structure CNI/RFF: 99",
        "values BGM.1004: M an..17",
        "values NAD.C082: C",
        "values NAD.C082.3039: an4",
        "codes BGM.1001: only 833 85",
        "codes 3055: also EXP",
        "codes FTX.4451: any",
        "require NAD[3035=MS]",
        "require TDT[8051=20,8028=*]/LOC#0[3227=11|9]",
    )
    sections: dict[str, list[str]] = {}
    for line in lines:
        section, _, statement = line.partition(" ")
        sections.setdefault(section, []).append(f"  - {statement}" if section == "require" else f"    {statement}")
    overlay = only(CUSCAR + "".join(f"  {name}:\n" + "\n".join(of) + "\n" for name, of in sections.items()))
    assert overlay.changes == lines
    assert overlay.structure[Path((Step("CNI"), Step("RFF")))] == Occurs(repeat=99)
    assert overlay.uses["BGM.1004"] == Use(mandatory=True, format=Format("an", 1, 17))
    assert overlay.codes["BGM.1001"] == Codes(frozenset(("85", "833")), only=True, profile="exampleport")
    assert overlay.codes["FTX.4451"].values is None
    step = Step("TDT", None, (Condition("8051", frozenset(("20",))), Condition("8028", frozenset((ANY,)))))
    assert overlay.required[1].steps == (step, Step("LOC", 0, (Condition("3227", frozenset(("9", "11"))),)))


def test_where_a_list_is_asked_for_a_single_text_will_do() -> None:
    assert only(CUSCAR + "  association: EXP1*\n").associations == ("EXP1*",)
    assert [str(path) for path in only(CUSCAR + "  require: NAD[3035=MS]\n").required] == ["NAD[3035=MS]"]


FAULTS = {
    "no profile": ("about: x\n", ":1:1: profile is missing"),
    "name": (HEAD.replace("exampleport", "Example Port"), ":1:10: 'Example Port' is not a profile's name"),
    "no about": ("profile: x\nmessages:\n- message: CUSCAR D95B\n", ":1:1: about is missing"),
    "no messages": ("profile: x\nabout: y\n", ":1:1: a profile needs a list of messages"),
    "key": (HEAD.replace("messages", "mesages"), ":3:1: a profile has no key 'mesages'; did you mean messages?"),
    "a text for a message": (HEAD + "- CUSCAR D95B\n", ":4:3: a message of a profile is a mapping"),
    "key of a message": (
        CUSCAR + "  value: {}\n",
        ":5:3: a message of a profile has no key 'value'; did you mean values?",
    ),
    "message": (HEAD + "- message: CUSCAR\n", ":4:12: 'CUSCAR' is no message: write it like CUSCAR D95B..D24A"),
    "directory": (HEAD + "- message: CUSCAR D95B..D96C\n", ":4:12: there is no directory D96C; did you mean D96"),
    "backwards": (HEAD + "- message: CUSCAR D96A..D95B\n", ":4:12: D96A..D95B runs backwards: write D95B..D96A"),
    "association": (CUSCAR + "  association: {EXP1: x}\n", ":5:16: association is a list"),
    "structure": (CUSCAR + "  structure: [NAD]\n", ":5:14: structure is a mapping"),
    "status": (CUSCAR + "  structure: {NAD: R}\n", ":5:20: 'R' is no status: write M, C, M 99 or 99"),
    "no status": (CUSCAR + "  structure: {NAD: ''}\n", ":5:20: '' is no status"),
    "repeat 0": (CUSCAR + "  structure: {NAD: M 0}\n", ":5:20: 'M 0' is no status"),
    "place": (CUSCAR + "  structure: {NA: M}\n", ":5:15: 'NA' is no place: write it like TDT[8051=20] or NAD#4"),
    "conditions": (CUSCAR + "  structure:\n    NAD[3035=MS]: M\n", ":6:5: a place of the structure has no conditions"),
    "value": (CUSCAR + "  values: {1004: M}\n", ":5:12: '1004' is not a value: write it like BGM.1004"),
    "use": (CUSCAR + "  values: {BGM.1004: R}\n", ":5:22: 'R' is no representation: write it like an..35"),
    "no use": (CUSCAR + "  values: {BGM.1004: ''}\n", ":5:22: say how the value is used"),
    "two formats": (CUSCAR + "  values: {BGM.1004: an..3 an..4}\n", ":5:22: say how the value is used"),
    "codes of": (CUSCAR + "  codes: {BGM: also 1}\n", ":5:11: 'BGM' is not a data element: write it like 1001"),
    "codes": (CUSCAR + "  codes: {BGM.1001: 85}\n", ":5:21: say which codes: 'also 34 36', 'only 85 833' or 'any'"),
    "no codes": (CUSCAR + "  codes: {BGM.1001: only}\n", ":5:21: say which codes"),
    "any of some": (CUSCAR + "  codes: {BGM.1001: any 85}\n", ":5:21: say which codes"),
    "a list of codes": (CUSCAR + "  codes: {BGM.1001: [85]}\n", ":5:21: BGM.1001 has a text here"),
    "condition": (CUSCAR + "  require:\n  - TDT[8051]\n", ":6:5: '8051' is no condition: write it like 8051=20"),
    "twice": (CUSCAR + "  values: {}\n  values: {}\n", ":6:3: key 'values' is given twice"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_file_is_told_with_its_place(name: str) -> None:
    text, told = FAULTS[name]
    with pytest.raises(SettingsError) as caught:
        read(text)
    assert f"edifact/profiles/own.yaml{told}" in str(caught.value)


MISFITS = {
    "message": (HEAD + "- message: VERMAS D95B\n", ":4:12: there is no VERMAS in D95B"),
    "near message": (HEAD + "- message: CUSCAT D95B\n", ":4:12: there is no CUSCAT in D95B; did you mean CUSCAR?"),
    "place": (
        CUSCAR + "  structure: {CNI/RFX: M}\n",
        ":5:15: there is no RFX in CNI of CUSCAR D95B; did you mean RFF?",
    ),
    "place demanded": (CUSCAR + "  require:\n  - TDX\n", ":6:5: there is no TDX in CUSCAR D95B; did you mean TDT?"),
    "group": (
        HEAD + "- message: PAXLST D02B\n  structure: {NAD#3/RFF: 9}\n",
        ":5:15: there is no NAD in PAXLST D02B as NAD#3: write NAD#1 or NAD#4",
    ),
    "two places": (
        HEAD + "- message: PAXLST D02B\n  require:\n  - NAD\n",
        ":6:5: NAD stands more than once in PAXLST D02B: write NAD#1 or NAD#4",
    ),
    "later directory": (
        HEAD + "- message: PAXLST D02B..D13B\n  require:\n  - LOC\n",
        ":6:5: there is no LOC in PAXLST D02B",
    ),
    "number": (CUSCAR + "  require:\n  - TDT[8052=20]\n", ":6:5: there is no 8052 in TDT; did you mean 8"),
    "number twice": (
        CUSCAR + "  require:\n  - TDT[1131=172]\n",
        ":6:5: 1131 stands more than once in TDT: write C040.1131 or C222.1131",
    ),
    "segment": (CUSCAR + "  values: {BGN.1004: M}\n", ":5:12: there is no BGN in CUSCAR D95B; did you mean BGM?"),
    "value": (CUSCAR + "  values: {BGM.1005: M}\n", ":5:12: there is no 1005 in BGM of CUSCAR D95B; did you mean 100"),
    "value twice": (
        CUSCAR + "  values: {TDT.1131: M}\n",
        ":5:12: 1131 stands more than once in TDT: write TDT.C040.1131 or TDT.C222.1131",
    ),
    "format of a composite": (CUSCAR + "  values: {NAD.C082: an..3}\n", ":5:12: C082 is a composite"),
    "codes": (CUSCAR + "  codes: {BGM.1005: only 1}\n", ":5:11: there is no 1005 in BGM of CUSCAR D95B"),
    "codes anywhere": (CUSCAR + "  codes: {9999: only 1}\n", ":5:11: there is no 9999 in CUSCAR D95B"),
    "no list": (CUSCAR + "  codes: {BGM.1004: also 1}\n", ":5:11: 1004 has no code list here: any value is taken"),
    "list elsewhere": (CUSCAR + "  codes: {3207: also XK}\n", ":5:11: 3207 has no code list here"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_word_that_a_directory_does_not_have_is_told_with_its_place(name: str) -> None:
    text, told = MISFITS[name]
    with pytest.raises(SettingsError) as caught:
        checked(text)
    assert f"edifact/profiles/own.yaml{told}" in str(caught.value)


def test_a_word_is_looked_up_in_every_directory_of_the_run() -> None:
    checked(HEAD + "- message: CUSCAR D95B..D02A\n  values: {TDT.C228: M}\n")
    with pytest.raises(SettingsError, match="there is no C228 in TDT of CUSCAR D02B"):
        checked(HEAD + "- message: CUSCAR D95B..D24A\n  values: {TDT.C228: M}\n")


@pytest.mark.parametrize("profile", built_in(ORDER), ids=lambda one: one.name)
def test_a_shipped_profile_fits_every_directory_it_lies_over(profile: Profile) -> None:
    Library(shipped(), [profile]).check()
    for overlay in profile.overlays:
        assert overlay.associations, "a shipped profile is named by the message itself"
        assert overlay.changes
        assert overlay.guide


def test_the_four_profiles_are_shipped() -> None:
    assert [profile.name for profile in built_in_library().profiles] == ["itigg", "protect", "smdg", "wco-paxlst"]


def test_of_the_shipped_profiles_one_overlay_at_most_lies_over_a_message() -> None:
    profiles = built_in(ORDER)
    for association in ("SMDG15", "SMDG20", "SMDG21", "SMDG22", "SMDG31", "ITG14", "PROT20", "IATA"):
        for name in shipped().messages():
            for directory in ORDER:
                kind = MessageType("edifact", name, directory, "UN", association)
                assert len(over(profiles, kind, ())) <= 1, kind


KIND = MessageType("edifact", "CUSCAR", "D95B", "UN")
ONE = Overlay("a", "CUSCAR", frozenset(("D95B",)), associations=("EXP1*",))
OTHER = replace(ONE, associations=("EXP2?", "LOT10"))
OPEN = replace(ONE, profile="b", associations=())


@pytest.mark.parametrize(
    ("association", "named", "expected"),
    [
        ("", (), []),
        ("EXP12", (), [ONE]),
        ("EXP2", (), []),
        ("EXP21", (), [OTHER]),
        ("LOT10", (), [OTHER]),
        ("XEXP1", (), []),
        ("", ("b",), [OPEN]),
        ("ANY", ("b",), [OPEN]),
        ("", ("a",), [ONE, OTHER]),
        ("WRONG", ("a",), [ONE, OTHER]),
        ("EXP12", ("a",), [ONE]),
        ("EXP12", ("b",), [ONE, OPEN]),
        ("EXP12", ("b", "a"), [OPEN, ONE]),
        ("EXP12", ("unknown",), [ONE]),
    ],
)
def test_a_message_names_its_profile_by_association_and_an_agreement_by_name(
    association: str, named: tuple[str, ...], expected: list[Overlay]
) -> None:
    profiles = [Profile("a", "", (ONE, OTHER)), Profile("b", "", (OPEN,))]
    assert list(over(profiles, replace(KIND, association=association), named)) == expected
    assert over(profiles, replace(KIND, association=association, version="D96A"), named) == ()
    assert over(profiles, replace(KIND, association=association, name="CUSREP"), named) == ()


def test_the_profile_of_the_page_fits_and_says_what_the_page_shows() -> None:
    page = (pathlib.Path(__file__).resolve().parents[3] / "docs" / "reference" / "profiles.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    checked(example)
    assert len(only(example).changes) == 9
    wrong = example.replace("BGM.1004", "BGM.1005")
    with pytest.raises(SettingsError, match=r"did you mean 1004\?") as caught:
        Library(shipped(), [read_profile(wrong.encode(), "edifact/profiles/exampleport.yaml", ORDER)]).check()
    assert str(caught.value) in page
