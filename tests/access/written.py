"""What the case has in it that no interface makes at once: rows as a sign-in, or time, would leave them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from common.clock import new_id, utc_now
from common.database import Database
from notifications.retraits.domain import ouvrir
from notifications.retraits.models import RetraitRow
from orientation.adhesions.models import AdhesionRow
from orientation.comptes.models import CompteRow
from orientation.partenaires.models import MembreRow


async def withdrawn(url: str, consentement_id: UUID, dossier_id: UUID, destinataire_id: UUID) -> None:
    """That consent as if it had been taken back from the partner, who has not taken note; nothing is due for a month."""
    retrait = ouvrir(utc_now(), "34", recu=True)
    row = RetraitRow(
        consentement_id=consentement_id, dossier_id=dossier_id, destinataire_id=destinataire_id, retire_le=utc_now(), etat=""
    )
    row.prendre(replace(retrait, due_at=utc_now() + timedelta(days=30)))
    database = Database(url, service="notifications", systeme=True)
    try:
        async with database.transaction() as session:
            session.add(row)
    finally:
        await database.close()


async def come_back_changed(url: str, partenaire_id: UUID) -> UUID:
    """A member under another identifier of its provider, as a sign-in leaves it."""
    database = Database(url, service="orientation", systeme=True)
    try:
        async with database.transaction() as session:
            query = select(MembreRow).where(col(MembreRow.partenaire_id) == partenaire_id, col(MembreRow.actif))
            membre: MembreRow = (await session.execute(query.limit(1))).scalar_one()
            change: dict[str, Any] = {"membre_id": membre.id, "sub": "another", "ancien_sub": membre.sub}
            row = CompteRow(id=new_id(), partenaire_id=partenaire_id, etat="en_attente", demande_at=utc_now(), **change)
            session.add(row)
            return row.id
    finally:
        await database.close()


async def ask_to_join(url: str, partenaire_id: UUID, nom: str) -> UUID:
    """A request to join, as somebody leaves it who has just signed in."""
    row = AdhesionRow(
        id=new_id(),
        partenaire_id=partenaire_id,
        issuer="http://nowhere.example",
        sub="nobody",
        nom=nom,
        courriel="",
        etat="en_attente",
        demandee_at=utc_now(),
    )
    database = Database(url, service="orientation")
    async with database.transaction() as session:
        session.add(row)
    await database.close()
    return row.id
