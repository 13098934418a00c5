//! Answers that have the contract's shapes and not its bounds: one at a time, as the request's page or the setting
//! `misfit` says.

use lotus_sdk::case_kinds::{Clock, Definition, Role, State, Transition};
use lotus_sdk::prelude::*;
use lotus_sdk::setting_text;

/// A page that the host must not show.
pub(crate) fn page(which: &str) -> Page {
    let page = Page::new(("不合约定", "A misfit"));
    let column = |title: &str| Column { title: Text::same(title), align: Alignment::Start };
    match which {
        "title" => Page::new(("", "")),
        "text" => page.markdown(Text::zh("莲".repeat(10_001))),
        "blocks" => Page { blocks: vec![Block::Markdown(Text::zh("一段")); 201], ..page },
        "level" => with(page, Block::Heading(lotus_sdk::pages::Heading { text: Text::zh("题"), level: 1 })),
        "link" => with(
            page,
            Block::Links(vec![Link { label: Text::zh("点"), target: LinkTarget::Site("javascript:alert(1)".into()) }]),
        ),
        "row" => with(
            page,
            Block::Table(Table {
                caption: Text::zh("表"),
                columns: vec![column("甲"), column("乙")],
                rows: vec![vec![Text::zh("1")]],
            }),
        ),
        "number" => with(
            page,
            Block::Chart(Chart {
                caption: Text::zh("图"),
                kind: ChartKind::Bar,
                unit: Text::zh("亿元"),
                labels: vec![Text::zh("一月")],
                series: vec![Series { name: Text::zh("产值"), values: vec![f64::NAN] }],
            }),
        ),
        "basis" => Page { basis: vec![LegalBasis { title: "法".repeat(300), article: None }], ..page },
        _ => page,
    }
}

/// A page that leads to one intermediary of the demonstration's list, as subtly as the request's page says; any other names
/// nobody.
pub(crate) fn steering(which: &str) -> Page {
    let page = Page::new(("施工图审查", "Review of drawings")).markdown(Text::zh("依法需要施工图审查。"));
    let link = |target| Block::Links(vec![Link { label: Text::zh("点击办理"), target }]);
    match which {
        "name" => page.markdown(Text::zh("请到禹州莲和建筑施工图审查有限公司办理。")),
        "spaced" => page.markdown(Text::zh("推荐：禹 州 **莲和** 建筑\n施工图审查")),
        "code" => page.markdown(Text::zh("机构代码 ９１４１１０８１ＤＥＭＢ００００１Ｂ")),
        "site" => with(page, link(LinkTarget::Site("https://www.lotus-intermediary-01.example.cn/order".into()))),
        "cut" => page.markdown(Text::zh("推荐：禹州")).markdown(Text::zh("莲和建筑施工图审查")),
        _ => page.markdown(Text::zh("请在中介服务名录中自主选择机构。")),
    }
}

fn with(mut page: Page, block: Block) -> Page {
    page.blocks.push(block);
    page
}

/// The zones, or too many, or two of one name, where the setting says so.
pub(crate) fn zones(zones: Vec<Zone>) -> Vec<Zone> {
    match setting_text("misfit", "").as_str() {
        "many-zones" => zones.iter().cycle().take(21).cloned().collect(),
        "twice" => zones.iter().chain(zones.first()).cloned().collect(),
        "zone-id" => vec![Zone::new("../console", ("越界", "Out"), ("越界。", "Out of bounds."))],
        _ => zones,
    }
}

/// The services, the first with a kind of case that never ends, where the setting says so.
pub(crate) fn services(mut services: Vec<Service>) -> Vec<Service> {
    if setting_text("misfit", "") == "no-end"
        && let Some(service) = services.first_mut()
    {
        service.kind = Some(endless());
    }
    services
}

fn endless() -> Definition {
    let state = |id: &str, clock, last| State { id: id.into(), title: Text::same(id), clock, final_: last };
    let step = |id: &str, from: &str, to: &str| Transition {
        id: id.into(),
        title: Text::same(id),
        from_state: from.into(),
        to_state: to.into(),
        by: Role::Handler,
        needs_reason: false,
        asks_plugin: true,
    };
    Definition {
        id: "endless".into(),
        title: Text::same("endless"),
        initial: "here".into(),
        states: vec![
            state("here", Clock::Running, false),
            state("there", Clock::Running, false),
            state("done", Clock::Stopped, true),
        ],
        transitions: vec![step("go", "here", "there"), step("back", "there", "here")],
        promised: Period::working_days(5),
        rated: false,
        basis: None,
    }
}

/// A form that the host must not show.
pub(crate) fn form() -> Form {
    let word = || Field::line("word", ("一个词", "A word"), 1..=20);
    Form::new(("不合约定", "A misfit"), ("提交", "Submit")).section(("内容", "Content"), [word(), word()])
}
