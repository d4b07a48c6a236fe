"""Which addresses are on the public internet, asked of each one at the moment it is connected to."""

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from aiohttp import AddrInfoType

Network = IPv4Network | IPv6Network
GLOBAL_UNICAST = IPv6Network("2000::/3")
NOT_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # Teredo, documentation, 6to4, documentation
        "168.63.129.16/32",  # where one cloud serves its machines their own data; the others do at private addresses
    )
)
"""IANA's special-purpose registries. Of IPv6 only global unicast is public at all, so mapped, NAT64, unique-local and
link-local addresses need no line here; 6to4 and Teredo carry an IPv4 address inside, which need not be public."""


class AddressRefused(OSError):
    """The address is not public."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (address not in GLOBAL_UNICAST or address.scope_id is not None):
        return False
    return address.is_global and not any(address in network for network in NOT_PUBLIC)


class PublicSockets:
    """A socket factory for one call that knows public addresses only, and those of `also`.

    A name is looked up once; what it leads to is judged here, and connected to without another look-up, so a name that
    changes its mind gains nothing. `has_refused` tells afterwards.
    """

    def __init__(self, also: Sequence[Network] = ()) -> None:
        self._also = also
        self.has_refused = False

    def __call__(self, address_info: AddrInfoType) -> socket.socket:
        """Raise AddressRefused, also for what is no address in numbers."""
        family, kind, protocol, _, where = address_info
        try:
            address = ipaddress.ip_address(where[0])
        except ValueError as error:
            raise AddressRefused("not an address") from error
        if not (is_public(address) or any(address in network for network in self._also)):
            self.has_refused = True
            raise AddressRefused("not a public address")
        return socket.socket(family=family, type=kind, proto=protocol)
