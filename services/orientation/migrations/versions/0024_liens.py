"""Links of partners without an account, and what row-level security lets whoever acts by one see.

Revision: 0024
Revises: 0023
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from common.policies import LIEN, exists, protect, unprotect

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Who the members of an organisation are is not everybody's to read; that there are some is.
A_DES_MEMBRES = """
CREATE FUNCTION a_des_membres(organisation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM membres WHERE partenaire_id = organisation AND actif)
$$
"""
# What a link opens is said by its row, not by whoever says that he acts by it: nothing once it is over.
ORIENTATION_DU_LIEN = """
CREATE FUNCTION orientation_du_lien(lien uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT orientation_id FROM liens WHERE id = lien AND retire_at IS NULL AND clos_at IS NULL AND expire_at > now()
$$
"""
# Worked out once a statement, and for nobody else than a link.
SIENNE = f"(SELECT CASE WHEN {LIEN} IS NOT NULL THEN orientation_du_lien({LIEN}) END)"
DU_DOSSIER = f"id = (SELECT o.dossier_id FROM orientations o WHERE o.id = {SIENNE})"  # noqa: S608 - constants.
POLICIES = (
    ("orientations", "FOR SELECT", f"id = {SIENNE} AND envoyee_at IS NOT NULL"),
    ("orientations", "FOR UPDATE", f"id = {SIENNE} AND envoyee_at IS NOT NULL"),
    ("dossiers", "FOR SELECT", DU_DOSSIER),
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "liens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("empreintes", postgresql.ARRAY(sa.LargeBinary()), nullable=False, server_default="{}"),
        sa.Column("cree_at", moment, nullable=False),
        sa.Column("expire_at", moment, nullable=False),
        sa.Column("retire_at", moment, nullable=True),
        sa.Column("clos_at", moment, nullable=True),
        sa.Column("vu_at", moment, nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("code_expire_at", moment, nullable=True),
        sa.Column("essais", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("codes_depuis", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("essais BETWEEN 0 AND 5", name=op.f("ck_liens_essais")),
        sa.CheckConstraint("(code IS NULL) = (code_expire_at IS NULL)", name=op.f("ck_liens_code")),
        sa.CheckConstraint("cardinality(empreintes) <= 3", name=op.f("ck_liens_empreintes")),
        sa.CheckConstraint(
            "(retire_at IS NULL AND clos_at IS NULL) OR (empreintes = '{}' AND code IS NULL)",
            name=op.f("ck_liens_oublie_une_fois_clos"),
        ),
        sa.ForeignKeyConstraint(["orientation_id"], ["orientations.id"], name=op.f("fk_liens_orientation_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_liens_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_liens")),
        sa.UniqueConstraint("orientation_id", name=op.f("uq_liens_orientation_id")),
    )
    op.create_index("ix_liens_empreintes", "liens", ["empreintes"], postgresql_using="gin")
    # Both sides of the referral close it; the sender makes and takes back; the link reads itself.
    siens = exists("orientations o WHERE o.id = liens.orientation_id")
    protect("liens", siens, change=siens, add=siens)
    op.execute(A_DES_MEMBRES)
    op.execute(ORIENTATION_DU_LIEN)
    for table, quoi, condition in POLICIES:
        op.execute(f"CREATE POLICY lien_{quoi[4:].lower()} ON {table} {quoi} USING ({condition})")


def downgrade() -> None:
    for table, quoi, _ in POLICIES:
        op.execute(f"DROP POLICY lien_{quoi[4:].lower()} ON {table}")
    op.execute("DROP FUNCTION orientation_du_lien(uuid)")
    op.execute("DROP FUNCTION a_des_membres(uuid)")
    unprotect("liens")
    op.drop_table("liens")
