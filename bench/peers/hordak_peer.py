"""Peer: django-hordak on PostgreSQL, in a process of its own that does a round whenever it is told to.

python hordak_peer.py <socket folder> <database>; then on stdin `transfer N` or `bulk N`; it answers seconds on stdout.
"""

import sys
import time
from decimal import Decimal
from itertools import count

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    HORDAK_MAX_DIGITS=20,
    HORDAK_DECIMAL_PLACES=2,
    HORDAK_INTERNAL_CURRENCY="CNY",
    DEFAULT_CURRENCY="CNY",
    CURRENCIES=("CNY",),
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": sys.argv[2],
            "USER": "postgres",
            "HOST": sys.argv[1],
        }
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account, AccountType, Leg, Transaction  # noqa: E402
from moneyed import Money  # noqa: E402

call_command("migrate", verbosity=0)
accounts = [
    Account.objects.create(name=f"A{n}", code=f"{n}", type=AccountType.asset, currencies=["CNY"]) for n in range(1, 3)
]
numbers = count(1)


def money(n):
    return Money(Decimal(100 + n % 9_999) / 100, "CNY")


def transfer(times):
    for _ in range(times):
        n = next(numbers)
        with transaction.atomic():
            accounts[0].transfer_to(accounts[1], money(n), description=f"evt-{n:09d}")


def bulk(times):
    for start in range(0, times, 1000):
        transactions, legs = [], []
        for _ in range(min(1000, times - start)):
            n = next(numbers)
            one = Transaction(description=f"evt-{n:09d}")
            transactions.append(one)
            legs.append(Leg(transaction=one, account=accounts[0], debit=money(n)))
            legs.append(Leg(transaction=one, account=accounts[1], credit=money(n)))
        with transaction.atomic():
            Transaction.objects.bulk_create(transactions)
            Leg.objects.bulk_create(legs)


print("ready", flush=True)
for line in sys.stdin:
    what, times = line.split()
    started = time.perf_counter()
    {"transfer": transfer, "bulk": bulk}[what](int(times))
    print(time.perf_counter() - started, flush=True)
