"""Use cases of the shared diagnostic, and its door: members of the cell read it under a permit asked for each reading."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.diagnostics import domain, store
from cellule.diagnostics.domain import AUTEURS, Action, Section
from cellule.diagnostics.models import DiagnosticRow, VersionRow
from common import audit, outbox
from common.actor import Actor, Role
from common.clock import Clock, new_id
from common.codes import Categorie, Finalite
from common.errors import Injoignable, Interdit
from common.requests import ActeurDemandeur, ConsentementPermis, Permis
from common.traduction import _

SERVICE = "cellule"
CATEGORIES = (Categorie.diagnostic,)

Demander = Callable[[ConsentementPermis], Awaitable[Permis]]


@dataclass(frozen=True, slots=True)
class Lecture:
    """A diagnostic opened for somebody: `par` is the role it is read in, `version` the document, if there is one."""

    charge: store.Charge
    par: Role
    version: VersionRow | None
    peut_ecrire: bool

    @property
    def actions(self) -> tuple[Action, ...]:
        """What the reader may do now."""
        return domain.permises(self.charge.etat, self.par) if self.peut_ecrire else ()

    @property
    def sections(self) -> dict[Section, str]:
        """The text of each section, empty before the first version."""
        return textes(self.version)


def textes(version: VersionRow | None) -> dict[Section, str]:
    """The sections of a version in their order."""
    return {section: version.sections.get(section.value, "") if version else "" for section in Section}


async def ouvrir(session: AsyncSession, actor: Actor, dossier_id: UUID, now: datetime) -> domain.Diagnostic:
    """Open a diagnostic for a case of the actor's territory, on behalf of its cell.

    Raises `Interdit` when the actor acts for no organisation, `Introuvable`, or `DiagnosticDejaOuvert`.
    """
    if actor.organisation_id is None:
        raise Interdit(_("Votre compte n’est rattaché à aucune cellule. Signalez-le à la personne qui gère les accès."))
    await store.reserver_cas(session, actor, dossier_id)
    diagnostic, event = domain.ouvrir(new_id(), dossier_id)
    store.ajouter(session, diagnostic, actor.organisation_id, now)
    outbox.record(session, event, sequence=1, now=now)
    await audit.write(session, SERVICE, actor, "diagnostic.ouvrir", diagnostic.id, now=now, dossier_id=dossier_id)
    return diagnostic


async def enregistrer(
    session: AsyncSession, actor: Actor, diagnostic_id: UUID, sections: Mapping[Section, str], base: int, now: datetime
) -> domain.Diagnostic:
    """Add a version of the document, written over version `base`. Raises what `domain.decide` and `normaliser` raise."""
    charge, par = await _pour_changer(session, actor, diagnostic_id)
    propres = domain.normaliser(sections)
    empreinte = domain.empreinte_de(charge.etat.id, charge.etat.numero + 1, propres)
    nouveau, _ = domain.decide(charge.etat, Action.enregistrer, par, empreinte=empreinte, base=base)
    await store.ajouter_version(session, nouveau, propres, par, actor, now)
    await _sauver(session, actor, charge, nouveau, None, Action.enregistrer, now)
    return nouveau


async def valider(session: AsyncSession, actor: Actor, diagnostic_id: UUID, empreinte: str, now: datetime) -> domain.Diagnostic:
    """Validate, for the actor's side, the version whose print is `empreinte`. Raises what `domain.decide` raises."""
    charge, par = await _pour_changer(session, actor, diagnostic_id)
    nouveau, event = domain.decide(charge.etat, Action.valider, par, empreinte=empreinte)
    store.ajouter_validation(session, nouveau, par, actor, now)
    # Who did it is not told of it.
    event = event and event.model_copy(update={"acteur_id": actor.id})
    await _sauver(session, actor, charge, nouveau, event, Action.valider, now)
    return nouveau


async def partager(
    session: AsyncSession, actor: Actor, diagnostic_id: UUID, demander: Demander, clock: Clock
) -> domain.Diagnostic:
    """Open the validated diagnostic to the members of the cell, if the association agrees now.

    Raises what `domain.decide` raises, `ConsentementManquant`, or `Injoignable` when nobody could say.
    """
    charge, par = await _pour_changer(session, actor, diagnostic_id)
    nouveau, event = domain.decide(charge.etat, Action.partager, par)
    permis = await _permis(charge, actor, demander, clock)
    await _sauver(session, actor, charge, nouveau, event, Action.partager, clock(), permis)
    return nouveau


async def lire(session: AsyncSession, actor: Actor, diagnostic_id: UUID, demander: Demander, clock: Clock) -> Lecture:
    """Open the diagnostic for reading: the two sides that write it always may, a member of the cell under a permit.

    The entry in the log is in the transaction that gives the content. Raises `Introuvable`, `ConsentementManquant`, or
    `Injoignable`: the door that cannot check stays shut.
    """
    charge = await store.charger(session, actor, diagnostic_id)
    par = domain.qualite(actor, charge.etat.dossier_id, charge.departement)
    permis = None if par in AUTEURS else await _permis(charge, actor, demander, clock)
    version = await store.version(session, charge, charge.etat.numero)
    await _noter_lecture(session, actor, charge, "diagnostic.lire", clock(), permis)
    return Lecture(charge, par, version, domain.peut_ecrire(actor, par))


async def lire_auteur(session: AsyncSession, actor: Actor, diagnostic_id: UUID, now: datetime) -> Lecture:
    """Open the diagnostic for one of the two sides that write it. Raises `Introuvable`, or `Interdit` for a member."""
    charge = await store.charger(session, actor, diagnostic_id)
    par = domain.qualite(actor, charge.etat.dossier_id, charge.departement)
    if par not in AUTEURS:
        raise Interdit
    version = await store.version(session, charge, charge.etat.numero)
    await _noter_lecture(session, actor, charge, "diagnostic.lire", now, None)
    return Lecture(charge, par, version, domain.peut_ecrire(actor, par))


async def versions(
    session: AsyncSession, actor: Actor, diagnostic_id: UUID, now: datetime
) -> tuple[Lecture, Sequence[VersionRow]]:
    """All versions, newest first, for the two sides that write them. Raises as `lire_auteur`."""
    lecture = await lire_auteur(session, actor, diagnostic_id, now)
    return lecture, await store.versions(session, lecture.charge)


async def lister(
    session: AsyncSession, actor: Actor, *, dossier_id: UUID | None, apres: UUID | None, limite: int
) -> tuple[list[tuple[DiagnosticRow, str]], UUID | None]:
    """The diagnostics that the actor may know of with their case's reference, and the cursor of the next page. No content."""
    rows = await store.lister(session, actor, dossier_id=dossier_id, apres=apres, limite=limite)
    page = [(row, cas.reference or "") for row, cas in rows[:limite]]
    return page, page[-1][0].id if len(rows) > limite else None


async def _pour_changer(session: AsyncSession, actor: Actor, diagnostic_id: UUID) -> tuple[store.Charge, Role]:
    charge = await store.charger(session, actor, diagnostic_id, pour_changer=True)
    par = domain.qualite(actor, charge.etat.dossier_id, charge.departement)
    if par is Role.dirigeant and not domain.peut_ecrire(actor, par):
        raise Interdit(_("Dans votre association, d’autres personnes complètent et valident le diagnostic."))
    return charge, par


async def _permis(charge: store.Charge, actor: Actor, demander: Demander, clock: Clock) -> Permis:
    """Ask signalement whether the association agrees that the cell sees its diagnostic, now."""
    permis = await demander(
        ConsentementPermis(
            dossier_id=charge.etat.dossier_id,
            destinataire_id=charge.cellule_id,
            finalite=Finalite.diagnostic,
            categories=CATEGORIES,
            acteur=ActeurDemandeur.of(actor),
            objet_id=charge.etat.id,
        )
    )
    if permis.expire_le <= clock():
        # It came so late that a withdrawal may have been committed since.
        raise Injoignable(_("Réessayez dans une minute. Rien n’a été modifié."))
    return permis


async def _sauver(
    session: AsyncSession,
    actor: Actor,
    charge: store.Charge,
    nouveau: domain.Diagnostic,
    event: domain.Evenement | None,
    action: Action,
    now: datetime,
    permis: Permis | None = None,
) -> None:
    version = await store.enregistrer_etat(session, nouveau, depuis=charge.version, now=now)
    if event is not None:
        outbox.record(session, event, sequence=version, now=now)
    await audit.write(
        session,
        SERVICE,
        actor,
        f"diagnostic.{action}",
        nouveau.id,
        now=now,
        dossier_id=nouveau.dossier_id,
        finalite=Finalite.diagnostic if permis else None,
        consentement_id=permis.consentement_id if permis else None,
        categories=CATEGORIES if permis else (),
    )


async def _noter_lecture(
    session: AsyncSession, actor: Actor, charge: store.Charge, action: str, now: datetime, permis: Permis | None
) -> None:
    await audit.write(
        session,
        SERVICE,
        actor,
        action,
        charge.etat.id,
        now=now,
        dossier_id=charge.etat.dossier_id,
        finalite=Finalite.diagnostic,
        consentement_id=permis.consentement_id if permis else None,
        categories=CATEGORIES,
    )
