"""A case put together for those who may see it: facts, possible duplicates, ledger, referrals, timeline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import (
    Categorie,
    Droit,
    EtatDiagnostic,
    EtatDossier,
    EtatOrientation,
    Finalite,
    IssueDossier,
    Motif,
    Niveau,
    Origine,
)
from common.codes_echanges import CauseRetour
from common.codes_espace import CoteMessage, TypeDocument
from common.traduction import N_, _
from signalement.consentements import store as consentements
from signalement.consentements.schemas import ConsentementVu, vu
from signalement.documents import store as documents
from signalement.espace import store as journal
from signalement.messages.domain import turn_of
from signalement.projections import store as projections
from signalement.signalements import doublons_store, store
from signalement.signalements.domain import actions
from signalement.signalements.schemas import Coordonnees, Doublon, Finances, Identite, Situation
from signalement.signalements.service import CATEGORIES, parties

INCONNU = N_("Organisation non référencée")


class OrientationVue(BaseModel):
    """A referral of the case, as last heard."""

    orientation_id: UUID
    partenaire_id: UUID
    partenaire: str
    dispositif: str
    dispositif_libelle: str | None
    etat: EtatOrientation
    motif: Motif | None
    due_at: datetime | None
    change_le: datetime


class DiagnosticVu(BaseModel):
    """The shared diagnostic of the case, as last heard."""

    diagnostic_id: UUID
    etat: EtatDiagnostic
    numero: int
    change_le: datetime


class Ouverture(BaseModel):
    """A reading of the case: who, when, why, what."""

    at: datetime
    organisation: str
    finalite: Finalite | None
    categories: list[Categorie]
    document: bool


class Etape(BaseModel):
    """Something that happened to the case."""

    at: datetime
    action: str
    role: str
    organisation: str | None


class PersonneVue(BaseModel):
    """One of the association's people, as the animateur sees them."""

    personne_id: UUID
    prenom: str
    nom: str
    fonction: str
    courriel: str
    droits: list[Droit]
    responsable: bool
    injoignable_depuis: datetime | None = None
    injoignable_cause: CauseRetour | None = None


class DocumentVu(BaseModel):
    """A file that the association put into its case."""

    document_id: UUID
    nom: str
    genre: TypeDocument
    taille: int
    empreinte: str
    ajoute_par: str
    ajoute_le: datetime


class Suivi(BaseModel):
    """What surrounds a case: the ledger, the referrals, the diagnostics, and the log in two readings."""

    consentements: list[ConsentementVu]
    orientations: list[OrientationVue]
    diagnostics: list[DiagnosticVu]
    ouvertures: list[Ouverture]
    chronologie: list[Etape]


class DossierComplet(Suivi):
    """A case as its animateur reads it."""

    dossier_id: UUID
    reference: str
    etat: EtatDossier
    version: int
    actions: list[str]
    origine: Origine
    motif_tiers: str
    declarant: dict[str, str | None] | None
    region: str
    depose_le: datetime
    premier_echange_le: datetime | None
    niveau: Niveau | None
    note: str
    issue: IssueDossier | None
    identite: Identite
    contact: Coordonnees
    situation: Situation
    finances: Finances
    doublons: list[Doublon]
    personnes: list[PersonneVue]
    documents: list[DocumentVu]
    tour: CoteMessage | None


async def suivi(session: AsyncSession, actor: Actor, dossier_id: UUID) -> Suivi:
    """What surrounds a case that the actor was given before."""
    ledger = await consentements.of_dossier(session, dossier_id)
    orientations = await projections.orientations_of(session, dossier_id)
    diagnostics = await projections.diagnostics_of(session, dossier_id)
    entrees = await journal.entrees(session, actor, dossier_id)
    ids = {row.destinataire_id for row in ledger} | {row.partenaire_id for row, _libelle in orientations}
    noms = await projections.libelles(session, ids | {row.organisation_id for row in entrees if row.organisation_id})
    return Suivi(
        consentements=[vu(row, noms.get(row.destinataire_id, _(INCONNU))) for row in ledger],
        orientations=[
            OrientationVue(
                orientation_id=row.id,
                partenaire=noms.get(row.partenaire_id, _(INCONNU)),
                dispositif_libelle=libelle,
                **row.model_dump(exclude={"id", "dossier_id", "sequence"}),
            )
            for row, libelle in orientations
        ],
        diagnostics=[
            DiagnosticVu(diagnostic_id=row.id, **row.model_dump(exclude={"id", "dossier_id", "sequence"}))
            for row in diagnostics
        ],
        ouvertures=[_ouverture(row, noms) for row in entrees if _is_reading(row)],
        chronologie=[
            Etape(at=row.at, action=row.action, role=row.acteur_role, organisation=noms.get(row.organisation_id))
            for row in entrees
        ],
    )


def _is_reading(entree: Any) -> bool:
    """Whether somebody read what the case holds. A diagnostic is read, at its owner's, on a permit given here."""
    diagnostic = entree.action == "consentement.permettre" and entree.finalite == Finalite.diagnostic
    document = entree.action == "document.ouvrir" and entree.acteur_role != Role.dirigeant
    return diagnostic or document or entree.action in ("dossier.ouvrir", "dossier.lire", "dossier.lire_faits")


def _ouverture(entree: Any, noms: dict[UUID, str]) -> Ouverture:
    return Ouverture(
        at=entree.at,
        organisation=noms.get(entree.organisation_id, _(INCONNU)),
        finalite=entree.finalite,
        categories=entree.categories,
        document=entree.action == "document.ouvrir",
    )


async def complet(session: AsyncSession, actor: Actor, entier: store.Entier) -> DossierComplet:
    """A case that its animateur was given before, with everything around it: seven statements, whatever there is."""
    dossier, association, declarant = entier.dossier, entier.association, entier.declarant
    autres = await doublons_store.doublons(session, dossier, association)
    gens = await documents.with_people(session, dossier.id)
    surroundings = await suivi(session, actor, dossier.id)
    plain = {"reference", "etat", "version", "origine", "motif_tiers", "region", "depose_le", "premier_echange_le"}
    plain |= {"niveau", "note", "issue"}
    return DossierComplet(
        dossier_id=dossier.id,
        actions=actions(dossier.etat),
        declarant=declarant.model_dump(exclude={"dossier_id"}) if declarant else None,
        doublons=[_doublon(other) for other in autres],
        personnes=[
            PersonneVue(personne_id=row.id, **row.model_dump(include=set(PersonneVue.model_fields))) for row in gens.presentes
        ],
        tour=turn_of((entier.message.cote, entier.message.attend_reponse) if entier.message else None),
        documents=[
            DocumentVu(
                document_id=row.id,
                ajoute_par=f"{who.prenom} {who.nom}",
                **row.model_dump(include={"nom", "genre", "taille", "empreinte", "ajoute_le"}),
            )
            for row, who in gens.documents
            if row.supprime_le is None
        ],
        **dossier.model_dump(include=plain),
        **parties(dossier, association, entier.contact, CATEGORIES),
        **dict(surroundings),
    )


def _doublon(other: Any) -> Doublon:
    raison = "siren" if other.meme_siren else "rna" if other.meme_rna else "nom"
    return Doublon(
        raison=raison, **{name: getattr(other, name) for name in ("dossier_id", "reference", "departement", "etat", "nom")}
    )
