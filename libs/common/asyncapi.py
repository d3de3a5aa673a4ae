"""The event catalogue as AsyncAPI 3.0, made from the event classes: `python -m common.asyncapi > docs/events/asyncapi.json`."""

import json
import sys
from typing import Any

from common.events import REGISTRY, Event
from common.streams import HEARS

ENVELOPE: dict[str, Any] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {"type": "string", "format": "uuid", "description": "Id of the event; a consumer has it at most once in effect."},
    "source": {"type": "string", "description": "The service that says it."},
    "subject": {"type": "string", "description": "Id of the aggregate; order is kept for each."},
    "time": {"type": "string", "format": "date-time", "description": "When it happened, in UTC."},
    "datacontenttype": {"type": "string", "const": "application/json"},
    "sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Version of the aggregate after the fact."},
    "dossier": {"type": "string", "format": "uuid", "description": "Id of the case."},
    "traceparent": {"type": "string"},
}
REQUIRED = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data"]


def document() -> dict[str, Any]:
    """The whole document, in a stable order."""
    channels, operations, messages, schemas = {}, {}, {}, {}
    for subject, event in sorted(REGISTRY.items()):
        key = event.__name__
        channels[key] = {"address": subject, "messages": {key: {"$ref": f"#/components/messages/{key}"}}}
        reference = {"channel": {"$ref": f"#/channels/{key}"}, "messages": [{"$ref": f"#/channels/{key}/messages/{key}"}]}
        operations[f"publish{key}"] = {"action": "send", "summary": f"Published by {publisher(event)}."} | reference
        operations[f"hear{key}"] = {"action": "receive", "summary": f"Heard by {', '.join(listeners(event))}."} | reference
        messages[key] = {
            "name": event.type(),
            "title": key,
            "summary": (event.__doc__ or "").split("\n")[0],
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"#/components/schemas/{key}"},
        }
        schemas[key] = envelope(event)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Relais",
            "version": "1",
            "description": "What the services announce, as CloudEvents 1.0: never a name, a SIREN, a contact or a free text.",
            "license": {"name": "AGPL-3.0-only"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def publisher(event: type[Event]) -> str:
    """The service that publishes an event."""
    return event.capability if event.service == "audit" else event.service


def listeners(event: type[Event]) -> list[str]:
    """The services whose consumers read the event's stream."""
    return sorted(service for service, streams in HEARS.items() if event.service.upper() in streams)


def envelope(event: type[Event]) -> dict[str, Any]:
    """The JSON schema of an event on the bus: the CloudEvents envelope around its data."""
    data = event.model_json_schema(ref_template=f"#/components/schemas/{event.__name__}/properties/data/$defs/{{model}}")
    properties = ENVELOPE | {"type": {"type": "string", "const": event.type()}, "data": data}
    return {"type": "object", "required": REQUIRED, "properties": properties}


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
