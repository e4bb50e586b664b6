"""Amounts and dates in capital Chinese numerals (人民币大写), as bills and contracts need them (ID-04, ID-06).

Figures and capitals on a bill must agree or the bill is void, so both are always rendered from one stored amount.
"""

from __future__ import annotations

from datetime import date

from models.values.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
WAN = 10_000
YI = 100_000_000


class NoCapitals(ValueError):
    """An amount below nought has no capital form: what a bill, contract or receipt states is paid or owed, never
    the reverse. A reversal is printed as an amount and the word for the direction."""


def capitals(amount: Money, *, zheng_after_jiao: bool = True) -> str:
    """An amount in capitals, beginning 人民币 with no gap: 人民币贰仟壹佰捌拾万元零伍分 (ID-04).

    整 ends whole yuan, and whole jiao too if `zheng_after_jiao` (`rmb_zheng_after_jiao`: one settlement rule allows
    what the other requires); nothing follows 分. Where the rule lets one write or leave out a 零 (after a nought in
    the place of 元 or 万) it is left out. Raises NoCapitals for negative amounts.
    """
    if amount.fen < 0:
        raise NoCapitals(f"{amount} is below nought")
    yuan, cents = divmod(amount.fen, 100)
    jiao, fen = divmod(cents, 10)
    text = "人民币"
    if yuan or not cents:
        text += _whole(yuan) + "元"
    if not cents:
        return text + "整"
    if jiao:
        text += DIGITS[jiao] + "角"
    elif yuan:
        text += "零"
    if fen:
        return text + DIGITS[fen] + "分"
    return text + ("整" if zheng_after_jiao else "")


def capitals_date(day: date) -> str:
    """A date as bills write it, proof against additions: 贰零贰伍年零壹月壹拾伍日 (ID-06).

    零 stands before the months 1, 2 and 10 and before the days 1 to 10, 20 and 30 (正确填写票据和结算凭证的基本规定).
    """
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04d}")
    month = ("零" if day.month in {1, 2, 10} else "") + _whole(day.month)
    dom = ("零" if day.day < 10 or day.day % 10 == 0 else "") + _whole(day.day)
    return f"{year}年{month}月{dom}日"


def _whole(number: int) -> str:
    """A whole number of nought or more in capitals, with one 零 for each stretch of inner noughts."""
    if number == 0:
        return DIGITS[0]
    for size, name in ((YI, "亿"), (WAN, "万")):
        if number >= size:
            high, low = divmod(number, size)
            if not low:
                return _whole(high) + name
            # A gap of noughts at the head of the lower part reads as one 零.
            return _whole(high) + name + (DIGITS[0] if low < size // 10 else "") + _whole(low)
    return _under_wan(number)


def _under_wan(number: int) -> str:
    text = ""
    gap = False
    for digit, place in zip(f"{number:04d}", PLACES, strict=True):
        if digit == "0":
            gap = bool(text)
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[int(digit)] + place
        gap = False
    return text
