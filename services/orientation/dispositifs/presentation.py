"""The catalogue in words: each fact with its source, « non précisé » where the source says nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from common.codes import Code, Indicateur, Niveau
from common.filtres import nombre
from common.traduction import N_, _
from orientation.dispositifs.conversion import en_mots
from orientation.dispositifs.courant import Courant
from orientation.dispositifs.domain import Besoin, Champ, EtatDispositif, Statut
from orientation.dispositifs.format import NON_PRECISE, BornesLues, ConditionLue, CritereLu, FaitLu, Fiche, Zones
from orientation.dispositifs.schemas import FAITS, SourceDispositif, sources_de

TONS = {EtatDispositif.actif: "succes", EtatDispositif.en_projet: "attente", EtatDispositif.experimentation: "info"}
UNITES = {
    Champ.budget: "€",
    Champ.mois_avant_cessation: N_("mois"),
    Champ.jours_en_cessation: N_("jours"),
    Champ.etp: N_("ETP"),
}


@dataclass(frozen=True, slots=True)
class FaitDit:
    """A fact to show; `valeur` is None where the source says nothing."""

    nom: str
    valeur: str | None
    sources: list[SourceDispositif]


@dataclass(frozen=True, slots=True)
class CritereDit:
    """A criterion to show: its wording, where it holds, and what is really compared."""

    regle: str
    ou: str
    compare: str
    sources: list[SourceDispositif]


def faits(fiche: Fiche, catalogue: Courant) -> list[FaitDit]:
    """The facts of a dispositif that its file speaks of, in their order."""
    dits = []
    for nom, titre in FAITS.items():
        fait: FaitLu[Any] | None = getattr(fiche, nom)
        if fait is not None:
            dits.append(FaitDit(_(titre), _en_mots(nom, fait.valeur, catalogue), sources_de(fait, catalogue.documents)))
    return dits


def criteres(fiche: Fiche, catalogue: Courant) -> list[CritereDit]:
    """The criteria of a dispositif."""
    return [
        CritereDit(c.regle, en_mots(c.territoires) if c.territoires else _ailleurs(fiche, c), comparer(c.condition), s)
        for c in fiche.criteres
        for s in [sources_de(c, catalogue.documents)]
    ]


def _ailleurs(fiche: Fiche, critere: CritereLu) -> str:
    variantes = [en_mots(c.territoires) for c in fiche.criteres if c.code == critere.code and c.territoires]
    return _("partout sauf : {zones}").format(zones=", ".join(variantes)) if variantes else ""


def _en_mots(nom: str, valeur: Any, catalogue: Courant) -> str | None:
    if valeur is None:
        return None
    if isinstance(valeur, bool):
        return _("Oui") if valeur else _("Non")
    codes: Mapping[str, type[Code]] = {"niveaux": Niveau, "statuts": Statut, "etat": EtatDispositif}
    formes: dict[str, Callable[[Any], str]] = {
        "territoires": lambda zones: _majuscule(en_mots(zones)),
        "capacite": lambda c: f"{_entre(c.mini, c.maxi)} {c.unite}",
        "duree": lambda duree: str(duree.texte),
        "porteurs": ", ".join,
    }
    if nom in ("avant", "apres", "exclut"):
        return ", ".join(catalogue.fiches[code].libelle if code in catalogue.fiches else code for code in valeur)
    if nom in codes:
        return ", ".join(codes[nom](code).libelle for code in ([valeur] if isinstance(valeur, str) else valeur))
    return formes[nom](valeur) if nom in formes else str(valeur)


def comparer(condition: ConditionLue | None) -> str:
    """What the engine compares, in words."""
    if condition is None:
        return _("Toujours à confirmer : non précisé")
    if condition.nombre:
        champ = condition.nombre.champ
        texte = f"{champ.libelle} : {bornes(condition.nombre.admis, champ)}"
        sur = bornes(condition.nombre.sur, champ) if condition.nombre.sur else ""
        return f"{texte} " + _("(à confirmer au-delà de : {bornes})").format(bornes=sur) if sur else texte
    if condition.reponse:
        return f"{condition.reponse.champ.libelle} : " + (_("oui") if condition.reponse.attendu else _("non"))
    if condition.difficultes:
        parmi = ", ".join(Indicateur(code).libelle for code in condition.difficultes.parmi)
        return _("Au moins {au_moins} parmi : {parmi}").format(au_moins=condition.difficultes.au_moins, parmi=parmi)
    if condition.statuts:
        return _("Statut : {statuts}").format(statuts=", ".join(statut.libelle for statut in condition.statuts))
    if isinstance(condition.territoires, Zones):
        return _("Siège : {zones}").format(zones=en_mots(condition.territoires))
    return _(" ou ").join(comparer(une) for une in condition.un_de or ())


def bornes(lues: BornesLues, champ: Champ) -> str:
    """Bounds in the words of their source."""
    mots = (("plus_de", _("plus de")), ("au_moins", _("au moins")), ("moins_de", _("moins de")), ("au_plus", _("au plus")))
    unite = f" {_(UNITES[champ])}" if champ in UNITES else ""
    dites = [f"{mot} {nombre(v)}{unite}" for nom, mot in mots if (v := getattr(lues, nom)) is not None]
    return ", ".join(dites)


def besoins(fiche: Fiche) -> str:
    """What the dispositif is sought for."""
    return ", ".join(Besoin(besoin).libelle for besoin in fiche.besoins)


def _entre(mini: int, maxi: int) -> str:
    return nombre(mini) if mini == maxi else _("{mini} à {maxi}").format(mini=nombre(mini), maxi=nombre(maxi))


def _majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def differences(avant: Fiche | None, apres: Fiche, catalogue: Courant) -> list[tuple[str, str, str]]:
    """What a new version says otherwise: what it is about, before, and after; empty where nothing was or will be said."""
    anciens = dict(_dits(avant, catalogue)) if avant else {}
    nouveaux = dict(_dits(apres, catalogue))
    noms = [*nouveaux, *(nom for nom in anciens if nom not in nouveaux)]
    return [(nom, anciens.get(nom, ""), nouveaux.get(nom, "")) for nom in noms if anciens.get(nom, "") != nouveaux.get(nom, "")]


def _dits(fiche: Fiche, catalogue: Courant) -> list[tuple[str, str]]:
    """Everything that a file says, by name, sources included: a corrected source is a difference too."""
    dits = [(_("Libellé"), fiche.libelle), (_("Besoins"), besoins(fiche)), (_("Liens"), " ".join(fiche.liens))]
    dits += [(f.nom, f"{f.valeur or _(NON_PRECISE)} ({_ou(f.sources)})") for f in faits(fiche, catalogue)]
    for critere, dit in zip(fiche.criteres, criteres(fiche, catalogue), strict=True):
        nom = _("Critère « {code} »").format(code=critere.code) + (f", {dit.ou}" if dit.ou else "")
        dits.append((nom, f"{dit.regle} – {dit.compare} ({_ou(dit.sources)})"))
    for i, note in enumerate(fiche.notes, 1):
        dits.append((_("À savoir {n}").format(n=i), f"{note.valeur} ({_ou(sources_de(note, catalogue.documents))})"))
    return [*dits, (_("Exclusif"), _("Oui") if fiche.exclusif else _("Non"))]


def _ou(sources: list[SourceDispositif]) -> str:
    return " ; ".join(f"{s.document}, {s.passage}" for s in sources)
