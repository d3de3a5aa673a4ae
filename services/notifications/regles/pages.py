"""The table of rules, shown to those whom it concerns."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from common.actor import Actor, Role
from common.auth import allow
from common.traduction import N_, _
from common.typographie import typo
from common.web import render
from notifications.courriels.modeles import MODELES
from notifications.regles.charger import table
from notifications.regles.domain import PREVENUS, Genre, Ligne

router = APIRouter(prefix="/regles", include_in_schema=False)

ROLES = {
    Role.agent: N_("Les personnes d’un partenaire"),
    Role.manager: N_("Les responsables d’un partenaire"),
    Role.animateur: N_("Les animateurs d’une cellule régionale"),
    Role.administrateur: N_("Les administrateurs de Relais"),
    Role.dirigeant: N_("Les associations"),
}
Membre = Annotated[Actor, Depends(allow(*PREVENUS))]


@router.get("")
async def regles(request: Request, actor: Membre) -> HTMLResponse:
    """Who is told what, and when: one table per role, one's own first."""
    premiers = sorted(ROLES, key=lambda role: not actor.has(role))
    tables = [(_(ROLES[role]), role.value, list(dict.fromkeys(map(_ligne, table().roles.get(role, ()))))) for role in premiers]
    return render(request, "regles.html", {"tables": tables})


def _ligne(ligne: Ligne) -> tuple[str, str, str, str]:
    avis = table().avis[ligne.avis]
    quand = ligne.courriel.libelle
    if avis.urgent:
        quand = _("{quand}, même la nuit").format(quand=quand)
    a_qui = ligne.relation.libelle
    if avis.sans_compte:
        a_qui = _("{qui}, ou l’adresse de sa fiche si elle n’a pas de compte").format(qui=a_qui)
    oblige = _("Oui") if avis.genre is Genre.obligatoire else _("Non")
    return typo(_(MODELES[ligne.avis].titre)), typo(a_qui), typo(quand), oblige
