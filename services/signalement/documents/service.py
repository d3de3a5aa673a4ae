"""Use cases on documents: add, open, remove and take back. Each is in the log, openings by the cell included."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Actor
from common.clock import new_id
from common.codes import Droit
from common.database import Database
from signalement.documents import domain, formats, store
from signalement.documents.models import Document
from signalement.personnes import service as personnes


async def ajouter(session: AsyncSession, actor: Actor, fichier: BinaryIO, nom: str, taille: int, now: datetime) -> Document:
    """Keep a file in the actor's case, piece by piece.

    Raises DroitManquant, FichierManquant, FichierTropGrand, DossierPlein, TypeRefuse, ContenuActif.
    """
    personne = await personnes.exiger(session, actor, Droit.valider)
    domain.check_size(taille, *await store.held(session, personne.dossier_id))
    # Files are read on a thread of their own: others are served meanwhile.
    genre = await asyncio.to_thread(formats.identify, fichier, nom)
    document = Document(
        id=new_id(),
        dossier_id=personne.dossier_id,
        nom=domain.nom_propre(nom, genre),
        genre=genre,
        taille=taille,
        empreinte=await asyncio.to_thread(_sha256, fichier),
        ajoute_par=personne.id,
        ajoute_le=now,
    )
    session.add(document)
    await session.flush()
    await asyncio.to_thread(fichier.seek, 0)
    numero = 0
    while octets := await asyncio.to_thread(fichier.read, domain.MORCEAU):
        await store.put(session, document.id, numero, octets)
        numero += 1
    await _audit(session, actor, "document.ajouter", document, now)
    return document


def _sha256(fichier: BinaryIO) -> str:
    fichier.seek(0)
    digest = hashlib.sha256()
    while octets := fichier.read(domain.MORCEAU):
        digest.update(octets)
    return digest.hexdigest()


async def ouvrir(session: AsyncSession, actor: Actor, document_id: UUID, now: datetime) -> Document:
    """The document to be sent, once the opening is in the log. Raises Introuvable, also for a removed one."""
    document = await store.read(session, actor, document_id)
    domain.check_present(document.supprime_le)
    await _audit(session, actor, "document.ouvrir", document, now)
    return document


async def morceaux(database: Database, actor: Actor, document_id: UUID) -> AsyncIterator[bytes]:
    """The content, piece by piece, in a transaction that ends with it."""
    async with database.transaction(actor) as session:
        numero = 0
        while (octets := await store.get(session, document_id, numero)) is not None:
            yield octets
            numero += 1


async def supprimer(session: AsyncSession, actor: Actor, document_id: UUID, now: datetime) -> None:
    """Remove a document; for a week it may come back. Raises DroitManquant, Introuvable."""
    document = await store.read(session, actor, document_id, hold=True)
    await personnes.exiger(session, actor, Droit.valider)
    domain.check_present(document.supprime_le)
    document.supprime_le = now
    await _audit(session, actor, "document.supprimer", document, now)


async def retablir(session: AsyncSession, actor: Actor, document_id: UUID, now: datetime) -> None:
    """Take back a removal. Raises DroitManquant, Introuvable, CorbeilleVidee."""
    document = await store.read(session, actor, document_id, hold=True)
    await personnes.exiger(session, actor, Droit.valider)
    if not domain.may_come_back(document.supprime_le, now):
        raise domain.CorbeilleVidee
    document.supprime_le = None
    await _audit(session, actor, "document.retablir", document, now)


async def _audit(session: AsyncSession, actor: Actor, action: str, document: Document, now: datetime) -> None:
    await audit.write(session, "signalement", actor, action, document.id, now=now, dossier_id=document.dossier_id)
