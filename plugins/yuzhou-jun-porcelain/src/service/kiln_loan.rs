//! 窑炉改造贷款贴息测算: what part of the interest on a loan for a cleaner kiln the district would bear; at once.

use lotus_sdk::prelude::*;
use lotus_sdk::{percent_of, setting_integer, setting_money, yuan};

use super::Offer;
use crate::{office, register};

pub(crate) const ID: &str = "kiln-loan";
/// Below this a guaranteed business loan fits better: 100,000 yuan.
const SMALL_LOAN: i64 = 10_000_000;
/// Interest over this is most likely a slip: 15 %.
const HIGHEST_RATE: i64 = 1_500;

/// The service.
pub(crate) struct KilnLoan;

/// Per cent of the interest that is borne, and the most in a year, in fen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) share: i64,
    pub(crate) cap: i64,
}

impl Terms {
    /// As published.
    pub(crate) const PUBLISHED: Self = Self { share: 50, cap: 20_000_000 };

    /// As the district has set them.
    pub(crate) fn set() -> Self {
        let published = Self::PUBLISHED;
        Self {
            share: setting_integer("loan-share", published.share).clamp(0, 100),
            cap: setting_money("loan-cap", published.cap),
        }
    }
}

/// A loan: fen, hundredths of a percent a year, months.
#[derive(Debug, Clone, Copy)]
struct Loan {
    principal: i64,
    rate: i64,
    months: i64,
}

/// What the loan costs and what the district bears, in fen.
#[derive(Debug, PartialEq, Eq)]
struct Estimate {
    interest: i64,
    borne: i64,
    capped: bool,
}

impl Loan {
    fn of(submission: &Submission) -> Option<Self> {
        Some(Self {
            principal: submission.money("principal")?,
            rate: submission.decimal("rate", 2)?,
            months: submission.integer("months")?,
        })
    }

    /// Interest only, repaid at the end; the cap counts per year or part of one.
    fn estimate(self, terms: Terms) -> Estimate {
        let interest = percent_of(self.principal, self.rate).saturating_mul(self.months) / 12;
        let share = percent_of(interest, terms.share * 100);
        let years = self.months.max(1).div_euclid(12) + i64::from(self.months % 12 != 0);
        let most = terms.cap.saturating_mul(years);
        Estimate { interest, borne: share.min(most), capped: share > most }
    }
}

fn rule(submission: &Submission) -> Vec<FieldError> {
    let rate = submission.decimal("rate", 2).unwrap_or(0);
    if (1..=HIGHEST_RATE).contains(&rate) {
        Vec::new()
    } else {
        vec![FieldError::new(
            "rate",
            (
                "年利率应大于 0 且不超过 15%，例如 3.45。请按借款合同填写。",
                "The yearly rate is above 0 and at most 15 per cent, e.g. 3.45. Please take it from the contract.",
            ),
        )]
    }
}

fn result(loan: Loan, terms: Terms) -> Page {
    let estimate = loan.estimate(terms);
    let row = |zh: &str, en: &str, fen: i64| [Text::new(zh, en), Text::same(yuan(fen))];
    let page = Page::new(("贴息测算结果", "Estimate of the interest borne"))
        .summary((
            "测算结果供参考，不作为审批决定；以银行结息凭证为准。",
            "An estimate, not a decision; the bank's interest statements decide.",
        ))
        .figures([Figure::new(("预计贴息", "Interest borne"), yuan(estimate.borne)).unit(("元", "yuan"))])
        .table(
            Table::new(("测算明细", "How it is computed"))
                .column(("项目", "Item"))
                .number_column(("金额（元）", "Amount (yuan)"))
                .row(row("贷款本金", "Principal", loan.principal))
                .row(row("贷款期内利息合计", "Interest over the term", estimate.interest))
                .row(row("预计贴息", "Interest borne by the district", estimate.borne))
                .row(row("企业实际负担利息", "Interest that remains", estimate.interest - estimate.borne)),
        )
        .markdown((
            format!("按利息的 {}% 测算，每年不超过 {} 元。", terms.share, yuan(terms.cap)),
            format!("{} per cent of the interest, at most {} yuan a year.", terms.share, yuan(terms.cap)),
        ));
    let page = if estimate.capped {
        page.notice(
            Tone::Attention,
            ("已达到年度上限", "The yearly cap is reached"),
            ("超过上限的部分不贴息。", "What is over it is not borne."),
        )
    } else {
        page
    };
    page.heading(("下一步", "Next"))
        .steps([
            Step::new(
                ("与银行签订借款合同", "Sign the loan"),
                ("任一银行均可，不指定金融机构。", "With any bank; none is designated."),
            ),
            Step::new(
                ("完成窑炉改造", "Rebuild the kiln"),
                ("保留设备发票和验收记录。", "Keep invoices and the acceptance record."),
            ),
            Step::new(
                ("凭结息凭证申请", "Apply with the interest statements"),
                ("在企业服务专窗或专区提交。", "At the enterprise counter or in this zone."),
            )
            .takes(Period::working_days(10)),
        ])
        .contact(office::counter())
        .basis(office::article_29())
}

impl Offer for KilnLoan {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::Finance,
            ("窑炉改造贷款贴息测算", "Estimate for kiln-rebuilding loans"),
            (
                "填写贷款金额、利率和期限，当场给出预计贴息金额。",
                "Give amount, rate and term, and see at once how much interest the district would bear.",
            ),
            office::INDUSTRY,
            Period::AT_ONCE,
        )
        .basis(office::article_29())
        .zone("jun-porcelain")
    }

    fn form(&self, _: Date) -> Form {
        Form::new(("窑炉改造贷款贴息测算", "Kiln-loan estimate"), ("开始测算", "Estimate"))
            .introduction((
                "不需要登记个人信息，测算内容不保存。",
                "No personal details are needed, and nothing you enter is kept.",
            ))
            .section(
                ("改造和贷款", "Kiln and loan"),
                [
                    Field::choose_one(
                        "kiln",
                        ("改造方式", "Kind of rebuilding"),
                        [
                            ("coal-to-gas", ("煤窑改天然气窑", "Coal to natural gas")),
                            ("gas-to-electric", ("气窑改电窑", "Gas to electric")),
                            ("heat-recovery", ("余热回收", "Heat recovery")),
                        ],
                    ),
                    Field::money("principal", ("贷款金额（元）", "Principal (yuan)"), 10_000..=100_000_000),
                    Field::decimal("rate", ("年利率（%）", "Yearly rate (per cent)"), 2)
                        .hint(("例如 3.45", "e.g. 3.45")),
                    Field::integer("months", ("贷款期限（月）", "Term (months)"), 1..=60),
                ],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission)
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        match Loan::of(submission) {
            Some(loan) if loan.principal >= SMALL_LOAN => Outcome::Answered(result(loan, Terms::set())),
            _ => Outcome::refers(
                (
                    "十万元以下的贷款更适合申请创业担保贷款，由人力资源社会保障部门受理。",
                    "Below 100,000 yuan a guaranteed business loan fits better; the human-resources bureau takes it.",
                ),
                [
                    Link::zone(("钧瓷产业专区的扶持政策", "Policies of the Jun-porcelain zone"), "jun-porcelain"),
                    Link::telephone(("咨询企业服务专窗", "Ask the enterprise counter"), office::telephone()),
                ],
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOAN: Loan = Loan { principal: 200_000_000, rate: 360, months: 12 };

    #[test]
    fn half_the_interest_of_a_year_is_borne() {
        let estimate = LOAN.estimate(Terms::PUBLISHED);
        assert_eq!(estimate, Estimate { interest: 7_200_000, borne: 3_600_000, capped: false });
    }

    #[test]
    fn the_cap_counts_per_year_begun() {
        let large = Loan { principal: 5_000_000_000, months: 13, ..LOAN };
        let estimate = large.estimate(Terms::PUBLISHED);
        assert_eq!((estimate.borne, estimate.capped), (40_000_000, true));
    }

    #[test]
    fn a_rate_of_345_is_taken_for_a_slip() {
        let rate = |rate: &str| Submission {
            service: ID.into(),
            fields: vec![FieldValue { name: "rate".into(), value: Value::Decimal(rate.into()) }],
        };
        assert!(rule(&rate("3.45")).is_empty());
        assert_eq!(rule(&rate("345"))[0].field, "rate");
        assert_eq!(rule(&rate("0"))[0].field, "rate");
    }
}
