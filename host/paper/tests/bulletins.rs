//! The monthly bulletin, set and read back: a month with everything in it, one with little, one with nothing.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly; clippy sees only the functions marked as tests")]

use jiff::civil::date;
use lotus_domain::district::Division;
use lotus_domain::monitoring::{
    Bulletin, Contents, Figure, Improvement, Line, Month, RatingSummary, Tally, Trend, measure, ranked,
};
use lotus_domain::text::Text;
use lotus_paper::{Office, Press};
use lotus_test_services::pdf;

fn office() -> Office {
    Office {
        name: "许昌市政务服务管理机构".to_owned(),
        address: "许昌市建安区市民之家".to_owned(),
        telephone: "0374-0000001".to_owned(),
        supervision: "0374-0000002".to_owned(),
    }
}

fn bulletin(contents: Contents) -> Bulletin {
    Bulletin {
        division: Division::parse("411000").unwrap(),
        name: Text::zh("许昌市"),
        is_city: true,
        month: Month::parse("2026-03").unwrap(),
        issued: date(2026, 4, 1),
        contents,
    }
}

fn figure(indicator: &str, value: f64, before: Option<f64>) -> Figure {
    Figure { indicator: indicator.to_owned(), value: Some(value), before, year_before: before.map(|one| one * 1.1) }
}

fn trend(indicator: &str, of: impl Fn(i32) -> Option<f64>) -> Trend {
    let first = Month::parse("2025-03").unwrap();
    Trend { indicator: indicator.to_owned(), values: (0..=12).map(|at| (first.plus(at), of(at))).collect() }
}

fn whole() -> Bulletin {
    let line = |name: &str, decided: i64| Line {
        name: Text::zh(name),
        received: decided + 7,
        decided,
        used: (decided >= 5).then_some(3.4),
        overdue: (decided >= 5).then_some(0.021),
    };
    let district = |code: &str, name: &str, timed: i64, overdue: i64| {
        let mut tally = Tally::default();
        tally.add(measure::TIMED, timed);
        tally.add(measure::DECIDED, timed);
        tally.add(measure::OVERDUE, overdue);
        tally.add(measure::USED, timed * 3);
        (Division::parse(code).unwrap(), Text::zh(name), tally)
    };
    let sentence = "禹州市食品经营许可2026年3月平均用时 9.2 个工作日，往常 4.1 个工作日，主要慢在市场监督管理局的“审查”环节（由平均 3.8 个工作日增至 8.9 个工作日）。";
    bulletin(Contents {
        received: 4_120,
        decided: 3_987,
        figures: vec![
            figure("guides-sound", 0.936, Some(0.914)),
            figure("visits", 0.31, Some(0.33)),
            figure("begun-online", 0.681, Some(0.664)),
            figure("used-mean", 4.3, Some(3.9)),
            figure("used-ninety", 8.0, None),
            figure("overdue", 0.021, Some(0.018)),
            figure("rated-well", 0.982, Some(0.979)),
            figure("grade", 4.71, Some(4.69)),
        ],
        trends: vec![
            trend("received", |at| Some(f64::from(3_600 + at * 43 - (at - 5).pow(2) * 9))),
            trend("decided", |at| Some(f64::from(3_500 + at * 41 - (at - 6).pow(2) * 8))),
            trend("used-mean", |at| Some(3.8 + f64::from(at % 4) * 0.2)),
            trend("used-ninety", |at| (at > 2).then_some(7.5 + f64::from(at % 3) * 0.4)),
            trend("overdue", |at| (at != 7).then_some(0.015 + f64::from(at % 5) * 0.002)),
            trend("begun-online", |at| Some(0.6 + f64::from(at) * 0.006)),
        ],
        departments: vec![line("市场监督管理局", 1_204), line("人力资源和社会保障局", 830), line("档案馆", 2)],
        slowest: vec![line("食品经营许可", 212), line("烟草专卖零售许可", 88)],
        districts: ranked(vec![
            district("411002", "魏都区", 620, 3),
            district("411003", "建安区", 540, 12),
            district("411024", "鄢陵县", 410, 8),
            district("411025", "襄城县", 390, 4),
            district("411081", "禹州市", 820, 40),
            district("411082", "长葛市", 760, 15),
            district("411073", "东城区", 12, 0),
        ]),
        unusual: vec![Text::zh(sentence)],
        improvements: vec![Improvement {
            number: "4110812026040151ABCDEFGHK".to_owned(),
            sentence: Text::zh(sentence),
            state: Text::zh("改进中"),
            opened: date(2026, 4, 1),
            is_open: true,
        }],
        ratings: RatingSummary { rated: 1_380, well: 1_355, grades: 6_500 },
        demonstration: true,
    })
}

fn said(bulletin: &Bulletin, name: &str) -> String {
    let printed = Press::default().bulletin(bulletin, &office(), &"0f".repeat(32)).unwrap();
    if let Some(folder) = std::env::var_os("LOTUS_SHOW_PAPERS") {
        std::fs::write(std::path::Path::new(&folder).join(name), &printed).unwrap();
    }
    pdf::text(&printed).unwrap().chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn a_month_says_what_it_was_with_its_charts_tables_finds_and_their_cases() {
    let text = said(&whole(), "bulletin-whole.pdf");
    let expected = [
        "2026年3月政务服务监测评估通报",
        "本通报含演示数据",
        "共收到申请4120件，办结3987件",
        "平均用时4.3个工作日（上月3.9个工作日）",
        "改进事项在办1件，已销号0件",
        "收件和办结",
        "超承诺时限率",
        "各县（市、区）情况",
        "办结不足30件的",
        "用时占承诺时限比例最高的事项",
        "往常4.1个工作日",
        "4110812026040151ABCDEFGHK",
        "本月收到评价1380条，好评率98.2%，平均评价4.71分",
        "发布后不再更改",
    ];
    for words in expected {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains("—东城区12100.0%"), "few cases have no rank: {text}");
}

#[test]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn a_month_without_data_says_so_in_words_and_one_with_a_single_case_is_set_too() {
    let text = said(&bulletin(Contents::default()), "bulletin-empty.pdf");
    assert!(text.contains("2026年3月，许昌市没有收到申请，也没有作出决定"), "{text}");
    assert!(text.contains("本月没有发现明显异常的指标") && text.contains("本月没有收到评价"), "{text}");
    let little = bulletin(Contents {
        received: 1,
        figures: vec![figure("received", 1.0, None)],
        trends: vec![trend("received", |at| (at == 12).then_some(1.0)), trend("overdue", |_| Some(0.0))],
        ..Contents::default()
    });
    assert!(said(&little, "bulletin-little.pdf").contains("共收到申请1件，办结0件"));
}
