"""Create the tables of cases, consents, access and projections, and those that every service has.

Revision: 0001
Revises: nothing
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Finds close names; a trusted extension, so that the owner of the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
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
        sa.Column(
            "etat",
            sa.Enum("ouvert", "valide", "partage", name="etat", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("numero", sa.Integer(), nullable=False),
        sa.Column("change_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnostics")),
    )
    op.create_index(op.f("ix_diagnostics_dossier_id"), "diagnostics", ["dossier_id"], unique=False)
    op.create_table(
        "dossiers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=11), nullable=False),
        sa.Column(
            "origine",
            sa.Enum("self", "partenaire", "tiers", name="origine", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("motif_tiers", sa.String(), nullable=False),
        sa.Column(
            "etat",
            sa.Enum("depose", "qualifie", "clos", name="etat", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("indicateurs", postgresql.ARRAY(sa.String(length=30)), nullable=False),
        sa.Column("etp", sa.Float(), nullable=True),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("mois_avant_rupture", sa.Integer(), nullable=True),
        sa.Column("rupture_le", sa.Date(), nullable=True),
        sa.Column("besoin", sa.String(), nullable=False),
        sa.Column(
            "niveau",
            sa.Enum(
                "anticiper",
                "faire_face",
                "gerer_crise",
                "rebondir",
                name="niveau",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column(
            "issue",
            sa.Enum(
                "accompagnee",
                "redressee",
                "sans_suite",
                "doublon",
                "cessation",
                name="issue",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("depose_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(etat = 'clos') = (issue IS NOT NULL)", name=op.f("ck_dossiers_issue_quand_clos")),
        sa.CheckConstraint("(origine = 'tiers') <= (motif_tiers <> '')", name=op.f("ck_dossiers_motif_du_tiers")),
        sa.CheckConstraint(
            "indicateurs <@ ARRAY['rupture_tresorerie', 'deficit_recurrent', 'fonds_propres_alteres', "
            "'gouvernance_fragilisee', 'perte_financement', 'autre']::varchar[]",
            name=op.f("ck_dossiers_indicateurs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("reference", name=op.f("uq_dossiers_reference")),
    )
    op.create_index(
        "ix_dossiers_territoire",
        "dossiers",
        ["departement", sa.literal_column("COALESCE(rupture_le, 'infinity'::date)"), "id"],
        unique=False,
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
        "orientations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partenaire_id", sa.Uuid(), nullable=False),
        sa.Column("dispositif", sa.String(length=100), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "brouillon",
                "envoyee",
                "recue",
                "complement_demande",
                "acceptee",
                "demarree",
                "aboutie",
                "non_aboutie",
                "declinee",
                "retiree",
                "expiree",
                name="etat",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "motif",
            sa.Enum(
                "sans_capacite",
                "non_eligible",
                "hors_territoire",
                "deja_accompagne",
                "injoignable",
                "consentement_retire",
                "annulee",
                "autre",
                name="motif",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("change_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orientations")),
    )
    op.create_index(op.f("ix_orientations_dossier_id"), "orientations", ["dossier_id"], unique=False)
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
        sa.Column("libelle", sa.String(length=200), nullable=False),
        sa.Column(
            "type_partenaire",
            sa.Enum(
                "france_active",
                "mouvement_associatif",
                "dla",
                "mediation_credit",
                "ccsf",
                "urssaf",
                "tribunal",
                "conseil",
                "reseau",
                "cellule",
                "cellule_nationale",
                name="type_partenaire",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("departements", postgresql.ARRAY(sa.String(length=3)), nullable=False),
        sa.Column("actif", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partenaires")),
    )
    op.create_table(
        "relay_state",
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("created", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_relay_state")),
    )
    op.create_table(
        "acces",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("modele", sa.String(length=40), nullable=False),
        sa.Column("demande_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("utilise_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("essais", sa.Integer(), nullable=False),
        sa.CheckConstraint("essais BETWEEN 0 AND 5", name=op.f("ck_acces_essais")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_acces_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acces")),
    )
    op.create_index("ix_acces_dossier", "acces", ["dossier_id", "demande_le"], unique=False)
    op.create_table(
        "associations",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("nom", sa.String(length=200), nullable=False),
        sa.Column("nom_compare", sa.String(length=200), nullable=False),
        sa.Column("siren", sa.String(length=9), nullable=True),
        sa.Column("siret", sa.String(length=14), nullable=True),
        sa.Column("rna", sa.String(length=10), nullable=True),
        sa.Column("code_postal", sa.String(length=5), nullable=False),
        sa.Column("commune", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_associations_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_associations")),
    )
    op.create_index(
        "ix_associations_nom_compare",
        "associations",
        ["nom_compare"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"nom_compare": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_associations_rna"), "associations", ["rna"], unique=False)
    op.create_index(op.f("ix_associations_siren"), "associations", ["siren"], unique=False)
    op.create_table(
        "brouillons",
        sa.Column("cle", sa.String(length=64), nullable=False),
        sa.Column("saisies", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_brouillons_dossier_id")),
        sa.PrimaryKeyConstraint("cle", name=op.f("pk_brouillons")),
    )
    op.create_table(
        "consentements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("destinataire_id", sa.Uuid(), nullable=False),
        sa.Column(
            "finalite",
            sa.Enum("orientation", "diagnostic", name="finalite", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("categories", postgresql.ARRAY(sa.String(length=30)), nullable=False),
        sa.Column(
            "etat",
            sa.Enum(
                "demande",
                "donne",
                "refuse",
                "retire",
                "expire",
                name="etat",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("texte", sa.String(), nullable=False),
        sa.Column("texte_version", sa.String(length=20), nullable=False),
        sa.Column("texte_empreinte", sa.String(length=64), nullable=False),
        sa.Column(
            "mode", sa.Enum("en_ligne", name="mode", native_enum=False, create_constraint=True, length=30), nullable=True
        ),
        sa.Column("demande_le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repondu_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expire_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fini_le", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(etat IN ('donne', 'retire', 'expire')) = (expire_le IS NOT NULL)",
            name=op.f("ck_consentements_echeance_quand_donne"),
        ),
        sa.CheckConstraint(
            "categories <@ ARRAY['identite', 'contact', 'situation', 'finances', 'diagnostic']::varchar[]",
            name=op.f("ck_consentements_categories"),
        ),
        sa.CheckConstraint("(expire_le IS NULL) = (mode IS NULL)", name=op.f("ck_consentements_mode_quand_donne")),
        sa.CheckConstraint("cardinality(categories) > 0", name=op.f("ck_consentements_au_moins_une_categorie")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_consentements_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consentements")),
    )
    op.create_index("ix_consentements_dossier", "consentements", ["dossier_id", "destinataire_id"], unique=False)
    op.create_index(
        "ix_consentements_echeance", "consentements", ["expire_le"], unique=False, postgresql_where=sa.text("etat = 'donne'")
    )
    op.create_index(
        "ux_consentements_en_cours",
        "consentements",
        ["dossier_id", "destinataire_id", "finalite", "categories"],
        unique=True,
        postgresql_where=sa.text("etat IN ('demande', 'donne')"),
    )
    op.create_table(
        "contacts",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("prenom", sa.String(length=100), nullable=False),
        sa.Column("fonction", sa.String(length=100), nullable=False),
        sa.Column("courriel", sa.String(length=254), nullable=False),
        sa.Column("telephone", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_contacts_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_courriel"), "contacts", ["courriel"], unique=False)
    op.create_table(
        "declarants",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("nom", sa.String(length=100), nullable=False),
        sa.Column("courriel", sa.String(length=254), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_declarants_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_declarants")),
    )


def downgrade() -> None:
    for table in (
        "declarants",
        "contacts",
        "consentements",
        "brouillons",
        "associations",
        "acces",
        "relay_state",
        "partenaires",
        "outbox",
        "orientations",
        "inbox",
        "idempotence",
        "dossiers",
        "diagnostics",
        "dead_letters",
        "audit_entries",
    ):
        op.drop_table(table)
