"""What dispositifs are called, for the association's page.

Revision: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "dispositifs",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("libelle", sa.String(length=500), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositifs")),
    )


def downgrade() -> None:
    op.drop_table("dispositifs")
