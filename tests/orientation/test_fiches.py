"""The sheet of an organisation: hours, absences, what a manager declares, and what everybody may read of it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.calendrier import date_locale
from common.clock import new_id, utc_now
from common.errors import DonneeInvalide
from orientation.fiches import domain
from orientation.fiches.domain import Absence, AbsenceChevauche, annoncer
from orientation.fiches.service import disponibilites
from tests.orientation.monde import (
    AGENT,
    ANIMATEUR,
    AUDITEUR,
    DIRIGEANT,
    MACHINE,
    MANAGER,
    NATIONAL,
    Hub,
    ident,
    organisation,
    personne,
)
from tests.orientation.test_offres import declarer
from tests.orientation.test_pages import HTML, envoyer, lisible, page

ICI = "/mon-organisation"
MANAGER_APPUI = personne(MANAGER.role_principal, "appui")
JOUR = date(2026, 6, 1)

absences = st.builds(
    lambda debut, duree: Absence(JOUR + timedelta(debut), JOUR + timedelta(debut + duree)),
    st.integers(-40, 400),
    st.integers(-3, 60),
)


@given(st.lists(absences, max_size=12))
def test_each_day_has_at_most_one_absence(annonces: list[Absence]) -> None:
    connues: list[Absence] = []
    for absence in annonces:
        try:
            connues.append(annoncer(absence, connues, ident("fonds"), JOUR))
        except AbsenceChevauche:
            assert any(absence.couvre(c.du) or c.couvre(absence.du) for c in connues)
        except DonneeInvalide:
            assert absence.au < absence.du or absence.au < JOUR
    for n in range(-60, 500):
        assert sum(a.couvre(JOUR + timedelta(n)) for a in connues) <= 1


@pytest.mark.parametrize(
    ("absence", "champ"),
    [
        (Absence(JOUR, JOUR - timedelta(1)), "au"),
        (Absence(JOUR - timedelta(9), JOUR - timedelta(1)), "au"),
        (Absence(JOUR, JOUR + timedelta(367)), "au"),
        (Absence(JOUR, JOUR, partenaire_id=ident("fonds")), "remplacant"),
        (Absence(JOUR, JOUR, partenaire_id=ident("appui"), membre_id=ident("m")), "remplacant"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(absence: Absence, champ: str) -> None:
    with pytest.raises(DonneeInvalide) as refus:
        domain.annoncer(absence, (), ident("fonds"), JOUR)
    assert refus.value.champ == champ


def jours(du: date, au: date, remplacant: str = "") -> dict[str, Any]:
    champs: dict[str, Any] = {}
    for nom, jour in (("du", du), ("au", au)):
        champs |= {f"{nom}-jour": jour.day, f"{nom}-mois": jour.month, f"{nom}-annee": jour.year}
    return champs | ({"remplacant": remplacant} if remplacant else {})


async def annoncer_absence(hub: Hub, du: date, au: date, remplacant: str = "", attendu: int = 303) -> str:
    answer = await envoyer(hub, MANAGER, f"{ICI}/absences/nouvelle", jours(du, au, remplacant))
    assert answer.status_code == attendu, answer.text
    return lisible(answer)


async def test_a_manager_keeps_the_sheet_and_everybody_reads_it(hub: Hub) -> None:
    vierge = await page(hub, MANAGER, ICI)
    assert "manager@fonds.example" in vierge
    saisie = {
        "presentation": "Un fonds de prêts.",
        "publics": "Associations de 1 à 50 salariés.",
        "siret": "732 829 320 00074",
        "code_postal": "34000",
        "telephone": "04 67 00 00 00",
        "site_web": "www.fonds.example",
        "version": 0,
    }
    assert (await envoyer(hub, MANAGER, f"{ICI}/fiche", saisie)).headers["location"].endswith("?fait=fiche")
    horaires = {"lundi": "9h-12h", "mardi": "9h-12h", "version": 1}
    assert (await envoyer(hub, MANAGER, f"{ICI}/horaires", horaires)).status_code == 303
    publique = await page(hub, None, f"/annuaire/partenaires/{ident('fonds')}")
    for attendu in ("Un fonds de prêts.", "Associations de 1 à 50 salariés.", "Lundi et mardi", "https://www.fonds.example/"):
        assert attendu in publique
    assert "Martin" not in publique
    assert "manager@" not in publique
    lue = (await hub.get(None, f"/api/v1/partenaires/{ident('fonds')}")).json()
    assert lue["fiche"]["siret"] == "73282932000074"
    assert lue["fiche"]["horaires"] == "Mo-Tu 09:00-12:00"
    assert (lue["offres"][0]["dispositif"], lue["offres"][0]["places"], lue["absences"]) == ("trajectoire", None, [])


async def test_a_sheet_that_changed_meanwhile_is_not_overwritten(hub: Hub) -> None:
    assert (await envoyer(hub, MANAGER, f"{ICI}/fiche", {"presentation": "Une", "version": 0})).status_code == 303
    refusee = await envoyer(hub, MANAGER, f"{ICI}/fiche", {"presentation": "Autre", "version": 0})
    assert refusee.status_code == 422
    assert "entre-temps" in lisible(refusee)
    assert "Autre" in refusee.text
    assert "Une" in await page(hub, None, f"/annuaire/partenaires/{ident('fonds')}")


@pytest.mark.parametrize(
    ("chemin", "saisie", "dit"),
    [
        ("fiche", {"siret": "12345678901234"}, "SIRET"),
        ("fiche", {"code_postal": "99999"}, "Ce code postal n’existe pas"),
        ("fiche", {"presentation": "x" * 1001}, "1"),
        ("fiche", {"site_web": "javascript://x"}, "adresse du site"),
        ("fiche", {"courriel": "accueil"}, "adresse complète"),
        ("horaires", {"mercredi": "l’après-midi"}, "Écrivez par exemple"),
        ("engagement", {"delai_jours_ouvres": "0"}, "Répondre"),
        ("engagement", {"delai_jours_ouvres": "3", "delai_lecture": "4"}, "avant d’y répondre"),
        ("offres/trajectoire", {"capacite": "5"}, "donnez les deux"),
        ("offres/trajectoire", {"capacite": "-1", "periode": "mois"}, "Capacité"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_comes_back(
    hub: Hub, chemin: str, saisie: dict[str, str], dit: str
) -> None:
    answer = await envoyer(hub, MANAGER, f"{ICI}/{chemin}", saisie | {"version": "0"})
    assert answer.status_code == 422, answer.text
    assert dit in lisible(answer)
    assert all(valeur in lisible(answer) for valeur in saisie.values())


async def test_delays_and_capacity_are_declared_and_taken_back(hub: Hub) -> None:
    assert (
        await envoyer(hub, MANAGER, f"{ICI}/engagement", {"delai_jours_ouvres": "8", "delai_lecture": "3"})
    ).status_code == 303
    offre = {"capacite": "0", "periode": "mois", "delai_reponse": "4"}
    assert (await envoyer(hub, MANAGER, f"{ICI}/offres/trajectoire", offre)).status_code == 303
    lue = (await hub.get(None, f"/api/v1/partenaires/{ident('fonds')}")).json()["offres"][0]
    assert (lue["delai_lecture"], lue["delai_reponse"]) == (3, 4)
    assert lue["places"] == {"capacite": 0, "periode": "mois", "reste": 0}
    assert "Capacité atteinte" in await page(hub, None, "/annuaire?departement=34")
    assert (await envoyer(hub, MANAGER, f"{ICI}/offres/trajectoire", {})).status_code == 303
    assert (await hub.get(None, f"/api/v1/partenaires/{ident('fonds')}")).json()["offres"][0]["places"] is None
    assert (await envoyer(hub, MANAGER, f"{ICI}/offres/dla", offre)).status_code == 404
    assert (await hub.get(MANAGER, f"{ICI}/offres/dla", headers=HTML)).status_code == 404


async def test_an_absence_shows_proposes_its_substitute_and_is_taken_back(hub: Hub) -> None:
    jour = date_locale(utc_now(), "34")
    offres = [{"dispositif": "trajectoire", "delai_reponse": 3}]
    await declarer(hub.database, [{**partenaire_de("appui"), "dispositifs": ["dla", "trajectoire"], "offres": offres}])
    dit = await annoncer_absence(hub, jour - timedelta(2), jour + timedelta(5), f"partenaire:{ident('appui')}")
    assert dit == ""
    annuaire = await page(hub, None, "/annuaire?departement=34")
    assert "Remplacé par Organisation appui." in annuaire
    assert annuaire.index("Organisation appui</a>") < annuaire.index("Organisation fonds</a>")
    dossier_id = await hub.dossier()
    choix = await page(hub, ANIMATEUR, f"/orientations/nouvelle?dossier={dossier_id}")
    assert choix.rindex("Absent jusqu’au") > choix.rindex(f"{ident('appui')}:dla")
    demande = {"choix": f"{ident('fonds')}:trajectoire", "categories": "identite", "suite": "relire"}
    apercu = lisible(await envoyer(hub, ANIMATEUR, f"/orientations/nouvelle?dossier={dossier_id}", demande))
    assert "Organisation appui. Répond sous 3 jours ouvrés." in choix
    assert "Proposer plutôt Organisation appui" in apercu
    assert f"{ident('appui')}:trajectoire" in apercu
    (absence,) = (await hub.get(None, f"/api/v1/partenaires/{ident('fonds')}")).json()["absences"]
    assert absence["remplacant_id"] == str(ident("appui"))
    ligne = await page(hub, MANAGER, ICI)
    absence_id = ligne.split("/absences/")[1].split("/")[0]
    assert "Supprimer l’absence ?" in await page(hub, MANAGER, f"{ICI}/absences/{absence_id}/suppression")
    assert (await envoyer(hub, MANAGER_APPUI, f"{ICI}/absences/{absence_id}/suppression")).status_code == 404
    assert (await envoyer(hub, MANAGER, f"{ICI}/absences/{absence_id}/suppression")).status_code == 303
    assert "Absent" not in await page(hub, None, "/annuaire?departement=34")


async def test_who_can_answer_now_comes_before_who_is_full_and_who_is_away(hub: Hub) -> None:
    plein = {"offres": [{"dispositif": "dla", "capacite": 0, "periode": "mois"}]}
    libre = {"offres": [{"dispositif": "dla", "capacite": 4, "periode": "mois"}]}
    await declarer(hub.database, [partenaire_de("a-plein") | plein, partenaire_de("b-libre") | libre])
    await declarer(hub.database, [{**partenaire_de("fonds"), "dispositifs": ["dla"], "delai_jours_ouvres": 9}])
    jour = date_locale(utc_now(), "34")
    await annoncer_absence(hub, jour, jour)
    async with hub.database.transaction() as session:
        libres = await disponibilites(session, "34", utc_now())
    rangs = {code: libres.rang(ident(code), "dla") for code in ("appui", "b-libre", "a-plein", "fonds")}
    assert rangs == {"appui": 0, "b-libre": 0, "a-plein": 1, "fonds": 2}
    annuaire = await page(hub, None, "/annuaire?departement=34")
    assert [annuaire.index(f"Organisation {code}</a>") for code in rangs] == sorted(
        annuaire.index(f"Organisation {code}</a>") for code in rangs
    )


async def test_a_colleague_who_answers_is_named_to_the_team_only(hub: Hub) -> None:
    jour = date_locale(utc_now(), "34")
    formulaire = await page(hub, MANAGER, f"{ICI}/absences/nouvelle")
    membre = formulaire.split('value="membre:')[1].split('"')[0]
    await annoncer_absence(hub, jour, jour, f"membre:{membre}")
    assert "Agent Martin" in (await page(hub, MANAGER, ICI)).split("Absences", 1)[1].split("Membres")[0]
    for publique in ("/annuaire?departement=34", f"/annuaire/partenaires/{ident('fonds')}"):
        texte = await page(hub, None, publique)
        assert "Une autre personne de l’équipe répond." in texte
        assert "Agent Martin" not in texte


async def test_overlapping_absences_are_refused_even_at_once(hub: Hub) -> None:
    jour = date_locale(utc_now(), "34") + timedelta(30)
    essais = [envoyer(hub, MANAGER, f"{ICI}/absences/nouvelle", jours(jour, jour + timedelta(n))) for n in range(5)]
    reponses = await asyncio.gather(*essais)
    assert sorted(r.status_code for r in reponses) == [303, 422, 422, 422, 422]
    assert "déjà annoncée" in await annoncer_absence(hub, jour, jour, attendu=422)
    for remplacant in (f"partenaire:{ident('cellule-sud')}", f"membre:{new_id()}", f"partenaire:{ident('fonds')}"):
        dit = await annoncer_absence(hub, jour + timedelta(60), jour + timedelta(60), remplacant, attendu=422)
        assert "Choisissez un remplaçant de la liste." in dit


async def test_the_database_itself_refuses_two_absences_on_a_day(hub: Hub) -> None:
    inserer = text("INSERT INTO absences (id, partenaire_id, du, au) VALUES (:id, :partenaire, :du, :au)")
    with pytest.raises(IntegrityError, match="ex_absences_jours"):
        async with hub.database.transaction() as session:
            for _ in range(2):
                await session.execute(inserer, {"id": new_id(), "partenaire": ident("fonds"), "du": JOUR, "au": JOUR})


async def test_only_a_manager_reaches_the_pages_of_its_organisation(hub: Hub) -> None:
    absence = f"{ICI}/absences/{UUID(int=1)}/suppression"
    chemins = [
        ICI,
        *(f"{ICI}/{c}" for c in ("fiche", "horaires", "engagement", "offres/trajectoire", "absences/nouvelle")),
        absence,
    ]
    for actor in (AGENT, ANIMATEUR, NATIONAL, AUDITEUR, MACHINE, DIRIGEANT):
        for chemin in chemins:
            assert (await hub.get(actor, chemin, headers=HTML)).status_code == 403, (actor, chemin)
            if chemin != ICI:
                assert (await envoyer(hub, actor, chemin, {"version": 0})).status_code == 403, (actor, chemin)
    for chemin in chemins:
        assert (await hub.get(None, chemin, headers=HTML)).status_code in (303, 401)


async def test_the_search_folds_accents_and_shows_what_it_finds(hub: Hub) -> None:
    nombreux = [
        {**partenaire_de(f"relais-{n:02d}"), "nom": f"Écoute et appui n° {n:02d}", "dispositifs": ["crib"]} for n in range(25)
    ]
    await declarer(hub.database, nombreux)
    trouvee = await page(hub, None, "/annuaire?departement=34&recherche=ECOUTE+benevoles")
    assert "25 organisations, page 1 sur 2" in trouvee
    assert "n° 24" not in trouvee
    assert "n° 24" in await page(hub, None, "/annuaire?departement=34&recherche=ECOUTE+benevoles&page=2")
    assert "Aucune organisation ne correspond" in await page(hub, None, "/annuaire?departement=34&recherche=zzz")
    experts = await page(hub, None, "/annuaire?departement=34&famille=relais_expert")
    assert "Aucune organisation ne correspond" in experts
    assert "Organisation fonds" in await page(hub, None, "/annuaire?departement=34&recherche=trajectoire")


def partenaire_de(code: str) -> dict[str, Any]:
    return organisation(code, "dla", ["30", "34", "67"], ["dla"], [])
