"""The members' calendars.

Revision: 0020
Revises: 0019
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.policies import IDENTITE, protect, unprotect

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SIEN = f"membre_id::text = {IDENTITE}"


def upgrade() -> None:
    op.create_table(
        "calendriers",
        sa.Column("membre_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("empreinte", sa.LargeBinary(), nullable=False),
        sa.Column("cree_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lu_le", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["membre_id"], ["membres.id"], name=op.f("fk_calendriers_membre_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_calendriers_partenaire_id")),
        sa.PrimaryKeyConstraint("membre_id", name=op.f("pk_calendriers")),
        sa.UniqueConstraint("empreinte", name=op.f("uq_calendriers_empreinte")),
    )
    # By the secret it is looked up by the hub itself, before anybody acts.
    protect("calendriers", SIEN, change=SIEN, add=SIEN, remove=SIEN)


def downgrade() -> None:
    unprotect("calendriers")
    op.drop_table("calendriers")
