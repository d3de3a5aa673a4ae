"""What people call each dispositif: the catalogue's own words."""

from orientation.dispositifs.courant import libelle_dispositif

__all__ = ["libelle_dispositif"]
