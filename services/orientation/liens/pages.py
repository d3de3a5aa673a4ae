"""The pages of links: what a partner without an account reads, its code, and what the sender decides of the link."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import SYSTEM, Actor, Role
from common.auth import MaybeActor, allow
from common.clock import utc_now
from common.database import Database, SystemTransaction, Transaction
from common.errors import Conflit, Erreur
from common.formulaires import Formulaire, analyser, vierge
from common.sessions_http import give_cookie, renew_session
from common.territoires import nom_departement
from common.traduction import N_, _
from common.web import render
from orientation.liens import domain, service
from orientation.orientations import presentation
from orientation.orientations.domain import Cote
from orientation.partenaires import store as annuaire

router = APIRouter(tags=["pages"], include_in_schema=False)

ICI = "/orientation/lien"
INEXACT = N_("Ce code est inexact, ou il a plus de dix minutes. Vérifiez-le, ou demandez-en un autre.")
MESSAGES = {"code": N_("Saisissez les huit chiffres du code reçu par courriel.")}
Jeton = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]
Emetteur = Annotated[Actor, Depends(allow(Role.animateur))]


class Code(BaseModel):
    """What is typed."""

    code: Annotated[str, Field(min_length=1, max_length=20)]


async def par_le_lien(request: Request, jeton: Jeton) -> Actor:
    """Who acts by the link of the address; from here on the transaction of the request is its own. Raises LienClos."""
    database: Database = request.app.state.database
    async with database.transaction(SYSTEM) as session:
        actor = service.acteur_de(await service.trouver(session, jeton, utc_now()))
    request.state.actor = actor
    return actor


Porteur = Annotated[Actor, Depends(par_le_lien)]


@router.get("/lien")
async def accueil(request: Request, actor: MaybeActor) -> Response:
    """For everybody: where the mails of codes lead, and where somebody ends whose link is over. Shows nothing of any case."""
    if actor is not None and actor.has(Role.lien):
        return RedirectResponse(f"/orientation/orientations/{actor.orientation_id}", 303)
    return render(request, "lien_accueil.html", {"fini": "fini" in request.query_params})


@router.get("/lien/{jeton}")
async def page_lien(request: Request, jeton: Jeton, actor: Porteur, session: Transaction) -> HTMLResponse:
    """For whoever has the link: what is asked and by when, nothing that identifies the association. Changes nothing."""
    return await _page(request, session, actor, jeton, vierge(), envoye="code" in request.query_params)


@router.post("/lien/{jeton}/code/demande")
async def demander_code(request: Request, jeton: Jeton, session: SystemTransaction) -> Response:
    """For whoever has the link: a code goes to the registered address, and to no other."""
    try:
        await service.demander_code(session, jeton, utc_now())
    except Conflit as refus:
        return await _refusee(request, jeton, refus)
    return RedirectResponse(f"{ICI}/{jeton}?code=envoye", 303)


@router.post("/lien/{jeton}/code")
async def saisir_code(request: Request, jeton: Jeton, session: SystemTransaction) -> Response:
    """For whoever has the link and its code: a session opens, on that one referral."""
    f = analyser(Code, await request.form(), MESSAGES)
    now = utc_now()
    lien = None
    if f.objet:
        cle = domain.cle_de(request.app.state.settings.signing_key.get_secret_value())
        try:
            lien = await service.entrer(session, jeton, cle, f.objet.code, now)
        except Conflit as refus:
            return await _refusee(request, jeton, refus)
    if lien is None:
        # What was typed is not shown again: the next try is another one.
        vide: Formulaire[Code] = Formulaire(erreurs=f.erreurs or {"code": _(INEXACT)})
        actor = request.state.actor = service.acteur_de(await service.trouver(session, jeton, now))
        return await _page(request, session, actor, jeton, vide, envoye=True, status=422)
    partenaire = await annuaire.find(session, lien.partenaire_id)
    response = RedirectResponse(f"/orientation/orientations/{lien.orientation_id}", 303)
    give_cookie(request, response, await renew_session(request, session, service.acteur_de(lien, partenaire.libelle), now))
    return response


@router.post("/orientations/{orientation_id}/lien/renvoi")
async def renvoyer(orientation_id: UUID, actor: Emetteur, session: Transaction) -> Response:
    """For the animateur of the territory: another link, which replaces the last one."""
    await service.renouveler(session, actor, orientation_id, utc_now())
    return RedirectResponse(f"/orientation/orientations/{orientation_id}?fait=lien-renvoi", 303)


@router.post("/orientations/{orientation_id}/lien/retrait")
async def retirer(orientation_id: UUID, actor: Emetteur, session: Transaction) -> Response:
    """For the animateur of the territory: the link opens nothing any more. Sending another takes that back."""
    await service.retirer(session, actor, orientation_id, utc_now())
    return RedirectResponse(f"/orientation/orientations/{orientation_id}?fait=lien-retrait", 303)


async def _refusee(request: Request, jeton: str, refus: Erreur) -> HTMLResponse:
    """The page again, with why nothing was done; in a transaction of its own, as the link."""
    actor = await par_le_lien(request, jeton)
    database: Database = request.app.state.database
    async with database.transaction(actor) as session:
        return await _page(request, session, actor, jeton, vierge(), refus=refus, status=refus.status)


async def _page(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    jeton: str,
    f: Formulaire[Code],
    *,
    envoye: bool = False,
    refus: Erreur | None = None,
    status: int = 200,
) -> HTMLResponse:
    now = utc_now()
    vue, lien, a_un_compte = await service.lire(session, actor, now)
    row = vue.orientation
    # Whoever reads has not signed in: the header says so.
    request.state.actor = None
    contexte = {
        "f": f,
        "ici": f"{ICI}/{jeton}",
        "a_un_compte": a_un_compte,
        "orientation_id": row.id,
        "reference": vue.dossier.reference,
        "partenaire": vue.partenaire.libelle,
        "titre": presentation.titre(vue),
        "territoire": nom_departement(row.departement),
        "attendu": presentation.attendu(row.valeur(), Cote.partenaire),
        "reponse_attendue": presentation.reponse_attendue(row.valeur(), now),
        "delai": presentation.delai(row.valeur(), Cote.partenaire, now),
        "categories": presentation.libelles_categories(row),
        "envoye": envoye,
        "verrouille": lien.etat(now) is domain.Etat.verrouille,
        "refus": refus.problem() if refus else None,
    }
    return render(request, "lien.html", contexte, status=status)
