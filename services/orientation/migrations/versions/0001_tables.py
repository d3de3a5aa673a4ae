"""The tables of the orientation service, with those that every service has.

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
        "consentements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("destinataire_id", sa.Uuid(), nullable=False),
        sa.Column("finalite", sa.String(length=40), nullable=False),
        sa.Column("categories", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("etat IN ('demande', 'donne', 'refuse', 'retire', 'expire')", name=op.f("ck_consentements_etat")),
        sa.CheckConstraint("finalite IN ('orientation', 'diagnostic')", name=op.f("ck_consentements_finalite")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consentements")),
    )
    op.create_index("ix_consentements_destinataire", "consentements", ["dossier_id", "destinataire_id"], unique=False)
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
        "dossiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("niveau", sa.String(length=40), nullable=True),
        sa.Column("horizon", sa.String(length=40), nullable=False),
        sa.Column("indicateurs", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("emplois", sa.Integer(), nullable=False),
        sa.Column("budget", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "budget IN ('moins_50k', 'de_50k_a_200k', 'de_200k_a_500k', 'de_500k_a_2m', 'plus_2m', 'inconnu')",
            name=op.f("ck_dossiers_budget"),
        ),
        sa.CheckConstraint("etat IN ('depose', 'qualifie', 'clos')", name=op.f("ck_dossiers_etat")),
        sa.CheckConstraint(
            "horizon IN ('moins_3', 'de_3_a_6', 'de_6_a_12', 'plus_12', 'inconnu')", name=op.f("ck_dossiers_horizon")
        ),
        sa.CheckConstraint("niveau IN ('anticiper', 'faire_face', 'gerer_crise', 'rebondir')", name=op.f("ck_dossiers_niveau")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
    )
    op.create_index(op.f("ix_dossiers_reference"), "dossiers", ["reference"], unique=False)
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
        "partenaires",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("libelle", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("famille", sa.String(length=40), nullable=False),
        sa.Column("departements", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("dispositifs", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("delai_jours_ouvres", sa.Integer(), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "famille IN ('appui_tissu_associatif', 'relais_expert', 'institutionnel')", name=op.f("ck_partenaires_famille")
        ),
        sa.CheckConstraint(
            "type IN ('france_active', 'mouvement_associatif', 'dla', 'mediation_credit', 'ccsf', "
            "'urssaf', 'tribunal', 'conseil', 'reseau', 'cellule', 'cellule_nationale')",
            name=op.f("ck_partenaires_type"),
        ),
        sa.CheckConstraint("delai_jours_ouvres BETWEEN 1 AND 60", name=op.f("ck_partenaires_delai")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partenaires")),
        sa.UniqueConstraint("code", name=op.f("uq_partenaires_code")),
    )
    op.create_index("ix_partenaires_departements", "partenaires", ["departements"], unique=False, postgresql_using="gin")
    op.create_table(
        "relay_state",
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("created", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_relay_state")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=200), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_clients_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index(op.f("ix_clients_partenaire_id"), "clients", ["partenaire_id"], unique=False)
    op.create_index("ux_clients_identite", "clients", ["issuer", "client_id"], unique=True)
    op.create_table(
        "membres",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("sub", sa.String(length=200), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("courriel", sa.String(length=254), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_membres_partenaire_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membres")),
    )
    op.create_index(op.f("ix_membres_partenaire_id"), "membres", ["partenaire_id"], unique=False)
    op.create_index("ux_membres_identite", "membres", ["issuer", "sub"], unique=True)
    op.create_table(
        "orientations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("emetteur_id", sa.Uuid(), nullable=False),
        sa.Column("dispositif", sa.String(length=40), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("jours", sa.Integer(), nullable=False),
        sa.Column("categories", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("predecesseur_id", sa.Uuid(), nullable=True),
        sa.Column("consentement_id", sa.Uuid(), nullable=True),
        sa.Column("etat", sa.String(length=40), nullable=False),
        sa.Column("motif", sa.String(length=40), nullable=True),
        sa.Column("relance_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalade_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reste", sa.Integer(), nullable=True),
        sa.Column("prochaine_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("creee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("envoyee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repondue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("demarree_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("relancee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escaladee_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("modifiee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(etat = 'brouillon') <= (envoyee_at IS NULL)", name=op.f("ck_orientations_brouillon")),
        sa.CheckConstraint(
            "etat IN ('brouillon', 'envoyee', 'recue', 'complement_demande', 'acceptee', 'demarree', "
            "'aboutie', 'non_aboutie', 'declinee', 'retiree', 'expiree')",
            name=op.f("ck_orientations_etat"),
        ),
        sa.CheckConstraint(
            "motif IN ('sans_capacite', 'non_eligible', 'hors_territoire', 'deja_accompagne', "
            "'injoignable', 'consentement_retire', 'annulee', 'autre')",
            name=op.f("ck_orientations_motif"),
        ),
        sa.CheckConstraint("cardinality(categories) > 0", name=op.f("ck_orientations_categories")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_orientations_dossier_id")),
        sa.ForeignKeyConstraint(["partenaire_id"], ["partenaires.id"], name=op.f("fk_orientations_partenaire_id")),
        sa.ForeignKeyConstraint(["predecesseur_id"], ["orientations.id"], name=op.f("fk_orientations_predecesseur_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orientations")),
    )
    op.create_index("ix_orientations_departement", "orientations", ["departement", "id"], unique=False)
    op.create_index("ix_orientations_dossier", "orientations", ["dossier_id", "partenaire_id"], unique=False)
    op.create_index(
        "ix_orientations_partenaire",
        "orientations",
        ["partenaire_id", "id"],
        unique=False,
        postgresql_where=sa.text("envoyee_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_orientations_predecesseur_id"), "orientations", ["predecesseur_id"], unique=False)
    op.create_index(
        "ix_orientations_prochaine",
        "orientations",
        ["prochaine_at"],
        unique=False,
        postgresql_where=sa.text("prochaine_at IS NOT NULL"),
    )
    op.create_table(
        "complements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("orientation_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("posee_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reponse", sa.String(), nullable=True),
        sa.Column("repondue_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "char_length(question) <= 2000 AND char_length(reponse) <= 2000", name=op.f("ck_complements_taille")
        ),
        sa.ForeignKeyConstraint(["orientation_id"], ["orientations.id"], name=op.f("fk_complements_orientation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complements")),
    )
    op.create_index("ix_complements_orientation", "complements", ["orientation_id"], unique=False)
    op.create_index(
        "ux_complements_sans_reponse",
        "complements",
        ["orientation_id"],
        unique=True,
        postgresql_where=sa.text("reponse IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ux_complements_sans_reponse", table_name="complements", postgresql_where=sa.text("reponse IS NULL"))
    op.drop_index("ix_complements_orientation", table_name="complements")
    op.drop_table("complements")
    op.drop_index("ix_orientations_prochaine", table_name="orientations", postgresql_where=sa.text("prochaine_at IS NOT NULL"))
    op.drop_index(op.f("ix_orientations_predecesseur_id"), table_name="orientations")
    op.drop_index("ix_orientations_partenaire", table_name="orientations", postgresql_where=sa.text("envoyee_at IS NOT NULL"))
    op.drop_index("ix_orientations_dossier", table_name="orientations")
    op.drop_index("ix_orientations_departement", table_name="orientations")
    op.drop_table("orientations")
    op.drop_index("ux_membres_identite", table_name="membres")
    op.drop_index(op.f("ix_membres_partenaire_id"), table_name="membres")
    op.drop_table("membres")
    op.drop_index("ux_clients_identite", table_name="clients")
    op.drop_index(op.f("ix_clients_partenaire_id"), table_name="clients")
    op.drop_table("clients")
    op.drop_table("relay_state")
    op.drop_index("ix_partenaires_departements", table_name="partenaires", postgresql_using="gin")
    op.drop_table("partenaires")
    op.drop_index("ix_outbox_pending", table_name="outbox", postgresql_where=sa.text("published_at IS NULL"))
    op.drop_table("outbox")
    op.drop_table("inbox")
    op.drop_table("idempotence")
    op.drop_index(op.f("ix_dossiers_reference"), table_name="dossiers")
    op.drop_table("dossiers")
    op.drop_index("ux_dead_letters_consumer_event", table_name="dead_letters")
    op.drop_table("dead_letters")
    op.drop_index("ix_consentements_destinataire", table_name="consentements")
    op.drop_table("consentements")
    op.drop_index("ix_audit_entries_dossier", table_name="audit_entries")
    op.drop_table("audit_entries")
