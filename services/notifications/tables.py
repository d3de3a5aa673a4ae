"""All tables of this service, imported so that migrations see them."""

from notifications.base import Base
from notifications.courriels import models as courriels
from notifications.webhooks import models as webhooks

__all__ = ["courriels", "metadata", "webhooks"]

metadata = Base.metadata
