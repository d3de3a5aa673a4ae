"""The steps of the form, each a model of what it asks; together they make a filing."""

from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData

from common.codes import Indicateur, Origine
from common.formulaires import Formulaire, analyser
from common.identifiants import CodeDepartement, CodePostal, Courriel, Rna, Telephone, siren, siret
from common.territoires import departements_of_code_postal
from common.traduction import N_, _
from signalement.signalements.schemas import Depot, Ligne, Long, Mois, Texte

Saisies = dict[str, list[str]]


def _siren_or_siret(saisie: str) -> str:
    """A SIREN, or the SIRET of one of its establishments: people have the one or the other at hand."""
    digits = [c for c in saisie if c.isdigit()]
    try:
        return (siret if len(digits) > 9 else siren)(saisie)
    except ValueError as error:
        raise PydanticCustomError(
            "numero-invalide", N_("Vérifiez ce numéro : neuf chiffres pour un SIREN, quatorze pour un SIRET.")
        ) from error


class Etape(NamedTuple):
    """A step: its name in the progress, what it asks, and its page."""

    titre: str
    modele: type[BaseModel]
    page: str


class Vous(BaseModel):
    """Who files. Whoever files for another says who they are."""

    origine: Origine
    partenaire_nom: Ligne | None = None
    partenaire_courriel: Courriel | None = None
    partenaire_organisation: Ligne | None = None
    tiers_nom: Ligne | None = None
    tiers_courriel: Courriel | None = None
    tiers_motif: Long | None = None

    @property
    def declarant(self) -> dict[str, str | None] | None:
        """Who files, when it is not the association."""
        if self.origine is Origine.partenaire:
            organisation = self.partenaire_organisation
            return {"nom": self.partenaire_nom, "courriel": self.partenaire_courriel, "organisation": organisation}
        if self.origine is Origine.tiers:
            return {"nom": self.tiers_nom, "courriel": self.tiers_courriel}
        return None


class Association(BaseModel):
    """Which association. `departement` is asked only when the postal code serves several."""

    nom: Annotated[Texte, Field(min_length=1, max_length=200)]
    numero: Annotated[str, AfterValidator(_siren_or_siret)] | None = None
    rna: Rna | None = None
    code_postal: CodePostal
    commune: Ligne
    departement: CodeDepartement | None = None

    @model_validator(mode="after")
    def _departement_of_the_postal_code(self) -> "Association":
        possible = departements_of_code_postal(self.code_postal)
        if len(possible) == 1:
            self.departement = possible[0]
        return self


class Situation(BaseModel):
    """What is happening."""

    indicateurs: list[Indicateur] = Field(min_length=1)
    mois_avant_rupture: Mois | None = None
    etp: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None
    budget: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    besoin: Annotated[Long, Field(min_length=1)]


class Contact(BaseModel):
    """Whom to reach in the association."""

    prenom: Ligne
    nom: Ligne
    fonction: Ligne
    courriel: Courriel
    telephone: Telephone


ETAPES: dict[str, Etape] = {
    "vous": Etape(N_("Vous"), Vous, "signaler_vous.html"),
    "association": Etape(N_("L’association"), Association, "signaler_association.html"),
    "situation": Etape(N_("La situation"), Situation, "signaler_situation.html"),
    "contact": Etape(N_("La personne à joindre"), Contact, "signaler_contact.html"),
}
VERIFICATION = "verification"
LONGUEUR, NOMBRE = 6000, 40
"""What is kept of one field at most: characters, a little more than any may have, and answers."""

MESSAGES = {
    "origine.missing": N_("Dites-nous qui vous êtes."),
    "nom.missing": N_("Indiquez ce nom."),
    "code_postal.missing": N_("Indiquez le code postal de l’association."),
    "commune.missing": N_("Indiquez la commune de l’association."),
    "indicateurs.missing": N_("Cochez ce que vous constatez ; « Autre difficulté » convient aussi."),
    "besoin.missing": N_("Dites en quelques phrases ce qui se passe."),
    "prenom.missing": N_("Indiquez le prénom de cette personne."),
    "fonction.missing": N_("Indiquez sa fonction, par exemple présidente ou trésorier."),
    "courriel.missing": N_("Indiquez son adresse : c’est là que nous écrirons."),
    "telephone.missing": N_("Indiquez un numéro où la joindre."),
}
REQUIRED = {
    Origine.partenaire: ("partenaire_nom", "partenaire_courriel", "partenaire_organisation"),
    Origine.tiers: ("tiers_nom", "tiers_courriel", "tiers_motif"),
}


def lire(etape: str, saisies: FormData) -> Formulaire[Any]:
    """What was typed in a step, validated, with the rules that a single field cannot check."""
    f: Formulaire[Any] = analyser(ETAPES[etape].modele, _chosen(saisies), MESSAGES)
    errors: dict[str, str] = {}
    if isinstance(f.objet, Vous):
        for nom in REQUIRED.get(f.objet.origine, ()):
            if not getattr(f.objet, nom):
                errors[nom] = _("Cette information est nécessaire : l’association saura qui l’a signalée.")
    elif isinstance(f.objet, Association):
        if f.objet.departement is None:
            errors["departement"] = _("Ce code postal est partagé entre plusieurs départements : choisissez le vôtre.")
        elif f.objet.departement not in departements_of_code_postal(f.objet.code_postal):
            errors["departement"] = _("Ce département n’est pas celui de ce code postal.")
    for nom, message in errors.items():
        f = f.avec_erreur(nom, message)
    return replace(f, saisies={nom: tuple(v for v in saisies.getlist(nom) if isinstance(v, str)) for nom in saisies})


def _chosen(saisies: FormData) -> FormData:
    """Without the fields that belong to another answer than the one chosen: a form without script sends them as well."""
    hidden = tuple(f"{other}_" for other in REQUIRED if other != saisies.get("origine"))
    return FormData([(nom, valeur) for nom, valeur in saisies.multi_items() if not nom.startswith(hidden)])


def brut(etape: str, saisies: FormData) -> Saisies:
    """What was typed in a step, right or wrong, to be kept word for word: its own fields, at most as long as any may be."""
    champs = {nom: saisies.getlist(nom) for nom in ETAPES[etape].modele.model_fields if nom in saisies}
    return {nom: [v[:LONGUEUR] for v in valeurs[:NOMBRE] if isinstance(v, str)] for nom, valeurs in champs.items()}


def relire(etape: str, saisies: Saisies) -> Formulaire[Any]:
    """A step as it was kept."""
    return lire(etape, FormData([(nom, valeur) for nom, valeurs in saisies.items() for valeur in valeurs]))


def reprise(saisies: FormData) -> Saisies:
    """The answers of another form of this hub that the step « situation » can take over; what is not valid is left out."""
    connus = {i.value for i in Indicateur}
    repris = {"indicateurs": [code for code in saisies.getlist("indicateurs") if code in connus]}
    for nom in ("mois_avant_rupture", "etp", "budget"):
        valeur = saisies.get(nom)
        if isinstance(valeur, str) and len(valeur) <= 20 and nom not in lire("situation", FormData([(nom, valeur)])).erreurs:
            repris[nom] = [valeur]
    return {nom: [str(v) for v in valeurs] for nom, valeurs in repris.items() if valeurs}


def missing(saisies: dict[str, Saisies]) -> str | None:
    """The first step that is not right yet, None when the form may be sent."""
    return next((etape for etape in ETAPES if etape not in saisies or relire(etape, saisies[etape]).objet is None), None)


def depot_of(saisies: dict[str, Saisies]) -> Depot:
    """The filing that these steps make; call it when nothing is missing."""
    parts: list[Any] = [relire(etape, saisies[etape]).objet for etape in ETAPES]
    vous, association, situation, contact = parts
    number = association.numero
    return Depot.model_validate(
        {
            "origine": vous.origine,
            "motif_tiers": vous.tiers_motif if vous.origine is Origine.tiers else None,
            "declarant": vous.declarant,
            "association": association.model_dump(exclude={"numero"})
            | {"siren": number[:9] if number else None, "siret": number if number and len(number) == 14 else None},
            "contact": contact.model_dump(),
            **situation.model_dump(),
        }
    )
