"""One case through a browser, from the sign-in or the mail of each role to the end of its task: with JavaScript and without,
on a telephone and on a screen. The partner without an account has its own: `tests/orientation/test_navigateur_liens.py`.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from common.actor import Role
from relais.hub import Hub
from tests.access.parcours import Scene, lu, reload_until
from tests.browser import LARGEURS, chromium
from tests.people import organisation

pytestmark = pytest.mark.timeout(900)

CELLULE, PARTENAIRE, NATIONALE = "cellule-occitanie", "france-active-occitanie", "cellule-nationale"


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


@pytest.mark.parametrize("script", [True, False], ids=["script", "sans-script"])
@pytest.mark.parametrize("largeur", LARGEURS)
def test_each_role_does_its_part(hub: Hub, navigateur: Browser, largeur: int, script: bool) -> None:
    scene = Scene(hub, navigateur, largeur, script)
    presidente, tresorier = (f"{qui}-{scene.nom}@asso.example" for qui in ("presidente", "tresorier"))
    with scene.browser() as page:
        reference = signaler(page, scene, presidente)
    with scene.by_mail(presidente) as page:
        inviter(page, tresorier)
    with scene.member(CELLULE, Role.animateur) as page:
        orientation = proposer(page, scene, reference)
    with scene.by_mail(tresorier) as page:
        accorder(page)
    with scene.member(CELLULE, Role.animateur) as page:
        page.goto(orientation)
        reload_until(page, "L’association a donné son accord.")
        page.get_by_role("button", name="Envoyer").click()
        assert "L’orientation est envoyée." in lu(page)
    with scene.member(PARTENAIRE, Role.agent) as page:
        accepter(page, orientation)
    with scene.member(PARTENAIRE, Role.manager) as page:
        tenir_l_equipe(page, scene)
    with scene.member(NATIONALE, Role.national) as page:
        lire_les_chiffres(page)
    with scene.member(NATIONALE, Role.auditeur) as page:
        lire_le_journal(page, orientation)
    with scene.member(NATIONALE, Role.administrateur) as page:
        nommer(page, scene)


def signaler(page: Page, scene: Scene, courriel: str) -> str:
    """The dirigeant says that the association is in difficulty, and notes the reference."""
    page.goto(f"{scene.hub.url}/signalement/")
    page.get_by_role("link", name="Commencer").click()
    page.get_by_label("Pour mon association").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom de l’association").fill(f"Café des Possibles {scene.nom}")
    page.get_by_label("Code postal").fill("34000")
    page.get_by_label("Commune").fill("Montpellier")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Déficit récurrent").check()
    page.get_by_label("Racontez en quelques phrases").fill("Deux déficits de suite.")
    page.get_by_role("button", name="Continuer").click()
    for label, value in (("Prénom", "Maëlle"), ("Nom", "Ferrand"), ("Fonction", "présidente")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Adresse de courriel").fill(courriel)
    page.get_by_label("Téléphone").fill("04 65 71 12 34")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Envoyer le signalement").click()
    found = re.search(r"R-\w{4}-\w{4}", lu(page))
    assert found
    return found[0]


def inviter(page: Page, courriel: str) -> None:
    """The dirigeant invites a co-signer, who gives and takes back what the association agrees to."""
    page.goto("/".join([*page.url.split("/")[:3], "signalement/espace/personnes"]))
    page.get_by_role("link", name="Inviter une personne").click()
    for label, value in (("Prénom", "Ayoub"), ("Nom", "Lemoine"), ("Fonction", "trésorier")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Adresse de courriel").fill(courriel)
    page.get_by_label("Donner, refuser et retirer les accords").check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    assert courriel in lu(page)


def proposer(page: Page, scene: Scene, reference: str) -> str:
    """The animateur finds the case, qualifies it, prepares a referral and asks for the consent. Returns its address."""
    page.goto(f"{scene.hub.url}/signalement/recherche")
    page.locator("main #recherche").fill(reference)
    page.locator("main").get_by_role("button", name="Chercher", exact=True).click()
    assert reference in lu(page)
    page.get_by_role("link", name=f"Café des Possibles {scene.nom}").click()
    page.get_by_label("Faire face").check()
    page.get_by_role("button", name="Enregistrer la qualification").click()
    reload_until(page, "Préparer une orientation")
    dossier = page.url.partition("?")[0]
    page.get_by_role("link", name="Préparer une orientation").click()
    vers = organisation(PARTENAIRE)["id"]
    # The other service hears of the qualification a moment later.
    while not page.locator(f"input[name=choix][value^='{vers}:']").count():
        page.wait_for_timeout(300)
        page.goto(dossier)
        page.get_by_role("link", name="Préparer une orientation").click()
    page.locator(f"input[name=choix][value^='{vers}:']").first.check()
    page.get_by_label("Identité de l’association").check()
    page.get_by_role("button", name="Relire avant de demander l’accord").click()
    assert "Rien avant l’envoi." in lu(page)
    page.get_by_role("button", name="Demander l’accord de l’association").click()
    assert "L’association n’a pas encore répondu." in lu(page)
    return page.url.partition("?")[0]


def accorder(page: Page) -> None:
    """The co-signer reads exactly what would be shown, and agrees; withdrawing would be as many clicks."""
    reload_until(page, "Lire et répondre")
    page.get_by_role("link", name="Lire et répondre").first.click()
    assert "Voici exactement ce qui serait montré" in lu(page)
    page.get_by_role("button", name="Je donne mon accord").click()
    assert "Votre accord est enregistré" in lu(page)
    assert page.get_by_role("link", name="Retirer cet accord").count()


def accepter(page: Page, orientation: str) -> None:
    """The agent opens the case and takes it on."""
    page.goto(orientation)
    page.get_by_role("button", name="Ouvrir le dossier").click()
    assert "Café des Possibles" in lu(page)
    page.get_by_role("button", name=re.compile("^Accepter")).click()
    assert "Acceptée" in lu(page)


def tenir_l_equipe(page: Page, scene: Scene) -> None:
    """The manager invites a colleague."""
    page.goto(f"{scene.hub.url}/orientation/mon-organisation")
    page.get_by_role("link", name="Gérer l’équipe").click()
    _inviter(page, f"collegue-{scene.nom}@partenaire.example", "Agent")


def lire_les_chiffres(page: Page) -> None:
    """The national cell narrows the figures to a region; nobody is named."""
    page.goto("/".join([*page.url.split("/")[:3], "cellule/chiffres"]))
    page.get_by_label("Région", exact=True).select_option(label="Occitanie")
    page.get_by_role("button", name="Filtrer").click()
    assert page.get_by_text("Occitanie").first.is_visible()
    assert "Dossiers déposés" in lu(page)
    assert "Café des Possibles" not in page.content()


def lire_le_journal(page: Page, orientation: str) -> None:
    """The auditor finds who opened the case, without its content."""
    page.goto("/".join([*page.url.split("/")[:3], "cellule/journal"]))
    page.get_by_label("Action", exact=True).fill("orientation.accepter")
    page.get_by_role("button", name="Filtrer").click()
    reload_until(page, orientation.rpartition("/")[2])
    assert "Café des Possibles" not in page.content()


def nommer(page: Page, scene: Scene) -> None:
    """The administrateur gives an organisation somebody who answers for it."""
    page.goto(f"{scene.hub.url}/orientation/equipes")
    page.get_by_label("Nom ou code de l’organisation").fill(CELLULE)
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("link", name="Cellule d’Occitanie").click()
    _inviter(page, f"responsable-{scene.nom}@cellule.example", "Responsable")


def _inviter(page: Page, courriel: str, role: str) -> None:
    page.get_by_role("link", name="Inviter quelqu’un").click()
    page.get_by_label("Adresse électronique professionnelle").fill(courriel)
    page.get_by_label(role).check()
    page.get_by_role("button", name="Envoyer l’invitation").click()
    assert "L’invitation part par courriel." in lu(page)
