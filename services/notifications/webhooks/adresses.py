"""Where the hub may post to: public unicast addresses over HTTPS, and nothing that leads back inside.

The lists follow the IANA special-purpose address registries (RFC 6890 and later). `ipaddress.is_global` does not do:
it is true for NAT64, 6to4, multicast and site-local addresses, several of which embed an inner IPv4 address.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

from common.errors import DonneeInvalide
from common.traduction import N_

URL_MAX = 500
SPECIAL_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Everything outside 2000::/3 is special: loopback, mapped, compatible, NAT64, SRv6, unique and site-local, multicast.
UNICAST_V6 = IPv6Network("2000::/3")
SPECIAL_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarks and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, embeds an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


class AdresseInterdite(OSError):
    """A name led to an address that the hub does not connect to."""


def publique(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is a public unicast one."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    if address.scope_id is not None:
        return False
    return address in UNICAST_V6 and not any(address in network for network in SPECIAL_V6)


def verifier_adresse(host: str, *, loopback: bool) -> None:
    """Raises AdresseInterdite unless one may connect to this literal address. `loopback` is for development."""
    try:
        address = ip_address(host)
    except ValueError as error:
        raise AdresseInterdite("not an address") from error
    if not (publique(address) or (loopback and address.is_loopback)):
        raise AdresseInterdite("special address")


def verifier_url(text: str, *, development: bool) -> str:
    """The URL in the form in which it will be used. Raises DonneeInvalide when it is not one to post to.

    A name is resolved, and its addresses checked, at each connection: what it leads to today says nothing of tomorrow.
    """
    try:
        url = URL(text)
        host, port = url.host, url.port
    except (ValueError, UnicodeError) as error:
        raise _refus(N_("Donnez une adresse complète, par exemple https://exemple.fr/relais.")) from error
    if len(text) > URL_MAX or not host or not text.isprintable() or " " in text:
        raise _refus(N_("Donnez une adresse complète, par exemple https://exemple.fr/relais."))
    if url.user is not None or url.password is not None:
        raise _refus(N_("L’adresse ne doit contenir ni nom d’utilisateur ni mot de passe."))
    if url.fragment:
        raise _refus(N_("Retirez la partie qui suit le signe « # »."))
    local = development and _est_loopback(host)
    if url.scheme != "https" and not (url.scheme == "http" and local):
        raise _refus(N_("L’adresse doit commencer par https://."))
    if port is None or (port != 443 and port < 1024 and not local):
        raise _refus(N_("Utilisez le port 443, ou un port à partir de 1024."))
    if not local:
        _verifier_hote(host)
    return str(url)


def _est_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _verifier_hote(host: str) -> None:
    name = host.rstrip(".").lower()
    last = name.rpartition(".")[2]
    if ":" in name or last.isdigit() or last.startswith("0x"):
        # Whatever ends in a number is an address to somebody: only its plain form is taken.
        try:
            verifier_adresse(host, loopback=False)
        except AdresseInterdite as error:
            raise _refus(N_("Cette adresse n’est pas joignable depuis Internet.")) from error
    elif "." not in name or last in ("localhost", "local", "internal", "localdomain", "home", "lan", "arpa"):
        raise _refus(N_("Cette adresse n’est pas joignable depuis Internet."))


def _refus(remede: str) -> DonneeInvalide:
    return DonneeInvalide(remede, champ="url")
