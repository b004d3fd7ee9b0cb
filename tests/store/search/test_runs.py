"""Chinese, Japanese and Thai: made-up archives of 300 titles without spaces, and forty questions of each."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from bot.clock import SystemClock
from bot.news.article import INSTANCE_SHELF
from bot.news.parsing.query import read_query
from bot.store.sqlite import open_store
from tests.support.makers import SOME_DAY, make_seed

ARTICLES: Final = 300
QUESTIONS: Final = 40
ENOUGH: Final = 0.95

LANGUAGES: Final = {
    "chinese": (
        "北京 上海 广州 深圳 成都 武汉 西安 南京 杭州 重庆 天津 苏州 青岛 长沙 郑州 昆明 厦门 哈尔滨 乌鲁木齐 呼和浩特",
        "市政府 法院 大学 医院 警方 银行 博物馆 地铁公司 消防队 证券交易所 气象局 研究院",
        "公布 取消 批准 调查 推迟 扩建 起诉 限制 资助 出售",
        "人工智能 人脸识别 新能源汽车 气候变化 房地产税 疫苗接种 垃圾分类 自动驾驶 半导体 网络安全 高速铁路 空气污染",
        "计划 项目 规定 方案",
    ),
    "japanese": (
        "東京 大阪 京都 札幌 福岡 名古屋 横浜 神戸 仙台 広島 金沢 長崎 新潟 熊本 奈良 静岡 鹿児島 さいたま つくば 那覇",
        "市役所 地方裁判所 大学 病院 警察 銀行 美術館 地下鉄 消防署 取引所 気象台 研究所",
        "が発表した が中止した が承認した が調査する が延期した を拡大する を提訴した を制限する を支援する を売却した",
        "人工知能 顔認証 電気自動車 気候変動 スマートフォン ワクチン接種 ごみ分別 自動運転 半導体 がん治療",
        "計画 事業 規制 条例",
    ),
    "thai": (
        "กรุงเทพ เชียงใหม่ ภูเก็ต ขอนแก่น อยุธยา สงขลา ระยอง อุดรธานี นครราชสีมา สุราษฎร์ธานี ลำปาง พัทยา ตรัง กระบี่",
        "เทศบาล ศาล มหาวิทยาลัย โรงพยาบาล ตำรวจ ธนาคาร พิพิธภัณฑ์ รถไฟฟ้า ดับเพลิง ตลาดหลักทรัพย์ กรมอุตุ สถาบันวิจัย",
        "ประกาศ ยกเลิก อนุมัติ สอบสวน เลื่อน ขยาย ฟ้อง จำกัด สนับสนุน ขาย",
        "ปัญญาประดิษฐ์ สแกนใบหน้า รถยนต์ไฟฟ้า โลกร้อน ภาษีที่ดิน วัคซีน แยกขยะ น้ำท่วม ชิป ไซเบอร์ รถไฟความเร็วสูง ฝุ่นพิษ",
        "แผน โครงการ ระเบียบ ข้อบังคับ",
    ),
}
"""Places, bodies, verbs, matters and kinds of each language; a title is one of each, without spaces."""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_parts_of_a_title_without_spaces_find_it(language: str, tmp_path: Path) -> None:
    """A place and a matter, in any order, find a title with both first."""
    places, *others = (words.split() for words in LANGUAGES[language])
    chance = random.Random(language)  # noqa: S311 - the same archive in each run
    made = [tuple(chance.choice(words) for words in (places, *others)) for _ in range(ARTICLES)]
    async with open_store(tmp_path / "newsdesk.db", clock=SystemClock()) as store:
        seeds = [make_seed(f"s{number}", title="".join(parts), excerpt="") for number, parts in enumerate(made)]
        await store.articles.put_seeds(INSTANCE_SHELF, seeds, seen_at=SOME_DAY)
        right = 0
        for place, _, _, matter, _ in chance.sample(made, QUESTIONS):
            asked = read_query(" ".join(chance.sample((place, matter), 2)), now=SOME_DAY)
            result = await store.search.search([INSTANCE_SHELF], asked, now=SOME_DAY)
            first = result.articles[0].title if result.articles else ""
            right += place in first and matter in first

    assert right >= ENOUGH * QUESTIONS
