"""Every statement about the directory. Partners are public; people and machines are looked up by their identity alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import TypePartenaire
from common.errors import Interdit, Introuvable
from common.requests import MembreContact
from common.traduction import _
from orientation.comptes.domain import EtatCompte
from orientation.comptes.models import CompteRow
from orientation.partenaires.models import ClientRow, MembreRow, PartenaireRow

P = PartenaireRow
CELLULES = (TypePartenaire.cellule.value, TypePartenaire.cellule_nationale.value)

IDENTITE = text("""
    SELECT a.id, a.roles, a.nom, p.id AS organisation_id, p.libelle, p.departements FROM (
        SELECT id, partenaire_id, roles, prenom || ' ' || nom AS nom FROM membres
        WHERE issuer = :issuer AND sub = :subject AND actif
        UNION ALL
        SELECT id, partenaire_id, ARRAY['machine'], '' FROM clients
        WHERE issuer = :issuer AND client_id = :subject AND actif
    ) a JOIN partenaires p ON p.id = a.partenaire_id WHERE p.actif ORDER BY p.libelle, a.id LIMIT :limite
""")
ORGANISATIONS_MAX = 50


@dataclass(frozen=True, slots=True)
class Filtre:
    """What the directory is narrowed to."""

    departement: str | None = None
    dispositif: str | None = None
    type: TypePartenaire | None = None


@dataclass(frozen=True, slots=True)
class Rattachement:
    """What an identity may act as: in one organisation, which `libelle` names."""

    actor: Actor
    libelle: str


async def rattachements(session: AsyncSession, issuer: str, subject: str) -> list[Rattachement]:
    """The memberships of this identity, or the one partner of a machine client, by the name of the organisation."""
    values = {"issuer": issuer, "subject": subject, "limite": ORGANISATIONS_MAX}
    return [Rattachement(acteur(row), row.libelle) for row in (await session.execute(IDENTITE, values)).all()]


async def find_acteur(session: AsyncSession, issuer: str, subject: str) -> Actor:
    """The member or machine client of this identity. Raises Interdit: without an organisation, or with several, it is nobody.

    Whoever belongs to several says at sign-in for which one it acts; a token cannot say it.
    """
    trouves = await rattachements(session, issuer, subject)
    if not trouves:
        raise Interdit(_("Ce compte n’est rattaché à aucune organisation de l’annuaire."))
    if len(trouves) > 1:
        raise Interdit(_("Ce compte est rattaché à plusieurs organisations : connectez-vous et choisissez-en une."))
    return trouves[0].actor


def acteur(row: Any) -> Actor:
    """Who acts, from a row with an `id`, `roles`, a `nom`, and the `organisation_id` with its `departements`."""
    roles = frozenset(Role(role) for role in row.roles)
    return Actor(
        id=str(row.id),
        roles=roles,
        organisation_id=row.organisation_id,
        departements=frozenset(row.departements) if Role.animateur in roles else frozenset(),
        nom_affiche=row.nom,
    )


async def contacts(session: AsyncSession, partenaire_id: UUID, roles: Iterable[Role]) -> tuple[MembreContact, ...]:
    """The active members of a partner who hold one of these roles, with their addresses."""
    query = select(col(MembreRow.id), col(MembreRow.courriel), col(MembreRow.roles)).where(
        col(MembreRow.partenaire_id) == partenaire_id,
        col(MembreRow.actif),
        col(MembreRow.courriel) != "",
        col(MembreRow.roles).op("&&")(cast([role.value for role in roles], ARRAY(String))),
    )
    found = await session.execute(query.order_by(col(MembreRow.courriel)))
    return tuple(MembreContact(id=row.id, courriel=row.courriel, roles=tuple(row.roles)) for row in found)


async def find(session: AsyncSession, partenaire_id: UUID) -> PartenaireRow:
    """One active partner. Raises Introuvable."""
    query = select(P).where(col(P.id) == partenaire_id, col(P.actif))
    row: PartenaireRow | None = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise Introuvable(_("Aucun partenaire n’a cet identifiant."))
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
) -> tuple[dict[UUID, PartenaireRow], dict[tuple[str, UUID], MembreRow], dict[str, ClientRow]]:
    """What the directory already has: partners by id, this issuer's members by identity and partner, clients by identity.

    Of a client that was revoked and declared again, the one that works. A member whose new identifier was confirmed is found
    under the old one too: the file may still name it.
    """
    partenaires = await session.execute(select(P).where(col(P.id).in_(ids)).order_by(col(P.id)).with_for_update())
    membres = await session.execute(select(MembreRow).where(col(MembreRow.issuer) == issuer))
    remplaces = await session.execute(
        select(MembreRow, col(CompteRow.ancien_sub))
        .join(CompteRow, col(CompteRow.membre_id) == col(MembreRow.id))
        .where(col(MembreRow.issuer) == issuer, col(CompteRow.etat) == EtatCompte.confirme.value)
    )
    clients = await session.execute(select(ClientRow).where(col(ClientRow.issuer) == issuer).order_by(col(ClientRow.actif)))
    return (
        {row.id: row for row in partenaires.scalars()},
        {(sub, row.partenaire_id): row for row, sub in remplaces.all()}
        | {(row.sub, row.partenaire_id): row for row in membres.scalars()},
        {row.client_id: row for row in clients.scalars()},
    )
