"""The documents of the repository, and what the tests of this folder look for in them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: `language` and `title` as its info string has them."""

    language: str
    title: str
    text: str

    @property
    def commands(self) -> tuple[str, ...]:
        """The lines behind a prompt, or of pierhead without one; a command may go on behind a backslash."""
        joined = self.text.replace("\\\n", " ")
        return tuple(line.removeprefix("$ ") for line in joined.splitlines() if line.startswith(("$ ", "pierhead ")))


@cache
def pages() -> tuple[Path, ...]:
    """Every Markdown page of the repository, wherever it stands."""
    found = (path for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md" if folder == ROOT else "**/*.md"))
    return tuple(sorted(found))


def blocks(text: str) -> Iterator[Block]:
    """Yield every fenced block of a page."""
    for match in _FENCE.finditer(text):
        language, _, rest = match["info"].strip().partition(" ")
        title = re.search(r'title="([^"]*)"', rest)
        yield Block(language, title[1] if title else "", match["text"])


def prose(text: str) -> str:
    """Return a page without its fenced blocks and code spans."""
    return re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def git(*arguments: str) -> str:
    """Return what a git command of this checkout prints."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout
