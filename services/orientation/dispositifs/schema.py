"""The JSON Schema of a dispositif's file, for editors to check as one types: `python -m orientation.dispositifs.schema`."""

import json
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from orientation.dispositifs.format import NON_PRECISE, Fiche


class _EnFrancais(GenerateJsonSchema):
    """`non précisé` is how a file says nothing, and « oui » or « non » how it answers."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What may be left open."""
        return {"anyOf": [{"const": NON_PRECISE}, self.generate_inner(schema["schema"])]}

    def bool_schema(self, schema: core_schema.BoolSchema) -> JsonSchemaValue:
        """An answer."""
        return {"enum": ["oui", "non"]}


def document() -> dict[str, Any]:
    """The schema."""
    schema = Fiche.model_json_schema(schema_generator=_EnFrancais)
    return {"$schema": GenerateJsonSchema.schema_dialect, **_sans_defauts(schema)}


def _sans_defauts(partie: Any) -> Any:
    """Without defaults, which are ours and no words of the format."""
    if isinstance(partie, dict):
        return {cle: _sans_defauts(valeur) for cle, valeur in partie.items() if cle != "default"}
    return [_sans_defauts(element) for element in partie] if isinstance(partie, list) else partie


def main() -> None:
    """Write it to standard output."""
    sys.stdout.write(json.dumps(document(), ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
