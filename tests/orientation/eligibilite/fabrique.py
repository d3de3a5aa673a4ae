"""Dispositifs and facts for the tests of the engine, by hand and by hypothesis."""

from typing import Any

from hypothesis import strategies as st

from common.codes import Indicateur, Niveau
from common.territoires import departements
from orientation.dispositifs.domain import (
    Besoin,
    Bornes,
    Champ,
    Condition,
    Critere,
    Difficultes,
    Dispositif,
    EtatDispositif,
    Fait,
    Nombre,
    NonPrecise,
    OuiNon,
    Source,
    Statut,
    UnDe,
)
from orientation.eligibilite.faits import Faits, contradiction

SOURCE = Source("Document d’essai", "2025", "ligne d’essai")
PARTOUT = frozenset(d.code for d in departements())
ASSOCIATIONS = frozenset({Statut.association})
ETP = Critere("etp", "> 3 ETP", Nombre(Champ.etp, Bornes(mini=3, mini_strict=True)), (SOURCE,))
BUDGET = Critere("budget", "> 200 k€", Nombre(Champ.budget, Bornes(mini=200_000, mini_strict=True)), (SOURCE,))
RISQUE = Critere("risque", "En risque", OuiNon(Champ.risque_cessation, True), (SOURCE,))


def inconnu() -> Fait[Any]:
    return Fait(None, (SOURCE,))


def dispositif(code: str, *criteres: Critere, **autres: Any) -> Dispositif:
    """A dispositif open to associations everywhere, with these criteria."""
    noms = ("porteurs", "specialite", "niveaux", "capacite", "duree", "individuel", "collectif", "experts_externes")
    faits = dict.fromkeys((*noms, "gratuit", "financement", "confidentiel"), inconnu())
    faits |= {"statuts": Fait(ASSOCIATIONS, (SOURCE,)), "territoires": Fait(PARTOUT, (SOURCE,))}
    autres = {nom: Fait(v, (SOURCE,)) if nom in ("statuts", "territoires", "niveaux") else v for nom, v in autres.items()}
    champs: dict[str, Any] = {"version": 1, "libelle": code.upper(), "etat": EtatDispositif.actif} | faits | autres
    return Dispositif(code=code, criteres=criteres, **champs)


def faits(statut: Statut | None = Statut.association, departement: str | None = "34", **autres: Any) -> Faits:
    return Faits(statut, departement, **autres)


NOMBRES = (Champ.etp, Champ.budget, Champ.mois_avant_cessation, Champ.jours_en_cessation)
SEUILS = {
    Champ.etp: (0, 1, 3, 3.5, 50),
    Champ.budget: (0, 1, 100, 101, 200),
    Champ.mois_avant_cessation: (0, 1, 6, 9, 12, 13),
    Champ.jours_en_cessation: (0, 1, 30, 45),
}
CODES = tuple(i.value for i in Indicateur)


@st.composite
def bornes(draw: st.DrawFn, champ: Champ) -> Bornes:
    bas, haut = sorted((draw(st.sampled_from(SEUILS[champ])), draw(st.sampled_from(SEUILS[champ]))))
    if bas == haut:
        return Bornes(bas, haut)
    ouverte = draw(st.sampled_from(("bas", "haut", "aucune")))
    return Bornes(
        None if ouverte == "bas" else bas, None if ouverte == "haut" else haut, draw(st.booleans()), draw(st.booleans())
    )


@st.composite
def nombres(draw: st.DrawFn) -> Nombre:
    champ = draw(st.sampled_from(NOMBRES))
    admis = draw(bornes(champ))
    if admis.maxi is not None and admis.maxi != admis.mini and draw(st.booleans()):
        milieu = admis.maxi if admis.mini is None else admis.mini
        return Nombre(champ, admis, Bornes(admis.mini, milieu, admis.mini_strict, admis.maxi_strict))
    return Nombre(champ, admis)


SIMPLES: st.SearchStrategy[Condition] = st.one_of(
    nombres(),
    st.builds(OuiNon, st.sampled_from((Champ.risque_cessation, Champ.procedure_collective)), st.booleans()),
    st.builds(Difficultes, st.frozensets(st.sampled_from(CODES), min_size=1), st.integers(1, 3)),
    st.builds(NonPrecise),
)
CONDITIONS = st.one_of(SIMPLES, st.builds(UnDe, st.lists(SIMPLES, min_size=2, max_size=3).map(tuple)))
CRITERES = st.builds(Critere, st.text("abcdef", min_size=3, max_size=5), st.just("règle"), CONDITIONS, st.just((SOURCE,)))


@st.composite
def dispositifs(draw: st.DrawFn, code: str = "essai") -> Dispositif:
    criteres = draw(st.lists(CRITERES, max_size=4, unique_by=lambda c: c.code))
    niveaux = draw(st.none() | st.frozensets(st.sampled_from(list(Niveau)), min_size=1))
    besoins = draw(st.frozensets(st.sampled_from(list(Besoin)), max_size=3))
    statuts = draw(st.sampled_from((None, ASSOCIATIONS, frozenset(Statut))))
    return dispositif(code, *criteres, niveaux=niveaux, besoins=besoins, statuts=statuts)


def valeurs(champ: Champ) -> st.SearchStrategy[Any]:
    """Exact values around every bound that the conditions use."""
    if champ in NOMBRES:
        autour = {max(0, s + d) for s in SEUILS[champ] for d in ((-0.5, 0, 0.5) if champ is Champ.etp else (-1, 0, 1))}
        return st.sampled_from(sorted(autour))
    if champ is Champ.difficultes:
        return st.frozensets(st.sampled_from(CODES))
    return st.booleans()


CHAMPS = tuple(champ for champ in Champ if champ not in (Champ.statut, Champ.departement))


@st.composite
def des_faits(draw: st.DrawFn, intervalles: bool = False) -> Faits:
    """Facts of which any may be unknown, or an interval, that do not contradict one another."""
    connus: dict[str, Any] = {}
    for champ in CHAMPS:
        if draw(st.booleans()):
            en_bande = intervalles and champ in NOMBRES and draw(st.booleans())
            connus[champ.value] = draw(bornes(champ) if en_bande else valeurs(champ))
    resultat = faits(draw(st.sampled_from((Statut.association, Statut.cooperative))), **connus)
    return resultat if contradiction(resultat) is None else faits(resultat.statut)
