"""What the cellule service announces: the life of the shared diagnostic."""

from typing import ClassVar
from uuid import UUID

from common.actor import Role
from common.codes import EtatDiagnostic
from common.events.base import Event


class _Diagnostic(Event):
    """Common part: `numero` is the version of the document and `empreinte` its SHA-256, once there is one."""

    service: ClassVar[str] = "cellule"
    capability: ClassVar[str] = "diagnostic"
    aggregate: ClassVar[str] = "diagnostic_id"

    diagnostic_id: UUID
    dossier_id: UUID
    etat: EtatDiagnostic
    numero: int
    empreinte: str | None = None


class DiagnosticOuvert(_Diagnostic):
    """The cell began a diagnostic with the association."""

    fact = "ouvert"


class DiagnosticValide(_Diagnostic):
    """Somebody validated this version; `par` says in which role, `acteur_id` who did, by its opaque id."""

    fact = "valide"

    par: Role
    acteur_id: str | None = None


class DiagnosticPartage(_Diagnostic):
    """The validated diagnostic is open to the members of the cell."""

    fact = "partage"
