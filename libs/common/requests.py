"""The few synchronous calls between services, declared here and in `requests_*`: NATS requests to the owner of the data.

Refused or timed out means no. The subject ends with the asker's name and each service's NATS user may publish only its
own, so the owner knows who asks: `relais.requete.<owner>.<name>.<asker>`.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import asyncpg
from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor, Role
from common.codes import Categorie, Finalite
from common.errors import ConsentementManquant, Erreur, Injoignable, Interdit, Introuvable, NonAuthentifie, by_slug
from common.logs import get_logger
from common.traduction import _

log = get_logger(__name__)

TIMEOUT_SECONDS = 3
REFUSALS: dict[str, type[Erreur]] = {
    error.slug: error for error in (ConsentementManquant, Introuvable, Interdit, Injoignable, NonAuthentifie)
}

Answer = TypeVar("Answer", bound=BaseModel)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Request(_Frozen, Generic[Answer]):
    """A question to the owner of some data; `askers` are the services that may ask it."""

    owner: ClassVar[str]
    name: ClassVar[str]
    askers: ClassVar[frozenset[str]]
    answer: ClassVar[type[BaseModel]]

    @classmethod
    def subject(cls, asker: str) -> str:
        """The subject on which `asker` asks."""
        return f"relais.requete.{cls.owner}.{cls.name}.{asker}"


class ActeurDemandeur(_Frozen):
    """For whom the asker asks; recorded in the owner's log."""

    id: str
    role: Role
    organisation_id: UUID | None

    @classmethod
    def of(cls, actor: Actor) -> "ActeurDemandeur":
        """The part of an actor that the owner's log needs."""
        return cls(id=actor.id, role=actor.role_principal, organisation_id=actor.organisation_id)

    def actor(self) -> Actor:
        """As an actor, to be written in the log."""
        return Actor(id=self.id, roles=frozenset({self.role}), organisation_id=self.organisation_id)


class Divulgation(_Frozen):
    """What the door let through: one object per consented category, None where the consent does not cover it."""

    consentement_id: UUID
    reference: str
    identite: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    situation: dict[str, Any] | None = None
    finances: dict[str, Any] | None = None


class DossierDivulguer(Request[Divulgation]):
    """The content that an active consent covers, now; `objet_id` is the referral it is opened for."""

    owner, name = "signalement", "dossier_divulguer"
    askers = frozenset({"orientation", "cellule"})
    answer = Divulgation

    dossier_id: UUID
    destinataire_id: UUID
    finalite: Finalite
    categories: tuple[Categorie, ...]
    acteur: ActeurDemandeur
    objet_id: UUID


class Faits(_Frozen):
    """The exact eligibility facts of a case, without identity."""

    departement: str
    etp: float | None
    budget: int | None
    mois_avant_rupture: int | None
    indicateurs: tuple[str, ...]


class DossierFaits(Request[Faits]):
    """For the animateur in charge of the case's territory; audited."""

    owner, name = "signalement", "dossier_faits"
    askers = frozenset({"orientation"})
    answer = Faits

    dossier_id: UUID
    acteur: ActeurDemandeur


class Permis(_Frozen):
    """One-use permission to disclose, until `expire_le` (two seconds): a disclosure starts when its permit is given."""

    permis_id: UUID
    consentement_id: UUID
    expire_le: datetime


class ConsentementPermis(Request[Permis]):
    """Whether an active consent covers this now; the answer is written in the log."""

    owner, name = "signalement", "consentement_permis"
    askers = frozenset({"orientation", "cellule"})
    answer = Permis

    dossier_id: UUID
    destinataire_id: UUID
    finalite: Finalite
    categories: tuple[Categorie, ...]
    acteur: ActeurDemandeur
    objet_id: UUID


class AccordDemande(_Frozen):
    """One case, one recipient, one purpose."""

    dossier_id: UUID
    destinataire_id: UUID
    finalite: Finalite


class Accords(_Frozen):
    """For each question in its order, whether an active consent covers it at the moment of the answer."""

    accordes: tuple[bool, ...]


class ConsentementsPermis(Request[Accords]):
    """Whether active consents cover these now, for messages that carry ids only; the asker's own log tells what was sent."""

    owner, name = "signalement", "consentements_permis"
    askers = frozenset({"notifications"})
    answer = Accords

    demandes: tuple[AccordDemande, ...] = Field(max_length=500)


class AdresseDirigeant(_Frozen):
    """Where to write to the dirigeant, with the link and the one-time code of this very mail when it gives access.

    `personne_id` is whose address it is; None for one that is the person's no longer, or not yet.
    """

    courriel: str
    reference: str
    lien: str
    code: str | None = None
    personne_id: UUID | None = None


class ContactDirigeant(Request[AdresseDirigeant]):
    """The dirigeant's address at sending time; never stored by the asker. `envoi_id` is the mail it is for."""

    owner, name = "signalement", "contact_adresse"
    askers = frozenset({"notifications"})
    answer = AdresseDirigeant

    envoi_id: UUID
    dossier_id: UUID


class AdresseBrouillon(_Frozen):
    """Where to write to somebody who set a form aside, with the link and the code of this very mail, good until `expire_le`."""

    courriel: str
    lien: str
    code: str
    expire_le: datetime


class ContactBrouillon(Request[AdresseBrouillon]):
    """The address given for a form that waits, at sending time; never stored by the asker. `envoi_id` is the mail it is for."""

    owner, name = "signalement", "brouillon_adresse"
    askers = frozenset({"notifications"})
    answer = AdresseBrouillon

    envoi_id: UUID


class MembreContact(_Frozen):
    """A member by its opaque id: the address at which it is written to, and the roles by which it is told what."""

    id: UUID
    courriel: str
    roles: tuple[Role, ...]


class AdressesMembres(_Frozen):
    """E-mail addresses of an organisation's members, and whose they are.

    `sans_compte` is the address of its sheet, when nobody at all signs in for it: for what must be told all the same.
    """

    courriels: tuple[str, ...]
    membres: tuple[MembreContact, ...] = ()
    sans_compte: str | None = None


class ContactMembres(Request[AdressesMembres]):
    """The addresses of those members of an organisation who hold one of these roles, at sending time."""

    owner, name = "orientation", "contact_adresse"
    askers = frozenset({"notifications"})
    answer = AdressesMembres

    organisation_id: UUID
    roles: tuple[Role, ...]


class ActeurTrouve(_Frozen):
    """A member or a machine client as the directory knows it: the claims of `common.actor.Actor`."""

    claims: dict[str, Any]


class AnnuaireActeur(Request[ActeurTrouve]):
    """Who this identity of this issuer is, with its organisation, roles and territories; `portees` are its token's scopes."""

    owner, name = "orientation", "annuaire_acteur"
    askers = frozenset({"signalement", "cellule", "notifications"})
    answer = ActeurTrouve

    issuer: str
    subject_id: str
    portees: tuple[str, ...] = ()


REQUESTS: tuple[type[Request[Any]], ...] = (
    DossierDivulguer,
    DossierFaits,
    ConsentementPermis,
    ConsentementsPermis,
    ContactDirigeant,
    ContactBrouillon,
    ContactMembres,
    AnnuaireActeur,
)

Fetch = Callable[..., Awaitable[list[asyncpg.Record]]]
"""The rows of a statement with its values."""

Answerer = Callable[[AsyncSession, Any], Awaitable[BaseModel]]


@dataclass(frozen=True, slots=True)
class Reading:
    """An answerer that reads by a single statement and changes nothing, on a path that must be quick."""

    answer: Callable[[Fetch, Any], Awaitable[BaseModel]]

    async def __call__(self, session: AsyncSession, question: Any) -> BaseModel:
        """Answer within a transaction that somebody else began."""
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        return await self.answer(driver.fetch, question)


Answerers = Mapping[type[Request[Any]], Answerer | Reading]


async def ask(nats: Client, asker: str, request: Request[Answer]) -> Answer:
    """Ask the owner. Raises the named refusal, or `Injoignable` when no answer came in time: then nothing is allowed."""
    try:
        reply = await nats.request(request.subject(asker), request.model_dump_json().encode(), timeout=TIMEOUT_SECONDS)
    except (NatsError, OSError, TimeoutError, AttributeError) as error:
        # A client that has never been connected raises AttributeError.
        log.warning("request.unanswered", request=request.name, error=type(error).__name__)
        raise Injoignable(_("Réessayez dans une minute. Rien n’a été modifié.")) from error
    body = json.loads(reply.data)
    if "refus" in body:
        raise by_slug(REFUSALS, body["refus"])
    answer: Answer = request.answer.model_validate(body["reponse"])  # type: ignore[assignment]
    return answer
