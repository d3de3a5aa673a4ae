"""The page of the dashboard: numbers to see, each with its table, and each leading to the list that it counts."""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.database import Transaction
from common.errors import DonneeInvalide
from common.filtres import nombre
from common.formulaires import analyser
from common.traduction import N_
from common.web import render
from orientation.fiches import store as fiches
from orientation.fiches.presentation import l_appel
from orientation.listes import store as listes
from orientation.listes.domain import A_MOI, Echeance, Fait, Filtre, tranches
from orientation.listes.filtres import ATTENTE, MOI, cote_de
from orientation.orientations import presentation
from orientation.orientations.domain import Cote
from orientation.tableaux import service
from orientation.tableaux.service import Tableau

router = APIRouter(prefix="/tableau", tags=["pages"], include_in_schema=False)

Partie = Annotated[Actor, Depends(allow(Role.animateur, Role.agent, Role.manager))]


RETARDS_MAX = 5


class Choix(BaseModel):
    """The period, as its form sends it."""

    depuis: date | None = Field(default=None, title=N_("Du"))
    jusque: date | None = Field(default=None, title=N_("Au"))


@router.get("")
async def page_tableau(request: Request, actor: Partie, session: Transaction) -> HTMLResponse:
    """For both sides: one's own numbers. A wrong period shows the usual one and says so."""
    f, now = analyser(Choix, request.query_params), utc_now()
    choix = f.objet or Choix()
    try:
        t = await service.tableau(session, actor, choix.depuis, choix.jusque, now)
    except DonneeInvalide as refus:
        f = f.avec_erreur(refus.champ or "depuis", refus.remede)
        t = await service.tableau(session, actor, None, None, now)
    contexte = {
        "f": f,
        "t": t,
        "cote": cote_de(actor).value,
        "cles": _cles(t),
        "lien": lien,
        "du_passe": lambda n, fait, **plus: lien(n, fait=fait, depuis=t.depuis, jusque=t.jusque, **plus),
        "Fait": Fait,
        "Echeance": Echeance,
        "attente": ATTENTE,
        "retards": await _retards(session, actor, now),
        "noms": {p.partenaire_id: p.libelle for p in t.partenaires},
        "plus_longue": max((d.n for d in t.durees), default=0),
    }
    return render(request, "tableau.html", contexte, status=422 if f.erreurs else 200)


async def _retards(session: AsyncSession, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """The sender's latest at the partners, with whom to call: the first few, the list has the others."""
    if cote_de(actor) is not Cote.emetteur:
        return []
    ordre = [tranche for tranche in tranches(Cote.emetteur, now, A_MOI[Cote.partenaire]) if tranche.a == now]
    vues, _ = await listes.page(session, actor, ordre, Filtre(), None, now, RETARDS_MAX)
    numeros = await fiches.telephones(session, {vue.partenaire.id for vue in vues})
    return [
        {
            "vue": vue,
            "titre": presentation.titre(vue),
            "delai": presentation.delai(vue.orientation.valeur(), Cote.emetteur, now),
            "appel": l_appel(numeros.get(vue.partenaire.id)),
        }
        for vue in vues
    ]


def _cles(t: Tableau) -> list[tuple[str, Markup | str]]:
    """What to look at first: what is late, for today and for this week, where the reader must act."""
    miennes = [ligne for ligne in t.echeances if ligne.a_moi]
    comptes = [
        (Echeance.retard, sum(ligne.retard for ligne in miennes)),
        (Echeance.aujourd_hui, sum(ligne.aujourd_hui for ligne in miennes)),
        (Echeance.semaine, sum(ligne.semaine for ligne in miennes)),
    ]
    return [(echeance.libelle, lien(n, etat=MOI, echeance=echeance)) for echeance, n in comptes]


def lien(n: int, **filtre: str | date | UUID | None) -> Markup | str:
    """A number that leads to the list which it counts; nothing leads to none."""
    if not n:
        return "0"
    adresse = urlencode({nom: str(valeur) for nom, valeur in filtre.items() if valeur})
    return Markup('<a href="/orientation/orientations?{}">{}</a>').format(adresse, nombre(n))
