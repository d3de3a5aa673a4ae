"""The two forms of the thread, between what a browser posts and what the rules take. What was typed is kept."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import ImmutableMultiDict

from common.codes_echanges import TypeQuestion
from common.formulaires import PARTIES_DE_DATE, Formulaire, lire_date, message_of
from common.traduction import _
from orientation.complements.domain import QUESTIONS_MAX
from orientation.complements.models import ComplementRow
from orientation.complements.schemas import QuestionAPoser, Texte

TITRE_MAX = 80
Envoi = ImmutableMultiDict[str, Any]

_QUESTIONS = TypeAdapter(list[QuestionAPoser])
_REPONSE: TypeAdapter[str] = TypeAdapter(Texte)


def saisies(envoi: Envoi) -> dict[str, tuple[str, ...]]:
    """All text that was posted, by field."""
    return {nom: tuple(v for v in envoi.getlist(nom) if isinstance(v, str)) for nom in envoi}


def nombre_de_questions(f: Formulaire[Any]) -> int:
    """How many questions the asking form shows."""
    brut = f.valeur("nombre")
    return min(max(int(brut), 1), QUESTIONS_MAX) if brut.isascii() and brut.isdigit() and len(brut) < 3 else 1


def lire_questions(envoi: Envoi) -> Formulaire[Any]:
    """The questions of the asking form, as a list: fields `intitule-1`, `type-1`, `facultative-1`, `choix-1` and so on.

    A question without words is left out, the first one excepted when there is no other.
    """
    f: Formulaire[Any] = Formulaire(saisies=saisies(envoi))
    places = _places(f)
    try:
        lues = _QUESTIONS.validate_python([_brute(f, place) for place in places])
    except ValidationError as refus:
        details = refus.errors(include_url=False, include_input=False)
        fautes = {f"questions.{d['loc'][0]}.{d['loc'][1]}": message_of(d) for d in reversed(details)}
        return avec_fautes(f, fautes)
    return Formulaire(saisies=f.saisies, objet=tuple(question.valeur() for question in lues))


def avec_fautes(f: Formulaire[Any], fautes: Mapping[str, str]) -> Formulaire[Any]:
    """The asking form with what is wrong: `questions.0.intitule` concerns the first of the questions that have words."""
    places, erreurs = _places(f), {}
    for champ, message in sorted(fautes.items()):
        _debut, *precis = champ.split(".")
        nom = f"{precis[1]}-{places[int(precis[0])]}" if precis else ""
        erreurs[nom] = message
    titres = {nom: _("Question {n}").format(n=nom.rsplit("-", 1)[1]) for nom in erreurs if nom}
    return Formulaire(saisies=f.saisies, erreurs=erreurs, titres=titres)


def _places(f: Formulaire[Any]) -> list[int]:
    return [n for n in range(1, nombre_de_questions(f) + 1) if f.valeur(f"intitule-{n}").strip()] or [1]


def _brute(f: Formulaire[Any], n: int) -> dict[str, Any]:
    genre = f.valeur(f"type-{n}") or TypeQuestion.texte.value
    lignes = [ligne.strip() for ligne in f.valeur(f"choix-{n}").splitlines() if ligne.strip()]
    return {
        "intitule": f.valeur(f"intitule-{n}"),
        "type": genre,
        "obligatoire": f.valeur(f"facultative-{n}") != "true",
        "choix": lignes if genre == TypeQuestion.choix.value else [],
    }


def champ(question_id: UUID) -> str:
    """The name of the field that holds the reply to a question."""
    return f"reponse-{question_id}"


def lire_reponses(envoi: Envoi, questions: Sequence[ComplementRow]) -> Formulaire[Any]:
    """The replies of the replying form, as a mapping from the question's id to what was typed."""
    f: Formulaire[Any] = Formulaire(saisies=saisies(envoi))
    lues: dict[UUID, str] = {}
    erreurs: dict[str, str] = {}
    for question in questions:
        nom = champ(question.id)
        if question.type == TypeQuestion.date:
            brute = lire_date([f.valeur(f"{nom}-{partie}").strip() for partie in PARTIES_DE_DATE])
        else:
            brute = f.valeur(nom)
        try:
            lues[question.id] = _REPONSE.validate_python(brute)
        except ValidationError as refus:
            erreurs[nom] = message_of(refus.errors(include_url=False, include_input=False)[0])
    if erreurs:
        return _nommer(f, erreurs, questions)
    return Formulaire(saisies=f.saisies, objet=lues)


def reponses_fautives(f: Formulaire[Any], fautes: Mapping[str, str], questions: Sequence[ComplementRow]) -> Formulaire[Any]:
    """The replying form with what is wrong: `reponses.<id>` is one field, in three boxes when it is a date."""
    return _nommer(f, {nom.replace("reponses.", "reponse-"): message for nom, message in fautes.items()}, questions)


def _nommer(f: Formulaire[Any], erreurs: Mapping[str, str], questions: Sequence[ComplementRow]) -> Formulaire[Any]:
    ancres = {champ(q.id): f"{champ(q.id)}-jour" for q in questions if q.type == TypeQuestion.date}
    titres = {champ(q.id): shorten(q.question.rstrip(" ?!:.\u00a0\u202f"), TITRE_MAX, placeholder="…") for q in questions}
    return Formulaire(saisies=f.saisies, erreurs=erreurs, ancres=ancres, titres=titres)
