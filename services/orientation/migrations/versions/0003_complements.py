"""Questions of several kinds, asked and replied to by rounds.

Revision: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TYPES = "type IN ('texte', 'nombre', 'montant', 'date', 'oui_non', 'choix')"


def upgrade() -> None:
    # The defaults let the release that is still running ask its questions meanwhile.
    op.add_column("complements", sa.Column("rang", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("complements", sa.Column("type", sa.String(length=40), server_default="texte", nullable=False))
    op.add_column("complements", sa.Column("obligatoire", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column(
        "complements",
        sa.Column("choix", postgresql.ARRAY(sa.String(length=100)), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_check_constraint(op.f("ck_complements_type"), "complements", TYPES)
    op.create_check_constraint(op.f("ck_complements_rang"), "complements", "rang BETWEEN 1 AND 10")
    op.create_check_constraint(
        op.f("ck_complements_choix"), "complements", "(type = 'choix') = (cardinality(choix) BETWEEN 2 AND 10)"
    )
    op.create_check_constraint(op.f("ck_complements_reponse"), "complements", "reponse IS NULL OR repondue_at IS NOT NULL")
    op.create_index(
        "ux_complements_en_attente",
        "complements",
        ["orientation_id", "rang"],
        unique=True,
        postgresql_where=sa.text("repondue_at IS NULL"),
    )
    op.drop_index("ux_complements_sans_reponse", table_name="complements", postgresql_where=sa.text("reponse IS NULL"))


def downgrade() -> None:
    # What the older form cannot say is let go: further questions of a round, and optional ones without reply.
    op.execute("DELETE FROM complements WHERE rang > 1 AND repondue_at IS NULL")
    op.execute("DELETE FROM complements WHERE reponse IS NULL AND repondue_at IS NOT NULL")
    op.create_index(
        "ux_complements_sans_reponse",
        "complements",
        ["orientation_id"],
        unique=True,
        postgresql_where=sa.text("reponse IS NULL"),
    )
    op.drop_index("ux_complements_en_attente", table_name="complements", postgresql_where=sa.text("repondue_at IS NULL"))
    for nom in ("reponse", "choix", "rang", "type"):
        op.drop_constraint(op.f(f"ck_complements_{nom}"), "complements", type_="check")
    for colonne in ("choix", "obligatoire", "type", "rang"):
        op.drop_column("complements", colonne)
