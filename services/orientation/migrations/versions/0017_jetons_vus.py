"""What may be used once, a sign-in's state and a logout notice, as hashes that are kept while they are worth something.

Revision: 0017
Revises: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "jetons_vus",
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("empreinte", name=op.f("pk_jetons_vus")),
    )
    op.create_index("ix_jetons_vus_fin", "jetons_vus", ["fin"])


def downgrade() -> None:
    op.drop_table("jetons_vus")
