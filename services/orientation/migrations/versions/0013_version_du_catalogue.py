"""The version of the catalogue that a referral was decided on.

Revision: 0013
Revises: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("orientations", sa.Column("dispositif_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("orientations", "dispositif_version")
