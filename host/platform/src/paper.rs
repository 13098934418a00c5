//! A case's papers 文书: set from the event that they give in writing, and proved by its place in the chain.
//!
//! Invariant: a paper's words come from the event, from the case as it began and from the version of the item that it began
//! with: the same paper, whenever it is printed.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use lotus_domain::case::{Case, CaseNumber, Event};
use lotus_domain::catalog::Item;
use lotus_domain::clock::Clocks;
use lotus_domain::district::District;
use lotus_domain::kind::Meaning;
use lotus_domain::law::{LegalBasis, Period, TimeUnit};
use lotus_domain::paper;
use lotus_domain::text::Text;
use lotus_paper::{Fault, Office, Paper, Proof, Says};

use crate::case::{CaseError, CaseView};
use crate::start::Platform;

/// Most events that are folded to find the day that a paper names.
const MOST: u32 = 2_000;
/// Names that applicants go by in the forms of items.
const NAMES: [&str; 2] = ["organisation", "name"];

/// A paper whose code was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Issued {
    /// Who gave it.
    pub district: Arc<District>,
    /// The department.
    pub department: Text,
    /// Its number.
    pub number: String,
    /// What it is.
    pub means: Meaning,
    /// What it is about.
    pub matter: Text,
    /// When it was given.
    pub at: Timestamp,
    /// The event is what was sealed, and its neighbours in the chain hold it.
    pub unchanged: bool,
}

impl Platform {
    /// The paper of an event as PDF, for whoever sees its case; `base` is the address that people type.
    pub async fn paper_print(&self, view: &CaseView, sequence: u32, base: &str) -> Result<Vec<u8>, CaseError> {
        let case = &view.case;
        let (division, number) = (&case.division, &case.number);
        if sequence == 0 || sequence > case.revision {
            return Err(CaseError::NotFound);
        }
        let events = self.store().event_list_before(division, number, sequence + 1, MOST).await?;
        let event = events.last().ok_or(CaseError::NotFound)?;
        let means = paper::of(case, &event.happening).ok_or(CaseError::NotFound)?;
        let item = match &case.subject {
            lotus_domain::case::Subject::Item { code, version, .. } => {
                self.store().item_version(division, code, *version).await?.map(|known| known.item)
            }
            _ => None,
        };
        let says = self.said(view, means, event, &self.clocks_then(case, &events), item.as_ref()).await?;
        let code = paper::code(event);
        let hall = &view.district.hall;
        let given = |name: &str| case.application.values.iter().find(|given| given.name == name);
        let to = NAMES.into_iter().find_map(given).map(|given| given.value.typed());
        let printed = Paper {
            number: paper::number(case, sequence),
            office: Office {
                name: format!("{}{}", view.district.name.zh, case.subject.department()),
                address: hall.address.zh.clone(),
                telephone: hall.telephone.clone(),
                supervision: hall.supervision.clone(),
            },
            to: to.unwrap_or_else(|| "申请人".to_owned()),
            day: self.date_of(event.happening.at),
            case: Some(number.clone()),
            matter: case.subject.title().zh.clone(),
            says,
            proof: Some(Proof { address: format!("{base}/papers/{number}/{sequence}?code={code}"), code }),
        };
        self.print(printed).await.map_err(|_| CaseError::Unavailable)
    }

    /// The clocks as they were after the last of these events; nothing where not all before it are there.
    fn clocks_then(&self, case: &Case, events: &[Event]) -> Clocks {
        let city = self.city();
        let Some(office) = city.office(self.zone_of_time()) else { return Clocks::default() };
        if events.first().is_none_or(|first| first.sequence != 1) {
            return Clocks::default();
        }
        let definition = &case.definition;
        let begun = Clocks::begin(office, definition, case.submitted);
        let folded = events.iter().skip(1).try_fold(begun.unwrap_or_default(), |clocks, event| {
            let step = definition.transition(&event.happening.action);
            match definition.state(&event.happening.to) {
                Some(into) => clocks.after(office, definition, step, into, event.happening.at),
                None => Ok(clocks),
            }
        });
        folded.unwrap_or_default()
    }

    async fn said(
        &self,
        view: &CaseView,
        means: Meaning,
        event: &Event,
        clocks: &Clocks,
        item: Option<&Item>,
    ) -> Result<Says, CaseError> {
        let case = &view.case;
        let reason = event.happening.reason.as_ref().map_or("", |reason| reason.zh.as_str()).trim().to_owned();
        let basis = event.happening.basis.clone().or_else(|| case.definition.basis.clone());
        let one = || basis.clone().ok_or(CaseError::NotFound);
        let promised: Option<Date> = clocks.promised.map(|deadline| deadline.day());
        let all = || -> Vec<LegalBasis> {
            let of_item = item.map(|item| item.basis.clone()).unwrap_or_default();
            of_item.into_iter().chain(event.happening.basis.clone()).collect()
        };
        Ok(match means {
            Meaning::Accepted => {
                let given = self.materials_of_case(&case.division, &case.number).await?.into_iter();
                // What came later belongs to another paper.
                let by_then = given.filter(|material| material.given <= event.happening.at);
                Says::Accepted {
                    materials: by_then.map(|material| material.name).collect(),
                    promise: words(case.definition.promised),
                    due: promised,
                }
            }
            Meaning::NotAccepted => Says::NotAccepted { reason, basis: one()?, turn_to: None },
            Meaning::CorrectionAsked => Says::Correction {
                faults: faults(&reason),
                until: clocks.step.as_ref().map(|step| step.deadline.day()),
            },
            Meaning::SpecialProcedure => Says::SpecialProcedure {
                procedure: match item.map(|item| item.special_procedures.as_slice()) {
                    Some([only]) => only.zh.clone(),
                    _ => "听证、检验、检测、检疫、鉴定、专家评审等特别程序".to_owned(),
                },
                takes: "见理由；结束当日恢复计算办理时限".to_owned(),
                reason,
                basis: one()?,
            },
            Meaning::Extended => {
                let by = case.definition.transition(&event.happening.action).and_then(|step| step.extends);
                Says::Extended { reason, by: by.map(words).unwrap_or_default(), due: promised, basis: one()? }
            }
            Meaning::Granted => Says::Granted {
                result: item.map_or_else(|| case.subject.title().zh.clone(), |item| item.result.name.zh.clone()),
                validity: None,
                basis: all(),
            },
            Meaning::Refused => {
                let remedies = view.district.remedies.as_ref();
                Says::Refused {
                    reason,
                    basis: all(),
                    reconsideration: remedies
                        .map_or_else(|| "有管辖权的人民政府".to_owned(), |known| known.reconsideration.clone()),
                    court: remedies.map_or_else(|| "有管辖权的人民法院".to_owned(), |known| known.court.clone()),
                }
            }
            Meaning::Delivered | Meaning::Withdrawn | Meaning::Suspended | Meaning::Renewed | Meaning::Ended => {
                return Err(CaseError::NotFound);
            }
        })
    }

    /// A paper, for whoever has its code: who gave it when, and whether the event behind it is what it was.
    pub async fn paper_verify(&self, number: &CaseNumber, sequence: u32, code: &str) -> Result<Issued, CaseError> {
        let file = self.case_of(number).await?.ok_or(CaseError::NotFound)?;
        let case = file.case;
        let near = self.store().event_list_before(&case.division, number, sequence.saturating_add(2), 3).await?;
        let at = |wanted: u32| near.iter().find(|event| event.sequence == wanted);
        let event = at(sequence).filter(|event| paper::is_code(event, code)).ok_or(CaseError::NotFound)?;
        let means = paper::of(&case, &event.happening).ok_or(CaseError::NotFound)?;
        let district = self.district(&case.division).ok_or(CaseError::NotFound)?;
        let before =
            sequence == 1 || at(sequence.saturating_sub(1)).is_some_and(|before| before.hash == event.previous);
        let after = sequence >= case.revision || at(sequence + 1).is_some_and(|after| after.previous == event.hash);
        Ok(Issued {
            district,
            department: case.subject.answers().clone(),
            number: paper::number(&case, sequence),
            means,
            matter: case.subject.title().clone(),
            at: event.happening.at,
            unchanged: before && after && event.is_sealed(number),
        })
    }
}

/// A length of time, in Chinese.
fn words(period: Period) -> String {
    let unit = match period.unit {
        TimeUnit::Day => "日",
        TimeUnit::WorkingDay => "个工作日",
        TimeUnit::Month => "个月",
        TimeUnit::Year => "年",
        TimeUnit::Hour => "小时",
    };
    format!("{}{unit}", period.amount)
}

/// A correction's reason as its lines: what is missing, and behind a colon how to put it right.
fn faults(reason: &str) -> Vec<Fault> {
    let line = |line: &str| {
        let (what, how) = line.split_once(['：', ':']).unwrap_or((line, ""));
        let how = if how.trim().is_empty() { "请补充或者更正后重新提交" } else { how.trim() };
        Fault { what: what.trim().to_owned(), how: how.to_owned() }
    };
    reason.lines().map(str::trim).filter(|text| !text.is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_correction_is_one_thing_to_put_right() {
        let found = faults("经营场所平面图：标明灶台和出口\n\n健康证明");
        let said: Vec<(&str, &str)> = found.iter().map(|fault| (fault.what.as_str(), fault.how.as_str())).collect();
        assert_eq!(said, [("经营场所平面图", "标明灶台和出口"), ("健康证明", "请补充或者更正后重新提交")]);
    }
}
