"""From facts to notices: the table of rules, the territory's calendar, and the rows that follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from common import veille
from common.actor import Role
from common.events.comptes import CompteConfirme
from common.events.liens import LienCodeDemande, LienEnvoye
from common.events.membres import InvitationEnvoyee
from common.events.signalement import BrouillonMisDeCote
from notifications.courriels import store
from notifications.courriels.liens import cle
from notifications.courriels.store import Announcement
from notifications.regles.charger import table
from notifications.regles.domain import Cadence, Fait, Relation, Rythme, planifier, quand
from notifications.regles.faits import A_L_INVITE, AU_DECLARANT, nom_de
from notifications.suivis import store as suivis


async def annoncer(session: AsyncSession, faits: Sequence[tuple[UUID, Fait]], rythme: Rythme, now: datetime) -> None:
    """Tell these facts, each under its event's id, to those whom the table names, by the clock of each organisation."""
    lieux = await suivis.lieux(session, {fait.dossier_id for _, fait in faits if fait.dossier_id})
    sieges = await suivis.sieges(session, {organisation for _, fait in faits for _, organisation in fait.parties})
    told = [
        annonce
        for event_id, fait in faits
        for annonce in annonces(event_id, fait, rythme, now, lieux.get(fait.dossier_id) if fait.dossier_id else None, sieges)
    ]
    await store.add(session, told, now)
    for organisation_id in sorted({one.organisation_id for one in told if one.organisation_id}):
        await veille.annoncer(session, cle(organisation_id))


def annonces(
    event_id: UUID, fait: Fait, rythme: Rythme, now: datetime, departement: str | None, sieges: Mapping[UUID, str]
) -> list[Announcement]:
    """The notices of one fact; the second one and those after it have ids of their own, the same at each hearing."""
    return [
        Announcement(
            uuid5(event_id, str(rang)) if rang else event_id,
            envoi.avis.nom,
            envoi.relation,
            envoi.organisation_id,
            fait.dossier_id,
            fait.objet_id,
            envoi.due_at,
            fait.echeance,
            envoi.roles,
            envoi.sauf,
            fait.membre_id if envoi.relation is Relation.responsable else None,
            fait.acteur_id,
            departement,
            None if envoi.cadence is Cadence.immediat else f"{envoi.organisation_id}:{envoi.cadence}",
        )
        for rang, envoi in enumerate(planifier(fait, table(), now, departement, rythme, sieges))
    ]


async def annoncer_a_l_invite(
    session: AsyncSession, event_id: UUID, event: InvitationEnvoyee, rythme: Rythme, now: datetime
) -> None:
    """A mail to somebody who is invited into an organisation."""
    ((_, ligne),) = table().lignes(A_L_INVITE, None)
    siege = (await suivis.sieges(session, [event.partenaire_id])).get(event.partenaire_id)
    due_at = quand(ligne.courriel, now, siege, rythme, urgent=table().avis[ligne.avis].urgent)
    mail = Announcement(
        event_id, ligne.avis, Relation.invite, event.partenaire_id, None, event.invitation_id, due_at, event.expire_at
    )
    await store.add(session, [mail], now)


async def annoncer_un_compte(
    session: AsyncSession, event_id: UUID, event: CompteConfirme, rythme: Rythme, now: datetime
) -> None:
    """Two people of whichever roles are told that an account was confirmed: whose it is, and who decided."""
    qui = {
        Relation.titulaire: (event.partenaire_id, event.membre_id),
        Relation.decideur: (event.decideur_organisation_id, event.decideur_id),
    }
    sieges = await suivis.sieges(session, {organisation_id for organisation_id, _ in qui.values()})
    mails = []
    for _, ligne in table().lignes(nom_de(type(event)), None):
        organisation_id, membre_id = qui[ligne.relation]
        due_at = quand(ligne.courriel, now, sieges.get(organisation_id), rythme, urgent=table().avis[ligne.avis].urgent)
        mail = Announcement(event_id, ligne.avis, ligne.relation, organisation_id, None, event.compte_id, due_at)
        mails.append(replace(mail, roles=frozenset(Role), membre_id=membre_id))
    await store.add(session, mails, now)


async def annoncer_au_sans_compte(
    session: AsyncSession, event_id: UUID, event: LienEnvoye | LienCodeDemande, rythme: Rythme, now: datetime
) -> None:
    """A mail to the registered address of a partner for which nobody signs in."""
    ((_, ligne),) = table().lignes(nom_de(type(event)), None)
    siege = (await suivis.sieges(session, [event.partenaire_id])).get(event.partenaire_id)
    due_at = quand(ligne.courriel, now, siege, rythme, urgent=table().avis[ligne.avis].urgent)
    echeance = getattr(event, "due_at", None)
    mail = Announcement(event_id, ligne.avis, Relation.sans_compte, event.partenaire_id, None, event.lien_id, due_at, echeance)
    await store.add(session, [mail], now)


async def annoncer_au_dirigeant(
    session: AsyncSession, event_id: UUID, modele: str, dossier_id: UUID, envoi_id: UUID, rythme: Rythme, now: datetime
) -> None:
    """A mail to the dirigeant. Raises ValueError on one that there is not, which ends in the dead letters."""
    lignes = table().lignes(f"courriel.{modele}", None)
    if not lignes:
        raise ValueError("unknown template")
    ((_, ligne),) = lignes
    departement = (await suivis.lieux(session, [dossier_id])).get(dossier_id)
    urgent = table().avis[ligne.avis].urgent
    due_at = quand(ligne.courriel, now, departement, rythme, urgent=urgent)
    mail = Announcement(event_id, ligne.avis, Relation.dirigeant, None, dossier_id, envoi_id, due_at, departement=departement)
    await store.add(session, [mail], now)


async def annoncer_au_declarant(
    session: AsyncSession, event_id: UUID, event: BrouillonMisDeCote, rythme: Rythme, now: datetime
) -> None:
    """A mail to somebody who set the form aside: there is no case yet."""
    ((_, ligne),) = table().lignes(AU_DECLARANT, None)
    due_at = quand(ligne.courriel, now, None, rythme, urgent=table().avis[ligne.avis].urgent)
    mail = Announcement(event_id, ligne.avis, Relation.dirigeant, None, None, event.envoi_id, due_at, event.expire_le)
    await store.add(session, [mail], now)
