"""Invented people, firms and rights for the synthetic district: valid check digits, belonging to nobody; fixed seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from models.application import Product
from models.firm import FirmSize, Industry
from models.intellectual_property import IPKind
from models.lending.terms import RepaymentMethod
from models.talent import Level
from models.values.identifiers import credit_code_check, patent_check, resident_id_check
from models.values.money import Money

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
GIVEN = "明远志航海涛思源嘉禾文博云舟立行景行知新若谷怀瑾修远承泽亦凡子墨星野清和"
STEMS = [
    "澜芯",
    "云帆",
    "海纳",
    "启辰",
    "瑞程",
    "恒川",
    "拓野",
    "弘毅",
    "晟光",
    "凌度",
    "普朗",
    "聚源",
    "锐思",
    "天玑",
    "微澜",
    "宏图",
    "方舟",
    "远见",
    "精诚",
    "卓越",
    "拾光",
    "博睿",
    "砺行",
    "星汉",
    "鼎新",
]
TRADES = {
    Industry.NEW_MATERIALS: "新材料",
    Industry.EQUIPMENT: "智能装备",
    Industry.CHIPS: "微电子",
    Industry.BIOMEDICINE: "生物医药",
    Industry.NEW_ENERGY: "新能源",
    Industry.ELECTRONICS: "电子",
    Industry.SOFTWARE: "软件",
    Industry.MARINE: "海洋科技",
}
DISTRICTS = ("北仑", "鄞州", "余姚", "慈溪", "奉化", "江北", "镇海", "海曙", "象山", "宁海")
DISTRICT_WEIGHTS = (40, 12, 8, 10, 6, 8, 6, 4, 3, 3)
PLANS = {
    Level.NATIONAL: "国家级人才计划",
    Level.PROVINCIAL: "省级人才计划",
    Level.CITY: "3315计划",
    Level.DISTRICT: "区级人才计划",
}
AREA = "330206"


@dataclass(frozen=True, slots=True)
class Right:
    """A right offered as security, with what it was found worth."""

    kind: IPKind
    number: str
    title: str
    filed_on: date
    granted_on: date
    worth: Money
    technical: int
    economic: int
    claims: int


@dataclass(frozen=True, slots=True)
class Case:
    """One applicant with his firm and request, and what chance has in store for him."""

    talent: str
    id_number: str
    level: Level
    selected_on: date
    years: int
    papers: int
    prizes: int
    firm: str
    credit_code: str
    registered_on: date
    capital: Money
    staff: int
    size: FirmSize
    district: str
    industry: Industry
    revenue: Money
    rights: tuple[Right, ...]
    product: Product
    amount: Money
    term_months: int
    method: RepaymentMethod
    applied_on: date
    quality: int
    fate: str
    lateness: tuple[int, ...] = field(default=())


class Registry:
    """Hands out numbers that pass their checks, each once."""

    def __init__(self, start: int) -> None:
        self._next = start

    def _number(self) -> int:
        self._next += 1
        return self._next

    def resident_id(self, birth: date) -> str:
        """An identity number with its check digit; the serial runs on."""
        body = f"{AREA}{birth:%Y%m%d}{self._number() % 1000:03d}"
        return body + resident_id_check(body)

    def credit_code(self) -> str:
        """A credit code with its check character."""
        body = f"91{AREA}{self._number():08d}X"
        return body + credit_code_check(body)

    def patent(self, kind: IPKind, year: int) -> str:
        """A patent application number with its check digit."""
        digit = {IPKind.INVENTION: 1, IPKind.UTILITY: 2, IPKind.DESIGN: 3}[kind]
        body = f"{year}{digit}{self._number():07d}"
        return f"{body}.{patent_check(body)}"


def cases(count: int, *, first: date, last: date, seed: int, begin: int = 0) -> list[Case]:
    """So many cases, applied for between two days, in order of their days; numbers and names run on from `begin`."""
    chance = random.Random(seed)  # nosec B311  a fixed seed is wanted
    registry = Registry(50_000 + 10 * begin)
    days = sorted(chance.randrange((last - first).days) for _ in range(count))
    return [_case(chance, registry, first + timedelta(days=day), begin + number) for number, day in enumerate(days)]


def _case(chance: random.Random, registry: Registry, on: date, number: int) -> Case:
    industry = chance.choice(list(Industry))
    level = chance.choices(list(Level), weights=(10, 22, 40, 28))[0]
    product = chance.choices(list(Product), weights=(25, 20, 30, 25))[0]
    quality = max(40, min(96, round(chance.gauss(78, 9))))
    revenue = Money.wan(chance.randrange(200, 4_000))
    staff = chance.randrange(8, 160)
    amount = Money.wan(10 * chance.randrange(8, {Product.STARTUP: 31}.get(product, 61)))
    return Case(
        talent=chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2)) + "（合成）",
        id_number=registry.resident_id(date(on.year - chance.randrange(32, 58), chance.randrange(1, 13), 15)),
        level=level,
        selected_on=date(on.year - chance.randrange(0, 6), 3, 15) if on.month > 3 else date(on.year - 1, 3, 15),
        years=chance.randrange(4, 28),
        papers=chance.randrange(0, 60),
        prizes=chance.randrange(0, 5),
        firm=f"宁波{chance.choice(STEMS)}合成{number + 1:03d}{TRADES[industry]}有限公司",
        credit_code=registry.credit_code(),
        registered_on=date(on.year - chance.randrange(1, 6), chance.randrange(1, 13), chance.randrange(1, 28)),
        capital=Money.wan(100 * chance.randrange(1, 31)),
        staff=staff,
        size=FirmSize.SMALL if staff >= 20 else FirmSize.MICRO,
        district=chance.choices(DISTRICTS, weights=DISTRICT_WEIGHTS)[0],
        industry=industry,
        revenue=revenue,
        rights=tuple(_right(chance, registry, on, industry) for _ in range(chance.randrange(1, 4))),
        product=product,
        amount=amount,
        term_months=chance.choice((12, 12, 18, 24, 24, 36)),
        method=chance.choices(
            [
                RepaymentMethod.INTEREST_FIRST,
                RepaymentMethod.EQUAL_INSTALMENTS,
                RepaymentMethod.EQUAL_PRINCIPAL,
                RepaymentMethod.BULLET
                if product in (Product.STARTUP, Product.WORKING_CAPITAL)
                else RepaymentMethod.INTEREST_FIRST,
            ],
            weights=(45, 25, 20, 10),
        )[0],
        applied_on=on,
        quality=quality,
        fate=chance.choices(("good", "late", "defaults", "withdraws", "returned"), weights=(72, 14, 5, 5, 4))[0],
        lateness=tuple(chance.choice((0, 0, 3, 6, 12, 25, 45)) for _ in range(8)),
    )


def _right(chance: random.Random, registry: Registry, on: date, industry: Industry) -> Right:
    kind = chance.choices([IPKind.INVENTION, IPKind.UTILITY], weights=(65, 35))[0]
    filed = date(on.year - chance.randrange(2, 7), chance.randrange(1, 13), chance.randrange(1, 28))
    worth = (
        Money.wan(10 * chance.randrange(20, 120))
        if kind is IPKind.INVENTION
        else Money.wan(10 * chance.randrange(4, 40))
    )
    return Right(
        kind=kind,
        number=registry.patent(kind, filed.year),
        title=f"一种{TRADES[industry]}合成示例技术",
        filed_on=filed,
        granted_on=min(filed + timedelta(days=chance.randrange(300, 700)), on - timedelta(days=10)),
        worth=worth,
        technical=chance.randrange(50, 95),
        economic=chance.randrange(45, 92),
        claims=chance.randrange(4, 18),
    )
