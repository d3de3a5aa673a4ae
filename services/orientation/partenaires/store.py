"""Every statement about the directory. Partners are public; people and machines are looked up by their identity alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import TypePartenaire
from common.errors import Interdit, Introuvable
from orientation.partenaires.models import ClientRow, MembreRow, PartenaireRow

P = PartenaireRow
CELLULES = (TypePartenaire.cellule.value, TypePartenaire.cellule_nationale.value)

IDENTITE = text("""
    SELECT a.id, a.roles, a.nom, p.id AS organisation_id, p.departements FROM (
        SELECT id, partenaire_id, roles, prenom || ' ' || nom AS nom FROM membres
        WHERE issuer = :issuer AND sub = :subject AND actif
        UNION ALL
        SELECT id, partenaire_id, ARRAY['machine'], '' FROM clients
        WHERE issuer = :issuer AND client_id = :subject AND actif
    ) a JOIN partenaires p ON p.id = a.partenaire_id WHERE p.actif LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Filtre:
    """What the directory is narrowed to."""

    departement: str | None = None
    dispositif: str | None = None
    type: TypePartenaire | None = None


async def find_acteur(session: AsyncSession, issuer: str, subject: str) -> Actor:
    """The member or machine client of this identity. Raises Interdit: an identity without membership may do nothing."""
    found = (await session.execute(IDENTITE, {"issuer": issuer, "subject": subject})).one_or_none()
    if found is None:
        raise Interdit("Ce compte n’est rattaché à aucune organisation de l’annuaire.")
    roles = frozenset(Role(role) for role in found.roles)
    return Actor(
        id=str(found.id),
        roles=roles,
        organisation_id=found.organisation_id,
        departements=frozenset(found.departements) if Role.animateur in roles else frozenset(),
        nom_affiche=found.nom,
    )


async def courriels(session: AsyncSession, partenaire_id: UUID, roles: Iterable[Role]) -> tuple[str, ...]:
    """The addresses of the active members of a partner who hold one of these roles."""
    query = select(col(MembreRow.courriel)).where(
        col(MembreRow.partenaire_id) == partenaire_id,
        col(MembreRow.actif),
        col(MembreRow.roles).op("&&")(cast([role.value for role in roles], ARRAY(String))),
    )
    return tuple((await session.execute(query.order_by(col(MembreRow.courriel)))).scalars())


async def find(session: AsyncSession, partenaire_id: UUID) -> PartenaireRow:
    """One active partner. Raises Introuvable."""
    query = select(P).where(col(P.id) == partenaire_id, col(P.actif))
    row: PartenaireRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable("Aucun partenaire n’a cet identifiant.")
    return row


async def list_after(session: AsyncSession, filtre: Filtre, apres: UUID | None, limite: int) -> Sequence[PartenaireRow]:
    """Active partners in the order of their ids, after that one."""
    query = select(P).where(col(P.actif)).order_by(col(P.id)).limit(limite)
    if apres:
        query = query.where(col(P.id) > apres)
    if filtre.departement:
        query = query.where(col(P.departements).contains([filtre.departement]))
    if filtre.dispositif:
        query = query.where(col(P.dispositifs).contains([filtre.dispositif]))
    if filtre.type:
        query = query.where(col(P.type) == filtre.type.value)
    return (await session.execute(query)).scalars().all()


async def of_departement(session: AsyncSession, departement: str) -> Sequence[PartenaireRow]:
    """Those who can help in a département, by family and name; the cells only bring others together."""
    query = select(P).where(col(P.actif), col(P.departements).contains([departement]), col(P.type).not_in(CELLULES))
    return (await session.execute(query.order_by(col(P.famille), col(P.libelle)))).scalars().all()


async def cellule_of(session: AsyncSession, departement: str) -> PartenaireRow | None:
    """The regional cell of a département."""
    query = select(P).where(
        col(P.actif), col(P.departements).contains([departement]), col(P.type) == TypePartenaire.cellule.value
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none()


async def lock_known(
    session: AsyncSession, ids: Sequence[UUID], issuer: str
) -> tuple[dict[UUID, PartenaireRow], dict[str, MembreRow], dict[str, ClientRow]]:
    """What the directory already has: partners by id, and this issuer's members and clients by their identity."""
    partenaires = await session.execute(select(P).where(col(P.id).in_(ids)).order_by(col(P.id)).with_for_update())
    membres = await session.execute(select(MembreRow).where(col(MembreRow.issuer) == issuer))
    clients = await session.execute(select(ClientRow).where(col(ClientRow.issuer) == issuer))
    return (
        {row.id: row for row in partenaires.scalars()},
        {row.sub: row for row in membres.scalars()},
        {row.client_id: row for row in clients.scalars()},
    )
