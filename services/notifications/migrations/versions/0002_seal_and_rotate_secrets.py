"""Seal the secrets of endpoints, and keep the former one for a day when a secret is changed.

The column is only made wide enough here: a migration has no key. The worker seals what is in clear when it starts.

Revision: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.alter_column("webhooks", "secret", type_=sa.String(length=300), existing_nullable=False)
    op.add_column("webhooks", sa.Column("secret_precedent", sa.String(length=300), nullable=True))
    op.add_column("webhooks", sa.Column("precedent_jusqu_a", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_webhooks_precedent"), "webhooks", "(secret_precedent IS NULL) = (precedent_jusqu_a IS NULL)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_webhooks_precedent"), "webhooks")
    op.drop_column("webhooks", "precedent_jusqu_a")
    op.drop_column("webhooks", "secret_precedent")
