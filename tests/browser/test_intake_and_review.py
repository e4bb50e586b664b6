"""The screens of intake, review and decision in a real browser: both languages, desk and phone, errors, keyboard."""

from __future__ import annotations

import re

import pytest
from furnished import Bank, furnish
from playwright.sync_api import expect
from screens import House, Window

from models.roles import Role

LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def bank(shared_house: House) -> Bank:
    """Something on every desk."""
    return furnish(shared_house.database, shared_house.app.state.vault)


STAFF_PAGES = {
    "applications": (Role.LOAN_OFFICER, "/applications"),
    "applications-empty": (Role.LOAN_OFFICER, "/applications?q=nobody"),
    "whom": (Role.LOAN_OFFICER, "/applications/new"),
    "form": (Role.LOAN_OFFICER, "/applications/new?talent={talents[draft]}"),
    "edit": (Role.LOAN_OFFICER, "/applications/{numbers[draft]}/edit"),
    "file": (Role.LOAN_OFFICER, "/applications/{numbers[due_diligence]}"),
    "file-planned": (Role.LOAN_OFFICER, "/applications/{numbers[planned]}"),
    **{
        f"tab-{tab}": (Role.LOAN_OFFICER, f"/applications/{{numbers[opinion_issued]}}/{tab}")
        for tab in ("firm", "talent", "ip", "finance", "score", "review", "guarantee", "documents", "history")
    },
    "documents-open": (Role.LOAN_OFFICER, "/applications/{numbers[accepted]}/documents"),
    "investigation": (Role.LOAN_OFFICER, "/applications/{numbers[accepted]}/investigation"),
    "seating": (Role.PANEL_CHAIR, "/applications/{numbers[scored]}/panel"),
    "panel": (Role.PANEL_CHAIR, "/panels/{panel}"),
    "opinion-form": (Role.PANEL_CHAIR, "/applications/{numbers[in_review]}/opinion"),
    "opinion": (Role.CREDIT_COMMITTEE, "/opinions/{opinion}"),
    "experts": (Role.TALENT_OFFICE, "/experts"),
    "expert": (Role.TALENT_OFFICE, "/experts/{experts[0]}"),
    "decisions": (Role.CREDIT_COMMITTEE, "/decisions"),
    "case": (Role.CREDIT_COMMITTEE, "/applications/{numbers[opinion_issued]}/decision"),
    "case-taken": (Role.CREDIT_COMMITTEE, "/applications/{numbers[decided]}/decision"),
    "talents": (Role.TALENT_OFFICE, "/talents"),
    "talent": (Role.TALENT_OFFICE, "/talents/{talents[submitted]}"),
    "talent-new": (Role.TALENT_OFFICE, "/talents/new"),
    "firms": (Role.LOAN_OFFICER, "/firms"),
    "firm": (Role.LOAN_OFFICER, "/firms/{firms[in_review]}"),
    "firm-planned": (Role.LOAN_OFFICER, "/firms/{firms[planned]}"),
    "firm-new": (Role.LOAN_OFFICER, "/talents/{talents[draft]}/firms/new"),
    "asset": (Role.LOAN_OFFICER, "/assets/{asset}"),
    "asset-new": (Role.LOAN_OFFICER, "/talents/{talents[draft]}/assets/new"),
    "search": (Role.LOAN_OFFICER, "/search?q=示例"),
    "search-empty": (Role.LOAN_OFFICER, "/search?q=nobody"),
}
SECOND_PERSON = ("seating", "panel", "opinion-form", "case")
"""Pages whose buttons only somebody sees who did not take part before."""


class TestEveryPage:
    @pytest.mark.parametrize("name", STAFF_PAGES)
    def test_is_accessible_in_both_languages_and_fits_a_phone(self, house: House, bank: Bank, name: str):
        role, path = STAFF_PAGES[name]
        window = house.window(bank.user(role, second=name in SECOND_PERSON))
        window.open(path.format(**vars(bank)))
        window.look(name)
        window.speak("en")
        window.look(name)
        window.speak("zh")
        window.shrink()
        window.fits(name)

    @pytest.mark.parametrize(
        ("name", "path"), [("draft", ""), ("draft", "/documents"), ("decided", ""), ("decided", "/score")]
    )
    def test_of_an_applicants_own_file_is_accessible(self, house: House, bank: Bank, name: str, path: str):
        window = house.window(bank.applicant(name), phone=True)
        window.open(f"/applications/{bank.numbers[name]}{path}")
        window.look(f"own-{name}{path.replace('/', '-')}")
        window.speak("en")
        window.look(f"own-{name}{path.replace('/', '-')}")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_complete_in_english_and_in_chinese(self, house: House, bank: Bank, language: str):
        window = house.window(bank.user(Role.CREDIT_COMMITTEE, second=True), language=language)
        page = window.open(f"/applications/{bank.numbers['opinion_issued']}/decision")
        heads = " ".join(page.locator("main").locator("h2, th, label, dt, button").all_inner_texts())
        chinese = re.findall(r"[\u4e00-\u9fff]+", heads)
        assert bool(chinese) is (language == "zh"), chinese[:10]


def sheet_of(house: House, bank: Bank, place: int, **more: object) -> Window:
    window = house.window(bank.expert(place), **more)  # type: ignore[arg-type]
    page = window.open("/reviews")
    page.locator(".tb-cards a").first.click()
    page.wait_for_selector("#sheet")
    return window


class TestTheScoreSheet:
    @pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", False), ("zh", True), ("en", True)])
    def test_names_what_is_missing_and_keeps_what_was_typed(self, house: House, bank: Bank, language: str, phone: bool):
        window = sheet_of(house, bank, 4, language=language, phone=phone)
        page = window.page
        window.look("sheet")
        page.fill("#f-score_market", "101")
        page.fill("#f-opinion", "可以")
        page.locator("#sheet button[type=submit]").last.click()
        page.wait_for_selector("[data-refusal]")
        assert page.evaluate("document.activeElement.hasAttribute('data-refusal')")
        assert page.locator("#f-score_market").get_attribute("aria-invalid") == "true"
        assert page.input_value("#f-score_market") == "101"
        assert page.input_value("#f-opinion") == "可以"
        window.look("sheet-errors")
        page.locator("[data-refusal] a").first.click()
        assert page.evaluate("document.activeElement.id") == "f-score_rd_strength"

    def test_is_sealed_after_a_second_yes(self, house: House, bank: Bank):
        window = sheet_of(house, bank, 3)
        page = window.page
        for name, points in (("rd_strength", 88), ("reliability", 80), ("progress", 74), ("market", 79)):
            page.fill(f"#f-score_{name}", str(points))
        page.get_by_text("同意支持", exact=True).click()
        page.fill("#f-opinion", "技术路线清晰，样机已通过第三方检测。")
        page.check("#f-no_conflict")
        page.get_by_role("button", name="提交评分").click()
        asked = page.locator(".tb-sure")
        expect(asked).to_contain_text("80.95")
        window.look("sheet-confirm")
        asked.get_by_role("button", name="确认提交").click()
        page.wait_for_url("**/reviews")
        expect(page.locator(".tb-ok")).to_contain_text("已密封提交")


class TestTheWorkList:
    def test_changes_without_loading_the_page_and_puts_the_filter_into_the_address(self, house: House, bank: Bank):
        window = house.window(bank.user(Role.LOAN_OFFICER))
        page = window.open("/applications")
        page.evaluate("window.same = true")
        page.get_by_role("link", name=re.compile("已评分")).first.click()
        expect(page.locator("#work-list tbody tr")).to_have_count(2)
        page.fill("#list-q", "浙东")
        expect(page.locator("#work-list tbody tr")).to_have_count(1)
        assert "stage=scored" in page.url
        assert "q=" in page.url
        page.fill("#list-q", "nobody")
        expect(page.locator(".tb-empty")).to_contain_text("没有符合条件的申请")
        assert page.evaluate("window.same")
        window.look("applications-filtered")

    def test_is_sorted_by_the_keyboard(self, house: House, bank: Bank):
        page = house.window(bank.user(Role.LOAN_OFFICER)).open("/applications")
        page.get_by_role("link", name=re.compile("^金额")).focus()
        page.keyboard.press("Enter")
        expect(page.locator('th[aria-sort="ascending"]')).to_contain_text("金额")

    def test_gives_the_search_to_a_single_key(self, house: House, bank: Bank):
        page = house.window(bank.user(Role.LOAN_OFFICER)).open("/applications")
        page.keyboard.press("/")
        page.keyboard.type("TBA-2026-0001")
        page.keyboard.press("Enter")
        page.wait_for_url("**/applications/TBA-2026-0001")


class TestADecision:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_shown_once_more_in_capitals(self, house: House, bank: Bank, language: str):
        window = house.window(bank.user(Role.CREDIT_COMMITTEE, second=True), language=language)
        page = window.open(f"/applications/{bank.numbers['opinion_issued']}/decision")
        page.fill("#f-amount", "400")
        page.locator("form.card button[type=submit]").click()
        asked = page.locator(".tb-sure")
        expect(asked).to_contain_text("肆佰万元整")
        window.look("case-confirm")

    def test_without_a_reason_is_refused_where_one_is_needed(self, house: House, bank: Bank):
        window = house.window(bank.user(Role.CREDIT_COMMITTEE, second=True))
        page = window.open(f"/applications/{bank.numbers['opinion_issued']}/decision")
        page.get_by_text("否决", exact=True).click()
        page.locator("form.card button[type=submit]").click()
        expect(page.locator("#e-reason")).to_be_visible()
        window.look("case-errors")


class TestUploading:
    def test_takes_a_file_and_refuses_what_is_none(self, house: House, bank: Bank):
        window = house.window(bank.user(Role.LOAN_OFFICER))
        page = window.open(f"/applications/{bank.numbers['accepted']}/documents")
        page.select_option("#f-kind", "financials")
        page.set_input_files("#f-file", {"name": "表.pdf", "mimeType": "application/pdf", "buffer": b"MZ nothing"})
        page.get_by_role("button", name="上传").click()
        expect(page.locator("[data-refusal]")).to_be_visible()
        window.look("upload-refused")
        page.set_input_files("#f-file", {"name": "表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"})
        page.get_by_role("button", name="上传").click()
        expect(page.get_by_role("link", name="表.pdf")).to_be_visible()
        with page.expect_download() as taken:
            page.get_by_role("link", name="表.pdf").click()
        assert taken.value.suggested_filename == "表.pdf"


class TestALookBehindTheMask:
    def test_shows_the_number_on_the_page_for_once(self, house: House, bank: Bank):
        window = house.window(bank.user(Role.TALENT_OFFICE))
        page = window.open(f"/talents/{bank.talents['submitted']}")
        page.get_by_role("button", name="查看").click()
        expect(page.locator("#unmasked b")).to_have_text(re.compile(r"^\d{17}[\dX]$"))
        window.look("talent-unmasked")


class TestPaper:
    def test_has_the_list_without_the_frame(self, house: House, bank: Bank):
        page = house.window(bank.user(Role.LOAN_OFFICER)).open("/applications")
        page.emulate_media(media="print")
        expect(page.locator(".tb-side")).to_be_hidden()
        expect(page.locator(".tb-top")).to_be_hidden()
        expect(page.locator(".tb-paper")).to_be_visible()
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
