"""Know whether mails reach a partner without an account.

Revision: 0027
Revises: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("fiches", sa.Column("injoignable_depuis", sa.DateTime(timezone=True), nullable=True))
    op.add_column("fiches", sa.Column("injoignable_cause", sa.String(length=40), nullable=True))
    op.add_column("fiches", sa.Column("joignabilite", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for column in ("joignabilite", "injoignable_cause", "injoignable_depuis"):
        op.drop_column("fiches", column)
