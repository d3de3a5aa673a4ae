"""What a partner declares about each dispositif that it carries.

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
    op.create_table(
        "offres",
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("dispositif", sa.String(length=40), nullable=False),
        sa.Column("delai_lecture", sa.Integer(), nullable=True),
        sa.Column("delai_reponse", sa.Integer(), nullable=True),
        sa.Column("capacite", sa.Integer(), nullable=True),
        sa.Column("periode", sa.String(length=40), nullable=True),
        sa.CheckConstraint("periode IN ('annee', 'trimestre', 'mois')", name=op.f("ck_offres_periode")),
        sa.CheckConstraint("delai_lecture BETWEEN 1 AND 60 AND delai_reponse BETWEEN 1 AND 60", name=op.f("ck_offres_delais")),
        sa.CheckConstraint("capacite BETWEEN 0 AND 100000", name=op.f("ck_offres_capacite")),
        sa.CheckConstraint("(capacite IS NULL) = (periode IS NULL)", name=op.f("ck_offres_par_periode")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_offres_partenaire_id")),
        sa.PrimaryKeyConstraint("partenaire_id", "dispositif", name=op.f("pk_offres")),
    )
    op.add_column("partenaires", sa.Column("delai_lecture", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_partenaires_lecture"), "partenaires", "delai_lecture BETWEEN 1 AND 60")
    op.create_index(
        "ix_orientations_repondues",
        "orientations",
        ["partenaire_id", "dispositif", "repondue_at"],
        unique=False,
        postgresql_where=sa.text("repondue_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_orientations_repondues", table_name="orientations", postgresql_where=sa.text("repondue_at IS NOT NULL"))
    op.drop_constraint(op.f("ck_partenaires_lecture"), "partenaires", type_="check")
    op.drop_column("partenaires", "delai_lecture")
    op.drop_table("offres")
