"""The page of the national figures: large numbers, one drawing, tables, and a filter that has an address."""

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from cellule.chiffres import service, store
from cellule.chiffres.api import Lecteur
from cellule.chiffres.graphique import graphiques, nom_du_mois
from cellule.chiffres.service import Compte
from common.actor import Actor, Role
from common.cas import EtatCas
from common.codes import Code, EtatOrientation, Motif, Niveau
from common.database import Transaction
from common.errors import DonneeInvalide
from common.filtres import nombre
from common.formulaires import analyser
from common.territoires import departements_of, nom_departement, nom_region, regions
from common.traduction import N_, _
from common.web import render

router = APIRouter(prefix="/chiffres", include_in_schema=False)


class Choix(BaseModel):
    """The filter, as its form sends it."""

    region: str | None = Field(default=None, title=N_("Région"))
    depuis: date | None = Field(default=None, title=N_("Du"))
    jusque: date | None = Field(default=None, title=N_("Au"))


@router.get("")
async def page(request: Request, session: Transaction, actor: Lecteur) -> HTMLResponse:
    """National cell and auditor: France or one région; animateur: its own territory. A wrong filter shows all and says so."""
    f = analyser(Choix, request.query_params)
    try:
        choix = f.objet or Choix()
        chiffres = await service.chiffres(session, actor, **choix.model_dump())
    except DonneeInvalide as refus:
        f = f.avec_erreur(refus.champ or "region", refus.remede)
        choix = Choix()
        chiffres = await service.chiffres(session, actor)
    titre = _("Dossiers déposés par mois")
    return render(
        request,
        "chiffres.html",
        {
            "f": f,
            "c": chiffres,
            "titre_graphique": titre,
            "graphiques": await graphiques(chiffres.dossiers.par_mois, titre),
            "territoire": _territoire(actor, choix),
            "regions": _regions(actor),
            "part": _part(chiffres.delai_diagnostic),
            "libelles": LIBELLES | {"dispositif": await store.libelles_des_dispositifs(session)},
            "nom_region": nom_region,
            "nom_departement": nom_departement,
            "nom_du_mois": nom_du_mois,
            "montrer": montrer,
            "lignes": lignes,
        },
        status=200 if not f.erreurs else 422,
    )


def montrer(n: int | float | None) -> str:
    """A number of a breakdown in words: the withheld ones say why there is none."""
    return _("moins de 5") if n is None else nombre(n, 1)


def lignes(comptes: Sequence[Compte], libelles: Mapping[str, str]) -> list[list[str]]:
    """A breakdown as lines of a table; what has no code yet is said so."""
    return [[_(libelles.get(c.code, c.code)) if c.code else _("Pas encore connu"), montrer(c.n)] for c in comptes]


def _libelles(codes: type[Code]) -> dict[str, str]:
    return {code.value: code.libelle for code in codes}


LIBELLES = {
    "etat": _libelles(EtatCas),
    "niveau": _libelles(Niveau),
    "orientation": _libelles(EtatOrientation),
    "motif": _libelles(Motif),
}


def _part(delai: service.DelaiDiagnostic) -> int | None:
    """The share of diagnostics within six weeks, in percent."""
    return round(100 * delai.dans_les_six_semaines / delai.n) if delai.n else None


def _regions(actor: Actor) -> list[tuple[str, str]]:
    """The régions that the reader may choose: all, or those of an animateur that has more than one."""
    partout = actor.has(Role.national, Role.auditeur)
    siennes = [r for r in regions() if partout or not actor.departements.isdisjoint(departements_of(r.code))]
    return [(r.code, r.nom) for r in siennes] if len(siennes) > 1 else []


def _territoire(actor: Actor, choix: Choix) -> str:
    if choix.region:
        return nom_region(choix.region)
    if actor.has(Role.national, Role.auditeur):
        return _("France entière")
    siennes = [r.nom for r in regions() if not actor.departements.isdisjoint(departements_of(r.code))]
    return _(" et ").join(siennes) or _("Aucun territoire")
