"""Know whom mails do not reach.

Revision: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("personnes", sa.Column("injoignable_depuis", sa.DateTime(timezone=True), nullable=True))
    op.add_column("personnes", sa.Column("injoignable_cause", sa.String(length=40), nullable=True))
    op.add_column("personnes", sa.Column("joignabilite", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for column in ("joignabilite", "injoignable_cause", "injoignable_depuis"):
        op.drop_column("personnes", column)
