"""What people call the dispositifs, heard from the catalogue.

Revision: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "dispositifs",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("libelle", sa.String(length=500), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dispositifs")),
    )


def downgrade() -> None:
    op.drop_table("dispositifs")
