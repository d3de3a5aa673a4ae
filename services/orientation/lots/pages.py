"""The pages of lots: choose, read what would happen, confirm, read what was done. Everything works without JavaScript."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.auth import allow
from common.clock import new_id, utc_now
from common.codes import EtatOrientation
from common.codes_echanges import ActionLot
from common.database import Transaction
from common.errors import DonneeInvalide, Introuvable
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_, _
from common.web import render
from orientation.lots import service, store
from orientation.lots.domain import LOT_MAX, Cible
from orientation.lots.service import Prevision
from orientation.orientations import presentation
from orientation.orientations.domain import NEGATIVES, OUVERTES
from orientation.orientations.store import Vue
from orientation.partenaires import store as annuaire
from orientation.partenaires.libelles import libelle_dispositif
from orientation.partenaires.models import PartenaireRow

router = APIRouter(prefix="/orientations/lots", tags=["pages"], include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]

E = EtatOrientation
A = ActionLot
# What one comes to choose from, and what may be done there; the first is what is shown when nothing is said.
GROUPES: dict[str, tuple[str, tuple[EtatOrientation, ...], tuple[ActionLot, ...]]] = {
    "preparation": (N_("En préparation"), (E.brouillon,), (A.envoyer, A.annuler)),
    "ouvertes": (N_("Chez les partenaires"), OUVERTES, (A.relancer, A.annuler)),
    "closes": (N_("Closes sans aide apportée"), NEGATIVES, (A.reorienter,)),
}
FAITES = {
    ActionLot.envoyer: (N_("orientation envoyée"), N_("orientations envoyées")),
    ActionLot.relancer: (N_("orientation relancée"), N_("orientations relancées")),
    ActionLot.annuler: (N_("orientation annulée"), N_("orientations annulées")),
    ActionLot.reorienter: (N_("orientation réorientée"), N_("orientations réorientées")),
}


class Choix(BaseModel):
    """What was chosen; `choix` is where a re-orientation goes, a partner and one of its dispositifs."""

    orientations: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=LOT_MAX)]
    action: ActionLot
    choix: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[a-z0-9-]{1,40}$")] | None = None

    def cible(self) -> Cible | None:
        """Where a re-orientation goes; the list is left alone for any other action."""
        if self.action is not ActionLot.reorienter or self.choix is None:
            return None
        partenaire_id, dispositif = self.choix.split(":")
        return Cible(UUID(partenaire_id), dispositif)


class Confirmation(Choix):
    """What the preview sends on: each referral with the version that was shown, as `id:version`."""

    lot: UUID
    orientations: Annotated[tuple[UUID, ...], Field(max_length=LOT_MAX)] = ()
    lignes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f-]{36}:[0-9]{1,9}$")], ...], Field(min_length=1, max_length=LOT_MAX)
    ]

    def versions(self) -> dict[UUID, int]:
        """By referral."""
        return {UUID(id_): int(version) for id_, version in (ligne.split(":") for ligne in self.lignes)}


@router.get("")
async def page_choix(
    request: Request, actor: Animateur, session: Transaction, groupe: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For the animateur: the referrals of the territory, with boxes to tick."""
    return await _choisir(request, session, actor, vierge({"groupe": groupe}))


@router.post("/apercu")
async def page_apercu(request: Request, actor: Animateur, session: Transaction) -> HTMLResponse:
    """For the animateur: what would happen to each, and why to some it would not."""
    f = analyser(Choix, await request.form(), _messages())
    if f.objet is None:
        return await _choisir(request, session, actor, f, status=422)
    choix = f.objet
    try:
        ids = tuple(dict.fromkeys(choix.orientations))
        previsions = await service.prevoir(session, actor, choix.action, ids, choix.cible(), utc_now())
    except (DonneeInvalide, Introuvable) as refus:
        f = f.avec_erreur(refus.champ or "choix", refus.remede)
        return await _choisir(request, session, actor, f, status=refus.status)
    contexte = {
        "lot": new_id(),
        "action": choix.action,
        "choix": choix.choix or "",
        "possibles": [_prevue(p) for p in previsions if p.refus is None],
        "impossibles": [_prevue(p) for p in previsions if p.refus is not None],
    }
    return render(request, "lots_apercu.html", contexte)


@router.post("")
async def faire(request: Request, actor: Animateur, session: Transaction) -> Response:
    """For the animateur: done to each by itself; sent twice, it is done once."""
    f = analyser(Confirmation, await request.form(), _messages())
    if f.objet is None:
        return await _choisir(request, session, actor, f, status=422)
    choix, nats = f.objet, request.app.state.nats
    try:
        row = await service.faire(session, nats, actor, choix.lot, choix.action, choix.versions(), choix.cible(), utc_now())
    except DonneeInvalide as refus:
        return await _choisir(request, session, actor, f.avec_erreur(refus.champ or "", refus.remede), status=422)
    return RedirectResponse(f"/orientation/orientations/lots/{row.id}", 303)


@router.get("/{lot_id}")
async def page_resultat(request: Request, lot_id: UUID, actor: Animateur, session: Transaction) -> HTMLResponse:
    """For the animateur who confirmed: what was done, and what was not."""
    row = await store.find(session, actor, lot_id)
    vues = await store.choisies(session, actor, [UUID(ligne["orientation_id"]) for ligne in row.lignes])
    lignes = []
    for ligne in row.lignes:
        choisie = vues.get(UUID(ligne["orientation_id"]))
        lignes.append(ligne | {"nom": _nom(choisie.vue) if choisie else _("Une orientation"), "vue": choisie is not None})
    action = ActionLot(row.action)
    contexte = {
        "action": action,
        "faites": [ligne for ligne in lignes if ligne["probleme"] is None],
        "refusees": [ligne for ligne in lignes if ligne["probleme"] is not None],
        "noms": FAITES[action],
    }
    return render(request, "lots_resultat.html", contexte)


async def _choisir(
    request: Request, session: AsyncSession, actor: Actor, f: Formulaire[Any], status: int = 200
) -> HTMLResponse:
    groupe = f.valeur("groupe") if f.valeur("groupe") in GROUPES else next(iter(GROUPES))
    vues = await store.a_choisir(session, actor, GROUPES[groupe][1])
    partenaires: dict[UUID, PartenaireRow] = {}
    for departement in sorted({vue.orientation.departement for vue in vues} if groupe == "closes" else ()):
        partenaires |= {p.id: p for p in await annuaire.of_departement(session, departement)}
    appuis = [
        (f"{p.id}:{code}", f"{libelle_dispositif(code)}, {p.libelle}") for p in partenaires.values() for code in p.dispositifs
    ]
    contexte = {
        "f": f,
        "groupe": groupe,
        "groupes": [(code, _(groupe[0])) for code, groupe in GROUPES.items()],
        "lignes": [(vue.orientation.id, _nom(vue), EtatOrientation(vue.orientation.etat).libelle + ".") for vue in vues],
        "actions": [(a.value, a.libelle) for a in GROUPES[groupe][2]],
        "appuis": sorted(appuis, key=lambda appui: appui[1]),
        "lot_max": LOT_MAX,
    }
    return render(request, "lots_choix.html", contexte, status=status)


def _messages() -> dict[str, str]:
    return {
        "orientations.missing": _("Choisissez au moins une orientation."),
        "orientations.too_long": _("Choisissez au plus {n} orientations.").format(n=LOT_MAX),
        "action.missing": _("Choisissez ce qu’il faut faire."),
        "choix": _("Choisissez un appui de la liste."),
    }


def _prevue(prevision: Prevision) -> dict[str, Any]:
    vue = prevision.vue
    return {
        "valeur": f"{vue.orientation.id}:{vue.orientation.version}" if vue else "",
        "nom": _nom(vue) if vue else _("Une orientation qui n’est pas de votre territoire"),
        "pourquoi": prevision.refus.phrase if prevision.refus else "",
    }


def _nom(vue: Vue) -> str:
    return f"{vue.dossier.reference}, {presentation.titre(vue)}, {vue.partenaire.libelle}"
