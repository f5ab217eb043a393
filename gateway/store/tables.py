"""The tables, as SQLAlchemy Core knows them. `migrations/` builds them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.types import TypeEngine


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC: `timestamptz` on PostgreSQL, sortable ISO 8601 text on SQLite."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of the database at hand."""
        return dialect.type_descriptor(DateTime(timezone=True) if dialect.name == "postgresql" else String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn a time into what the database holds; a naive time is our own fault."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store takes aware times only")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the database holds back into an aware time."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else datetime.fromisoformat(value)


def _text(name: str, *, index: bool = False) -> Column[str]:
    """Return a text column that is empty where there is nothing to say."""
    return Column(name, Text, nullable=False, server_default="", index=index)


def _serial() -> Column[int]:
    return Column("seq", Integer, primary_key=True, autoincrement=True)


#: Index and constraint names that every database and migration agree on.
_NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata: Final = MetaData(naming_convention=_NAMING)

arrivals: Final = Table(
    "arrivals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    _text("dedupe_key"),
    Column("attributes", Text, nullable=False),
    Column("state", Text, nullable=False),
    _text("agreement"),
    _text("first"),  # of a conflict: the arrival that used the key before
    Column("content", LargeBinary, nullable=False),
    Index("ix_arrivals_state_received_at", "state", "received_at"),
)
#: The uses of each key, in order: a key may be used again when the window of the use before is over.
#: Two who claim a key at once would both take the same turn, and the primary key lets one of them.
claims: Final = Table(
    "claims",
    metadata,
    Column("key", Text, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("arrival", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("used_at", Instant, nullable=False),
)

#: Every further arrival of a key: of duplicates nothing else is kept, as their bytes are already here.
repeats: Final = Table(
    "repeats",
    metadata,
    Column("id", Text, primary_key=True),
    Column("first", Text, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("number", Integer, nullable=False, server_default="0"),  # the interchange of the first, 0 the whole of it
    Column("outcome", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("attributes", Text, nullable=False),
)

#: The queue. `run_at` is when the item may next be taken: a lease moves it to the lease's end, so that
#: an expired lease needs no sweeper. Completed items are removed. `lane` is the endpoint of a delivery,
#: `faults` counts how often in a row a worker failed or died on the item.
work: Final = Table(
    "work",
    metadata,
    _serial(),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),  # ready, waiting, dead
    _text("lane"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("faults", Integer, nullable=False, server_default="0"),
    Column("run_at", Instant, nullable=False),
    _text("lease_owner"),
    Column("lease_until", Instant),
    _text("last_error"),
    UniqueConstraint("kind", "subject"),
    Index("ix_work_ready", "state", "kind", "lane", "run_at", "seq"),
    Index(
        "ix_work_leased",
        "lane",
        "lease_owner",
        sqlite_where=text("lease_owner <> ''"),
        postgresql_where=text("lease_owner <> ''"),
    ),
    sqlite_autoincrement=True,
)

#: What all workers know of an endpoint: since when it has been closed, open or half-open, how many attempts
#: in a row found nobody, when the one probe may go, which work item that is, how long the pause is now
#: (seconds), from when on the rate allows one more, and its place among those that had their turn.
lanes: Final = Table(
    "lanes",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("state", Text, nullable=False, server_default="closed"),
    Column("since", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("probe_at", Instant),
    Column("probe", Integer),
    Column("pause", Float, nullable=False, server_default="0"),
    Column("allowance", Instant),
    Column("served", Integer, nullable=False, server_default="0"),
    _text("reason"),
)

documents: Final = Table(
    "documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("arrival", Text, ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    _text("reference"),
    Column("json", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    _text("agreement"),
    _text("filing", index=True),
    Column("version", Integer, nullable=False, server_default="0"),
)

findings: Final = Table(
    "findings",
    metadata,
    _serial(),
    Column("arrival", Text, ForeignKey("arrivals.id"), nullable=False, index=True),
    _text("document", index=True),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("json", Text, nullable=False),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("agreement", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant, nullable=False),
    Column("document", Text, index=True),
    Column("arrival", Text, index=True),
    Column("content_type", Text, nullable=False),
    _text("name"),
    _text("description"),
    Column("content", LargeBinary, nullable=False),
    _text("order_key"),  # deliveries of one key go one after another, by turn
    Column("turn", Integer, nullable=False, server_default="0"),
    _text("after"),  # the delivery that has to be settled before
    _text("resends"),  # the delivery that this one repeats under a new key
    Column("files", Boolean, nullable=False, server_default=false()),  # to whom its filing is addressed
    Index("ix_deliveries_state_endpoint", "state", "endpoint"),
    *(
        Index(
            f"ix_deliveries_{'_'.join(columns)}",
            *columns,
            sqlite_where=text(f"{columns[0]} <> ''"),
            postgresql_where=text(f"{columns[0]} <> ''"),
        )
        for columns in (("order_key", "turn"), ("after",), ("resends",))
    ),
)

receipts: Final = Table(
    "receipts",
    metadata,
    _serial(),
    Column("delivery", Text, ForeignKey("deliveries.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("outcome", Text, nullable=False),
    _text("detail"),
    Column("answer", LargeBinary, nullable=False),
)

reference_index: Final = Table(
    "reference_index",
    metadata,
    _serial(),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("id", Text, nullable=False),
    UniqueConstraint("value", "kind", "subject", "id"),
    Index("ix_reference_index_id", "id"),
)

acknowledgments: Final = Table(
    "acknowledgments",
    metadata,
    _serial(),
    Column("layer", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("subject", Text, nullable=False),
    _text("message"),
    Column("at", Instant, nullable=False),
    _text("arrival", index=True),
    _text("delivery", index=True),
)

expectations: Final = Table(
    "expectations",
    metadata,
    Column("delivery", Text, ForeignKey("deliveries.id"), primary_key=True),
    Column("layer", Text, primary_key=True),
    Column("due_at", Instant, nullable=False, index=True),
)

filings: Final = Table(
    "filings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("lrn", Text, nullable=False),
    _text("mrn", index=True),
    _text("agreement"),
    _text("state"),  # how it stands after all statements, as are the columns that follow
    _text("said_by"),
    Column("since", Instant),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("refused", Integer, nullable=False, server_default="0"),
    Column("do_not_load", Boolean, nullable=False, server_default=false()),
    Column("hold", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("sender", "lrn"),
)

#: Everything that was said of a filing, each once.
statements: Final = Table(
    "filing_statements",
    metadata,
    Column("filing", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("version", Integer, primary_key=True),
    *(Column(name, Text, primary_key=True, server_default="") for name in ("state", "sets", "lifts", "said_by")),
)

events: Final = Table(
    "events",
    metadata,
    _serial(),
    Column("at", Instant, nullable=False),
    Column("step", Text, nullable=False),
    Column("text", Text, nullable=False),
    _text("who"),  # of what a person did: who, and why
    _text("why"),
    _text("arrival", index=True),
    _text("document", index=True),
    _text("delivery", index=True),
    _text("filing", index=True),
)

#: Legal holds: while one is not released, nothing of its arrival or filing is purged.
holds: Final = Table(
    "holds",
    metadata,
    _serial(),
    Column("subject", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("released_at", Instant),
    _text("released_by"),
    _text("released_why"),
)

#: What deliveries wait for: any one of several keys.
waits: Final = Table(
    "waits",
    metadata,
    Column("delivery", Text, ForeignKey("deliveries.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("event", Text, nullable=False),
    _text("place"),
    Column("since", Instant, nullable=False),
    Index("ix_waits_value", "value", "event"),
)

#: What has happened that deliveries may wait for.
happenings: Final = Table(
    "happenings",
    metadata,
    Column("value", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("at", Instant, primary_key=True),
)

#: Documents that wait to be sent together with others of their route.
gathered: Final = Table(
    "gathered",
    metadata,
    Column("agreement", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("document", Text, ForeignKey("documents.id"), primary_key=True),
    Column("fire_at", Instant, nullable=False),
    Index("ix_gathered_fire_at", "agreement", "route", "fire_at"),
    Index("ix_gathered_document", "document"),
)

#: The state of each ship, as the watch packs it.
ships: Final = Table(
    "ships",
    metadata,
    Column("mmsi", Integer, primary_key=True, autoincrement=False),
    Column("state", LargeBinary, nullable=False),
)

#: What of each vessel feed is not whole yet.
feeds: Final = Table(
    "feeds",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("pending", LargeBinary, nullable=False),
)

#: How far the watch has come, so that whoever takes it over knows whether its memory is of now.
watches: Final = Table(
    "watches",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("round", Integer, nullable=False),
    _text("arrival"),
)
