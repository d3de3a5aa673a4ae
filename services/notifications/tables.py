"""All tables of this service, imported so that migrations see them."""

from notifications.base import Base
from notifications.courriels import models as courriels
from notifications.fil import models as fil
from notifications.preferences import models as preferences
from notifications.retours import models as retours
from notifications.retraits import models as retraits
from notifications.suivis import models as suivis
from notifications.webhooks import models as webhooks

__all__ = ["courriels", "fil", "metadata", "preferences", "retours", "retraits", "suivis", "webhooks"]

metadata = Base.metadata
