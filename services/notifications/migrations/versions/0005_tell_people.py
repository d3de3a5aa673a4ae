"""Tell people by a table: the feed, what each refuses, and where cases and referrals stand.

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

ETATS = "'en_attente', 'envoye', 'abandonne'"
WAITING = sa.text("etat = 'en_attente' AND porteur IS NULL")


def upgrade() -> None:
    op.create_table(
        "cellules",
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("departements", sa.ARRAY(sa.String(length=3)), nullable=False),
        sa.PrimaryKeyConstraint("partenaire_id", name=op.f("pk_cellules")),
    )
    op.create_table(
        "orientations_suivies",
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("emetteur_id", sa.Uuid(), nullable=False),
        sa.Column("etat", sa.String(length=30), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("envoyee", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("orientation_id", name=op.f("pk_orientations_suivies")),
    )
    op.create_index("ix_orientations_suivies_partenaire", "orientations_suivies", ["partenaire_id", "due_at"])
    op.create_index("ix_orientations_suivies_emetteur", "orientations_suivies", ["emetteur_id", "due_at"])
    op.create_index("ix_orientations_suivies_dossier", "orientations_suivies", ["dossier_id"])
    op.create_table(
        "desinscriptions",
        sa.Column("membre_id", sa.String(length=200), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("membre_id", "genre", name=op.f("pk_desinscriptions")),
    )
    op.create_table(
        "lecteurs",
        sa.Column("membre_id", sa.String(length=200), nullable=False),
        sa.Column("lu_jusqu_a", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("membre_id", name=op.f("pk_lecteurs")),
    )
    op.create_table(
        "lectures",
        sa.Column("membre_id", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("membre_id", "seq", name=op.f("pk_lectures")),
    )
    op.create_table(
        "faits",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("fait", sa.String(), nullable=False),
        sa.Column("apres", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_faits")),
    )
    op.add_column("territoires", sa.Column("reference", sa.String(length=40), nullable=True))
    op.add_column("territoires", sa.Column("clos_le", sa.DateTime(timezone=True), nullable=True))
    for name in ("roles", "sauf"):
        op.add_column("courriels", sa.Column(name, sa.ARRAY(sa.String(length=20)), server_default="{}", nullable=False))
    op.add_column("courriels", sa.Column("membre_id", sa.Uuid(), nullable=True))
    op.add_column("courriels", sa.Column("acteur_id", sa.String(length=200), nullable=True))
    op.add_column("courriels", sa.Column("departement", sa.String(length=3), nullable=True))
    op.add_column("courriels", sa.Column("pli", sa.String(length=60), nullable=True))
    op.drop_constraint(op.f("ck_courriels_etat"), "courriels", type_="check")
    op.create_check_constraint(op.f("ck_courriels_etat"), "courriels", f"etat IN ({ETATS}, 'sans_objet', 'fil')")
    op.create_index("ix_courriels_fil", "courriels", ["organisation_id", "seq"])
    op.create_index("ix_courriels_plis", "courriels", ["pli"], postgresql_where=WAITING)


def downgrade() -> None:
    op.execute("DELETE FROM courriels WHERE etat IN ('sans_objet', 'fil')")
    op.drop_index("ix_courriels_plis", table_name="courriels", postgresql_where=WAITING)
    op.drop_index("ix_courriels_fil", table_name="courriels")
    op.drop_constraint(op.f("ck_courriels_etat"), "courriels", type_="check")
    op.create_check_constraint(op.f("ck_courriels_etat"), "courriels", f"etat IN ({ETATS})")
    for name in ("pli", "departement", "acteur_id", "membre_id", "sauf", "roles"):
        op.drop_column("courriels", name)
    op.drop_column("territoires", "clos_le")
    op.drop_column("territoires", "reference")
    for name in ("faits", "lectures", "lecteurs", "desinscriptions", "orientations_suivies", "cellules"):
        op.drop_table(name)
