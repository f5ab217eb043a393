"""Documents that wait to be sent together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; nothing that is kept changes."""
    op.create_table(
        "gathered",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fire_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name="fk_gathered_document"),
        sa.PrimaryKeyConstraint("agreement", "route", "document", name="pk_gathered"),
    )
    op.create_index("ix_gathered_fire_at", "gathered", ["agreement", "route", "fire_at"], unique=False)
    op.create_index("ix_gathered_document", "gathered", ["document"], unique=False)


def downgrade() -> None:
    """Take the table away: what waits in it is not sent; let its times pass before."""
    op.drop_index("ix_gathered_document", "gathered")
    op.drop_index("ix_gathered_fire_at", "gathered")
    op.drop_table("gathered")
