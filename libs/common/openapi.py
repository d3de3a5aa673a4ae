"""The OpenAPI document of a service, with our errors in it: every operation may answer with an RFC 9457 problem."""

from typing import Any

from fastapi import FastAPI

PROBLEM: dict[str, Any] = {
    "title": "Problème",
    "description": "RFC 9457. Le type est stable ; le titre et le remède sont en français.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:relais:erreur:introuvable"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Ce qu’il faut faire."},
        "champ": {"type": "string", "description": "Le champ en cause."},
        "erreurs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["champ", "message"],
                "properties": {"champ": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
REFUSAL: dict[str, Any] = {
    "description": "Refus",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Probleme"}}},
}


def install(app: FastAPI) -> None:
    """Make the application's document say how it refuses."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add_problems(made())
        schema: dict[str, Any] = app.openapi_schema or {}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas["Probleme"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            for status, answer in answers.items():
                if status.startswith(("4", "5")):
                    answer["content"] = REFUSAL["content"]
            answers.pop("422", None)
            answers |= {"4XX": REFUSAL, "5XX": REFUSAL}
