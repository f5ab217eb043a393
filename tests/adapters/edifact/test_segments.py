"""Segments in, segments out: the same tree canonically, the same bytes exactly."""

from __future__ import annotations

import dataclasses
import io
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydifact.parser import Parser

from adapters.edifact import Segment, parse, segment, validate, write
from adapters.edifact.pydifact_segments import from_pydifact, to_pydifact
from gateway.errors import EncodeError
from gateway.model.conventions import Conventions

REPOSITORY = Path(__file__).resolve().parents[3]
CORPUS = REPOSITORY.parent / "shared" / "corpus" / "edifact"
#: A letter as separator cannot be written: its UNA is the fault.
UNWRITABLE = frozenset(("e41_una_letter_as_separator.edi",))

SERVICE = ":+?'*"
CHARSETS = {"UNOA": "ABC 0.,-()/=", "UNOC": "abc é£ÿ~|^", "UNOE": "Журнал", "UNOY": "漢字é€ß", "UNOW": "漢€"}
TAGS = st.sampled_from(["FTX", "NAD", "LOC", "SRC", "AB1"])


def values(code: str) -> st.SearchStrategy[str]:
    text = st.text(CHARSETS[code] + SERVICE + '"\x1d|~^', max_size=12)
    return text.map(str.strip)


def elements(code: str, occurrences: int) -> st.SearchStrategy[list[list[list[str]]]]:
    return st.lists(
        st.lists(st.lists(values(code), max_size=4), max_size=occurrences),
        max_size=5,
    )


@st.composite
def interchanges(draw: st.DrawFn) -> list[Segment]:
    """A whole interchange: any separators that UNA can name, any charset, version 3 or 4, any values."""
    code = draw(st.sampled_from(sorted(CHARSETS)))
    version = draw(st.sampled_from("34"))
    una = draw(st.none() | st.permutations(list(":+?'*~^|#")).map("".join))
    head = []
    repeats = version == "4"
    if una is not None:
        component, element, release, repetition, terminator = una[:5]
        mark = draw(st.sampled_from(".,"))
        fifth = repetition if repeats else " "
        head = [segment("UNA", component + element + mark + release + fifth + terminator)]
    made = draw(st.lists(st.tuples(TAGS, elements(code, 3 if repeats else 1)), max_size=6))
    body = [rebuilt(tag, parts) for tag, parts in made]
    return [
        *head,
        segment("UNB", (code, version), "EXA", "EXB", ("261125", "1200"), "R1"),
        segment("UNH", "1", ("CUSCAR", "D", "95B", "UN")),
        *body,
        segment("UNT", str(len(body) + 2), "1"),
        segment("UNZ", "1", "R1"),
    ]


def rebuilt(tag: str, parts: list[list[list[str]]]) -> Segment:
    def cut(items: list) -> tuple:
        while items and not items[-1]:
            items = items[:-1]
        return tuple(items)

    return Segment(tag, cut([cut([cut(components) for components in occurrences]) for occurrences in parts]))


@given(interchanges(), st.sampled_from(["", "\n", "\r\n"]), st.integers(1, 40))
def test_what_is_written_is_read_again_as_it_was(tree: list[Segment], newline: str, size: int) -> None:
    content = write(tree, newline=newline)
    assert list(parse(content)) == tree
    assert list(parse(content[at : at + size] for at in range(0, len(content), size))) == tree


@given(st.binary(max_size=200) | st.text("UNABHTZOGE+:'?* \r\n1", max_size=120).map(str.encode))
def test_any_bytes_come_back_exactly(content: bytes) -> None:
    assert write(parse(content), exact=True) == content


@given(st.text("?+:'A", max_size=60))
def test_runs_of_release_characters_survive(text: str) -> None:
    tree = [
        segment("UNH", "1", ("APERAK", "D", "96A", "UN")),
        segment("FTX", "AAO", "", "", text),
        segment("UNT", "3", "1"),
    ]
    assert list(parse(write(tree))) == [tree[0], rebuilt("FTX", [[["AAO"]], [], [], [[text]]]), tree[2]]


def files() -> list[Path]:
    found = [*(REPOSITORY / "samples" / "edifact").rglob("*.edi")]
    if CORPUS.is_dir():
        found += [path for path in CORPUS.rglob("*") if path.is_file() and path.suffix != ".tsv"]
    return sorted(found)


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_comes_back_byte_exact_and_canonically_as_the_same_tree(path: Path) -> None:
    content = path.read_bytes()
    tree = list(parse(content[at : at + 1000] for at in range(0, len(content), 1000)))
    assert write(tree, exact=True) == content
    if path.name not in UNWRITABLE:
        canonical = write(tree)
        assert list(parse(canonical)) == tree
        assert write(parse(canonical)) == canonical


def test_what_was_changed_is_written_anew_and_the_rest_as_it_came() -> None:
    content = b"UNH+1+CUSCAR:D:95B:UN'\r\nBGM+85++9++'  \r\nUNT+03+1'\r\n"
    unh, bgm, unt = parse(content)
    changed = dataclasses.replace(bgm, elements=(*bgm.elements[:1], (("M2",),), *bgm.elements[2:]))
    assert write([unh, changed, unt], exact=True) == b"UNH+1+CUSCAR:D:95B:UN'\r\nBGM+85+M2+9'  \r\nUNT+03+1'\r\n"


@pytest.mark.parametrize(
    "content",
    [
        b"UNA:+.? '\nUNB+UNOC:3+A+B+261125:1200+R'\nUNH+1+X:D:95B:UN'\r\n BGM+85'\nUNT+3+1'\nUNZ+1+R'\n",
        b"UNA:+.? \nUNB+UNOC:3+A+B+261125:1200+R\nUNH+1+X:D:95B:UN\nBGM+85\nUNT+3+1\nUNZ+1+R\n",
        b"UNA:+.? \rUNB+UNOC:3+A+B+261125:1200+R\r\nUNH+1+X:D:95B:UN\r\nUNT+2+1\r\nUNZ+1+R\r\n",
        b"\r\nUNB+UNOC:4+A+B+20261125:1200+R'\nUNO+P1+DOC:1+1+2'\r\n\nUNP+2+P1'\nUNZ+1+R'\n",
    ],
)
def test_a_changed_copy_keeps_the_line_breaks_around_it(content: bytes) -> None:
    copies = [dataclasses.replace(one) for one in parse(content)]
    assert not any(one.raw for one in copies)
    assert write(copies, exact=True) == content


class Blocks(io.BytesIO):
    """An open file that notes the most that was asked of it at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.most = max(self.most, len(part))
        return part

    def __next__(self) -> bytes:
        raise AssertionError("a file without line breaks would be one line")


def test_an_open_file_without_line_breaks_is_read_in_blocks() -> None:
    message = b"UNH+%d+CUSCAR:D:95B:UN'BGM+85+M+9'UNT+3+%d'"
    content = b"UNB+UNOC:3+A+B+261125:1200+R'%bUNZ+5000+R'" % b"".join(message % (n, n) for n in range(1, 5001))
    file = Blocks(content)
    assert sum(one.tag == "UNH" for one in parse(file)) == 5000
    assert 0 < file.most < len(content) / 2
    assert validate(Blocks(content)) == validate(content)


def test_values_are_reached_by_number() -> None:
    (one,) = list(parse(b"UNB+UNOC:4+A+B+20261125:1200+R'UNH+1+X:D:95B:UN'COM+1:TE*2:EM'UNT+3+1'UNZ+1+R'"))[2:3]
    assert (one.tag, one[1], one[1, 2], one[1, 2, 2], one[2], one[9, 9]) == ("COM", "1", "TE", "EM", "", "")


def test_a_package_is_carried_as_octets() -> None:
    octets = b"any'thing UNZ+1+R' \x00\xff"
    head = b"UNB+UNOA:4+A+B+20261125:1200+R'UNO+P1+DOC:1+1+%d'" % len(octets)
    content = head + octets + b"UNP+%d+P1'UNZ+1+R'" % len(octets)
    tree = list(parse(content))
    assert [one.tag for one in tree] == ["UNB", "UNO", "UNP", "UNZ"]
    assert tree[1].payload == octets
    assert write(tree) == write(tree, exact=True) == content


def test_encrypted_octets_inside_a_message_are_no_segments() -> None:
    octets = b"\x01'UNT+9+9'\xff"
    content = b"UNB+UNOC:4+A+B+20261125:1200+R'UNH+1+X:D:95B:UN'USD+%d'%bUSU+%d'UNT+4+1'UNZ+1+R'"
    content %= len(octets), octets, len(octets)
    tree = list(parse(content))
    assert [one.tag for one in tree] == ["UNB", "UNH", "USD", "USU", "UNT", "UNZ"]
    assert tree[2].payload == octets
    assert write(tree) == write(tree, exact=True) == content


def test_repetition_can_be_agreed_off() -> None:
    content = b"UNB+UNOA:4+A+B+20261125:1200+R'UNH+1+X:D:95B:UN'FTX+A*B'UNT+3+1'UNZ+1+R'"
    off = Conventions(repetition=False)
    tree = list(parse(content, off))
    assert tree[2][1] == "A*B"
    assert write(tree, off) == content


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ([segment("UNA", ":+. ' "), segment("UNB")], "cannot be service characters"),
        ([segment("UNB", ("UNOA", "3")), Segment("RFF", ((("A",), ("B",)),))], "repeats an element"),
        ([segment("UNB", ("UNOC", "3")), segment("FTX", "€")], "'€' is not in the character set UNOC: segment FTX"),
        ([segment("UNA", ":+.  '"), segment("UNB", ("UNOA", "3"), "A+B")], "nothing can release it"),
        ([segment("FTX", "two\nlines")], "line break"),
    ],
)
def test_what_the_syntax_cannot_express_is_refused(tree: list[Segment], why: str) -> None:
    with pytest.raises(EncodeError, match=why):
        write(tree)


def plain(segments: list[Segment]) -> list[Segment]:
    """The tree without UNA, which pydifact keeps apart."""
    return [one for one in segments if one.tag != "UNA"]


@given(interchanges())
def test_pydifact_reads_what_it_handles_right_as_we_do(tree: list[Segment]) -> None:
    """Version 3, default separators: no repetition, no all-empty composite, no empty segment."""
    tree = [one for one in plain(tree) if one.elements and not _empty_composite(one)]
    tree = [dataclasses.replace(one, elements=tuple(element[:1] for element in one.elements)) for one in tree]
    tree[0] = segment("UNB", ("UNOY", "3"), "EXA", "EXB", ("261125", "1200"), "R1")
    content = write(tree).decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = list(Parser().parse(content))
    assert list(from_pydifact(theirs)) == list(parse(content.encode())) == tree


def _empty_composite(one: Segment) -> bool:
    return any(len(element) > 1 and not element[0] for element in one.elements)


def test_segments_go_to_pydifact_and_back() -> None:
    content = (REPOSITORY / "samples" / "edifact" / "cuscar" / "full.edi").read_bytes()
    tree = plain(list(parse(content)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert list(from_pydifact(to_pydifact(tree))) == tree


def test_what_pydifact_cannot_hold_is_refused() -> None:
    for one in (Segment("COM", ((("1",), ("2",)),)), Segment("UNO", payload=b"x"), Segment("")):
        with pytest.raises(EncodeError, match="pydifact has no place"):
            list(to_pydifact([one]))
