"""Where a case stands on its path, in the words of the association's page. Durations are those of the cell's brochure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypedDict

from common.codes import EtatDiagnostic, EtatDossier, EtatOrientation
from common.filtres import date_fr, heure_fr
from common.territoires import fuseau
from common.traduction import _
from signalement.espace.schemas import Semaines

SIX_WEEKS = timedelta(weeks=6)
WORKING = frozenset({EtatOrientation.acceptee, EtatOrientation.demarree, EtatOrientation.aboutie, EtatOrientation.non_aboutie})


class Phase(TypedDict):
    """One phase, as the macro `chemin` shows it; `etat` is faite, ici or suite."""

    titre: str
    etat: str
    quand: str
    texte: str


def limite_du_diagnostic(depose_le: datetime, departement: str) -> date:
    """The day by which the shared diagnostic is to be done, by the territory's calendar: six weeks, says the brochure."""
    return (depose_le + SIX_WEEKS).astimezone(fuseau(departement)).date()


def phases(
    etat: EtatDossier,
    departement: str,
    depose_le: datetime,
    diagnostics: Sequence[EtatDiagnostic],
    orientations: Sequence[EtatOrientation],
    premier_echange_le: datetime | None = None,
) -> list[Phase]:
    """The five phases of a case; the current one is the first that is not over. A closed case has none left."""
    shared = EtatDiagnostic.partage in diagnostics
    validated = shared or EtatDiagnostic.valide in diagnostics
    over = [
        True,
        etat is not EtatDossier.depose or bool(diagnostics),
        validated,
        shared or (validated and not WORKING.isdisjoint(orientations)),
        etat is EtatDossier.clos,
    ]
    if etat is EtatDossier.clos:
        over = [True] * len(over)
    limite = limite_du_diagnostic(depose_le, departement)
    depose = depose_le.astimezone(fuseau(departement)).date()
    words = [
        (_("Signalement"), _("le {jour}").format(jour=date_fr(depose, semaine=False)), ""),
        (
            _("Premier échange de deux heures"),
            _echange(premier_echange_le, departement),
            _("Une personne de la cellule de votre région vous appelle pour évaluer la situation avec vous et vous orienter."),
        ),
        (
            _("Diagnostic partagé"),
            _("avant le {jour}, six semaines après votre signalement").format(jour=date_fr(limite, semaine=False)),
            _("Vous le construisez avec la cellule. Rien n’en est montré avant que vous l’ayez validé."),
        ),
        (_("Passage devant la cellule"), "", _("Les partenaires réunis cherchent avec vous une sortie de crise.")),
        (
            _("Sortie de crise et suivi"),
            _("de trois à six mois"),
            _("Dossiers, rendez-vous, mise en œuvre : vous êtes accompagnés."),
        ),
    ]
    here = next((number for number, done in enumerate(over) if not done), len(over))
    return [
        Phase(
            titre=titre,
            etat="faite" if number < here else "ici" if number == here else "suite",
            quand=quand,
            texte=texte if number == here else "",
        )
        for number, (titre, quand, texte) in enumerate(words)
    ]


def _echange(quand: datetime | None, departement: str) -> str:
    """When the first talk is, by the territory's clock; empty as long as it was not agreed."""
    if quand is None:
        return ""
    local = quand.astimezone(fuseau(departement))
    return _("le {jour} à {heure}").format(jour=date_fr(local.date()), heure=heure_fr(local))


def semaines(depose_le: datetime, departement: str, now: datetime, *, validees: bool) -> Semaines:
    """Where the six weeks stand, counted in the territory's own days from that of the filing."""
    zone = fuseau(departement)
    days = (now.astimezone(zone).date() - depose_le.astimezone(zone).date()).days
    return Semaines(
        numero=max(days, 0) // 7 + 1,
        total=SIX_WEEKS.days // 7,
        limite=limite_du_diagnostic(depose_le, departement),
        validees=validees,
    )
