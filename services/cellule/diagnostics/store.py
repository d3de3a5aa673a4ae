"""Every SQL statement about diagnostics; `visible_to` bounds each load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, and_, false, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.chiffres.models import CasRow, PartenaireRow
from cellule.diagnostics.domain import AUTEURS, MEMBRES, Diagnostic, DiagnosticDejaOuvert, Section
from cellule.diagnostics.models import DiagnosticRow, ValidationRow, VersionRow
from common.actor import Actor, Role
from common.codes import EtatDiagnostic
from common.errors import Introuvable, VersionPerimee
from common.traduction import _

VERSIONS_MAX = 200


@dataclass(frozen=True, slots=True)
class Charge:
    """A diagnostic as loaded: its state, and what surrounds it."""

    etat: Diagnostic
    version: int
    cellule_id: UUID
    reference: str
    departement: str
    ouvert_at: datetime
    partage_at: datetime | None
    validations: Mapping[Role, datetime]


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which diagnostics the actor may know of, over `DiagnosticRow` joined to its `CasRow`.

    An animateur its territory's, a dirigeant its own case's, and an agent or manager the shared ones of the territories
    that its organisation is published for: these organisations are the members of the cell.
    """
    parts: list[ColumnElement[bool]] = []
    if actor.has(Role.animateur):
        parts.append(cases_of(actor))
    if actor.has(Role.dirigeant):
        parts.append(col(DiagnosticRow.dossier_id) == actor.dossier_id)
    if actor.has(*MEMBRES) and actor.organisation_id:
        membre = select(PartenaireRow.partenaire_id).where(
            PartenaireRow.partenaire_id == actor.organisation_id,
            col(PartenaireRow.actif),
            col(CasRow.departement) == func.any(col(PartenaireRow.departements)),
        )
        parts.append(and_(col(DiagnosticRow.etat) == EtatDiagnostic.partage.value, membre.exists()))
    return or_(*parts) if parts else false()


def cases_of(actor: Actor) -> ColumnElement[bool]:
    """The cases of an animateur's territory."""
    return col(CasRow.departement).in_(sorted(actor.departements)) if actor.has(Role.animateur) else false()


async def reserver_cas(session: AsyncSession, actor: Actor, dossier_id: UUID) -> None:
    """Take the case for opening a diagnostic in it. Raises `Introuvable`, or `DiagnosticDejaOuvert` when there is one."""
    cas = select(CasRow.dossier_id).where(CasRow.dossier_id == dossier_id, cases_of(actor)).with_for_update()
    if (await session.exec(cas)).one_or_none() is None:
        raise Introuvable(_("Ce dossier n’est pas, ou pas encore, connu de la cellule. Réessayez dans un instant."))
    en_cours = select(DiagnosticRow.id).where(
        DiagnosticRow.dossier_id == dossier_id, DiagnosticRow.etat != EtatDiagnostic.partage.value
    )
    deja = (await session.exec(en_cours)).one_or_none()
    if deja is not None:
        raise DiagnosticDejaOuvert(_("Continuez celui qui est ouvert."), diagnostic_id=str(deja))


def ajouter(session: AsyncSession, diagnostic: Diagnostic, cellule_id: UUID, now: datetime) -> None:
    """Add a new diagnostic."""
    session.add(
        DiagnosticRow(
            id=diagnostic.id,
            dossier_id=diagnostic.dossier_id,
            cellule_id=cellule_id,
            etat=diagnostic.etat.value,
            numero=0,
            version=1,
            ouvert_at=now,
        )
    )


async def charger(session: AsyncSession, actor: Actor, diagnostic_id: UUID, *, pour_changer: bool = False) -> Charge:
    """The diagnostic, locked when it is to be changed. Raises `Introuvable`."""
    query = (
        select(DiagnosticRow, CasRow)
        .join(CasRow, col(CasRow.dossier_id) == col(DiagnosticRow.dossier_id))
        .where(DiagnosticRow.id == diagnostic_id, visible_to(actor))
    )
    if pour_changer:
        query = query.with_for_update(of=DiagnosticRow)
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise Introuvable
    row, cas = found
    validations = await session.exec(
        select(ValidationRow).where(ValidationRow.diagnostic_id == row.id, ValidationRow.numero == row.numero)
    )
    par = {Role(v.par): v.at for v in validations}
    return Charge(
        etat=Diagnostic(
            id=row.id,
            dossier_id=row.dossier_id,
            etat=EtatDiagnostic(row.etat),
            numero=row.numero,
            empreinte=await _empreinte(session, row),
            validations=frozenset(par),
        ),
        version=row.version,
        cellule_id=row.cellule_id,
        reference=cas.reference or "",
        departement=cas.departement or "",
        ouvert_at=row.ouvert_at,
        partage_at=row.partage_at,
        validations=par,
    )


async def _empreinte(session: AsyncSession, row: DiagnosticRow) -> str | None:
    query = select(VersionRow.empreinte).where(VersionRow.diagnostic_id == row.id, VersionRow.numero == row.numero)
    return (await session.exec(query)).one_or_none()


async def enregistrer_etat(session: AsyncSession, nouveau: Diagnostic, *, depuis: int, now: datetime) -> int:
    """Write the new state over version `depuis`, and return the version after it. Raises `VersionPerimee`."""
    values: dict[str, Any] = {"etat": nouveau.etat.value, "numero": nouveau.numero, "version": depuis + 1}
    if nouveau.etat is EtatDiagnostic.partage:
        values["partage_at"] = now
    statement = update(DiagnosticRow).where(col(DiagnosticRow.id) == nouveau.id, col(DiagnosticRow.version) == depuis)
    result = await session.execute(statement.values(**values))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise VersionPerimee(_("Rechargez la page et recommencez."))
    return depuis + 1


async def ajouter_version(
    session: AsyncSession, nouveau: Diagnostic, sections: Mapping[Section, str], par: Role, actor: Actor, now: datetime
) -> None:
    """Add the document's new version."""
    assert nouveau.empreinte is not None  # noqa: S101 - decide() gave one with the number.
    session.add(
        VersionRow(
            diagnostic_id=nouveau.id,
            numero=nouveau.numero,
            sections={section.value: texte for section, texte in sections.items()},
            empreinte=nouveau.empreinte,
            par=par.value,
            auteur_id=actor.id,
            at=now,
        )
    )
    await session.flush()


def ajouter_validation(session: AsyncSession, nouveau: Diagnostic, par: Role, actor: Actor, now: datetime) -> None:
    """Add one side's validation of the current version."""
    assert par in AUTEURS  # noqa: S101 - decide() refused anybody else.
    assert nouveau.empreinte is not None  # noqa: S101 - decide() compared it.
    session.add(
        ValidationRow(
            diagnostic_id=nouveau.id,
            numero=nouveau.numero,
            par=par.value,
            auteur_id=actor.id,
            empreinte=nouveau.empreinte,
            at=now,
        )
    )


async def version(session: AsyncSession, charge: Charge, numero: int) -> VersionRow | None:
    """One version of a diagnostic that was loaded for the actor."""
    query = select(VersionRow).where(VersionRow.diagnostic_id == charge.etat.id, VersionRow.numero == numero)
    return (await session.exec(query)).one_or_none()


async def versions(session: AsyncSession, charge: Charge) -> Sequence[VersionRow]:
    """The last `VERSIONS_MAX` versions of a diagnostic that was loaded for the actor, newest first."""
    query = (
        select(VersionRow)
        .where(VersionRow.diagnostic_id == charge.etat.id)
        .order_by(col(VersionRow.numero).desc())
        .limit(VERSIONS_MAX)
    )
    return (await session.exec(query)).all()


async def lister(
    session: AsyncSession, actor: Actor, *, dossier_id: UUID | None, apres: UUID | None, limite: int
) -> Sequence[tuple[DiagnosticRow, CasRow]]:
    """The diagnostics that the actor may know of, newest first, one more than `limite` when others follow."""
    query = (
        select(DiagnosticRow, CasRow)
        .join(CasRow, col(CasRow.dossier_id) == col(DiagnosticRow.dossier_id))
        .where(visible_to(actor))
        .order_by(col(DiagnosticRow.id).desc())
        .limit(limite + 1)
    )
    if dossier_id:
        query = query.where(DiagnosticRow.dossier_id == dossier_id)
    if apres:
        query = query.where(DiagnosticRow.id < apres)
    return (await session.exec(query)).all()
