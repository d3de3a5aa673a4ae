"""Idempotency-Key: a caller who did not get our answer may ask again, and gets the first answer instead of a second effect.

An answer is kept for 48 hours (`common.idempotence_oubli`).
"""

import hashlib
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from common.auth import MaybeActor
from common.coffre import Coffre, est_scelle
from common.database import Transaction
from common.errors import Conflit
from common.traduction import N_, _

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
FIND = text("SELECT empreinte, status, body FROM idempotence WHERE actor_id = :actor AND cle = :key")
KEEP = text("INSERT INTO idempotence (actor_id, cle, empreinte, status, body) VALUES (:actor, :key, :print, :status, :body)")


class CleDejaUtilisee(Conflit):
    """The same key came with another request."""

    slug, titre = "cle-deja-utilisee", N_("Cette clé d’idempotence a déjà servi pour une autre demande.")


class ReponsePerdue(Conflit):
    """The request was done, and the key that sealed its answer is no more."""

    slug, titre = "reponse-perdue", N_("Cette demande a déjà été faite, et sa réponse ne peut plus être lue.")


class Replay(Exception):
    """Not an error: the answer given the first time, to be given again."""

    def __init__(self, status: int, body: str) -> None:
        self.response = Response(body, status, media_type="application/json", headers={"Idempotent-Replay": "true"})


class Idempotence:
    """Keeps the answer of a request that carries a key, in the transaction that has the effect."""

    def __init__(
        self, session: Transaction, actor_id: str, key: str | None, fingerprint: str, coffre: Coffre | None = None
    ) -> None:
        self.session, self.coffre = session, coffre
        self.row = {"actor": actor_id, "key": key, "print": fingerprint}

    async def keep(self, response: Response, status: int, answer: BaseModel) -> Any:
        """Remember `answer` as what this key's request got, and give it. A service that has a `coffre` seals its answers."""
        response.status_code = status
        if self.row["key"]:
            body = answer.model_dump_json()
            sealed = self.coffre.sceller(body) if self.coffre else body
            await self.session.execute(KEEP, self.row | {"status": status, "body": sealed})
        return answer


async def idempotence(
    request: Request,
    session: Transaction,
    actor: MaybeActor,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=8,
            max_length=100,
            description="La même clé redonne la même réponse, sans second effet, pendant 48 heures.",
        ),
    ] = None,
) -> Idempotence:
    """The dependency of endpoints that create or act.

    Raises `Replay` with the first answer, `CleDejaUtilisee`, or `ReponsePerdue`.
    """
    actor_id = actor.id if actor else "-"
    coffre: Coffre | None = getattr(request.app.state, "coffre", None)
    body = await request.body()
    fingerprint = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).hexdigest()
    if key:
        await session.execute(LOCK, {"key": f"{actor_id}:{key}"})
        known = (await session.execute(FIND, {"actor": actor_id, "key": key})).one_or_none()
        if known is not None:
            if known.empreinte != fingerprint:
                raise CleDejaUtilisee(_("Choisissez une nouvelle clé pour chaque demande."))
            corps = coffre.ouvrir_ou_rien(known.body) if coffre and est_scelle(known.body) else known.body
            if not corps:
                raise ReponsePerdue(_("Relisez où en sont les choses ; s’il faut recommencer, choisissez une nouvelle clé."))
            raise Replay(known.status, corps)
    return Idempotence(session, actor_id, key, fingerprint, coffre)


Idempotent = Annotated[Idempotence, Depends(idempotence, scope="function")]
