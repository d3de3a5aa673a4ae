"""Sessions of the people whom this service signs in, kept here so that they can be ended at once.

Revision: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("finie_at IS NULL")
INDEXES = {
    "acteur": ["acteur_id"],
    "organisation": ["organisation_id"],
    "identite": ["issuer", "sub"],
    "sid": ["issuer", "sid"],
}


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("empreinte", sa.LargeBinary(), nullable=False),
        sa.Column("acteur_id", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("claims", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=True),
        sa.Column("sub", sa.String(length=200), nullable=True),
        sa.Column("sid", sa.String(length=200), nullable=True),
        sa.Column("id_token", sa.Text(), nullable=True),
        sa.Column("ouverte_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finie_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fin", sa.String(length=20), nullable=True),
        sa.CheckConstraint("(finie_at IS NULL) = (fin IS NULL)", name=op.f("ck_sessions_fin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index("ux_sessions_empreinte", "sessions", ["empreinte"], unique=True)
    op.create_index("ix_sessions_finie", "sessions", ["finie_at"])
    for name, columns in INDEXES.items():
        op.create_index(f"ix_sessions_{name}", "sessions", columns, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("sessions")
