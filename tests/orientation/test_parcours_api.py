"""A referral through the API, from its preparation to its end, on real servers."""

from sqlalchemy import text

from tests.orientation.monde import AGENT, ANIMATEUR, MACHINE, Hub, ident


async def events(hub: Hub, orientation_id: str) -> list[tuple[str, int]]:
    async with hub.database.transaction() as session:
        rows = await session.execute(
            text("SELECT subject, (body::json->>'sequence')::int FROM outbox WHERE aggregate_id = :id ORDER BY seq"),
            {"id": orientation_id},
        )
        return [(subject.split(".")[3], sequence) for subject, sequence in rows.all()]


async def test_from_preparation_to_the_end(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    orientation_id = await hub.brouillon(dossier_id)
    assert (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).status_code == 404
    refus = await hub.agir(ANIMATEUR, orientation_id, "envoyer", 409)
    assert refus["type"] == "urn:relais:erreur:consentement-manquant"
    await hub.accorder(dossier_id)
    envoyee = await hub.agir(ANIMATEUR, orientation_id, "envoyer")
    assert envoyee["etat"] == "envoyee"
    assert envoyee["version"] == 2
    assert envoyee["actions"] == ["annuler"]
    assert envoyee["due_at"].endswith("Z")
    ouverture = await hub.post(MACHINE, f"/api/v1/orientations/{orientation_id}/ouverture")
    assert ouverture.status_code == 200, ouverture.text
    assert ouverture.json()["identite"] == {"nom": "Les Amis du Pont Rouge"}
    assert ouverture.json()["finances"] is None
    assert ouverture.json()["etat"] == "recue"
    await hub.agir(MACHINE, orientation_id, "complement-demander", texte="Quel est le dernier bilan ?")
    await hub.agir(ANIMATEUR, orientation_id, "complement-fournir", texte="Il est en cours d’arrêté.")
    lue = (await hub.get(AGENT, f"/api/v1/orientations/{orientation_id}")).json()
    assert [(c["question"], c["reponse"]) for c in lue["complements"]] == [
        ("Quel est le dernier bilan ?", "Il est en cours d’arrêté.")
    ]
    assert lue["actions"] == ["accepter", "decliner", "complement-demander"]
    for action in ("accepter", "demarrer", "aboutir"):
        await hub.agir(AGENT, orientation_id, action)
    fin = (await hub.get(ANIMATEUR, f"/api/v1/orientations/{orientation_id}")).json()
    assert fin["etat"] == "aboutie"
    assert fin["actions"] == []
    assert await events(hub, orientation_id) == [
        ("proposee", 1),
        ("envoyee", 2),
        ("recue", 3),
        ("complement_demande", 4),
        ("complement_fourni", 5),
        ("acceptee", 6),
        ("demarree", 7),
        ("aboutie", 8),
    ]


async def test_successor_of_a_declined_referral(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    premiere = await hub.envoyee(dossier_id)
    corps = {
        "dossier_id": str(dossier_id),
        "partenaire_id": str(ident("appui")),
        "dispositif": "dla",
        "categories": ["identite"],
        "predecesseur_id": premiere,
    }
    trop_tot = await hub.post(ANIMATEUR, "/api/v1/orientations", corps)
    assert (trop_tot.status_code, trop_tot.json()["type"]) == (409, "urn:relais:erreur:predecesseur-invalide")
    await hub.agir(AGENT, premiere, "recevoir")
    await hub.agir(AGENT, premiere, "decliner", motif="sans_capacite")
    suivante = await hub.post(ANIMATEUR, "/api/v1/orientations", corps)
    assert suivante.status_code == 201
    ailleurs = await hub.post(ANIMATEUR, "/api/v1/orientations", corps | {"dossier_id": str(await hub.dossier())})
    assert (ailleurs.status_code, ailleurs.json()["type"]) == (409, "urn:relais:erreur:predecesseur-invalide")


async def test_silent_ledger_changes_nothing(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    envoyee = await hub.envoyee(dossier_id)
    brouillon = await hub.brouillon(dossier_id)
    await hub.registre.se_taire()
    refus = await hub.agir(ANIMATEUR, brouillon, "envoyer", 503)
    assert refus["type"] == "urn:relais:erreur:service-injoignable"
    porte = await hub.post(AGENT, f"/api/v1/orientations/{envoyee}/ouverture")
    assert porte.status_code == 503
    assert await events(hub, brouillon) == [("proposee", 1)]
    assert await events(hub, envoyee) == [("proposee", 1), ("envoyee", 2)]


async def test_opening_is_audited_and_its_content_is_kept_nowhere(hub: Hub) -> None:
    hub.registre.contenu = {"identite": {"nom": "Valeur-Plantee-7391"}}
    orientation_id = await hub.envoyee()
    for _ in range(2):
        answer = await hub.post(
            AGENT, f"/api/v1/orientations/{orientation_id}/ouverture", headers={"Idempotency-Key": "ouvre-12345"}
        )
        assert "Valeur-Plantee-7391" in answer.text
        assert answer.json()["version"] == 3
    async with hub.database.transaction() as session:
        query = "SELECT count(*) FROM audit_entries WHERE action = 'orientation.ouvrir' AND consentement_id IS NOT NULL"
        assert (await session.execute(text(query))).scalar_one() == 2
        tables = (await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars().all()
        for table in tables:
            rows = (await session.execute(text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%Plantee%'"))).scalar_one()
            assert rows == 0, table


async def test_if_match_and_idempotency_key(hub: Hub) -> None:
    orientation_id = await hub.envoyee()
    path = f"/api/v1/orientations/{orientation_id}/actions/recevoir"
    perime = await hub.post(AGENT, path, {}, headers={"If-Match": '"1"'})
    assert (perime.status_code, perime.json()["version"]) == (412, 2)
    key = {"Idempotency-Key": "une-cle-a-moi", "If-Match": '"2"'}
    first = await hub.post(AGENT, path, {}, headers=key)
    again = await hub.post(AGENT, path, {}, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    assert [fact for fact, _ in await events(hub, orientation_id)] == ["proposee", "envoyee", "recue"]


async def test_lists_page_by_cursor(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    ids = [await hub.envoyee(dossier_id) for _ in range(3)]
    await hub.brouillon(dossier_id)
    page = (await hub.get(AGENT, "/api/v1/orientations?limite=2")).json()
    assert [e["orientation_id"] for e in page["elements"]] == ids[:2]
    rest = (await hub.get(AGENT, f"/api/v1/orientations?limite=2&apres={page['suivant']}")).json()
    assert [e["orientation_id"] for e in rest["elements"]] == ids[2:]
    assert rest["suivant"] is None
    assert len((await hub.get(ANIMATEUR, "/api/v1/orientations?etat=brouillon")).json()["elements"]) == 1
    await hub.agir(AGENT, ids[0], "recevoir")
    assert [e["orientation_id"] for e in (await hub.get(AGENT, "/api/v1/orientations?etat=recue")).json()["elements"]] == ids[
        :1
    ]
    later = (await hub.get(AGENT, "/api/v1/orientations", params={"depuis": "2999-01-01T00:00:00Z"})).json()
    assert later["elements"] == []


async def test_creation_asks_for_a_fitting_partner_and_a_qualified_case(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    corps = {
        "dossier_id": str(dossier_id),
        "partenaire_id": str(ident("fonds")),
        "dispositif": "trajectoire",
        "categories": ["identite"],
    }
    for change, status, slug in (
        ({"dispositif": "dla"}, 409, "partenaire-inadapte"),
        ({"partenaire_id": str(ident("personne"))}, 404, "introuvable"),
        ({"dossier_id": str(ident("inconnu"))}, 404, "introuvable"),
        ({"categories": ["diagnostic"]}, 422, "donnee-invalide"),
        ({"categories": []}, 422, "donnee-invalide"),
        ({"nom": "Association"}, 422, "donnee-invalide"),
    ):
        answer = await hub.post(ANIMATEUR, "/api/v1/orientations", corps | change)
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:relais:erreur:{slug}"), change
