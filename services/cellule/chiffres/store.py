"""Every SQL statement of the read model: one upsert an event, and the figures in three aggregates."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Date, String, bindparam, text
from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.chiffres.domain import SIX_SEMAINES, Filtre
from common.actor import Actor, Role
from common.errors import Interdit

PARTENAIRES_MAX = 500

# An event heard late gives what only it knows, and leaves what a newer one has said since.
DEPOSE = text("""
    INSERT INTO cas (dossier_id, reference, departement, region, emplois, depose_at, depose_le,
        etat, rang, sequence_etat, horizon, sequence_faits)
    VALUES (:dossier_id, :reference, :departement, :region, :emplois, :depose_at, :depose_le,
        :etat, :rang, :sequence, :horizon, :sequence)
    ON CONFLICT (dossier_id) DO UPDATE SET
        reference = excluded.reference, departement = excluded.departement, region = excluded.region,
        emplois = excluded.emplois, depose_at = excluded.depose_at, depose_le = excluded.depose_le,
        etat = CASE WHEN excluded.sequence_etat > cas.sequence_etat THEN excluded.etat ELSE cas.etat END,
        rang = CASE WHEN excluded.sequence_etat > cas.sequence_etat THEN excluded.rang ELSE cas.rang END,
        sequence_etat = GREATEST(cas.sequence_etat, excluded.sequence_etat),
        horizon = CASE WHEN excluded.sequence_faits > cas.sequence_faits THEN excluded.horizon ELSE cas.horizon END,
        sequence_faits = GREATEST(cas.sequence_faits, excluded.sequence_faits)
""")

QUALIFIE = text("""
    INSERT INTO cas (dossier_id, etat, rang, sequence_etat, niveau, horizon, sequence_faits)
    VALUES (:dossier_id, :etat, :rang, :sequence, :niveau, :horizon, :sequence)
    ON CONFLICT (dossier_id) DO UPDATE SET
        etat = CASE WHEN excluded.sequence_etat > cas.sequence_etat THEN excluded.etat ELSE cas.etat END,
        rang = CASE WHEN excluded.sequence_etat > cas.sequence_etat THEN excluded.rang ELSE cas.rang END,
        sequence_etat = GREATEST(cas.sequence_etat, excluded.sequence_etat),
        niveau = CASE WHEN excluded.sequence_faits > cas.sequence_faits THEN excluded.niveau ELSE cas.niveau END,
        horizon = CASE WHEN excluded.sequence_faits > cas.sequence_faits THEN excluded.horizon ELSE cas.horizon END,
        sequence_faits = GREATEST(cas.sequence_faits, excluded.sequence_faits)
""")

CLOS = text("""
    INSERT INTO cas (dossier_id, etat, rang, sequence_etat, sequence_faits)
    VALUES (:dossier_id, :etat, :rang, :sequence, 0)
    ON CONFLICT (dossier_id) DO UPDATE SET
        etat = excluded.etat, rang = excluded.rang, sequence_etat = excluded.sequence_etat
    WHERE excluded.sequence_etat > cas.sequence_etat
""")

# LEAST and GREATEST ignore nulls, so that each moment is the earliest one heard, in any order. An acceptance counts for as
# long as no later event brought the referral back to where it awaits an answer; an end, as long as nothing came after it.
RENVOI = text("""
    INSERT INTO renvois (orientation_id, dossier_id, partenaire_id, dispositif, etat, rang, motif, sequence,
        envoyee_at, premiere_reponse_at, acceptee_at, close_at, sequence_acceptee, sequence_attente)
    VALUES (:orientation_id, :dossier_id, :partenaire_id, :dispositif, :etat, :rang, :motif, :sequence,
        :envoyee_at, :premiere_reponse_at, :acceptee_at, :close_at, :sequence_acceptee, :sequence_attente)
    ON CONFLICT (orientation_id) DO UPDATE SET
        etat = CASE WHEN excluded.sequence > renvois.sequence THEN excluded.etat ELSE renvois.etat END,
        rang = CASE WHEN excluded.sequence > renvois.sequence THEN excluded.rang ELSE renvois.rang END,
        motif = CASE WHEN excluded.sequence > renvois.sequence THEN excluded.motif ELSE renvois.motif END,
        close_at = CASE WHEN excluded.sequence > renvois.sequence THEN excluded.close_at ELSE renvois.close_at END,
        sequence = GREATEST(renvois.sequence, excluded.sequence),
        sequence_acceptee = GREATEST(renvois.sequence_acceptee, excluded.sequence_acceptee),
        sequence_attente = GREATEST(renvois.sequence_attente, excluded.sequence_attente),
        envoyee_at = LEAST(renvois.envoyee_at, excluded.envoyee_at),
        premiere_reponse_at = LEAST(renvois.premiere_reponse_at, excluded.premiere_reponse_at),
        acceptee_at = LEAST(renvois.acceptee_at, excluded.acceptee_at)
""")

PARTENAIRE = text("""
    INSERT INTO partenaires (partenaire_id, libelle, type_partenaire, departements, actif, sequence)
    VALUES (:partenaire_id, :libelle, :type_partenaire, :departements, :actif, :sequence)
    ON CONFLICT (partenaire_id) DO UPDATE SET libelle = excluded.libelle, type_partenaire = excluded.type_partenaire,
        departements = excluded.departements, actif = excluded.actif, sequence = excluded.sequence
    WHERE excluded.sequence > partenaires.sequence
""").bindparams(bindparam("departements", type_=ARRAY(String)))

DISPOSITIF = text("""
    INSERT INTO dispositifs (code, libelle, sequence) VALUES (:code, :libelle, :sequence)
    ON CONFLICT (code) DO UPDATE SET libelle = excluded.libelle, sequence = excluded.sequence
    WHERE excluded.sequence > dispositifs.sequence
""")
LIBELLES = text("SELECT code, libelle FROM dispositifs ORDER BY code LIMIT 1000")

# The cases that a filter counts: known by their filing, in these territories and days.
RETENUS = """
    retenus AS (
        SELECT * FROM cas WHERE depose_at IS NOT NULL
            AND (CAST(:departements AS text[]) IS NULL OR departement = ANY(:departements))
            AND (CAST(:depuis AS date) IS NULL OR depose_le >= :depuis)
            AND (CAST(:jusque AS date) IS NULL OR depose_le <= :jusque)
    )
"""

# One pass; `axe` tells which column each line of the answer is about (32 - the bit of GROUPING that is not set).
DOSSIERS = f"""
    WITH {RETENUS}, derives AS (
        SELECT region, departement, to_char(depose_le, 'YYYY-MM') AS mois, niveau, emplois,
            GREATEST(rang, (SELECT max(r.rang) FROM renvois r WHERE r.dossier_id = retenus.dossier_id)) AS rang
        FROM retenus
    )
    SELECT GROUPING(region, departement, mois, rang, niveau) AS axe, region, departement, mois, rang, niveau,
        count(*) AS n, COALESCE(sum(emplois), 0) AS emplois
    FROM derives GROUP BY GROUPING SETS ((), (region), (departement), (mois), (rang), (niveau))
    ORDER BY axe, region, departement, mois, rang, niveau
"""  # noqa: S608 - built from constants.

DELAI_DIAGNOSTIC = f"""
    WITH {RETENUS}, delais AS (
        SELECT (SELECT min(d.partage_at) FROM diagnostics d WHERE d.dossier_id = retenus.dossier_id) - depose_at AS delai
        FROM retenus
    )
    SELECT count(delai) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delai) / 86400) AS mediane_jours,
        count(*) FILTER (WHERE delai <= :six_semaines) AS dans_les_six_semaines
    FROM delais
"""  # noqa: S608 - built from constants.

ORIENTATIONS = f"""
    WITH {RETENUS}, envoyees AS (
        SELECT r.etat, r.partenaire_id, r.dispositif, r.motif, p.libelle,
            r.sequence_acceptee > COALESCE(r.sequence_attente, 0) AS acceptee,
            extract(epoch FROM r.premiere_reponse_at - r.envoyee_at) / 3600 AS heures
        FROM retenus JOIN renvois r USING (dossier_id) LEFT JOIN partenaires p USING (partenaire_id)
        WHERE r.envoyee_at IS NOT NULL
    ), groupes AS (
        SELECT GROUPING(etat, partenaire_id, dispositif, motif) AS axe, etat, partenaire_id, dispositif, motif,
            max(libelle) AS libelle, count(*) AS n, count(*) FILTER (WHERE acceptee) AS acceptees,
            count(*) FILTER (WHERE etat = 'declinee') AS declinees, count(heures) AS reponses,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY heures) AS delai_median_heures
        FROM envoyees GROUP BY GROUPING SETS ((), (etat), (partenaire_id), (dispositif), (motif))
    ), classes AS (
        SELECT *, row_number() OVER (PARTITION BY axe ORDER BY n DESC, partenaire_id) AS place FROM groupes
    )
    SELECT * FROM classes WHERE place <= :partenaires_max ORDER BY axe, place
"""  # noqa: S608 - built from constants.


async def projeter(session: AsyncSession, statement: Any, values: Mapping[str, Any]) -> None:
    """Bring one event into the read model by one of the statements above."""
    await session.execute(statement, values)


async def projeter_tous(session: AsyncSession, statement: Any, values: Sequence[Mapping[str, Any]]) -> None:
    """Bring several events into the read model, in their order, in one round trip."""
    await session.execute(statement, values)


def visible_to(actor: Actor, filtre: Filtre) -> dict[str, Any]:
    """The filter as parameters, within the actor's territory: only the national cell and an auditor see beyond theirs."""
    departements = filtre.departements
    if not actor.has(Role.national, Role.auditeur):
        if not actor.has(Role.animateur):
            raise Interdit
        departements = actor.departements if departements is None else departements & actor.departements
    return {
        "departements": None if departements is None else sorted(departements),
        "depuis": filtre.depuis,
        "jusque": filtre.jusque,
    }


async def dossiers(session: AsyncSession, actor: Actor, filtre: Filtre) -> Sequence[Any]:
    """Cases and jobs: in all, then by région, département, month, rank of state and level."""
    return await _lignes(session, DOSSIERS, visible_to(actor, filtre))


async def delai_diagnostic(session: AsyncSession, actor: Actor, filtre: Filtre) -> Any:
    """How many cases had a diagnostic shared, after how many days (median), and how many within six weeks."""
    lignes = await _lignes(session, DELAI_DIAGNOSTIC, visible_to(actor, filtre) | {"six_semaines": SIX_SEMAINES})
    return lignes[0]


async def orientations(session: AsyncSession, actor: Actor, filtre: Filtre) -> Sequence[Any]:
    """Referrals of these cases: in all, then by state, partner (the most solicited), dispositif and reason."""
    return await _lignes(session, ORIENTATIONS, visible_to(actor, filtre) | {"partenaires_max": PARTENAIRES_MAX})


async def _lignes(session: AsyncSession, sql: str, parametres: dict[str, Any]) -> Sequence[Any]:
    departements: BindParameter[Any] = bindparam("departements", type_=ARRAY(String))
    jours: list[BindParameter[Any]] = [bindparam(nom, type_=Date) for nom in ("depuis", "jusque")]
    return (await session.execute(text(sql).bindparams(departements, *jours), parametres)).all()


async def libelles_des_dispositifs(session: AsyncSession) -> dict[str, str]:
    """What people call each dispositif that was heard of; the catalogue is public."""
    return {row.code: row.libelle for row in await session.execute(LIBELLES)}
