"""All tables of this service, imported so that migrations see them."""

from notifications.base import Base

metadata = Base.metadata
