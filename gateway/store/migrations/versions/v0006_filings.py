"""Filings with everything that was said of them; which deliveries file, and which version a document is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_GONE = ("state_as_of", "do_not_load_set", "do_not_load_lifted", "hold_set", "hold_lifted")
_STATES = {
    "accepted": "queued",
    "answered": "received",
    "cancelled": "invalidated",
    "confirmed": "registered",
    "control": "control planned",
    "documents_wanted": "information requested",
    "exited": "closed",
    "sent by the gateway": "queued",
    "status": "received",
    **dict.fromkeys(("cleared", "released"), "released"),
    **{state: state for state in ("amended", "arrived", "assessed", "received", "registered", "rejected")},
}


def upgrade() -> None:
    """Keep what is known of each filing as statements about its first version."""
    op.create_table(
        "filing_statements",
        sa.Column("filing", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Text(), server_default="", nullable=False)
            for name in ("state", "sets", "lifts", "said_by")
        ),
        sa.PrimaryKeyConstraint(
            "filing", "at", "version", "state", "sets", "lifts", "said_by", name="pk_filing_statements"
        ),
    )
    op.add_column("documents", sa.Column("version", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE documents SET version = 1 WHERE filing <> '' AND name <> 'CustomsResponse'")
    op.add_column("deliveries", sa.Column("files", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("filings", sa.Column("said_by", sa.Text(), server_default="", nullable=False))
    op.add_column("filings", sa.Column("since", Instant()))
    op.add_column("filings", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("filings", sa.Column("refused", sa.Integer(), server_default="0", nullable=False))
    op.add_column("filings", sa.Column("do_not_load", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("filings", sa.Column("hold", sa.Boolean(), server_default=sa.false(), nullable=False))
    _convert(op.get_bind())
    for name in _GONE:
        op.drop_column("filings", name)


def _convert(connection: sa.Connection) -> None:
    """Write the statements that the old columns amount to, and the new columns."""
    old, said = _tables()
    for row in connection.execute(sa.select(old)).all():
        word, _, by = row.state.removeprefix("syntax ").partition(" by ")
        state = _STATES.get(row.state) or _STATES.get(word, "received")
        at = row.state_as_of or datetime(1970, 1, 1, tzinfo=UTC)
        who = by if by != "the gateway" else ""
        rows = [_said(row.id, at, state=state, said_by=who)] if row.state else []
        held: dict[str, bool] = {}
        for latch, name in (("do_not_load", "do not load"), ("hold", "hold")):
            times = [getattr(row, f"{latch}_{what}") for what in ("set", "lifted")]
            made = zip(("sets", "lifts"), times, strict=True)
            rows += [_said(row.id, time, **{what: name}) for what, time in made if time]
            held[latch] = times[0] is not None and (times[1] is None or times[1] <= times[0])
        if rows:
            connection.execute(sa.insert(said), rows)
        stands = {"state": state if row.state else "draft", "said_by": who, "since": row.state_as_of, **held}
        connection.execute(sa.update(old).where(old.c.id == row.id), stands)


def _said(filing: str, at: datetime, **what: str) -> dict[str, Any]:
    return {"filing": filing, "at": at, "version": 1, "state": "", "sets": "", "lifts": "", "said_by": ""} | what


def _tables() -> tuple[sa.Table, sa.Table]:
    texts = ("id", "state", "said_by")
    metadata = sa.MetaData()
    old = sa.Table(
        "filings",
        metadata,
        *(sa.Column(name, sa.Text()) for name in texts),
        *(sa.Column(name, Instant()) for name in (*_GONE, "since")),
        *(sa.Column(name, sa.Boolean()) for name in ("do_not_load", "hold")),
    )
    names = ("filing", "state", "sets", "lifts", "said_by")
    columns = (sa.Column(name, sa.Text()) for name in names)
    said = sa.Table(
        "filing_statements", metadata, *columns, sa.Column("at", Instant()), sa.Column("version", sa.Integer())
    )
    return old, said


def downgrade() -> None:
    """Go back to the newest state and the newest times of the latches; what was said before is lost."""
    for name in _GONE:
        op.add_column("filings", sa.Column(name, Instant()))
    op.execute("UPDATE filings SET state_as_of = since")
    for latch, name in (("do_not_load", "do not load"), ("hold", "hold")):
        for column, what in (("set", "sets"), ("lifted", "lifts")):
            op.execute(
                f"UPDATE filings SET {latch}_{column} = (SELECT max(at) FROM filing_statements "  # noqa: S608  # our own words
                f"WHERE filing = filings.id AND {what} = '{name}')"
            )
    for name in ("said_by", "since", "version", "refused", "do_not_load", "hold"):
        op.drop_column("filings", name)
    op.drop_column("deliveries", "files")
    op.drop_column("documents", "version")
    op.drop_table("filing_statements")
