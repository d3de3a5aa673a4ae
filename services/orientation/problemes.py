"""How this service's refusals (RFC 9457) are described in its OpenAPI document."""

from typing import Any

from pydantic import BaseModel, ConfigDict

TITRES = {
    401: "Personne n’est connecté.",
    403: "L’acteur n’en a pas le droit.",
    404: "Rien de tel n’est accessible à cet acteur.",
    409: "L’état actuel ne le permet pas ; `type` dit pourquoi.",
    412: "L’élément a changé depuis la version donnée.",
    413: "L’envoi est trop volumineux.",
    422: "Une information n’est pas valable ; `champ` dit laquelle.",
    429: "Trop de demandes en peu de temps ; `Retry-After` dit dans combien de secondes recommencer.",
    503: "Un service nécessaire ne répond pas ; rien n’a été modifié.",
}


class Probleme(BaseModel):
    """An RFC 9457 problem; more members may follow."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None
    champ: str | None = None
    etat: str | None = None
    version: int | None = None
    permis: list[str] | None = None


def refus(*statuts: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse with these."""
    schema = {"$ref": "#/components/schemas/Probleme"}
    return {
        statut: {"description": TITRES[statut], "model": Probleme, "content": {"application/problem+json": {"schema": schema}}}
        for statut in statuts
    }
