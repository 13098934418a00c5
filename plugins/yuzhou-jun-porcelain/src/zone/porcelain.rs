//! 钧瓷产业专区: its first page, the policies, how to apply for the award, and brand and export.

use lotus_sdk::prelude::*;
use lotus_sdk::yuan;

use super::{service_card, with_items};
use crate::service::{AwardTerms, EXPORT_ADVICE, GLAZE_TESTING, HEIR_TRAINING, KILN_LOAN, LoanTerms, STUDIO_AWARD};
use crate::{office, register};

pub(crate) const ID: &str = "jun-porcelain";

pub(crate) fn zone() -> Zone {
    Zone::new(
        ID,
        ("钧瓷产业专区", "Jun-porcelain zone"),
        (
            "面向钧瓷企业、大师工作室和从业者的政策、人才、金融、法律、科技服务。",
            "Policy, talent, finance, law and technology for Jun-porcelain makers, masters' studios and craftspeople.",
        ),
    )
    .serving(&[Served::Enterprise, Served::NaturalPerson])
}

pub(crate) fn render(ctx: &Context, page: &str) -> Option<Page> {
    match page {
        "" => Some(home(ctx)),
        "policies" => Some(policies(AwardTerms::set(), LoanTerms::set())),
        "award" => Some(award(AwardTerms::set())),
        "brand" => Some(brand()),
        _ => None,
    }
}

fn home(ctx: &Context) -> Page {
    let page = Page::new(("钧瓷产业专区", "Jun-porcelain zone"))
        .summary((
            "入窑一色，出窑万彩。从拜师学艺到作品出海，企业和工作室需要的服务都在这里。",
            "One colour into the kiln, ten thousand out of it. From apprenticeship to export, the services are here.",
        ))
        .markdown((
            "钧瓷烧制技艺 2008 年列入国家级非物质文化遗产代表性项目名录，神垕镇是钧瓷的主要产地。本专区由文化广电和旅游、\
             科技工信、司法、农业农村等部门共同维护，**一律不收费**。",
            "The firing of Jun porcelain has been on the national list of intangible heritage since 2008, and Shenhou \
             is where most of it is made. The bureaux of culture, industry, justice and agriculture keep this zone \
             together; **nothing here costs a fee**.",
        ))
        .figures(figures(ctx))
        .heading(("办什么", "What you can do here"))
        .cards(cards())
        .chart(output())
        .heading(("更多", "More"))
        .links([
            Link::page(("扶持政策一览", "All policies"), "policies"),
            Link::page(("大师工作室奖补怎么申请", "How to apply for the studio award"), "award"),
            Link::page(("品牌保护与出口", "Brand and export"), "brand"),
            Link::zone(("中医药产业专区", "Chinese-medicine zone"), "chinese-medicine"),
        ]);
    with_items(page, &["企业开办", "出口退", "排污许可"]).contact(office::counter()).basis(office::article_29())
}

fn figures(ctx: &Context) -> Vec<Figure> {
    let demonstration = || Text::new("演示数据，截至2026年9月底", "Demonstration data, end of September 2026");
    let mut figures = vec![
        Figure::new(("钧瓷企业和工作室", "Makers and studios"), "286").unit(("家", "firms")).note(demonstration()),
        Figure::new(("从业人员", "People in the trade"), "21,400").unit(("人", "people")).note(demonstration()),
        Figure::new(("省级以上大师", "Provincial and national masters"), "93")
            .unit(("人", "people"))
            .note(demonstration()),
    ];
    if let Some(count) = register::counted(ctx.today.year, STUDIO_AWARD) {
        figures.push(
            Figure::new(("本年度奖补申请", "Award applications this year"), count.to_string())
                .unit(("件", "applications"))
                .note(("本专区实时统计", "Counted in this zone")),
        );
    }
    figures
}

fn cards() -> [Card; 5] {
    [
        service_card(
            STUDIO_AWARD,
            ("政策", "Policy"),
            ("省级大师工作室奖补", "Studio award"),
            ("符合条件的工作室一次性奖补，10 个工作日办结。", "A one-off award, decided in 10 working days."),
        ),
        service_card(
            KILN_LOAN,
            ("金融", "Finance"),
            ("窑炉改造贷款贴息测算", "Kiln-loan estimate"),
            ("填三个数，当场知道能贴多少。", "Three numbers, and you know at once how much is borne."),
        ),
        service_card(
            EXPORT_ADVICE,
            ("法律", "Law"),
            ("文化出口法律咨询", "Export advice"),
            ("公职律师 3 个工作日内答复，免费。", "Public lawyers answer within 3 working days, free of charge."),
        ),
        service_card(
            HEIR_TRAINING,
            ("人才", "Talent"),
            ("非遗传承人研修", "Heirs' training"),
            ("基础班和高级班，免学费。", "Basic and advanced courses, free of charge."),
        ),
        service_card(
            GLAZE_TESTING,
            ("科技", "Technology"),
            ("釉料与胎料检测", "Glaze testing"),
            ("食用器皿铅、镉溶出检测，出具报告。", "Release of lead and cadmium, with a report."),
        ),
    ]
}

fn output() -> Chart {
    Chart::bars(
        ("钧瓷产业产值和出口额（演示数据）", "Output and exports (demonstration data)"),
        ("亿元", "100 million yuan"),
        ["2021", "2022", "2023", "2024", "2025"].map(Text::same),
    )
    .series(("产值", "Output"), [25.4, 27.1, 29.8, 33.0, 36.2])
    .series(("出口额", "Exports"), [1.1, 1.3, 1.6, 2.0, 2.5])
}

fn policies(award: AwardTerms, loan: LoanTerms) -> Page {
    let (amount, least) = (yuan(award.amount), yuan(award.least_sales));
    let (share, cap) = (loan.share, yuan(loan.cap));
    Page::new(("钧瓷产业扶持政策", "Policies for Jun porcelain"))
        .summary((
            "条件、标准、期限全部公开；符合条件的部门会主动联系。",
            "Conditions, amounts and time limits are public; whoever meets them is also told by the bureau.",
        ))
        .table(
            Table::new(("政策一览", "All policies"))
                .column(("政策", "Policy"))
                .column(("条件", "Conditions"))
                .column(("标准", "What one gets"))
                .column(("期限", "Time limit"))
                .row([
                    Text::new("省级大师工作室奖补", "Studio award"),
                    Text::new(
                        format!("省级以上大师称号；上年度销售额不低于 {least} 元"),
                        format!("A provincial or national title; sales of at least {least} yuan"),
                    ),
                    Text::new(format!("一次性 {amount} 元"), format!("{amount} yuan, once")),
                    Text::new("10 个工作日", "10 working days"),
                ])
                .row([
                    Text::new("窑炉改造贷款贴息", "Kiln loans"),
                    Text::new("改造为清洁能源窑炉或余热回收", "A cleaner kiln, or heat recovery"),
                    Text::new(
                        format!("利息的 {share}%，每年不超过 {cap} 元"),
                        format!("{share} per cent of the interest, at most {cap} yuan a year"),
                    ),
                    Text::new("测算即办，申请 10 个工作日", "Estimate at once; application 10 working days"),
                ])
                .row([
                    Text::new("检测补助", "Testing"),
                    Text::new("在禹州登记的钧瓷企业和工作室", "Makers registered in Yuzhou"),
                    Text::new("每年前 5 件样品免费", "The first 5 samples of a year are free"),
                    Text::new("7 个工作日", "7 working days"),
                ]),
        )
        .notice(
            Tone::Info,
            ("不清楚是否符合条件？", "Not sure whether you qualify?"),
            (
                "直接填写申请表，不符合的条件会在对应栏目旁说明，并提示可以申请的其他服务。",
                "Fill in the form: what is missing is said beside its field, with what else you may apply for.",
            ),
        )
        .links([
            Link::page(("大师工作室奖补怎么申请", "How to apply for the studio award"), "award"),
            Link::service(("窑炉改造贷款贴息测算", "Kiln-loan estimate"), KILN_LOAN),
            Link::page(("返回专区首页", "Back to the zone"), ""),
        ])
        .contact(office::counter())
        .basis(office::article_30())
}

fn award(terms: AwardTerms) -> Page {
    let (amount, least) = (yuan(terms.amount), yuan(terms.least_sales));
    Page::new(("大师工作室奖补申请", "The studio award"))
        .summary((
            format!("省级以上大师工作室，上年度销售额不低于 {least} 元，一次性奖补 {amount} 元。"),
            format!("Studios of provincial masters with sales of at least {least} yuan get {amount} yuan, once."),
        ))
        .heading(("办理流程", "How it goes"))
        .steps([
            Step::new(
                ("网上申请", "Apply online"),
                ("填写申请表，提交后得到办件编号。", "Fill in the form and get a case number."),
            )
            .takes(Period::AT_ONCE),
            Step::new(
                ("部门核验", "Verification"),
                (
                    "核验大师称号和增值税申报数，不要求上传证明。",
                    "Title and tax declarations are checked by the bureau; nothing to upload.",
                ),
            )
            .takes(Period::working_days(5)),
            Step::new(("公示", "Public notice"), ("在市政府网站公示。", "On the city government's site."))
                .takes(Period::working_days(5)),
            Step::new(("拨付", "Payment"), ("直接拨付到单位账户。", "To the enterprise's account.")),
        ])
        .heading(("在线申请", "Apply"))
        .form(STUDIO_AWARD)
        .notice(
            Tone::Attention,
            ("警惕中介代办", "Beware of agents"),
            (
                "申请不收任何费用，也没有委托任何机构代办。",
                "Applying costs nothing, and no agency has been asked to do it for you.",
            ),
        )
        .contact(office::counter())
        .basis(office::article_30())
}

fn brand() -> Page {
    let page = Page::new(("品牌保护与出口", "Brand and export"))
        .summary((
            "用好地理标志和版权登记，签好出口合同。",
            "Use the geographical indication and copyright registration, and sign sound contracts.",
        ))
        .markdown((
            "- **地理标志**：生产地域和工艺符合要求的企业，可以申请使用专用标志。\n\
             - **版权登记**：器型、釉画等作品自愿登记，登记证书可作为权属初步证据。\n\
             - **出口合同**：验收标准中应写明窑变釉色的自然差异，避免以色差拒收。\n\
             - **食用器皿**：出口前应完成铅、镉溶出检测。",
            "- **Geographical indication**: makers whose place and craft meet the rules may use the mark.\n\
             - **Copyright**: shapes and glaze pictures can be registered; the certificate is first evidence of \
             ownership.\n\
             - **Contracts**: say in the terms of acceptance that kiln-changed colours differ by nature.\n\
             - **Tableware**: have the release of lead and cadmium tested before export.",
        ))
        .cards([
            service_card(
                EXPORT_ADVICE,
                ("法律", "Law"),
                ("文化出口法律咨询", "Export advice"),
                ("合同、商标、版权、海关和争议解决。", "Contracts, marks, copyright, customs and disputes."),
            ),
            service_card(
                GLAZE_TESTING,
                ("科技", "Technology"),
                ("釉料与胎料检测", "Glaze testing"),
                ("报告可用于出口报检。", "The report serves for export."),
            ),
        ]);
    with_items(page, &["出口退"])
        .links([Link::page(("返回专区首页", "Back to the zone"), "")])
        .contact(Contact::new(office::JUSTICE).telephone("0374-8000148"))
        .basis(LegalBasis::document("《中华人民共和国非物质文化遗产法》"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_page_says_what_the_settings_say() {
        let page = policies(AwardTerms { amount: 6_000_000, ..AwardTerms::PUBLISHED }, LoanTerms::PUBLISHED);
        let shown = format!("{page:?}");
        assert!(shown.contains("一次性 60,000 元") && shown.contains("2,000,000 元"));
    }

    #[test]
    fn figures_are_marked_as_demonstration() {
        assert!(output().caption.zh.contains("演示数据"));
    }
}
