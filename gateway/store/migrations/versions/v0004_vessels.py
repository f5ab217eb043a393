"""Vessel feeds, the ships that are watched, and deliveries that wait for an event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nothing that is kept changes."""
    op.create_index("ix_arrivals_state_received_at", "arrivals", ["state", "received_at"], unique=False)
    op.create_table(
        "waits",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_waits_delivery"),
        sa.PrimaryKeyConstraint("delivery", "kind", "value", name="pk_waits"),
    )
    op.create_index("ix_waits_value", "waits", ["value", "event"], unique=False)
    op.create_table(
        "happenings",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "event", "place", "at", name="pk_happenings"),
    )
    op.create_table(
        "ships",
        sa.Column("mmsi", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mmsi", name="pk_ships"),
    )
    op.create_table(
        "feeds",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feeds"),
    )
    op.create_table(
        "watches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("arrival", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watches"),
    )


def downgrade() -> None:
    """Take the tables away; batches that nobody has seen become ordinary arrivals without work."""
    for table in ("watches", "feeds", "ships", "happenings"):
        op.drop_table(table)
    op.drop_index("ix_waits_value", "waits")
    op.drop_table("waits")
    op.drop_index("ix_arrivals_state_received_at", "arrivals")
