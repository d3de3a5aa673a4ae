"""Every mail in French typography: subject, plain text and HTML, alone and together, also with no deadline and overseas."""

import html
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from tests.browser import LARGEURS, chromium, verifier_largeur
from tests.notifications.poste import parts

from common.clock import new_id
from notifications.courriels.domain import EtatCourriel, Suite
from notifications.courriels.message import Lettre, compose
from notifications.courriels.modeles import MODELES
from notifications.courriels.store import Claimed
from notifications.regles.charger import table
from notifications.regles.domain import Relation

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ECHEANCE = datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)
ORIGINE = "https://relais.example"
AUX_DIRIGEANTS = frozenset(nom for nom, avis in table().avis.items() if avis.page == "espace")
# What French asks a no-break space for, where there is an ordinary one or none; and a typewriter's apostrophe.
FAUTES = re.compile(
    r"[\w)»%€…] ?[;!?](?=\s|$)|[\w)»%€…] ?:(?=\s|$)|«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»|\w'\w"
    # A number and its unit, a day and its month, an hour and its minutes.
    r"|\d \d|\d (?:h|heures?|jours?|mois|nouvelles?|€|%|[a-zéû]+ \d{4})\b|\bh \d|\b1 (?:janvier|décembre)"
)


def claimed(modele: str, *, echeance: datetime | None = ECHEANCE, departement: str = "34") -> Claimed:
    """A mail of this kind that is to be sent now."""
    relation = Relation.dirigeant if modele in AUX_DIRIGEANTS else Relation.partenaire
    if modele == "invitation_equipe":
        relation = Relation.invite
    return Claimed(
        seq=1,
        event_id=new_id(),
        modele=modele,
        destinataire=relation,
        organisation_id=new_id(),
        roles=frozenset(),
        sauf=frozenset(),
        membre_id=None,
        acteur_id=None,
        dossier_id=new_id(),
        objet_id=new_id(),
        departement=departement,
        echeance=echeance,
        pli=None,
        tentatives=0,
        avant=Suite(EtatCourriel.en_attente, (), 0, 0),
        etat_orientation=None,
        reference="R-7F3K9",
        clos=False,
    )


def lettre(*rows: Claimed) -> EmailMessage:
    """The message of these, with all that a message may carry."""
    a_un_membre = rows[0].destinataire is Relation.partenaire
    return compose(
        Lettre(
            rows=rows,
            origine=ORIGINE,
            lien=None if a_un_membre else f"{ORIGINE}/signalement/espace/acces/x",
            organisation="Fonds d’Occitanie",
            code="1234 5678" if rows[0].modele == "acces" else None,
            desinscription=f"{ORIGINE}/notifications/desinscription/x" if a_un_membre else None,
        ),
        sender="Relais <ne-pas-repondre@relais.example>",
        address="camille@asso.example",
        now=NOW,
    )


def textes(message: EmailMessage) -> list[str]:
    """What is read of a message: the subject, the plain text, the HTML's text; addresses of the web and codes left out."""
    clair, riche = parts(message)
    assert "\\u{" not in riche
    visible = html.unescape(re.sub(r"<(style|title)\b.*?</\1>|<!--.*?-->|<[^>]+>", "\n", riche, flags=re.DOTALL))
    return [re.sub(r"https?://\S+|1234 5678", "", texte) for texte in (str(message["Subject"]), clair, visible)]


def fautes(message: EmailMessage) -> list[str]:
    return [trouvee[0] for texte in textes(message) for trouvee in FAUTES.finditer(texte)]


FAUX = ("Où ?", "Où?", "code :", "code:", "« non»", "«oui »", "l'accord", "17 h 30", "3 nouvelles", "1 décembre", "2 mars 2026")
JUSTE = ("Où\u202f?", "code\u00a0:", "«\u00a0oui\u00a0»", "l’accord", "17\u00a0h\u00a030", "R-7F3K9", "14:05:09")


def test_the_search_itself_finds() -> None:
    assert [texte for texte in FAUX if not FAUTES.search(texte)] == []
    assert [texte for texte in JUSTE if FAUTES.search(texte)] == []


@pytest.mark.parametrize("modele", sorted(MODELES))
def test_each_kind_alone(modele: str) -> None:
    for echeance, departement in ((ECHEANCE, "34"), (ECHEANCE, "972"), (None, "34")):
        message = lettre(claimed(modele, echeance=echeance, departement=departement))
        assert fautes(message) == []
        assert "{" not in "".join(textes(message))


def test_all_kinds_together() -> None:
    membres = [nom for nom in sorted(MODELES) if claimed(nom).destinataire is Relation.partenaire]
    assert len(membres) > 30
    message = lettre(*(claimed(nom) for nom in membres))
    assert fautes(message) == []
    assert str(message["Subject"]) == f"Relais\u00a0: {len(membres)}\u00a0nouvelles"


def test_the_subject_keeps_its_spaces_on_the_wire() -> None:
    brut = lettre(claimed("accompagnement_a_suivre")).as_bytes()
    assert brut.count(b"\r\n\r\n") >= 1
    assert all(len(ligne) <= 998 for ligne in brut.split(b"\r\n"))
    assert str(lettre(claimed("accompagnement_a_suivre"))["Subject"]) == "Où en est un accompagnement\u202f?"


ENSEMBLE = ("orientation_envoyee", "complement_fourni", "rendez_vous_propose")


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert


@pytest.mark.parametrize("largeur", LARGEURS)
@pytest.mark.parametrize(
    "modeles",
    [("acces",), ("retrait",), ("orientation_envoyee",), ("orientation_envoyee", "complement_fourni", "rendez_vous_propose")],
)
def test_how_they_look(navigateur: Browser, tmp_path: Path, largeur: int, modeles: tuple[str, ...]) -> None:
    """In a real browser, as a mail reader would show them."""
    fichier = tmp_path / "courriel.html"
    fichier.write_text(parts(lettre(*map(claimed, modeles)))[1])
    page = navigateur.new_page(viewport={"width": largeur, "height": 800}, locale="fr-FR")
    try:
        page.goto(fichier.as_uri())
        verifier_largeur(page)
        # A mail is no page: it has no landmarks of its own in a reader's window.
        trouve = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}})
        assert trouve.violations_count == 0, trouve.generate_report()
        if dossier := os.environ.get("CAPTURES"):
            page.screenshot(path=f"{dossier}/courriel-{modeles[-1]}-{largeur}.png", full_page=True)
    finally:
        page.close()
