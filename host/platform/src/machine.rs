//! Tokens for machines: made by people for less than they may do themselves, shown once, with an end.

use lotus_domain::access::{Access, Deed, Place};
use lotus_domain::account::ApiToken;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;

use crate::asker::{Asker, Denied, Machine, Who};
use crate::start::Platform;
use crate::token::to_hex;

/// What every token begins with, so that one that leaks is known for what it is.
const PREFIX: &str = "lotus_";
/// The longest life of a token, in days.
pub const LONGEST_DAYS: u32 = 365;

fn hash(token: &str) -> Hash {
    Hash::of(format!("lotus api token\0{token}").as_bytes())
}

impl Platform {
    /// Makes a token and shows it, this once. It may do only what its maker may do there now.
    pub async fn token_make(
        &self,
        asker: &Asker,
        division: &Division,
        label: &str,
        deeds: Vec<Deed>,
        days: u32,
    ) -> Result<String, Denied> {
        let departments = self.allow_within(asker, Deed::MakeTokens, division, label).await?;
        let department = departments.as_ref().and_then(|departments| departments.first().map(String::as_str));
        let place = Place { division, department };
        let maker = asker.person().ok_or(Denied::Forbidden)?;
        if deeds.is_empty() || !(1..=LONGEST_DAYS).contains(&days) || deeds.contains(&Deed::MakeTokens) {
            return Err(Denied::Forbidden);
        }
        for deed in &deeds {
            self.allow(asker, *deed, place, label).await?;
        }
        let (now, city) = (self.now(), maker.access.city.clone());
        let token = format!("{PREFIX}{}", to_hex(&rand::random::<[u8; 32]>()));
        let life = i64::from(days) * 24 * 60 * 60 * 1000;
        let kept = ApiToken {
            id: hash(&token),
            division: division.clone(),
            label: label.chars().take(60).collect(),
            deeds,
            ends: jiff::Timestamp::from_millisecond(now.as_millisecond() + life).unwrap_or(now),
            made_by: maker.account.id.clone(),
            made: now,
        };
        self.store().token_put(city, kept).await?;
        self.note(asker, division, "token-made", label, "done").await;
        Ok(token)
    }

    /// Whoever comes with this token. One that is none, or over, is nobody, and the audit chain knows of it.
    pub async fn machine(&self, token: &str, client: Option<String>) -> Result<Asker, Denied> {
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        let known = self.store().token_get(&city, &hash(token)).await?;
        if let Some(token) = known.filter(|known| self.now() < known.ends) {
            // Asked each time: a token is worth what its maker may do now, not what they might when they made it.
            let held = self.store().role_list_account(&token.made_by).await?;
            let access = Access { held, city };
            return Ok(Asker { who: Who::Machine(Box::new(Machine { token, access })), client });
        }
        let asker = Asker::nobody(client);
        self.note(&asker, &city, "refused", "token", "unknown or over").await;
        Ok(asker)
    }

    /// The tokens that act in a district.
    pub async fn tokens(&self, asker: &Asker, division: &Division) -> Result<Vec<ApiToken>, Denied> {
        self.allow_within(asker, Deed::MakeTokens, division, "tokens").await?;
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        Ok(self.store().token_list(&city, division).await?)
    }

    /// Ends a token that acts in a district, named by its hash.
    pub async fn token_end(&self, asker: &Asker, division: &Division, id: &str) -> Result<(), Denied> {
        let tokens = self.tokens(asker, division).await?;
        let token = tokens.iter().find(|token| token.id.to_string() == id).ok_or(Denied::NotFound)?;
        let city = self.city_division().ok_or(Denied::Unavailable)?;
        self.store().token_end(city, token.id).await?;
        self.note(asker, division, "token-ended", &token.label, "done").await;
        Ok(())
    }
}
