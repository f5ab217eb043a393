"""A directory as the UN publishes it becomes facts: both layouts, archives in archives, every fault by its place."""

from __future__ import annotations

import contextlib
import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from un_bench import EARLY, LATER, early, later, zipped

from adapters.edifact.directories.un_files import Compilation, CompiledDirectory, archive, compile_directory, open_files
from gateway.errors import SettingsError

#: The segments of the invented message's first group, without the groups inside it.
FIRST_GROUP = EARLY["TRMD/EXAMPL_D.90A"].partition("─┐\n")[2].partition(" " * 60)[0]


def compiled(files: dict[str, bytes]) -> Compilation:
    return compile_directory(open_files(files.items()))


def refused(files: dict[str, bytes]) -> str:
    with pytest.raises(SettingsError) as told:
        compiled(files)
    return str(told.value)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


# what comes out


def test_the_early_layout_gives_the_structure_of_its_message() -> None:
    made = compiled(early())
    assert made.directory.name == "D90A"
    assert made.warnings == ()
    assert made.directory.facts["order"] == ["D90A"]
    assert made.directory.facts["messages"] == {
        "EXAMPL": [
            [
                0,
                0,
                [
                    ["UNH", "M", 1],
                    ["XAA", "M", 1],
                    ["XBB", "C", 9],
                    [1, "C", 99, [["XCC", "M", 1], ["XDD", "C", 9], [2, "M", 5, [["XEE", "M", 1], ["XBB", "C", 1]]]]],
                    [3, "C", 1, [["XDD", "M", 1]]],
                    ["UNT", "M", 1],
                ],
            ]
        ]
    }


def test_the_early_layout_gives_segments_composites_and_elements() -> None:
    facts = compiled(early()).directory.facts
    assert facts["segments"]["XAA"] == [
        [0, 0, ["Invented beginning", [["C901", "M", 1, "010"], ["9010", "C", 1, "020"]], []]]
    ]
    assert facts["segments"]["XBB"][0][2][:2] == [
        "Invented remark of two lines",
        [["9000", "M", 1, "010"], ["9000", "C", 1, "020"]],
    ]
    assert facts["segments"]["XDD"][0][2][1] == [["9010", "M", 1, "010"]]
    assert facts["composites"] == {
        "C901": [[0, 0, ["Invented name", [["9001", "C", "an..3"], ["9000", "C", "an..35"]]]]]
    }
    assert facts["elements"] == {
        "9000": [[0, 0, ["Name of the invented", "an..35"]]],
        "9001": [[0, 0, ["Name of the invented, coded", "an..3"]]],
        "9010": [[0, 0, ["Invented number", "n..6"]]],
        "9020": [[0, 0, ["Invented date", "n3"]]],
    }


def test_what_an_early_directory_marks_as_gone_is_left_out() -> None:
    assert sorted(compiled(early()).directory.facts["segments"]) == ["XAA", "XBB", "XCC", "XDD", "XEE"]


def test_the_early_layout_gives_right_aligned_and_left_aligned_codes() -> None:
    made = compiled(early()).directory
    assert made.codes == {"9001": [[0, 0, ["1", "22", "X", "XX", "ZZZ"]]]}
    assert made.texts["codes"]["9001"] == {
        "1": ["First", "The first of all."],
        "22": ["Second of a name that takes two lines", "The second, which has 1 digit more."],
        "X": ["Marked by nothing", "A value like a mark."],
        "XX": ["Marked for deletion", "Still there."],
        "ZZZ": ["Mutually defined", "As agreed."],
    }


def test_texts_are_kept_with_their_notes() -> None:
    texts = compiled(early()).directory.texts
    assert texts["messages"] == {"EXAMPL": ["Example message", "Says what an invented message is for.\nAnd again."]}
    assert texts["segments"]["XAA"] == "To begin with something."
    assert texts["segments"]["XBB"] == "To remark.\nNote: Not much."
    assert texts["composites"] == {"C901": "A name, or a code for it."}
    assert texts["elements"]["9001"] == "A code.\nNote: 1 of two."


def test_the_later_layout_gives_the_same_with_repeats_and_dependencies() -> None:
    made = compiled(later())
    assert made.warnings == ()
    facts = made.directory.facts
    assert facts["messages"]["EXAMPL"][0][2] == [
        ["UNH", "M", 1],
        ["XAA", "M", 1],
        [1, "C", 999, [["XCC", "M", 1], [2, "C", 5, [["XEE", "M", 1]]]]],
        ["UNT", "M", 1],
    ]
    beginning = ["Invented beginning", [["C901", "M", 5, "010"], ["9010", "C", 1, "020"]], [["D5", ["020", "010"]]]]
    assert facts["segments"]["XAA"] == [[0, 0, beginning]]
    assert facts["elements"]["9000"] == [[0, 0, ["Name of the invented, which is of two lines", "an..256"]]]
    assert "9010" in facts["elements"]  # a minus sign says by now that it will go
    assert facts["composites"]["C901"][0][2][1] == [["9001", "C", "an..3"], ["9000", "C", "an..256"]]


def test_the_later_layout_gives_left_aligned_codes_and_letters_beyond_ascii() -> None:
    made = compiled(later()).directory
    assert made.codes == {"9001": [[0, 0, ["1", "22", "XX", "ZZZ"]]]}
    assert made.texts["codes"]["9001"]["22"] == [
        "Second of a name that takes two lines",
        "The second.\nNote: 1. Not the last.",
    ]
    assert made.texts["codes"]["9001"]["ZZZ"][0] == "Señora Š's own"
    assert made.texts["messages"]["EXAMPL"][1] == "Says it is šated."


def test_files_in_utf_8_are_read_too() -> None:
    files = {name: text.replace("~\n", "-" * 70 + "\n").encode() for name, text in LATER.items()}
    assert compiled(files).directory == compiled(later()).directory


# archives and names


def test_archives_in_archives_give_the_same_as_the_files() -> None:
    files = later()
    expected = compiled(files).directory
    files["README.TXT"] = b"Read me."
    inner = {"edmd.zip": zipped({"EXAMPL_D.30B": files["EXAMPL_D.30B"]}), "__MACOSX/._edmd.zip": b"\0\5\x16\7"}
    rest = {f"d30b/{name}": content for name, content in files.items() if name != "EXAMPL_D.30B"}
    packed = compiled({"d30b.zip": zipped({"d30b.zip": zipped(inner)} | rest)})
    assert packed.directory == expected
    assert packed.left_aside == (
        "d30b.zip/d30b.zip/__MACOSX/._edmd.zip",
        "d30b.zip/d30b/IDSD.30B",
        "d30b.zip/d30b/README.TXT",
    )


def test_names_may_be_in_lower_case_and_need_not_tell_the_release() -> None:
    expected = compiled(early()).directory
    assert compiled({name.lower(): content for name, content in early().items()}).directory == expected
    plain = {name.replace(".90A", ".txt"): content for name, content in early().items()}
    assert compiled(plain).directory == expected


def test_the_same_file_may_come_twice() -> None:
    files = early()
    assert compiled(files | {"again.zip": zipped(files)}).directory == compiled(files).directory


def test_indexes_and_interactive_parts_are_left_aside() -> None:
    files = later() | {"EDMDI1.30B": b"1.   Indexes\r\n"}
    assert compiled(files).left_aside == ("IDSD.30B", "EDMDI1.30B")


def test_a_compiled_directory_is_packed_and_unpacked_byte_for_byte_the_same() -> None:
    made = compiled(early()).directory
    packed = made.pack()
    assert CompiledDirectory.unpack(packed) == made
    reordered = dict(reversed(early().items()))
    assert compiled(reordered).directory.pack() == packed


@pytest.mark.parametrize("packed", [b"", b"no xz", zipped({})], ids=["nothing", "text", "zip"])
def test_what_is_no_compiled_directory_is_refused_by_its_name(packed: bytes) -> None:
    with pytest.raises(SettingsError, match=r"^d90a\.json\.xz: no compiled directory"):
        CompiledDirectory.unpack(packed, "d90a.json.xz")


def test_a_compiled_directory_that_is_cut_short_is_refused() -> None:
    with pytest.raises(SettingsError, match="cut short"):
        CompiledDirectory.unpack(compiled(early()).directory.pack()[:-40], "d90a.json.xz")


# what is odd but not fatal


def test_bars_that_do_not_show_the_depth_are_a_warning() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("C   9           │\n", "C   9          ││\n")
    made = compiled(early({"TRMD/EXAMPL_D.90A": text}))
    assert list(map(str, made.warnings)) == [
        f"TRMD/EXAMPL_D.90A:{line_of(text, '0060   XDD')}: the bars '││' do not show the depth, which is 1"
    ]
    assert made.directory == compiled(early()).directory


def test_prose_that_lists_other_members_is_a_warning() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("2:  XEE-XBB", "2:  XEE")
    made = compiled(early({"TRMD/EXAMPL_D.90A": text}))
    assert list(map(str, made.warnings)) == [
        f"TRMD/EXAMPL_D.90A:{line_of(text, '2:  XEE')}: segment group 2 is XEE in the prose, XEE-XBB in the table"
    ]


def test_prose_about_a_group_that_the_table_has_not_is_a_warning() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("group 3:  XDD", "group 4:  XDD")
    (warning,) = compiled(early({"TRMD/EXAMPL_D.90A": text})).warnings
    assert warning.text == "the prose has segment group 4, the segment table has not"


def test_a_format_that_two_parts_state_differently_is_a_warning() -> None:
    text = EARLY["TRCD.90A"].replace("an..3\n", "an..4\n")
    made = compiled(early({"TRCD.90A": text}))
    assert [warning.text for warning in made.warnings] == [
        "9001 is an..4 in C901, but an..3 in TRED.90A:13",
        "XAA lists other components of C901 than TRCD.90A:6",
        "XCC lists other components of C901 than TRCD.90A:6",
    ]
    assert made.directory.facts["composites"]["C901"][0][2][1][0] == ["9001", "C", "an..4"]


def test_a_message_that_says_another_release_than_its_file_is_a_warning() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("Release      : 90A", "Release      : 89B")
    made = compiled(early({"TRMD/EXAMPL_D.90A": text}))
    assert made.directory.name == "D90A"
    assert [warning.text for warning in made.warnings] == ["the message says that it is of D89B, the file's name D90A"]


def test_a_value_that_is_listed_twice_is_a_warning_and_counts_as_it_stands_first() -> None:
    text = EARLY["UNCL-1.90A"].replace("X  XX  ", "X  22  ")
    made = compiled(early({"UNCL-1.90A": text}))
    assert list(map(str, made.warnings)) == [
        f"UNCL-1.90A:{line_of(text, 'X  22')}: value 22 of 9001 is listed a second time"
    ]
    assert made.directory.codes["9001"] == [[0, 0, ["1", "22", "X", "ZZZ"]]]
    assert made.directory.texts["codes"]["9001"]["22"][0] == "Second of a name that takes two lines"


# faults


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "said"),
    [
        ("EXAMPL", "0110   XDD", "0110   X", "0110   X ", "expected a segment or a group with M or C and a number"),
        ("EXAMPL", "C   99──", "  99──", "0040       ─", "expected a segment or a group with M or C and a number"),
        ("EXAMPL", "M   1───────────┘", "M   1──────────┴┘", "0110   XDD", "XDD closes 2 segment groups, but 1 are"),
        ("EXAMPL", "M   1───────────┘", "M   1           │", "0120   UNT", "expected UNT outside of every segment"),
        ("EXAMPL", "0090   XBB", "0090   XBB Cut\n\n0095   XBB", "\n0095   XBB", "expected a segment or a group with"),
        ("EXAMPL", "0100       ──", "           ──", "           ───── Segment group 3", "expected a segment or a"),
        ("EXAMPL", FIRST_GROUP, "", "0070 *     ─", "expected the trigger segment of segment group 1"),
        ("EXAMPL", "Segment group 3  ─", "Segment group 4  ─", "0100       ─", "expected segment group 3, not 4"),
        ("EXAMPL", "0030 + XBB Inv", "0030 + XQQ Inv", "0030 + XQQ", "has segment XQQ, which is in no EDSD or TRSD"),
        ("TRSD", "020 + 9010  ", "020 + 9011  ", "020 + 9011", "XAA has 9011, which is in no EDED or TRED"),
        ("TRSD", "C901  INVENTED", "C902  INVENTED", "010   C902", "XAA has C902, which is in no EDCD or TRCD"),
        ("TRSD", "C  n..6", "?  n..6", "020 + 9010", "expected M or C after the name of 9010"),
        ("TRSD", "010   9020", "      9020", "XEE    INV", "expected the elements of segment XEE"),
        ("TRSD", "      XEE    INV", "      Inv", "InvENTED", "expected a tag (BGM) and a name after the ruler"),
        ("TRCD", "C  an..3\n", "C\n", "010   9001", "expected the format of 9001 in C901, such as an..35"),
        ("TRCD", "020 + 9000", "020 + 9009", "020 + 9009", "C901 has 9009, which is in no EDED or TRED"),
        ("TRED", "Repr: n3", "Repr: x3", "9020  Inv", "expected the format of 9020 after 'Repr:', such as an..35"),
        ("TRED", "   9010  ", "   901   ", "901   Inv", "expected a number (1004) and a name after the ruler"),
    ],
)
def test_a_fault_is_told_with_file_and_line(file: str, old: str, new: str, at: str, said: str) -> None:
    name = next(name for name in EARLY if file in name)
    assert EARLY[name].count(old) >= 1
    text = EARLY[name].replace(old, new, 1)
    told = refused(early({name: text}))
    assert told.startswith(f"{name}:{line_of(text, at)}: ")
    assert said in told


def test_a_dependency_on_a_position_that_is_not_there_is_told() -> None:
    text = LATER["EDSD.30B"].replace("D5(020,010)", "D5(020,050)")
    assert refused(later({"EDSD.30B": text})) == (
        "EDSD.30B:8: the dependency note D5 of segment XAA names position 050, not in it"
    )


def test_a_table_that_is_cut_off_is_told_at_its_end() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].partition("0090   XBB")[0]
    told = refused(early({"TRMD/EXAMPL_D.90A": text}))
    assert told == (
        f"TRMD/EXAMPL_D.90A:{text.count(chr(10)) + 1}: the segment table ends without UNT; is the file cut off? "
        "(--without EXAMPL imports the rest)"
    )


def test_a_message_that_is_cut_off_before_its_table_is_told() -> None:
    text = EARLY["TRMD/EXAMPL_D.90A"].partition("4.3    Message structure\n\n4.3.1")[0]
    assert "the file ends before section 4.3.1, the segment table" in refused(early({"TRMD/EXAMPL_D.90A": text}))


def test_a_fault_of_one_message_says_how_to_do_without_it() -> None:
    broken = EARLY["TRMD/EXAMPL_D.90A"].replace("EXAMPL", "BROKEN").replace("0120   UNT", "0120   U")
    files = early({"TRMD/BROKEN_D.90A": broken})
    assert refused(files).endswith("(--without BROKEN imports the rest)")
    assert compile_directory(open_files(files.items()), ["BROKEN"]).directory == compiled(early()).directory


def test_groups_are_not_nested_without_end() -> None:
    opened = "".join(
        f"0040       ───── Segment group {n} ── C   9\n0050   XCC Invented thing            M   1\n"
        for n in range(1, 60)
    )
    text = EARLY["TRMD/EXAMPL_D.90A"].replace("0040       ─", f"{opened}0040       ─")
    assert "segment group 41 is more than 40 groups deep" in refused(early({"TRMD/EXAMPL_D.90A": text}))


def test_two_directories_in_one_import_are_told() -> None:
    assert refused({"a.zip": zipped(early()), "b.zip": zipped(later())}) == (
        "b.zip/EXAMPL_D.30B:1: is of D30B, but a.zip/TRMD/EXAMPL_D.90A is of D90A: hand in one directory at a time"
    )


def test_two_versions_of_one_definition_are_told_with_both_places() -> None:
    other = early({"TRED.90A": EARLY["TRED.90A"].replace("an..35", "an..70")})["TRED.90A"]
    assert refused(early() | {"other/TRED.90A": other}) == (
        "other/TRED.90A:6: 9000 is defined otherwise in TRED.90A:6: hand in one directory only"
    )


def test_a_part_that_is_missing_is_named() -> None:
    files = early()
    del files["TRED.90A"], files["UNCL-1.90A"], files["UNCL-2.90A"]
    assert refused(files) == (
        "no elements (EDED or TRED), no codes (UNCL) among 3 files: "
        "hand in every file of the directory, or the UN's zip"
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n\0\1", b"UNB+UNOC:3+A+B'", b"2.   Service code list\n"])
def test_a_file_that_is_no_part_of_a_directory_is_told(content: bytes) -> None:
    assert refused(early() | {"picture.png": content}).startswith("picture.png: no part of a UN/EDIFACT directory; ")


def test_nothing_but_other_files_is_told() -> None:
    assert refused({"a.zip": zipped({"README.TXT": b"Read me."})}).startswith("none of 0 files says which directory")


def test_a_line_without_end_is_told() -> None:
    text = EARLY["TRED.90A"].replace("Desc: A number.", "Desc: " + "A" * 1000)
    assert refused(early({"TRED.90A": text})) == (
        "TRED.90A:25: a line of 1,009 characters; a directory's have at most 200"
    )


# hostile archives


def test_an_archive_that_unpacks_to_too_much_is_told() -> None:
    bomb = zipped({"EDSD.90A": b" " * (archive.MOST_BYTES + 1)})
    assert len(bomb) < 100_000
    assert refused({"bomb.zip": bomb}) == "bomb.zip/EDSD.90A: more than 64 MB unpacked; a directory has some 15 MB"


def test_many_members_that_unpack_to_too_much_together_are_told() -> None:
    bomb = zipped({f"{n}.bin": b"\0" * 2**20 for n in range(65)})
    assert refused({"bomb.zip": bomb}) == "bomb.zip/64.bin: more than 64 MB unpacked; a directory has some 15 MB"


def test_archives_without_end_are_told() -> None:
    packed = b"2."
    for _ in range(archive.DEEPEST + 1):
        packed = zipped({"in.zip": packed})
    assert refused({"deep.zip": packed}).endswith("archives more than 4 deep; the UN's are two deep")


def test_too_many_members_are_told() -> None:
    packed = zipped({f"{n}.txt": b"" for n in range(archive.MOST_FILES + 1)})
    assert refused({"many.zip": packed}) == "many.zip/5000.txt: more than 5,000 files; a directory has some hundreds"


def test_a_large_archive_is_told_before_it_is_read() -> None:
    assert "an archive of more than 32 MB" in refused({"a.zip": b"PK\3\4" + bytes(archive.MOST_PACKED)})


def test_a_damaged_archive_is_told() -> None:
    packed = bytearray(zipped(early()))
    assert refused({"a.zip": bytes(packed[:-30])}).startswith("a.zip: a damaged zip file (")
    packed[60] ^= 0xFF
    assert refused({"a.zip": bytes(packed)}).startswith("a.zip/TRMD/EXAMPL_D.90A: cannot be unpacked (")


def test_an_archive_with_a_password_is_told() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("EDSD.90A", b"2.")
    content = bytearray(packed.getvalue())
    for signature, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(signature) + flags] |= 1
    assert refused({"a.zip": bytes(content)}) == (
        "a.zip/EDSD.90A: protected by a password; unpack it yourself and hand in its files"
    )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_compile_or_are_refused_and_never_fail_otherwise(data: st.DataObject) -> None:
    files = data.draw(st.sampled_from((early(), later())))
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name])
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 200))
    content[start : start + length] = data.draw(
        st.binary(max_size=40) | st.text("┐│┴┘─+|-XC0\n ", max_size=40).map(lambda t: t.encode("cp437"))
    )
    files[name] = bytes(content)
    whole = {"d.zip": zipped(files)} if data.draw(st.booleans()) else files
    with contextlib.suppress(SettingsError):
        made = compiled(whole)
        assert CompiledDirectory.unpack(made.directory.pack()) == made.directory


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_damaged_archives_compile_or_are_refused_and_never_fail_otherwise(place: float, value: int, cut: int) -> None:
    content = bytearray(zipped({"in.zip": zipped(early())}))
    content[int(place * (len(content) - 1))] = value
    with contextlib.suppress(SettingsError):
        assert compiled({"d.zip": bytes(content[: len(content) - cut])}).directory == compiled(early()).directory
