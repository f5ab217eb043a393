from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest

from gateway.transports.replay import replay, speed, time_of


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (rb"\s:r1,c:1599239526*5E\!AIVDM,1,1,,A,1,0*00", 1599239526.0),
        (rb"\g:1-2-3,s:r1,c:1599239526500*5E\!AIVDM,1,1,,A,1,0*00", 1599239526.5),
        (rb"\c:1599239526*5E\!AIVDM", 1599239526.0),
        (b"1550303566167726840 !AIVDM,1,1,,A,1,0*00", 1550303566.16772684),
        (b"1550303566.25 !AIVDM,1,1,,A,1,0*00", 1550303566.25),
        (b"1550303566167 !AIVDM,1,1,,A,1,0*00", 1550303566.167),
        (b"!AIVDM,1,1,,A,1,0*00,d-109,S2105,t050056.00,T56.1,r003669946,1325394060", 1325394060.0),
        (b"!AIVDM,1,1,,A,1,0*00,rX,1325394060\r\n", 1325394060.0),
        (b"!AIVDM,1,1,,A,1,0*00", None),
        (rb"\g:2-2-3*5E\!AIVDM,1,1,,A,1,0*00", None),
        (b"# 1550303566 a comment", None),
        (b"", None),
        (b"\\c:", None),
    ],
)
def test_the_time_of_a_line(line: bytes, time: float | None) -> None:
    assert time_of(line) == time


def timed(*seconds: int | None) -> list[bytes]:
    return [b"x" if one is None else b"%d !AIVDM" % (1_600_000_000 + one) for one in seconds]


@pytest.mark.parametrize(("factor", "slept"), [(1.0, [10, 5]), (100.0, [0.1, 0.05]), (0.5, [20, 10])])
def test_lines_come_at_their_time(factor: float, slept: list[float]) -> None:
    time = Time()
    lines = timed(0, 10, None, 15)
    assert list(replay(lines, factor, time, time.sleep)) == lines
    assert time.slept == pytest.approx(slept)


def test_at_full_speed_nobody_waits() -> None:
    time = Time()
    assert list(replay(timed(0, 10_000), math.inf, time, time.sleep)) == timed(0, 10_000)
    assert time.slept == []


def test_time_that_runs_backwards_makes_nobody_wait_twice() -> None:
    time = Time()
    list(replay(timed(0, 10, 3, 9, 12), 1.0, time, time.sleep))
    assert sum(time.slept) == pytest.approx(12)


def test_a_slow_reader_is_not_waited_for_again() -> None:
    time = Time()
    for _ in replay(timed(0, 10, 20), 1.0, time, time.sleep):
        time.now += 7
    assert time.slept == pytest.approx([3, 3])


@pytest.mark.parametrize(("text", "value"), [("1x", 1.0), ("100x", 100.0), ("0.5x", 0.5), ("max", math.inf)])
def test_a_speed_is_read(text: str, value: float) -> None:
    assert speed(text) == value


@pytest.mark.parametrize("text", ["", "0x", "x", "-1x", "1", "1e9x", "fast"])
def test_what_is_no_speed_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no speed"):
        speed(text)
