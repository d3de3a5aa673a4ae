"""The first tables: diagnostics, figures, journal, and those that every service has."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# What was written and validated is never rewritten; deleting stays possible, for the day a file is erased.
IMMUABLES = ("diagnostic_versions", "diagnostic_validations")

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
        "cas",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("departement", sa.String(length=3), nullable=True),
        sa.Column("region", sa.String(length=3), nullable=True),
        sa.Column("emplois", sa.Integer(), nullable=True),
        sa.Column("depose_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("depose_le", sa.Date(), nullable=True),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("sequence_etat", sa.Integer(), nullable=False),
        sa.Column("niveau", sa.String(length=20), nullable=True),
        sa.Column("horizon", sa.String(length=20), nullable=True),
        sa.Column("sequence_faits", sa.Integer(), nullable=False),
        sa.CheckConstraint("etat IN ('depose', 'qualifie', 'clos')", name=op.f("ck_cas_etat")),
        sa.CheckConstraint("niveau IN ('anticiper', 'faire_face', 'gerer_crise', 'rebondir')", name=op.f("ck_cas_niveau")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_cas")),
    )
    op.create_index("ix_cas_departement", "cas", ["departement", "depose_le"], unique=False)
    op.create_index("ix_cas_depose_le", "cas", ["depose_le"], unique=False)
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
        "diagnostics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("cellule_id", sa.Uuid(), nullable=False),
        sa.Column("etat", sa.String(length=20), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ouvert_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("partage_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(etat = 'partage') = (partage_at IS NOT NULL)", name=op.f("ck_diagnostics_partage_at")),
        sa.CheckConstraint("etat IN ('ouvert', 'valide', 'partage')", name=op.f("ck_diagnostics_etat")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnostics")),
    )
    op.create_index("ix_diagnostics_dossier", "diagnostics", ["dossier_id", "partage_at"], unique=False)
    op.create_index(
        "ux_diagnostics_en_cours", "diagnostics", ["dossier_id"], unique=True, postgresql_where=sa.text("etat <> 'partage'")
    )
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
        "journal",
        sa.Column("entree_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("acteur_id", sa.String(length=200), nullable=False),
        sa.Column("acteur_role", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("objet_id", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("finalite", sa.String(length=30), nullable=True),
        sa.Column("consentement_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recu_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entree_id", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_at", "journal", ["at", "entree_id"], unique=False)
    op.create_index("ix_journal_dossier", "journal", ["dossier_id", "at"], unique=False)
    op.create_index("ix_journal_organisation", "journal", ["organisation_id", "at"], unique=False)
    op.create_index("ix_journal_service_action", "journal", ["service", "action", "at"], unique=False)
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
        "partenaires",
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("libelle", sa.String(length=300), nullable=False),
        sa.Column("type_partenaire", sa.String(length=30), nullable=False),
        sa.Column("departements", sa.ARRAY(sa.String(length=3)), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("partenaire_id", name=op.f("pk_partenaires")),
    )
    op.create_table(
        "relay_state",
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("created", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_relay_state")),
    )
    op.create_table(
        "renvois",
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("dispositif", sa.String(length=80), nullable=False),
        sa.Column("etat", sa.String(length=30), nullable=False),
        sa.Column("rang", sa.Integer(), nullable=False),
        sa.Column("motif", sa.String(length=30), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("envoyee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("premiere_reponse_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acceptee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "etat IN ('brouillon', 'envoyee', 'recue', 'complement_demande', 'acceptee', 'demarree', 'aboutie', "
            "'non_aboutie', 'declinee', 'retiree', 'expiree')",
            name=op.f("ck_renvois_etat"),
        ),
        sa.CheckConstraint(
            "motif IN ('sans_capacite', 'non_eligible', 'hors_territoire', 'deja_accompagne', 'injoignable', "
            "'consentement_retire', 'annulee', 'autre')",
            name=op.f("ck_renvois_motif"),
        ),
        sa.PrimaryKeyConstraint("orientation_id", name=op.f("pk_renvois")),
    )
    op.create_index("ix_renvois_dossier", "renvois", ["dossier_id", "rang"], unique=False)
    op.create_table(
        "diagnostic_versions",
        sa.Column("diagnostic_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("sections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("par", sa.String(length=20), nullable=False),
        sa.Column("auteur_id", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("par IN ('animateur', 'dirigeant')", name=op.f("ck_diagnostic_versions_par")),
        sa.CheckConstraint("numero >= 1", name=op.f("ck_diagnostic_versions_numero")),
        sa.ForeignKeyConstraint(["diagnostic_id"], ["diagnostics.id"], name=op.f("fk_diagnostic_versions_diagnostic_id")),
        sa.PrimaryKeyConstraint("diagnostic_id", "numero", name=op.f("pk_diagnostic_versions")),
    )
    op.create_table(
        "diagnostic_validations",
        sa.Column("diagnostic_id", sa.Uuid(), nullable=False),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("par", sa.String(length=20), nullable=False),
        sa.Column("auteur_id", sa.String(length=200), nullable=False),
        sa.Column("empreinte", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("par IN ('animateur', 'dirigeant')", name=op.f("ck_diagnostic_validations_par")),
        sa.ForeignKeyConstraint(
            ["diagnostic_id", "numero"],
            ["diagnostic_versions.diagnostic_id", "diagnostic_versions.numero"],
            name=op.f("fk_diagnostic_validations_diagnostic_id"),
        ),
        sa.PrimaryKeyConstraint("diagnostic_id", "numero", "par", name=op.f("pk_diagnostic_validations")),
    )
    op.execute(
        "CREATE FUNCTION refuser_modification() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$"
    )
    for table in IMMUABLES:
        op.execute(f"CREATE TRIGGER immuable BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuser_modification()")


def downgrade() -> None:
    op.drop_table("diagnostic_validations")
    op.drop_table("diagnostic_versions")
    op.drop_table("renvois")
    op.drop_table("relay_state")
    op.drop_table("partenaires")
    op.drop_table("outbox")
    op.drop_table("journal")
    op.drop_table("inbox")
    op.drop_table("idempotence")
    op.drop_table("diagnostics")
    op.drop_table("dead_letters")
    op.drop_table("cas")
    op.drop_table("audit_entries")
    op.execute("DROP FUNCTION refuser_modification()")
