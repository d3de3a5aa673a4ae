"""Questions that a partner asks before it answers, and what the sender replies: kinds, limits, how a reply is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from common.codes_echanges import TypeQuestion
from common.errors import Conflit, DonneeInvalide
from common.traduction import N_, _

TEXTE_MAX = 2000
# At once, and in the whole thread: more than this is an interview, for which there are appointments.
QUESTIONS_MAX = 10
FIL_MAX = 50
CHOIX_MIN, CHOIX_MAX, CHOIX_LONGUEUR = 2, 10, 100
CHIFFRES_MAX, DECIMALES_MAX, CENTIMES = 15, 4, 2
ANNEES = range(1900, 2101)

OUI, NON = "oui", "non"
_ESPACES = re.compile(r"[\s\u00a0\u202f]+")
_NOMBRE = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)


class SaisiesInvalides(DonneeInvalide):
    """Several fields at once; each is named with its message, as for a body that does not validate."""

    def __init__(self, erreurs: Mapping[str, str]) -> None:
        self.erreurs = dict(erreurs)
        details = [{"champ": champ, "message": message} for champ, message in erreurs.items()]
        super().__init__(_("Corrigez les champs indiqués, puis recommencez."), champ=next(iter(erreurs)), erreurs=details)


class FilComplet(Conflit):
    """A thread has an end: what is still unknown then is better asked aloud."""

    slug, titre = "fil-complet", N_("Cette orientation compte déjà 50 questions, ou les dépasserait.")


class QuestionsChangees(Conflit):
    """The replies are to questions that are not the ones waiting: somebody else has replied meanwhile."""

    slug, titre = "questions-changees", N_("Les questions en attente ne sont plus celles-ci.")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `choix` are the replies to choose from, for that kind alone."""

    intitule: str
    type: TypeQuestion = TypeQuestion.texte
    obligatoire: bool = True
    choix: tuple[str, ...] = ()


def verifier(questions: Sequence[Question], deja: int) -> None:
    """Whether these questions may be asked at once, when the thread already has `deja`. Raises SaisiesInvalides, FilComplet."""
    erreurs: dict[str, str] = {}
    if not 1 <= len(questions) <= QUESTIONS_MAX:
        erreurs["questions"] = _("Posez de 1 à {n} questions à la fois.").format(n=QUESTIONS_MAX)
    for rang, question in enumerate(questions):
        if not question.intitule.strip() or len(question.intitule) > TEXTE_MAX:
            erreurs[f"questions.{rang}.intitule"] = _("Écrivez votre question, en {n} caractères au plus.").format(n=TEXTE_MAX)
        if faute := _faute_de_choix(question):
            erreurs[f"questions.{rang}.choix"] = faute
    if questions and not any(q.obligatoire for q in questions):
        erreurs.setdefault("questions", _("Une question au moins doit attendre une réponse."))
    if erreurs:
        raise SaisiesInvalides(erreurs)
    if deja + len(questions) > FIL_MAX:
        raise FilComplet(N_("Proposez plutôt un rendez-vous."))


def _faute_de_choix(question: Question) -> str:
    choix = question.choix
    if question.type is not TypeQuestion.choix:
        return _("Seule une question à choix a des réponses proposées.") if choix else ""
    if not CHOIX_MIN <= len(choix) <= CHOIX_MAX:
        return _("Proposez de {mini} à {maxi} réponses, une par ligne.").format(mini=CHOIX_MIN, maxi=CHOIX_MAX)
    if any(not c.strip() or len(c) > CHOIX_LONGUEUR for c in choix):
        return _("Une réponse proposée compte de 1 à {n} caractères.").format(n=CHOIX_LONGUEUR)
    return _("Deux réponses proposées sont identiques.") if len(set(choix)) < len(choix) else ""


def repondre(questions: Mapping[UUID, Question], saisies: Mapping[UUID, str]) -> dict[UUID, str | None]:
    """What is kept for each waiting question, None where an optional one stays without reply.

    Raises QuestionsChangees for a reply to anything else, SaisiesInvalides with `reponses.<id>` for each wrong one.
    """
    if not set(saisies) <= set(questions):
        raise QuestionsChangees(N_("Relisez les questions avant de répondre."))
    lues: dict[UUID, str | None] = {}
    erreurs: dict[str, str] = {}
    for id_, question in questions.items():
        saisie = saisies.get(id_, "").strip()
        try:
            lues[id_] = lire(question, saisie) if saisie else None
            if question.obligatoire and not saisie:
                raise DonneeInvalide(N_("Répondez à cette question : le partenaire en a besoin."))
        except DonneeInvalide as refus:
            erreurs[f"reponses.{id_}"] = _(refus.remede)
    if erreurs:
        raise SaisiesInvalides(erreurs)
    return lues


def lire(question: Question, saisie: str) -> str:
    """A reply as it is kept: a number with a point, an ISO date, oui or non, a choice word for word. Raises DonneeInvalide.

    What is kept reads back as itself.
    """
    match question.type:
        case TypeQuestion.texte:
            if len(saisie) > TEXTE_MAX:
                raise DonneeInvalide(_("Saisissez au plus {n} caractères.").format(n=TEXTE_MAX))
            return saisie
        case TypeQuestion.nombre:
            return _nombre(saisie, DECIMALES_MAX, _("Saisissez un nombre, par exemple 12,5."))
        case TypeQuestion.montant:
            return _nombre(saisie.removesuffix("€"), CENTIMES, _("Saisissez un montant en euros, par exemple 1 250,50."))
        case TypeQuestion.date:
            return _date(saisie)
        case TypeQuestion.oui_non:
            if saisie not in (OUI, NON):
                raise DonneeInvalide(N_("Répondez par oui ou par non."))
            return saisie
        case TypeQuestion.choix:
            if saisie not in question.choix:
                raise DonneeInvalide(N_("Choisissez une des réponses proposées."))
            return saisie


def _nombre(saisie: str, decimales: int, exemple: str) -> str:
    serree = _ESPACES.sub("", saisie)
    if not _NOMBRE.fullmatch(serree):
        raise DonneeInvalide(exemple)
    try:
        valeur = Decimal(serree.replace(",", "."))
    except InvalidOperation:
        raise DonneeInvalide(exemple) from None
    chiffres = valeur.as_tuple()
    if len(chiffres.digits) > CHIFFRES_MAX:
        raise DonneeInvalide(_("Saisissez au plus {n} chiffres.").format(n=CHIFFRES_MAX))
    if -int(chiffres.exponent) > decimales:
        raise DonneeInvalide(_("Saisissez au plus {n} chiffres après la virgule.").format(n=decimales))
    return format(valeur, "f")


def _date(saisie: str) -> str:
    try:
        jour = date.fromisoformat(saisie)
    except ValueError:
        raise DonneeInvalide(N_("Saisissez une date qui existe, par exemple 27 3 2026.")) from None
    if jour.year not in ANNEES:
        raise DonneeInvalide(N_("Vérifiez l’année de cette date."))
    return jour.isoformat()
