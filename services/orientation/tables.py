"""All tables of this service, imported so that migrations see them."""

from orientation.base import Base

metadata = Base.metadata
