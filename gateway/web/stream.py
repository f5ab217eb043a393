"""The lines of the timelines as server-sent events, from the last one that a reader has seen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool

from gateway.errors import StoreError
from gateway.model.journal import Event
from gateway.web.reading import Reading

_POLL_SECONDS = 0.5
_SILENCE = 30  # polls without a line until a comment keeps the connection open


async def lines(reading: Reading, after: int | None, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    """Yield what a key may hear, line by line as written; it ends when the server stops or the store is lost.

    `after` is the number of the last line that was seen; without it the stream begins with what comes next.
    """
    store = reading.desk.store
    silent = 0
    try:
        seen = await run_in_threadpool(store.last_told) if after is None else after
        yield ": listening\n\n"
        while not stopping():
            told = await run_in_threadpool(store.told_after, seen)
            heard = await run_in_threadpool(lambda some: [one for one in some if reading.hears(one[1])], told)
            for number, event in heard:
                yield _line(number, event)
            seen = told[-1][0] if told else seen
            silent = 0 if heard else silent + 1
            if silent >= _SILENCE:
                silent = 0
                yield ": still here\n\n"
            if not told:
                await asyncio.sleep(_POLL_SECONDS)
    except StoreError:
        return  # the reader connects again, from where it was


def _line(number: int, event: Event) -> str:
    data = json.dumps(asdict(event) | {"at": event.at.isoformat()}, ensure_ascii=False)
    return f"id: {number}\nevent: {event.step}\ndata: {data}\n\n"
