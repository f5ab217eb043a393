"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.tables import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table and index."""
    op.create_table(
        "acknowledgments",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("arrival", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_acknowledgments"),
    )
    op.create_index("ix_acknowledgments_arrival", "acknowledgments", ["arrival"], unique=False)
    op.create_index("ix_acknowledgments_delivery", "acknowledgments", ["delivery"], unique=False)
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("dedupe_key", sa.Text(), server_default="", nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), server_default="", nullable=False),
        sa.Column("first", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
    )
    op.create_index("ix_arrivals_received_at", "arrivals", ["received_at"], unique=False)
    op.create_index(
        "uq_arrivals_dedupe_key",
        "arrivals",
        ["dedupe_key"],
        unique=True,
        sqlite_where=sa.text("dedupe_key <> ''"),
        postgresql_where=sa.text("dedupe_key <> ''"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("arrival", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
    )
    op.create_index("ix_deliveries_arrival", "deliveries", ["arrival"], unique=False)
    op.create_index("ix_deliveries_document", "deliveries", ["document"], unique=False)
    op.create_index("ix_deliveries_state_endpoint", "deliveries", ["state", "endpoint"], unique=False)
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("arrival", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery", sa.Text(), server_default="", nullable=False),
        sa.Column("filing", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_events"),
    )
    op.create_index("ix_events_arrival", "events", ["arrival"], unique=False)
    op.create_index("ix_events_delivery", "events", ["delivery"], unique=False)
    op.create_index("ix_events_document", "events", ["document"], unique=False)
    op.create_index("ix_events_filing", "events", ["filing"], unique=False)
    op.create_table(
        "filings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("lrn", sa.Text(), nullable=False),
        sa.Column("mrn", sa.Text(), server_default="", nullable=False),
        sa.Column("agreement", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("state_as_of", Instant(), nullable=True),
        sa.Column("do_not_load_set", Instant(), nullable=True),
        sa.Column("do_not_load_lifted", Instant(), nullable=True),
        sa.Column("hold_set", Instant(), nullable=True),
        sa.Column("hold_lifted", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_filings"),
        sa.UniqueConstraint("sender", "lrn", name="uq_filings_sender_lrn"),
    )
    op.create_index("ix_filings_mrn", "filings", ["mrn"], unique=False)
    op.create_table(
        "reference_index",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_reference_index"),
        sa.UniqueConstraint("value", "kind", "subject", "id", name="uq_reference_index_value_kind_subject_id"),
    )
    op.create_index("ix_reference_index_id", "reference_index", ["id"], unique=False)
    op.create_table(
        "work",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_at", Instant(), nullable=False),
        sa.Column("lease_owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_work"),
        sa.UniqueConstraint("kind", "subject", name="uq_work_kind_subject"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_work_ready", "work", ["state", "kind", "run_at", "seq"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("arrival", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("agreement", sa.Text(), server_default="", nullable=False),
        sa.Column("filing", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["arrival"], ["arrivals.id"], name="fk_documents_arrival"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
    )
    op.create_index("ix_documents_arrival", "documents", ["arrival"], unique=False)
    op.create_index("ix_documents_filing", "documents", ["filing"], unique=False)
    op.create_table(
        "expectations",
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_expectations_delivery"),
        sa.PrimaryKeyConstraint("delivery", "layer", name="pk_expectations"),
    )
    op.create_index("ix_expectations_due_at", "expectations", ["due_at"], unique=False)
    op.create_table(
        "findings",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("arrival", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["arrival"], ["arrivals.id"], name="fk_findings_arrival"),
        sa.PrimaryKeyConstraint("seq", name="pk_findings"),
    )
    op.create_index("ix_findings_arrival", "findings", ["arrival"], unique=False)
    op.create_index("ix_findings_document", "findings", ["document"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name="fk_receipts_delivery"),
        sa.PrimaryKeyConstraint("seq", name="pk_receipts"),
    )
    op.create_index("ix_receipts_delivery", "receipts", ["delivery"], unique=False)
    op.create_table(
        "repeats",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["first"], ["arrivals.id"], name="fk_repeats_first"),
        sa.PrimaryKeyConstraint("id", name="pk_repeats"),
    )
    op.create_index("ix_repeats_first", "repeats", ["first"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("repeats")
    op.drop_table("receipts")
    op.drop_table("findings")
    op.drop_table("expectations")
    op.drop_table("documents")
    op.drop_table("work")
    op.drop_table("reference_index")
    op.drop_table("filings")
    op.drop_table("events")
    op.drop_table("deliveries")
    op.drop_table("arrivals")
    op.drop_table("acknowledgments")
