"""The catalogue of dispositifs: published versions, source documents, drafts, and what tells that something was published.

Revision: 0009
Revises: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "dispositifs",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contenu", postgresql.JSONB(), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("origine", sa.String(length=40), nullable=False),
        sa.Column("publie_par", sa.String(length=200), nullable=False),
        sa.Column("publie_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origine IN ('fichier', 'portail')", name=op.f("ck_dispositifs_origine")),
        sa.CheckConstraint("version > 0", name=op.f("ck_dispositifs_version")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_dispositifs")),
    )
    op.create_table(
        "dispositifs_sources",
        sa.Column("cle", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(length=500), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=True),
        sa.Column("lien", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_dispositifs_sources")),
    )
    op.create_table(
        "dispositifs_brouillons",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("depuis", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("modifie_par", sa.String(length=200), nullable=False),
        sa.Column("modifie_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_dispositifs_brouillons")),
    )
    op.create_table(
        "dispositifs_etat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jeton", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dispositifs_etat_unique")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositifs_etat")),
    )
    # What was published is what referrals were decided on: a correction is a new version.
    op.execute(
        "CREATE FUNCTION refuser_modification() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER immuable BEFORE UPDATE OR DELETE ON dispositifs FOR EACH ROW EXECUTE FUNCTION refuser_modification()"
    )


def downgrade() -> None:
    op.drop_table("dispositifs_etat")
    op.drop_table("dispositifs_brouillons")
    op.drop_table("dispositifs_sources")
    op.drop_table("dispositifs")
    op.execute("DROP FUNCTION refuser_modification()")
