"""The first talk of two hours: noted by the animateur, told to the association, never on the bus."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from common.codes import EtatDossier, IssueDossier
from common.database import Database
from common.territoires import departements, fuseau
from signalement.premier_echange.domain import HORIZON, DossierDejaClos, EchangeHorsPeriode, verifier
from signalement.signalements import service as signalements
from signalement.signalements.models import Dossier
from tests.signalement import fabrique as f
from tests.signalement.conftest import Ouvrir
from tests.signalement.outils import actions, bruts, evenements, texte
from tests.signalement.test_personnes import inviter

A_VENIR = datetime.now(UTC) + timedelta(days=30)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it.


def page(dossier: Dossier) -> str:
    """Where the talk is noted."""
    return f"/signalement/dossiers/{dossier.id}/premier-echange"


def saisie(quand: datetime, heure: str = "14h30") -> dict[str, str]:
    """What the form sends."""
    return {"jour-jour": str(quand.day), "jour-mois": str(quand.month), "jour-annee": str(quand.year), "heure": heure}


async def test_from_the_agreement_to_the_associations_page(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    await inviter(ouvrir, signalement_db, dossier)
    cell, me = ouvrir(f.ANIMATEUR), ouvrir(f.dirigeant(dossier.id))
    assert "Fixer le premier échange" in texte(await cell.get(f"/signalement/dossiers/{dossier.id}"))
    assert "Premier échange à fixer" in texte(await cell.get("/signalement/dossiers"))
    assert "va vous appeler" in texte(await me.get("/signalement/espace"))
    noted = await cell.post(page(dossier), data=saisie(A_VENIR))
    assert (noted.status_code, noted.headers["location"]) == (303, f"/signalement/dossiers/{dossier.id}?fait=convenu")
    told = [event for event in await evenements(signalement_db, "demande") if event.modele == "premier_echange"]
    assert len(told) == 2
    for shown in (await cell.get(f"/signalement/dossiers/{dossier.id}"), await cell.get("/signalement/dossiers")):
        assert f"{A_VENIR.year} à 14\u00a0h\u00a030" in texte(shown)
    space = texte(await me.get("/signalement/espace"))
    assert "Soyez disponible le" in space
    assert space.count("14\u00a0h\u00a030") == 2
    assert 'value="14:30"' in (await cell.get(page(dossier))).text
    assert (await actions(signalement_db)).count("dossier.convenir") == 1
    assert "14:30" not in await bruts(signalement_db)


async def test_the_same_again_tells_nobody_and_another_moment_does(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    cell = ouvrir(f.ANIMATEUR)
    for heure in ("9h", "09:00", "10h"):
        assert (await cell.post(page(dossier), data=saisie(A_VENIR, heure))).status_code == 303
    told = [event for event in await evenements(signalement_db, "demande") if event.modele == "premier_echange"]
    assert len(told) == (await actions(signalement_db)).count("dossier.convenir") == 2


async def test_one_that_was_held_is_noted_and_nobody_told(ouvrir: Ouvrir, signalement_db: Database) -> None:
    """A case was filed long ago, and qualified; its talk is noted afterwards."""
    dossier = await f.deposer(signalement_db, now=datetime.now(UTC) - timedelta(days=20))
    cell = ouvrir(f.ANIMATEUR)
    await cell.post(f"/signalement/dossiers/{dossier.id}/qualification", data={"niveau": "anticiper"})
    assert "La date du premier échange n’est pas notée" in texte(await cell.get(f"/signalement/dossiers/{dossier.id}"))
    held = datetime.now(UTC) - timedelta(days=3)
    assert (await cell.post(page(dossier), data=saisie(held))).status_code == 303
    assert [event for event in await evenements(signalement_db, "demande") if event.modele == "premier_echange"] == []
    space = texte(await ouvrir(f.dirigeant(dossier.id)).get("/signalement/espace"))
    assert "14\u00a0h\u00a030" in space
    assert "Soyez disponible" not in space


WRONG = {
    "an hour that is none": ({"heure": "midi"}, "Saisissez une heure"),
    "no hour": ({"heure": ""}, "Donnez l’heure de cet échange"),
    "no day": ({"jour-jour": "", "jour-mois": "", "jour-annee": ""}, "Donnez le jour de cet échange"),
    "a day that is none": ({"jour-jour": "31", "jour-mois": "2"}, "date"),
    "before the filing": ({"jour-annee": "2020"}, "Choisissez une date entre le jour du signalement"),
    "in ten years": ({"jour-annee": "2036"}, "Choisissez une date entre le jour du signalement"),
    "in the year one": (
        {"jour-jour": "1", "jour-mois": "1", "jour-annee": "1", "heure": "0:05"},
        "Cette date est trop éloignée",
    ),
    "an hour that spring leaves out": (
        {"jour-jour": "28", "jour-mois": "3", "jour-annee": "2027", "heure": "2:30"},
        "on passe à l’heure d’été",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_said_and_kept(ouvrir: Ouvrir, signalement_db: Database, name: str) -> None:
    dossier = await f.deposer(signalement_db)
    changes, message = WRONG[name]
    sent = saisie(A_VENIR) | changes
    answer = await ouvrir(f.ANIMATEUR).post(page(dossier), data=sent)
    assert answer.status_code == 422
    assert message in texte(answer)
    for value in filter(None, sent.values()):
        assert f'value="{value}"' in answer.text
    assert "dossier.convenir" not in await actions(signalement_db)


async def test_a_closed_case_keeps_its_date(ouvrir: Ouvrir, signalement_db: Database) -> None:
    dossier = await f.deposer(signalement_db)
    async with signalement_db.transaction() as session:
        await signalements.clore(session, f.ANIMATEUR, dossier.id, IssueDossier.sans_suite, datetime.now(UTC))
    answer = await ouvrir(f.ANIMATEUR).post(page(dossier), data=saisie(A_VENIR))
    assert answer.status_code == 409
    assert "Ce dossier est clos" in texte(answer)


@pytest.mark.parametrize(
    ("actor", "status"),
    [(None, 401), (f.AGENT, 403), (f.NATIONAL, 403), (f.dirigeant(uuid4()), 403), (f.AUTRE_ANIMATEUR, 404)],
    ids=lambda value: str(value and getattr(value, "role_principal", value)),
)
async def test_everybody_else_is_refused(ouvrir: Ouvrir, signalement_db: Database, actor: Actor | None, status: int) -> None:
    dossier = await f.deposer(signalement_db)
    browser = ouvrir(actor)
    browser.headers["accept"] = "application/json"
    assert (await browser.get(page(dossier))).status_code == status
    assert (await browser.post(page(dossier), data=saisie(A_VENIR))).status_code == status
    assert "dossier.convenir" not in await actions(signalement_db)


@given(
    departement=st.sampled_from([d.code for d in departements()]),
    etat=st.sampled_from(EtatDossier),
    depose_le=MOMENTS,
    quand=MOMENTS,
    now=MOMENTS,
)
def test_when_it_may_be(departement: str, etat: EtatDossier, depose_le: datetime, quand: datetime, now: datetime) -> None:
    """From the day of the filing, on the territory's own calendar, to a year from now; never once the case is closed."""
    jour, au_plus_tot = (moment.astimezone(fuseau(departement)).date() for moment in (quand, depose_le))
    if etat is EtatDossier.clos:
        with pytest.raises(DossierDejaClos):
            verifier(etat, departement, depose_le, quand, now)
    elif jour < au_plus_tot or quand > now + HORIZON:
        with pytest.raises(EchangeHorsPeriode):
            verifier(etat, departement, depose_le, quand, now)
    else:
        verifier(etat, departement, depose_le, quand, now)
