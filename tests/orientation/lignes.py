"""A row in every table of orientation, of two partners and in two territories: for tests of who sees what."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col

from common import audit, sessions_store
from common.actor import Actor
from common.clock import new_id, utc_now
from common.codes_echanges import ActionLot, Auteur, EtatRendezVous
from orientation.adhesions.models import AdhesionRow
from orientation.calendriers.models import CalendrierRow
from orientation.complements.models import ComplementRow
from orientation.comptes.models import CompteRow
from orientation.dispositifs.models import BrouillonRow, DispositifRow, EtatCatalogueRow, SourceRow
from orientation.fiches.models import AbsenceRow, FicheRow
from orientation.invitations.models import InvitationRow
from orientation.liens.models import LienRow
from orientation.lots.models import LotRow
from orientation.orientations.models import OrientationRow
from orientation.partenaires.models import ClientRow, MembreRow, OffreRow
from orientation.rendez_vous.models import CreneauRow, RendezVousRow
from orientation.transferts.models import AffectationRow, TransfertRow
from tests.orientation.monde import (
    AGENT,
    AGENT_APPUI,
    ANIMATEUR,
    Hub,
    ident,
)


def _rendez_vous(orientation_id: UUID, now: datetime) -> list[SQLModel]:
    row = RendezVousRow(
        id=new_id(),
        orientation_id=orientation_id,
        etat=EtatRendezVous.propose.value,
        propose_par=Auteur.partenaire.value,
        propose_at=now,
        creee_at=now,
        modifiee_at=now,
    )
    slot = CreneauRow(id=new_id(), rendez_vous_id=row.id, tour=1, rang=1, debut=now, minutes=30, mode="visio", lieu="ici")
    return [row, slot]


def _calendrier(actor: Actor, now: datetime) -> list[SQLModel]:
    who: dict[str, Any] = {"id": UUID(actor.id), "partenaire_id": actor.organisation_id, "roles": sorted(actor.roles)}
    membre = MembreRow(issuer="x", sub=actor.id, nom="x", prenom="x", courriel="", **who)
    return [
        membre,
        CalendrierRow(membre_id=membre.id, partenaire_id=membre.partenaire_id, empreinte=membre.id.bytes, cree_at=now),
    ]


async def peupler(hub: Hub) -> None:
    """Two cases in two territories, referrals that were sent and one that was not, and a row of everything about each."""
    sud, est = await hub.dossier("34"), await hub.dossier("67", "REL-2026-0002")
    ids = [UUID(await hub.envoyee(sud)), UUID(await hub.brouillon(sud, "appui"))]
    now = utc_now()
    async with hub.database.transaction() as session:
        membres = {row.partenaire_id: row for row in (await session.execute(select(MembreRow))).scalars()}
        modele = (await session.execute(select(OrientationRow).where(col(OrientationRow.id) == ids[0]))).scalar_one()
        ailleurs = modele.model_dump() | {"id": new_id(), "dossier_id": est, "departement": "67", "dispositif": "dla"}
        session.add(OrientationRow(**ailleurs | {"partenaire_id": ident("appui"), "consentement_id": None}))
        await session.flush()
        ids.append(ailleurs["id"])
        for orientation_id in ids:
            session.add(ComplementRow(id=new_id(), orientation_id=orientation_id, question="?", posee_at=now))
            transfert: dict[str, Any] = {
                "partenaire_id": ident("appui"),
                "dispositif": "dla",
                "motif": "autre",
                "propose_at": now,
            }
            session.add(TransfertRow(id=new_id(), orientation_id=orientation_id, **transfert))
            session.add(
                LienRow(id=new_id(), orientation_id=orientation_id, partenaire_id=ident("fonds"), cree_at=now, expire_at=now)
            )
            session.add(AffectationRow(id=new_id(), orientation_id=orientation_id, par="x", at=now))
            for row in _rendez_vous(orientation_id, now):
                session.add(row)
                await session.flush()
        for code in ("fonds", "appui"):
            session.add(FicheRow(partenaire_id=ident(code), modifiee_at=now))
            session.add(OffreRow(partenaire_id=ident(code), dispositif="dla"))
            change: dict[str, Any] = {"sub": "autre", "ancien_sub": "x", "etat": "en_attente", "demande_at": now}
            session.add(CompteRow(id=new_id(), partenaire_id=ident(code), membre_id=membres[ident(code)].id, **change))
            jour = date(2030, 1, 1)
            session.add(AbsenceRow(id=new_id(), partenaire_id=ident(code), du=jour, au=jour + timedelta(days=1)))
            deux: dict[str, Any] = {"partenaire_id": ident(code), "issuer": "https://x.example"}
            session.add(ClientRow(id=new_id(), client_id=f"si-{code}", **deux))
            session.add(AdhesionRow(id=new_id(), sub=code, nom="", courriel="", etat="en_attente", demandee_at=now, **deux))
            invitee: dict[str, Any] = {"courriel": "", "roles": ["agent"], "par": "x", "cree_at": now, "expire_at": now}
            session.add(InvitationRow(id=new_id(), partenaire_id=ident(code), **invitee))
        for actor in (AGENT, AGENT_APPUI, ANIMATEUR):
            for row in _calendrier(actor, now):
                session.add(row)
                await session.flush()
            await sessions_store.open_session(session, actor, now)
            session.add(LotRow(id=new_id(), acteur_id=actor.id, action=ActionLot.relancer.value, lignes=[], at=now))
        publie: dict[str, Any] = {
            "contenu": {},
            "empreinte": "0" * 64,
            "origine": "fichier",
            "publie_par": "x",
            "publie_at": now,
        }
        session.add(DispositifRow(code="dla", version=99, **publie))
        session.add(BrouillonRow(code="dla", texte="x", depuis=1, modifie_par="x", modifie_at=now))
        session.add(SourceRow(cle="une", document="x"))
        await session.merge(EtatCatalogueRow(id=1, jeton=new_id()))
        await audit.write(session, "orientation", AGENT, "essai.lire", ids[0], now=now)
    assert set(membres) >= {ident("fonds"), ident("appui")}
    bare = await hub.database.connect()
    await bare.execute(f"""
        INSERT INTO idempotence (actor_id, cle, empreinte, status, body)
            VALUES ('{AGENT.id}', 'une-cle-a', '', 200, ''), ('{AGENT_APPUI.id}', 'une-cle-b', '', 200, '');
        INSERT INTO relay_state VALUES ('X', 'x');
        INSERT INTO jetons_vus VALUES ('x', now());
        INSERT INTO inbox (consumer, event_id) VALUES ('x', gen_random_uuid());
        INSERT INTO in_hand VALUES ('x', 'x', gen_random_uuid());
        INSERT INTO dead_letters (consumer, event_id, subject, body, reason, tries) VALUES ('x', 'x', 'x', '{{}}', 'x', 5)
    """)
    await bare.close()
