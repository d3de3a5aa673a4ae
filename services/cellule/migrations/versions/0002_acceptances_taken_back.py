"""An acceptance may be taken back: what counts is the newest word.

Revision: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("renvois", sa.Column("sequence_acceptee", sa.Integer(), nullable=True))
    op.add_column("renvois", sa.Column("sequence_attente", sa.Integer(), nullable=True))
    # Until now nothing was ever taken back: what was accepted still is.
    op.execute("UPDATE renvois SET sequence_acceptee = sequence WHERE acceptee_at IS NOT NULL")


def downgrade() -> None:
    op.drop_column("renvois", "sequence_attente")
    op.drop_column("renvois", "sequence_acceptee")
