"""The base of this service's tables: one registry, and the tables that every service has."""

from common.database import service_base

Base = service_base()
