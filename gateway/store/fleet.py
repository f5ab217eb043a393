"""What a site watches ships with: batches of its feeds, the state of each ship, and how far the watch has come."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from gateway.model.journal import FleetChange, WatchState
from gateway.model.stages import Arrival
from gateway.store.queue import insert_new, replace_all
from gateway.store.tables import arrivals, feeds, ships, watches

HEARD: Final = "heard"  # the state of a batch that the watch has not seen
OBSERVED: Final = "observed"
_WATCH: Final = "vessels"
_UNOBSERVED: Final = (
    select(arrivals)
    .where(arrivals.c.state == HEARD)
    .order_by(arrivals.c.received_at, arrivals.c.id)
    .limit(bindparam("most"))
)
_OBSERVE: Final = update(arrivals).where(arrivals.c.id == bindparam("batch")).values(state=OBSERVED)
_FORGET: Final = delete(ships).where(ships.c.mmsi == bindparam("ship"))


def hear(connection: Connection, batches: Sequence[Arrival]) -> None:
    """Keep batches of feeds verbatim, for the watch to see; one that is here already stays as it is."""
    rows = [
        {
            "id": batch.id,
            "endpoint": batch.endpoint,
            "received_at": batch.received_at,
            "sha256": batch.sha256,
            "attributes": json.dumps(dict(batch.attributes), ensure_ascii=False),
            "state": HEARD,
            "content": batch.content,
        }
        for batch in batches
    ]
    connection.execute(insert_new(connection, arrivals, "id"), rows)


def unobserved(connection: Connection, most: int) -> list[Arrival]:
    """Return the oldest batches that the watch has not seen."""
    return [
        Arrival(row.id, row.endpoint, row.received_at, bytes(row.content), json.loads(row.attributes))
        for row in connection.execute(_UNOBSERVED, {"most": most})
    ]


def watch(connection: Connection) -> WatchState:
    """Return how far the watch has come, and what of each feed is not whole yet."""
    row = connection.execute(select(watches).where(watches.c.name == _WATCH)).one_or_none()
    pending = {row.feed: bytes(row.pending) for row in connection.execute(select(feeds))}
    return WatchState(pending=pending) if row is None else WatchState(row.owner, row.round, row.arrival, pending)


def all_ships(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Yield the packed state of every ship."""
    for row in connection.execute(select(ships)):
        yield row.mmsi, bytes(row.state)


def change(connection: Connection, given: FleetChange) -> None:
    """Write what a round of the watch changed."""
    if given.observed:
        connection.execute(_OBSERVE, [{"batch": id_} for id_ in given.observed])
    changed = [{"mmsi": mmsi, "state": state} for mmsi, state in given.ships if state]
    replace_all(connection, ships, "mmsi", changed)
    gone = [{"ship": mmsi} for mmsi, state in given.ships if not state]
    if gone:
        connection.execute(_FORGET, gone)
    state = given.state
    replace_all(connection, feeds, "feed", [{"feed": f, "pending": p} for f, p in state.pending.items()])
    row: dict[str, Any] = {"name": _WATCH, "owner": state.owner, "round": state.round, "arrival": state.arrival}
    replace_all(connection, watches, "name", [row])
