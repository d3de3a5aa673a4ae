"""Know when a try began, how long a delivery may not be tried again, and when an endpoint last failed.

Revision: 0014
Revises: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("tentatives", sa.Column("commencee_le", sa.DateTime(timezone=True), nullable=True))
    op.add_column("livraisons", sa.Column("pas_avant", sa.DateTime(timezone=True), nullable=True))
    op.add_column("webhooks", sa.Column("dernier_echec_le", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("webhooks", "dernier_echec_le")
    op.drop_column("livraisons", "pas_avant")
    op.drop_column("tentatives", "commencee_le")
