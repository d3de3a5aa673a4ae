"""Pages of documents: the association adds, opens, removes and takes back; the animateur in charge opens."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile

from common.actor import Actor, Role
from common.auth import allow
from common.clock import utc_now
from common.codes import Droit
from common.database import Transaction
from common.errors import DonneeInvalide, Introuvable
from common.formulaires import Formulaire, vierge
from common.limites import par_adresse
from common.territoires import fuseau
from common.traduction import N_
from common.web import render
from signalement.documents import domain, service, store
from signalement.documents.models import Document
from signalement.espace import service as espace
from signalement.espace.entree import ESPACE, Dirigeant
from signalement.personnes import store as personnes

router = APIRouter(include_in_schema=False)

Animateur = Annotated[Actor, Depends(allow(Role.animateur))]
DOCUMENTS = f"{ESPACE}/documents"
ENVOI = {DOCUMENTS: domain.MAX_FICHIER + 2 * domain.MO}
"""How much this one address takes, with room for a form to say that a file is too large."""
FAITS = {
    "ajouter": N_("Le document est ajouté."),
    "supprimer": N_("Le document est supprimé. Vous pouvez le rétablir pendant sept jours."),
    "retablir": N_("Le document est rétabli."),
}
# Nothing in a file may run, wherever it is opened, and a browser neither shows it nor guesses what it is.
SHUT = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


@router.get("/espace/documents")
async def lister(request: Request, session: Transaction, actor: Dirigeant, fait: str | None = None) -> Response:
    """What the case holds, and the form to add to it."""
    return await _page(request, session, actor, vierge(), fait=fait)


@router.post("/espace/documents", dependencies=[Depends(par_adresse(120))])
async def ajouter(request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """Add a file; what it is not taken for is said beside the field."""
    # Before anything is read of what comes.
    await personnes.mine(session, actor)
    async with request.form(max_files=1, max_fields=5) as sent:
        fichier = sent.get("fichier")
        try:
            if not isinstance(fichier, UploadFile):
                raise domain.FichierManquant(champ="fichier")
            await service.ajouter(session, actor, fichier.file, fichier.filename or "", fichier.size or 0, utc_now())
        except (DonneeInvalide, domain.DossierPlein) as refus:
            f = vierge().avec_erreur(refus.champ or "", refus.titre)
            return await _page(request, session, actor, f, status=refus.status)
    return RedirectResponse(f"{DOCUMENTS}?fait=ajouter", 303)


@router.get("/espace/documents/{document_id}")
async def ouvrir(document_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """The file, to its own association."""
    return _send(request, actor, await service.ouvrir(session, actor, document_id, utc_now()))


@router.get("/dossiers/{dossier_id}/documents/{document_id}")
async def consulter(dossier_id: UUID, document_id: UUID, request: Request, session: Transaction, actor: Animateur) -> Response:
    """The file, to the animateur in charge; the association sees that it was opened."""
    document = await service.ouvrir(session, actor, document_id, utc_now())
    if document.dossier_id != dossier_id:
        raise Introuvable
    return _send(request, actor, document)


@router.get("/espace/documents/{document_id}/supprimer")
async def confirmer(document_id: UUID, request: Request, session: Transaction, actor: Dirigeant) -> Response:
    """What removing means, before it is done."""
    document = await store.read(session, actor, document_id)
    domain.check_present(document.supprime_le)
    return render(request, "document_suppression.html", {"document": document})


@router.post("/espace/documents/{document_id}/supprimer")
async def supprimer(document_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Remove a document."""
    await service.supprimer(session, actor, document_id, utc_now())
    return RedirectResponse(f"{DOCUMENTS}?fait=supprimer", 303)


@router.post("/espace/documents/{document_id}/retablir")
async def retablir(document_id: UUID, session: Transaction, actor: Dirigeant) -> Response:
    """Take back a removal."""
    await service.retablir(session, actor, document_id, utc_now())
    return RedirectResponse(f"{DOCUMENTS}?fait=retablir", 303)


async def _page(
    request: Request, session: AsyncSession, actor: Actor, f: Formulaire[Any], *, fait: str | None = None, status: int = 200
) -> Response:
    dossier = await espace.mon_dossier(session, actor)
    moi = await personnes.mine(session, actor)
    rows = await store.of_dossier(session, dossier.id)
    now = utc_now()
    context = {
        "f": f,
        "dossier": dossier,
        "peut": Droit.valider in moi.droits,
        "documents": [(one, who) for one, who in rows if one.supprime_le is None],
        "supprimes": [one for one, _ in rows if domain.may_come_back(one.supprime_le, now)],
        "fuseau": fuseau(dossier.departement).key,
        "fait": FAITS.get(fait or ""),
    }
    return render(request, "documents.html", context, status=status)


def _send(request: Request, actor: Actor, document: Document) -> Response:
    headers = SHUT | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(document.nom)}",
        "Content-Length": str(document.taille),
    }
    pieces = service.morceaux(request.app.state.database, actor, document.id)
    return StreamingResponse(pieces, media_type=domain.MIMES[document.genre], headers=headers)
