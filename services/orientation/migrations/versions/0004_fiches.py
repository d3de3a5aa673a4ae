"""The sheets of organisations and their absences.

Revision: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Refuses two absences that share a day; a trusted extension, so that the owner of the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "fiches",
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("presentation", sa.String(), nullable=False),
        sa.Column("publics", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("horaires", sa.String(length=300), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("adresse", sa.String(length=200), nullable=False),
        sa.Column("code_postal", sa.String(length=5), nullable=False),
        sa.Column("commune", sa.String(length=100), nullable=False),
        sa.Column("telephone", sa.String(length=20), nullable=False),
        sa.Column("courriel", sa.String(length=254), nullable=False),
        sa.Column("site_web", sa.String(length=300), nullable=False),
        sa.Column("modifiee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "greatest(length(presentation), length(publics), length(conditions)) <= 1000", name=op.f("ck_fiches_taille")
        ),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_fiches_partenaire_id")),
        sa.PrimaryKeyConstraint("partenaire_id", name=op.f("pk_fiches")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("du", sa.Date(), nullable=False),
        sa.Column("au", sa.Date(), nullable=False),
        sa.Column("remplacant_partenaire_id", sa.Uuid(), nullable=True),
        sa.Column("remplacant_membre_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("du <= au", name=op.f("ck_absences_ordre")),
        sa.CheckConstraint(
            "remplacant_partenaire_id IS NULL OR remplacant_membre_id IS NULL", name=op.f("ck_absences_un_remplacant")
        ),
        sa.CheckConstraint("remplacant_partenaire_id <> partenaire_id", name=op.f("ck_absences_un_autre")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_absences_partenaire_id")),
        sa.ForeignKeyConstraint(
            ["remplacant_partenaire_id"], ["partenaires.id"], name=op.f("fk_absences_remplacant_partenaire_id")
        ),
        sa.ForeignKeyConstraint(["remplacant_membre_id"], ["membres.id"], name=op.f("fk_absences_remplacant_membre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
        postgresql.ExcludeConstraint(
            ("partenaire_id", "="), (sa.text("daterange(du, au, '[]')"), "&&"), using="gist", name="ex_absences_jours"
        ),
    )
    op.create_index("ix_absences_partenaire", "absences", ["partenaire_id", "au"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_absences_partenaire", table_name="absences")
    op.drop_table("absences")
    op.drop_table("fiches")
