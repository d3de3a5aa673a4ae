"""Facts and rules in French words, for the answers of the engine."""

from collections.abc import Set as AbstractSet

from common.codes import Indicateur
from common.territoires import collectivites, departements, departements_of, nom_departement, regions
from orientation.dispositifs.domain import Besoin, Bornes, Champ, Statut
from orientation.eligibilite.bornes import Nombre
from orientation.eligibilite.faits import Connus

INCONNU = "non renseigné"
_UNITES = {
    Champ.etp: ("ETP", "ETP"),
    Champ.budget: ("€", "€"),
    Champ.mois_avant_cessation: ("mois", "mois"),
    Champ.jours_en_cessation: ("jour", "jours"),
}
DIFFICULTES = {code.value: code.libelle for liste in (Indicateur, Besoin) for code in liste}


def nombre(valeur: float) -> str:
    """A number as French writes it, with no-break spaces between the thousands."""
    entier, _, decimales = f"{round(valeur, 2):.2f}".partition(".")
    groupes = f"{int(entier):,}".replace(",", "\u202f")
    reste = decimales.rstrip("0")
    return f"{groupes},{reste}" if reste else groupes


def mesure(champ: Champ, valeur: float) -> str:
    """A number with its unit."""
    un, plusieurs = _UNITES.get(champ, ("", ""))
    return f"{nombre(valeur)}\u00a0{plusieurs if abs(valeur) >= 2 else un}".rstrip()


def intervalle(champ: Champ, bornes: Bornes) -> str:
    """Bounds in words that say which ends are excluded."""
    bas, haut = bornes.mini, bornes.maxi
    if bas is not None and haut is not None and not (bornes.mini_strict or bornes.maxi_strict):
        return mesure(champ, bas) if bas == haut else f"de {nombre(bas)} à {mesure(champ, haut)}"
    morceaux = []
    if bas is not None:
        morceaux.append(f"{'plus de' if bornes.mini_strict else 'au moins'} {mesure(champ, bas)}")
    if haut is not None:
        morceaux.append(f"{'moins de' if bornes.maxi_strict else 'au plus'} {mesure(champ, haut)}")
    return " et ".join(morceaux) or "sans limite"


def _valeur(champ: Champ, valeur: Nombre | bool | frozenset[str] | str) -> str:
    if champ is Champ.statut:
        return Statut(str(valeur)).libelle
    if champ is Champ.departement:
        return f"{nom_departement(str(valeur))} ({valeur})"
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, frozenset):
        return ", ".join(sorted(DIFFICULTES.get(code, code) for code in valeur)) or "aucune"
    if isinstance(valeur, Bornes):
        return intervalle(champ, valeur)
    return mesure(champ, float(valeur))


def fait(champ: Champ, connus: Connus) -> str:
    """A fact of the case in words, with what it was deduced from; « non renseigné » when it is unknown."""
    valeur = getattr(connus.faits, champ.value)
    if valeur is None:
        return INCONNU
    texte = _valeur(champ, valeur)
    return f"{texte} (déduit\u00a0: {connus.deduits[champ]})" if champ in connus.deduits else texte


def statuts(admis: AbstractSet[Statut] | None) -> str:
    """The statuses that are welcome."""
    if admis is None:
        return "Statuts éligibles\u00a0: non précisé"
    if len(admis) == len(Statut):
        return "Statuts éligibles\u00a0: tous"
    return "Statuts éligibles\u00a0: " + ", ".join(statut.libelle for statut in Statut if statut in admis)


def territoires(codes: AbstractSet[str] | None) -> str:
    """The territories that are served, whole régions by their name."""
    if codes is None:
        return "Territoires concernés\u00a0: non précisé"
    tous = {d.code for d in departements()}
    if codes >= tous:
        return "Territoires concernés\u00a0: toutes les régions et tous les départements"
    noms, restants = [], set(codes)
    for region in regions():
        if restants.issuperset(membres := departements_of(region.code)):
            noms.append(region.nom)
            restants -= set(membres)
    connus = [d for d in (*departements(), *collectivites()) if d.code in restants]
    noms += [f"{d.nom} ({d.code})" for d in connus]
    return "Territoires concernés\u00a0: " + ", ".join(noms)


def mesure_jours(jours: float) -> str:
    """A time to wait, to the day; less than one is said so."""
    return "moins d’un jour" if jours < 1 else mesure(Champ.jours_en_cessation, round(jours))
