"""What is compiled from three real directories equals the shipped facts, definition by definition, code by code."""

from __future__ import annotations

import json
import lzma
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from adapters.edifact.directories.un_files import Compilation, compile_directory, open_files

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "un-directories"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")

#: Messages, segments, composites, elements, code values: all of the directory, and those of it that are shipped.
COUNTS = {
    "D95B": ((115, 126, 160, 459, 5_817), (36, 67, 103, 283, 4_917)),
    "D03B": ((192, 155, 198, 648, 10_453), (45, 73, 117, 321, 8_855)),
    "D16A": ((195, 156, 198, 646, 11_178), (47, 95, 145, 405, 10_422)),
}
KINDS = ("messages", "segments", "composites", "elements")


@cache
def compiled(name: str) -> Compilation:
    file = CORPUS / f"{name.lower()}.zip"
    return compile_directory(open_files([(file.name, file.read_bytes())]))


@cache
def packed(name: str) -> Any:
    return json.loads(lzma.decompress(files("adapters.edifact.directories").joinpath("data", name).read_bytes()))


def shipped(kind: str, name: str) -> dict[str, Any]:
    """Return every definition that the shipped facts have for one directory."""
    facts = packed("directory.json.xz")
    at = facts["order"].index(name)
    return {
        key: definition for key, runs in facts[kind].items() for first, last, definition in runs if first <= at <= last
    }


def shipped_codes(name: str) -> dict[str, set[str]]:
    """Return every code list that the shipped facts have for one directory; service codes are in none."""
    at = packed("directory.json.xz")["order"].index(name)
    found = {
        number: {value for first, last, values in runs if first <= at <= last for value in values}
        for number, runs in packed("codes.json.xz").items()
        if not number.startswith("0")
    }
    return {number: values for number, values in found.items() if values}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COUNTS)
def test_every_shipped_definition_is_what_the_un_text_says(name: str, kind: str) -> None:
    facts = compiled(name).directory.facts[kind]
    expected = shipped(kind, name)
    assert {key: facts.get(key) for key in expected} == {key: [[0, 0, value]] for key, value in expected.items()}
    whole, part = COUNTS[name]
    assert (len(facts), len(expected)) == (whole[KINDS.index(kind)], part[KINDS.index(kind)])


@pytest.mark.parametrize("name", COUNTS)
def test_every_shipped_code_list_is_what_the_un_text_says(name: str) -> None:
    codes = {number: set(runs[0][2]) for number, runs in compiled(name).directory.codes.items()}
    expected = shipped_codes(name)
    assert {number: codes.get(number) for number in expected} == expected
    assert (sum(map(len, codes.values())), sum(map(len, expected.values()))) == (COUNTS[name][0][4], COUNTS[name][1][4])


@pytest.mark.parametrize("name", COUNTS)
def test_a_coded_element_of_the_directory_without_a_shipped_list_has_none_in_the_un_text(name: str) -> None:
    codes = compiled(name).directory.codes
    assert {number for number in shipped("elements", name) if number in codes} == set(shipped_codes(name))


@pytest.mark.parametrize("name", COUNTS)
def test_tables_agree_with_their_prose_and_parts_with_each_other(name: str) -> None:
    assert compiled(name).warnings == ()


@pytest.mark.parametrize("name", COUNTS)
def test_everything_has_its_text(name: str) -> None:
    texts = compiled(name).directory.texts
    assert all(title for title, _ in texts["messages"].values())
    without = [message for message, (_, definition) in texts["messages"].items() if not definition]
    assert without == (["GOVCBR"] if name == "D16A" else [])  # its section 1.1 is empty
    assert all(texts[kind][key] for kind in KINDS[1:] for key in texts[kind])
    assert all(title and text for values in texts["codes"].values() for title, text in values.values())


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_directory_is_packed_small_and_always_the_same(name: str) -> None:
    made = compiled(name).directory
    content = made.pack()
    assert type(made).unpack(content) == made
    assert made.pack() == content
    assert len(content) < 400_000


@pytest.mark.parametrize("name", COUNTS)
def test_no_file_of_a_part_is_left_aside(name: str) -> None:
    """Those left aside are indexes, introductions, service codes, interactive parts and other programs' files."""
    aside = {Path(file).name.upper() for file in compiled(name).left_aside}
    parts = {
        f"{part}.{name[1:]}" for part in ("EDSD", "EDCD", "EDED", "UNCL", "TRSD", "TRCD", "TRED", "UNCL-1", "UNCL-2")
    }
    assert not aside & parts
    assert not aside & {f"{message}_D.{name[1:]}" for message in shipped("messages", name)}
