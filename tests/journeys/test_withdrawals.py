"""A withdrawn consent on a whole hub: each recipient is told within a minute while a worker dies, and is insisted upon."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx2
import pytest

from common.actor import Role
from notifications.worker import INSISTING_SECONDS
from relais.hub import Hub
from tests.access.world import FILING, eventually
from tests.journeys.systems import Systems, listening
from tests.people import dirigeant, member, organisation, signed_in

pytestmark = pytest.mark.timeout(600)

# Nobody signs in for it, while its test runs.
WITHOUT_ACCOUNT, SHEET = "dreets-occitanie", "accueil@sans-compte.example"
PARTNERS = ("france-active-occitanie", "mouvement-associatif-occitanie", "dla-occitanie")
CELL = "cellule-occitanie"
TOLD = timedelta(seconds=60)
# Long enough for the worker to have looked again for what nobody took note of, and for a mail to have left.
A_ROUND_S, SLACK_S = INSISTING_SECONDS + 5, 40
RETRAITS = "/notifications/api/v1/retraits"


def mails(hub: Hub, address: str, words: str, since: datetime) -> list[dict[str, Any]]:
    """The mails to that address since then whose subject holds these words, the newest first."""
    return [mail for mail in _mails(hub, address, since) if words in mail["subject"].replace("\u00a0", " ")]


def mails_about(hub: Hub, address: str, reference: str, since: datetime) -> list[dict[str, Any]]:
    """Those that name this case, alone or with others of the same minute."""
    return [mail for mail in _mails(hub, address, since) if reference in mail["text"]]


def _mails(hub: Hub, address: str, since: datetime) -> list[dict[str, Any]]:
    query = {"to": address, "since": since.isoformat(), "limit": "200"}
    found: list[dict[str, Any]] = httpx2.get(f"{hub.addresses.inbox}/api/messages", params=query, timeout=30).json()
    return found


def addresses(partner: str) -> list[str]:
    return [one["courriel"] for one in organisation(partner)["membres"]]


def referred(hub: Hub, systems: Systems) -> tuple[str, Any, dict[str, str]]:
    """A case with a referral sent to each partner, each with a webhook. Returns it, its space, and the consents by partner."""
    animateur, began = signed_in(hub, member(CELL, Role.animateur)), datetime.now(UTC)
    for partner in PARTNERS:
        hook = {"url": f"{systems.url}/{partner}", "types": ["consentement.*"]}
        manager = signed_in(hub, member(partner, Role.manager))
        answer = manager.post("/notifications/api/v1/webhooks", json=hook).raise_for_status().json()
        systems.secrets[partner] = answer["secret"]
    dossier_id, reference, space = _filed(hub, animateur, "Les Retirés", "552100554")
    consents = {partner: _sent_with_consent(animateur, space, dossier_id, partner) for partner in PARTNERS}
    consents[CELL] = _shared(animateur, space, dossier_id)
    # Who knows nothing yet would be told nothing: each has heard of its referral before anything is taken back.
    for partner in PARTNERS:
        eventually(partial(systems.of, partner, "consentement.donne", dossier_id), 60)
        eventually(partial(mails_about, hub, addresses(partner)[0], reference, began), 120)
    return dossier_id, space, consents


def _filed(hub: Hub, animateur: Any, nom: str, siren: str) -> tuple[str, str, Any]:
    """A qualified case of that association: its id, its reference, and its space."""
    association = {"nom": nom, "siren": siren, "departement": "34", "code_postal": "34000", "commune": "Sète"}
    filing = FILING | {"association": association}
    filed = signed_in(hub, None).post("/signalement/api/v1/signalements", json=filing).raise_for_status().json()
    dossier_id = filed["dossier_id"]
    qualified = {"niveau": "faire_face"}
    animateur.post(f"/signalement/api/v1/dossiers/{dossier_id}/qualification", json=qualified).raise_for_status()
    return dossier_id, filed["reference"], signed_in(hub, dirigeant(UUID(dossier_id)))


def _sent_with_consent(animateur: Any, space: Any, dossier_id: str, partner: str) -> str:
    """A referral to that partner, agreed to and sent; the id of the consent."""
    one = organisation(partner)
    body = {
        "dossier_id": dossier_id,
        "partenaire_id": one["id"],
        "dispositif": one["dispositifs"][0],
        "categories": ["identite", "contact"],
    }

    def refer() -> Any:
        answer = animateur.post("/orientation/api/v1/orientations", json=body)
        return answer.json()["orientation_id"] if answer.status_code == 201 else None

    orientation_id = eventually(refer)

    def asked() -> Any:
        known = space.get("/signalement/api/v1/espace").json()["consentements"]
        return next((c for c in known if c["destinataire_id"] == one["id"] and c["finalite"] == "orientation"), None)

    consent = eventually(asked)
    given = {"texte_version": consent["texte_version"]}
    space.post(f"/signalement/api/v1/consentements/{consent['id']}/donner", json=given).raise_for_status()
    eventually(partial(_sent, animateur, f"/orientation/api/v1/orientations/{orientation_id}/actions/envoyer"))
    return str(consent["id"])


def _shared(animateur: Any, space: Any, dossier_id: str) -> str:
    """The consent by which the cell may read a diagnostic, given."""
    eventually(lambda: animateur.post("/cellule/api/v1/diagnostics", json={"dossier_id": dossier_id}).status_code == 201)

    def asked() -> Any:
        known = space.get("/signalement/api/v1/espace").json()["consentements"]
        return next((c for c in known if c["finalite"] == "diagnostic"), None)

    consent = eventually(asked)
    assert consent["destinataire_id"] == organisation(CELL)["id"]
    given = {"texte_version": consent["texte_version"]}
    space.post(f"/signalement/api/v1/consentements/{consent['id']}/donner", json=given).raise_for_status()
    return str(consent["id"])


def _sent(animateur: Any, path: str) -> bool:
    done: bool = animateur.post(path, json={}).status_code == 200
    return done


def test_each_recipient_is_told_within_a_minute_and_takes_note_or_is_insisted_upon(hub: Hub) -> None:
    with listening() as systems:
        dossier_id, space, consents = referred(hub, systems)
        withdrawn: dict[str, datetime] = {}
        pids = []
        for number, partner in enumerate((*PARTNERS, CELL)):
            withdrawn[partner] = datetime.now(UTC)
            space.post(f"/signalement/api/v1/consentements/{consents[partner]}/retirer").raise_for_status()
            if number == 0:
                # It dies with the first withdrawal in its hands, and again once somebody has been told of it.
                pids.append(hub.kill("notifications-worker"))
        eventually(lambda: any(systems.of(partner, "consentement.retire", dossier_id) for partner in PARTNERS), 60)
        pids.append(eventually(lambda: hub.kill("notifications-worker"), 30))
        assert all(pids)
        assert pids[0] != pids[1]
        late = {}
        for partner in PARTNERS:
            heard = eventually(partial(systems.of, partner, "consentement.retire", dossier_id), 90)
            late[f"webhook of {partner}"] = heard[0][1] - withdrawn[partner]
        for recipient in (*PARTNERS, CELL):
            for address in addresses(recipient):
                found = eventually(partial(mails, hub, address, "prenez-en acte", withdrawn[recipient]), 90)
                late[f"mail to {address}"] = datetime.fromisoformat(found[-1]["received"]) - withdrawn[recipient]
        assert len(late) == 3 * len(PARTNERS) + 1
        assert {what: delay for what, delay in late.items() if delay > TOLD} == {}
        # Told twice under the same id would be one delivery more, and no other message.
        for partner in PARTNERS:
            assert len({key for key, _ in systems.of(partner, "consentement.retire", dossier_id)}) == 1
        assert systems.forged == 0
    _take_note(hub, consents)
    _insist(hub, consents, late=PARTNERS[2])


def _take_note(hub: Hub, consents: dict[str, str]) -> None:
    """The first and the cell by the API, the second on the page; a stranger cannot for the third."""
    first, second, third = PARTNERS
    for partner in PARTNERS:
        (one,) = _open(hub, partner, consents[partner])
        assert one["etat"] == "a_confirmer"
        assert one["echeance"] is not None
    agent = signed_in(hub, member(first, Role.agent))
    assert agent.post(f"{RETRAITS}/{consents[third]}/prise-d-acte").status_code == 404
    assert agent.post(f"{RETRAITS}/{consents[first]}/prise-d-acte").raise_for_status().json()["etat"] == "confirme"
    cell = signed_in(hub, member(CELL, Role.animateur))
    assert cell.post(f"{RETRAITS}/{consents[third]}/prise-d-acte").status_code == 404
    assert cell.post(f"{RETRAITS}/{consents[CELL]}/prise-d-acte").raise_for_status().json()["etat"] == "confirme"
    manager = signed_in(hub, member(second, Role.manager))
    assert "Prendre acte" in manager.get("/notifications/retraits").text
    assert manager.post(f"/notifications/retraits/{consents[second]}/prise-d-acte").status_code == 303
    assert [_open(hub, partner, consents[partner])[0]["etat"] for partner in PARTNERS] == [
        "confirme",
        "confirme",
        "a_confirmer",
    ]


def _open(hub: Hub, partner: str, consentement_id: str) -> list[dict[str, Any]]:
    found = signed_in(hub, member(partner, Role.agent)).get(RETRAITS).raise_for_status().json()["elements"]
    return [one for one in found if one["consentement_id"] == consentement_id]


def _insist(hub: Hub, consents: dict[str, str], late: str) -> None:
    """The working days pass at once: who has not taken note is reminded, then the animateur is called; nobody else is."""
    since = datetime.now(UTC)
    animateur = next(one["courriel"] for one in organisation(CELL)["membres"] if "animateur" in one["roles"])

    def a_day_later() -> None:
        days = "UPDATE retraits SET due_at = now() WHERE due_at IS NOT NULL AND consentement_id = ANY "
        ids = ", ".join(f"'{consent}'" for consent in consents.values())
        hub.cluster.execute(f"{days} (ARRAY[{ids}]::uuid[])", "relais_notifications")

    a_day_later()
    for address in addresses(late):
        eventually(partial(mails, hub, address, "accord retiré", since), A_ROUND_S + SLACK_S)
    assert mails(hub, animateur, "n’a pas pris acte", since) == []
    a_day_later()
    eventually(partial(mails, hub, animateur, "n’a pas pris acte", since), A_ROUND_S + SLACK_S)
    others = [address for partner in PARTNERS if partner != late for address in addresses(partner)]
    assert [mails(hub, address, "accord retiré", since) for address in others] == [[]] * len(others)
    cell = signed_in(hub, member(CELL, Role.animateur))
    assert f"/orientation/annuaire/partenaires/{organisation(late)['id']}" in cell.get("/notifications/retraits").text
    signed_in(hub, member(late, Role.agent)).post(f"{RETRAITS}/{consents[late]}/prise-d-acte").raise_for_status()
    told = len(mails(hub, animateur, "n’a pas pris acte", since))
    a_day_later()
    time.sleep(A_ROUND_S)
    assert len(mails(hub, animateur, "n’a pas pris acte", since)) == told


def test_a_partner_without_an_account_is_told_within_a_minute_and_takes_note_by_the_link(hub: Hub) -> None:
    with _nobody_signs_in_for(hub, WITHOUT_ACCOUNT):
        animateur, began = signed_in(hub, member(CELL, Role.animateur)), datetime.now(UTC)
        dossier_id, reference, space = _filed(hub, animateur, "Les Sans-Compte", "542051180")
        consent = _sent_with_consent(animateur, space, dossier_id, WITHOUT_ACCOUNT)
        # The link to the referral says that notifications has heard of its sending.
        eventually(partial(mails, hub, SHEET, "orientation", began), 90)
        withdrawn = datetime.now(UTC)
        space.post(f"/signalement/api/v1/consentements/{consent}/retirer").raise_for_status()
        (mail,) = eventually(partial(mails, hub, SHEET, "prenez-en acte", withdrawn), 90)
        assert datetime.fromisoformat(mail["received"]) - withdrawn < TOLD
        assert reference in mail["text"]
        assert "Les Sans-Compte" not in mail["text"]
        link = re.search(r"/notifications/retraits/acte/[\w=-]+", mail["text"])
        assert link
        assert _waits_for_the_cell(animateur, consent)
        stranger = signed_in(hub, None)
        page = stranger.get(link[0], headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert reference in page.text
        assert "Les Sans-Compte" not in page.text
        assert _waits_for_the_cell(animateur, consent)
        for _ in range(2):
            assert stranger.post(link[0]).status_code == 303
        assert not _waits_for_the_cell(animateur, consent)
        assert stranger.get(f"{link[0][:-9]}AAAAAAAA=").status_code == 404


def _waits_for_the_cell(animateur: Any, consent: str) -> bool:
    found = animateur.get(RETRAITS).raise_for_status().json()["elements"]
    return consent in [one["consentement_id"] for one in found]


@contextmanager
def _nobody_signs_in_for(hub: Hub, partner: str) -> Iterator[None]:
    """The partner's people are gone for a while, and its sheet has an address."""
    identity = f"'{organisation(partner)['id']}'"
    known = hub.cluster.execute(f"SELECT courriel FROM fiches WHERE partenaire_id = {identity}", "relais_orientation").strip()
    sheet = "UPDATE fiches SET courriel = '{}' WHERE partenaire_id = " + identity
    members = "UPDATE membres SET actif = {} WHERE partenaire_id = " + identity
    try:
        hub.cluster.execute(f"{sheet.format(SHEET)}; {members.format('false')}", "relais_orientation")
        yield
    finally:
        hub.cluster.execute(f"{sheet.format(known)}; {members.format('true')}", "relais_orientation")
