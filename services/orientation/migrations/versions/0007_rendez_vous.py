"""Appointments and their slots.

Revision: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PARTIES = "('emetteur', 'partenaire', 'systeme')"


def upgrade() -> None:
    op.create_table(
        "rendez_vous",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("tour", sa.Integer(), nullable=False),
        sa.Column("propose_par", sa.String(length=40), nullable=False),
        sa.Column("propose_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creneau_id", sa.Uuid(), nullable=True),
        sa.Column("confirme_par", sa.String(length=40), nullable=True),
        sa.Column("pour_association", sa.Boolean(), nullable=False),
        sa.Column("confirme_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("motif", sa.String(length=40), nullable=True),
        sa.Column("annule_par", sa.String(length=40), nullable=True),
        sa.Column("annule_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publie", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("creee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modifiee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("etat IN ('propose', 'confirme', 'annule')", name=op.f("ck_rendez_vous_etat")),
        sa.CheckConstraint(f"propose_par IN {PARTIES}", name=op.f("ck_rendez_vous_propose_par")),
        sa.CheckConstraint(f"confirme_par IN {PARTIES}", name=op.f("ck_rendez_vous_confirme_par")),
        sa.CheckConstraint(f"annule_par IN {PARTIES}", name=op.f("ck_rendez_vous_annule_par")),
        sa.CheckConstraint(
            "motif IN ('association_indisponible', 'partenaire_indisponible', 'plus_utile', 'erreur', 'orientation_close')",
            name=op.f("ck_rendez_vous_motif"),
        ),
        sa.CheckConstraint("(etat = 'annule') = (motif IS NOT NULL)", name=op.f("ck_rendez_vous_annule")),
        sa.CheckConstraint(
            "publie = (creneau_id IS NOT NULL) AND (etat = 'confirme') <= publie", name=op.f("ck_rendez_vous_publie")
        ),
        sa.ForeignKeyConstraint(["orientation_id"], ["orientations.id"], name=op.f("fk_rendez_vous_orientation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendez_vous")),
    )
    op.create_index("ix_rendez_vous_orientation", "rendez_vous", ["orientation_id"], unique=False)
    op.create_index(
        "ux_rendez_vous_propose",
        "rendez_vous",
        ["orientation_id"],
        unique=True,
        postgresql_where=sa.text("etat = 'propose'"),
    )
    op.create_table(
        "creneaux",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rendez_vous_id", sa.Uuid(), nullable=False),
        sa.Column("tour", sa.Integer(), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("lieu", sa.String(), nullable=False),
        sa.CheckConstraint("mode IN ('telephone', 'visio', 'sur_place')", name=op.f("ck_creneaux_mode")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 480", name=op.f("ck_creneaux_minutes")),
        sa.CheckConstraint("char_length(lieu) <= 200", name=op.f("ck_creneaux_lieu")),
        sa.ForeignKeyConstraint(["rendez_vous_id"], ["rendez_vous.id"], name=op.f("fk_creneaux_rendez_vous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creneaux")),
    )
    op.create_index("ux_creneaux_rang", "creneaux", ["rendez_vous_id", "tour", "rang"], unique=True)


def downgrade() -> None:
    op.drop_index("ux_creneaux_rang", table_name="creneaux")
    op.drop_table("creneaux")
    op.drop_index("ux_rendez_vous_propose", table_name="rendez_vous", postgresql_where=sa.text("etat = 'propose'"))
    op.drop_index("ix_rendez_vous_orientation", table_name="rendez_vous")
    op.drop_table("rendez_vous")
