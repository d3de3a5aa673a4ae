"""Know when the first talk with the association is.

Revision: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("premier_echange_le", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("dossiers", "premier_echange_le")
