//! 装备制造产业专区: its first page, the upgrade subsidy, and recycled metal.

use lotus_sdk::catalog::{self, Item};
use lotus_sdk::log::{self, Level};
use lotus_sdk::prelude::*;
use lotus_sdk::yuan;

use crate::office;
use crate::service::{CONTRACT, GREEN, LEASE, UPGRADE, WORKERS};
use crate::upgrade::Terms;

pub(crate) const ID: &str = "equipment";

/// Items that a maker who builds or enlarges needs: the words that find each in the catalogue.
const ITEMS: [&str; 4] = ["投资项目备案", "施工许可", "特种设备", "排污许可"];

pub(crate) fn zone() -> Zone {
    Zone::new(
        ID,
        ("装备制造产业专区", "Equipment-manufacturing zone"),
        (
            "面向装备制造和再生金属企业的技改、融资、用工、法律和绿色转型服务。",
            "Upgrades, finance, workers, law and greener production for makers of equipment and recycled metal.",
        ),
    )
}

/// A page of the zone; the empty id is its first.
pub(crate) fn render(page: &str) -> Option<Page> {
    match page {
        "" => Some(home(Terms::set(), &items())),
        "upgrade" => Some(upgrade(Terms::set())),
        "recycled-metal" => Some(recycled_metal()),
        _ => None,
    }
}

/// The items with the times promised here; those that the catalogue does not have are left out.
fn items() -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for words in ITEMS {
        match catalog::search(words, 1) {
            Ok(items) => found.extend(items),
            Err(error) => log::write(Level::Warn, &format!("catalogue search {words}: {error:?}")),
        }
    }
    found
}

fn demonstration() -> Text {
    Text::new("演示数据，截至2026年9月底", "Demonstration data, end of September 2026")
}

fn home(terms: Terms, items: &[Item]) -> Page {
    let (percent, cap) = (terms.percent, yuan(terms.cap));
    let page = Page::new(("装备制造产业专区", "Equipment-manufacturing zone"))
        .summary((
            "实业立市。从买设备、招技工到签合同，一个专区办成。",
            "A town of makers. Buying machines, finding workers, signing contracts: one zone for all of it.",
        ))
        .notice(
            Tone::Good,
            ("技改设备补助正在受理", "The upgrade subsidy is open"),
            (
                format!("按设备投资的 **{percent}%** 补助，最高 **{cap} 元**，20 个工作日办结（现场核查不计时）。"),
                format!(
                    "**{percent} per cent** of the equipment, at most **{cap} yuan**, in 20 working days; the \
                     inspection on site is not counted."
                ),
            ),
        )
        .figures([
            Figure::new(("规模以上工业企业", "Larger industrial enterprises"), "412")
                .unit(("家", "firms"))
                .note(demonstration()),
            Figure::new(("装备制造业增加值占比", "Equipment in the value added"), "34.5")
                .unit(("%", "per cent"))
                .note(demonstration()),
            Figure::new(("再生金属年处理量", "Metal recycled a year"), "460")
                .unit(("万吨", "× 10,000 tonnes"))
                .note(demonstration()),
        ])
        .cards([
            card(
                UPGRADE,
                ("政策", "Policy"),
                ("技术改造设备补助", "Upgrade subsidy"),
                ("进度全程可查，核查日期提前告知。", "Follow every step; the day of the inspection is announced."),
            ),
            card(
                GREEN,
                ("科技", "Technology"),
                ("再生金属绿色自评", "Green self-assessment"),
                ("当场得到差距清单。", "See at once what is missing."),
            ),
            card(
                LEASE,
                ("金融", "Finance"),
                ("设备融资租赁对接", "Equipment leases"),
                ("公开报价，自主选择。", "Open offers; you choose."),
            ),
            card(
                WORKERS,
                ("人才", "Talent"),
                ("技能人才定向培养", "Skilled workers"),
                ("10 人以上可开企业专班。", "From 10 trainees a class of your own."),
            ),
            card(
                CONTRACT,
                ("法律", "Law"),
                ("装备合同合规体检", "Contract check"),
                ("5 个工作日给出意见。", "Advice in 5 working days."),
            ),
        ])
        .chart(
            Chart::lines(
                ("技术改造投资（演示数据）", "Investment in upgrades (demonstration data)"),
                ("亿元", "100 million yuan"),
                ["2021", "2022", "2023", "2024", "2025"].map(Text::same),
            )
            .series(("装备制造", "Equipment"), [18.2, 20.6, 24.1, 27.9, 31.5])
            .series(("再生金属", "Recycled metal"), [9.4, 10.2, 12.7, 13.1, 15.0]),
        );
    let page = if items.is_empty() { page } else { page.table(item_table(items)).links(items.iter().map(item_link)) };
    page.links([
        Link::page(("技改补助：标准、流程和申请", "The upgrade subsidy: amounts, steps, form"), "upgrade"),
        Link::page(("再生金属企业服务", "For recyclers of metal"), "recycled-metal"),
    ])
    .contact(office::counter())
    .basis(office::article_29())
}

fn card(id: &str, tag: (&str, &str), title: (&str, &str), body: (&str, &str)) -> Card {
    Card::new(title, body).tag(tag).link(Link::service(("去办理", "Begin"), id))
}

fn item_link(item: &Item) -> Link {
    Link::item(item.name.clone(), item.code.clone())
}

/// What a project needs beyond the subsidy, and how long it takes here.
fn item_table(items: &[Item]) -> Table {
    let table = Table::new(("项目落地常用事项", "What a project usually needs"))
        .column(("事项", "Item"))
        .column(("承办部门", "Department"))
        .column(("承诺时限", "Promised"))
        .number_column(("到场次数", "Visits"));
    items.iter().fold(table, |table, item| {
        table.row([
            item.name.clone(),
            item.department.clone(),
            in_words(item.promised),
            Text::same(item.visits.to_string()),
        ])
    })
}

fn in_words(period: Period) -> Text {
    let (zh, en) = match period.unit {
        _ if period.amount == 0 => return Text::new("当场办结", "At once"),
        TimeUnit::WorkingDay => ("个工作日", "working days"),
        TimeUnit::Day => ("天", "days"),
        TimeUnit::Month => ("个月", "months"),
        TimeUnit::Year => ("年", "years"),
        TimeUnit::Hour => ("小时", "hours"),
    };
    Text::new(format!("{} {zh}", period.amount), format!("{} {en}", period.amount))
}

fn upgrade(terms: Terms) -> Page {
    let (least, percent, cap) = (yuan(terms.least_equipment), terms.percent, yuan(terms.cap));
    let table = [1, 2, 4, 8, 12].into_iter().fold(
        Table::new(("补助测算", "What one gets"))
            .number_column(("设备投资（元）", "Equipment (yuan)"))
            .number_column(("补助（元）", "Subsidy (yuan)")),
        |table, times| {
            let equipment = terms.least_equipment.saturating_mul(times);
            let subsidy = terms.subsidy(equipment).unwrap_or(0);
            table.row([Text::same(yuan(equipment)), Text::same(yuan(subsidy))])
        },
    );
    Page::new(("技术改造设备补助", "Subsidy for technical upgrades"))
        .summary((
            format!("设备投资不低于 {least} 元，按 {percent}% 补助，最高 {cap} 元。"),
            format!("Equipment of at least {least} yuan gets {percent} per cent, at most {cap} yuan."),
        ))
        .table(table)
        .steps([
            Step::new(("网上申请", "Apply online"), ("填写项目和设备清单。", "Project and machines."))
                .takes(Period::AT_ONCE),
            Step::new(
                ("材料审核", "Examination"),
                ("需要补正的一次性告知。", "What must be corrected is said all at once."),
            )
            .takes(Period::working_days(8)),
            Step::new(
                ("现场核查", "Inspection on site"),
                (
                    "查看设备、发票和付款凭证，不计入办理时限。",
                    "Machines, invoices and payments; outside the time limit.",
                ),
            ),
            Step::new(
                ("核定和公示", "Assessment and public notice"),
                ("公示 5 个工作日。", "5 working days of notice."),
            )
            .takes(Period::working_days(10)),
            Step::new(("拨付", "Payment"), ("拨付到企业账户。", "To the enterprise's account."))
                .takes(Period::working_days(2)),
        ])
        .form(UPGRADE)
        .contact(office::counter())
        .basis(office::article_30())
}

fn recycled_metal() -> Page {
    Page::new(("再生金属企业服务", "For recyclers of metal"))
        .summary((
            "大周再生金属循环产业集聚区的企业，在这里自评、改造、贷款、用工。",
            "Recyclers of the Dazhou park assess themselves here, rebuild, finance and find workers.",
        ))
        .markdown((
            "- **不锈钢、铝、铜**三类再生金属企业均可自评，结果不保存。\n\
             - 自动分选、烟气收集、能耗计量设备计入技改设备投资。\n\
             - 进厂废料须逐批检测放射性，建立来源台账。",
            "- Recyclers of **steel, aluminium and copper** can assess themselves; nothing is kept.\n\
             - Sorters, fume hoods and energy meters count as upgrade equipment.\n\
             - Each lot is checked for radiation, and its source goes into the ledger.",
        ))
        .chart(
            Chart::bars(
                ("再生金属处理量（演示数据）", "Metal recycled (demonstration data)"),
                ("万吨", "10,000 tonnes"),
                [Text::new("不锈钢、钢铁", "Steel"), Text::new("铝", "Aluminium"), Text::new("铜", "Copper")],
            )
            .series(("2024年", "2024"), [262.0, 141.0, 31.0])
            .series(("2025年", "2025"), [274.0, 152.0, 34.0]),
        )
        .cards([
            card(
                GREEN,
                ("科技", "Technology"),
                ("绿色自评", "Self-assessment"),
                ("七项对照，当场出结果。", "Seven practices, the result at once."),
            ),
            card(
                UPGRADE,
                ("政策", "Policy"),
                ("技改补助", "Upgrade subsidy"),
                ("环保和分选设备同样适用。", "Green and sorting equipment counts too."),
            ),
        ])
        .links([Link::page(("返回专区首页", "Back to the zone"), "")])
        .contact(office::counter())
        .basis(LegalBasis::document("《中华人民共和国循环经济促进法》"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_amounts_ends_at_the_cap() {
        let page = upgrade(Terms::PUBLISHED);
        let Some(Block::Table(table)) = page.blocks.first() else { panic!("no table") };
        assert_eq!(table.rows[0][1].zh, "400,000");
        assert_eq!(table.rows[4][1].zh, "3,000,000");
    }

    #[test]
    fn without_the_catalogue_the_page_comes_without_its_table() {
        let tables = |page: Page| page.blocks.iter().filter(|block| matches!(block, Block::Table(_))).count();
        assert_eq!(tables(home(Terms::PUBLISHED, &[])), 0);
    }

    #[test]
    fn every_page_that_is_linked_is_there() {
        for block in home(Terms::PUBLISHED, &[]).blocks {
            let Block::Links(links) = block else { continue };
            for link in links {
                if let LinkTarget::Page(page) = link.target {
                    assert!(["", "upgrade", "recycled-metal"].contains(&page.as_str()), "{page}");
                }
            }
        }
    }
}
