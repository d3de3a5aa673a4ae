"""Sentences go through gettext: in the templates of the services that are done, and on their pages in a pseudo-language."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from common import traduction, web
from common.streams import SERVICES
from relais.nats import NatsServer
from tests.browser import TELEPHONE, surveillee
from tests.cellule import conftest as monde
from tests.cellule.site import site as cellule
from tests.langue.lecture import donnees
from tests.langue.pages import verifier
from tests.langue.pseudo import MODELES, extraits, pseudo
from tests.signalement import fabrique as f
from tests.signalement import site as signalement
from tests.signalement.test_navigateur import adresses, convenir, nouveau

ROOT = Path(__file__).parents[2]
_OUTSIDE = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# What says that it is in another language, or nobody's: the page for developers in English, and code.
_APART = re.compile(r'<(\w+)[^>]*\s(?:lang="en"|translate="no")[^>]*>.*?</\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>|&\w+;")
_WORD = re.compile(r"[^\W\d_]{2,}")


def unmarked(template: Path) -> list[str]:
    """The words of a template that are its own text and not in a `trans` block; the brand is no sentence."""
    # A tag may have statements in it: they are taken out first.
    return _WORD.findall(_TAG.sub(" ", _APART.sub(" ", _OUTSIDE.sub("", template.read_text()))).replace("Relais", " "))


def templates_of(service: str, folder: str = "*") -> list[Path]:
    return sorted(one for one in (ROOT / "services" / service).glob(f"{folder}/templates/**/*.*") if one.suffix in MODELES)


def covered() -> list[Path]:
    """The templates of all services."""
    return [template for service in SERVICES for template in templates_of(service)]


@pytest.mark.parametrize("template", covered(), ids=lambda t: t.name)
def test_a_template_has_no_text_outside_of_gettext(template: Path) -> None:
    assert not unmarked(template)


def test_the_pseudo_language_keeps_places_and_tags() -> None:
    text = "Lire <a href='/x'>%(n)s messages</a>, {jour} : 100 %% à vous"
    made = pseudo(text)
    for kept in ("<a href='/x'>", "%(n)s", "</a>", "{jour}", "%%"):
        assert kept in made
    assert "Lire" not in made
    assert len(made) >= 1.3 * len(re.sub(r"<[^>]*>", "", text))


def test_the_catalogue_holds_the_sentences_of_pages_python_and_lists() -> None:
    found = {text for texts in extraits() for text in texts}
    for known in ("Mon espace", "Cette information est nécessaire.", "Déficit récurrent", "dossiers", "jours ouvrés"):
        assert known in found, known
    assert len(found) > 600


def test_signalement(pseudo_langue: str, navigateur: Browser, database_urls: dict[str, str]) -> None:
    url = database_urls["signalement"]
    with signalement.serving(url, pseudo_langue) as place:
        said = donnees(url)
        for actor, path, _status in adresses(place):
            with surveillee(navigateur, place.origine, TELEPHONE) as page:
                signalement.entrer(page, place, actor)
                page.goto(f"{place.origine}/signalement{path}")
                verifier(page, said, path, actor)


def test_the_first_talk(pseudo_langue: str, navigateur: Browser, database_urls: dict[str, str]) -> None:
    url = database_urls["signalement"]
    with signalement.serving(url, pseudo_langue) as place:
        neuf = nouveau(place)
        dossier = f"{place.origine}/signalement/dossiers/{neuf}"
        with surveillee(navigateur, place.origine, TELEPHONE) as page:
            signalement.entrer(page, place, f.ANIMATEUR)
            for path in ("", "?etat=depose", f"/{neuf}"):
                page.goto(f"{place.origine}/signalement/dossiers{path}")
                verifier(page, donnees(url), path, f.ANIMATEUR)
            page.goto(f"{dossier}/premier-echange")
            page.locator("main form button").first.click()
            assert page.locator(".govuk-error-summary").count() == 1
            verifier(page, donnees(url), "no day and no hour", f.ANIMATEUR)
            convenir(page, dossier)
            verifier(page, donnees(url), "noted", f.ANIMATEUR)
        with surveillee(navigateur, place.origine, TELEPHONE) as page:
            actor = f.dirigeant(neuf)
            signalement.entrer(page, place, actor)
            page.goto(f"{place.origine}/signalement/espace")
            verifier(page, donnees(url), "the talk to come", actor)


def test_errors_of_a_form(pseudo_langue: str, navigateur: Browser, database_urls: dict[str, str]) -> None:
    with signalement.serving(database_urls["signalement"], pseudo_langue) as place:
        for path in ("/signaler/vous", "/signaler/association", "/signaler/situation", "/signaler/contact", "/espace/acces"):
            with surveillee(navigateur, place.origine, TELEPHONE) as page:
                page.goto(f"{place.origine}/signalement{path}")
                page.locator("main form button").first.click()
                assert page.locator(".govuk-error-summary").count() == 1
                verifier(page, set(), path)


def test_cellule(pseudo_langue: str, navigateur: Browser, database_urls: dict[str, str], nats_server: NatsServer) -> None:
    url = database_urls["cellule"]
    with cellule(url, nats_server, pseudo_langue) as place:
        # Dispositifs that no event has named yet go by their codes.
        said = donnees(url) | {"dla", "trajectoire", "mediation"}
        # The journal is made of codes, which are the same in all languages.
        written = donnees(url, codes=True)
        base = f"/cellule/diagnostics/{place.partage}"
        for actor, path in (
            (monde.NATIONALE, "/cellule/chiffres"),
            (monde.ANIMATRICE, "/cellule/chiffres?depuis=1999-01-01&jusque=1999-12-31"),
            (monde.ANIMATRICE, "/cellule/chiffres?depuis=2026-02-01&jusque=2026-01-01"),
            (monde.AUDITRICE, "/cellule/journal"),
            (monde.AUDITRICE, "/cellule/journal?action=rien"),
            (monde.ANIMATRICE, f"/cellule/diagnostics?dossier_id={monde.DOSSIER}"),
            (monde.ANIMATRICE, "/cellule/diagnostics"),
            (monde.DIRIGEANTE, base),
            (monde.AGENT, base),
            (monde.ANIMATRICE, f"{base}/versions"),
            (monde.ANIMATRICE, f"{base}/redaction"),
            (monde.ANIMATRICE, "/cellule/nulle-part"),
        ):
            with surveillee(navigateur, place.origine, TELEPHONE, storage_state=place.session(actor)) as page:
                page.goto(f"{place.origine}{path}")
                verifier(page, written if "journal" in path else said, path, actor)


def test_an_instance_without_a_catalogue_speaks_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traduction, "LOCALES", tmp_path)
    assert web.templates(None, "oc").from_string('{{ _("Menu") }}').render() == "Menu"
