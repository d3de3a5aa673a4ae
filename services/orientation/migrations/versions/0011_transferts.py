"""Who follows a referral inside the partner, and its passing on to another one.

Revision: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOTIFS = (
    "motif IN ('sans_capacite', 'non_eligible', 'hors_territoire', 'deja_accompagne', "
    "'injoignable', 'consentement_retire', 'annulee', 'autre')"
)


def upgrade() -> None:
    op.add_column("orientations", sa.Column("responsable_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_orientations_responsable_id"), "orientations", "membres", ["responsable_id"], ["id"])
    op.create_index(
        "ix_orientations_responsable",
        "orientations",
        ["responsable_id", "id"],
        unique=False,
        postgresql_where=sa.text("responsable_id IS NOT NULL"),
    )
    op.create_table(
        "affectations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("responsable_id", sa.Uuid(), nullable=True),
        sa.Column("par", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["orientation_id"], ["orientations.id"], name=op.f("fk_affectations_orientation_id")),
        sa.ForeignKeyConstraint(["responsable_id"], ["membres.id"], name=op.f("fk_affectations_responsable_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affectations")),
    )
    op.create_index("ix_affectations_orientation", "affectations", ["orientation_id", "id"], unique=False)
    op.create_table(
        "transferts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("dispositif", sa.String(length=40), nullable=False),
        sa.Column("motif", sa.String(length=40), nullable=False),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("propose_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suivante_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("etat IN ('propose', 'accepte', 'refuse', 'retire')", name=op.f("ck_transferts_etat")),
        sa.CheckConstraint(MOTIFS, name=op.f("ck_transferts_motif")),
        sa.CheckConstraint("(etat = 'accepte') = (suivante_id IS NOT NULL)", name=op.f("ck_transferts_suivante")),
        sa.CheckConstraint("(etat = 'propose') = (decide_at IS NULL)", name=op.f("ck_transferts_decide")),
        sa.ForeignKeyConstraint(["orientation_id"], ["orientations.id"], name=op.f("fk_transferts_orientation_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_transferts_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transferts")),
    )
    op.create_index("ix_transferts_orientation", "transferts", ["orientation_id", "id"], unique=False)
    op.create_index(
        "ux_transferts_propose",
        "transferts",
        ["orientation_id"],
        unique=True,
        postgresql_where=sa.text("etat = 'propose'"),
    )


def downgrade() -> None:
    op.drop_index("ux_transferts_propose", table_name="transferts", postgresql_where=sa.text("etat = 'propose'"))
    op.drop_index("ix_transferts_orientation", table_name="transferts")
    op.drop_table("transferts")
    op.drop_index("ix_affectations_orientation", table_name="affectations")
    op.drop_table("affectations")
    op.drop_index(
        "ix_orientations_responsable", table_name="orientations", postgresql_where=sa.text("responsable_id IS NOT NULL")
    )
    op.drop_constraint(op.f("fk_orientations_responsable_id"), "orientations", type_="foreignkey")
    op.drop_column("orientations", "responsable_id")
