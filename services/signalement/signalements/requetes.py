"""Requests of other services that this capability answers."""

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit
from common.actor import Role
from common.clock import utc_now
from common.codes import Categorie
from common.errors import Interdit
from common.requests import Answerers, DossierFaits, Faits
from signalement.projections import store as projections
from signalement.signalements import store


async def answer_faits(session: AsyncSession, demande: DossierFaits) -> Faits:
    """The exact facts, without identity, for an animateur of the cell that works where the case is. Audited.

    Raises Introuvable, and Interdit for anybody else or as long as the directory has not announced that cell.
    """
    dossier = await store.for_the_hub(session, demande.dossier_id)
    cellule = await projections.cellule_of(session, dossier.departement)
    acteur = demande.acteur
    if acteur.role is not Role.animateur or cellule is None or acteur.organisation_id != cellule.id:
        raise Interdit
    await audit.write(
        session,
        "signalement",
        acteur.actor(),
        "dossier.lire_faits",
        dossier.id,
        now=utc_now(),
        dossier_id=dossier.id,
        categories=(Categorie.situation, Categorie.finances),
    )
    return Faits(
        departement=dossier.departement,
        etp=dossier.etp,
        budget=dossier.budget,
        mois_avant_rupture=dossier.mois_avant_rupture,
        indicateurs=tuple(dossier.indicateurs),
    )


ANSWERERS: Answerers = {DossierFaits: answer_faits}
