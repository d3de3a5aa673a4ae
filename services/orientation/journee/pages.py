"""The first page after sign-in: what awaits this person, the most urgent first, each with its next action."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import EtatOrientation, Partie
from common.codes_echanges import ModeRendezVous
from common.database import Transaction
from common.filtres import heure_fr
from common.territoires import fuseau
from common.traduction import N_, _
from common.web import render
from orientation.etapes.domain import Etape, prochaine_etape
from orientation.fiches import store as fiches
from orientation.fiches.presentation import Appel, l_appel
from orientation.journee.domain import BLOCS, geste, raison
from orientation.journee.service import Journee, journee
from orientation.journee.store import COMPTE_MAX, Attente
from orientation.listes.domain import Echeance
from orientation.listes.filtres import MOI, horloge, membre_de
from orientation.orientations import presentation
from orientation.orientations.domain import Cote
from orientation.orientations.store import Vue
from orientation.partenaires.libelles import libelle_dispositif

router = APIRouter(prefix="/aujourd-hui", tags=["pages"], include_in_schema=False)

Lecteur = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]
TITRES = {
    Echeance.retard: N_("En retard"),
    Echeance.aujourd_hui: N_("À faire aujourd’hui"),
    Echeance.semaine: N_("D’ici dimanche"),
}


@router.get("")
async def page_journee(request: Request, actor: Lecteur, session: Transaction) -> HTMLResponse:
    """For both sides: what needs this person, and nothing else."""
    now = utc_now()
    jour = await journee(session, actor, now)
    appels = await _appels(session, jour, now)
    blocs = [
        {
            "code": bande.value,
            "titre": _(TITRES[bande]),
            "nombre": jour.blocs[bande].nombre,
            "au_moins": jour.blocs[bande].au_moins,
            "autres": f"/orientation/orientations?etat={MOI}&echeance={bande.value}" if jour.blocs[bande].autres else "",
            "lignes": [
                _ligne(jour.vues[i], jour.cote, actor, now) | {"appel": appels.get(i), "de": jour.vues[i].partenaire}
                for i in jour.blocs[bande].ids
                if i in jour.vues
            ],
        }
        for bande in BLOCS
    ]
    contexte = {
        "j": jour,
        "cote": jour.cote.value,
        "jour": now.astimezone(horloge(actor)).date(),
        "blocs": {bloc["code"]: bloc for bloc in blocs},
        "rendez_vous": [_rendez_vous(a) for a in jour.rendez_vous],
        "libelle": libelle_dispositif,
        "compte_max": COMPTE_MAX,
        "equipe": f"/orientation/equipes/{actor.organisation_id}",
        "collegues": f"/orientation/orientations?etat={MOI}",
    }
    return render(request, "journee.html", contexte)


async def _appels(session: AsyncSession, jour: Journee, now: datetime) -> dict[UUID, Appel]:
    """Whom to call about what is late at a partner: one statement for the whole page, and none when nothing is."""
    tard = []
    for ident, vue in jour.vues.items():
        valeur = vue.orientation.valeur()
        if presentation.a_appeler(valeur, jour.cote, presentation.delai(valeur, jour.cote, now)):
            tard.append((ident, vue.partenaire.id))
    numeros = await fiches.telephones(session, {partenaire_id for _ident, partenaire_id in tard})
    return {ident: l_appel(numeros.get(partenaire_id)) for ident, partenaire_id in tard}


def _ligne(vue: Vue, cote: Cote, actor: Actor, now: datetime) -> dict[str, Any]:
    """One referral: what, why this reader, by when, and what to do."""
    orientation = vue.orientation.valeur()
    etape = prochaine_etape(orientation, now)
    action, suite = geste(etape.quoi, cote, en_retard=etape.en_retard)
    return {
        "quoi": _quoi(etape, cote),
        "reference": vue.dossier.reference,
        "titre": presentation.titre(vue),
        "partenaire": vue.partenaire.libelle if cote is Cote.emetteur else "",
        "etat": EtatOrientation(vue.orientation.etat),
        "ton": presentation.TONS[orientation.etat],
        "raison": raison(etape.quoi, cote, suivie=vue.orientation.responsable_id == membre_de(actor)),
        "delai": presentation.delai(orientation, cote, now),
        "action": action,
        "adresse": f"/orientation/orientations/{vue.orientation.id}{suite}",
    }


def _quoi(etape: Etape, cote: Cote) -> str:
    """What is expected, and of whom when it is not of an animateur who reads it."""
    quoi = etape.quoi.libelle
    if cote is Cote.partenaire or etape.qui in (Partie.emetteur, Partie.animateur):
        return quoi
    return _("{qui} : {quoi}").format(qui=etape.qui.libelle, quoi=f"{quoi[:1].lower()}{quoi[1:]}")


def _rendez_vous(attente: Attente) -> dict[str, Any]:
    """An appointment of today, on the clock of its territory."""
    local = attente.at.astimezone(fuseau(attente.departement)) if attente.at else None
    return {
        "heure": heure_fr(local) if local else "",
        "minutes": attente.minutes,
        "mode": ModeRendezVous(attente.mode).libelle,
        "reference": attente.reference,
        "titre": libelle_dispositif(attente.dispositif),
        "adresse": f"/orientation/orientations/{attente.orientation_id}/rendez-vous",
    }
