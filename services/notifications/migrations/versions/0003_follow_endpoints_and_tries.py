"""Follow each endpoint's health, keep every try, and let endpoints be ordered, filtered, slowed and paused.

Revision: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DUES = sa.text("etat = 'en_attente' AND porteur IS NULL")
EN_ATTENTE = sa.text("ordonnee AND etat = 'en_attente'")


def upgrade() -> None:
    op.drop_constraint(op.f("ck_webhooks_etat"), "webhooks")
    op.create_check_constraint(op.f("ck_webhooks_etat"), "webhooks", "etat IN ('actif', 'en_pause', 'desactive')")
    op.add_column("webhooks", sa.Column("dispositifs", sa.ARRAY(sa.String(length=60)), server_default="{}", nullable=False))
    op.add_column("webhooks", sa.Column("departements", sa.ARRAY(sa.String(length=3)), server_default="{}", nullable=False))
    op.add_column("webhooks", sa.Column("debit", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_webhooks_debit"), "webhooks", "debit BETWEEN 1 AND 6000")
    op.add_column("webhooks", sa.Column("ordonne", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("webhooks", sa.Column("echecs", sa.Integer(), server_default="0", nullable=False))
    op.add_column("webhooks", sa.Column("en_echec_depuis", sa.DateTime(timezone=True), nullable=True))
    op.add_column("webhooks", sa.Column("coupe_jusqu_a", sa.DateTime(timezone=True), nullable=True))
    op.add_column("webhooks", sa.Column("averti", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("webhooks", sa.Column("avis", sa.String(length=20), nullable=True))
    op.add_column("livraisons", sa.Column("dossier_id", sa.Uuid(), nullable=True))
    op.add_column("livraisons", sa.Column("finalite", sa.String(length=30), nullable=True))
    op.add_column("livraisons", sa.Column("ordonnee", sa.Boolean(), server_default=sa.false(), nullable=False))
    # What was waiting before is about a case too: it is asked about like the rest, save the notices of withdrawal.
    op.execute("""
        UPDATE livraisons SET dossier_id = CAST(CAST(corps AS json) ->> 'dossier_id' AS uuid),
            finalite = CASE WHEN type NOT IN ('orientation.retiree', 'consentement.retire', 'consentement.expire')
                THEN 'orientation' END
    """)
    op.drop_index("ix_livraisons_dues", table_name="livraisons")
    op.create_index("ix_livraisons_dues", "livraisons", ["webhook_id", "due_at", "seq"], unique=False, postgresql_where=DUES)
    op.create_index(
        "ix_livraisons_ordre", "livraisons", ["webhook_id", "dossier_id", "seq"], unique=False, postgresql_where=EN_ATTENTE
    )
    op.create_table(
        "tentatives",
        sa.Column("livraison_seq", sa.BigInteger(), nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("statut", sa.Integer(), nullable=True),
        sa.Column("echec", sa.String(length=20), nullable=True),
        sa.Column("latence_ms", sa.Integer(), nullable=False),
        sa.Column("reponse", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["livraison_seq"], ["livraisons.seq"], name=op.f("fk_tentatives_livraison_seq"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("livraison_seq", "le", name=op.f("pk_tentatives")),
    )
    op.create_table(
        "territoires",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_territoires")),
    )
    op.alter_column("courriels", "dossier_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM courriels WHERE dossier_id IS NULL")
    op.alter_column("courriels", "dossier_id", nullable=False)
    op.drop_table("territoires")
    op.drop_table("tentatives")
    op.drop_index("ix_livraisons_ordre", table_name="livraisons", postgresql_where=EN_ATTENTE)
    op.drop_index("ix_livraisons_dues", table_name="livraisons", postgresql_where=DUES)
    op.create_index("ix_livraisons_dues", "livraisons", ["due_at"], unique=False, postgresql_where=DUES)
    for column in ("ordonnee", "finalite", "dossier_id"):
        op.drop_column("livraisons", column)
    op.execute("UPDATE webhooks SET etat = 'desactive' WHERE etat = 'en_pause'")
    op.drop_constraint(op.f("ck_webhooks_etat"), "webhooks")
    op.create_check_constraint(op.f("ck_webhooks_etat"), "webhooks", "etat IN ('actif', 'desactive')")
    op.drop_constraint(op.f("ck_webhooks_debit"), "webhooks")
    for column in ("avis", "averti", "coupe_jusqu_a", "en_echec_depuis", "echecs", "ordonne", "debit"):
        op.drop_column("webhooks", column)
    op.drop_column("webhooks", "departements")
    op.drop_column("webhooks", "dispositifs")
