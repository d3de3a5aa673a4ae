"""The requests about sessions, to the service that keeps them; declared as those of `common.requests` are."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from common.requests import ActeurDemandeur, ActeurTrouve, Request
from common.sessions import Fin

EMPREINTE = r"^[0-9a-f]{64}$"


class DeSession(Request[ActeurTrouve]):
    """Who bears a session's token, by its hash; asked at every request, so that an ended session is refused at the next.

    `passif` when the browser asks by itself, as the bell does: that nobody is there must end the session.
    """

    name = "session_acteur"
    answer = ActeurTrouve

    empreinte: str = Field(pattern=EMPREINTE)
    passif: bool = False


class SessionDeMembre(DeSession):
    """Everybody's session, save a dirigeant's."""

    owner, askers = "orientation", frozenset({"signalement", "cellule", "notifications"})


class SessionDeDirigeant(DeSession):
    """A dirigeant's session."""

    owner, askers = "signalement", frozenset({"orientation", "cellule", "notifications"})


class SessionsFinies(BaseModel):
    """How many sessions were open and are ended now."""

    model_config = ConfigDict(frozen=True)

    nombre: int


class FinDeSession(Request[SessionsFinies]):
    """End the session of this browser, in which somebody signs out, or in as somebody else."""

    name = "session_finir"
    answer = SessionsFinies

    empreinte: str = Field(pattern=EMPREINTE)
    fin: Fin
    acteur: ActeurDemandeur


class FinDeSessionDeMembre(FinDeSession):
    """The dirigeant's sign-in asks it."""

    owner, askers = "orientation", frozenset({"signalement"})


class FinDeSessionDeDirigeant(FinDeSession):
    """Everybody signs out at orientation."""

    owner, askers = "signalement", frozenset({"orientation"})


REQUESTS_OF_SESSIONS: tuple[type[Request[Any]], ...] = (
    SessionDeMembre,
    SessionDeDirigeant,
    FinDeSessionDeMembre,
    FinDeSessionDeDirigeant,
)
