"""Three cases in two territories with a row of everything about each, and everybody who may ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from common import audit, sessions_store
from common.actor import Actor, Role
from common.clock import new_id
from common.codes import Droit, EtatDiagnostic, EtatOrientation, TypePartenaire
from common.codes_espace import CoteMessage, EtatRecuperation, TypeDocument, VerificationIdentite
from common.database import Database
from signalement.depot.models import Brouillon
from signalement.documents.models import Document, Morceau
from signalement.messages.models import Message
from signalement.personnes.domain import actor_id
from signalement.personnes.models import Personne
from signalement.projections.models import Diagnostic, Dispositif, Orientation
from signalement.recuperations.models import Recuperation
from signalement.signalements.models import Declarant
from tests.isolation import fill_common_tables
from tests.signalement import fabrique as f

CELLULE_EST = UUID("00000000-0000-4000-8000-000000000003")


@dataclass(frozen=True, slots=True)
class Cas:
    """A case with its people: who answers for it, one more, and one who was removed."""

    id: UUID
    correspondante: UUID
    retiree: UUID


@dataclass(frozen=True, slots=True)
class Monde:
    """`ici` and `ailleurs` have changes of address under way; `voisin` is in the territory of `ici` and has none."""

    ici: Cas
    voisin: Cas
    ailleurs: Cas

    def acteurs(self) -> Mapping[str, Actor | None]:
        """Everybody, by what they are to these cases."""
        return {
            "dirigeante": personne(self.ici, self.ici.id),
            "correspondante": personne(self.ici, self.ici.correspondante, Droit.lire),
            "removed": personne(self.ici, self.ici.retiree),
            "dirigeante elsewhere": personne(self.ailleurs, self.ailleurs.id),
            "dirigeante elsewhere who names this case": personne(self.ici, self.ailleurs.id),
            "animatrice": f.ANIMATEUR,
            "animateur elsewhere": f.AUTRE_ANIMATEUR,
            "manager of the cell": membre(Role.manager, f.CELLULE),
            "manager of the cell elsewhere": membre(Role.manager, CELLULE_EST),
            "agent of the cell": membre(Role.agent, f.CELLULE),
            "agent of the partner": f.AGENT,
            "manager of the partner": membre(Role.manager, f.PARTENAIRE),
            "system of the partner": membre(Role.machine, f.PARTENAIRE),
            "national": f.NATIONAL,
            "auditeur": membre(Role.auditeur, f.CELLULE),
            "administrateur": membre(Role.administrateur, f.CELLULE),
            "nobody": None,
        }


def personne(cas: Cas, personne_id: UUID, *droits: Droit) -> Actor:
    """A person of an association, as its session says it."""
    return Actor(actor_id(personne_id), frozenset({Role.dirigeant}), dossier_id=cas.id, droits=frozenset(droits or Droit))


def membre(role: Role, organisation_id: UUID) -> Actor:
    """A member of an organisation."""
    return Actor(f"{role}-{organisation_id}", frozenset({role}), organisation_id)


async def peupler(database: Database) -> Monde:
    """Fill every table of the service."""
    await f.publier_cellule(database)
    await f.publier(database, CELLULE_EST, "Cellule Grand Est", TypePartenaire.cellule, ("67", "68"))
    monde = Monde(*[await _cas(database, departement) for departement in ("34", "30", "67")])
    acteurs = [actor for actor in monde.acteurs().values() if actor]
    async with database.transaction() as session:
        for cas in (monde.ici, monde.ailleurs):
            for personne_id in (cas.id, cas.correspondante):
                session.add(_changement(cas.id, personne_id))
        for actor in {actor.id: actor for actor in acteurs if actor.has(Role.dirigeant)}.values():
            await sessions_store.open_session(session, actor, f.NOW)
        session.add(Dispositif(id="dla", libelle="DLA", sequence=1))
        session.add(Brouillon(cle="0" * 64, saisies={}, dossier_id=monde.ici.id, expire_le=f.NOW))
    await fill_common_tables(database, *{actor.id: actor for actor in acteurs}.values())
    return monde


async def _cas(database: Database, departement: str) -> Cas:
    filed = await f.deposer(database, association={"departement": departement, "code_postal": f"{departement}000"})
    cas = Cas(filed.id, uuid4(), uuid4())
    async with database.transaction() as session:
        session.add(Declarant(dossier_id=cas.id, nom="D", courriel="d@x.example"))
        session.add(f.donne(cas.id, f.NOW + timedelta(days=9)))
        for personne_id, retiree in ((cas.correspondante, None), (cas.retiree, f.NOW)):
            session.add(_personne(cas.id, personne_id, retiree))
        document = _document(cas.id)
        session.add(document)
        await session.flush()
        session.add(Morceau(document_id=document.id, numero=0, octets=b"x"))
        vu: dict[str, Any] = {"id": new_id(), "dossier_id": cas.id, "change_le": f.NOW, "sequence": 1}
        envoyee = EtatOrientation.envoyee
        session.add(Orientation(partenaire_id=f.PARTENAIRE, dispositif="dla", etat=envoyee, **vu))
        session.add(Diagnostic(etat=EtatDiagnostic.ouvert, numero=1, **vu))
        for auteur in (actor_id(cas.id), f.ANIMATEUR.id, f.AUTRE_ANIMATEUR.id):
            session.add(_message(cas.id, auteur))
        await audit.write(session, "signalement", f.ANIMATEUR, "dossier.lire", cas.id, now=f.NOW, dossier_id=cas.id)
    return cas


def _personne(dossier_id: UUID, personne_id: UUID, retiree: Any) -> Personne:
    dit: dict[str, Any] = {"prenom": "A", "nom": "B", "fonction": "C", "depuis": f.NOW, "responsable": False}
    courriel = None if retiree else f"{personne_id}@asso.example"
    return Personne(
        id=personne_id, dossier_id=dossier_id, courriel=courriel, retiree_le=retiree, droits=[Droit.lire.value], **dit
    )


def _document(dossier_id: UUID) -> Document:
    genre = next(iter(TypeDocument))
    ajoute: dict[str, Any] = {"ajoute_par": dossier_id, "ajoute_le": f.NOW}
    return Document(id=new_id(), dossier_id=dossier_id, nom="x", genre=genre, taille=1, empreinte="0", **ajoute)


def _message(dossier_id: UUID, auteur_id: str) -> Message:
    dit: dict[str, Any] = {"cote": CoteMessage.cellule, "auteur": "x", "attend_reponse": True, "texte": "x"}
    return Message(id=new_id(), dossier_id=dossier_id, auteur_id=auteur_id, envoye_le=f.NOW, **dit)


def _changement(dossier_id: UUID, personne_id: UUID) -> Recuperation:
    return Recuperation(
        id=new_id(),
        dossier_id=dossier_id,
        personne_id=personne_id,
        etat=EtatRecuperation.proposee,
        nouvelle="n@x.example",
        verification=next(iter(VerificationIdentite)),
        proposee_par="x",
        proposee_le=f.NOW,
        expire_le=f.NOW + timedelta(days=1),
    )
