"""Use cases on cases: file, list, read, qualify, close, and give the content that the door let through."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, identifiants, outbox
from common.actor import Actor, Role
from common.clock import new_id
from common.codes import Categorie, Droit, EtatDossier, Indicateur, IssueDossier, Origine
from common.requests import Divulgation
from common.territoires import fuseau, region_of
from signalement.espace import service as espace
from signalement.personnes.domain import actor_id, in_order
from signalement.personnes.models import Personne
from signalement.signalements import domain, store
from signalement.signalements.models import Association, Contact, Declarant, Dossier
from signalement.signalements.schemas import ContactEnvoye, Coordonnees, Depot, Finances, Identite, Situation

RNG = secrets.SystemRandom()


def as_domain(row: Dossier) -> domain.Dossier:
    """The row as its rules see it."""
    return domain.Dossier(
        id=row.id,
        etat=row.etat,
        mois_avant_rupture=row.mois_avant_rupture,
        indicateurs=tuple(Indicateur(indicateur) for indicateur in row.indicateurs),
        niveau=row.niveau,
        note=row.note,
        issue=row.issue,
    )


async def deposer(session: AsyncSession, actor: Actor | None, depot: Depot, now: datetime) -> Dossier:
    """Open a case and have the association written to, whoever files. Raises the named errors of `domain`.

    Possible duplicates are looked for by the animateur's page alone: the answer to a filing never depends on them.
    """
    motif_tiers = depot.motif_tiers or ""
    domain.check_depot(depot.origine, motif_tiers, has_declarant=depot.declarant is not None)
    identite = depot.association
    siren = domain.check_identite(identite.siren, identite.siret, identite.code_postal, identite.departement)
    dossier = Dossier(
        id=new_id(),
        reference=await _new_reference(session),
        origine=depot.origine,
        motif_tiers=motif_tiers,
        etat=EtatDossier.depose,
        departement=identite.departement,
        region=region_of(identite.departement),
        indicateurs=[str(indicateur) for indicateur in domain.in_order(tuple(depot.indicateurs))],
        etp=depot.etp,
        budget=depot.budget,
        mois_avant_rupture=depot.mois_avant_rupture,
        rupture_le=domain.rupture_le(now.astimezone(fuseau(identite.departement)).date(), depot.mois_avant_rupture),
        besoin=depot.besoin,
        depose_le=now,
        version=1,
    )
    session.add(dossier)
    await session.flush()
    nom_compare = domain.nom_compare(identite.nom)[:200]
    kept = identite.model_dump(exclude={"departement", "siren"})
    session.add(Association(dossier_id=dossier.id, siren=siren, nom_compare=nom_compare, **kept))
    session.add(Contact(dossier_id=dossier.id, **depot.contact.model_dump()))
    personne = _first(dossier, depot.contact, now)
    session.add(personne)
    if depot.origine is not Origine.self and depot.declarant is not None:
        session.add(Declarant(dossier_id=dossier.id, **depot.declarant.model_dump()))
    event = domain.deposer(
        as_domain(dossier),
        reference=dossier.reference,
        origine=dossier.origine,
        departement=dossier.departement,
        etp=dossier.etp,
        budget=dossier.budget,
        acteur_id=actor.id if actor else None,
    )
    outbox.record(session, event, sequence=dossier.version, now=now)
    await _audit(session, actor or _filer(dossier), "dossier.deposer", dossier, now)
    await espace.ecrire(session, personne, "acces" if depot.origine is Origine.self else "signale_par_autrui", now)
    return dossier


def _first(dossier: Dossier, contact: ContactEnvoye, now: datetime) -> Personne:
    """The person to reach, as the one who answers for the association; it has the case's own id."""
    kept = contact.model_dump(exclude={"telephone"})
    return Personne(id=dossier.id, dossier_id=dossier.id, droits=in_order(Droit), responsable=True, depuis=now, **kept)


def _filer(dossier: Dossier) -> Actor:
    """Who files without being signed in: the association itself, or somebody the log need not tell apart."""
    if dossier.origine is Origine.self:
        return Actor(id=actor_id(dossier.id), roles=frozenset({Role.dirigeant}), dossier_id=dossier.id)
    return Actor(id=f"declarant:{dossier.id}", roles=frozenset({Role.machine}))


async def _new_reference(session: AsyncSession) -> str:
    """A reference that no case has. The unique index still refuses one drawn twice at the same instant."""
    while await store.reference_taken(session, drawn := identifiants.reference(RNG)):
        continue
    return drawn


async def qualifier(session: AsyncSession, actor: Actor, dossier_id: UUID, action: domain.Qualifier, now: datetime) -> Dossier:
    """Qualify a case of the animateur's territory, or correct its qualification. Raises Introuvable, TransitionInterdite."""
    return await _act(session, actor, dossier_id, action, "dossier.qualifier", now)


async def clore(session: AsyncSession, actor: Actor, dossier_id: UUID, issue: IssueDossier, now: datetime) -> Dossier:
    """Close a case of the animateur's territory. Raises Introuvable, TransitionInterdite."""
    return await _act(session, actor, dossier_id, domain.Clore(issue), "dossier.clore", now)


async def _act(
    session: AsyncSession, actor: Actor, dossier_id: UUID, action: domain.Qualifier | domain.Clore, name: str, now: datetime
) -> Dossier:
    row = await store.lock(session, actor, dossier_id)
    new, events = domain.decide(as_domain(row), action)
    row.etat, row.niveau, row.note, row.issue = new.etat, new.niveau, new.note, new.issue
    row.indicateurs = [str(indicateur) for indicateur in new.indicateurs]
    if isinstance(action, domain.Qualifier) and action.mois_avant_rupture is not None:
        row.mois_avant_rupture = new.mois_avant_rupture
        row.rupture_le = domain.rupture_le(now.astimezone(fuseau(row.departement)).date(), new.mois_avant_rupture)
    row.version += 1
    for event in events:
        outbox.record(session, event, sequence=row.version, now=now)
    await _audit(session, actor, name, row, now)
    return row


async def lire(session: AsyncSession, actor: Actor, dossier_id: UUID, now: datetime) -> store.Entier:
    """A case to be read in full by its animateur; the reading is written in the log. Raises Introuvable."""
    entier = await store.read_entier(session, actor, dossier_id)
    await _audit(session, actor, "dossier.lire", entier.dossier, now, categories=CATEGORIES)
    return entier


async def lister(session: AsyncSession, actor: Actor, now: datetime) -> None:
    """Write in the log that the list, which has names in it, was read."""
    await audit.write(session, "signalement", actor, "dossiers.lister", "territoire", now=now)


CATEGORIES = (Categorie.identite, Categorie.contact, Categorie.situation, Categorie.finances)


async def contenu(
    session: AsyncSession, dossier_id: UUID, consentement_id: UUID, categories: Sequence[Categorie]
) -> Divulgation:
    """These categories of a case and nothing else. Only the door calls this, once it has let the demand through."""
    dossier = await store.for_the_hub(session, dossier_id)
    association = await store.association(session, dossier.id) if Categorie.identite in categories else None
    contact = await store.contact(session, dossier.id) if Categorie.contact in categories else None
    parts = parties(dossier, association, contact, categories)
    return Divulgation(consentement_id=consentement_id, reference=dossier.reference, **parts)


def parties(
    dossier: Dossier, association: Association | None, contact: Contact | None, categories: Sequence[Categorie]
) -> dict[str, dict[str, object]]:
    """The content of each of these categories, by name; a diagnostic is kept by another service."""
    found: dict[str, dict[str, object]] = {}
    if Categorie.identite in categories and association:
        found["identite"] = identite_of(dossier, association).model_dump()
    if Categorie.contact in categories and contact:
        found["contact"] = Coordonnees.model_validate(contact, from_attributes=True).model_dump()
    if Categorie.situation in categories:
        found["situation"] = Situation.model_validate(dossier, from_attributes=True).model_dump(mode="json")
    if Categorie.finances in categories:
        found["finances"] = Finances.model_validate(dossier, from_attributes=True).model_dump()
    return found


def identite_of(dossier: Dossier, association: Association) -> Identite:
    """Category « identite » of a case."""
    return Identite(departement=dossier.departement, **association.model_dump(exclude={"dossier_id", "nom_compare"}))


async def _audit(
    session: AsyncSession, actor: Actor, action: str, dossier: Dossier, now: datetime, categories: Sequence[Categorie] = ()
) -> None:
    await audit.write(session, "signalement", actor, action, dossier.id, now=now, dossier_id=dossier.id, categories=categories)
