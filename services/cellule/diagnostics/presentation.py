"""What the templates of a diagnostic are given."""

from typing import Any

from cellule.diagnostics.domain import Section
from cellule.diagnostics.service import Lecture
from common.actor import Role
from common.codes import EtatDiagnostic
from common.territoires import departement
from common.traduction import N_, _

ROLES = {Role.animateur: N_("la cellule"), Role.dirigeant: N_("l’association")}
COTES = ((Role.dirigeant, N_("Validation par l’association")), (Role.animateur, N_("Validation par la cellule")))


def contexte(lecture: Lecture) -> dict[str, Any]:
    """The context of every page of one diagnostic: `lecture`, its state, where it stands, and the local time zone."""
    return {
        "lecture": lecture,
        "diagnostic": lecture.charge.etat,
        "sections": lecture.sections,
        "Section": Section,
        "fuseau": departement(lecture.charge.departement).fuseau,
        "actions": {action.value for action in lecture.actions},
        "roles": {role: _(nom) for role, nom in ROLES.items()},
        "valideurs": _(" et ").join(_(ROLES[role]) for role in sorted(lecture.charge.etat.validations, reverse=True)),
        "phases": phases(lecture),
        "base": f"/cellule/diagnostics/{lecture.charge.etat.id}",
    }


def phases(lecture: Lecture) -> list[dict[str, Any]]:
    """The way of a diagnostic as the macro `chemin` draws it: written, validated by each side, shared."""
    etat = lecture.charge.etat
    redige = etat.numero > 0
    suite: list[dict[str, Any]] = [{"titre": N_("Rédaction à deux mains"), "etat": "faite" if redige else "ici"}]
    for role, titre in COTES:
        place = "faite" if role in etat.validations else "ici" if redige else "suite"
        suite.append({"titre": titre, "etat": place})
    partage = "faite" if etat.etat is EtatDiagnostic.partage else "ici" if etat.etat is EtatDiagnostic.valide else "suite"
    texte = (
        "" if partage == "faite" else N_("Il faut aussi l’accord de l’association, qu’elle donne et retire dans son espace.")
    )
    return [*suite, {"titre": N_("Partage avec la cellule"), "etat": partage, "texte": texte}]
