"""The pages where an animateur whom the directory lets do so edits the catalogue."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.auth import SignedIn
from common.clock import utc_now
from common.database import Transaction
from common.errors import Conflit, Erreur, Interdit, VersionPerimee
from common.formulaires import Formulaire, analyser, vierge
from common.traduction import N_, _
from common.web import render
from orientation.dispositifs import edition, presentation, store
from orientation.dispositifs.api import CodeDispositif
from orientation.dispositifs.courant import courant
from orientation.dispositifs.ecriture import yaml_de
from orientation.dispositifs.format import Cle, Document
from orientation.dispositifs.lecture import CatalogueInvalide
from orientation.dispositifs.lignes import TAILLE_MAX, ErreurFiche

router = APIRouter(prefix="/catalogue", tags=["pages"], include_in_schema=False)

MONTRES = 50
CODE_MAX = 40
Texte = Annotated[str, Form(max_length=TAILLE_MAX)]
NumeroDeBrouillon = Annotated[int, Form(ge=0, le=1_000_000)]
FAITS = {
    "publie": N_("La nouvelle version est publiée."),
    "abandonne": N_("Le brouillon est abandonné."),
    "source": N_("La source est ajoutée : les faits peuvent la nommer."),
    "enregistre": N_("Le brouillon est enregistré."),
}


class NouvelleSource(Document):
    """A source document, with the key that facts name it by."""

    cle: Cle


async def editeur(actor: SignedIn) -> Actor:
    """An animateur with the right to edit. Raises Interdit."""
    if not edition.peut_editer(actor):
        raise Interdit(_("Demandez à la cellule nationale le droit de modifier le catalogue."))
    return actor


Editeur = Annotated[Actor, Depends(editeur)]


@router.get("")
async def page_catalogue(
    request: Request, actor: Editeur, session: Transaction, fait: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """For those who edit: all dispositifs, drafts first, and the sources."""
    return await _catalogue(request, session, actor, vierge(), fait)


@router.post("/sources")
async def ajouter_source(request: Request, actor: Editeur, session: Transaction) -> Response:
    """For those who edit."""
    f = analyser(NouvelleSource, await request.form())
    if f.objet is not None:
        document = Document(**f.objet.model_dump(exclude={"cle"}))
        try:
            await edition.ajouter_source(session, actor, f.objet.cle, document, utc_now())
        except Conflit as refus:
            f = f.avec_erreur("cle", refus.phrase)
        else:
            return RedirectResponse("/orientation/catalogue?fait=source", 303)
    return await _catalogue(request, session, actor, f, "", status=422)


@router.get("/nouveau")
async def commencer(
    request: Request, actor: Editeur, session: Transaction, code: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """For those who edit: where the draft of a new dispositif is written; a code of another form is to be corrected."""
    if len(code) > CODE_MAX or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
        faute = _("Écrivez {n} caractères au plus : minuscules sans accent, chiffres et tirets, comme fonds-urgence.")
        f = vierge({"code": code}).avec_erreur("code", faute.format(n=CODE_MAX))
        return await _catalogue(request, session, actor, f, "", status=422)
    return RedirectResponse(f"/orientation/catalogue/{code}", 303)


@router.get("/{code}")
async def page_edition(
    request: Request,
    code: CodeDispositif,
    actor: Editeur,
    session: Transaction,
    fait: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """For those who edit: the draft as it was left, or else what is published."""
    catalogue = await courant(session)
    brouillon = await store.brouillon(session, actor, code)
    texte = brouillon.texte if brouillon else edition.depart(code, catalogue)
    # A text that nobody has written yet has no faults to be shown.
    erreurs = edition.relire(code, texte, catalogue)[1] if brouillon else []
    return await _edition(request, session, actor, code, texte, brouillon.version if brouillon else 0, erreurs, fait=fait)


@router.post("/{code}")
async def enregistrer(
    request: Request, code: CodeDispositif, actor: Editeur, session: Transaction, texte: Texte, version: NumeroDeBrouillon
) -> Response:
    """For those who edit. What was typed is kept, right or not; when it is right, the preview follows."""
    texte = texte.replace("\r\n", "\n")
    catalogue = await courant(session)
    fiche, erreurs = edition.relire(code, texte, catalogue)
    try:
        row = await edition.enregistrer(session, actor, catalogue, code, texte, version, utc_now())
    except VersionPerimee as refus:
        return await _edition(request, session, actor, code, texte, version, erreurs, refus=refus, status=412)
    if fiche is None:
        return await _edition(request, session, actor, code, texte, row.version, erreurs, status=422)
    return RedirectResponse(f"/orientation/catalogue/{code}/apercu", 303)


@router.get("/{code}/apercu")
async def page_apercu(request: Request, code: CodeDispositif, actor: Editeur, session: Transaction) -> HTMLResponse:
    """For those who edit: what the draft would change, and for whom."""
    return await _apercu(request, session, actor, code)


@router.post("/{code}/publication")
async def publier(
    request: Request, code: CodeDispositif, actor: Editeur, session: Transaction, version: NumeroDeBrouillon
) -> Response:
    """For those who edit: the draft that was read becomes the next version."""
    try:
        await edition.publier(session, actor, await courant(session), code, version, utc_now())
    except (Conflit, CatalogueInvalide) as refus:
        return await _apercu(request, session, actor, code, refus=refus, status=refus.status)
    return RedirectResponse("/orientation/catalogue?fait=publie", 303)


@router.post("/{code}/abandon")
async def abandonner(code: CodeDispositif, actor: Editeur, session: Transaction) -> Response:
    """For those who edit."""
    await edition.abandonner(session, actor, code, utc_now())
    return RedirectResponse("/orientation/catalogue?fait=abandonne", 303)


@router.post("/{code}/reprise")
async def reprendre(
    code: CodeDispositif, actor: Editeur, session: Transaction, version: Annotated[int, Form(ge=1, le=1_000_000)]
) -> Response:
    """For those who edit: an older version becomes the draft, to be published again."""
    await edition.reprendre(session, actor, code, version, utc_now())
    return RedirectResponse(f"/orientation/catalogue/{code}/apercu", 303)


async def _catalogue(
    request: Request, session: AsyncSession, actor: Actor, f: Formulaire[Any], fait: str, status: int = 200
) -> HTMLResponse:
    catalogue = await courant(session)
    brouillons = await store.brouillons(session, actor)
    codes = sorted({*catalogue.fiches, *brouillons}, key=lambda code: (code not in brouillons, code))
    contexte = {
        "f": f,
        "lignes": [(code, catalogue.fiches.get(code), catalogue.version(code), brouillons.get(code)) for code in codes],
        "sources": sorted(catalogue.documents.items()),
        "bandeau_texte": FAITS.get(fait, ""),
    }
    return render(request, "catalogue.html", contexte, status=status)


async def _edition(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    code: str,
    texte: str,
    version: int,
    erreurs: list[ErreurFiche],
    *,
    refus: Erreur | None = None,
    fait: str = "",
    status: int = 200,
) -> HTMLResponse:
    catalogue = await courant(session)
    actuel = await store.brouillon(session, actor, code) if refus else None
    lignes = texte.split("\n")
    contexte = {
        "code": code,
        "libelle": catalogue.fiches[code].libelle if code in catalogue.fiches else code,
        "texte": texte,
        "version": version,
        "erreurs": [(e, lignes[e.ligne - 1].strip() if e.ligne <= len(lignes) else "") for e in erreurs],
        "refus": refus,
        "actuel": actuel,
        "versions": await store.versions(session, code),
        "courante": catalogue.version(code),
        "bandeau_texte": FAITS.get(fait, ""),
    }
    return render(request, "dispositif_modifier.html", contexte, status=status)


async def _apercu(
    request: Request, session: AsyncSession, actor: Actor, code: str, *, refus: Erreur | None = None, status: int = 200
) -> HTMLResponse:
    catalogue = await courant(session)
    brouillon = await store.brouillon(session, actor, code)
    texte = brouillon.texte if brouillon else yaml_de(catalogue.fiche(code))
    fiche, erreurs = edition.relire(code, texte, catalogue)
    if fiche is None:
        return await _edition(request, session, actor, code, texte, brouillon.version if brouillon else 0, erreurs, status=422)
    contexte = {
        "fiche": fiche,
        "differences": presentation.differences(catalogue.fiches.get(code), fiche, catalogue),
        "essai": await edition.essayer(session, actor, fiche, catalogue),
        "montres": MONTRES,
        "version": brouillon.version if brouillon else 0,
        "courante": catalogue.version(code),
        "refus": refus,
    }
    return render(request, "dispositif_apercu.html", contexte, status=status)
