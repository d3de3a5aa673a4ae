"""All tables of this service, imported so that migrations see them."""

from cellule.base import Base

metadata = Base.metadata
