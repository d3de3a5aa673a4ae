"""When the first talk of two hours may be. Pure rules; the talk itself is in the brochure of the cells."""

from datetime import datetime, timedelta

from common.codes import EtatDossier
from common.errors import Conflit, DonneeInvalide
from common.territoires import fuseau
from common.traduction import N_

HORIZON = timedelta(days=366)


class DossierDejaClos(Conflit):
    """A closed case has no talk to come."""

    slug, titre = "dossier-deja-clos", N_("Ce dossier est clos : son premier échange ne change plus.")


class EchangeHorsPeriode(DonneeInvalide):
    """A talk about a case comes after it was filed, and within the year."""

    slug, titre = (
        "echange-hors-periode",
        N_("Le premier échange a lieu entre le jour du signalement et l’année qui vient."),
    )


def verifier(etat: EtatDossier, departement: str, depose_le: datetime, quand: datetime, now: datetime) -> None:
    """Whether the talk may be noted for that moment. A past one may: it was held before anybody noted it.

    The day of the filing is the territory's. Raises DossierDejaClos, EchangeHorsPeriode.
    """
    if etat is EtatDossier.clos:
        raise DossierDejaClos(N_("Revenez au dossier."))
    zone = fuseau(departement)
    if quand.astimezone(zone).date() < depose_le.astimezone(zone).date() or quand > now + HORIZON:
        raise EchangeHorsPeriode(N_("Choisissez une date entre le jour du signalement et l’année qui vient."), champ="jour")
