"""The rules of the figures on values, the drawn chart, and the comparison of two texts."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cellule.conftest import ANIMATRICE, NATIONALE

from cellule.chiffres.domain import filtrer
from cellule.chiffres.graphique import graphiques
from cellule.chiffres.service import Compte
from cellule.diagnostics.differences import comparer
from common.cas import EtatCas, etat_du_cas
from common.codes import EtatDossier, EtatOrientation
from common.errors import DonneeInvalide, Interdit
from common.secret import masquer

ACTIVES = {EtatOrientation.acceptee, EtatOrientation.demarree}
ORIENTATIONS = st.lists(st.sampled_from(EtatOrientation))


@given(st.sampled_from([EtatDossier.depose, EtatDossier.qualifie]), ORIENTATIONS)
def test_active_work_outranks_a_negative_closure(dossier: EtatDossier, orientations: list[EtatOrientation]) -> None:
    etat = etat_du_cas(dossier, orientations)
    assert (etat is EtatCas.accompagne) is bool(ACTIVES.intersection(orientations))
    if etat is EtatCas.a_reorienter:
        assert EtatOrientation.aboutie not in orientations
    assert etat_du_cas(EtatDossier.clos, orientations) is EtatCas.clos


@given(st.sampled_from(EtatDossier), ORIENTATIONS, st.randoms())
def test_the_order_of_referrals_does_not_matter(dossier: EtatDossier, orientations: list[EtatOrientation], rng: object) -> None:
    assert etat_du_cas(dossier, orientations) is etat_du_cas(dossier, sorted(orientations * 2))


def test_small_numbers_are_withheld() -> None:
    assert [masquer(n) for n in range(7)] == [0, None, None, None, None, 5, 6]


def test_a_filter_stays_within_the_territory() -> None:
    assert filtrer(NATIONALE).departements is None
    assert filtrer(NATIONALE, region="11", departement="59").departements == frozenset()
    assert filtrer(ANIMATRICE).departements == ANIMATRICE.departements
    assert filtrer(ANIMATRICE, region="76").departements == ANIMATRICE.departements
    with pytest.raises(Interdit):
        filtrer(ANIMATRICE, departement="59")
    with pytest.raises(DonneeInvalide):
        filtrer(NATIONALE, depuis=date(2026, 2, 1), jusque=date(2026, 1, 1))


async def test_the_drawing_has_every_number_and_nothing_that_the_policy_refuses() -> None:
    mois = [Compte("2026-01", 12), Compte("2026-02", None), Compte("2026-03", 1234)]
    for nom, svg in (await graphiques(mois, "Titre & titre")).items():
        assert svg.startswith("<svg viewBox=")
        assert f'<title id="graphique-{nom}-titre">Titre &amp; titre</title>' in svg
        assert "moins de 5, mars" in svg
        assert {">12<", ">&lt; 5<", ">1\u202f234<"} <= set(re.findall(r">[^<>]+<", svg)), svg
        assert "janv.\u00a02026" in svg
        assert "Atkinson Hyperlegible Next" in svg
        assert not re.search(r"style=|<style|<script|href|\bon[a-z]+=|clip-path", svg)
    assert await graphiques([], "Titre") == {}


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_differences_rebuild_both_texts(avant: str, apres: str) -> None:
    morceaux = comparer(avant, apres)
    assert "".join(m.texte for m in morceaux if m.genre != "ajoute") == avant
    assert "".join(m.texte for m in morceaux if m.genre != "retire") == apres
