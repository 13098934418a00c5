//! 钧瓷文化出口法律咨询: questions of law when porcelain goes abroad; old pieces are referred to the relics authority.

use lotus_sdk::prelude::*;

use super::{Offer, enterprise, enterprise_fields};
use crate::{office, register};

pub(crate) const ID: &str = "export-advice";
const DAYS: u32 = 3;

/// The service.
pub(crate) struct ExportAdvice;

/// Whether the goods may be relics, which leave the country only after an examination.
fn may_be_relics(submission: &Submission) -> bool {
    submission.chosen("goods") == Some("old")
}

fn rule(submission: &Submission) -> Vec<FieldError> {
    let asks_contract = submission.all_chosen("topics").iter().any(|topic| topic == "contract");
    if asks_contract && submission.text("country").is_none() {
        return vec![FieldError::new(
            "country",
            (
                "咨询合同条款的，请填写买方所在国家或地区，以便判断适用的法律。",
                "For a contract please say where the buyer is, so that we know which law applies.",
            ),
        )];
    }
    Vec::new()
}

impl Offer for ExportAdvice {
    fn describe(&self) -> Service {
        Service::new(
            ID,
            ServiceField::Law,
            ("钧瓷文化出口法律咨询", "Legal advice for exporting Jun porcelain"),
            (
                "公职律师免费解答出口合同、商标、版权、海关和争议解决问题。",
                "Public lawyers answer questions on contracts, marks, copyright, customs and disputes, free of charge.",
            ),
            office::JUSTICE,
            Period::working_days(DAYS),
        )
        .basis(office::article_29())
        .zone("jun-porcelain")
    }

    fn form(&self, _: Date) -> Form {
        Form::new(("法律咨询", "Legal advice"), ("提交咨询", "Ask"))
            .section(("咨询单位", "Who asks"), enterprise_fields())
            .section(
                ("咨询内容", "The question"),
                [
                    Field::choose_one(
                        "goods",
                        ("出口作品", "What is exported"),
                        [
                            ("new", ("当代作品", "Contemporary works")),
                            ("licence", ("图案、造型授权", "Licences of designs")),
                            ("old", ("旧藏或来源年代不明的器物", "Old pieces, or of unknown age")),
                        ],
                    ),
                    Field::choose_many(
                        "topics",
                        ("涉及事项（可多选）", "Topics"),
                        [
                            ("contract", ("合同条款", "Contract")),
                            ("mark", ("商标和地理标志", "Marks and geographical indications")),
                            ("copyright", ("版权登记", "Copyright")),
                            ("customs", ("海关和退税", "Customs and tax refund")),
                            ("dispute", ("争议解决", "Disputes")),
                        ],
                    ),
                    Field::line("country", ("买方所在国家或地区", "Country of the buyer"), 2..=40).optional(),
                    Field::area("question", ("问题", "Question"), 10..=2000)
                        .hint(("请勿填写商业秘密。", "Please leave out business secrets.")),
                ],
            )
    }

    fn check(&self, submission: &Submission) -> Vec<FieldError> {
        rule(submission)
    }

    fn answer(&self, ctx: &Context, submission: &Submission) -> Outcome {
        register::count(ctx.today.year, ID);
        if may_be_relics(submission) {
            return Outcome::refers(
                (
                    "年代久远或者来源不明的器物可能属于文物，出境前须经文物进出境审核机构审核，请先办理审核。",
                    "Old pieces may be cultural relics, which leave the country only after an examination by the \
                     relics authority; please have them examined first.",
                ),
                [
                    Link::site(("国家文物局", "National Cultural Heritage Administration"), "https://www.ncha.gov.cn/"),
                    Link::zone(("回到钧瓷产业专区", "Back to the Jun-porcelain zone"), "jun-porcelain"),
                ],
            );
        }
        let by = register::answer_by(ctx.today, DAYS);
        Outcome::OpensCase(
            Opening::new((
                format!("{}：出口法律咨询", enterprise(submission)),
                format!("{}: export advice", enterprise(submission)),
            ))
            .message((
                format!("{}咨询意见供参考，不代替正式法律文书。", by.zh),
                format!("{} The advice does not replace a formal opinion.", by.en.unwrap_or_default()),
            )),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(goods: &str, topics: &[&str]) -> Submission {
        let options = |all: &[&str]| Value::Options(all.iter().map(|one| (*one).to_owned()).collect());
        Submission {
            service: ID.into(),
            fields: vec![
                FieldValue { name: "goods".into(), value: options(&[goods]) },
                FieldValue { name: "topics".into(), value: options(topics) },
            ],
        }
    }

    #[test]
    fn old_pieces_go_to_the_relics_authority_and_new_ones_do_not() {
        assert!(may_be_relics(&submission("old", &[])));
        assert!(!may_be_relics(&submission("new", &["contract"])));
    }

    #[test]
    fn a_contract_needs_the_buyers_country() {
        assert_eq!(rule(&submission("new", &["mark", "contract"]))[0].field, "country");
        assert!(rule(&submission("new", &["mark"])).is_empty());
    }
}
