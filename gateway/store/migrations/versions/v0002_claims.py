"""Keys get a table of their own: several to an arrival, each with every use of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the key of each arrival over as the first use of it."""
    op.create_table(
        "claims",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("arrival", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", "turn", name="pk_claims"),
    )
    op.create_index("ix_claims_arrival", "claims", ["arrival"], unique=False)
    # A key was the first interchange's and stood for all bytes of the arrival, and all its acknowledgments.
    op.execute(
        "INSERT INTO claims (key, turn, arrival, number, sha256, used_at) "
        "SELECT dedupe_key, 1, id, 1, sha256, received_at FROM arrivals WHERE dedupe_key <> ''"
    )
    op.drop_index("uq_arrivals_dedupe_key", "arrivals")
    op.add_column("repeats", sa.Column("number", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take the keys back; where a key was used more than once, the first use keeps it."""
    op.drop_column("repeats", "number")
    op.execute("UPDATE arrivals SET dedupe_key = '' WHERE id NOT IN (SELECT arrival FROM claims WHERE turn = 1)")
    op.create_index(
        "uq_arrivals_dedupe_key",
        "arrivals",
        ["dedupe_key"],
        unique=True,
        sqlite_where=sa.text("dedupe_key <> ''"),
        postgresql_where=sa.text("dedupe_key <> ''"),
    )
    op.drop_index("ix_claims_arrival", "claims")
    op.drop_table("claims")
