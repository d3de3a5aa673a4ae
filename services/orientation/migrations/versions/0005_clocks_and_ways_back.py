"""Two clocks for the partner, a deadline in every open state, and ways back with a reason.

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

# What was open without a deadline gets one. PostgreSQL knows no public holidays: two weeks stand for ten working days,
# nine for forty-five; from the next step on, the deadlines are those of the calendar.
ATTENTES = (
    "UPDATE orientations SET due_at = now() + interval '2 weeks' WHERE etat = 'brouillon'",
    """UPDATE orientations SET due_at = now() + interval '2 weeks', escalade_at = now() + interval '2 weeks',
        prochaine_at = now() + interval '2 weeks' WHERE etat = 'acceptee'""",
    """UPDATE orientations SET due_at = now() + interval '9 weeks', escalade_at = now() + interval '9 weeks',
        prochaine_at = now() + interval '9 weeks' WHERE etat = 'demarree'""",
    """UPDATE orientations SET escalade_at = now() + interval '2 weeks', prochaine_at = now() + interval '2 weeks'
        WHERE etat = 'complement_demande' AND escalade_at IS NULL""",
    "UPDATE orientations SET lire_at = LEAST(due_at, envoyee_at + interval '4 days') WHERE envoyee_at IS NOT NULL",
    """UPDATE orientations o SET accord = 'donne' WHERE etat <> 'brouillon' OR EXISTS (SELECT FROM consentements c
        WHERE c.dossier_id = o.dossier_id AND c.destinataire_id = o.partenaire_id AND c.finalite = 'orientation'
            AND c.etat = 'donne' AND c.categories @> o.categories)""",
)


def upgrade() -> None:
    op.add_column("orientations", sa.Column("lecture", sa.Integer(), server_default="2", nullable=False))
    op.add_column("orientations", sa.Column("accord", sa.String(length=40), server_default="demande", nullable=False))
    op.add_column("orientations", sa.Column("retour", sa.String(length=40), nullable=True))
    op.add_column("orientations", sa.Column("lire_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orientations", sa.Column("relance_lire_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orientations", sa.Column("a_rappeler", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("orientations", sa.Column("rouverte_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_orientations_accord"), "orientations", "accord IN ('demande', 'donne', 'refuse', 'retire', 'expire')"
    )
    op.create_check_constraint(
        op.f("ck_orientations_retour"),
        "orientations",
        "retour IN ('erreur', 'situation_changee', 'place_liberee', 'partenaire_disponible')",
    )
    for statement in ATTENTES:
        op.execute(statement)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_orientations_retour"), "orientations")
    op.drop_constraint(op.f("ck_orientations_accord"), "orientations")
    for column in ("rouverte_at", "a_rappeler", "relance_lire_at", "lire_at", "retour", "accord", "lecture"):
        op.drop_column("orientations", column)
    op.execute("UPDATE orientations SET escalade_at = NULL, prochaine_at = NULL WHERE etat IN ('acceptee', 'demarree')")
