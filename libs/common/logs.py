"""Structured logs: one JSON object a line, with ids and codes only, never a name, an address or a free text."""

import logging
import sys
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Values under these keys are dropped wherever they come from, so that a careless call cannot leak them.
CONFIDENTIAL_KEYS = frozenset(
    {
        "nom",
        "prenom",
        "siren",
        "siret",
        "rna",
        "courriel",
        "email",
        "telephone",
        "besoin",
        "motif_texte",
        "code",
        "secret",
        "token",
    }
)


def drop_confidential(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Remove the values of confidential keys from a log entry."""
    for key in CONFIDENTIAL_KEYS & event.keys():
        event[key] = "[retiré]"
    return event


class Trace(structlog.tracebacks.ExceptionDictTransformer):
    """Where an error came from, without its text and the frames' values: they may quote what was typed, or a row."""

    def __init__(self) -> None:
        super().__init__(show_locals=False)

    def _as_dict(self, trace: structlog.tracebacks.Trace) -> list[dict[str, Any]]:
        stacks = super()._as_dict(trace)
        for stack in stacks:
            del stack["exc_value"], stack["exc_notes"]
        return stacks


def _log_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What ends a process is logged as all else is: Python would write its text."""
    get_logger(__name__).critical("ended", exc_info=(kind, error, trace))


def configure(service: str, role: str, level: str = "INFO") -> None:
    """Send all logs of this process, ours and the libraries', to standard output as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_confidential,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(Trace()),
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "nats", "sqlalchemy.engine", "httpx2", "dockerflow"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.contextvars.bind_contextvars(service=service, role=role)
    sys.excepthook = _log_the_end


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
