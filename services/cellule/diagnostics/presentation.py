"""What the templates of a diagnostic are given."""

from typing import Any

from cellule.diagnostics.domain import Section
from cellule.diagnostics.service import Lecture
from common.actor import Role
from common.codes import EtatDiagnostic
from common.territoires import departement

ROLES = {Role.animateur: "la cellule", Role.dirigeant: "l’association"}
COTES = ((Role.dirigeant, "Validation par l’association"), (Role.animateur, "Validation par la cellule"))


def contexte(lecture: Lecture) -> dict[str, Any]:
    """The context of every page of one diagnostic: `lecture`, its state, where it stands, and the local time zone."""
    return {
        "lecture": lecture,
        "diagnostic": lecture.charge.etat,
        "sections": lecture.sections,
        "Section": Section,
        "fuseau": departement(lecture.charge.departement).fuseau,
        "actions": {action.value for action in lecture.actions},
        "roles": ROLES,
        "valideurs": " et ".join(ROLES[role] for role in sorted(lecture.charge.etat.validations, reverse=True)),
        "phases": phases(lecture),
        "base": f"/cellule/diagnostics/{lecture.charge.etat.id}",
    }


def phases(lecture: Lecture) -> list[dict[str, Any]]:
    """The way of a diagnostic as the macro `chemin` draws it: written, validated by each side, shared."""
    etat = lecture.charge.etat
    redige = etat.numero > 0
    suite: list[dict[str, Any]] = [{"titre": "Rédaction à deux mains", "etat": "faite" if redige else "ici"}]
    for role, titre in COTES:
        place = "faite" if role in etat.validations else "ici" if redige else "suite"
        suite.append({"titre": titre, "etat": place})
    partage = "faite" if etat.etat is EtatDiagnostic.partage else "ici" if etat.etat is EtatDiagnostic.valide else "suite"
    texte = "" if partage == "faite" else "Il faut aussi l’accord de l’association, qu’elle donne et retire dans son espace."
    return [*suite, {"titre": "Partage avec la cellule", "etat": partage, "texte": texte}]
