"""The programmes of 2012 as the source document tells them: plans, what they give, what a park had reached.

These figures are the document's own, not invented (rulebook section 7); only the day of entry is the demonstration's.
"""

from __future__ import annotations

from datetime import date

from models.roles import Role
from models.talent import Level
from models.values.money import Money
from talentbank.demo.steps import Play
from workflows import programmes

SOURCE = "宁波市“一县一品”人才工作（2012）"

PLANS: tuple[tuple[str, str, Level, tuple[tuple[str, int, str], ...]], ...] = (
    (
        "姚江英才计划",
        "余姚",
        Level.DISTRICT,
        (("创业启动资金", 5_000_000, "入选企业落户园区"), ("种子资金", 5_000_000, "入选企业落户园区")),
    ),
    ("上林英才计划", "慈溪", Level.DISTRICT, (("创业扶持资金", 2_000_000, "A、B 类个人创业"),)),
    ("“530”创业团队", "慈溪", Level.DISTRICT, (("创业扶持资金", 1_500_000, "分三年拨付"),)),
    (
        "创业型领军人才",
        "江北",
        Level.DISTRICT,
        (("创业启动资金", 5_000_000, ""), ("购房补助", 1_000_000, "")),
    ),
    ("创业鄞州·精英引领计划", "鄞州", Level.DISTRICT, (("项目资助", 6_000_000, "创业失败可二次扶持"),)),
)
PARK = "浙大·江北研发人才园"
PARK_DUE = date(2012, 12, 31)
PARK_TARGETS = (("研发团队", 11, 13), ("合作项目", 15, 18), ("研发人员", 50, 131))


def enter_programmes(play: Play) -> None:
    """The talent office enters plans, benefits, and the park's targets of 2012 with what was reached."""
    office = play.by(Role.TALENT_OFFICE)
    for name, district, level, benefits in PLANS:
        plan = programmes.open_programme(
            play.session,
            name=name,
            district=district,
            level=level,
            starts_on=date(2012, 1, 1),
            source=SOURCE,
            **office,
        )
        for kind, cap, condition in benefits:
            programmes.add_benefit(
                play.session, programme=plan, kind=kind, cap=Money.yuan(cap), condition=condition, **office
            )
    for indicator, target, actual in PARK_TARGETS:
        row = programmes.set_target(
            play.session, place=PARK, indicator=indicator, due_on=PARK_DUE, target=target, **office
        )
        programmes.record_actual(play.session, target=row, actual=actual, **office)
