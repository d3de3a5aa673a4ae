"""The eligibility engine: which dispositifs fit a case, in which order, why, and what to ask next. Pure."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from common.codes import Niveau
from orientation.dispositifs.domain import Champ, Dispositif
from orientation.eligibilite.explications import Explication, Plume
from orientation.eligibilite.faits import Faits, deduire
from orientation.eligibilite.grille import Grille
from orientation.eligibilite.question import Ouvert, Question, prochaine_question
from orientation.eligibilite.rang import INCONNUE, Classe, Offre, besoins_du_cas, classer, niveau_du_cas
from orientation.eligibilite.verdicts import Verdict, tous

# The facts that say how near the cessation of payments is.
ECHEANCE = frozenset({Champ.risque_cessation, Champ.mois_avant_cessation})


@dataclass(frozen=True, slots=True)
class Proposition:
    """A dispositif judged for one case; `rang` counts from 1 over the whole catalogue."""

    dispositif: Dispositif
    verdict: Verdict
    rang: int
    rang_explication: str
    criteres: tuple[Explication, ...]
    places: int | None


@dataclass(frozen=True, slots=True)
class Resultat:
    """All dispositifs in the order of their rank, and the question to ask next."""

    propositions: tuple[Proposition, ...]
    question: Question | None
    niveau: Niveau | None


class Moteur:
    """One state of the catalogue, compiled. Safe to share: judging changes nothing but its cache."""

    def __init__(self, dispositifs: Iterable[Dispositif]) -> None:
        self.grilles = tuple(Grille(dispositif) for dispositif in dispositifs)

    def verdicts(self, faits: Faits) -> dict[str, Verdict]:
        """The verdict of each dispositif by its code, without explanations: for batches."""
        connus = deduire(faits).faits
        return {grille.dispositif.code: grille.verdict(connus) for grille in self.grilles}

    def evaluer(
        self,
        faits: Faits,
        offres: Mapping[str, Offre] | None = None,
        niveau: Niveau | None = None,
        sauf: AbstractSet[Champ] = frozenset(),
    ) -> Resultat:
        """Judge, explain and rank. `niveau` is the animateur's, else it is read from the facts; `sauf` is not asked for."""
        connus = deduire(faits)
        niveau = niveau or niveau_du_cas(connus.faits)
        besoins = besoins_du_cas(connus.faits)
        plume = Plume(connus)
        juges: list[tuple[Classe, Grille, Verdict, tuple[Explication, ...], Offre]] = []
        ouverts: list[Ouvert] = []
        for grille in self.grilles:
            regles = grille.regles(faits.departement)
            criteres = tuple(plume.expliquer(regle) for regle in regles)
            verdict = tous(critere.verdict for critere in criteres)
            horizon = any(
                c.verdict is Verdict.oui and not ECHEANCE.isdisjoint(r.champs) for r, c in zip(regles, criteres, strict=True)
            )
            offre = (offres or {}).get(grille.dispositif.code, INCONNUE)
            classe = classer(grille.dispositif, verdict, niveau, horizon, besoins, offre)
            juges.append((classe, grille, verdict, criteres, offre))
            if verdict is Verdict.a_confirmer:
                restent = (r for r, c in zip(regles, criteres, strict=True) if c.verdict is Verdict.a_confirmer)
                ouverts.append(Ouvert(grille.dispositif.libelle, tuple(restent)))
        juges.sort(key=lambda juge: juge[0].cle)
        propositions = tuple(
            Proposition(grille.dispositif, verdict, rang, classe.raisons, criteres, offre.places)
            for rang, (classe, grille, verdict, criteres, offre) in enumerate(juges, 1)
        )
        return Resultat(propositions, prochaine_question(faits, connus, ouverts, sauf), niveau)
