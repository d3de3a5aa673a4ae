"""The life of a case: filed, qualified (as often as the situation changes), closed. Pure rules."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from common.codes import EtatDossier, Indicateur, IssueDossier, Niveau, Origine, bande_budget, bande_horizon, emplois_arrondis
from common.errors import DonneeInvalide, TransitionInterdite
from common.events import Event
from common.events.signalement import SignalementClos, SignalementDepose, SignalementQualifie
from common.territoires import departements_of_code_postal, region_of
from common.traduction import N_

TRANSITIONS: tuple[tuple[str, EtatDossier, EtatDossier], ...] = (
    ("qualifier", EtatDossier.depose, EtatDossier.qualifie),
    ("qualifier", EtatDossier.qualifie, EtatDossier.qualifie),
    ("clore", EtatDossier.depose, EtatDossier.clos),
    ("clore", EtatDossier.qualifie, EtatDossier.clos),
)

JOURS_PAR_MOIS = 30
MOTS_VIDES = frozenset(
    ["association", "asso", "assoc", "de", "du", "des", "d", "la", "le", "les", "l", "et", "a", "pour", "en"]
)


class IdentifiantsDiscordants(DonneeInvalide):
    """The SIRET belongs to another SIREN than the one given."""

    slug, titre = "identifiants-discordants", N_("Le SIRET doit commencer par le SIREN : vérifiez ces deux numéros.")


class CommuneHorsDepartement(DonneeInvalide):
    """The postal code serves no commune of this département."""

    slug, titre = "commune-hors-departement", N_("Ce code postal n’est pas dans ce département.")


class MotifManquant(DonneeInvalide):
    """A third party files with the reason, or not at all."""

    slug, titre = "motif-manquant", N_("Expliquez en quelques mots ce qui vous amène à signaler cette association.")


class DeclarantManquant(DonneeInvalide):
    """Who files for somebody else says who they are: the association will be told."""

    slug, titre = "declarant-manquant", N_("Dites qui vous êtes : l’association en sera informée.")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as its rules see it."""

    id: UUID
    etat: EtatDossier
    mois_avant_rupture: int | None
    indicateurs: tuple[Indicateur, ...]
    niveau: Niveau | None = None
    note: str = ""
    issue: IssueDossier | None = None


@dataclass(frozen=True, slots=True)
class Qualifier:
    """The animateur's reading of the situation; None leaves what the association said."""

    niveau: Niveau
    mois_avant_rupture: int | None = None
    indicateurs: tuple[Indicateur, ...] | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Clore:
    """The end of a case."""

    issue: IssueDossier


def actions(etat: EtatDossier) -> list[str]:
    """What may be done to a case in this state."""
    return [action for action, before, _ in TRANSITIONS if before is etat]


def decide(dossier: Dossier, action: Qualifier | Clore) -> tuple[Dossier, tuple[Event, ...]]:
    """The case after the action, and what is announced. Raises TransitionInterdite."""
    after = _next("clore" if isinstance(action, Clore) else "qualifier", dossier.etat)
    if isinstance(action, Clore):
        return replace(dossier, etat=after, issue=action.issue), (SignalementClos(dossier_id=dossier.id, issue=action.issue),)
    new = replace(
        dossier,
        etat=after,
        niveau=action.niveau,
        mois_avant_rupture=dossier.mois_avant_rupture if action.mois_avant_rupture is None else action.mois_avant_rupture,
        indicateurs=dossier.indicateurs if action.indicateurs is None else in_order(action.indicateurs),
        note=dossier.note if action.note is None else action.note,
    )
    event = SignalementQualifie(
        dossier_id=new.id, niveau=action.niveau, horizon=bande_horizon(new.mois_avant_rupture), indicateurs=new.indicateurs
    )
    return new, (event,)


def _next(action: str, etat: EtatDossier) -> EtatDossier:
    for name, before, after in TRANSITIONS:
        if (name, before) == (action, etat):
            return after
    raise TransitionInterdite(etat=str(etat), permis=actions(etat))


def deposer(
    dossier: Dossier,
    *,
    reference: str,
    origine: Origine,
    departement: str,
    etp: float | None,
    budget: int | None,
    acteur_id: str | None = None,
) -> SignalementDepose:
    """What is announced when a case opens: codes and bands only, and who of the hub's members filed it."""
    return SignalementDepose(
        dossier_id=dossier.id,
        reference=reference,
        origine=origine,
        departement=departement,
        region=region_of(departement),
        indicateurs=dossier.indicateurs,
        horizon=bande_horizon(dossier.mois_avant_rupture),
        emplois=emplois_arrondis(etp),
        budget=bande_budget(budget),
        acteur_id=acteur_id,
    )


def check_depot(origine: Origine, motif_tiers: str, *, has_declarant: bool) -> None:
    """Raises DeclarantManquant or MotifManquant when somebody files for another without saying who, or why."""
    if origine is not Origine.self and not has_declarant:
        raise DeclarantManquant(champ="declarant")
    if origine is Origine.tiers and not motif_tiers:
        raise MotifManquant(champ="motif_tiers")


def check_identite(siren: str | None, siret: str | None, code_postal: str, departement: str) -> str | None:
    """The SIREN, taken from the SIRET when it was not given. Raises IdentifiantsDiscordants or CommuneHorsDepartement."""
    if siren and siret and not siret.startswith(siren):
        raise IdentifiantsDiscordants(champ="association.siret")
    if departement not in departements_of_code_postal(code_postal):
        raise CommuneHorsDepartement(champ="association.code_postal")
    return siren or (siret[:9] if siret else None)


def rupture_le(depuis: date, mois: int | None) -> date | None:
    """The day when the cash would run out, from what was said on the day `depuis`; cases are sorted by it."""
    return None if mois is None else depuis + timedelta(days=mois * JOURS_PAR_MOIS)


def in_order(indicateurs: tuple[Indicateur, ...]) -> tuple[Indicateur, ...]:
    """Each indicator once, in the order of the list."""
    return tuple(indicateur for indicateur in Indicateur if indicateur in indicateurs)


def nom_compare(nom: str) -> str:
    """A name without accents, case, punctuation and the words that so many associations share."""
    plain = _plain(nom)
    return " ".join(mot for mot in plain if mot not in MOTS_VIDES) or " ".join(plain)


def est_vide(mot: str) -> bool:
    """Whether a word is one of those that names are compared without."""
    return all(part in MOTS_VIDES for part in _plain(mot))


def _plain(nom: str) -> list[str]:
    letters = [c for c in unicodedata.normalize("NFKD", nom.casefold()) if not unicodedata.combining(c)]
    return "".join(c if c.isalnum() else " " for c in letters).split()
