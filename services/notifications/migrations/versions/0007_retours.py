"""Know whether mails reach people.

Revision: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from common.policies import PERSONNE, protect

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GENRES = "genre IN ('membre', 'correspondant', 'invite')"


def upgrade() -> None:
    op.create_table(
        "envois",
        sa.Column("message_id", sa.String(length=280), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("personne_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("envoye_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issue", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=12), nullable=True),
        sa.Column("juge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(GENRES, name=op.f("ck_envois_genre")),
        sa.CheckConstraint("issue IN ('definitif', 'temporaire', 'arrive')", name=op.f("ck_envois_issue")),
        sa.CheckConstraint("(issue IS NULL) = (code IS NULL)", name=op.f("ck_envois_code")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_envois")),
    )
    op.create_index("ix_envois_personne", "envois", ["personne_id", "envoye_le"])
    op.create_index("ix_envois_envoye_le", "envois", ["envoye_le"])
    op.create_index("ix_envois_a_juger", "envois", ["envoye_le"], postgresql_where=sa.text("issue IS NOT NULL AND NOT juge"))
    op.create_table(
        "joignabilites",
        sa.Column("personne_id", sa.Uuid(), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("temporaires", sa.Integer(), nullable=False),
        sa.Column("echec_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("atteint_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(GENRES, name=op.f("ck_joignabilites_genre")),
        sa.CheckConstraint("joint OR depuis IS NOT NULL", name=op.f("ck_joignabilites_depuis")),
        sa.PrimaryKeyConstraint("personne_id", name=op.f("pk_joignabilites")),
    )
    op.create_index(
        "ix_joignabilites_en_doute", "joignabilites", ["personne_id"], postgresql_where=sa.text("depuis IS NOT NULL")
    )
    # The hub's own work: nobody who is signed in has anything to read here.
    for table in ("envois", "joignabilites"):
        protect(table, PERSONNE)


def downgrade() -> None:
    op.drop_table("joignabilites")
    op.drop_table("envois")
