"""People in several organisations, invitations, requests to join, and the last uses of systems.

Revision: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("membres", sa.Column("vu_le", sa.Date(), nullable=True))
    op.add_column("membres", sa.Column("saisi_at", moment, nullable=True))
    op.create_check_constraint(op.f("ck_membres_courriel_oublie"), "membres", "actif OR courriel = '' OR saisi_at IS NULL")
    op.create_index("ux_membres_identite_partenaire", "membres", ["issuer", "sub", "partenaire_id"], unique=True)
    op.drop_index("ux_membres_identite", "membres")
    op.execute("ALTER INDEX ux_membres_identite_partenaire RENAME TO ux_membres_identite")
    op.add_column("clients", sa.Column("portees", postgresql.ARRAY(sa.String(40)), nullable=False, server_default="{}"))
    op.add_column("clients", sa.Column("vu_at", moment, nullable=True))
    op.add_column("clients", sa.Column("saisi_at", moment, nullable=True))
    op.drop_index("ux_clients_identite", "clients")
    op.create_index("ux_clients_identite", "clients", ["issuer", "client_id"], unique=True, postgresql_where=sa.text("actif"))
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("courriel", sa.String(254), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String(40)), nullable=False),
        sa.Column("liens", postgresql.ARRAY(sa.LargeBinary()), nullable=False, server_default="{}"),
        sa.Column("par", sa.String(200), nullable=False),
        sa.Column("cree_at", moment, nullable=False),
        sa.Column("expire_at", moment, nullable=False),
        sa.Column("envois", sa.Integer(), nullable=False),
        sa.Column("acceptee_at", moment, nullable=True),
        sa.Column("retiree_at", moment, nullable=True),
        sa.Column("membre_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("acceptee_at IS NULL OR retiree_at IS NULL", name=op.f("ck_invitations_une_fin")),
        sa.CheckConstraint("(acceptee_at IS NOT NULL) = (membre_id IS NOT NULL)", name=op.f("ck_invitations_membre")),
        sa.CheckConstraint(
            "courriel = '' OR (acceptee_at IS NULL AND retiree_at IS NULL)", name=op.f("ck_invitations_courriel_oublie")
        ),
        sa.CheckConstraint("cardinality(liens) <= 3", name=op.f("ck_invitations_liens")),
        sa.ForeignKeyConstraint(["membre_id"], ["membres.id"], name=op.f("fk_invitations_membre_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_invitations_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_partenaire", "invitations", ["partenaire_id", "cree_at"])
    op.create_index("ix_invitations_liens", "invitations", ["liens"], postgresql_using="gin")
    op.create_index(
        "ux_invitations_courriel",
        "invitations",
        ["partenaire_id", sa.text("lower(courriel)")],
        unique=True,
        postgresql_where=sa.text("courriel <> ''"),
    )
    op.create_table(
        "adhesions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("sub", sa.String(200), nullable=False),
        sa.Column("nom", sa.String(200), nullable=False),
        sa.Column("courriel", sa.String(254), nullable=False),
        sa.Column("etat", sa.String(40), nullable=False),
        sa.Column("demandee_at", moment, nullable=False),
        sa.Column("decidee_at", moment, nullable=True),
        sa.CheckConstraint("etat IN ('en_attente', 'acceptee', 'refusee')", name=op.f("ck_adhesions_etat")),
        sa.CheckConstraint("(etat = 'en_attente') = (decidee_at IS NULL)", name=op.f("ck_adhesions_decision")),
        sa.CheckConstraint("etat = 'en_attente' OR (nom = '' AND courriel = '')", name=op.f("ck_adhesions_oubli")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_adhesions_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adhesions")),
    )
    op.create_index("ix_adhesions_identite", "adhesions", ["issuer", "sub", "demandee_at"])
    op.create_index("ix_adhesions_partenaire", "adhesions", ["partenaire_id"], postgresql_where=sa.text("etat = 'en_attente'"))


def downgrade() -> None:
    for table in ("adhesions", "invitations"):
        op.drop_table(table)
    op.drop_index("ux_clients_identite", "clients")
    op.create_index("ux_clients_identite", "clients", ["issuer", "client_id"], unique=True)
    for colonne in ("saisi_at", "vu_at", "portees"):
        op.drop_column("clients", colonne)
    op.drop_index("ux_membres_identite", "membres")
    op.create_index("ux_membres_identite", "membres", ["issuer", "sub"], unique=True)
    op.drop_constraint(op.f("ck_membres_courriel_oublie"), "membres")
    for colonne in ("saisi_at", "vu_le"):
        op.drop_column("membres", colonne)
