"""Python source under construction: lines with indentation, compiled once and visible in tracebacks."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Code:
    """Lines of generated source."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._indent = ""

    def __call__(self, *lines: str) -> None:
        """Append lines at the current indentation."""
        self._lines += [self._indent + line for line in lines]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Append `head` and indent what follows; an empty block gets `pass`."""
        self(head)
        before, self._indent = len(self._lines), self._indent + "    "
        yield
        if len(self._lines) == before:
            self("pass")
        self._indent = self._indent[4:]

    @property
    def text(self) -> str:
        """The source so far."""
        return "\n".join(self._lines) + "\n"

    def compile(self, name: str, names: Mapping[str, Any]) -> dict[str, Any]:
        """Run the source with `names` as globals and return them with what it defines.

        The source is written by our own compiler from a checked map: texts of the map enter it only as
        `repr` literals.
        """
        file = f"<{name}>"
        text = self.text
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        defined = dict(names)
        exec(compile(text, file, "exec"), defined)  # noqa: S102  # generated from checked rules, see above
        return defined


def literal(values: tuple[str, ...], expression: str) -> str:
    """Return the test that `expression` is one of `values`; "" is absence."""
    if len(values) == 1:
        return f"{expression} == {values[0]!r}" if values[0] else f"not {expression}"
    return f"{expression} in {values!r}"
