"""The pages of referrals in the pseudo-language: both sides, teams, sheets, the directory, and whoever came by a link."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from common.actor import Actor
from common.calendrier import date_locale
from common.clock import new_id, utc_now
from common.typographie import typo
from orientation.dispositifs.lecture import catalogue_des_fichiers
from orientation.fiches.models import AbsenceRow
from orientation.liens.domain import ESSAIS_MAX
from relais.nats import NatsServer
from tests.browser import TELEPHONE, surveillee
from tests.langue.lecture import donnees, feuilles
from tests.langue.pages import verifier
from tests.orientation import greffe
from tests.orientation.equipe import ADMIN, EQUIPE, identifie, lien, lignes, membre_id
from tests.orientation.monde import AGENT, AGENT_APPUI, ANIMATEUR, ANIMATEUR_EST, MANAGER, depose, entendre, ident
from tests.orientation.site import CONTENU, Site, entrer, serving
from tests.orientation.test_joignabilite import apprendre, membres
from tests.orientation.test_navigateur import monde
from tests.orientation.test_navigateur_journee import une_journee

MINE = "/mon-organisation"
LOTS = "/orientations/lots"
# Two days together, three in a row, and one alone.
HORAIRES = {
    **dict.fromkeys(("lundi", "mardi"), "9h-12h"),
    **dict.fromkeys(("jeudi", "vendredi", "samedi"), "14h-17h30"),
    "dimanche": "9h-10h",
}
# Of one word, they would be taken for codes.
IDENTIFIANTS = {"si-fonds", "relais"}
# By the last letters of a reference.
LIENS_ARRETES: dict[str, dict[str, Any]] = {"0008": {"expire_at": utc_now()}, "0009": {"essais": ESSAIS_MAX}}
# In milliseconds: a loaded machine is slower than somebody at the keyboard would bear.
ATTENTE = 90_000
ENVOYER = "main form[method=post] .govuk-button"


@dataclass
class Lecteur:
    """Somebody on a telephone, each of whose pages is checked."""

    page: Page
    lieu: Site
    url: str
    actor: Actor | None
    catalogue: frozenset[str]

    def aller(self, path: str) -> None:
        self.page.goto(f"{self.lieu.origine}/orientation{path}")

    def voir(self, path: str) -> None:
        # A partner's sheet and what it offers have a name for a title.
        titre = not ("/annuaire/partenaires" in self.page.url or "/offres/" in self.page.url)
        verifier(self.page, donnees(self.url) | self.catalogue | IDENTIFIANTS, path, self.actor, titre=titre)

    def lire(self, *paths: str) -> None:
        for path in paths:
            self.aller(path)
            self.voir(path)

    def refuser(self, path: str, bouton: str = ENVOYER, **saisies: str) -> None:
        """Send the form of that page, filled in like this, and read what is wrong."""
        self.aller(path)
        for nom, valeur in saisies.items():
            self.page.locator(f"main [name={nom}]").first.fill(valeur)
        self.page.locator(bouton).first.click()
        assert self.page.locator(".govuk-error-summary").count() == 1, path
        self.voir(f"{path}, refused")


Lire = Callable[[Actor | None], AbstractContextManager[Lecteur]]


@pytest.fixture(scope="module")
def lieu(pseudo_langue: str, database_urls: dict[str, str], nats_server: NatsServer) -> Iterator[Site]:
    with serving(database_urls["orientation"], nats_server, pseudo_langue) as ouvert:
        ouvert.hub.client.timeout = ATTENTE / 1000
        yield ouvert


@pytest.fixture(scope="module")
def lecteur(lieu: Site, navigateur: Browser, database_urls: dict[str, str]) -> Lire:
    # The catalogue of the files is in no database, nor is what an opened dossier shows.
    lus = catalogue_des_fichiers()
    dits = set(feuilles([*(one.model_dump(mode="json") for one in (*lus.fiches.values(), *lus.documents.values())), CONTENU]))
    dits |= {typo(dit) for dit in dits}
    # A sentence quotes a rule without its capital.
    catalogue = frozenset(dits | {f"{dit[0].lower()}{dit[1:]}" for dit in dits})

    @contextmanager
    def ouvrir(actor: Actor | None) -> Iterator[Lecteur]:
        with surveillee(navigateur, lieu.origine, TELEPHONE) as page:
            page.set_default_timeout(ATTENTE)
            if actor:
                entrer(page, lieu, actor)
            yield Lecteur(page, lieu, database_urls["orientation"], actor, catalogue)

    return ouvrir


async def absente(lieu: Site) -> str:
    """The partner is away today; the id of the absence."""
    jour, ident_ = date_locale(utc_now(), "34"), new_id()
    async with lieu.hub.database.transaction() as session:
        session.add(AbsenceRow(id=ident_, partenaire_id=ident("fonds"), du=jour, au=jour))
    return str(ident_)


def test_the_sheet_and_the_directory(lieu: Site, lecteur: Lire) -> None:
    with lecteur(MANAGER) as manager:
        manager.lire(MINE, f"{MINE}/fiche")
        manager.refuser(f"{MINE}/fiche", siret="123", telephone="1", courriel="x", site_web="x", code_postal="x")
        manager.refuser(f"{MINE}/horaires", lundi="tôt", mardi="9h-25h", mercredi="12h-9h")
        manager.refuser(f"{MINE}/engagement", delai_lecture="60", delai_jours_ouvres="5")
        manager.refuser(f"{MINE}/offres/trajectoire", capacite="3")
        manager.refuser(f"{MINE}/absences/nouvelle")
        manager.aller(f"{MINE}/horaires")
        for nom, heures in HORAIRES.items():
            manager.page.locator(f"[name={nom}]").fill(heures)
        manager.page.locator(ENVOYER).click()
        manager.voir("the hours are kept")
        manager.aller(f"{MINE}/offres/trajectoire")
        manager.page.locator("[name=capacite]").fill("3")
        manager.page.locator("[name=periode]").select_option("trimestre")
        manager.page.locator(ENVOYER).click()
        absence = lieu.faire(absente(lieu))
        manager.lire(MINE, f"{MINE}/absences/{absence}/suppression")
    with lecteur(None) as public:
        public.lire(
            "/annuaire", "/annuaire?departement=34", "/annuaire?departement=34&recherche=zzz", "/annuaire?departement=75"
        )
        public.lire(f"/annuaire/partenaires/{ident('fonds')}", f"/annuaire/partenaires/{ident('appui')}")


def test_a_team_and_its_systems(lieu: Site, lecteur: Lire) -> None:
    agent = lieu.faire(membre_id(lieu.hub, "fonds", "fonds-agent"))
    for n, personne_id in enumerate(lieu.faire(membres(lieu.hub)).values()):
        lieu.faire(apprendre(lieu.hub, personne_id, n + 1))
    with lecteur(ADMIN) as admin:
        admin.lire("/equipes", "/equipes?recherche=zzz", f"/equipes/{ident('nationale')}")
    with lecteur(MANAGER) as manager:
        manager.refuser(f"{EQUIPE}/invitations/nouvelle", courriel="ana")
        manager.page.locator("[name=courriel]").fill("ana@fonds.example")
        manager.page.locator("[name=roles]").first.check()
        manager.page.locator(ENVOYER).click()
        manager.voir("invited")
        manager.lire(f"{EQUIPE}/membres/{agent}/roles", f"{EQUIPE}/membres/{agent}/retrait")
        manager.aller(f"{EQUIPE}/membres/{agent}/roles")
        for case in manager.page.locator("[name=roles]").all():
            case.uncheck()
        manager.page.locator(ENVOYER).click()
        manager.voir("no role")
        moi = lieu.faire(membre_id(lieu.hub, "fonds", "fonds-manager"))
        manager.aller(f"{EQUIPE}/membres/{moi}/retrait")
        manager.page.locator("main form[method=post] button").click()
        manager.voir("the last manager stays")
        manager.refuser("/machines", client_id="é è")
        manager.refuser("/machines", client_id="si-fonds")
        manager.page.locator("main a[href$=revocation]").first.click()
        manager.voir("revocation")
    (invitation,) = lieu.faire(lignes(lieu.hub, "SELECT id FROM invitations WHERE courriel = 'ana@fonds.example'"))
    secret = lieu.faire(lien(lieu.hub, str(invitation.id)))
    with lecteur(None) as invitee:
        invitee.lire(f"/invitation/{secret}")
        for nom, valeur in identifie(lieu.hub, "ana-langue", suite="/orientation/invitation").items():
            invitee.page.context.add_cookies([{"name": nom, "value": valeur, "url": lieu.origine}])
        invitee.refuser("/invitation", prenom="", nom="")


def test_the_referrals_of_both_sides(lieu: Site, lecteur: Lire) -> None:
    ids = lieu.faire(monde(lieu.hub))
    sent = "/orientations/"
    with lecteur(AGENT) as agent:
        agent.lire("/orientations", "/orientations?recherche=zzz", "/orientations?etat=declinee")
        agent.lire("/orientations?fait=reponse&depuis=2026-01-01&jusque=2026-12-31&delai=tenu&motif=autre")
        agent.lire(*(f"{sent}{ids[nom]}" for nom in ("calme", "retard", "question", "travail", "declinee")))
        agent.aller(f"{sent}{ids['calme']}")
        agent.page.locator("form[action$='/ouverture'] button").click()
        agent.voir("the dossier is open")
        agent.aller(f"{sent}{ids['calme']}")
        agent.page.locator("summary:has(+ * form[action$='/decliner'])").click()
        agent.page.locator("form[action$='/decliner'] button").click()
        agent.voir("no reason")
        agent.lire(*(f"{sent}{ids['travail']}?fait={fait}" for fait in ("accepter", "faire-le-point", "revenir")))
    with lecteur(AGENT_APPUI) as other:
        other.lire("/orientations?responsable=personne", f"{sent}{ids['calme']}")
    with lecteur(ANIMATEUR) as animateur:
        animateur.lire("/orientations", "/orientations?etat=toutes&echeance=retard&age=plus_10")
        animateur.lire(*(f"{sent}{ids[nom]}" for nom in ("retard", "question", "brouillon", "suite", "declinee")))
        animateur.lire(f"{sent}nouvelle?dossier={ids['dossier']}")
        neuf = new_id()
        lieu.faire(entendre(lieu.hub.database, depose(neuf, "34", "REL-2026-0777"), 1))
        animateur.lire(f"{sent}nouvelle?dossier={neuf}")
        animateur.refuser(f"{sent}nouvelle?dossier={ids['dossier']}")
        animateur.page.locator("[name=choix]").first.check()
        animateur.page.locator("[name=categories]").first.check()
        animateur.page.locator(ENVOYER).click()
        animateur.voir("what each will see")
    with lecteur(ANIMATEUR_EST) as est:
        est.lire("/orientations")


def test_several_referrals_at_once(lieu: Site, lecteur: Lire) -> None:
    lieu.faire(monde(lieu.hub))
    with lecteur(ANIMATEUR) as animateur:
        animateur.lire(LOTS, f"{LOTS}?groupe=closes")
        animateur.refuser(f"{LOTS}?groupe=ouvertes")
        for case in animateur.page.locator("[name=orientations]").all():
            case.check()
        animateur.page.locator("[name=action]").first.check()
        animateur.page.locator(ENVOYER).click()
        animateur.voir("what will be done")
        animateur.page.locator(ENVOYER).click()
        animateur.voir("what was done")


def test_a_partner_without_an_account(lieu: Site, lecteur: Lire) -> None:
    lieu.faire(greffe.installer(lieu.hub))
    orientation_id = lieu.faire(lieu.hub.envoyee(lieu.faire(lieu.hub.dossier()), greffe.GREFFE))
    secret = lieu.faire(greffe.jeton(lieu.hub, orientation_id))
    with lecteur(None) as porteur:
        porteur.lire("/lien", "/lien?fini=oui", f"/lien/{secret}")
        porteur.page.locator("form[action$='/code/demande'] button").click()
        porteur.voir("a code leaves")
        porteur.refuser(f"/lien/{secret}", "form[action$='/code'] button", code="00000000")
        porteur.page.locator("[name=code]").fill(lieu.faire(greffe.code(lieu.hub, orientation_id)))
        porteur.page.locator("form[action$='/code'] button").click()
        porteur.page.wait_for_url(f"**/orientation/orientations/{orientation_id}")
        porteur.voir("by the link")
    with lecteur(ANIMATEUR) as animateur:
        animateur.lire(f"/orientations/{orientation_id}")
        animateur.page.locator("form[action$='/lien/retrait'] button").click()
        animateur.voir("the link is taken back")
        for nom, colonnes in LIENS_ARRETES.items():
            autre = lieu.faire(lieu.hub.envoyee(lieu.faire(lieu.hub.dossier(reference=f"REL-2026-{nom}")), greffe.GREFFE))
            lieu.faire(greffe.poser(lieu.hub, autre, **colonnes))
            animateur.lire(f"/orientations/{autre}")


def test_the_day(lieu: Site, lecteur: Lire) -> None:
    lieu.faire(une_journee(lieu.hub))
    for actor in (AGENT, ANIMATEUR, AGENT_APPUI, ANIMATEUR_EST):
        with lecteur(actor) as quelqu_un:
            quelqu_un.lire("/aujourd-hui")


def test_a_list_to_take_away(lieu: Site) -> None:
    lieu.faire(lieu.hub.envoyee())
    answer = lieu.faire(lieu.hub.get(AGENT, "/orientations/export.csv"))
    titres, *lignes_ = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";")
    assert lignes_
    assert all(titre.startswith("[!!") for titre in titres)
    assert lieu.faire(lieu.hub.get(AGENT, "/orientations/export.xlsx")).content.startswith(b"PK")
