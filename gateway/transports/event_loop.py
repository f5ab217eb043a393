"""An event loop in a thread of its own, for wires whose libraries are asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")


class EventLoop:
    """Runs coroutines for threads that wait for them. The thread is started when first needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None

    def run(self, work: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
        """Return what a coroutine returns; it is cancelled, and `TimeoutError` raised, when that takes too long."""
        future = self.begin(work)
        try:
            return future.result(seconds)
        except FutureTimeout:
            if not future.done():
                future.cancel()
            raise

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine, and return what will hold its result."""
        return asyncio.run_coroutine_threadsafe(work, self._running())

    def call(self, function: Callable[[], object]) -> None:
        """Have the loop's thread call a function soon; nothing happens where the loop has ended."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(function)

    def stop(self) -> None:
        """Cancel what still runs, and end the thread."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop


async def _cancel_all() -> None:
    """Cancel every other task and wait for its end, so that nothing is destroyed while pending."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()
