"""Messages between an association and the cell.

Revision: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cote",
            sa.Enum("association", "cellule", name="cote", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("auteur_id", sa.String(length=200), nullable=False),
        sa.Column("auteur", sa.String(length=200), nullable=False),
        sa.Column("attend_reponse", sa.Boolean(), nullable=False),
        sa.Column("texte", sa.String(), nullable=False),
        sa.Column("envoye_le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(texte) BETWEEN 1 AND 4000", name=op.f("ck_messages_longueur")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_messages_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_dossier", "messages", ["dossier_id", "id"], unique=False)
    op.create_index("ix_messages_auteur", "messages", ["auteur_id", "envoye_le"], unique=False)


def downgrade() -> None:
    op.drop_table("messages")
