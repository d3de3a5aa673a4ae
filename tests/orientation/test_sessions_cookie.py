"""The cookie of a session where the hub is public: tied by its name to this one origin, and to nothing in plain text."""

import httpx2

from common.clock import utc_now
from common.database import Database
from common.sessions import cookie_name
from orientation.app import create
from orientation.settings import OrientationSettings
from tests.orientation.monde import AGENT
from tests.orientation.test_sessions import bearer, open_one
from tests.sessions import COOKIE

ORIGIN = "https://relais.example"
LIST = "/orientation/api/v1/orientations"


async def test_over_https_the_cookie_is_of_this_origin_alone(orientation_db: Database, settings: OrientationSettings) -> None:
    name = cookie_name(secure=True)
    assert name == "__Host-relais"
    app = create(settings.model_copy(update={"public_url": ORIGIN}))
    jeton = await open_one(orientation_db, AGENT, utc_now())
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as client:
        # What another application of the same host, or a page in plain text, may set is no session here.
        for other in (COOKIE, f"__Secure-{COOKIE}", f"{name}-2"):
            assert (await client.get(LIST, headers={"Cookie": f"{other}={jeton.cookie}"})).status_code == 401, other
        mine = {"Cookie": f"{name}={jeton.cookie}"}
        assert (await client.get(LIST, headers=mine)).status_code == 200
        gone = await client.post("/orientation/deconnexion", headers=mine, data={"csrf": jeton.csrf})
        taken = _attributes(gone.headers["set-cookie"], name)
        # RFC 6265bis: a browser keeps a `__Host-` cookie only with Secure, Path=/ and no Domain.
        assert taken >= {"secure", "httponly", "path=/", "samesite=lax", "max-age=0"}
        assert not [one for one in taken if one.startswith("domain")]
    await app.state.database.close()
    assert await bearer(orientation_db, jeton, utc_now()) is None


def _attributes(line: str, name: str) -> set[str]:
    pair, *attributes = (part.strip() for part in line.split(";"))
    assert pair.startswith(f"{name}="), line
    return {attribute.lower() for attribute in attributes}
