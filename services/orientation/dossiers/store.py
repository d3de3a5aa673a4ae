"""Every statement about cases and consents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import Categorie, EtatConsentement, EtatDossier, Finalite
from common.errors import ConsentementManquant, Introuvable
from common.traduction import _
from orientation.dossiers.models import ConsentementRow, DossierRow

# The newest event decides state, level and horizon, whatever the order of arrival; identity comes with the filing alone.
DEPOSE = text("""
    INSERT INTO dossiers AS d (id, reference, departement, etat, horizon, indicateurs, emplois, budget, sequence)
    VALUES (:id, :reference, :departement, :etat, :horizon, CAST(:indicateurs AS text[]), :emplois, :budget, :sequence)
    ON CONFLICT (id) DO UPDATE SET reference = excluded.reference, departement = excluded.departement,
        emplois = excluded.emplois, budget = excluded.budget,
        horizon = CASE WHEN d.niveau IS NULL THEN excluded.horizon ELSE d.horizon END,
        indicateurs = CASE WHEN d.niveau IS NULL THEN excluded.indicateurs ELSE d.indicateurs END
""")
QUALIFIE = text("""
    INSERT INTO dossiers AS d (id, reference, departement, etat, niveau, horizon, indicateurs, emplois, budget, sequence)
    VALUES (:id, '', '', :etat, :niveau, :horizon, CAST(:indicateurs AS text[]), 0, 'inconnu', :sequence)
    ON CONFLICT (id) DO UPDATE SET niveau = excluded.niveau, horizon = excluded.horizon, indicateurs = excluded.indicateurs,
        etat = CASE WHEN d.etat = 'clos' THEN d.etat ELSE excluded.etat END, sequence = excluded.sequence
    WHERE d.sequence < excluded.sequence
""")
CLOS = text("""
    INSERT INTO dossiers AS d (id, reference, departement, etat, horizon, indicateurs, emplois, budget, sequence)
    VALUES (:id, '', '', :etat, 'inconnu', '{}', 0, 'inconnu', :sequence)
    ON CONFLICT (id) DO UPDATE SET etat = excluded.etat, sequence = excluded.sequence WHERE d.sequence < excluded.sequence
""")
ENTENDRE = text("""
    INSERT INTO consentements AS c (id, dossier_id, destinataire_id, finalite, categories, etat, expire_le, sequence)
    VALUES (:id, :dossier_id, :destinataire_id, :finalite, CAST(:categories AS text[]), :etat, :expire_le, :sequence)
    ON CONFLICT (id) DO UPDATE SET etat = excluded.etat, categories = excluded.categories, sequence = excluded.sequence,
        expire_le = coalesce(excluded.expire_le, c.expire_le)
    WHERE c.sequence < excluded.sequence RETURNING c.id
""")
ATTENDRE = text("""
    INSERT INTO consentements (id, dossier_id, destinataire_id, finalite, categories, etat, sequence)
    VALUES (:id, :dossier_id, :destinataire_id, :finalite, CAST(:categories AS text[]), 'donne', 0) ON CONFLICT DO NOTHING
""")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The cases that this service shows: an animateur's territory, and nothing to anybody else."""
    if actor.has(Role.animateur):
        return col(DossierRow.departement).in_(actor.departements)
    return false()


async def find(session: AsyncSession, actor: Actor, dossier_id: UUID) -> DossierRow:
    """One case. Raises `Introuvable`, also when it is not for this actor."""
    query = select(DossierRow).where(col(DossierRow.id) == dossier_id, visible_to(actor))
    row: DossierRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable
    return row


async def verrouiller(session: AsyncSession, dossier_id: UUID) -> None:
    """Hold a case until the end of the transaction, against others who would; referrals to it are prepared all the same."""
    query = select(col(DossierRow.id)).where(col(DossierRow.id) == dossier_id).with_for_update(key_share=True)
    await session.execute(query)


async def ouverts(session: AsyncSession, actor: Actor, limite: int) -> Sequence[DossierRow]:
    """The open cases that this actor sees, the newest first."""
    query = (
        select(DossierRow)
        .where(visible_to(actor), col(DossierRow.etat) != EtatDossier.clos.value, col(DossierRow.reference) != "")
        .order_by(col(DossierRow.id).desc())
        .limit(limite)
    )
    return (await session.execute(query)).scalars().all()


async def entendre_depot(session: AsyncSession, **valeurs: Any) -> None:
    """A case was filed."""
    await session.execute(DEPOSE, valeurs | {"etat": EtatDossier.depose.value})


async def entendre_qualification(session: AsyncSession, **valeurs: Any) -> None:
    """A case was qualified; its filing may not have been heard yet."""
    await session.execute(QUALIFIE, valeurs | {"etat": EtatDossier.qualifie.value})


async def entendre_cloture(session: AsyncSession, dossier_id: UUID, sequence: int) -> None:
    """A case was closed."""
    await session.execute(CLOS, {"id": dossier_id, "etat": EtatDossier.clos.value, "sequence": sequence})


async def entendre_consentement(session: AsyncSession, **valeurs: Any) -> bool:
    """Take a consent's news and lock its row until the end of the transaction; False for news older than what we know."""
    return (await session.execute(ENTENDRE, valeurs)).scalar_one_or_none() is not None


async def verrouiller_consentements(session: AsyncSession, dossier_id: UUID, destinataire_id: UUID) -> None:
    """Lock all consents of this recipient for this case: two of them withdrawn at once must not each rely on the other."""
    query = (
        select(col(ConsentementRow.id))
        .where(col(ConsentementRow.dossier_id) == dossier_id, col(ConsentementRow.destinataire_id) == destinataire_id)
        .order_by(col(ConsentementRow.id))
        .with_for_update()
    )
    await session.execute(query)


async def tenir_consentement(
    session: AsyncSession,
    consentement_id: UUID,
    *,
    dossier_id: UUID,
    destinataire_id: UUID,
    finalite: Finalite,
    categories: Sequence[Categorie],
    now: datetime,
) -> None:
    """Hold a consent that the ledger has just permitted, until the end of the transaction.

    A withdrawal that was heard refuses (`ConsentementManquant`); one that is not heard yet waits for us, then finds what
    we did. The permit may be quicker than the consent's own event: then its row is made here, to be held all the same.
    """
    valeurs = {"id": consentement_id, "dossier_id": dossier_id, "destinataire_id": destinataire_id, "finalite": finalite.value}
    held = (
        select(col(ConsentementRow.etat), col(ConsentementRow.expire_le))
        .where(col(ConsentementRow.id) == consentement_id)
        .with_for_update(read=True)
    )
    found = (await session.execute(held)).one_or_none()
    if found is None:
        await session.execute(ATTENDRE, valeurs | {"categories": [c.value for c in categories]})
        found = (await session.execute(held)).one()
    if found.etat != EtatConsentement.donne or (found.expire_le and found.expire_le <= now):
        raise ConsentementManquant(_("Demandez de nouveau l’accord de l’association."))


def couvrent(dossier_id: Any, destinataire_id: Any, categories: Any, now: datetime) -> ColumnElement[bool]:
    """The consents that are active, as far as was heard, and cover these categories: values, or columns of a referral."""
    return and_(
        col(ConsentementRow.dossier_id) == dossier_id,
        col(ConsentementRow.destinataire_id) == destinataire_id,
        col(ConsentementRow.finalite) == Finalite.orientation.value,
        col(ConsentementRow.etat) == EtatConsentement.donne.value,
        or_(col(ConsentementRow.expire_le).is_(None), col(ConsentementRow.expire_le) > now),
        col(ConsentementRow.categories).contains(categories),
    )


async def couvre(
    session: AsyncSession, dossier_id: UUID, destinataire_id: UUID, categories: Sequence[Categorie], now: datetime
) -> bool:
    """Whether such a consent is there. Only the ledger itself permits."""
    conditions = couvrent(dossier_id, destinataire_id, [c.value for c in categories], now)
    return (await session.execute(select(col(ConsentementRow.id)).where(conditions).limit(1))).first() is not None


async def consentements(session: AsyncSession, dossier_id: UUID, destinataire_id: UUID) -> Sequence[ConsentementRow]:
    """What was heard of consents for this recipient and case, the newest first."""
    query = (
        select(ConsentementRow)
        .where(
            col(ConsentementRow.dossier_id) == dossier_id,
            col(ConsentementRow.destinataire_id) == destinataire_id,
            col(ConsentementRow.finalite) == Finalite.orientation.value,
        )
        .order_by(col(ConsentementRow.id).desc())
    )
    return (await session.execute(query)).scalars().all()
