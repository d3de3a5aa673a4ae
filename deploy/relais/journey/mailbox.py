"""The dirigeant: reads the e-mail that the hub sent, opens its link, types its code, and is signed in."""

import asyncio
import re
import time
from typing import Any

from relais.journey.client import GivenUp, Http
from relais.journey.people import Session, cookies_of, path_of

ACCESS = "/signalement/espace/acces"
ADDRESS = re.compile(r"https?://[^\s<>\"]+")
CODE = re.compile(r"(?<!\d)(\d{4})[\s\u00a0\u202f]?(\d{4})(?!\d)")
# Somebody who waits for a mail that does not come asks for another after a while.
ASK_AGAIN_S = 45.0
FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 0.2, 2.0, 1.4


class Dirigeant(Session):
    """The person in charge of an association; `since` (ISO 8601, UTC) leaves out the mails of older cases."""

    def __init__(self, http: Http, courriel: str, since: str, reference: str, dossier_id: str) -> None:
        super().__init__(http)
        self.courriel = courriel
        self.since = since
        self.reference = reference
        self.dossier_id = dossier_id
        self._tried: set[str] = set()

    async def _open(self) -> dict[str, str]:
        deadline = time.monotonic() + self.http.patience_s
        ask_at, pause = time.monotonic() + (0 if self._tried else ASK_AGAIN_S), FIRST_PAUSE_S
        while True:
            for mail in await self._mails():
                if headers := await self._try(mail):
                    return headers
                # Its code was not accepted, or the answer was lost: another mail is needed, unless one is on its way.
                ask_at = min(ask_at, time.monotonic() + 5)
            if time.monotonic() > deadline:
                raise GivenUp(f"no mail that opens the dirigeant's space for {self.http.patience_s:.0f} s")
            if time.monotonic() > ask_at:
                await self._ask_for_a_mail()
                ask_at = time.monotonic() + ASK_AGAIN_S
            await asyncio.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE_S)

    async def _mails(self) -> list[dict[str, Any]]:
        """The newest first, without those whose code was used already."""
        query = {"to": self.courriel, "since": self.since}
        mails: list[dict[str, Any]] = (await self.http.send("GET", "/courriels/api/messages", params=query)).json()
        return [mail for mail in mails if mail["id"] not in self._tried]

    async def _try(self, mail: dict[str, Any]) -> dict[str, str] | None:
        path = path_of(ADDRESS.findall(mail["text"]), f"{ACCESS}/")
        # An address may hold eight digits in a row too.
        code = CODE.search(ADDRESS.sub("", mail["text"]))
        self._tried.add(mail["id"])
        if path is None or code is None:
            return None
        await self.http.send("GET", path)
        typed = {"code": "".join(code.groups())}
        opened = await self.http.send("POST", path, data=typed, headers={"Origin": self.http.url})
        cookies = cookies_of(opened)
        if not cookies:
            return None
        headers = self._with_cookie(cookies)
        space = await self.http.send("GET", "/signalement/api/v1/espace", headers=headers)
        # Two cases may share an address: this mail was the other one's.
        return headers if space.is_success and space.json()["dossier_id"] == self.dossier_id else None

    async def _ask_for_a_mail(self) -> None:
        form = {"reference": self.reference, "courriel": self.courriel}
        await self.http.send("POST", ACCESS, data=form, headers={"Origin": self.http.url})
