"""What the API says of a case as a whole."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from common.actor import Actor
from common.cas import EtatCas
from common.codes import Motif
from orientation.cas.service import Cas, Reorientation
from orientation.orientations.schemas import OrientationResume, resume
from orientation.orientations.service import cotes
from orientation.partenaires.libelles import libelle_dispositif


class CasLu(BaseModel):
    """A case: its state, derived from its own and its referrals', and these, the newest first."""

    dossier_id: UUID
    reference: str
    departement: str
    etat: EtatCas
    libelle: str
    orientations: list[OrientationResume]


class SuiteProposee(BaseModel):
    """A next referral that could be prepared; `places` is what is left in the département, null when nobody declared it."""

    partenaire_id: UUID
    partenaire: str
    dispositif: str
    libelle: str
    explication: str
    places: int | None


class ReorientationProposee(BaseModel):
    """What could follow a referral that ended without help, the best first, and why it ended."""

    orientation_id: UUID
    motif: Motif | None
    motif_libelle: str
    suites: list[SuiteProposee]


def cas_lu(cas: Cas, actor: Actor, now: datetime) -> CasLu:
    """A case, for its animateur."""
    return CasLu(
        dossier_id=cas.dossier.id,
        reference=cas.dossier.reference,
        departement=cas.dossier.departement,
        etat=cas.etat,
        libelle=cas.etat.libelle,
        orientations=[resume(vue, cotes(actor, vue.orientation), now, cas.etat) for vue in cas.orientations],
    )


def proposee(reorientation: Reorientation) -> ReorientationProposee:
    """A re-orientation, for its animateur."""
    return ReorientationProposee(
        orientation_id=reorientation.orientation_id,
        motif=reorientation.motif,
        motif_libelle=reorientation.motif.libelle if reorientation.motif else "",
        suites=[
            SuiteProposee(
                partenaire_id=suite.partenaire_id,
                partenaire=suite.partenaire,
                dispositif=suite.dispositif,
                libelle=libelle_dispositif(suite.dispositif),
                explication=suite.explication,
                places=suite.places,
            )
            for suite in reorientation.suites
        ],
    )
