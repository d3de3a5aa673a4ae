"""No French sentence in Python but in `_`, `N_` or a label: what templates hold is looked at in `test_gettext`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.streams import SERVICES

ROOT = Path(__file__).parents[2]
SPOKEN = ("libs/common", *(f"services/{service}" for service in SERVICES))
EXEMPT = {
    # Consents are proofs: they are kept in the words that were agreed to, version by version.
    "services/signalement/consentements/textes.py",
    # A tool for developers, which names its sources.
    "libs/common/donnees/construire.py",
    # A form for editors, whose keys are the catalogue's own; and an export in the words of its standard.
    "services/orientation/dispositifs/edition.py",
    "services/orientation/donnees/inclusion.py",
    # What documents the answers of the API.
    "services/orientation/problemes.py",
}
MARKS = {"_", "N_", "ngettext", "pluriel"}
# What documents the API for programmers is in French and not translated.
DOCUMENTATION = {"summary", "description", "examples"}
_FRENCH = re.compile(r"[a-zà-ÿ] .*[à-ÿœ’]|[à-ÿœ’].* [a-zà-ÿ]", re.IGNORECASE | re.DOTALL)


def unmarked(source: str) -> list[str]:
    """The sentences of a module that gettext does not know."""
    tree = ast.parse(source)
    return [text for text in _strings(tree) if _FRENCH.search(text)]


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # A docstring.
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
        return
    if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Code" for base in node.bases):
        return
    if isinstance(node, ast.keyword) and node.arg in DOCUMENTATION:
        return
    if isinstance(node, ast.Dict) and any(isinstance(key, ast.Constant) and key.value in DOCUMENTATION for key in node.keys):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _strings(child)


def sources() -> list[Path]:
    found = [path for folder in SPOKEN for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if path.relative_to(ROOT).as_posix() not in EXEMPT and "migrations" not in path.parts]


@pytest.mark.parametrize("folder", SPOKEN)
def test_python_says_nothing_outside_of_gettext(folder: str) -> None:
    left = {path.name: said for path in sources() if ROOT / folder in path.parents and (said := unmarked(path.read_text()))}
    assert not left


def test_what_is_not_marked_is_found() -> None:
    assert unmarked('raise Erreur("Réessayez dans une minute.")')
    assert unmarked('raise Erreur(f"Réessayez dans {n} minutes.")')
    assert not unmarked('"""Une règle, à suivre."""\nraise Erreur(_("Réessayez dans une minute."), champ="debit")')
