"""What a system of a partner is known by, and how often its last use is written."""

from datetime import timedelta

from common.errors import Conflit
from common.traduction import N_, _

CLIENTS_MAX = 20
NOTE_TOUS_LES = timedelta(minutes=1)
PORTEES_MAX = 20


class DejaDeclare(Conflit):
    """A client acts for one organisation: this one, or another."""

    slug, titre = "client-deja-declare", N_("Ce client est déjà déclaré dans Relais.")


class TropDeClients(Conflit):
    """Enough systems for any organisation."""

    slug, titre = "trop-de-clients", N_("Votre organisation a déjà beaucoup de clients.")


def declarer(actifs: int, *, connu: bool) -> None:
    """Whether one more may be declared. Raises DejaDeclare, TropDeClients."""
    if connu:
        raise DejaDeclare(N_("S’il est à vous, demandez à l’administrateur de Relais qui l’a déclaré."), champ="client_id")
    if actifs >= CLIENTS_MAX:
        raise TropDeClients(_("Révoquez ceux qui ne servent plus : une organisation en a {n} au plus.").format(n=CLIENTS_MAX))
