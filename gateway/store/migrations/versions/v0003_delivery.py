"""Delivery: endpoints as lanes with a breaker, order, resending, who did what and why, legal holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TEXTS = (("deliveries", ("order_key", "after", "resends")), ("events", ("who", "why")), ("work", ("lane",)))
_NUMBERS = (("deliveries", "turn"), ("work", "faults"))
_SPARSE = (("order_key", "turn"), ("after",), ("resends",))


def upgrade() -> None:
    """Add the columns and tables; each delivery that is under way gets the lane of its endpoint."""
    for table, names in _TEXTS:
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text(), server_default="", nullable=False))
    for table, name in _NUMBERS:
        op.add_column(table, sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.drop_index("ix_work_ready", "work")
    op.create_index("ix_work_ready", "work", ["state", "kind", "lane", "run_at", "seq"], unique=False)
    _sparse_index("work", "ix_work_leased", ["lane", "lease_owner"], "lease_owner")
    for columns in _SPARSE:
        _sparse_index("deliveries", f"ix_deliveries_{'_'.join(columns)}", list(columns), columns[0])
    op.create_table(
        "lanes",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="closed", nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("probe_at", Instant(), nullable=True),
        sa.Column("probe", sa.Integer(), nullable=True),
        sa.Column("pause", sa.Float(), server_default="0", nullable=False),
        sa.Column("allowance", Instant(), nullable=True),
        sa.Column("served", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name="pk_lanes"),
    )
    op.create_table(
        "holds",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("released_by", sa.Text(), server_default="", nullable=False),
        sa.Column("released_why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_holds"),
    )
    op.create_index("ix_holds_subject", "holds", ["subject"], unique=False)
    op.execute("INSERT INTO lanes (endpoint) SELECT DISTINCT endpoint FROM deliveries")
    op.execute(
        "UPDATE work SET lane = (SELECT endpoint FROM deliveries WHERE id = work.subject) "
        "WHERE kind = 'deliver' AND subject IN (SELECT id FROM deliveries)"
    )
    op.execute("UPDATE deliveries SET state = 'abandoned' WHERE state = 'cancelled'")


def downgrade() -> None:
    """Remove them; what waited for another delivery goes at once."""
    op.execute("UPDATE deliveries SET state = 'cancelled' WHERE state = 'abandoned'")
    op.execute("UPDATE work SET state = 'ready' WHERE state = 'waiting'")
    op.drop_index("ix_holds_subject", "holds")
    op.drop_table("holds")
    op.drop_table("lanes")
    for columns in _SPARSE:
        op.drop_index(f"ix_deliveries_{'_'.join(columns)}", "deliveries")
    op.drop_index("ix_work_leased", "work")
    op.drop_index("ix_work_ready", "work")
    op.create_index("ix_work_ready", "work", ["state", "kind", "run_at", "seq"], unique=False)
    for table, name in _NUMBERS:
        op.drop_column(table, name)
    for table, names in _TEXTS:
        for name in names:
            op.drop_column(table, name)


def _sparse_index(table: str, name: str, columns: list[str], filled: str) -> None:
    """Make an index of the rows that have something in a column."""
    where = sa.text(f"{filled} <> ''")
    op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
