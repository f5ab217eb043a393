"""Every `pierhead` command that a page shows names commands and options that there are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
import typer
from pages import ROOT, blocks, pages

from gateway.cli.main import cli

#: What typer raises for options that there are not.
USAGE_ERROR = typer.BadParameter.__mro__[1]
_STOPS = {"|", "||", "&&", ";", "&", ">", ">>", "<"}
COMMAND_LINE = typer.main.get_command(cli)


def shown() -> Iterator[tuple[str, str]]:
    """Yield page and command line, for every one behind a prompt in a `console` block."""
    for page in pages():
        for block in blocks(page.read_text("utf-8")):
            if block.language == "console":
                for command in block.commands:
                    yield page.relative_to(ROOT).as_posix(), command


def words(command: str) -> list[list[str]]:
    """Return the arguments of each call of pierhead in a shell line."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    calls: list[list[str]] = [[]]
    for word in lexer:
        if word in _STOPS:
            calls.append([])
        else:
            calls[-1].append(word)
    bare = [[*call] for call in calls]
    for call in bare:
        while call and re.fullmatch(r"[A-Z_]+=.*", call[0]):
            del call[0]
    return [call[1:] for call in bare if call and call[0] == "pierhead"]


def understood(arguments: list[str]) -> str:
    """Return the name of the command that takes the arguments; raises typer's error for what there is not."""
    command: Any = COMMAND_LINE
    name = "pierhead"
    while True:
        values, rest, _ = command.make_parser(typer.Context(command, info_name=name)).parse_args(args=list(arguments))
        for parameter in command.params:
            given = values.get(parameter.name)
            kind = parameter.type_descriptor.annotation
            if isinstance(given, str) and isinstance(kind, type) and issubclass(kind, Enum):
                assert given in [member.value for member in kind], f"{name} takes no {given}"
        if not hasattr(command, "commands"):
            assert not rest, f"{name} takes no {rest}"
            asked_for_help = any(values.get(p.name) for p in command.params if getattr(p, "is_eager", False))
            missing = [
                p.name
                for p in command.params
                if p.required and p.param_type_name == "argument" and not values.get(p.name)
            ]
            assert asked_for_help or not missing, f"{name} needs {missing}"
            return name
        if not rest:
            return name
        name = rest[0]
        assert name in command.commands, f"there is no command {name}: {', '.join(command.commands)}"
        command, arguments = command.commands[name], rest[1:]


@pytest.mark.parametrize(("page", "command"), [*shown()], ids=lambda value: value[:60])
def test_a_shown_command_names_commands_and_options_that_there_are(page: str, command: str) -> None:
    for arguments in words(command):
        understood(arguments)
    assert words(command) or not command.startswith("pierhead"), f"{page}: {command}"


@pytest.mark.parametrize(
    "arguments",
    [["chekc"], ["check", "--josn"], ["mapping", "tset"], ["directory", "show"], ["validate", "--policy", "mild", "x"]],
    ids=" ".join,
)
def test_a_misspelt_command_would_be_noticed(arguments: list[str]) -> None:
    with pytest.raises((AssertionError, USAGE_ERROR)):
        understood(arguments)


def test_every_command_is_described_on_the_page_of_the_command_line() -> None:
    page = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")

    def commands(group: Any, trail: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, f"{trail} {name}")
            else:
                yield f"{trail} {name}"

    missing = [name for name in commands(COMMAND_LINE, "pierhead") if name not in page]
    assert not missing


def test_every_make_target_that_a_page_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in pages():
        named = set(re.findall(r"`make (\w+)`|^make (\w+)", page.read_text("utf-8"), re.MULTILINE))
        assert {one or other for one, other in named} <= targets, page.name
