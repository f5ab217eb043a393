"""How long a search by any reference takes in a store of many documents, which are made up here.

    python bench/search.py [--documents 1000000] [--url sqlite:///build/search.db] [--searches 2000]

The store is filled directly, without the path of a message: an arrival and a filing for each four documents, eight
references to a document, a delivery and four events. What is timed is `Store.find` by a container number, a bill, an
LRN and an MRN, and what `pierhead trace` asks for; each asked for once, at random, so that nothing is asked for twice.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from gateway.store import Store, tables

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_AT_ONCE = 20_000  # documents
_TO_A_FILING = 4


def container(number: int) -> str:
    """Return a container number; each third document has one of another's."""
    return f"EXPU{number - number % 3:07d}"


def keys(number: int) -> Iterator[tuple[str, str]]:
    """Yield the business keys of a document."""
    filing = number // _TO_A_FILING
    yield "lrn", f"LRN{filing:09d}"
    yield "mrn", f"26NL{filing:014d}"
    yield "manifest", f"MAN{filing:08d}"
    yield "voyage", f"{number % 997:03d}W"
    yield "vessel", f"99{number % 5_000:05d}"
    yield "bill", f"EXBL{number:09d}"
    yield "container", container(number)
    yield "container", f"EXQU{number:07d}"


def rows(numbers: range) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of some documents, table by table."""
    filings = range(numbers.start // _TO_A_FILING, numbers.stop // _TO_A_FILING)
    at = [NOW + timedelta(seconds=filing) for filing in filings]
    yield (
        tables.arrivals,
        [
            {
                "id": f"a{n}",
                "endpoint": "http",
                "received_at": when,
                "sha256": "0" * 64,
                "attributes": "{}",
                "state": "accepted",
                "agreement": "lines",
                "first": "",
                "dedupe_key": "",
                "content": b"x" * 400,
            }
            for n, when in zip(filings, at, strict=True)
        ],
    )
    yield tables.filings, [{"id": f"f{n}", "sender": "line", "lrn": f"LRN{n:09d}"} for n in filings]
    yield (
        tables.documents,
        [
            {
                "id": f"d{n}",
                "arrival": f"a{n // _TO_A_FILING}",
                "position": n % _TO_A_FILING,
                "type": "CUSCAR D95B",
                "name": "CargoReport",
                "json": '{"reference":"x"}' * 20,
                "accepted": True,
                "agreement": "lines",
                "filing": f"f{n // _TO_A_FILING}",
            }
            for n in numbers
        ],
    )
    yield (
        tables.reference_index,
        [
            {"kind": kind, "value": value, "subject": "document", "id": f"d{n}"}
            for n in numbers
            for kind, value in keys(n)
        ],
    )
    yield (
        tables.deliveries,
        [
            {
                "id": f"d{n}.1",
                "key": f"d{n}.1",
                "agreement": "lines",
                "endpoint": "customs",
                "kind": "document",
                "state": "delivered",
                "due_at": NOW,
                "document": f"d{n}",
                "arrival": f"a{n // _TO_A_FILING}",
                "content_type": "application/xml",
                "content": b"x" * 400,
            }
            for n in numbers
        ],
    )
    yield (
        tables.events,
        [
            {
                "at": NOW,
                "step": step,
                "text": f"{step} happened",
                "arrival": f"a{n // _TO_A_FILING}",
                "document": f"d{n}",
                "delivery": f"d{n}.1" if step == "deliver" else "",
                "filing": f"f{n // _TO_A_FILING}",
            }
            for n in numbers
            for step in ("read", "check", "route", "deliver")
        ],
    )


def fill(store: Store, documents: int) -> None:
    """Put documents into an empty store."""
    for start in range(0, documents, _AT_ONCE):
        with store._writing() as connection:  # noqa: SLF001  # no method of the store takes rows
            for table, made in rows(range(start, min(start + _AT_ONCE, documents))):
                connection.execute(insert(table), made)


def timed(ask: Callable[[str], Sequence[object]], values: Sequence[str]) -> str:
    """Ask for each value, and return how long that took: median, 95th and 99th percentile in ms."""
    took = []
    for value in values:
        start = time.perf_counter()
        found = ask(value)
        took.append((time.perf_counter() - start) * 1000)
        assert found, value
    cuts = statistics.quantiles(took, n=100)
    return f"median {cuts[49]:7.2f} ms   p95 {cuts[94]:7.2f} ms   p99 {cuts[98]:7.2f} ms"


def main() -> None:
    """Fill a store unless it is filled, and search."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--url", default="sqlite:///build/search.db")
    parser.add_argument("--searches", type=int, default=2_000)
    asked = parser.parse_args()
    Path("build").mkdir(exist_ok=True)
    store = Store(asked.url)
    store.upgrade()
    if not store.recent(1):
        start = time.perf_counter()
        fill(store, asked.documents)
        print(f"filled with {asked.documents} documents in {time.perf_counter() - start:.0f} s")
    numbers = random.Random(7).sample(range(asked.documents), asked.searches)
    searches: tuple[tuple[str, Callable[[str], Sequence[object]], Callable[[int], str]], ...] = (
        ("container", lambda value: store.find("container", value), container),
        ("bill, kind not named", lambda value: store.find(None, value), lambda n: f"EXBL{n:09d}"),
        ("LRN", lambda value: store.find("lrn", value), lambda n: f"LRN{n // _TO_A_FILING:09d}"),
        ("MRN", lambda value: store.find("mrn", value), lambda n: f"26NL{n // _TO_A_FILING:014d}"),
        ("vessel (of 200 documents)", lambda value: store.find("vessel", value), lambda n: f"99{n % 5_000:05d}"),
        ("voyage (200 of 1000)", lambda value: store.find("voyage", value), lambda n: f"{n % 997:03d}W"),
        ("timeline of a filing", store.timeline, lambda n: f"f{n // _TO_A_FILING}"),
        ("timeline of a document", store.timeline, lambda n: f"d{n}"),
    )
    for name, ask, value_of in searches:
        print(f"{name:28} {timed(ask, [value_of(number) for number in numbers])}")
    store.close()


if __name__ == "__main__":
    main()
