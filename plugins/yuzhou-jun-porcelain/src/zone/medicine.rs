//! 中医药产业专区: its first page, the subsidy for bases, and the market.

use lotus_sdk::prelude::*;
use lotus_sdk::yuan;

use super::{service_card, with_items};
use crate::service::{BASE_SUBSIDY, BaseTerms, HEIR_TRAINING};
use crate::{office, register};

pub(crate) const ID: &str = "chinese-medicine";

pub(crate) fn zone() -> Zone {
    Zone::new(
        ID,
        ("中医药产业专区", "Chinese-medicine zone"),
        (
            "面向中药材种植、加工、流通企业和合作社的政策、检测、市场服务。",
            "Policy, testing and market services for those who grow, process and trade medicinal plants.",
        ),
    )
    .serving(&[Served::Enterprise, Served::Other])
}

pub(crate) fn render(ctx: &Context, page: &str) -> Option<Page> {
    match page {
        "" => Some(home(ctx, BaseTerms::set())),
        "bases" => Some(bases(BaseTerms::set())),
        "market" => Some(market()),
        _ => None,
    }
}

fn home(ctx: &Context, terms: BaseTerms) -> Page {
    let (per_mu, least) = (yuan(terms.per_mu), terms.least_mu);
    let demonstration = office::demonstration;
    let mut figures = vec![
        Figure::new(("中药材种植面积", "Area under medicinal plants"), "38.6")
            .unit(("万亩", "× 10,000 mu"))
            .note(demonstration()),
        Figure::new(("规范化种植基地", "GAP bases"), "27").unit(("个", "bases")).note(demonstration()),
        Figure::new(("中药饮片企业", "Makers of prepared herbs"), "41").unit(("家", "firms")).note(demonstration()),
    ];
    if let Some(count) = register::counted(ctx.today.year, BASE_SUBSIDY) {
        figures.push(
            Figure::new(("本年度补贴申请", "Subsidy applications this year"), count.to_string())
                .unit(("件", "applications"))
                .note(("本专区实时统计", "Counted in this zone")),
        );
    }
    let page = Page::new(("中医药产业专区", "Chinese-medicine zone"))
        .summary((
            "药都禹州：好药材从规范种植开始。",
            "Yuzhou, city of medicines: good medicine begins with good growing.",
        ))
        .markdown((
            "禹白芷、禹白附、禹南星、禹州金银花等道地药材在这里种植、加工和交易。专区服务种植合作社、饮片企业和药商。",
            "Angelica, Typhonium, Arisaema and honeysuckle of Yuzhou are grown, prepared and traded here. The zone \
             serves co-operatives, makers of prepared herbs and traders.",
        ))
        .figures(figures)
        .heading(("办什么", "What you can do here"))
        .cards([
            service_card(
                BASE_SUBSIDY,
                ("政策", "Policy"),
                ("规范化种植基地补贴", "Base subsidy"),
                ("符合条件的基地按亩补贴，15 个工作日办结。", "A subsidy per mu, decided in 15 working days."),
            )
            .tag((format!("每亩 {per_mu} 元"), format!("{per_mu} yuan per mu")))
            .tag((format!("{least} 亩起"), format!("from {least} mu"))),
            service_card(
                HEIR_TRAINING,
                ("人才", "Talent"),
                ("中药炮制技艺研修", "Training in preparing medicines"),
                ("与非遗传承人研修合并报名。", "Together with the heirs' training."),
            ),
        ])
        .chart(
            Chart::lines(
                ("规范化种植面积（演示数据）", "Area of GAP bases (demonstration data)"),
                ("万亩", "10,000 mu"),
                ["2022", "2023", "2024", "2025"].map(Text::same),
            )
            .series(("禹白芷", "Angelica"), [0.8, 1.1, 1.5, 1.9])
            .series(("金银花", "Honeysuckle"), [1.6, 1.9, 2.3, 2.4])
            .series(("丹参", "Salvia"), [0.5, 0.7, 0.9, 1.2]),
        )
        .links([
            Link::page(("基地补贴的条件和流程", "Conditions of the base subsidy"), "bases"),
            Link::page(("药材市场和药会", "Market and fair"), "market"),
            Link::zone(("钧瓷产业专区", "Jun-porcelain zone"), "jun-porcelain"),
        ]);
    with_items(page, &["药品经营", "林木种子", "植物检疫"]).contact(office::counter()).basis(office::article_29())
}

fn bases(terms: BaseTerms) -> Page {
    let (per_mu, least) = (yuan(terms.per_mu), terms.least_mu);
    Page::new(("规范化种植基地补贴", "Subsidy for GAP bases"))
        .summary((
            format!("基地面积不少于 {least} 亩并通过 GAP 检查或评价的，每亩补贴 {per_mu} 元。"),
            format!("Bases of at least {least} mu with a passed GAP inspection get {per_mu} yuan per mu."),
        ))
        .table(
            Table::new(("补贴举例", "Examples"))
                .number_column(("面积（亩）", "Area (mu)"))
                .number_column(("补贴（元）", "Subsidy (yuan)"))
                .row(example(least, terms))
                .row(example(least * 2, terms))
                .row(example(least * 5, terms)),
        )
        .steps([
            Step::new(
                ("网上申请", "Apply online"),
                ("填写基地、面积、品种和检查情况。", "Base, area, plants and inspection."),
            )
            .takes(Period::AT_ONCE),
            Step::new(
                ("实地测量", "Measuring"),
                ("农业农村局电话预约后到基地测量。", "The agriculture bureau calls and comes to measure."),
            )
            .takes(Period::working_days(7)),
            Step::new(
                ("公示", "Public notice"),
                ("在基地所在村和市政府网站公示。", "In the village and on the government's site."),
            )
            .takes(Period::working_days(5)),
            Step::new(("拨付", "Payment"), ("按测量面积拨付。", "By the measured area."))
                .takes(Period::working_days(3)),
        ])
        .form(BASE_SUBSIDY)
        .contact(Contact::new(office::AGRICULTURE).telephone("0374-8000082"))
        .basis(office::article_30())
        .basis(LegalBasis::document("《中药材生产质量管理规范》"))
}

fn example(mu: i64, terms: BaseTerms) -> [Text; 2] {
    [Text::same(mu.to_string()), Text::same(yuan(terms.per_mu.saturating_mul(mu)))]
}

fn market() -> Page {
    let page = Page::new(("药材市场和药会", "Market and fair"))
        .summary((
            "禹州药会列入国家级非物质文化遗产代表性项目名录（药市习俗）。",
            "The Yuzhou medicine fair is on the national list of intangible heritage.",
        ))
        .notice(
            Tone::Info,
            ("入市交易须知", "Before you trade"),
            (
                "- 经营者应当依法登记，并能说明药材来源。\n- 毒性药材不得在集贸市场交易。\n- 每批药材可以在市场快检点免费抽检一次。",
                "- Traders are registered and can say where their goods come from.\n- Poisonous materials are not \
                 traded in the market.\n- Each lot may be tested once, free of charge, at the market.",
            ),
        )
        .figures([
            Figure::new(("市场经营户", "Traders"), "1,120").unit(("户", "traders")).note(office::demonstration()),
            Figure::new(("常年交易品种", "Kinds traded"), "630").unit(("种", "kinds")).note(office::demonstration()),
        ]);
    with_items(page, &["药品经营", "个体工商户"])
        .links([Link::page(("返回专区首页", "Back to the zone"), "")])
        .contact(
            Contact::new(("中药材市场服务站", "Market service point"))
                .telephone("0374-8000083")
                .address(("中药材专业市场一楼（示范地址）", "Ground floor of the market (demonstration address)"))
                .hours(("每天 8:00—18:00", "Daily 8:00–18:00")),
        )
        .basis(office::article_29())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_base_gets_a_hundred_thousand_yuan() {
        let [area, subsidy] = example(500, BaseTerms::PUBLISHED);
        assert_eq!((area.zh.as_str(), subsidy.zh.as_str()), ("500", "100,000"));
    }
}
