"""Structured logs: one JSON object a line, with ids and codes only, never a name, an address or a free text."""

import logging
import sys

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
            # The trace without the frames' local values: those may hold what must not be written down.
            structlog.processors.dict_tracebacks
            if level == "DEBUG"
            else structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
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


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
