"""A page by keyboard alone: what has the focus, one after the other, and whether one sees it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

# In the order of the document; of a group of radios, one: the one that is chosen, or else the first.
_A_ATTEINDRE = """dans => { const vus = new Set(); return [...document.querySelectorAll(
    `${dans} :is(a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"])`)]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled)
    .filter(e => { if (e.type !== 'radio') return true;
        const groupe = [e.form?.action, e.name].join(); if (vus.has(groupe)) return false;
        const choisi = document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`);
        if (choisi && choisi.form === e.form && choisi !== e) return false;
        vus.add(groupe); return true; })
    .map(e => { e.dataset.rang ??= String(Math.random()); return e.dataset.rang; }); }"""
_ICI = """() => { const e = document.activeElement; const b = e.getBoundingClientRect();
    const vu = [e, e.closest('article'), e.nextElementSibling, e.closest('.govuk-file-upload')].filter(Boolean)
        .some(n => [null, '::before'].some(p => { const s = getComputedStyle(n, p);
            return (s.outlineStyle === 'solid' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow.includes('0px 0px 0px'); }));
    return { rang: e.dataset.rang ?? '', dedans: !!e.closest('#contenu'), haut: b.top + scrollY, bas: b.bottom + scrollY,
        nom: e.outerHTML.slice(0, 80), vu }; }"""
_NOMS = "rangs => rangs.map(r => document.querySelector(`[data-rang='${r}']`).outerHTML.slice(0, 120))"


def a_atteindre(page: Page, dans: str = "#contenu") -> list[str]:
    """What must be reached within the matter of the page, in the order of the document, by marks that it leaves there."""
    rangs: list[str] = page.evaluate(_A_ATTEINDRE, dans)
    return rangs


def parcourir(page: Page, touche: str = "Tab") -> Sequence[dict[str, Any]]:
    """What has the focus, one after the other, within the matter, until it leaves."""
    lieux: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press(touche)
        ici = page.evaluate(_ICI)
        if not ici["dedans"]:
            return lieux
        # A field of several parts, like a date, is one.
        if not lieux or not ici["rang"] or lieux[-1]["rang"] != ici["rang"]:
            lieux.append(ici)
    raise AssertionError("the focus never leaves: somebody with a keyboard is caught")


def verifier_clavier(page: Page) -> int:
    """Fail when something is not reached in the order of reading, or nobody sees that it is. Returns how much there is.

    In a form, which has one column, nothing is above what came before it.
    """
    assert page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0, "an order of its own"
    attendus = a_atteindre(page)
    page.locator("#contenu").focus()
    lieux = parcourir(page)
    atteints = [lieu["rang"] for lieu in lieux]
    manquent = page.evaluate(_NOMS, [rang for rang in attendus if rang not in atteints])
    en_trop = [lieu["nom"] for lieu in lieux if lieu["rang"] not in attendus]
    assert not manquent, f"nobody reaches {manquent}"
    assert not en_trop, f"one also comes to {en_trop}"
    assert atteints == attendus, f"in another order than one reads: {[lieu['nom'] for lieu in lieux]}"
    for lieu in lieux:
        assert lieu["vu"], f"nobody sees that the focus is on {lieu['nom']}"
    dans = set(a_atteindre(page, "#contenu form[method=post]"))
    for avant, apres in pairwise(lieu for lieu in lieux if lieu["rang"] in dans):
        assert apres["bas"] > avant["haut"], f"{apres['nom']} is above {avant['nom']}"
    return len(attendus)
