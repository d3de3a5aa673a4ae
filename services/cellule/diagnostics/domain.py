"""What may happen to a shared diagnostic: one table of moves, and the print that validations rest on."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from common.actor import Actor, Role
from common.codes import Code, Droit, EtatDiagnostic
from common.errors import Conflit, DonneeInvalide, Interdit, TransitionInterdite, VersionPerimee
from common.events.cellule import DiagnosticOuvert, DiagnosticPartage, DiagnosticValide
from common.traduction import N_, _

LONGUEUR_MAX = 20_000
MEMBRES = frozenset({Role.agent, Role.manager})
# Both sides write, and a document is valid once each of them has validated it.
AUTEURS = frozenset({Role.animateur, Role.dirigeant})

Evenement = DiagnosticOuvert | DiagnosticValide | DiagnosticPartage


class Section(Code):
    """The parts of the document. Source: brochure of the Occitanie cell, « Accompagner en urgence »; the plan ends it."""

    strategie = "strategie", N_("Stratégie et projet associatif")
    gestion = "gestion", N_("Gestion et organisation")
    gouvernance = "gouvernance", N_("Gouvernance")
    finances = "finances", N_("Situation financière")
    plan = "plan", N_("Plan d’action proposé")


class Action(StrEnum):
    """What one may do to a diagnostic."""

    enregistrer = "enregistrer"
    valider = "valider"
    partager = "partager"


TRANSITIONS: tuple[tuple[Action, EtatDiagnostic, EtatDiagnostic], ...] = (
    (Action.enregistrer, EtatDiagnostic.ouvert, EtatDiagnostic.ouvert),
    (Action.enregistrer, EtatDiagnostic.valide, EtatDiagnostic.ouvert),
    (Action.valider, EtatDiagnostic.ouvert, EtatDiagnostic.ouvert),
    (Action.valider, EtatDiagnostic.ouvert, EtatDiagnostic.valide),
    (Action.partager, EtatDiagnostic.valide, EtatDiagnostic.partage),
)

QUI: Mapping[Action, frozenset[Role]] = {
    Action.enregistrer: AUTEURS,
    Action.valider: AUTEURS,
    Action.partager: frozenset({Role.animateur}),
}


class EmpreinteDifferente(Conflit):
    """The document is no longer, or never was, the one that the caller has read."""

    slug, titre = "empreinte-differente", N_("Le document a changé depuis que vous l’avez lu.")


class DejaValide(Conflit):
    """This side has validated this version already."""

    slug, titre = "deja-valide", N_("Vous avez déjà validé cette version.")


class DiagnosticDejaOuvert(Conflit):
    """A case has one diagnostic in preparation at a time."""

    slug, titre = "diagnostic-deja-ouvert", N_("Un diagnostic est déjà en préparation pour ce dossier.")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A diagnostic. `numero` is the document's current version, 0 before the first; `validations` concern that one only."""

    id: UUID
    dossier_id: UUID
    etat: EtatDiagnostic = EtatDiagnostic.ouvert
    numero: int = 0
    empreinte: str | None = None
    validations: frozenset[Role] = frozenset()


def normaliser(sections: Mapping[Section, str]) -> dict[Section, str]:
    """All sections with their text in one canonical form: NFC, line ends as LF, no outer spaces, no control characters.

    Raises `DonneeInvalide` when every section is empty or one is longer than `LONGUEUR_MAX` characters.
    """
    propres = {section: _propre(sections.get(section, "")) for section in Section}
    for section, texte in propres.items():
        if len(texte) > LONGUEUR_MAX:
            raise DonneeInvalide(_("Une partie compte au plus {n} caractères.").format(n=LONGUEUR_MAX), champ=section.value)
    if not any(propres.values()):
        raise DonneeInvalide(N_("Rédigez au moins une partie du diagnostic."), champ=Section.strategie.value)
    return propres


def _propre(texte: str) -> str:
    texte = unicodedata.normalize("NFC", texte.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in texte if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


def canonique(diagnostic_id: UUID, numero: int, sections: Mapping[Section, str]) -> bytes:
    """The bytes of one version that the print covers: JSON with sorted keys, no spaces, in UTF-8 (as RFC 8785 has it)."""
    contenu = {"diagnostic_id": str(diagnostic_id), "numero": numero, "sections": {s.value: sections[s] for s in Section}}
    return json.dumps(contenu, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def empreinte_de(diagnostic_id: UUID, numero: int, sections: Mapping[Section, str]) -> str:
    """SHA-256, in hexadecimal, of one version's canonical content.

    There is no salt, so that whoever holds the text may compute it again and see that it is what was validated. The
    print travels on the bus: it betrays nothing but to somebody who already has the exact text of every section.
    """
    return hashlib.sha256(canonique(diagnostic_id, numero, sections)).hexdigest()


def qualite(actor: Actor, dossier_id: UUID, departement: str) -> Role:
    """In which role somebody who may see this diagnostic stands to it; `Role.agent` for every member of the cell.

    An animateur is only one in its own territory: elsewhere it reads, if at all, as a member of its organisation.
    """
    if actor.has(Role.dirigeant) and actor.dossier_id == dossier_id:
        return Role.dirigeant
    if actor.has(Role.animateur) and departement in actor.departements:
        return Role.animateur
    return Role.agent


def peut_ecrire(actor: Actor, par: Role) -> bool:
    """Whether the actor may write and validate for the side `par`: of an association's people, those who hold that right."""
    return par in AUTEURS and (par is not Role.dirigeant or Droit.valider in actor.droits)


def permises(diagnostic: Diagnostic, par: Role) -> tuple[Action, ...]:
    """What `par` may do now, in the order of the table: the pages draw their buttons from it."""
    depuis = dict.fromkeys(action for action, etat, _ in TRANSITIONS if etat is diagnostic.etat and par in QUI[action])
    inutile = diagnostic.numero == 0 or par in diagnostic.validations
    return tuple(action for action in depuis if not (action is Action.valider and inutile))


def ouvrir(diagnostic_id: UUID, dossier_id: UUID) -> tuple[Diagnostic, DiagnosticOuvert]:
    """A new diagnostic, without a document yet, and the event that announces it."""
    diagnostic = Diagnostic(diagnostic_id, dossier_id)
    return diagnostic, DiagnosticOuvert(**_faits(diagnostic))


def decide(
    diagnostic: Diagnostic, action: Action, par: Role, *, empreinte: str = "", base: int | None = None
) -> tuple[Diagnostic, Evenement | None]:
    """The diagnostic after `action` by a person in the role `par`, and the event to announce, if there is one.

    `empreinte` is the print of the document saved, or of the one that the person has read and validates; `base` is the
    number of the version that was edited. Raises `Interdit`, `TransitionInterdite`, `VersionPerimee`,
    `EmpreinteDifferente` or `DejaValide`.
    """
    if par not in QUI[action]:
        raise Interdit
    if not any(action is a and diagnostic.etat is depuis for a, depuis, _ in TRANSITIONS):
        raise _refus(diagnostic, par)
    if action is Action.enregistrer:
        return _enregistrer(diagnostic, empreinte, base), None
    if action is Action.valider:
        return _valider(diagnostic, par, empreinte)
    nouveau = replace(diagnostic, etat=EtatDiagnostic.partage)
    return nouveau, DiagnosticPartage(**_faits(nouveau))


def _enregistrer(diagnostic: Diagnostic, empreinte: str, base: int | None) -> Diagnostic:
    if base != diagnostic.numero:
        raise VersionPerimee(N_("Relisez la dernière version avant d’enregistrer la vôtre."), numero=diagnostic.numero)
    return replace(
        diagnostic,
        etat=EtatDiagnostic.ouvert,
        numero=diagnostic.numero + 1,
        empreinte=empreinte,
        validations=frozenset(),
    )


def _valider(diagnostic: Diagnostic, par: Role, empreinte: str) -> tuple[Diagnostic, DiagnosticValide]:
    if diagnostic.numero == 0:
        raise _refus(diagnostic, par)
    if empreinte != diagnostic.empreinte:
        raise EmpreinteDifferente(N_("Relisez la dernière version, puis validez-la."), numero=diagnostic.numero)
    if par in diagnostic.validations:
        raise DejaValide
    validations = diagnostic.validations | {par}
    etat = EtatDiagnostic.valide if validations == AUTEURS else EtatDiagnostic.ouvert
    nouveau = replace(diagnostic, etat=etat, validations=validations)
    return nouveau, DiagnosticValide(**_faits(nouveau), par=par)


def _refus(diagnostic: Diagnostic, par: Role) -> TransitionInterdite:
    return TransitionInterdite(etat=diagnostic.etat.value, permis=[a.value for a in permises(diagnostic, par)])


def _faits(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "diagnostic_id": diagnostic.id,
        "dossier_id": diagnostic.dossier_id,
        "etat": diagnostic.etat,
        "numero": diagnostic.numero,
        "empreinte": diagnostic.empreinte,
    }
