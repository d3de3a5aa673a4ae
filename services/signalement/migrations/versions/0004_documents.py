"""Documents of a case: what they are, and their content in pieces.

Revision: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GENRES = ("pdf", "jpeg", "png", "odt", "ods", "docx", "xlsx", "csv")


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("nom", sa.String(length=130), nullable=False),
        sa.Column(
            "genre", sa.Enum(*GENRES, name="genre", native_enum=False, create_constraint=True, length=30), nullable=False
        ),
        sa.Column("taille", sa.Integer(), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("ajoute_par", sa.Uuid(), nullable=False),
        sa.Column("ajoute_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supprime_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("taille BETWEEN 1 AND 10000000", name=op.f("ck_documents_taille")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_documents_dossier_id")),
        sa.ForeignKeyConstraint(["ajoute_par"], ["personnes.id"], name=op.f("fk_documents_ajoute_par")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_dossier", "documents", ["dossier_id", "id"], unique=False)
    op.create_index("ix_documents_supprimes", "documents", ["supprime_le"], unique=False)
    op.create_table(
        "documents_morceaux",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_documents_morceaux_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "numero", name=op.f("pk_documents_morceaux")),
    )
    # What is in a file is compressed already: PostgreSQL would only lose time on it.
    op.execute("ALTER TABLE documents_morceaux ALTER COLUMN octets SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("documents_morceaux")
    op.drop_table("documents")
