"""Know by whose clock an organisation reads. Partners are learned of as the directory next publishes them.

Revision: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.policies import PERSONNE, protect

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("partenaire_id", name=op.f("pk_organisations")),
    )
    protect("organisations", PERSONNE)
    op.execute("""
        INSERT INTO organisations (partenaire_id, departement)
        SELECT partenaire_id, departements[1] FROM cellules WHERE cardinality(departements) > 0
    """)


def downgrade() -> None:
    op.drop_table("organisations")
