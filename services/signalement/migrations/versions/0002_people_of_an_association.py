"""Several people per association, each with rights and mails of its own; changes of a lost address.

Revision: 0002
Revises: 0001
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "personnes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("courriel", sa.String(length=254), nullable=True),
        sa.Column("droits", postgresql.ARRAY(sa.String(length=30)), nullable=False),
        sa.Column("responsable", sa.Boolean(), nullable=False),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retiree_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("droits <@ ARRAY['lire', 'consentir', 'valider']::varchar[]", name=op.f("ck_personnes_droits")),
        sa.CheckConstraint("droits @> ARRAY['lire']::varchar[]", name=op.f("ck_personnes_chacune_lit")),
        sa.CheckConstraint(
            "(retiree_le IS NULL) = (courriel IS NOT NULL)", name=op.f("ck_personnes_adresse_tant_que_presente")
        ),
        sa.CheckConstraint(
            "NOT responsable OR (retiree_le IS NULL AND cardinality(droits) = 3)", name=op.f("ck_personnes_responsable_entiere")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_personnes_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personnes")),
    )
    op.create_index(
        "ux_personnes_responsable", "personnes", ["dossier_id"], unique=True, postgresql_where=sa.text("responsable")
    )
    op.create_index("ux_personnes_courriel", "personnes", ["dossier_id", "courriel"], unique=True)
    # Whom each case was filed with is its first person, and has its id: so does the log call it already.
    op.execute(
        "INSERT INTO personnes (id, dossier_id, prenom, nom, fonction, courriel, droits, responsable, depuis) "
        "SELECT c.dossier_id, c.dossier_id, c.prenom, c.nom, c.fonction, c.courriel, "
        "ARRAY['lire', 'consentir', 'valider'], true, d.depose_le FROM contacts c JOIN dossiers d ON d.id = c.dossier_id"
    )
    op.add_column("acces", sa.Column("personne_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE acces SET personne_id = dossier_id")
    op.alter_column("acces", "personne_id", nullable=False)
    op.create_foreign_key(op.f("fk_acces_personne_id"), "acces", "personnes", ["personne_id"], ["id"])
    op.add_column("acces", sa.Column("courriel", sa.String(length=254), nullable=True))
    op.create_index("ix_acces_personne", "acces", ["personne_id", "demande_le"], unique=False)
    op.create_table(
        "recuperations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("personne_id", sa.Uuid(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "proposee", "confirmee", "refusee", "expiree", name="etat", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("nouvelle", sa.String(length=254), nullable=True),
        sa.Column(
            "verification",
            sa.Enum(
                "piece",
                "rappel",
                "rencontre",
                "acte",
                name="verification",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("proposee_par", sa.String(length=200), nullable=False),
        sa.Column("proposee_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decidee_par", sa.String(length=200), nullable=True),
        sa.Column("decidee_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(etat = 'proposee') = (nouvelle IS NOT NULL)", name=op.f("ck_recuperations_adresse_tant_qu_elle_attend")
        ),
        sa.CheckConstraint("(etat = 'proposee') = (decidee_le IS NULL)", name=op.f("ck_recuperations_decidee_quand_close")),
        sa.CheckConstraint("etat <> 'confirmee' OR decidee_par <> proposee_par", name=op.f("ck_recuperations_deux_personnes")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_recuperations_dossier_id")),
        sa.ForeignKeyConstraint(["personne_id"], ["personnes.id"], name=op.f("fk_recuperations_personne_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recuperations")),
    )
    op.create_index("ix_recuperations_dossier", "recuperations", ["dossier_id"], unique=False)
    op.create_index(
        "ux_recuperations_en_cours",
        "recuperations",
        ["personne_id"],
        unique=True,
        postgresql_where=sa.text("etat = 'proposee'"),
    )


def downgrade() -> None:
    op.drop_table("recuperations")
    op.drop_index("ix_acces_personne", table_name="acces")
    op.drop_constraint(op.f("fk_acces_personne_id"), "acces", type_="foreignkey")
    op.drop_column("acces", "personne_id")
    op.drop_column("acces", "courriel")
    op.drop_table("personnes")
