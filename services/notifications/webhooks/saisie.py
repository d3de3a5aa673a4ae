"""The form of an endpoint, as its manager fills it in."""

import re
from typing import Any

from pydantic import BaseModel, Field

from common.traduction import N_, _
from notifications.webhooks.domain import DEBIT_MAX, TYPES, Reglages
from notifications.webhooks.models import Webhook
from notifications.webhooks.service import Demande

CHOIX = [
    ("orientation.*", N_("Tout ce qui concerne vos orientations")),
    ("rendez_vous.*", N_("Tout ce qui concerne vos rendez-vous")),
    ("transfert.*", N_("Tout ce qui concerne vos transferts")),
    ("consentement.*", N_("Tous les accords des associations qui vous concernent")),
    *TYPES.items(),
]


def messages() -> dict[str, str]:
    """Better words for what is wrong in the forms of an endpoint."""
    return {
        "url.missing": _("Donnez l’adresse de votre système, par exemple https://exemple.fr/relais."),
        "types": _("Choisissez au moins un type d’événement."),
        "quand": _("Dites jusqu’à quand l’ancien secret doit servir."),
        "debit": _("Donnez un nombre de 1 à {maximum}, ou rien.").format(maximum=DEBIT_MAX),
    }


class Saisie(BaseModel):
    """The form. Lists of codes are typed with commas or spaces between."""

    url: str = Field(max_length=500)
    types: list[str] = Field(min_length=1)
    description: str = Field(default="", max_length=200)
    dispositifs: str = Field(default="", max_length=2000)
    departements: str = Field(default="", max_length=500)
    debit: int | None = Field(default=None, ge=1, le=DEBIT_MAX)
    ordonne: bool = False

    def demande(self) -> Demande:
        """As the use case takes it."""
        reglages = Reglages(_codes(self.dispositifs), _codes(self.departements), self.debit, self.ordonne)
        return Demande(self.url, self.types, self.description, reglages)


def saisie_de(webhook: Webhook) -> dict[str, Any]:
    """What the form shows of an endpoint that exists."""
    values: dict[str, Any] = webhook.model_dump(include={"url", "types", "description", "debit"})
    lists = {name: ", ".join(getattr(webhook, name)) for name in ("dispositifs", "departements")}
    return values | lists | {"debit": str(webhook.debit or ""), "ordonne": ["true"] if webhook.ordonne else []}


def _codes(typed: str) -> list[str]:
    return [code for code in re.split(r"[\s,;]+", typed) if code]
