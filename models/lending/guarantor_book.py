"""What the guarantor's limits are measured on: its guarantees told apart by client and weight (GUA-04 to GUA-06)."""

from __future__ import annotations

from dataclasses import dataclass

from models.values.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class ClientBalance:
    """What one client's guarantees still bind, reserved capacity included.

    A client is a firm, or a talent as long as no firm stands behind the application. `small` says that the firm is
    micro or small; one that is only planned counts as micro.
    """

    firm_id: int | None
    talent_id: int
    small: bool
    balance: Money


@dataclass(frozen=True, slots=True)
class BookMix:
    """The guarantor's whole book: what counts as small business of at most the cap per client, and the rest."""

    small: Money = ZERO
    other: Money = ZERO
    small_clients: int = 0
    clients: int = 0

    @property
    def balance(self) -> Money:
        """Everything, unweighted."""
        return self.small + self.other

    def with_client(self, client: ClientBalance, small_client_cap: Money, *, sign: int = 1) -> BookMix:
        """The mix with a client's balance put in, or taken out with `sign=-1`; nought changes nothing."""
        if not client.balance:
            return self
        counts_small = client.small and client.balance <= small_client_cap
        amount = client.balance if sign > 0 else -client.balance
        return BookMix(
            self.small + amount if counts_small else self.small,
            self.other if counts_small else self.other + amount,
            self.small_clients + (sign if counts_small else 0),
            self.clients + sign,
        )
