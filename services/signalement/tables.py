"""All tables of this service, imported so that migrations see them."""

from signalement.base import Base

metadata = Base.metadata
