"""What the read model hears: cases, referrals, partners. Each event is one upsert, right in any order and any number."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from cellule.chiffres import store
from common.cas import rang_de_l_orientation, rang_du_dossier
from common.codes import EtatDossier, EtatOrientation
from common.consumer import Grouped, Handlers
from common.events import Received
from common.events import orientation as o
from common.events.orientation import DispositifPublie, PartenairePublie
from common.events.signalement import SignalementClos, SignalementDepose, SignalementQualifie
from common.territoires import fuseau

# What a partner's answer is: opening the referral is not one yet.
REPONSES = (o.OrientationAcceptee, o.OrientationDeclinee, o.OrientationComplementDemande)
ENVOIS = (o.OrientationEnvoyee, o.OrientationRenvoyee)
# Where a referral awaits its partner's answer, though it may have been accepted before.
ATTENTES = (EtatOrientation.envoyee, EtatOrientation.recue, EtatOrientation.complement_demande)
FINS = (o.OrientationAboutie, o.OrientationNonAboutie, o.OrientationDeclinee, o.OrientationRetiree, o.OrientationExpiree)


async def on_depose(session: AsyncSession, received: Received[SignalementDepose]) -> None:
    """A case exists from now on."""
    event = received.event
    faits = event.model_dump(mode="json", include={"reference", "departement", "region", "emplois", "horizon"})
    local = received.time.astimezone(fuseau(event.departement))
    await store.projeter(
        session,
        store.DEPOSE,
        faits | _etat(received, EtatDossier.depose) | {"depose_at": received.time, "depose_le": local.date()},
    )


async def on_qualifie(session: AsyncSession, received: Received[SignalementQualifie]) -> None:
    """The case has a level of difficulty, and a horizon that an animateur has looked at."""
    faits = received.event.model_dump(mode="json", include={"niveau", "horizon"})
    await store.projeter(session, store.QUALIFIE, faits | _etat(received, EtatDossier.qualifie))


async def on_clos(session: AsyncSession, received: Received[SignalementClos]) -> None:
    """The case ended."""
    await store.projeter(session, store.CLOS, _etat(received, EtatDossier.clos))


def _etat(received: Received[Any], etat: EtatDossier) -> dict[str, Any]:
    return {
        "dossier_id": received.event.dossier_id,
        "etat": etat.value,
        "rang": rang_du_dossier(etat),
        "sequence": received.sequence,
    }


async def on_orientations(session: AsyncSession, batch: Sequence[Received[Any]]) -> None:
    """Referrals of any state: each of their events says enough to begin a row."""
    await store.projeter_tous(session, store.RENVOI, [_renvoi(received) for received in batch])


def _renvoi(received: Received[Any]) -> dict[str, Any]:
    event, at = received.event, received.time
    return {
        "orientation_id": event.orientation_id,
        "dossier_id": event.dossier_id,
        "partenaire_id": event.partenaire_id,
        "dispositif": event.dispositif,
        "etat": event.etat.value,
        "rang": rang_de_l_orientation(event.etat),
        "motif": event.motif.value if event.motif else None,
        "sequence": received.sequence,
        "envoyee_at": at if isinstance(event, ENVOIS) else None,
        "premiere_reponse_at": at if isinstance(event, REPONSES) else None,
        "acceptee_at": at if isinstance(event, o.OrientationAcceptee) else None,
        "close_at": at if isinstance(event, FINS) else None,
        "sequence_acceptee": received.sequence if isinstance(event, o.OrientationAcceptee) else None,
        "sequence_attente": received.sequence if event.etat in ATTENTES else None,
    }


async def on_partenaire(session: AsyncSession, received: Received[PartenairePublie]) -> None:
    """A partner entered the directory or changed."""
    event = received.event
    await store.projeter(
        session,
        store.PARTENAIRE,
        {
            "partenaire_id": event.partenaire_id,
            "libelle": event.libelle,
            "type_partenaire": event.type_partenaire.value,
            "departements": list(event.departements),
            "actif": event.actif,
            "sequence": received.sequence,
        },
    )


async def on_dispositif(session: AsyncSession, received: Received[DispositifPublie]) -> None:
    """A version of a dispositif was published: figures call it by its newest name."""
    event = received.event
    faits = {"code": event.code, "libelle": event.libelle, "sequence": received.sequence}
    await store.projeter(session, store.DISPOSITIF, faits)


ORIENTATIONS = Grouped(on_orientations)

HANDLERS: Handlers = {
    SignalementDepose: on_depose,
    SignalementQualifie: on_qualifie,
    SignalementClos: on_clos,
    PartenairePublie: on_partenaire,
    DispositifPublie: on_dispositif,
    o.OrientationProposee: ORIENTATIONS,
    o.OrientationEnvoyee: ORIENTATIONS,
    o.OrientationRecue: ORIENTATIONS,
    o.OrientationAcceptee: ORIENTATIONS,
    o.OrientationDeclinee: ORIENTATIONS,
    o.OrientationComplementDemande: ORIENTATIONS,
    o.OrientationComplementFourni: ORIENTATIONS,
    o.OrientationDemarree: ORIENTATIONS,
    o.OrientationPoursuivie: ORIENTATIONS,
    o.OrientationRevenue: ORIENTATIONS,
    o.OrientationRouverte: ORIENTATIONS,
    o.OrientationRenvoyee: ORIENTATIONS,
    o.OrientationAboutie: ORIENTATIONS,
    o.OrientationNonAboutie: ORIENTATIONS,
    o.OrientationRetiree: ORIENTATIONS,
    o.OrientationExpiree: ORIENTATIONS,
}
