"""The feed: the newest first, with filters; opening a line marks it as read."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.auth import allow
from common.database import Transaction
from common.errors import Introuvable
from common.filtres import PARIS
from common.flux import DernierRecu, Flux, Lecture
from common.formulaires import analyser, vierge
from common.territoires import departement as territoire
from common.traduction import _
from common.veille import annoncer
from common.web import fragment, render
from notifications.courriels.liens import chemin, cle
from notifications.courriels.modeles import MODELES
from notifications.fil import store
from notifications.fil.store import Element
from notifications.regles.charger import table
from notifications.regles.domain import PREVENUS, Genre

router = APIRouter(prefix="/fil", include_in_schema=False)

Membre = Annotated[Actor, Depends(allow(*PREVENUS))]
FIL = "/notifications/fil"
PAR_PAGE = 20
FIN = 2**62
Seq = Annotated[int, Path(ge=1, lt=FIN)]


class Filtre(BaseModel):
    """What the feed is narrowed to."""

    genre: Genre | None = None
    non_lus: bool = False
    reference: str = Field(default="", max_length=40)

    @property
    def partiel(self) -> bool:
        """Whether something that is not read is hidden."""
        return bool(self.genre or self.reference)

    def modeles(self) -> list[str]:
        """The notices of that kind."""
        return [nom for nom, avis in table().avis.items() if self.genre in (None, avis.genre)]

    def choix(self) -> dict[str, Any]:
        """What was chosen, as the query of an address."""
        return self.model_dump(mode="json", include=set(Filtre.model_fields), exclude_defaults=True)


class JusquA(Filtre):
    """The newest line that was seen, under that filter."""

    jusqu_a: int = Field(ge=0, lt=FIN)


@router.get("")
async def fil(
    request: Request, session: Transaction, actor: Membre, avant: Annotated[int, Query(ge=1, le=FIN)] = FIN
) -> HTMLResponse:
    """What happened; what is typed that cannot be is ignored."""
    f = analyser(Filtre, request.query_params)
    filtre = f.objet or Filtre()
    found = await store.page(
        session,
        actor,
        filtre.modeles(),
        non_lus=filtre.non_lus,
        reference=filtre.reference.upper(),
        avant=avant,
        limite=PAR_PAGE + 1,
    )
    compte = await store.compter(session, actor)
    choix = filtre.choix()
    context = {
        "f": vierge(choix | ({"non_lus": ["true"]} if filtre.non_lus else {})),
        "genres": [(genre.value, genre.libelle) for genre in Genre],
        "lignes": [_ligne(element) for element in found[:PAR_PAGE]],
        "non_lus": compte.non_lus,
        "compte_max": store.COMPTE_MAX,
        "dernier": found[0].seq if found and avant == FIN else 0,
        "filtre": choix,
        "partiel": filtre.partiel,
        "suite": f"{FIL}?{urlencode(choix | {'avant': found[PAR_PAGE - 1].seq})}" if len(found) > PAR_PAGE else "",
        "debut": f"{FIL}?{urlencode(choix)}" if avant != FIN else "",
    }
    return render(request, "fil.html", context)


@router.post("/lu")
async def tout_lire(request: Request, session: Transaction, actor: Membre) -> RedirectResponse:
    """Mark as read what the member has seen listed; nothing that came meanwhile, nor what its filter hides."""
    f = analyser(JusquA, await request.form())
    vu = f.objet
    if vu is None:
        return RedirectResponse(FIL, 303)
    if vu.partiel:
        await store.lire_filtre(session, actor, vu.modeles(), vu.reference.upper(), vu.jusqu_a)
    else:
        await store.lire_tout(session, actor, vu.jusqu_a)
    await annoncer(session, cle(actor.organisation_id))
    return RedirectResponse(f"{FIL}?{urlencode(vu.choix())}" if vu.choix() else FIL, 303)


@router.post("/{seq}/ouvrir")
async def ouvrir(session: Transaction, actor: Membre, seq: Seq) -> RedirectResponse:
    """Mark one as read, and go where it leads. Raises Introuvable when it is not in the member's feed."""
    found = await store.trouver(session, actor, seq)
    if found is None:
        raise Introuvable
    await store.lire(session, actor, seq)
    await annoncer(session, cle(actor.organisation_id))
    return RedirectResponse(
        chemin(table().avis[found.modele].page, found.objet_id, found.dossier_id, actor.organisation_id), 303
    )


@router.post("/{seq}/lu")
async def lire(session: Transaction, actor: Membre, seq: Seq) -> RedirectResponse:
    """Mark one as read, and stay. Raises Introuvable."""
    if await store.trouver(session, actor, seq) is None:
        raise Introuvable
    await store.lire(session, actor, seq)
    await annoncer(session, cle(actor.organisation_id))
    return RedirectResponse(FIL, 303)


@router.get("/flux", response_class=Flux)
async def flux(request: Request, actor: Membre, depuis: DernierRecu) -> Flux:
    """The bell, as what is unread changes; the place is what was last shown."""

    async def lire_compte(session: AsyncSession, actor: Actor, depuis: str) -> Lecture:
        compte = await store.compter(session, actor)
        curseur = f"{compte.dernier}.{compte.non_lus}"
        context = {"non_lus": compte.non_lus, "maximum": store.COMPTE_MAX}
        return Lecture(curseur, "" if curseur == depuis else fragment(request, "cloche.html", context))

    return Flux(request, actor, cle(actor.organisation_id), depuis, lire_compte)


def _ligne(element: Element) -> dict[str, object]:
    mots, avis = MODELES[element.modele], table().avis[element.modele]
    return {
        "seq": element.seq,
        "titre": _(mots.titre),
        "genre": avis.genre.libelle,
        "bouton": _(mots.bouton),
        "reference": element.reference,
        "echeance": element.echeance,
        "cree_le": element.cree_le,
        "fuseau": territoire(element.departement).fuseau if element.departement else PARIS,
        "rendez_vous": avis.genre is Genre.rendez_vous,
        "non_lu": element.non_lu,
    }
