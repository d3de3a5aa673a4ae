"""Reading the catalogue: by everybody, each fact with its source, and exported as the files it may be loaded from."""

import io
import zipfile

import pytest

from common.clock import utc_now
from orientation.dispositifs.ecriture import empreinte
from orientation.dispositifs.lecture import catalogue_des_fichiers, lire_textes
from orientation.dispositifs.service import Bilan, charger_catalogue
from tests.orientation.monde import Hub
from tests.orientation.test_pages import en_ligne, page

API = "/api/v1/dispositifs"
FICHIERS = catalogue_des_fichiers()


async def codes(hub: Hub, query: str) -> list[str]:
    return [d["code"] for d in (await hub.get(None, f"{API}?limite=200&{query}")).json()["elements"]]


async def test_the_list_is_for_everybody_and_in_pages(hub: Hub) -> None:
    premiere = (await hub.get(None, f"{API}?limite=20")).json()
    seconde = (await hub.get(None, f"{API}?limite=20&apres={premiere['suivant']}")).json()
    assert [d["code"] for d in premiere["elements"] + seconde["elements"]] == sorted(FICHIERS.fiches)
    assert seconde["suivant"] is None
    assert (await hub.get(None, f"{API}?niveau=inconnu")).status_code == 422


async def test_a_filter_leaves_out_only_what_a_source_says_otherwise(hub: Hub) -> None:
    retenus = await codes(hub, "niveau=rebondir&departement=75")
    assert {"dla", "trajectoire", "codefi", "oasis"} <= set(retenus)  # Oasis: its levels are not specified.
    assert not {"prevasso", "projection", "parcours-au-rebond", "crp"} & set(retenus)
    assert "ronalpia-alterincub" in await codes(hub, "besoin=modele_economique&departement=988")
    assert "inspire" not in await codes(hub, "besoin=gouvernance")


async def test_a_dispositif_gives_each_fact_with_its_source_and_null_where_nothing_is_said(hub: Hub) -> None:
    lu = (await hub.get(None, f"{API}/prevasso")).json()
    assert (lu["version"], lu["empreinte"]) == (1, empreinte(FICHIERS.fiches["prevasso"]))
    assert lu["faits"]["capacite"]["valeur"] == {"mini": 350, "maxi": 350, "unite": "structures"}
    assert lu["faits"]["gratuit"]["valeur"] is None
    assert "croix" in lu["faits"]["gratuit"]["sources"][0]["passage"]
    occitanie = next(c for c in lu["criteres"] if c["departements"])
    assert occitanie["condition"] == {"nombre": {"champ": "mois_avant_cessation", "admis": {"au_plus": 12}}}
    assert len(occitanie["sources"]) == 2
    assert (await hub.get(None, f"{API}/inconnu")).status_code == 404
    assert (await hub.get(None, f"{API}/prevasso?version=9")).status_code == 404


async def test_what_is_exported_loads_as_what_is_published(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        await charger_catalogue(session, FICHIERS, utc_now())
    archive = await hub.get(None, f"{API}/export.zip")
    assert archive.headers["content-type"] == "application/zip"
    assert archive.content == (await hub.get(None, f"{API}/export.zip")).content
    with zipfile.ZipFile(io.BytesIO(archive.content)) as fichiers:
        relu = lire_textes({nom: fichiers.read(nom).decode() for nom in fichiers.namelist()})
    assert {c: empreinte(f) for c, f in relu.fiches.items()} == {c: empreinte(f) for c, f in FICHIERS.fiches.items()}
    async with hub.database.transaction() as session:
        assert await charger_catalogue(session, relu, utc_now()) == Bilan((), ())
    seul = await hub.get(None, f"{API}/dla.yaml")
    assert seul.text.splitlines()[1] == "code: dla"
    assert (await hub.get(None, f"{API}/inconnu.yaml")).status_code == 404


async def test_the_page_of_the_catalogue_filters_and_says_what_to_check(hub: Hub) -> None:
    tout = en_ligne(await page(hub, None, "/dispositifs"))
    assert "28 dispositifs" in tout
    assert "Modifier le catalogue" not in tout
    filtre = en_ligne(await page(hub, None, "/dispositifs?besoin=sante_dirigeant&departement=33"))
    assert "Oasis (Ticket for change)" in filtre
    assert "Inspire" not in filtre
    assert "besoin : non précisé" in filtre
    assert "28 dispositifs" in en_ligne(await page(hub, None, "/dispositifs?besoin=x&niveau=y&departement=zz"))


@pytest.mark.parametrize("code", sorted(FICHIERS.fiches))
async def test_each_page_of_a_dispositif_shows_its_sources(hub: Hub, code: str) -> None:
    mots = en_ligne(await page(hub, None, f"/dispositifs/{code}"))
    assert FICHIERS.fiches[code].libelle in mots
    assert "date non précisée" in mots or "2025" in mots or "2013-11" in mots


async def test_a_page_says_the_bounds_the_territory_and_what_is_not_specified(hub: Hub) -> None:
    mots = en_ligne(await page(hub, None, "/dispositifs/prevasso"))
    assert "moins de 9 mois (à confirmer au-delà de : moins de 6 mois)" in mots
    assert "(partout sauf : Occitanie)" in mots
    assert "Non précisé" in mots
    assert await page(hub, None, "/dispositifs/inconnu", status=404)
