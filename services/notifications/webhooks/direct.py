"""The console of an endpoint: its deliveries as they happen, for a partner's manager; reloading the page shows the same."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from common.actor import Actor
from common.clock import utc_now
from common.database import Database, Transaction
from common.flux import DernierRecu, Flux, Lecture
from common.web import fragment, render
from notifications.webhooks import direct_store, journal, store
from notifications.webhooks.journal_pages import NOMS
from notifications.webhooks.models import Livraison
from notifications.webhooks.pages import LISTE, Gestionnaire

router = APIRouter(prefix="/webhooks/{webhook_id}/direct", include_in_schema=False)


@router.get("")
async def console(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> HTMLResponse:
    """The last deliveries of an endpoint, with the place from which the stream goes on."""
    webhook = await store.get(session, actor, webhook_id)
    curseur = await direct_store.horizon(session)
    passages = _passages(await direct_store.changed(session, webhook, None))
    context = NOMS | {"webhook": webhook, "curseur": curseur, "passages": passages, "maximum": direct_store.DERNIERES}
    return render(request, "webhook_direct.html", context)


@router.get("/flux", response_class=Flux)
async def flux(request: Request, webhook_id: UUID, actor: Gestionnaire, depuis: DernierRecu) -> Flux:
    """What of it changes, as it changes."""
    database: Database = request.app.state.database
    async with database.transaction(actor) as session:
        await store.get(session, actor, webhook_id)

    async def lire(session: AsyncSession, actor: Actor, depuis: str) -> Lecture:
        webhook = await store.get(session, actor, webhook_id)
        curseur = await direct_store.horizon(session)
        changed = await direct_store.changed(session, webhook, _nombre(depuis))
        context = NOMS | {"webhook": webhook, "passages": _passages(changed)}
        return Lecture(str(curseur), fragment(request, "webhook_passages.html", context) if changed else "")

    return Flux(request, actor, direct_store.cle(webhook_id), depuis, lire)


@router.post("/essai")
async def essayer(request: Request, webhook_id: UUID, session: Transaction, actor: Gestionnaire) -> RedirectResponse:
    """Send a message that says nothing, and watch it go."""
    await journal.essayer(session, actor, webhook_id, request.app.state.settings.public_url, now=utc_now())
    return RedirectResponse(f"{LISTE}/{webhook_id}/direct", 303)


def _passages(livraisons: Sequence[Livraison]) -> list[tuple[Livraison, Any]]:
    """Each delivery with its body laid out for reading."""
    return [(one, json.dumps(json.loads(one.corps), indent=2, ensure_ascii=False)) for one in livraisons]


def _nombre(depuis: str) -> int | None:
    """The place, or None for what is none: then everything is shown again."""
    return int(depuis) if depuis.isascii() and depuis.isdigit() and len(depuis) < 20 else None
