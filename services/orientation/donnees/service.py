"""Importing the directory: a table or a data·inclusion document, all of it in one transaction or nothing. Does not commit."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import SYSTEM
from common.traduction import _
from orientation.donnees import inclusion, store, tableau
from orientation.donnees.erreurs import Faute, ImportInvalide, fautes_de
from orientation.donnees.store import Organisation
from orientation.fiches.models import FicheRow
from orientation.partenaires.service import Partenaire, charger


async def importer_tableau(session: AsyncSession, contenu: bytes, issuer: str, now: datetime) -> int:
    """Bring the directory to what a CSV says; organisations that it does not mention stay. Returns how many changed.

    Raises ImportInvalide.
    """
    entrees = tableau.lire(contenu)
    partenaires = [partenaire for partenaire, _rang in entrees]
    await _refuser_codes_pris(session, partenaires)
    return await ecrire(session, partenaires, {p.id: fiche for p, fiche in entrees}, issuer, now)


async def importer_inclusion(session: AsyncSession, contenu: bytes, issuer: str, now: datetime) -> int:
    """Bring organisations that the directory knows to what a data·inclusion document says. Returns how many changed.

    What the document leaves out stays. Raises ImportInvalide.
    """
    document = lire_json(contenu)
    ids = [inclusion.ident_de(brute) for brute in document.get("structures", []) if isinstance(brute, dict)]
    connues = {o.partenaire.id: o for o in await store.organisations(session, ids)}
    changements = inclusion.lire(document, connues)
    partenaires = []
    for rang, (ident, changement) in enumerate(changements.items(), 1):
        try:
            partenaires.append(_partenaire(connues[ident], changement))
        except ValidationError as refus:
            raise ImportInvalide(fautes_de(refus, 0, _("structures, élément {rang}, ").format(rang=rang))) from None
    return await ecrire(session, partenaires, {i: c["fiche"] for i, c in changements.items()}, issuer, now)


def lire_json(contenu: bytes) -> dict[str, Any]:
    """A JSON object. Raises ImportInvalide with the line and the column where the reading stopped."""
    try:
        document = json.loads(contenu)
    except UnicodeDecodeError:
        raise ImportInvalide([Faute(0, "", _("Enregistrez le fichier en UTF-8."))]) from None
    except json.JSONDecodeError as refus:
        raise ImportInvalide(
            [Faute(refus.lineno, _("caractère {n}").format(n=refus.colno), _("Le JSON est mal formé à cet endroit."))]
        ) from None
    if not isinstance(document, dict):
        raise ImportInvalide([Faute(0, "", _("Donnez un objet avec « structures » et « services »."))])
    return document


def _partenaire(organisation: Organisation, changement: dict[str, Any]) -> Partenaire:
    p = organisation.partenaire
    dispositifs = changement.get("dispositifs", p.dispositifs)
    # The order of the directory is kept, so that the same document twice changes nothing.
    if set(dispositifs) == set(p.dispositifs):
        dispositifs = p.dispositifs
    departements = changement.get("departements", p.departements)
    if set(departements) == set(p.departements):
        departements = p.departements
    return Partenaire(
        id=p.id,
        code=p.code,
        nom=changement["nom"],
        type=p.type,
        famille=p.famille,
        departements=tuple(departements),
        dispositifs=tuple(dispositifs),
        delai_jours_ouvres=p.delai_jours_ouvres,
        delai_lecture=p.delai_lecture,
        actif=p.actif,
    )


async def _refuser_codes_pris(session: AsyncSession, partenaires: list[Partenaire]) -> None:
    pris = await store.codes(session, [p.code for p in partenaires])
    fautes = [
        Faute(
            0,
            "code",
            _("Le code « {code} » est celui d’une autre organisation\u00a0: donnez-lui le même identifiant.").format(
                code=p.code
            ),
        )
        for p in partenaires
        if pris.get(p.code, p.id) != p.id
    ]
    if fautes:
        raise ImportInvalide(fautes)


async def ecrire(
    session: AsyncSession, partenaires: Sequence[Partenaire], fiches: Mapping[UUID, dict[str, Any]], issuer: str, now: datetime
) -> int:
    """Load organisations with what a file says of their sheets, by id. Returns how many organisations changed.

    What a manager wrote in the portal wins over the files.
    """
    await charger(session, partenaires, issuer, now)
    changes = 0
    for organisation in await store.organisations(session, [p.id for p in partenaires]):
        row, valeurs = organisation.fiche, fiches.get(organisation.partenaire.id, {})
        ecrite = row is not None and row.saisie_at is not None
        changee = not ecrite and any(valeur != (getattr(row, nom) if row else "") for nom, valeur in valeurs.items())
        changes += changee or organisation.partenaire.modifie_at == now
        if changee and row is None:
            session.add(FicheRow(partenaire_id=organisation.partenaire.id, modifiee_at=now, **valeurs))
        elif changee and row:
            for nom, valeur in (valeurs | {"modifiee_at": now, "version": row.version + 1}).items():
                setattr(row, nom, valeur)
        if changee:
            await audit.write(session, "orientation", SYSTEM, "fiche.importer", organisation.partenaire.id, now=now)
    return changes
