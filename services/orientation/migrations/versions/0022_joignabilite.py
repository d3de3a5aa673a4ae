"""Know whom mails do not reach.

Revision: 0022
Revises: 0021
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("membres", "invitations")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("injoignable_depuis", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("injoignable_cause", sa.String(length=40), nullable=True))
        op.add_column(table, sa.Column("joignabilite", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for table in TABLES:
        for column in ("joignabilite", "injoignable_cause", "injoignable_depuis"):
            op.drop_column(table, column)
