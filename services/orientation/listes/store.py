"""The statements of the lists. An index holds each state of each partner and département in the order of its deadlines, so
that a page reads a handful of rows from each and no more, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    any_,
    column,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    values,
)
from sqlalchemy import literal_column as brut
from sqlalchemy.sql.selectable import FromClause
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import DU_PARTENAIRE, Actor, Role
from common.codes import EtatOrientation
from common.references import debuts
from orientation.dossiers.models import DossierRow
from orientation.listes.domain import Fait, Filtre, Position, Reperes, Tranche, calendriers
from orientation.orientations.models import OrientationRow
from orientation.orientations.store import Vue, vues

O = OrientationRow  # noqa: E741 - the table that all of this file is about.
MOMENT = DateTime(timezone=True)
PAR_PAGE = 20
COMPTE_MAX = 1000
# More cases than any reference typed in earnest begins like.
DOSSIERS_MAX = 2000
NUL, DERNIER = UUID(int=0), UUID(int=2**128 - 1)
# What the driver takes for, and gives as, minus infinity and infinity.
JAMAIS, TOUJOURS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
# As the index has it: what has no deadline comes last.
TERME: ColumnElement[datetime] = func.coalesce(col(O.due_at), brut("'infinity'::timestamptz", MOMENT))


@dataclass(frozen=True, slots=True)
class Acces:
    """One way by which an actor sees referrals: all those with one of these values in this column, and `plus`."""

    colonne: Any
    genre: type[Uuid[UUID]] | type[String]
    cles: tuple[Any, ...]
    plus: tuple[ColumnElement[bool], ...] = ()

    @property
    def clause(self) -> ColumnElement[bool]:
        """The same as a condition."""
        return and_(self.colonne.in_(self.cles), *self.plus)


def acces(actor: Actor) -> list[Acces]:
    """What `orientations.store.visible_to` lets this actor see, as values to begin an index with."""
    chemins = []
    if actor.has(*DU_PARTENAIRE) and actor.organisation_id:
        chemins.append(Acces(col(O.partenaire_id), Uuid, (actor.organisation_id,), (col(O.envoyee_at).is_not(None),)))
    if actor.has(Role.animateur) and actor.departements:
        chemins.append(Acces(col(O.departement), String, tuple(sorted(actor.departements))))
    return chemins


async def page(
    session: AsyncSession,
    actor: Actor,
    tranches: Sequence[Tranche],
    filtre: Filtre,
    apres: Position | None,
    now: datetime,
    limite: int = PAR_PAGE,
) -> tuple[list[Vue], Position | None]:
    """Up to `limite` referrals after that position, in order, and where the next page begins if there is one."""
    choisies = _choisir(actor, tranches, filtre, apres, now, limite + 1)
    if choisies is None:
        return [], None
    rows = (await session.execute(choisies)).all()[: limite + 1]
    if not rows:
        return [], None
    trouvees = (await session.execute(vues(actor).where(col(O.id).in_([row.id for row in rows[:limite]])))).all()
    par_id = {vue[0].id: Vue(*vue) for vue in trouvees}
    page = [par_id[row.id] for row in rows[:limite] if row.id in par_id]
    if len(rows) <= limite:
        return page, None
    rang, moment, ident = rows[limite - 1]
    return page, Position(rang, None if moment.year == TOUJOURS.year else moment, ident)


async def compter(
    session: AsyncSession,
    actor: Actor,
    tranches: Sequence[Tranche],
    filtre: Filtre,
    now: datetime,
    maximum: int = COMPTE_MAX,
) -> int:
    """How many there are, counted up to one more than `maximum`: nobody reads further, and counting costs reading."""
    choisies = _choisir(actor, tranches, filtre, None, now, maximum + 1, trier=False)
    if choisies is None:
        return 0
    total: int = (await session.execute(select(func.count()).select_from(choisies.subquery()))).scalar_one()
    return total


def _choisir(
    actor: Actor,
    tranches: Sequence[Tranche],
    filtre: Filtre,
    apres: Position | None,
    now: datetime,
    limite: int,
    *,
    trier: bool = True,
) -> Any:
    if filtre.recherche and not debuts(filtre.recherche):
        return None
    t = _tranches([tranche for tranche in tranches if apres is None or tranche.rang >= apres.rang], apres)
    blocs = []
    for chemin in acces(actor):
        if filtre.periode:
            blocs.append(_du_passe(chemin, filtre, apres, limite))
        elif filtre.recherche:
            blocs.append(_recherchees(chemin, t, filtre, now))
        else:
            blocs.append(_en_ordre(chemin, t, filtre, now, limite))
    if not blocs:
        return None
    bloc = blocs[0] if len(blocs) == 1 else select(union(*blocs).subquery())
    if trier:
        bloc = bloc.order_by(*map(text, ("moment DESC", "id DESC") if filtre.periode else ("rang", "moment", "id")))
    return bloc.limit(limite)


def _tranches(tranches: Sequence[Tranche], apres: Position | None) -> FromClause:
    """The stretches as a table: state, rank, and between which two places, neither included."""
    lignes = []
    for tranche in tranches:
        debut = (tranche.de or JAMAIS, NUL)
        if apres and tranche.rang == apres.rang:
            debut = max(debut, (apres.at or TOUJOURS, apres.id))
        fin = (tranche.a, NUL) if tranche.a else (TOUJOURS, DERNIER)
        lignes.append((tranche.etat.value, tranche.rang, *debut, *fin))
    colonnes = (column("etat", String), column("rang", Integer))
    bornes = (column("de", MOMENT), column("de_id", Uuid), column("a", MOMENT), column("a_id", Uuid))
    return values(*colonnes, *bornes, name="t").data(lignes)


def _dans(t: FromClause) -> ColumnElement[bool]:
    """Whether a referral is in that stretch."""
    place = tuple_(TERME, col(O.id))
    return and_(col(O.etat) == t.c.etat, place > tuple_(t.c.de, t.c.de_id), place < tuple_(t.c.a, t.c.a_id))


def _cles(chemin: Acces) -> FromClause:
    return values(column("cle", chemin.genre), name="k").data([(cle,) for cle in chemin.cles])


def _en_ordre(chemin: Acces, t: FromClause, filtre: Filtre, now: datetime, limite: int) -> Select[Any]:
    """The first of each stretch of each key: as many short walks along the index."""
    k = _cles(chemin)
    pas: Any = select(col(O.id).label("id"), TERME.label("moment")).where(
        chemin.colonne == k.c.cle, *chemin.plus, _dans(t), *conditions(filtre, now)
    )
    marche = pas.order_by(TERME, col(O.id)).limit(limite).lateral("o")
    return select(t.c.rang.label("rang"), marche.c.moment, marche.c.id).select_from(k.join(t, true()).join(marche, true()))


def _recherchees(chemin: Acces, t: FromClause, filtre: Filtre, now: datetime) -> Select[Any]:
    """Those of the cases whose reference begins so, which are few."""
    reference = col(DossierRow.reference)
    # As ranges in the order of the index, which serve whatever the values: LIKE would be planned without knowing them.
    plages = (
        and_(reference.op("~>=~")(debut), reference.op("~<~")(debut[:-1] + chr(ord(debut[-1]) + 1)))
        for debut in debuts(filtre.recherche)
    )
    dossiers = select(col(DossierRow.id)).where(or_(*plages)).limit(DOSSIERS_MAX)
    trouves = func.array(dossiers.scalar_subquery())
    return (
        select(t.c.rang.label("rang"), TERME.label("moment"), col(O.id).label("id"))
        .select_from(O)
        .join(t, _dans(t))
        .where(col(O.dossier_id) == any_(trouves), chemin.clause, *conditions(filtre, now))
    )


def _du_passe(chemin: Acces, filtre: Filtre, apres: Position | None, limite: int) -> Select[Any]:
    """What happened in a period, the latest first."""
    periode = filtre.periode
    if periode is None:
        raise ValueError("no period")
    moment = col(O.close_at) if periode.fait is Fait.fin else col(O.repondue_at)
    k = _cles(chemin)
    pas: Any = select(col(O.id).label("id"), moment.label("moment")).where(
        chemin.colonne == k.c.cle, *chemin.plus, moment >= periode.de, moment < periode.a, *_fait(periode.fait), *_passe(filtre)
    )
    if apres and apres.at:
        pas = pas.where(tuple_(moment, col(O.id)) < tuple_(apres.at, apres.id))
    marche = pas.order_by(moment.desc(), col(O.id).desc()).limit(limite).lateral("o")
    return select(brut("0", Integer).label("rang"), marche.c.moment, marche.c.id).select_from(k.join(marche, true()))


def conditions(filtre: Filtre, now: datetime) -> list[ColumnElement[bool]]:
    """What the filter asks of open referrals, besides their state and their case."""
    demandes = _communes(filtre)
    if filtre.age or filtre.echeance:
        demandes.append(or_(*(_au_calendrier(filtre, codes, moments) for codes, moments in calendriers(now))))
    if filtre.dans_le_delai is not None:
        demandes.append(col(O.due_at) >= now if filtre.dans_le_delai else col(O.due_at) < now)
    return demandes


def _au_calendrier(filtre: Filtre, codes: Sequence[str], moments: Reperes) -> ColumnElement[bool]:
    demandes: list[ColumnElement[bool]] = [col(O.departement).in_(codes)]
    if filtre.age:
        demandes += _entre(col(O.envoyee_at), moments.envoi(filtre.age))
    if filtre.echeance:
        demandes += _entre(col(O.due_at), moments.terme(filtre.echeance))
    return and_(*demandes)


def _entre(colonne: Any, bornes: tuple[datetime | None, datetime | None]) -> list[ColumnElement[bool]]:
    de, a = bornes
    return [colonne.is_not(None), *([colonne >= de] if de else []), *([colonne < a] if a else [])]


def _fait(fait: Fait) -> list[ColumnElement[bool]]:
    """What tells a fact from the others of the same moment, among referrals that were sent."""
    envoyee, declinee = col(O.envoyee_at).is_not(None), col(O.etat) == EtatOrientation.declinee.value
    demandes: dict[Fait, list[ColumnElement[bool]]] = {
        Fait.reponse: [envoyee],
        Fait.acceptation: [envoyee, ~declinee],
        Fait.refus: [envoyee, declinee],
        Fait.fin: [envoyee, ~declinee],
    }
    return demandes[fait]


def _passe(filtre: Filtre) -> list[ColumnElement[bool]]:
    demandes = _communes(filtre)
    if filtre.etats:
        demandes.append(col(O.etat).in_([etat.value for etat in filtre.etats]))
    if filtre.dans_le_delai is not None:
        tenu = col(O.reponse_jours) <= col(O.jours)
        demandes.append(tenu if filtre.dans_le_delai else ~tenu)
    return demandes


def _communes(filtre: Filtre) -> list[ColumnElement[bool]]:
    demandes: list[ColumnElement[bool]] = []
    if filtre.motif:
        demandes.append(col(O.motif) == filtre.motif.value)
    if filtre.partenaire_id:
        demandes.append(col(O.partenaire_id) == filtre.partenaire_id)
    if filtre.responsable:
        demandes.append(col(O.responsable_id) == filtre.responsable)
    if filtre.sans_responsable:
        demandes.append(col(O.responsable_id).is_(None))
    return demandes
