"""What a dispositif is: sourced facts, and typed criteria that the eligibility engine reads. Nothing here decides."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from common.codes import Code, Niveau
from common.traduction import N_

T = TypeVar("T")


class Statut(Code):
    """Legal status of an organisation. Source: Avise, « Dispositifs d’accompagnement aux difficultés », column « Statuts »."""

    association = "association", N_("Association")
    fondation = "fondation", N_("Fondation")
    cooperative = "cooperative", N_("Coopérative")
    mutuelle = "mutuelle", N_("Mutuelle")
    entreprise_esus = "entreprise_esus", N_("Entreprise commerciale agréée ESUS")
    entreprise_commerciale = "entreprise_commerciale", N_("Autre entreprise commerciale")


# « les entreprises relevant de l’ESS par leur nature juridique, les entreprises commerciales bénéficiant de l’agrément ESUS ».
ESS = frozenset({Statut.association, Statut.fondation, Statut.cooperative, Statut.mutuelle, Statut.entreprise_esus})


class Champ(Code):
    """A fact that criteria ask about, by its name in the public API."""

    statut = "statut", N_("Statut juridique")
    departement = "departement", N_("Département du siège")
    etp = "etp", N_("Salariés en équivalent temps plein")
    budget = "budget", N_("Budget annuel")
    risque_cessation = "risque_cessation", N_("Risque de cessation de paiement")
    mois_avant_cessation = "mois_avant_cessation", N_("Mois avant la cessation de paiement")
    jours_en_cessation = "jours_en_cessation", N_("Jours passés en cessation de paiement")
    procedure_collective = "procedure_collective", N_("Procédure collective en cours")
    difficultes = "difficultes", N_("Difficultés rencontrées")


class Besoin(Code):
    """What help is sought for. Source: the specialities that the documents give, in the words of who looks for help."""

    tresorerie = "tresorerie", N_("Trésorerie et crise financière")
    dettes_fiscales_sociales = "dettes_fiscales_sociales", N_("Dettes fiscales et sociales")
    credit_bancaire = "credit_bancaire", N_("Négociation avec les banques")
    creanciers = "creanciers", N_("Accord avec les créanciers")
    differend_contractuel = "differend_contractuel", N_("Différend avec un client ou un financeur")
    financement = "financement", N_("Financement du rebond")
    modele_economique = "modele_economique", N_("Modèle économique et stratégie")
    gouvernance = "gouvernance", N_("Gouvernance")
    emploi = "emploi", N_("Fonction employeur et emplois")
    sante_dirigeant = "sante_dirigeant", N_("Santé mentale des dirigeants")
    conseil = "conseil", N_("Écoute, conseil et orientation")


class EtatDispositif(Code):
    """Whether a dispositif can be asked for today."""

    actif = "actif", N_("Actif")
    en_projet = "en_projet", N_("En projet")
    experimentation = "experimentation", N_("En expérimentation")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read. `passage` says where in the document: the table and row, or the words themselves.

    `date` is as precise as the document: a year, a month or a day (ISO), None when it bears none.
    """

    document: str
    date: str | None
    passage: str
    lien: str | None = None


@dataclass(frozen=True, slots=True)
class Fait(Generic[T]):
    """A fact of a dispositif with who says so; `valeur` is None where the source cannot be read or says nothing."""

    valeur: T | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Bornes:
    """An interval of numbers, each end absent, included, or excluded (`_strict`), as the source words it."""

    mini: float | None = None
    maxi: float | None = None
    mini_strict: bool = False
    maxi_strict: bool = False


@dataclass(frozen=True, slots=True)
class ParmiStatuts:
    """The legal status must be one of these."""

    statuts: frozenset[Statut]


@dataclass(frozen=True, slots=True)
class Nombre:
    """A number within `admis`; where sources hesitate, only `sur` is a yes and what lies between is to be confirmed."""

    champ: Champ
    admis: Bornes
    sur: Bornes | None = None


@dataclass(frozen=True, slots=True)
class OuiNon:
    """A yes-or-no fact with the answer that is wanted."""

    champ: Champ
    attendu: bool


@dataclass(frozen=True, slots=True)
class Difficultes:
    """At least `au_moins` of these codes among the difficulties."""

    parmi: frozenset[str]
    au_moins: int


@dataclass(frozen=True, slots=True)
class NonPrecise:
    """The source has a condition that cannot be read, or leaves it to each territory: always to be confirmed."""


@dataclass(frozen=True, slots=True)
class Territoire:
    """The département must be one of these (Insee's codes)."""

    departements: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnDe:
    """One of these conditions is enough."""

    conditions: tuple["Condition", ...]


Condition = ParmiStatuts | Nombre | OuiNon | Difficultes | NonPrecise | Territoire | UnDe


@dataclass(frozen=True, slots=True)
class Critere:
    """A condition with its code, the rule as the source words it, and its sources.

    Several criteria of one dispositif may share a code when sources differ by territory: `departements` then says where each
    one applies, and None is the rule of everywhere else. All their sources are shown.
    """

    code: str
    regle: str
    condition: Condition
    sources: tuple[Source, ...]
    departements: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Capacite:
    """How many structures or people a year; `mini` and `maxi` differ where the source gives a range."""

    mini: int
    maxi: int
    unite: str


@dataclass(frozen=True, slots=True)
class Duree:
    """How long the support lasts, in months where the source gives numbers; `texte` is the source's own words."""

    texte: str
    mini_mois: int | None = None
    maxi_mois: int | None = None


@dataclass(frozen=True, slots=True)
class Dispositif:
    """One version of a dispositif. A fact whose `valeur` is None is shown as « non précisé » and makes no rule."""

    code: str
    version: int
    libelle: str
    etat: EtatDispositif
    porteurs: Fait[tuple[str, ...]]
    specialite: Fait[str]
    niveaux: Fait[frozenset[Niveau]]
    statuts: Fait[frozenset[Statut]]
    territoires: Fait[frozenset[str]]
    capacite: Fait[Capacite]
    duree: Fait[Duree]
    individuel: Fait[bool]
    collectif: Fait[bool]
    experts_externes: Fait[bool]
    gratuit: Fait[bool]
    financement: Fait[bool]
    confidentiel: Fait[bool]
    criteres: tuple[Critere, ...]
    besoins: frozenset[Besoin] = frozenset()
    # An exclusive dispositif takes one open referral of a case at a time.
    exclusif: bool = False
    # Codes of dispositifs that come before or after this one, and of those that cannot run beside it.
    avant: Fait[tuple[str, ...]] = Fait((), ())
    apres: Fait[tuple[str, ...]] = Fait((), ())
    exclut: Fait[tuple[str, ...]] = Fait((), ())
    liens: tuple[str, ...] = ()
    notes: tuple[Fait[str], ...] = field(default=())
