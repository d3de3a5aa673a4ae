"""The page for developers, in the language of the instance and in English; public: there is nothing about any case in it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from common.auth import current_actor
from common.settings import Mode
from common.web import fragment, render
from notifications.developpeurs.exemples import exemples
from notifications.settings import NotificationsSettings
from notifications.webhooks.domain import CHEVAUCHEMENT, FAMILLES

router = APIRouter(prefix="/developpeurs", include_in_schema=False, dependencies=[Depends(current_actor)])

BAC_A_SABLE = "http://127.0.0.1:8000"


@router.get("")
async def page(request: Request, lang: Annotated[Literal["fr", "en"], Query()] = "fr") -> HTMLResponse:
    """Quick start, authentication, receiving, catching up, errors, limits, types."""
    settings: NotificationsSettings = request.app.state.settings
    # Elsewhere than on a developer's machine, the commands are for the hub that `make up` starts there.
    ici = settings.mode is Mode.development
    context: dict[str, Any] = {
        "hub": settings.public_url if ici else BAC_A_SABLE,
        "public_url": settings.public_url,
        "issuer": settings.oidc_issuer,
        "audience": settings.token_audience,
        "par_minute": settings.api_par_minute,
        "par_minute_machine": settings.api_par_minute_machine,
        "exemples": exemples(settings.public_url),
        "familles": FAMILLES,
        "heures": int(CHEVAUCHEMENT.total_seconds() // 3600),
    }
    nom, langue = ("developpeurs_en.html", "en") if lang == "en" else ("developpeurs_texte.html", None)
    contenu = Markup(fragment(request, nom, context, langue))  # noqa: S704 - a template of ours.
    return render(request, "developpeurs.html", {"contenu": contenu, "en_anglais": lang == "en"})
