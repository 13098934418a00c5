//! What becomes of a rating once it is locked (article 36): it counts, and a bad one is put right by a case of its own.
//!
//! Invariant: the case begins in the transaction that locks the rating. Of whom rated without a name it says nothing: not
//! the account, not the case that was rated, and of the text only what names nobody.

use lotus_domain::case::{Actor, Application, Case, CaseNumber, Subject};
use lotus_domain::district::Division;
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::{Definition, Role};
use lotus_domain::law::{Period, TimeUnit};
use lotus_domain::notice::{Notice, NoticeKey, Recipient, Value as Said};
use lotus_domain::rating::{RECTIFICATION, Rated, Rating, Standing, screened, tag};
use lotus_domain::setting::Setting;
use lotus_domain::text::Text;
use lotus_store::{CaseFile, NewCase, StoreError};

use crate::asker::{Asker, Denied};
use crate::case::{CaseError, Wanted};
use crate::opening::Beginning;
use crate::start::Platform;
use crate::token::FormToken;

/// Ratings that one turn locks in each district.
const TURN: u32 = 200;

impl Platform {
    /// The definition as the city's settings have it today: taken up in one day, simple in five, complex in fifteen.
    async fn rectification_kind(&self) -> Result<Definition, StoreError> {
        let away = || StoreError::Unavailable(format!("there is no kind of case “{RECTIFICATION}”"));
        let mut kind = self.city().kind(RECTIFICATION).ok_or_else(away)?;
        let days = async |setting: Setting| -> Result<u32, StoreError> {
            Ok(u32::try_from(self.setting(setting).await?).unwrap_or(1).max(1))
        };
        let (take_up, simple) =
            (days(Setting::RectificationTakeUpDays).await?, days(Setting::RectificationSimpleDays).await?);
        let more = days(Setting::RectificationComplexDays).await?.saturating_sub(simple);
        let working = |amount| Period { amount, unit: TimeUnit::WorkingDay };
        kind.promised = working(simple);
        for state in &mut kind.states {
            if let Some(limit) = state.limit.as_mut().filter(|limit| limit.name.as_str() == "take-up") {
                limit.within = working(take_up);
            }
        }
        for step in &mut kind.transitions {
            step.extends = step.extends.filter(|_| more > 0).map(|_| working(more));
        }
        Ok(kind)
    }

    /// The case by which a rating is put right; none where there is nothing to put right.
    pub(crate) async fn rectification_of(
        &self,
        division: &Division,
        rating: &Rating,
    ) -> Result<Option<NewCase>, StoreError> {
        if !rating.grade.is_bad() || rating.standing != Standing::Counted {
            return Ok(None);
        }
        let definition = self.rectification_kind().await?;
        let rater = &rating.body.rater;
        let mut values = vec![
            ("grade", Text::new("评价等级", "Grade"), rating.grade.title().zh),
            ("channel", Text::new("评价渠道", "Channel"), rating.channel.title().zh),
        ];
        let tags: Vec<&str> = rating.tags.iter().filter_map(|id| tag(id)).map(|tag| tag.title.zh.as_str()).collect();
        if !tags.is_empty() {
            values.push(("tags", Text::new("评价标签", "Tags"), tags.join("；")));
        }
        if let Some(item) = rating.item.as_deref().and_then(|code| self.item(division, code)) {
            values.push(("item", Text::new("事项", "Item"), item.item.name.zh.clone()));
        }
        if !rating.body.text.is_empty() {
            let known: Vec<&str> = rating.body.known.iter().map(String::as_str).collect();
            let text = if rating.named { rating.body.text.clone() } else { screened(&rating.body.text, &known).text };
            values.push(("text", Text::new("评价内容", "In words"), text));
        }
        if rating.named {
            values.extend(rater.name.clone().map(|name| ("name", Text::new("评价人", "Who rated"), name)));
            let telephone = rater.telephone.clone();
            values.extend(telephone.map(|number| ("telephone", Text::new("联系电话", "Telephone"), number)));
            let number = rating.of.case().map(ToString::to_string);
            values.extend(number.map(|number| ("case", Text::new("被评办件", "The case that was rated"), number)));
        } else {
            values.push(("name", Text::new("评价人", "Who rated"), "匿名".to_owned()));
        }
        let mut application = Application { values: Vec::new(), labels: Vec::new(), options: Vec::new() };
        for (name, label, value) in values {
            application.labels.push((name.to_owned(), label));
            application.values.push(FieldValue { name: name.to_owned(), value: Value::Text(value) });
        }
        let known = self.departments(division);
        let department = known.into_iter().find(|one| one.zh == rating.department);
        let department = department.unwrap_or_else(|| Text::zh(rating.department.clone()));
        let grade = rating.grade.title();
        let beginning = Beginning {
            number: self.new_number(division, &definition),
            subject: Subject::Matter { title: definition.title.clone(), department, item: rating.item.clone() },
            title: Text::new(
                format!("{}：{}", definition.title.zh, grade.zh),
                format!("Rectification: {}", grade.en.as_deref().unwrap_or_default()),
            ),
            message: None,
            application,
            record: None,
            parent: rating.of.case().filter(|_| rating.named).cloned(),
            assigned: None,
            priority: 0,
            definition,
        };
        let token = FormToken::issue(&self.inner.key, self.now());
        let mut new = self.new_case(division, &Asker::nobody(None), &token, beginning)?;
        new.case.account = rater.account.clone().filter(|_| rating.named);
        new.notices = self.milestones(&new.case, None, &new.first);
        Ok(Some(new))
    }

    /// What follows when a rating has begun to count.
    pub(crate) async fn rating_locked(&self, division: &Division, rating: &Rating, opened: Option<&CaseNumber>) {
        if let Some(number) = opened {
            self.transition_told(division, number, 1);
        }
        // Of whom rated without a name not even that they did stands in the case's history.
        let Rated::Case(number, None) = &rating.of else { return };
        if !rating.named {
            return;
        }
        if let Err(error) = self.case_says_rated(division, number).await {
            tracing::warn!(?error, %division, %number, "a case does not say that it was rated");
        }
    }

    /// Makes the step of a case that says that it was rated, where its definition has one from here.
    async fn case_says_rated(&self, division: &Division, number: &CaseNumber) -> Result<(), CaseError> {
        let Some(file) = self.store().case_recent(division, number, 1).await? else { return Ok(()) };
        let case: &Case = &file.case;
        if !case.definition.steps(&case.state).any(|step| step.id.as_str() == "rate") {
            return Ok(());
        }
        let revision = case.revision;
        let view = self.view(file, &[Role::System])?;
        let actor = Actor { role: Role::System, account: None };
        let wanted = Wanted { actor, revision, action: "rate", reason: None, overrules: true };
        match self.act(view, wanted, &[Role::System]).await {
            Ok(_) | Err(CaseError::Changed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// One turn: locks what can't be corrected any more, district by district.
    pub(crate) async fn ratings_turn(&self) {
        for district in self.districts() {
            if let Err(error) = self.ratings_lock(&district.division).await {
                tracing::warn!(%error, division = %district.division, "ratings are locked at the next turn");
            }
        }
    }

    async fn ratings_lock(&self, division: &Division) -> Result<(), StoreError> {
        for rating in self.store().rating_list_due(division, self.now(), TURN).await? {
            let new = self.rectification_of(division, &rating).await?;
            let opened = new.as_ref().map(|new| new.case.number.clone());
            if let Some(number) = &opened {
                self.transition_marked(division, number, 1).await?;
            }
            if self.store().rating_lock(division.clone(), rating.clone(), new).await?
                && rating.standing == Standing::Counted
            {
                self.rating_locked(division, &rating, opened.as_ref()).await;
            }
        }
        Ok(())
    }

    /// Whether a case that keeps out whomever it is about is about the asker.
    pub(crate) async fn is_kept_out(&self, asker: &Asker, case: &Case) -> Result<bool, Denied> {
        let Some(name) = asker.name().filter(|_| case.definition.impartial) else { return Ok(false) };
        Ok(self.store().rating_people(&case.division, &case.number).await?.contains(&name))
    }

    /// Whoever was served is asked once how it was: with the step that ended their case.
    pub(crate) fn rating_asked(&self, case: &Case, to: Recipient, veiled: bool) -> Option<Notice> {
        let of = Rated::Case(case.number.clone(), None);
        let number = case.number.to_string();
        let key = if veiled {
            let name = format!("lotus veiled rating\0{number}\0{}", self.rating_code(&case.division, &of));
            format!("veiled/{}", lotus_domain::chain::Hash::of(name.as_bytes()))
        } else {
            format!("rate/{number}")
        };
        let notice = self.rating_notice(&case.division, &of, case.subject.title(), &number, key, to)?;
        Some(if veiled { notice } else { notice.about(&case.number) })
    }

    /// The notice that asks how something was.
    pub(crate) fn rating_notice(
        &self,
        division: &Division,
        of: &Rated,
        title: &Text,
        number: &str,
        key: String,
        to: Recipient,
    ) -> Option<Notice> {
        let code = self.rating_code(division, of);
        let values = [
            ("title", Said::Text(title.clone())),
            ("number", Said::plain(number)),
            ("code", Said::plain(code.as_str())),
        ];
        let key = NoticeKey::parse(key);
        let made = key.and_then(|key| self.notice_at("rate-service", &values, division, key, to, self.now()));
        made.inspect_err(|error| tracing::error!(%error, "nobody is asked how it was")).ok()
    }

    /// The rating that a rectification is about, with the case as it is now.
    pub(crate) async fn rectification(
        &self,
        division: &Division,
        number: &CaseNumber,
    ) -> Result<Option<(CaseFile, Rating)>, StoreError> {
        let Some(rating) = self.store().rating_put_right_by(division, number).await? else { return Ok(None) };
        let file = self.store().case_recent(division, number, crate::case::RECENT).await?;
        Ok(file.map(|file| (file, rating)))
    }
}
