"""Whom to call about a referral that is late: the partner's number stands beside, wherever the sender sees it."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from orientation.fiches.presentation import l_appel
from tests.orientation.monde import AGENT, ANIMATEUR, Hub, ident
from tests.orientation.test_pages import page, reculer
from tests.orientation.test_statements import counted

NUMERO = '<a href="tel:0467000000">04 67 00 00 00</a>'
INCONNU = "Aucun numéro de téléphone n’est connu pour Organisation fonds"
OU_LE_VOIR = ("/orientations", "/tableau", "/aujourd-hui")


async def declarer(hub: Hub, numero: str) -> None:
    """The partner's own sheet says that number."""
    async with hub.database.transaction() as session:
        await session.execute(
            text("""
                INSERT INTO fiches (partenaire_id, presentation, publics, conditions, horaires, siret, adresse, code_postal,
                    commune, telephone, courriel, site_web, modifiee_at, version)
                VALUES (:id, '', '', '', '', '', '', '', '', :numero, '', '', now(), 1)
            """),
            {"id": ident("fonds"), "numero": numero},
        )


async def test_the_number_stands_beside_what_is_late(hub: Hub) -> None:
    """On the dashboard, in the list and on the referral, for the sender; not beside what is in time, nor to the partner."""
    calme, tard = await hub.envoyee(), await hub.envoyee()
    await reculer(hub, tard)
    await declarer(hub, "0467000000")
    for adresse in (*OU_LE_VOIR, f"/orientations/{tard}"):
        assert (await page(hub, ANIMATEUR, adresse)).count(NUMERO) == 1, adresse
        assert "tel:" not in await page(hub, AGENT, adresse)
    assert "tel:" not in await page(hub, ANIMATEUR, f"/orientations/{calme}")


async def test_without_a_number_it_says_where_one_would_be(hub: Hub) -> None:
    tard = await hub.envoyee()
    for adresse in (*OU_LE_VOIR, f"/orientations/{tard}"):
        assert INCONNU not in await page(hub, ANIMATEUR, adresse)
    await reculer(hub, tard)
    for adresse in (*OU_LE_VOIR, f"/orientations/{tard}"):
        shown = await page(hub, ANIMATEUR, adresse)
        assert INCONNU in shown
        assert f'href="/orientation/annuaire/partenaires/{ident("fonds")}"' in shown
        assert "tel:" not in shown


async def test_numbers_cost_one_statement_however_many(hub: Hub) -> None:
    dossier_id = await hub.dossier()
    costs = []
    for _ in range(2):
        await reculer(hub, await hub.envoyee(dossier_id))
        with counted(hub) as seen:
            for adresse in OU_LE_VOIR:
                await page(hub, ANIMATEUR, adresse)
        assert sum("FROM fiches" in statement for statement in seen) == len(OU_LE_VOIR)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 22


async def test_a_question_that_waits_for_the_sender_is_no_reason_to_call(hub: Hub) -> None:
    tard = await hub.envoyee()
    await hub.agir(AGENT, tard, "recevoir")
    await hub.agir(AGENT, tard, "complement-demander", texte="Combien ?")
    await reculer(hub, tard)
    for adresse in (*OU_LE_VOIR, f"/orientations/{tard}"):
        assert INCONNU not in await page(hub, ANIMATEUR, adresse)


@given(st.from_regex(r"(\+\d{8,15}|0\d{9}|3\d{3})", fullmatch=True))
def test_a_number_is_read_as_it_is_dialled(numero: str) -> None:
    appel = l_appel(numero)
    assert appel.numero == numero == appel.lisible.replace("\u00a0", "")
