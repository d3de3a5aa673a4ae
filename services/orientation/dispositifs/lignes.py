"""YAML read with its lines: plain data, the line of each place in it, and what is wrong, all at once.

Every scalar is read as text and typed by the format afterwards: the département "01" never becomes the number 1, nor « non » a
boolean. Anchors, aliases and several documents are refused: a catalogue needs none, and an attacker might.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml

from common.traduction import N_, _

Lieu = tuple[str | int, ...]
TAILLE_MAX = 64 * 1024
PROFONDEUR_MAX = 12
REMEDE_SYNTAXE = N_("Vérifiez l’alignement, les deux-points et les guillemets à cet endroit.")


@dataclass(frozen=True, slots=True, order=True)
class ErreurFiche:
    """One thing wrong in a file: where, what, and what to do about it."""

    fichier: str
    ligne: int
    quoi: str
    remede: str

    def __str__(self) -> str:
        return _("{fichier}, ligne {ligne} : {quoi} {remede}").format(
            fichier=self.fichier, ligne=self.ligne, quoi=self.quoi, remede=self.remede
        )


@dataclass(slots=True)
class Texte:
    """What a YAML text holds. `donnees` is None when it could not be read at all."""

    fichier: str
    donnees: Any = None
    lignes: dict[Lieu, int] = field(default_factory=dict)
    erreurs: list[ErreurFiche] = field(default_factory=list)

    def ligne(self, lieu: Lieu) -> int:
        """The line of a place, or of the nearest place around it."""
        while lieu and lieu not in self.lignes:
            lieu = lieu[:-1]
        return self.lignes.get(lieu, 1)

    def noter(self, ligne: int, quoi: str, remede: str) -> None:
        """One more thing that is wrong."""
        self.erreurs.append(ErreurFiche(self.fichier, ligne, quoi, remede))


def lire_yaml(fichier: str, contenu: str) -> Texte:
    """Read one text. Never raises: what is wrong is in `erreurs`."""
    texte = Texte(fichier)
    if len(contenu.encode()) > TAILLE_MAX:
        texte.noter(1, _("Le fichier est trop long."), _("Gardez-le sous {n} ko.").format(n=TAILLE_MAX // 1024))
        return texte
    try:
        if _sans_danger(texte, contenu):
            racine = yaml.compose(contenu, Loader=yaml.CSafeLoader)
            if racine is None:
                texte.noter(1, _("Le fichier est vide."), _("Écrivez au moins le code, le libellé et les faits."))
            else:
                texte.donnees = _lire(texte, racine, ())
    except yaml.YAMLError as erreur:
        marque = getattr(erreur, "problem_mark", None) or getattr(erreur, "context_mark", None)
        texte.noter(marque.line + 1 if marque else 1, _("Le texte n’est pas du YAML."), _(REMEDE_SYNTAXE))
    return texte


def _sans_danger(texte: Texte, contenu: str) -> bool:
    profondeur = documents = 0
    for evenement in yaml.parse(contenu, Loader=yaml.CSafeLoader):
        ligne = evenement.start_mark.line + 1 if evenement.start_mark else 1
        if isinstance(evenement, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                texte.noter(ligne, _("Le fichier contient plusieurs documents."), _("Faites un fichier par dispositif."))
                return False
        if isinstance(evenement, yaml.AliasEvent) or getattr(evenement, "anchor", None):
            texte.noter(
                ligne, _("Les ancres (&) et les renvois (*) ne sont pas permis."), _("Écrivez la valeur en toutes lettres.")
            )
            return False
        profondeur += isinstance(evenement, yaml.CollectionStartEvent) - isinstance(evenement, yaml.CollectionEndEvent)
        if profondeur > PROFONDEUR_MAX:
            texte.noter(ligne, _("Les niveaux sont trop nombreux."), _("Suivez le format décrit par le schéma."))
            return False
    return True


def _lire(texte: Texte, noeud: yaml.Node, lieu: Lieu) -> Any:
    texte.lignes.setdefault(lieu, noeud.start_mark.line + 1)
    if isinstance(noeud, yaml.SequenceNode):
        return [_lire(texte, element, (*lieu, i)) for i, element in enumerate(noeud.value)]
    if isinstance(noeud, yaml.MappingNode):
        return _lire_paires(texte, noeud, lieu)
    if isinstance(noeud, yaml.ScalarNode) and not noeud.style and noeud.value in ("", "~", "null"):
        texte.noter(texte.ligne(lieu), _("Une valeur est vide."), _("Écrivez-la, ou « non précisé » si la source ne dit rien."))
    return noeud.value


def _lire_paires(texte: Texte, noeud: yaml.MappingNode, lieu: Lieu) -> dict[str, Any]:
    lu: dict[str, Any] = {}
    for cle, valeur in noeud.value:
        ligne = cle.start_mark.line + 1
        if not isinstance(cle, yaml.ScalarNode):
            texte.noter(ligne, _("Une clé n’est pas un mot."), _("Utilisez les clés du format."))
        elif cle.value in lu:
            texte.noter(ligne, _("« {nom} » est donné deux fois.").format(nom=cle.value), _("Gardez-en un seul."))
        else:
            texte.lignes[(*lieu, cle.value)] = ligne
            lu[cle.value] = _lire(texte, valeur, (*lieu, cle.value))
    return lu
