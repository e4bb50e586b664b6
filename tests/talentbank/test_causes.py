"""The causes of the books' events as people read them."""

from __future__ import annotations

import pytest

from talentbank import causes, i18n


def told(cause: str, language: str = "zh") -> list[tuple[str, str]]:
    with i18n.speaking(language):
        return [(one.label, one.text) for one in causes.tell(cause)]


class TestACause:
    @pytest.mark.parametrize(
        ("cause", "said"),
        [
            ("tranche TBP-2012-0001 of TBL-2012-0001", [("放款", "TBP-2012-0001"), ("贷款", "TBL-2012-0001")]),
            ("drawing TBE-2012-0001 on TBF-2012-0001", [("统贷提款", "TBE-2012-0001"), ("统贷授信", "TBF-2012-0001")]),
            ("undrawn rest of TBL-2012-0003", [("贷款", "TBL-2012-0003")]),
            ("renewal of TBL-2012-0003", [("贷款", "TBL-2012-0003")]),
            (
                "interest of drawing TBE-2012-0001 before 2012-12-21",
                [("统贷提款", "TBE-2012-0001"), ("计至（不含当日）", "2012-12-21")],
            ),
            ("2012-11-07:startup", [("日期", "2012-11-07"), ("产品", "创业启动贷")]),
            ("allowance:2012-12-31:startup", [("日期", "2012-12-31"), ("产品", "创业启动贷")]),
            ("TBH-2015-0001 sale", [("持股", "TBH-2015-0001"), ("退出方式", "公开转让")]),
            (
                "TBK-2014-0001 1,234.56 / 0.01",
                [("代偿", "TBK-2014-0001"), ("收回金额", "1,234.56"), ("其中费用", "0.01")],
            ),
            ("pool_funded 2012", [("附注", "2012")]),
            ("TBH-2016-0001 示例 创业投资基金", [("持股", "TBH-2016-0001"), ("附注", "示例 创业投资基金")]),
            ("TBD-2015-0001 REF:2015-06-25", [("不良处置", "TBD-2015-0001"), ("附注", "REF:2015-06-25")]),
        ],
    )
    def test_is_told_thing_by_thing(self, cause, said):
        assert told(cause) == said

    def test_is_told_in_the_readers_language(self):
        assert told("TBR-2012-0001 TBL-2012-0001", "en") == [("Receipt", "TBR-2012-0001"), ("Loan", "TBL-2012-0001")]

    def test_leads_to_the_pages_of_what_has_one(self):
        pay_out, loan = causes.tell("tranche TBP-2012-0001 of TBL-2012-0001")
        assert (pay_out.href, loan.href) == ("", "/loans/TBL-2012-0001")
