"""From where a workspace may be reached: lists of addresses, with those that deploy always among them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from shipway.models.document import Document

__all__ = ["IpAddresses", "IpPerimeter", "ListLabel"]

_WIDEST = 8
_MOST = 1000
# The lists are held against the address that a request comes from on the internet; one of these never is. What comes
# through a private endpoint is not held against them at all: closing that is for the network and the endpoint.
_NEVER_SEEN = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)


def _public(text: str) -> str:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError("an IPv4 address or range such as 198.51.100.0/24, without host bits") from error
    if not isinstance(network, ipaddress.IPv4Network):
        raise ValueError("an IPv4 address: IP access lists know no IPv6")
    if network.prefixlen < _WIDEST:
        raise ValueError(f"a range no wider than /{_WIDEST}: two halves are the whole internet too")
    if any(network.overlaps(private) for private in _NEVER_SEEN):
        raise ValueError("a public address: a private one is never what a request comes from")
    return text


ListLabel = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
IpAddresses = Annotated[tuple[Annotated[str, AfterValidator(_public)], ...], Field(min_length=1)]


class IpPerimeter(Document):
    """Who is let in by address. With it, whatever is on no allow list is refused."""

    deploys_from: IpAddresses
    """Where the runners that apply this come from: a list of its own, so that no apply shuts out the next one."""

    allow: dict[ListLabel, IpAddresses] = {}
    """Where people come from. With secure cluster connectivity also the public addresses of the compute plane: without
    them classic clusters do not start."""

    block: dict[ListLabel, IpAddresses] = {}
    """Wins over every allow list."""

    @model_validator(mode="after")
    def _api_takes_them_all(self) -> IpPerimeter:
        lists = [self.deploys_from, *self.allow.values(), *self.block.values()]
        if (count := sum(map(len, lists))) > _MOST:
            raise ValueError(f"at most {_MOST} addresses over all lists of a workspace, not {count}")
        return self

    def shut_out(self) -> Iterator[tuple[str, int, str]]:
        """Label, index and address of each entry of a block list that a runner would come from."""
        runners = [ipaddress.ip_network(address) for address in self.deploys_from]
        for label, addresses in self.block.items():
            for index, address in enumerate(addresses):
                if any(ipaddress.ip_network(address).overlaps(runner) for runner in runners):
                    yield label, index, address
