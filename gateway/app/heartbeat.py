"""Leases kept while their work runs: one thread for all workers of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from gateway.errors import StoreError

_LOG = structlog.get_logger("pierhead")


class Heartbeat:
    """Calls what each worker gave it, every so many seconds, while the worker is inside its block.

    Args:
        seconds: from one call to the next; a third of a lease leaves room for one that is late.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[object, Callable[[], object]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    @contextmanager
    def __call__(self, keep: Callable[[], object]) -> Iterator[None]:
        """Have `keep` called until the block is left."""
        token = object()
        with self._lock:
            self._kept[token] = keep
        try:
            yield
        finally:
            with self._lock:
                del self._kept[token]

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; whatever is still being worked on loses its lease in time."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        while not self._ended.wait(self._seconds):
            with self._lock:
                kept = tuple(self._kept.values())
            for keep in kept:
                try:
                    keep()
                except StoreError as error:  # the lease may run out: another worker then takes the item
                    _LOG.error("heartbeat", error=str(error))
