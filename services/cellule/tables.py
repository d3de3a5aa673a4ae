"""All tables of this service, imported so that migrations see them."""

from cellule.audit import models as audit
from cellule.base import Base
from cellule.chiffres import models as chiffres
from cellule.diagnostics import models as diagnostics

__all__ = ["audit", "chiffres", "diagnostics", "metadata"]

metadata = Base.metadata
