"""Deliveries over TLS to a real server: the name is kept though the address was checked, and nothing goes to an impostor."""

import ssl
from collections.abc import Callable

import trustme
from tests.notifications.banc import Receiver, receiving
from tests.notifications.test_adresses import Liar
from tests.tls import FAULTY, HOST, NAME, OLDER, faulty, good

from notifications.livraisons.envoi import poster
from notifications.livraisons.garde import guarded_session
from notifications.webhooks.domain import Echec, Reponse

BODY = '{"reference": "REL-26-0042"}'


async def posted(receiver: Receiver, host: str = NAME) -> Reponse:
    """Post once to that name, as the deliverer does."""
    async with guarded_session(connections=5, per_host=2, loopback=True, resolver=Liar([HOST])) as http:
        return await poster(http, receiver.url.replace(HOST, host).replace("http:", "https:"), {}, BODY)


async def test_a_delivery_over_tls_keeps_the_name(ca: trustme.CA) -> None:
    """In the handshake (SNI) and in `Host`, while the connection goes to the address that was checked."""
    names: list[str | None] = []
    context = good(ca)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    async with receiving(context) as receiver:
        reponse = await posted(receiver)
        (hit,) = receiver.hits
    assert (reponse.statut, reponse.echec) == (200, None)
    assert names == [NAME]
    assert hit.headers["host"].partition(":")[0] == NAME
    assert hit.body == BODY.encode()


@faulty
async def test_nothing_is_told_to_a_server_with_a_certificate(
    ca: trustme.CA, faulty: Callable[[trustme.CA], ssl.SSLContext]
) -> None:
    async with receiving(faulty(ca)) as receiver:
        reponse = await posted(receiver)
        assert receiver.hits == []
    # A server of another age hangs up before there is a certificate to look at.
    assert (reponse.statut, reponse.echec) == (None, Echec.connexion if faulty is FAULTY[OLDER] else Echec.certificat)


async def test_nothing_is_told_to_a_server_without_tls() -> None:
    async with receiving() as receiver:
        reponse = await posted(receiver)
        assert receiver.hits == []
    assert (reponse.statut, reponse.echec) == (None, Echec.certificat)
