"""Words of bank statements: why a line was matched, what it may be, what is the matter with a file or a cell."""

from __future__ import annotations

from collections.abc import Mapping

STATEMENTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Rule": {
        "reference": ("流水号一致", "Same bank reference"),
        "number_in_memo": ("摘要载明编号", "Our number in the memo"),
        "split_by_reference": ("一笔分记（流水号）", "One line in parts, by reference"),
        "split_by_numbers": ("一笔分记（编号）", "One line in parts, by numbers"),
        "taken_back": ("银行退回或冲正", "Taken back by the bank"),
        "undone_in_books": ("账内冲正", "Reversed in the books"),
        "taken_from_line": ("由流水入账", "Taken in from the line"),
        "by_hand": ("人工勾对", "Matched by hand"),
    },
    "Hint": {
        "same_amount_and_name": ("金额、户名相同", "Same amount and name"),
        "same_amount": ("金额相同", "Same amount"),
        "sum_of_one_name": ("同一户名合计相同", "Sum of one name"),
        "reference_other_facts": ("流水号相同、其他要素不符", "Same reference, other facts differ"),
        "likely_taken_back": ("疑似退回或冲正", "Probably taken back"),
        "due": ("待还贷款", "A loan with dues"),
    },
    "Heading": {
        "date": ("交易日期", "Date"),
        "income": ("贷方金额", "Credit"),
        "outgo": ("借方金额", "Debit"),
        "amount": ("金额", "Amount"),
        "direction": ("借贷标志", "Direction"),
        "balance": ("余额", "Balance"),
        "bank_ref": ("流水号", "Bank reference"),
        "counterparty": ("对方户名", "Counterparty"),
        "counterparty_account": ("对方账号", "Counterparty's account"),
        "memo": ("摘要", "Memo"),
    },
    "Trouble": {
        "empty": ("文件是空的", "the file is empty"),
        "too_large": ("文件过大（上限 10 MB）", "the file is too large (at most 10 MB)"),
        "too_many_rows": ("行数过多（上限 50,000 行）", "it has too many rows (at most 50,000)"),
        "old_excel": (
            "旧版 Excel（.xls），请另存为 .xlsx 或 .csv",
            "it is an old Excel file (.xls): save it as .xlsx or .csv",
        ),
        "not_what_it_says": ("文件内容与扩展名不符", "its content is not what its name says"),
        "damaged": ("文件已损坏", "the file is damaged"),
        "macros": ("文件含有宏", "the file contains macros"),
        "not_text": ("不是文本文件", "it is not a text file"),
        "no_head": (
            "找不到列名（至少需要日期和金额）",
            "no row of column names was found (a date and amounts at least)",
        ),
        "no_lines": ("没有任何流水", "it has no lines"),
    },
    "Wrong": {
        "not_a_date": ("不是日期", "not a date"),
        "date_ahead": ("日期晚于今日", "a date in the future"),
        "not_an_amount": ("不是金额", "not an amount"),
        "part_of_a_fen": ("金额小数超过两位", "fractions of a fen"),
        "amount_too_large": ("金额过大", "an amount too large"),
        "no_amount": ("没有金额", "no amount"),
        "both_sides": ("借贷两方都有金额", "amounts on both sides"),
        "no_direction": ("借贷标志无法识别", "a direction that is none"),
        "too_long": ("文字过长", "too long a text"),
        "balance_breaks": ("余额不连续", "the running balance breaks"),
        "two_columns": ("列名重复", "two columns of one name"),
    },
    "LineState": {
        "line_open": ("未勾对", "Open"),
        "line_matched": ("已勾对", "Matched"),
        "line_aside": ("已搁置", "Laid aside"),
    },
}
