"""Create the tables of endpoints, deliveries and mails, and those that every service has.

Revision: 0001
Revises: nothing
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("acteur_id", sa.String(length=200), nullable=False),
        sa.Column("acteur_role", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("objet_id", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("finalite", sa.String(length=30), nullable=True),
        sa.Column("consentement_id", sa.Uuid(), nullable=True),
        sa.Column("categories", sa.ARRAY(sa.String(length=30)), server_default="{}", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_dossier", "audit_entries", ["dossier_id", "at"], unique=False)
    op.create_table(
        "courriels",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("modele", sa.String(length=40), nullable=False),
        sa.Column("destinataire", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("objet_id", sa.Uuid(), nullable=False),
        sa.Column("echeance", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("porteur", sa.Integer(), nullable=True),
        sa.Column("bail", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remis", sa.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("envoyes", sa.Integer(), nullable=False),
        sa.Column("refuses", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("echec", sa.String(length=30), nullable=True),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fini_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(destinataire = 'dirigeant') = (organisation_id IS NULL)", name=op.f("ck_courriels_organisation")),
        sa.CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name=op.f("ck_courriels_echeance")),
        sa.CheckConstraint("etat = 'en_attente' OR remis = '{}'", name=op.f("ck_courriels_remis_oublies")),
        sa.CheckConstraint("etat IN ('en_attente', 'envoye', 'abandonne')", name=op.f("ck_courriels_etat")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_courriels")),
    )
    op.create_index(
        "ix_courriels_dus",
        "courriels",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("etat = 'en_attente' AND porteur IS NULL"),
    )
    op.create_index(
        "ix_courriels_portes", "courriels", ["porteur"], unique=False, postgresql_where=sa.text("porteur IS NOT NULL")
    )
    op.create_index("ix_courriels_objet", "courriels", ["objet_id", "destinataire"], unique=False)
    op.create_index("ux_courriels_event_destinataire", "courriels", ["event_id", "destinataire"], unique=True)
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("consumer", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letters")),
    )
    op.create_index("ux_dead_letters_consumer_event", "dead_letters", ["consumer", "event_id"], unique=True)
    op.create_table(
        "idempotence",
        sa.Column("actor_id", sa.String(length=200), nullable=False),
        sa.Column("cle", sa.String(length=100), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "cle", name=op.f("pk_idempotence")),
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id", name=op.f("pk_inbox")),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("aggregate_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    op.create_index("ix_outbox_pending", "outbox", ["seq"], unique=False, postgresql_where=sa.text("published_at IS NULL"))
    op.create_table(
        "relay_state",
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("created", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_relay_state")),
    )
    op.create_table(
        "webhooks",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("types", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("cree_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desactive_le", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("etat IN ('actif', 'desactive')", name=op.f("ck_webhooks_etat")),
        sa.CheckConstraint("cardinality(types) > 0", name=op.f("ck_webhooks_types")),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhooks")),
    )
    op.create_index("ix_webhooks_partenaire_id", "webhooks", ["partenaire_id", "webhook_id"], unique=False)
    op.create_table(
        "livraisons",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("corps", sa.String(), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("tentatives", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("porteur", sa.Integer(), nullable=True),
        sa.Column("bail", sa.DateTime(timezone=True), nullable=True),
        sa.Column("statut", sa.Integer(), nullable=True),
        sa.Column("echec", sa.String(length=20), nullable=True),
        sa.Column("latence_ms", sa.Integer(), nullable=True),
        sa.Column("tentee_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("creee_le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(etat = 'en_attente') = (due_at IS NOT NULL)", name=op.f("ck_livraisons_echeance")),
        sa.CheckConstraint("etat IN ('en_attente', 'livree', 'abandonnee')", name=op.f("ck_livraisons_etat")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.webhook_id"], name=op.f("fk_livraisons_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_livraisons")),
    )
    op.create_index(
        "ix_livraisons_dues",
        "livraisons",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("etat = 'en_attente' AND porteur IS NULL"),
    )
    op.create_index("ix_livraisons_journal", "livraisons", ["webhook_id", "seq"], unique=False)
    op.create_index(
        "ix_livraisons_portees", "livraisons", ["porteur"], unique=False, postgresql_where=sa.text("porteur IS NOT NULL")
    )
    op.create_index("ux_livraisons_webhook_event", "livraisons", ["webhook_id", "event_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ux_livraisons_webhook_event", table_name="livraisons")
    op.drop_index("ix_livraisons_portees", table_name="livraisons", postgresql_where=sa.text("porteur IS NOT NULL"))
    op.drop_index("ix_livraisons_journal", table_name="livraisons")
    op.drop_index(
        "ix_livraisons_dues", table_name="livraisons", postgresql_where=sa.text("etat = 'en_attente' AND porteur IS NULL")
    )
    op.drop_table("livraisons")
    op.drop_index("ix_webhooks_partenaire_id", table_name="webhooks")
    op.drop_table("webhooks")
    op.drop_table("relay_state")
    op.drop_index("ix_outbox_pending", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotence")
    op.drop_index("ux_dead_letters_consumer_event", table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_index("ux_courriels_event_destinataire", table_name="courriels")
    op.drop_index("ix_courriels_objet", table_name="courriels")
    op.drop_index("ix_courriels_portes", table_name="courriels", postgresql_where=sa.text("porteur IS NOT NULL"))
    op.drop_index(
        "ix_courriels_dus", table_name="courriels", postgresql_where=sa.text("etat = 'en_attente' AND porteur IS NULL")
    )
    op.drop_table("courriels")
    op.drop_index("ix_audit_entries_dossier", table_name="audit_entries")
    op.drop_table("audit_entries")
