"""What is recorded of each change of an appointment, and its end with its referral. Knows no use case of referrals."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from common import audit, outbox
from common.actor import Actor
from common.codes import Finalite
from common.codes_echanges import Auteur, EtatRendezVous, MotifAnnulation
from common.events.rendez_vous import RendezVousAnnule, RendezVousConfirme, RendezVousPropose, _RendezVous
from orientation.orientations.models import OrientationRow
from orientation.rendez_vous import domain, store
from orientation.rendez_vous.models import RendezVousRow
from orientation.rendez_vous.store import Fiche


async def annoncer(
    session: AsyncSession,
    orientation: OrientationRow,
    row: RendezVousRow,
    event: type[_RendezVous],
    par: Auteur,
    actor: Actor,
    action: str,
    now: datetime,
    **plus: object,
) -> None:
    """The event and the audit entry of one change."""
    commun = {
        "rendez_vous_id": row.id,
        "orientation_id": orientation.id,
        "dossier_id": orientation.dossier_id,
        "partenaire_id": orientation.partenaire_id,
        "emetteur_id": orientation.emetteur_id,
        "dispositif": orientation.dispositif,
        "etat": row.etat,
        "par": par,
        "acteur_id": actor.id,
    }
    outbox.record(session, event.model_validate(commun | plus), sequence=row.version, now=now)
    await audit.write(
        session,
        "orientation",
        actor,
        f"rendez_vous.{action}",
        row.id,
        now=now,
        dossier_id=orientation.dossier_id,
        finalite=Finalite.orientation,
        consentement_id=orientation.consentement_id,
    )


async def proposition(
    session: AsyncSession, orientation: OrientationRow, row: RendezVousRow, par: Auteur, actor: Actor, now: datetime
) -> None:
    """Slots were proposed."""
    row.propose_at = now
    await annoncer(session, orientation, row, RendezVousPropose, par, actor, "proposer", now, tour=row.tour)


async def confirmation(
    session: AsyncSession, orientation: OrientationRow, fiche: Fiche, par: Auteur, actor: Actor, now: datetime
) -> None:
    """A slot was confirmed; the log says when it was on behalf of the association."""
    row, creneau = fiche.row, fiche.retenu
    assert creneau is not None  # noqa: S101 - it was just chosen among these.
    faits = {"debut": creneau.debut, "minutes": creneau.minutes, "mode": creneau.mode}
    faits["pour_association"] = row.pour_association
    action = "confirmer_pour_association" if row.pour_association else "confirmer"
    await annoncer(session, orientation, row, RendezVousConfirme, par, actor, action, now, **faits)


async def annulation(
    session: AsyncSession,
    orientation: OrientationRow,
    fiche: Fiche,
    motif: MotifAnnulation | None,
    par: Auteur,
    actor: Actor,
    now: datetime,
) -> None:
    """Cancel by the rules, and say so. Raises what `domain.annuler` raises."""
    apres = domain.annuler(fiche.valeur, motif, par, now)
    row = fiche.row
    row.prendre(apres, now)
    row.motif, row.annule_par, row.annule_at = motif and motif.value, par.value, now
    await annoncer(session, orientation, row, RendezVousAnnule, par, actor, "annuler", now, motif=motif)


async def clore(session: AsyncSession, orientation: OrientationRow, actor: Actor, now: datetime) -> None:
    """The referral is over: what was still to come is cancelled with it; what has begun stays as it was."""
    for fiche in await store.ouverts(session, orientation.id):
        passe = fiche.row.etat == EtatRendezVous.confirme and fiche.retenu is not None and fiche.retenu.debut <= now
        if not passe:
            motif = MotifAnnulation.orientation_close
            await annulation(session, orientation, fiche, motif, Auteur.systeme, actor, now)
