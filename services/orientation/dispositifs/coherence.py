"""Whether a file contradicts itself, or the others: each finding is a place in the file, what is wrong and the remedy."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from common.traduction import _
from orientation.dispositifs.conversion import bornes_de, etendue
from orientation.dispositifs.domain import Bornes, Champ
from orientation.dispositifs.format import BornesLues, ConditionLue, CritereLu, Fiche
from orientation.dispositifs.lignes import Lieu

Constat = tuple[Lieu, str, str]

NOMBRES = frozenset({Champ.etp, Champ.budget, Champ.mois_avant_cessation, Champ.jours_en_cessation})
REPONSES = frozenset({Champ.risque_cessation, Champ.procedure_collective})
RELATIONS = ("avant", "apres", "exclut")
# Made from the facts of the same name, see `conversion`.
GENERAUX = {"statut": "statuts", "territoire": "territoires"}


def constats(fiche: Fiche) -> Iterator[Constat]:
    """What is contradictory within one file."""
    if fiche.etat.valeur is None:
        yield ("etat", "valeur"), _("L’état n’est pas donné."), _("Choisissez actif, en_projet ou experimentation.")
    for nom in ("porteurs", "niveaux", "statuts"):
        fait = getattr(fiche, nom)
        if fait and fait.valeur == ():
            yield (nom, "valeur"), _("La liste est vide."), _("Donnez au moins un élément, ou « non précisé ».")
        elif fait and fait.valeur and len(set(fait.valeur)) < len(fait.valeur):
            yield (nom, "valeur"), _("Un élément est donné deux fois."), _("Gardez-le une seule fois.")
    yield from _etendues(fiche)
    for nom in RELATIONS:
        relation = getattr(fiche, nom)
        if relation and relation.valeur and fiche.code in relation.valeur:
            yield (nom, "valeur"), _("Le dispositif se désigne lui-même."), _("Retirez son propre code de cette liste.")
    for i, critere in enumerate(fiche.criteres):
        yield from _critere(fiche, critere, ("criteres", i))
    for (i, premier), (j, second) in combinations(enumerate(fiche.criteres), 2):
        yield from _deux(premier, second, ("criteres", i), ("criteres", j))


def _etendues(fiche: Fiche) -> Iterator[Constat]:
    capacite = fiche.capacite.valeur if fiche.capacite else None
    if capacite and capacite.mini > capacite.maxi:
        yield ("capacite", "valeur"), _("La capacité minimale dépasse la maximale."), _("Échangez mini et maxi.")
    duree = fiche.duree.valeur if fiche.duree else None
    if duree and None not in (duree.mini_mois, duree.maxi_mois) and duree.mini_mois > duree.maxi_mois:  # type: ignore[operator]
        yield ("duree", "valeur"), _("La durée minimale dépasse la maximale."), _("Échangez mini_mois et maxi_mois.")


def _critere(fiche: Fiche, critere: CritereLu, lieu: Lieu) -> Iterator[Constat]:
    fait = getattr(fiche, GENERAUX.get(critere.code, ""), None)
    if fait is not None and fait.valeur is not None:
        yield (
            (*lieu, "code"),
            _("Le critère « {code} » répète le fait « {fait} ».").format(code=critere.code, fait=GENERAUX[critere.code]),
            _("Retirez le critère : il est tiré du fait."),
        )
    if critere.territoires and fiche.territoires and fiche.territoires.valeur:
        dehors = etendue(critere.territoires) - etendue(fiche.territoires.valeur)
        if dehors:
            yield (
                (*lieu, "territoires"),
                _("Cette variante sort du territoire du dispositif : {dehors}.").format(dehors=", ".join(sorted(dehors))),
                _("Retirez ces départements de la variante, ou ajoutez-les au territoire du dispositif."),
            )
    if critere.condition:
        yield from _condition(critere.condition, (*lieu, "condition"))


def _condition(condition: ConditionLue, lieu: Lieu) -> Iterator[Constat]:
    if nombre := condition.nombre:
        if nombre.champ not in NOMBRES:
            yield (*lieu, "nombre", "champ"), _("« {champ} » n’est pas un nombre.").format(champ=nombre.champ), _parmi(NOMBRES)
        for nom in ("admis", "sur"):
            lues = getattr(nombre, nom)
            if lues:
                yield from _bornes(lues, (*lieu, "nombre", nom))
        if nombre.sur and not _contient(bornes_de(nombre.admis), bornes_de(nombre.sur)):
            yield (
                (*lieu, "nombre", "sur"),
                _("« sur » sort de « admis »."),
                _("Ce qui est sûr doit être admis : resserrez « sur »."),
            )
    if condition.reponse and condition.reponse.champ not in REPONSES:
        yield (
            (*lieu, "reponse", "champ"),
            _("« {champ} » n’attend pas oui ou non.").format(champ=condition.reponse.champ),
            _parmi(REPONSES),
        )
    if (difficultes := condition.difficultes) and difficultes.au_moins > len(set(difficultes.parmi)):
        yield (
            (*lieu, "difficultes", "au_moins"),
            _("Il faudrait plus de difficultés qu’il n’y en a dans la liste."),
            _("Écrivez au plus {n}.").format(n=len(set(difficultes.parmi))),
        )
    for i, une in enumerate(condition.un_de or ()):
        yield from _condition(une, (*lieu, "un_de", i))


def _bornes(lues: BornesLues, lieu: Lieu) -> Iterator[Constat]:
    for un, autre in (("plus_de", "au_moins"), ("moins_de", "au_plus")):
        if getattr(lues, un) is not None and getattr(lues, autre) is not None:
            yield (
                lieu,
                _("« {un} » et « {autre} » sont donnés ensemble.").format(un=un, autre=autre),
                _("Gardez celui que la source emploie."),
            )
    bornes = bornes_de(lues)
    if bornes.mini is None and bornes.maxi is None:
        yield lieu, _("Ces bornes n’ont aucune fin."), _("Donnez plus_de, au_moins, moins_de ou au_plus.")
    elif not admet(bornes):
        yield lieu, _("Aucun nombre ne remplit ces bornes."), _("Vérifiez les deux nombres, et s’ils sont compris ou non.")


def admet(bornes: Bornes) -> bool:
    """Whether any number that is not negative lies within."""
    mini, strict = (bornes.mini, bornes.mini_strict) if bornes.mini is not None and bornes.mini >= 0 else (0.0, False)
    if bornes.maxi is None:
        return True
    return mini < bornes.maxi or (mini == bornes.maxi and not (strict or bornes.maxi_strict))


def commun(une: Bornes, autre: Bornes) -> Bornes:
    """What both admit."""
    mini, mini_strict = max(((b.mini, b.mini_strict) for b in (une, autre) if b.mini is not None), default=(None, False))
    hauts = [(b.maxi, not b.maxi_strict) for b in (une, autre) if b.maxi is not None]
    maxi, compris = min(hauts, default=(None, True))
    return Bornes(mini, maxi, mini_strict, not compris)


def _contient(large: Bornes, etroite: Bornes) -> bool:
    return commun(large, etroite) == commun(etroite, etroite)


def _deux(premier: CritereLu, second: CritereLu, lieu_premier: Lieu, lieu: Lieu) -> Iterator[Constat]:
    ou_premier = etendue(premier.territoires) if premier.territoires else None
    ou_second = etendue(second.territoires) if second.territoires else None
    partout = ou_premier is None or ou_second is None
    communs: frozenset[str] = frozenset() if ou_premier is None or ou_second is None else ou_premier & ou_second
    if premier.code == second.code:
        if ou_premier is None and ou_second is None:
            yield (
                (*lieu, "code"),
                _("Le critère « {code} » est donné deux fois.").format(code=second.code),
                _("Donnez un territoire à l’une des variantes."),
            )
        elif communs:
            yield (
                (*lieu, "territoires"),
                _("Deux variantes de « {code} » se recouvrent : {communs}.").format(
                    code=second.code, communs=", ".join(sorted(communs))
                ),
                _("Gardez chaque territoire dans une seule variante."),
            )
    elif (partout or communs) and _contraires(premier.condition, second.condition):
        yield (
            (*lieu, "condition"),
            _("« {un} » et « {autre} » ne peuvent pas être remplis ensemble.").format(un=premier.code, autre=second.code),
            _("Corrigez l’un des deux : aucune structure ne remplirait les deux."),
        )


def _contraires(une: ConditionLue | None, autre: ConditionLue | None) -> bool:
    if une is None or autre is None:
        return False
    if une.nombre and autre.nombre and une.nombre.champ == autre.nombre.champ:
        return not admet(commun(bornes_de(une.nombre.admis), bornes_de(autre.nombre.admis)))
    if une.reponse and autre.reponse and une.reponse.champ == autre.reponse.champ:
        return une.reponse.attendu is not autre.reponse.attendu
    if une.statuts and autre.statuts:
        return not set(une.statuts) & set(autre.statuts)
    return False


def _parmi(champs: frozenset[Champ]) -> str:
    return _("Choisissez parmi : {champs}.").format(champs=", ".join(sorted(champs)))


def constats_entre(fiches: Mapping[str, Fiche]) -> Iterator[tuple[str, Lieu, str, str]]:
    """What is contradictory between files, each with the code of the file to correct."""
    suites: dict[str, dict[str, Lieu]] = {code: {} for code in fiches}
    for code, fiche in sorted(fiches.items()):
        for nom in RELATIONS:
            relation = getattr(fiche, nom)
            for i, autre in enumerate((relation and relation.valeur) or ()):
                lieu: Lieu = (nom, "valeur", i)
                if autre not in fiches:
                    yield (
                        code,
                        lieu,
                        _("Aucun dispositif n’a le code « {autre} ».").format(autre=autre),
                        _("Codes connus : {codes}.").format(codes=", ".join(sorted(fiches))),
                    )
                elif nom == "apres":
                    suites[code][autre] = lieu
                elif nom == "avant":
                    suites[autre].setdefault(code, ())
    for boucle in _boucles(suites):
        code = boucle[0]
        ordre = " → ".join([*boucle, code])
        lieu = suites[code][boucle[1 % len(boucle)]] or ("avant",)
        yield (
            code,
            lieu,
            _("L’ordre tourne en rond : {ordre}.").format(ordre=ordre),
            _("Retirez l’un de ces codes de « avant » ou « apres »."),
        )


def _boucles(suites: Mapping[str, Mapping[str, Lieu]]) -> Iterator[list[str]]:
    """One loop for each knot of codes that follow each other in a circle, from its first code."""
    finis: set[str] = set()
    for depart in sorted(suites):
        if depart in finis:
            continue
        chemin, restes = [depart], [iter(sorted(suites[depart]))]
        while chemin:
            suivant = next(restes[-1], None)
            if suivant is None:
                restes.pop()
                finis.add(chemin.pop())
            elif suivant in chemin:
                yield chemin[chemin.index(suivant) :]
                finis |= set(chemin)
            elif suivant not in finis:
                chemin.append(suivant)
                restes.append(iter(sorted(suites[suivant])))
