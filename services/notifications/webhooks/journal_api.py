"""The API of an endpoint's log: reading, searching, sending again, and trying the endpoint out."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from common.clock import utc_now
from common.database import Transaction
from common.idempotence import Idempotent
from notifications.webhooks import journal
from notifications.webhooks.api import CONFLIT, INCONNU, REFUS, Apres, Gestionnaire, Limite
from notifications.webhooks.domain import Echec, EtatLivraison, Portee
from notifications.webhooks.journal_store import Avancement, Filtre
from notifications.webhooks.models import Livraison, Rejeu

router = APIRouter(prefix="/api/v1/webhooks/{webhook_id}", tags=["webhooks"])


def _borner(moment: datetime) -> datetime:
    """A moment that the database can compare: nothing was announced outside of these."""
    return min(max(moment, datetime(2000, 1, 1, tzinfo=UTC)), datetime(2200, 1, 1, tzinfo=UTC))


Moment = Annotated[AwareDatetime, AfterValidator(_borner)]


class LivraisonVue(BaseModel):
    """A delivery; `livraison_id` is the id of the event."""

    livraison_id: UUID
    type: str
    etat: EtatLivraison
    dossier_id: UUID | None
    tentatives: int
    statut: int | None = Field(description="Dernier statut HTTP reçu")
    echec: Echec | None = Field(description="Nature du dernier échec")
    latence_ms: int | None = Field(description="Durée de la dernière tentative, en millisecondes")
    creee_le: datetime
    tentee_le: datetime | None
    due_at: datetime | None = Field(description="Prochaine tentative")

    @classmethod
    def of(cls, livraison: Livraison) -> "LivraisonVue":
        """The view of a delivery."""
        return cls(livraison_id=livraison.event_id, **livraison.model_dump())


class TentativeVue(BaseModel):
    """One try."""

    le: datetime
    numero: int
    statut: int | None
    echec: Echec | None
    latence_ms: int
    reponse: str = Field(description="Premiers mots de la réponse, sans ce qui ressemble à un secret")


class LivraisonDetail(LivraisonVue):
    """A delivery with what is sent, the signature left out, and its last hundred tries."""

    entetes: dict[str, str]
    corps: str
    essais: list[TentativeVue]


class PageLivraisons(BaseModel):
    """A page of the log, the newest first."""

    elements: list[LivraisonVue]
    suivant: UUID | None


class RejeuDemande(BaseModel):
    """What is sent again."""

    portee: Portee = Portee.echecs
    depuis: Moment
    jusqu_a: Moment | None = None


class RejeuVue(BaseModel):
    """A replay and how far it is: ten thousand deliveries at most, the oldest first."""

    rejeu_id: UUID
    portee: Portee
    depuis: datetime
    jusqu_a: datetime
    total: int
    en_attente: int
    livrees: int
    abandonnees: int
    fini: bool

    @classmethod
    def of(cls, rejeu: Rejeu, avancement: Avancement) -> "RejeuVue":
        """The view of a replay."""
        counts = {name: getattr(avancement, name) for name in (*Avancement.__slots__, "fini")}
        return cls(**rejeu.model_dump(), **counts)


def un_filtre(
    etat: EtatLivraison | None = None,
    evenement: Annotated[
        str | None, Query(max_length=40, pattern=r"^[a-z_.]+$", alias="type", description="Type d’événement")
    ] = None,
    objet: Annotated[UUID | None, Query(description="Identifiant d’un événement ou d’un dossier")] = None,
    depuis: Moment | None = None,
    jusqu_a: Moment | None = None,
) -> Filtre:
    """What of the log is asked for."""
    return Filtre(etat.value if etat else None, evenement, objet, depuis, jusqu_a)


@router.get("/livraisons", response_model=PageLivraisons, responses=REFUS | INCONNU, summary="Lire le journal des livraisons")
async def livraisons(
    webhook_id: UUID,
    actor: Gestionnaire,
    session: Transaction,
    filtre: Annotated[Filtre, Depends(un_filtre)],
    apres: Apres = None,
    limite: Limite = 50,
) -> PageLivraisons:
    """The newest first."""
    _, found, suivant = await journal.lire(session, actor, webhook_id, filtre, apres, limite)
    return PageLivraisons(elements=[LivraisonVue.of(livraison) for livraison in found], suivant=suivant)


@router.get(
    "/livraisons/{livraison_id}", response_model=LivraisonDetail, responses=REFUS | INCONNU, summary="Lire une livraison"
)
async def livraison(
    request: Request, webhook_id: UUID, livraison_id: UUID, actor: Gestionnaire, session: Transaction
) -> LivraisonDetail:
    """What is sent, and how each try ended."""
    _, found = await journal.detail(session, actor, webhook_id, livraison_id, request.app.state.coffre)
    return LivraisonDetail(
        livraison_id=livraison_id,
        entetes=found.entetes,
        essais=[TentativeVue(**one.model_dump()) for one in found.tentatives],
        **found.livraison.model_dump(),
    )


@router.post(
    "/livraisons/{livraison_id}/rejouer",
    response_model=LivraisonVue,
    responses=REFUS | INCONNU | CONFLIT,
    summary="Rejouer une livraison",
)
async def rejouer(
    response: Response, webhook_id: UUID, livraison_id: UUID, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """Failed or delivered, it is sent again at once, under the same `webhook-id`."""
    livraison = await journal.rejouer(session, actor, webhook_id, livraison_id, now=utc_now())
    return await idem.keep(response, 200, LivraisonVue.of(livraison))


@router.post(
    "/rejeux", status_code=201, response_model=RejeuVue, responses=REFUS | INCONNU | CONFLIT, summary="Rejouer une période"
)
async def rejouer_ensemble(
    response: Response, webhook_id: UUID, demande: RejeuDemande, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """Each message keeps its `webhook-id`: what was already received is recognised."""
    now = utc_now()
    asked = (demande.portee, demande.depuis, demande.jusqu_a)
    rejeu = await journal.rejouer_ensemble(session, actor, webhook_id, *asked, now=now)
    return await idem.keep(response, 201, RejeuVue.of(rejeu, Avancement(rejeu.total, 0, 0)))


@router.get("/rejeux/{rejeu_id}", response_model=RejeuVue, responses=REFUS | INCONNU, summary="Suivre un rejeu")
async def rejeu(webhook_id: UUID, rejeu_id: UUID, actor: Gestionnaire, session: Transaction) -> RejeuVue:
    """How many have arrived, failed, or wait."""
    return RejeuVue.of(*await journal.avancement(session, actor, webhook_id, rejeu_id))


@router.post(
    "/essai", status_code=201, response_model=LivraisonVue, responses=REFUS | INCONNU | CONFLIT, summary="Essayer un webhook"
)
async def essayer(
    request: Request, response: Response, webhook_id: UUID, actor: Gestionnaire, session: Transaction, idem: Idempotent
) -> Any:
    """A message of type `essai`, signed like any other, goes to the endpoint at once."""
    public_url = request.app.state.settings.public_url
    livraison = await journal.essayer(session, actor, webhook_id, public_url, now=utc_now())
    return await idem.keep(response, 201, LivraisonVue.of(livraison))
