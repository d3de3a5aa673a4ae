"""When a link is over: what it opened opens nothing any more, whoever ended it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from common.clock import new_id, utc_now
from common.codes_echanges import ActionLot
from common.database import Database
from orientation.echeances.service import balayer
from orientation.lots.service import faire
from tests.conftest import service_url
from tests.orientation.equipe import aller, lignes
from tests.orientation.greffe import GREFFE, code, demander, entree, envoi, etat, evenements, jeton, ouvre, poser, saisir
from tests.orientation.monde import ANIMATEUR, Hub, entendre, ident, retire
from tests.orientation.test_pages import envoyer, page

__all__ = ["envoi"]
NOM = "Les Amis du Pont Rouge"


@pytest.mark.parametrize("fin", ["expire", "retire", "invente"])
async def test_what_is_over_opens_nothing(hub: Hub, envoi: str, fin: str) -> None:
    secret, moi = await jeton(hub, envoi), await entree(hub, envoi)
    juste = await code(hub, envoi)
    if fin == "expire":
        await poser(hub, envoi, expire_at=utc_now())
    elif fin == "retire":
        assert (await envoyer(hub, ANIMATEUR, f"/orientations/{envoi}/lien/retrait")).status_code == 303
    else:
        secret = "x" * 43
    reponses = [await ouvre(hub, secret), await demander(hub, secret), await saisir(hub, secret, juste)]
    assert [r.status_code for r in reponses] == [404] * 3
    # One answer, whatever the reason.
    assert {re.sub(r"[0-9a-f]{32}", "", r.text) for r in reponses} == {re.sub(r"[0-9a-f]{32}", "", reponses[0].text)}
    dedans = await aller(hub, "POST", f"/orientations/{envoi}/ouverture", moi)
    assert (dedans.status_code == 200) is (fin == "invente")
    assert NOM not in dedans.text or fin == "invente"


async def test_it_ends_with_the_referral_whoever_ends_it(hub: Hub, envoi: str) -> None:
    secret, moi = await jeton(hub, envoi), await entree(hub, envoi)
    await hub.agir(ANIMATEUR, envoi, "annuler")
    assert (await ouvre(hub, secret)).status_code == 404
    assert (await aller(hub, "GET", f"/orientations/{envoi}", moi)).status_code in (303, 401)
    # Sent again, it has a new link; the consent that is withdrawn takes it away too.
    await hub.agir(ANIMATEUR, envoi, "renvoyer", motif="erreur")
    assert await evenements(hub, "envoye") == 2
    assert (await ouvre(hub, secret)).status_code == 404
    secret = await jeton(hub, envoi)
    (row,) = await lignes(hub, "SELECT dossier_id, consentement_id FROM orientations WHERE id = :o", o=envoi)
    await entendre(hub.database, retire(row.consentement_id, row.dossier_id, GREFFE), 3)
    assert (await etat(hub, envoi), (await ouvre(hub, secret)).status_code) == ("retiree", 404)


async def test_a_reminder_carries_a_link_unless_it_was_taken_back(hub: Hub, envoi: str) -> None:
    await balayer(hub.database, lambda: utc_now() + timedelta(days=6))
    rappeles = await evenements(hub, "envoye")
    assert rappeles > 1
    await envoyer(hub, ANIMATEUR, f"/orientations/{envoi}/lien/retrait")
    await balayer(hub.database, lambda: utc_now() + timedelta(days=8))
    assert await evenements(hub, "envoye") == rappeles


async def test_an_organisation_that_has_accounts_by_now_signs_in(hub: Hub, envoi: str) -> None:
    secret = await jeton(hub, envoi)
    juste = await code(hub, envoi)
    await lignes(
        hub,
        """INSERT INTO membres (id, partenaire_id, issuer, sub, nom, prenom, courriel, roles, actif)
        VALUES (gen_random_uuid(), :p, 'x', 'x', 'x', 'x', 'x@x.example', '{agent}', true) RETURNING id""",
        p=ident(GREFFE),
    )
    texte = (await ouvre(hub, secret)).text
    assert "Connectez-vous pour répondre" in texte
    assert "/code" not in texte
    assert (await demander(hub, secret)).status_code == 409
    assert (await saisir(hub, secret, juste)).status_code == 422
    assert "Lien du partenaire" not in await page(hub, ANIMATEUR, f"/orientations/{envoi}")


async def test_a_lot_that_ends_one_with_a_link_goes_on_as_its_animateur(hub: Hub, envoi: str) -> None:
    """The hub ends the sessions of whoever came by the link, and nothing else: the rest sees what the animateur may see."""
    moi, ailleurs = await entree(hub, envoi), await hub.brouillon(await hub.dossier())
    await lignes(hub, "UPDATE orientations SET departement = '67' WHERE id = :o RETURNING id", o=ailleurs)
    versions = {UUID(envoi): 2, UUID(ailleurs): 1}
    database = Database(service_url(hub.database), service="orientation")
    voir = text("SELECT current_user::text, (SELECT count(*) FROM sessions), (SELECT count(*) FROM orientations)")
    try:
        async with database.transaction(ANIMATEUR) as session:
            row = await faire(session, hub.app.state.nats, ANIMATEUR, new_id(), ActionLot.annuler, versions, None, utc_now())
            assert {ligne["orientation_id"]: ligne["probleme"] is None for ligne in row.lignes} == {
                envoi: True,
                ailleurs: False,
            }
            assert tuple((await session.execute(voir)).one()) == ("relais_orientation", 0, 1)
    finally:
        await database.close()
    assert (await etat(hub, envoi), await etat(hub, ailleurs)) == ("retiree", "brouillon")
    assert (await aller(hub, "GET", f"/orientations/{envoi}", moi)).status_code in (303, 401)
