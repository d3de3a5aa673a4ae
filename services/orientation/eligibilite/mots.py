"""Facts and rules in French words, for the answers of the engine."""

from collections.abc import Set as AbstractSet

from common.codes import Indicateur
from common.territoires import collectivites, departements, departements_of, nom_departement, regions
from common.traduction import N_, _
from orientation.dispositifs.domain import Besoin, Bornes, Champ, Statut
from orientation.eligibilite.bornes import Nombre
from orientation.eligibilite.faits import Connus

INCONNU = N_("non renseigné")
_UNITES = {
    Champ.etp: (N_("ETP"), N_("ETP")),
    Champ.budget: ("€", "€"),
    Champ.mois_avant_cessation: (N_("mois"), N_("mois")),
    Champ.jours_en_cessation: (N_("jour"), N_("jours")),
}
DIFFICULTES = {code.value: code for liste in (Indicateur, Besoin) for code in liste}


def difficulte(code: str) -> str:
    """A difficulty by its label."""
    return DIFFICULTES[code].libelle if code in DIFFICULTES else code


def nombre(valeur: float) -> str:
    """A number as French writes it, with no-break spaces between the thousands."""
    entier, _point, decimales = f"{round(valeur, 2):.2f}".partition(".")
    groupes = f"{int(entier):,}".replace(",", "\u202f")
    reste = decimales.rstrip("0")
    return f"{groupes},{reste}" if reste else groupes


def mesure(champ: Champ, valeur: float) -> str:
    """A number with its unit."""
    un, plusieurs = _UNITES.get(champ, ("", ""))
    return f"{nombre(valeur)}\u00a0{_(plusieurs if abs(valeur) >= 2 else un)}".rstrip()


def intervalle(champ: Champ, bornes: Bornes) -> str:
    """Bounds in words that say which ends are excluded."""
    bas, haut = bornes.mini, bornes.maxi
    if bas is not None and haut is not None and not (bornes.mini_strict or bornes.maxi_strict):
        return mesure(champ, bas) if bas == haut else _("de {bas} à {haut}").format(bas=nombre(bas), haut=mesure(champ, haut))
    morceaux = []
    if bas is not None:
        morceaux.append((_("plus de") if bornes.mini_strict else _("au moins")) + f" {mesure(champ, bas)}")
    if haut is not None:
        morceaux.append((_("moins de") if bornes.maxi_strict else _("au plus")) + f" {mesure(champ, haut)}")
    return _(" et ").join(morceaux) or _("sans limite")


def _valeur(champ: Champ, valeur: Nombre | bool | frozenset[str] | str) -> str:
    if champ is Champ.statut:
        return Statut(str(valeur)).libelle
    if champ is Champ.departement:
        return f"{nom_departement(str(valeur))} ({valeur})"
    if isinstance(valeur, bool):
        return _("oui") if valeur else _("non")
    if isinstance(valeur, frozenset):
        return ", ".join(sorted(map(difficulte, valeur))) or _("aucune")
    if isinstance(valeur, Bornes):
        return intervalle(champ, valeur)
    return mesure(champ, float(valeur))


def fait(champ: Champ, connus: Connus) -> str:
    """A fact of the case in words, with what it was deduced from; « non renseigné » when it is unknown."""
    valeur = getattr(connus.faits, champ.value)
    if valeur is None:
        return _(INCONNU)
    texte = _valeur(champ, valeur)
    return (
        _("{texte} (déduit\u00a0: {raison})").format(texte=texte, raison=connus.deduits[champ])
        if champ in connus.deduits
        else texte
    )


def statuts(admis: AbstractSet[Statut] | None) -> str:
    """The statuses that are welcome."""
    if admis is None:
        return _("Statuts éligibles\u00a0: non précisé")
    if len(admis) == len(Statut):
        return _("Statuts éligibles\u00a0: tous")
    return _("Statuts éligibles\u00a0: {statuts}").format(statuts=", ".join(s.libelle for s in Statut if s in admis))


def territoires(codes: AbstractSet[str] | None) -> str:
    """The territories that are served, whole régions by their name."""
    if codes is None:
        return _("Territoires concernés\u00a0: non précisé")
    tous = {d.code for d in departements()}
    if codes >= tous:
        return _("Territoires concernés\u00a0: toutes les régions et tous les départements")
    noms, restants = [], set(codes)
    for region in regions():
        if restants.issuperset(membres := departements_of(region.code)):
            noms.append(region.nom)
            restants -= set(membres)
    connus = [d for d in (*departements(), *collectivites()) if d.code in restants]
    noms += [f"{d.nom} ({d.code})" for d in connus]
    return _("Territoires concernés\u00a0: {noms}").format(noms=", ".join(noms))


def mesure_jours(jours: float) -> str:
    """A time to wait, to the day; less than one is said so."""
    return _("moins d’un jour") if jours < 1 else mesure(Champ.jours_en_cessation, round(jours))
