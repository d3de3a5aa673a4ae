"""The association's page put together, for its page and for the API: eight statements, whatever the case holds."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.codes import Droit, EtatConsentement, EtatDiagnostic, EtatDossier, EtatOrientation, Finalite
from common.codes_espace import CoteMessage
from common.errors import Introuvable
from common.traduction import _
from signalement.consentements import domain as consentements
from signalement.consentements import store as ledger
from signalement.consentements.schemas import ConsentementVu, vu
from signalement.consentements.service import as_domain
from signalement.documents import store as documents
from signalement.espace import appuis, contenu, etapes, service
from signalement.espace.entree import ESPACE
from signalement.espace.schemas import (
    Appui,
    Attendu,
    ConsentementDetaille,
    DocumentDepose,
    Espace,
    Fil,
    Membre,
    PhaseVue,
    Signalant,
)
from signalement.messages import domain as messages
from signalement.personnes import store as personnes
from signalement.personnes.domain import personne_id
from signalement.personnes.models import Personne
from signalement.projections import store as projections
from signalement.recuperations import store as recuperations
from signalement.signalements import store as signalements
from signalement.signalements.lecture import INCONNU, OrientationVue, Suivi, suivi
from signalement.signalements.service import parties

VALIDE = frozenset({EtatDiagnostic.valide, EtatDiagnostic.partage})


async def espace(session: AsyncSession, actor: Actor, now: datetime) -> tuple[Espace, Personne]:
    """The page of the actor's own association, and who the actor is in it. Raises Introuvable."""
    entier = await service.mon_dossier_entier(session, actor)
    dossier, declarant, last = entier.dossier, entier.declarant, entier.message
    gens = await documents.with_people(session, dossier.id)
    moi = next((one for one in gens.presentes if one.id == personne_id(actor)), None)
    if moi is None:
        raise Introuvable
    around = await suivi(session, actor, dossier.id)
    tour = messages.turn_of((last.cote, last.attend_reponse) if last else None)
    changes = [row.id for row, _personne, _dossier in await recuperations.waiting(session, actor, now)]
    diagnostics = [one.etat for one in around.diagnostics]
    signalant = (
        Signalant(nom=declarant.nom, organisation=declarant.organisation, motif=dossier.motif_tiers) if declarant else None
    )
    page = Espace(
        dossier_id=dossier.id,
        reference=dossier.reference,
        etat=dossier.etat,
        association=entier.association.nom,
        departement=dossier.departement,
        depose_le=dossier.depose_le,
        premier_echange_le=dossier.premier_echange_le,
        signalant=signalant,
        attendus=[
            *map(_adresse, changes),
            *_accords(around, moi),
            *_diagnostics(around, moi, dossier.etat),
            *([_reponse()] if tour is CoteMessage.association else []),
        ],
        phases=[
            PhaseVue(**phase)
            for phase in etapes.phases(
                dossier.etat,
                dossier.departement,
                dossier.depose_le,
                diagnostics,
                [one.etat for one in around.orientations],
                dossier.premier_echange_le,
            )
        ],
        semaines=etapes.semaines(dossier.depose_le, dossier.departement, now, validees=not VALIDE.isdisjoint(diagnostics)),
        appuis=_appuis(around.orientations),
        documents=[
            DocumentDepose(
                document_id=one.id,
                ajoute_par=f"{who.prenom} {who.nom}",
                **one.model_dump(include={"nom", "genre", "taille", "ajoute_le"}),
            )
            for one, who in gens.documents
            if one.supprime_le is None
        ],
        fil=Fil(tour=tour, dernier_de=last.auteur if last else None, dernier_le=last.envoye_le if last else None),
        personnes=[Membre.model_validate(one, from_attributes=True) for one in gens.presentes],
        **dict(around),
    )
    return page, moi


def awaited(around: Suivi) -> list[ConsentementVu]:
    """The questions still worth an answer: not those of a referral that has been cancelled since."""
    prepared = {o.partenaire_id for o in around.orientations if o.etat is EtatOrientation.brouillon}
    return [
        c
        for c in around.consentements
        if c.etat is EtatConsentement.demande and (c.finalite is Finalite.diagnostic or c.destinataire_id in prepared)
    ]


def _adresse(recuperation_id: UUID) -> Attendu:
    return Attendu(
        genre="adresse",
        titre=_("Quelqu’un propose de remplacer votre adresse de courriel"),
        texte=_(
            "Une personne de la cellule l’a proposé. Rien ne change avant qu’une autre l’ait confirmé. "
            "Si vous n’avez rien demandé, opposez-vous-y."
        ),
        action=_("Garder mon adresse"),
        lien=f"{ESPACE}/recuperations/{recuperation_id}/refuser",
        objet_id=recuperation_id,
    )


def _accords(around: Suivi, moi: Personne) -> list[Attendu]:
    may = Droit.consentir in moi.droits
    return [
        Attendu(
            genre="consentement",
            titre=(
                _("Montrer votre diagnostic, une fois validé, à la cellule régionale ({qui}) ?")
                if c.finalite is Finalite.diagnostic
                else _("Partager des informations avec cet organisme : {qui} ?")
            ).format(qui=c.destinataire),
            texte=_("Vous voyez d’abord, champ par champ, ce qui lui serait montré. Rien ne part sans votre accord.")
            if may
            else _("Dans votre association, d’autres personnes donnent les accords : parlez-en avec elles."),
            action=_("Lire et répondre") if may else "",
            lien=f"{ESPACE}/consentements/{c.id}",
            objet_id=c.id,
        )
        for c in awaited(around)
    ]


def _diagnostics(around: Suivi, moi: Personne, etat: EtatDossier) -> list[Attendu]:
    may = Droit.valider in moi.droits
    return [
        Attendu(
            genre="diagnostic",
            titre=_("Votre diagnostic partagé est en cours"),
            texte=_("Relisez-le avec votre bureau, complétez-le, puis validez-le.")
            if may
            else _("Relisez-le ; d’autres personnes de votre association le complètent et le valident."),
            action=_("Ouvrir le diagnostic"),
            lien=f"/cellule/diagnostics/{d.diagnostic_id}",
            objet_id=d.diagnostic_id,
        )
        for d in around.diagnostics
        if d.etat is EtatDiagnostic.ouvert and etat is not EtatDossier.clos
    ]


def _reponse() -> Attendu:
    return Attendu(
        genre="message",
        titre=_("La cellule de votre région attend votre réponse à un message"),
        texte=_("Lisez-le, puis répondez-lui."),
        action=_("Lire et répondre"),
        lien=f"{ESPACE}/messages",
        objet_id=None,
    )


def _appuis(orientations: list[OrientationVue]) -> list[Appui]:
    """Those in which something is still to come first, then the last that changed."""
    left = [one for one in orientations if one.etat in appuis.MOTS]
    recent = sorted(left, key=lambda one: one.change_le, reverse=True)
    return [_appui(one) for one in sorted(recent, key=lambda one: one.etat not in appuis.DATEES)]


def _appui(o: OrientationVue) -> Appui:
    mots = appuis.MOTS[o.etat]
    kept = o.model_dump(
        include={"orientation_id", "partenaire", "dispositif", "dispositif_libelle", "etat", "motif", "change_le"}
    )
    return Appui(phrase=_(mots.phrase), suite=_(mots.suite), avant=o.due_at if o.etat in appuis.DATEES else None, **kept)


async def consentement(session: AsyncSession, actor: Actor, consentement_id: UUID, now: datetime) -> ConsentementDetaille:
    """A consent of the actor's own association with exactly what it shows, and what the actor may do. Raises Introuvable."""
    row = await ledger.read(session, actor, consentement_id)
    entier = await signalements.read_entier(session, actor, row.dossier_id)
    moi = await personnes.mine(session, actor)
    noms = await projections.libelles(session, [row.destinataire_id])
    seen = vu(row, noms.get(row.destinataire_id, _(INCONNU)))
    live = row.etat is EtatConsentement.demande or as_domain(row).holds(now)
    parts: dict[str, Any] = parties(entier.dossier, entier.association, entier.contact, seen.categories) if live else {}
    may = live and Droit.consentir in moi.droits
    return ConsentementDetaille(
        montre=contenu.montre(seen.categories, parts) if live else [],
        actions=[action for action in consentements.actions(row.etat) if action != "expirer"] if may else [],
        **dict(seen),
    )
