"""A recorded log at any speed: its lines, each at the time that it has in the log.

Pure: the clock and the sleeper are handed in. A line's time is the tag block's `c:` (seconds or milliseconds since
1970), a number in front of the sentence (seconds, milliseconds, microseconds or nanoseconds), or the number at its end
that some stations add; a line without one goes with the line before. Time that runs backwards makes nobody wait.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

_TAG_TIME: Final = re.compile(rb"\\[^\\]*?\bc:(\d{9,19})[^\d\\]?[^\\]*\\")
_PREFIX: Final = re.compile(rb"\s*(\d{9,19}(?:\.\d+)?)[ \t,;]+[!$\\]")
_SUFFIX: Final = re.compile(rb"\*[0-9A-Fa-f]{2},(?:[^,]*,)*(\d{9,10})\s*$")
_UNITS: Final = ((10**11, 1), (10**14, 10**3), (10**17, 10**6))


def replay(
    lines: Iterable[bytes], speed: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[bytes]:
    """Yield lines, each when it is due.

    Args:
        lines: of the log.
        speed: 1.0 as recorded, 100.0 a hundred times as fast, `math.inf` without any waiting.
        clock: gives seconds that never run backwards.
        sleep: waits for so many seconds.
    """
    if math.isinf(speed):
        yield from lines
        return
    first = latest = None
    started = clock()
    for line in lines:
        time = time_of(line)
        if time is not None and (latest is None or time > latest):
            first = time if first is None else first
            latest = time
            wait = started + (time - first) / speed - clock()
            if wait > 0:
                sleep(wait)
        yield line


def time_of(line: bytes) -> float | None:
    """Return the time of a line in seconds since 1970, or None where it has none."""
    found = _TAG_TIME.search(line) or _PREFIX.match(line) or _SUFFIX.search(line)
    if found is None:
        return None
    value = float(found[1])
    return value / next((unit for limit, unit in _UNITS if value < limit), 10**9)


def speed(text: str) -> float:
    """Read `1x`, `100x`, `0.5x` or `max`; raises `ValueError`."""
    if text == "max":
        return math.inf
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)x", text)
    if not found or float(found[1]) == 0:
        raise ValueError(f"'{text}' is no speed: write 1x, 100x or max")
    return float(found[1])
