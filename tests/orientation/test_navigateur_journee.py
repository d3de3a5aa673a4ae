"""The day in a real browser: full and empty, on a telephone and a screen, with and without JavaScript."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from common.clock import new_id, utc_now
from tests.bench.remplir import remplir
from tests.browser import LARGEURS, surveillee
from tests.orientation.monde import AGENT, ANIMATEUR, Hub, depose, entendre, ident
from tests.orientation.site import Site, entrer, montrer
from tests.orientation.test_listes import PAIRES


async def une_journee(hub: Hub) -> None:
    """Late work, something for today, something for the week, and an appointment."""
    bare = await hub.database.connect()
    await bare.execute("TRUNCATE orientations, dossiers CASCADE")
    now = utc_now()
    await remplir(bare, PAIRES, now, ouvertes=120, closes=0)
    await bare.execute("UPDATE orientations SET due_at = $1", now + timedelta(days=20))
    for etats, partenaire in ((["recue", "acceptee"], "fonds"), (["complement_demande"], "appui")):
        for rang, ecart in enumerate((-50, -3, 0.05, 0.05, 24, 24, 48)):
            await bare.execute(
                "UPDATE orientations SET due_at = $1 WHERE id IN (SELECT id FROM orientations WHERE etat = ANY($2)"
                " AND departement = '34' AND partenaire_id = $3 ORDER BY id OFFSET $4 LIMIT 1)",
                now + timedelta(hours=ecart),
                etats,
                ident(partenaire),
                rang,
            )
    orientation_id, slot, meeting = (
        await bare.fetchval(
            "SELECT id FROM orientations WHERE departement = '34' AND etat = 'acceptee'"
            " AND partenaire_id = $1 ORDER BY id LIMIT 1",
            ident("fonds"),
        ),
        new_id(),
        new_id(),
    )
    await bare.execute(
        "INSERT INTO rendez_vous (id, orientation_id, etat, tour, propose_par, propose_at, creneau_id, confirme_par,"
        " pour_association, confirme_at, publie, sequence, creee_at, modifiee_at, version)"
        " VALUES ($1, $2, 'confirme', 1, 'partenaire', $3, $4, 'emetteur', false, $3, true, 0, $3, $3, 1)",
        meeting,
        orientation_id,
        now,
        slot,
    )
    await bare.execute(
        "INSERT INTO creneaux (id, rendez_vous_id, tour, rang, debut, minutes, mode, lieu)"
        " VALUES ($1, $2, 1, 0, $3, 45, 'telephone', '')",
        slot,
        meeting,
        now,
    )
    await bare.close()
    await entendre(hub.database, depose(new_id(), reference="R-7F3K-9Q2M"), 1)


@pytest.mark.parametrize("largeur", LARGEURS)
def test_the_day(site: Site, navigateur: Browser, largeur: int) -> None:
    site.faire(une_journee(site.hub))
    for actor, nom in ((AGENT, "partenaire"), (ANIMATEUR, "animateur")):
        with surveillee(navigateur, site.origine, largeur, java_script_enabled=True) as page:
            entrer(page, site, actor)
            page.goto(f"{site.origine}/orientation/")
            expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui m’attend aujourd’hui")
            expect(page.get_by_role("heading", name="En retard")).to_be_visible()
            expect(page.get_by_role("heading", name="Rendez-vous aujourd’hui")).to_be_visible()
            montrer(page, f"journee-{nom}")
        with surveillee(navigateur, site.origine, largeur, java_script_enabled=False) as page:
            entrer(page, site, actor)
            page.goto(f"{site.origine}/orientation/aujourd-hui")
            page.locator(".relais-tache a").first.click()
            assert "/orientation/orientations/" in page.url


@pytest.mark.parametrize("largeur", LARGEURS)
def test_an_empty_day_teaches(site: Site, navigateur: Browser, largeur: int) -> None:
    async def vider() -> None:
        bare = await site.hub.database.connect()
        await bare.execute("TRUNCATE orientations, dossiers CASCADE")
        await bare.close()

    site.faire(vider())
    for actor, nom in ((AGENT, "partenaire"), (ANIMATEUR, "animateur")):
        with surveillee(navigateur, site.origine, largeur) as page:
            entrer(page, site, actor)
            page.goto(f"{site.origine}/orientation/aujourd-hui")
            expect(page.get_by_role("heading", name="Rien ne vous attend aujourd’hui")).to_be_visible()
            montrer(page, f"journee-vide-{nom}")
