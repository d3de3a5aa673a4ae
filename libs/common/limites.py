"""How often somebody may ask: each person and each system by its id, everybody else by the address of the network.

The rule is the generic cell rate algorithm: as many at once as the quota has, then one each time a share of the window has
passed. Counts stay in the memory of each process: nobody's address is ever written down, and N processes let N times pass.
Answers bear `RateLimit-Policy` and `RateLimit` as the IETF's draft has them, refusals `Retry-After` too.
"""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from fastapi import Request

from common.actor import Actor, Role
from common.clock import Clock, utc_now
from common.errors import TropDeDemandes

MINUTE = timedelta(minutes=1)
SANS_ADRESSE = "-"
ENTETES = "entetes"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in a window; `nom` is what the headers call it."""

    nombre: int
    fenetre: timedelta = MINUTE
    nom: str = "adresse"

    @property
    def pas(self) -> timedelta:
        """After how long one more is allowed."""
        return self.fenetre // self.nombre


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request passes. `plein` is when everything will have been paid back, which is all that is remembered."""

    passe: bool
    restent: int
    attendre: timedelta
    plein: datetime


def juger(quota: Quota, plein: datetime | None, now: datetime) -> Verdict:
    """Judge one more request of somebody who will have paid everything back at `plein`."""
    avant = max(plein or now, now)
    apres = avant + quota.pas
    trop = apres - now - quota.fenetre
    if trop > timedelta():
        return Verdict(False, 0, trop, avant)
    return Verdict(True, min((quota.fenetre - (apres - now)) // quota.pas, quota.nombre - 1), timedelta(), apres)


class Limite:
    """One quota for each key."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.pleins: dict[str, datetime] = {}
        self.rangee: datetime | None = None

    def compter(self, cle: str, now: datetime) -> Verdict:
        """Count one more request."""
        self._ranger(now)
        verdict = juger(self.quota, self.pleins.get(cle), now)
        self.pleins[cle] = verdict.plein
        return verdict

    def entetes(self, verdict: Verdict, now: datetime) -> dict[str, str]:
        """What the answer says of it."""
        quota, plein = self.quota, math.ceil((verdict.plein - now).total_seconds())
        return {
            "RateLimit-Policy": f'"{quota.nom}";q={quota.nombre};w={round(quota.fenetre.total_seconds())}',
            "RateLimit": f'"{quota.nom}";r={verdict.restent};t={plein}',
        }

    def exiger(self, request: Request, cle: str, now: datetime) -> None:
        """Count a request, and have its answer say so. Raises TropDeDemandes."""
        verdict = self.compter(cle, now)
        setattr(request.state, ENTETES, self.entetes(verdict, now))
        if not verdict.passe:
            raise TropDeDemandes(math.ceil(verdict.attendre.total_seconds()))

    def _ranger(self, now: datetime) -> None:
        """Drop, now and then, the keys that have paid back, so that memory does not grow with the visitors."""
        if self.rangee is None or now - self.rangee > self.quota.fenetre:
            self.rangee = now
            self.pleins = {cle: plein for cle, plein in self.pleins.items() if plein > now}


class LimitesApi:
    """What the API allows to people and to systems."""

    def __init__(self, personne: int, machine: int) -> None:
        self.personne = Limite(Quota(personne, nom="personne"))
        self.machine = Limite(Quota(machine, nom="machine"))

    def exiger(self, request: Request, actor: Actor, now: datetime) -> None:
        """Count a call of the API; pages are free. Raises TropDeDemandes."""
        if "/api/" in request.url.path:
            (self.machine if actor.has(Role.machine) else self.personne).exiger(request, actor.id, now)


def adresse_de(request: Request) -> str:
    """The address that asks, as the front saw it: uvicorn takes it from our front's header and from nobody else's.

    One household or office has a whole /64 of IPv6 addresses, which therefore counts as one.
    """
    if request.client is None:
        return SANS_ADRESSE
    try:
        adresse = ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(adresse, IPv6Address):
        return (adresse.ipv4_mapped or IPv6Address(int(adresse) >> 64 << 64)).compressed
    return adresse.compressed


def par_adresse(nombre: int, fenetre: timedelta = MINUTE, clock: Clock = utc_now) -> Callable[[Request], Awaitable[None]]:
    """A dependency that limits how often one address of the network may call an endpoint."""
    limite = Limite(Quota(nombre, fenetre))

    async def verifier(request: Request) -> None:
        limite.exiger(request, adresse_de(request), clock())

    return verifier
