"""From a file's format to what the engine reads: territories expanded, sources resolved, bounds made of words."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from common.territoires import collectivites, departements, departements_of, nom_departement, nom_region
from common.traduction import _
from orientation.dispositifs.domain import (
    Bornes,
    Capacite,
    Condition,
    Critere,
    Difficultes,
    Dispositif,
    Duree,
    Fait,
    Nombre,
    NonPrecise,
    OuiNon,
    ParmiStatuts,
    Source,
    Statut,
    Territoire,
    UnDe,
)
from orientation.dispositifs.format import (
    BornesLues,
    CapaciteLue,
    ConditionLue,
    CritereLu,
    Document,
    DureeLue,
    FaitLu,
    Fiche,
    Lecture,
    Zones,
)

Documents = Mapping[str, Document]


@cache
def _national() -> frozenset[str]:
    return frozenset(d.code for d in (*departements(), *collectivites()))


def etendue(zones: Zones) -> frozenset[str]:
    """The codes of every département that these zones cover."""
    if zones.national:
        return _national()
    return frozenset(zones.departements).union(*(departements_of(r) for r in zones.regions))


def en_mots(zones: Zones) -> str:
    """The zones as people say them."""
    if zones.national:
        return _("toute la France, outre-mer compris")
    return ", ".join([*map(nom_region, zones.regions), *map(nom_departement, zones.departements)])


def dispositif_de(fiche: Fiche, version: int, documents: Documents) -> Dispositif:
    """The dispositif that a coherent file describes, as this version of it."""
    lu = _Lecteur(documents)
    return Dispositif(
        code=fiche.code,
        version=version,
        libelle=fiche.libelle,
        etat=fiche.etat.valeur,  # type: ignore[arg-type]  # Coherence refuses a file that does not give it.
        porteurs=lu.fait(fiche.porteurs),
        specialite=lu.fait(fiche.specialite),
        niveaux=lu.fait(fiche.niveaux, frozenset),
        statuts=lu.fait(fiche.statuts, frozenset),
        territoires=lu.fait(fiche.territoires, etendue),
        capacite=lu.fait(fiche.capacite, _capacite),
        duree=lu.fait(fiche.duree, _duree),
        individuel=lu.fait(fiche.individuel),
        collectif=lu.fait(fiche.collectif),
        experts_externes=lu.fait(fiche.experts_externes),
        gratuit=lu.fait(fiche.gratuit),
        financement=lu.fait(fiche.financement),
        confidentiel=lu.fait(fiche.confidentiel),
        criteres=(*lu.generaux(fiche), *(lu.critere(critere) for critere in fiche.criteres)),
        besoins=frozenset(fiche.besoins),
        exclusif=fiche.exclusif,
        avant=lu.relation(fiche.avant),
        apres=lu.relation(fiche.apres),
        exclut=lu.relation(fiche.exclut),
        liens=fiche.liens,
        notes=tuple(lu.fait(note) for note in fiche.notes),
    )


def condition_de(lue: ConditionLue | None) -> Condition:
    """The condition that the engine reads."""
    if lue is None:
        return NonPrecise()
    if lue.nombre:
        sur = bornes_de(lue.nombre.sur) if lue.nombre.sur else None
        return Nombre(lue.nombre.champ, bornes_de(lue.nombre.admis), sur)
    if lue.reponse:
        return OuiNon(lue.reponse.champ, lue.reponse.attendu)
    if lue.difficultes:
        return Difficultes(frozenset(i.value for i in lue.difficultes.parmi), lue.difficultes.au_moins)
    if lue.statuts:
        return ParmiStatuts(frozenset(lue.statuts))
    if lue.territoires:
        return Territoire(etendue(lue.territoires))
    return UnDe(tuple(condition_de(une) for une in lue.un_de or ()))


def bornes_de(lues: BornesLues) -> Bornes:
    """The interval that these words mean."""
    return Bornes(
        mini=lues.au_moins if lues.plus_de is None else lues.plus_de,
        maxi=lues.au_plus if lues.moins_de is None else lues.moins_de,
        mini_strict=lues.plus_de is not None,
        maxi_strict=lues.moins_de is not None,
    )


def _capacite(lue: CapaciteLue) -> Capacite:
    return Capacite(**lue.model_dump())


def _duree(lue: DureeLue) -> Duree:
    return Duree(**lue.model_dump())


class _Lecteur:
    """Resolves the keys of sources."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    def fait(self, lu: FaitLu[Any] | None, forme: Any = None) -> Fait[Any]:
        if lu is None:
            return Fait(None, ())
        return Fait(forme(lu.valeur) if forme and lu.valeur is not None else lu.valeur, self.sources(lu))

    def relation(self, lu: FaitLu[tuple[str, ...]] | None) -> Fait[tuple[str, ...]]:
        return Fait(lu.valeur or (), self.sources(lu)) if lu else Fait((), ())

    def sources(self, lu: FaitLu[Any] | CritereLu) -> tuple[Source, ...]:
        return tuple(self._source(lecture) for lecture in (lu, *lu.aussi))

    def _source(self, lecture: FaitLu[Any] | CritereLu | Lecture) -> Source:
        document = self.documents[lecture.source]
        return Source(document.document, document.date, lecture.passage, document.lien)

    def critere(self, lu: CritereLu) -> Critere:
        ou = etendue(lu.territoires) if lu.territoires else None
        return Critere(lu.code, lu.regle, condition_de(lu.condition), self.sources(lu), ou)

    def generaux(self, fiche: Fiche) -> list[Critere]:
        """Status and territory are facts of every dispositif: their criteria are made here, never written twice."""
        criteres = []
        if fiche.statuts and fiche.statuts.valeur:
            statuts = frozenset(fiche.statuts.valeur)
            tous = statuts == frozenset(Statut)
            regle = _("Tous les statuts") if tous else ", ".join(s.libelle for s in fiche.statuts.valeur)
            criteres.append(Critere("statut", regle, ParmiStatuts(statuts), self.sources(fiche.statuts)))
        if fiche.territoires and fiche.territoires.valeur:
            zones = fiche.territoires.valeur
            regle = _("Siège dans ce territoire : {zones}").format(zones=en_mots(zones))
            criteres.append(Critere("territoire", regle, Territoire(etendue(zones)), self.sources(fiche.territoires)))
        return criteres
