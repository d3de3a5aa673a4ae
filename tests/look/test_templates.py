"""Every template of the project: it compiles, has no inline style or script, and may use only what it is given."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import UndefinedError
from jinja2.ext import babel_extract

from common import traduction, web
from common.formulaires import vierge

RACINE = Path(__file__).parents[2]
SERVICES = sorted(dossier.parent for dossier in (RACINE / "services").glob("*/__init__.py"))
FICHIERS = sorted(f for racine in ("libs", "services") for f in (RACINE / racine).glob("**/templates/**/*.html"))
EN_LIGNE = re.compile(r"""\sstyle=|<style|\son\w+=|javascript:|<script(?![^>]*\ssrc=)""")


@pytest.mark.parametrize("service", [None, *SERVICES], ids=lambda s: s.name if s else "common")
def test_every_template_compiles(service: Path | None) -> None:
    env = web.templates(service)
    noms = env.list_templates(["html"])
    assert "base.html" in noms
    for nom in noms:
        env.get_template(nom)


@pytest.mark.parametrize("fichier", FICHIERS, ids=lambda f: f.relative_to(RACINE).as_posix())
def test_no_inline_style_or_script(fichier: Path) -> None:
    assert not EN_LIGNE.findall(fichier.read_text())


def test_a_name_that_was_not_given_fails() -> None:
    with pytest.raises(UndefinedError):
        web.templates(None).from_string("{{ oubli }}").render()


def test_typed_text_is_escaped_by_the_macros() -> None:
    page = web.templates(None).from_string(
        '{% from "composants/formulaire.html" import champ_long %}{{ champ_long(f, "t", "T") }}'
    )
    assert "<script>" not in page.render(f=vierge({"t": "</textarea><script>\n"}))


def test_two_templates_of_one_name_are_refused(tmp_path: Path) -> None:
    for capacite in ("a", "b"):
        (tmp_path / capacite / "templates").mkdir(parents=True)
        (tmp_path / capacite / "templates" / "liste.html").write_text("x")
    with pytest.raises(ValueError, match=r"liste\.html"):
        web.templates(tmp_path)


def test_static_address_follows_the_content_of_the_file() -> None:
    assert re.fullmatch(r"/cellule/static/relais\.css\?v=[0-9a-f]{12}", web.static_url("cellule", "relais.css"))
    with pytest.raises(FileNotFoundError):
        web.static_url("cellule", "absent.css")


def test_literal_text_is_set_in_french_typography() -> None:
    page = web.templates(None).from_string(
        "<a href='/a?b' title=\"{{ x }}\" data-l='l :m'>L'avis : {{ x }} ?</a>{% trans %}Oui !{% endtrans %}"
    )
    assert (
        page.render(x="d'or") == "<a href='/a?b' title=\"d&#39;or\" data-l='l :m'>L’avis\u00a0: d&#39;or\u00a0?</a>Oui\u202f!"
    )


def test_a_catalogue_of_another_language_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (web.COMMON / "templates" / "base.html").read_bytes()
    options = {"trimmed": "true", "silent": "false"}
    extraits = {texte for _, _, texte, _ in babel_extract(io.BytesIO(source), ("_",), (), options) if isinstance(texte, str)}
    assert "Connecté :" in extraits
    messages = tmp_path / "en" / "LC_MESSAGES"
    messages.mkdir(parents=True)
    catalogue = read_po(io.StringIO('msgid "Connecté :"\nmsgstr "Signed in:"\n'), locale="en")
    with (messages / "relais.mo").open("wb") as fichier:
        write_mo(fichier, catalogue)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(traduction, "LOCALES", tmp_path)
    assert web.templates(tmp_path, "en").from_string('{{ _("Connecté :") }}').render() == "Signed in:"
