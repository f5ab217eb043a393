"""A bell: no ring is lost, one wakes one, and silence wakes all."""

from __future__ import annotations

import threading
import time

from gateway.app.bell import Bell

LONG = 30.0  # seconds that nobody waits for unless something is wrong


def waiting(bell: Bell, woken: list[int], number: int) -> threading.Thread:
    def wait() -> None:
        bell.wait(LONG)
        woken.append(number)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def until(threads: list[threading.Thread], alive: int) -> bool:
    end = time.monotonic() + LONG / 3
    while time.monotonic() < end:
        if sum(thread.is_alive() for thread in threads) == alive:
            return True
        time.sleep(0.01)
    return False


def test_a_ring_before_anybody_waits_is_kept_for_the_next() -> None:
    bell = Bell()
    bell.ring()
    began = time.monotonic()
    bell.wait(LONG)
    assert time.monotonic() - began < LONG / 3


def test_a_ring_is_used_up_by_whom_it_woke() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(LONG)
    began = time.monotonic()
    bell.wait(0.05)
    assert time.monotonic() - began >= 0.04


def test_a_ring_wakes_one_and_silence_wakes_all_and_lets_nobody_wait_again() -> None:
    bell, woken = Bell(), []
    threads = [waiting(bell, woken, number) for number in range(3)]
    time.sleep(0.1)  # so that they wait
    bell.ring()
    assert until(threads, 2)
    time.sleep(0.1)
    assert len(woken) == 1
    bell.silence()
    assert until(threads, 0)
    bell.wait(LONG)
    assert sorted(woken) == [0, 1, 2]
