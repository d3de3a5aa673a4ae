"""Pages of orientation in the pseudo-language: what is exchanged, the territory, the catalogue, the ways in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from common.actor import Actor
from common.clock import utc_now
from common.oidc.flow import OidcClient
from common.traduction import LANGUE
from orientation.comptes.service import signaler
from orientation.connexion.attentes import AUDIENCE, DUREE, Attente
from orientation.dispositifs.courant import des_fichiers
from relais.nats import NatsServer
from tests.browser import TELEPHONE, surveillee
from tests.langue.telephone import ATTENTE, Vue, typed
from tests.orientation import test_adhesions as adhesions
from tests.orientation import test_comptes as comptes
from tests.orientation.catalogue.test_navigateur import EDITEUR, publie
from tests.orientation.eligibilite.test_navigateur import REPONSES
from tests.orientation.equipe import lignes
from tests.orientation.monde import AGENT, ANIMATEUR, ANIMATEUR_EST, MANAGER, NATIONAL, ident
from tests.orientation.site import Site, entrer, serving
from tests.orientation.test_avancement import garnir
from tests.orientation.test_complements_http import QUESTIONS, recue
from tests.orientation.test_navigateur_connexion import ISSUERS
from tests.orientation.test_navigateur_tableau import beaucoup
from tests.orientation.test_rendez_vous_http import confirme, propose
from tests.orientation.test_territoire_navigateur import monde as territoire
from tests.orientation.test_transferts import membre
from tests.orientation.test_transferts import propose as transferer

Ouvrir = Callable[[Actor | None], AbstractContextManager[Vue]]


@pytest.fixture(scope="module")
def lieu(pseudo_langue: str, database_urls: dict[str, str], nats_server: NatsServer) -> Iterator[Site]:
    """The service in that language."""
    with serving(database_urls["orientation"], nats_server, pseudo_langue) as site:
        site.hub.client.timeout = ATTENTE
        yield site


@pytest.fixture(scope="module")
def ouvrir(lieu: Site, navigateur: Browser, database_urls: dict[str, str]) -> Ouvrir:
    """A phone, with the session of somebody."""
    catalogue = typed()

    @contextmanager
    def telephone(actor: Actor | None) -> Iterator[Vue]:
        with surveillee(navigateur, lieu.origine, TELEPHONE) as page:
            page.set_default_timeout(ATTENTE * 1000)
            if actor:
                entrer(page, lieu, actor)
            yield Vue(page, lieu, database_urls["orientation"], actor, catalogue)

    return telephone


def test_complements(lieu: Site, ouvrir: Ouvrir) -> None:
    hub = lieu.hub
    orientation_id = lieu.faire(recue(hub))
    base = f"/orientations/{orientation_id}/complements"
    with ouvrir(AGENT) as vue:
        vue.aller(f"{base}/demande")
        vue.envoyer(bouton="button[value=ajouter]")
        vue.envoyer(bouton="button[value=envoyer]")
    with ouvrir(ANIMATEUR) as vue:
        vue.aller(f"{base}/reponse")
        lieu.faire(hub.agir(AGENT, orientation_id, "complement-demander", texte="Où en est l’association ?"))
        lieu.faire(hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte="Elle reprend."))
        asked = lieu.faire(hub.post(AGENT, f"/api/v1{base}", {"questions": QUESTIONS}))
        assert asked.status_code == 200
        vue.aller(f"{base}/reponse")
        vue.page.locator("main input[type=text]").first.fill("mille")
        vue.envoyer()


def test_rendez_vous(lieu: Site, ouvrir: Ouvrir) -> None:
    hub = lieu.hub
    orientation_id = lieu.faire(recue(hub))
    base = f"/orientations/{orientation_id}/rendez-vous"
    with ouvrir(AGENT) as vue:
        vue.aller(base, f"{base}/nouveau")
        vue.envoyer(bouton="button[value=envoyer]")
        lieu.faire(propose(hub, orientation_id))
        vue.aller(base)
    lieu.faire(confirme(hub, orientation_id))
    lieu.faire(propose(hub, orientation_id))
    with ouvrir(ANIMATEUR) as vue:
        vue.aller(base)
        vue.envoyer("form[action$='/confirmation']")
        vue.page.locator("main input[type=radio]").first.check()
        vue.envoyer("form[action$='/confirmation']")
        vue.page.locator("a[href$='/proposition']").first.click()
        vue.tenir()
        vue.aller(base)
        vue.envoyer("form[action$='/annulation']")
        vue.page.locator("form[action$='/annulation'] input[type=radio]").first.check()
        vue.envoyer("form[action$='/annulation']")


def test_transferts(lieu: Site, ouvrir: Ouvrir) -> None:
    hub = lieu.hub
    orientation_id = lieu.faire(recue(hub))
    base = f"/orientations/{orientation_id}"
    with ouvrir(lieu.faire(membre(hub, "fonds-manager"))) as vue:
        vue.aller(f"{base}/suivi", f"{base}/transfert")
        vue.envoyer("form[action$='/transfert']")
        vue.aller(f"{base}/suivi")
        vue.envoyer("form[action$='/suivi']")
        vue.envoyer("form[action$='/suivi'] >> nth=-1")
        vue.page.locator("select").select_option(index=1)
        vue.envoyer("form[action$='/suivi'] >> nth=-1")
        lieu.faire(transferer(hub, orientation_id))
        vue.aller(f"{base}/transfert")
    with ouvrir(ANIMATEUR) as vue:
        vue.aller(f"{base}/transfert")
        vue.envoyer("form[action$='/acceptation']")


def test_the_territory(lieu: Site, ouvrir: Ouvrir) -> None:
    lieu.faire(publie(lieu.hub))
    with ouvrir(NATIONAL) as vue:
        vue.aller("/acteurs")
        lieu.faire(territoire(lieu))
        vue.aller("/acteurs?region=76", "/couverture", "/couverture?region=76", "/couverture/detail?departement=34")
    with ouvrir(ANIMATEUR_EST) as vue:
        vue.aller("/avancement", "/avancement/liste", "/recherche")
    lieu.faire(garnir(lieu.hub, 60))
    with ouvrir(ANIMATEUR) as vue:
        vue.aller("/avancement", "/avancement/liste", "/avancement/liste?phase=orientes&page=90")
    lieu.faire(beaucoup(lieu.hub))
    with ouvrir(AGENT) as vue:
        vue.aller("/tableau", "/tableau?depuis=2026-02-01&jusque=2026-01-01")
        vue.aller("/tableau?depuis=2019-01-01&jusque=2019-02-01")
    with ouvrir(ANIMATEUR) as vue:
        vue.aller("/tableau")
        # What is late comes with whom to call.
        vue.page.locator(".relais-cles a").first.click()
        vue.tenir()


def test_searching(lieu: Site, ouvrir: Ouvrir) -> None:
    lieu.faire(lieu.hub.envoyee(lieu.faire(lieu.hub.dossier(reference="R-7F3K-9Q2M"))))
    for actor in (AGENT, ANIMATEUR):
        with ouvrir(actor) as vue:
            vue.aller("/recherche")
            for cherche in ("Organisation", "x" * 101, "Pont Rouge", "R-7F3K-9Q2M"):
                vue.page.locator("#recherche").fill(cherche)
                vue.envoyer()


def test_an_agenda(lieu: Site, ouvrir: Ouvrir) -> None:
    with ouvrir(lieu.faire(membre(lieu.hub, "fonds-agent"))) as vue:
        vue.aller("/mon-agenda")
        vue.envoyer()
        vue.aller("/mon-agenda", "/mon-agenda/renouvellement")
        vue.envoyer()
        vue.aller("/mon-agenda/fin")
        vue.envoyer()


def test_the_catalogue(lieu: Site, ouvrir: Ouvrir) -> None:
    lieu.faire(publie(lieu.hub))
    with ouvrir(None) as vue:
        vue.aller("/dispositifs", "/dispositifs?besoin=gouvernance&departement=34", "/dispositifs?niveau=sans_retour")
        vue.aller("/dispositifs/prevasso", "/dispositifs/trajectoire")
    with ouvrir(EDITEUR) as vue:
        vue.aller("/catalogue")
        vue.envoyer("form[action$='/sources']")
        vue.aller("/catalogue/nouveau?code=Pas%20un%20code", "/catalogue/prevasso")
        depart = vue.page.locator("#texte").input_value()
        faux = depart.replace("valeur: actif", "valeur: bientôt", 1).replace("besoins: [", "besoins: [argent, ")
        # The line at fault is shown as it was typed.
        vue.catalogue |= {"valeur: bientôt"}
        vue.page.locator("#texte").fill(faux)
        vue.envoyer()
        vue.page.locator("#texte").fill(depart.replace("risque_cessation, attendu: oui", "risque_cessation, attendu: non"))
        vue.envoyer()
        vue.envoyer("form[action$='/publication']")
        vue.aller("/catalogue/prevasso", "/dispositifs/prevasso?version=1")


def test_the_simulator(lieu: Site, ouvrir: Ouvrir) -> None:
    lieu.faire(publie(lieu.hub))
    with ouvrir(None) as vue:
        vue.aller("/simulateur")
        vus = []
        while (question := vue.page.locator("input[name=question]")).count():
            champ = str(question.get_attribute("value"))
            vus.append(champ)
            _repondre(vue, champ)
        assert len(vus) > 3
        vue.page.locator("button[name=action][value=departement]").click()
        vue.tenir()


def _repondre(vue: Vue, champ: str) -> None:
    """Wrongly first, then as is known."""
    vue.envoyer(bouton="button[value=continuer]")
    valeur = REPONSES.get(champ)
    if valeur is None:
        return vue.envoyer(bouton="button[value=passer]")
    if vue.page.locator(f"input[name={champ}][type=radio]").count():
        vue.page.locator(f"input[name={champ}][value={valeur}]").check()
    elif vue.page.locator(f"select[name={champ}]").count():
        vue.page.locator(f"select[name={champ}]").select_option(valeur)
    else:
        vue.page.locator(f"input[type=text][name={champ}]").fill(valeur)
    vue.envoyer(bouton="button[value=continuer]")
    return None


@pytest.fixture
def plusieurs(lieu: Site) -> Iterator[None]:
    """Two providers instead of one."""
    state = lieu.hub.app.state
    avant = state.settings, state.fournisseurs
    state.settings = state.settings.model_copy(update={"oidc_issuers": ISSUERS})
    state.fournisseurs = {one.code: OidcClient(one, "unused") for one in ISSUERS}
    yield
    state.settings, state.fournisseurs = avant


@pytest.mark.usefixtures("plusieurs")
def test_the_ways_in(lieu: Site, ouvrir: Ouvrir) -> None:
    with ouvrir(None) as vue:
        vue.aller("/connexion")
        for courriel in ("", "ana@ailleurs.fr"):
            vue.page.locator("#courriel").fill(courriel)
            vue.envoyer("form[action$='/connexion']")
        # The page goes on by itself; an empty answer leaves it there to be looked at.
        vue.page.route("**/orientation/connexion?emetteur=*", lambda route: route.fulfill(status=204))
        vue.page.locator("#courriel").fill("ana@cellule.fr")
        vue.envoyer("form[action$='/connexion']")
        vue.page.unroute_all()
        vue.aller("/connexion/retour?code=x&state=y", "/deconnexion")
    with ouvrir(lieu.faire(membre(lieu.hub, "fonds-agent"))) as vue:
        vue.aller("/connexion/organisation")


def test_joining(lieu: Site, ouvrir: Ouvrir) -> None:
    hub = lieu.hub
    lieu.faire(adhesions.publier_siret(hub))
    with ouvrir(None) as vue:
        _identifier(vue, "ana@fonds.example", "nouvelle")
        vue.aller("/adhesions", "/adhesions?siret=12", "/adhesions?siret=55208131766522", f"/adhesions?siret={adhesions.SIRET}")
        vue.envoyer("form[method=post][action$='/adhesions']")
        vue.aller(f"/adhesions?siret={adhesions.SIRET}")
        vue.envoyer("form[method=post][action$='/adhesions']")
    (demande,) = lieu.faire(lignes(hub, "SELECT id FROM adhesions WHERE etat = 'en_attente'"))
    with ouvrir(MANAGER) as vue:
        vue.aller(f"/equipes/{ident('fonds')}", f"/equipes/{ident('fonds')}/adhesions/{demande.id}/acceptation")
        vue.envoyer("form[action$='/acceptation']")
        vue.page.locator("[name=roles]").first.check()
        vue.envoyer("form[action$='/acceptation']")
    lieu.faire(_change(lieu))
    compte = lieu.faire(comptes.compte(hub))
    with ouvrir(MANAGER) as vue:
        vue.aller(f"/equipes/{ident('fonds')}/comptes/{compte}")
        lieu.faire(lignes(hub, "UPDATE comptes_changes SET etat = 'refuse', decide_at = now() RETURNING id"))
        vue.aller(f"/equipes/{ident('fonds')}/comptes/{compte}")


async def _change(site: Site) -> None:
    """Somebody signs in with a member's address, under another identifier."""
    qui = Attente(issuer=f"{site.origine}/idp", sub="autre", nom="Ana Martin", courriel=comptes.COURRIEL, suite="/orientation/")
    async with site.hub.database.transaction() as session:
        assert await signaler(session, qui, utc_now())


def _identifier(vue: Vue, courriel: str, sub: str) -> None:
    """As whoever has just come back from the provider."""
    qui = Attente(issuer=f"{vue.site.origine}/idp", sub=sub, nom="Ana Roux", courriel=courriel, siret="", suite="/orientation/")
    dit: dict[str, Any] = {"qui": qui.model_dump(mode="json")}
    scelle = vue.site.hub.app.state.sceau.seal(dit, AUDIENCE, utc_now(), DUREE)
    vue.page.context.add_cookies([{"name": "relais-identite", "value": scelle, "url": vue.site.origine}])
    vue.catalogue |= {"Ana Roux"}


def test_rules_are_said_in_the_language_of_who_asks(pseudo_langue: str) -> None:
    """A process that has spoken French before says them in French to nobody else."""
    francais = {c.regle for d in des_fichiers().dispositifs.values() for c in d.criteres}
    jeton = LANGUE.set(pseudo_langue)
    try:
        autres = {c.regle for d in des_fichiers().dispositifs.values() for c in d.criteres}
    finally:
        LANGUE.reset(jeton)
    ici = "Siège dans ce territoire"
    assert any(ici in regle for regle in francais)
    assert not any(ici in regle for regle in autres)
    assert len(autres) == len(francais)
