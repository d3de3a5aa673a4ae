"""The synchronous calls about the links of partners without an account; see `common.requests`."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from common.requests import Request


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class AdresseLien(_Frozen):
    """The registered address of a partner, and the link of this very mail; or the code, when the mail carries that one."""

    courriel: str
    organisation: str
    lien: str
    code: str | None = None


class ContactLien(Request[AdresseLien]):
    """Where to write to a partner without an account, with a link that is drawn for this mail; never stored by the asker."""

    owner, name = "orientation", "lien_adresse"
    askers = frozenset({"notifications"})
    answer = AdresseLien

    lien_id: UUID


class ContactCodeDeLien(Request[AdresseLien]):
    """The same with a code that is drawn for this mail, ten minutes long; the link is not repeated beside it."""

    owner, name = "orientation", "lien_code"
    askers = frozenset({"notifications"})
    answer = AdresseLien

    lien_id: UUID
