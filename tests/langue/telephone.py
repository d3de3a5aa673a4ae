"""A phone on orientation's pages in the pseudo-language, and what they say that nobody translates."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from common.actor import Actor
from common.typographie import typo
from orientation.dispositifs.lecture import catalogue_des_fichiers
from tests.langue.lecture import donnees, feuilles
from tests.langue.pages import verifier
from tests.orientation.site import CONTENU, Site
from tests.orientation.test_complements_http import QUESTIONS
from tests.orientation.test_navigateur_connexion import ISSUERS

# What the map of actors keeps of a long name.
COUPE = "Centre de ressources et d’information des"

# In seconds: a loaded machine is slower than somebody at the keyboard would bear.
ATTENTE = 90


@dataclass
class Vue:
    """A phone's page on the service."""

    page: Page
    site: Site
    url: str
    actor: Actor | None
    catalogue: frozenset[str]

    def aller(self, *chemins: str) -> None:
        """Each of these pages holds."""
        for chemin in chemins:
            self.page.goto(f"{self.site.origine}/orientation{chemin}")
            self.tenir()

    def envoyer(self, formulaire: str = "main form", *, bouton: str = "button[type=submit], button:not([type])") -> None:
        """Send that form; what answers holds."""
        self.page.locator(formulaire).first.locator(bouton).first.click()
        self.tenir()

    def tenir(self) -> None:
        """What is shown holds, what opens on demand too."""
        self.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")
        # A dispositif's page has its name for a title.
        verifier(
            self.page, donnees(self.url) | self.catalogue, self.page.url, self.actor, titre="/dispositifs/" not in self.page.url
        )


def typed() -> frozenset[str]:
    """The texts of the catalogue's files and of these tests, as pages show them."""
    lus = catalogue_des_fichiers()
    textes: list[Any] = [fiche.model_dump(mode="json") for fiche in lus.fiches.values()]
    textes += [document.model_dump(mode="json") for document in lus.documents.values()]
    textes += [f" {fiche.capacite.valeur.unite}" for fiche in lus.fiches.values() if fiche.capacite and fiche.capacite.valeur]
    # An error names a question by its words, without its mark.
    textes += [question["intitule"].rstrip(" ?") for question in QUESTIONS]
    dits = set(feuilles([textes, CONTENU, QUESTIONS, [one.label for one in ISSUERS], COUPE]))
    dits |= set(feuilles([typo(dit) for dit in dits]))
    # Sources go by their keys.
    dits |= set(lus.documents)
    # A sentence quotes a rule without its capital.
    return frozenset(dits | {f"{dit[0].lower()}{dit[1:]}" for dit in dits if dit})
