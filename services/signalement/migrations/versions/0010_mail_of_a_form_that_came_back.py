"""Know that the mail of a form that was set aside did not arrive.

Revision: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("brouillons", sa.Column("injoignable_cause", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("brouillons", "injoignable_cause")
