"""Indexes for the lists and what dashboards count; the working days that each answer took.

Revision: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.calendrier import jours_ouvres_between

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TERME = sa.text("COALESCE(due_at, 'infinity'::timestamp with time zone)")
FAITS = (("reponses", "repondue_at"), ("fins", "close_at"))
CLES: tuple[tuple[str, str, list[str]], ...] = (
    ("partenaire", "partenaire_id", []),
    ("departement", "departement", ["partenaire_id"]),
)


def upgrade() -> None:
    op.add_column("orientations", sa.Column("reponse_jours", sa.Integer(), nullable=True))
    _reprendre()
    op.create_index(
        "ix_orientations_liste_partenaire",
        "orientations",
        ["partenaire_id", "etat", TERME, "id"],
        postgresql_include=["due_at", "envoyee_at", "departement"],
        postgresql_where=sa.text("envoyee_at IS NOT NULL"),
    )
    op.create_index(
        "ix_orientations_liste_departement",
        "orientations",
        ["departement", "etat", TERME, "id"],
        postgresql_include=["due_at", "envoyee_at"],
    )
    for nom, moment in FAITS:
        for cle, colonne, autres in CLES:
            op.create_index(
                f"ix_orientations_{nom}_{cle}",
                "orientations",
                [colonne, moment, "id"],
                postgresql_include=["etat", "motif", "reponse_jours", "jours", *autres],
                postgresql_where=sa.text(f"{moment} IS NOT NULL AND envoyee_at IS NOT NULL"),
            )
    op.drop_index("ix_dossiers_reference", table_name="dossiers")
    op.create_index("ix_dossiers_reference", "dossiers", ["reference"], postgresql_ops={"reference": "text_pattern_ops"})


def _reprendre() -> None:
    """What was answered before: from the sending, since the deadline that ran then is not known any more."""
    connection = op.get_bind()
    reponses = connection.execute(
        sa.text("SELECT id, envoyee_at, repondue_at, departement FROM orientations WHERE repondue_at IS NOT NULL")
    )
    lignes = [
        {"id": id_, "jours": max(0, jours_ouvres_between(envoyee_at, repondue_at, departement))}
        for id_, envoyee_at, repondue_at, departement in reponses
    ]
    if lignes:
        connection.execute(sa.text("UPDATE orientations SET reponse_jours = :jours WHERE id = :id"), lignes)


def downgrade() -> None:
    op.drop_index("ix_dossiers_reference", table_name="dossiers")
    op.create_index("ix_dossiers_reference", "dossiers", ["reference"])
    for nom, _ in FAITS:
        for cle, _, _ in CLES:
            op.drop_index(f"ix_orientations_{nom}_{cle}", table_name="orientations")
    op.drop_index("ix_orientations_liste_departement", table_name="orientations")
    op.drop_index("ix_orientations_liste_partenaire", table_name="orientations")
    op.drop_column("orientations", "reponse_jours")
