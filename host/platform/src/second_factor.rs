//! Second factors: TOTP (RFC 6238) for staff whose provider gives none.

use totp_rs::{Builder, Totp};

use crate::account::SessionSecret;
use crate::asker::{Asker, Denied, Person};
use crate::start::Platform;
use crate::token::to_hex;

/// Wrong codes in a session before it ends: whoever has the password alone gets that many guesses.
const WRONG: u32 = 5;

/// A new secret, to be put into an authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// `otpauth://…`
    pub url: String,
    /// The secret, as it is typed.
    pub secret: String,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coded {
    /// It was right: the session goes on under a new secret.
    Right(SessionSecret),
    /// It was wrong, too old, or taken before.
    Wrong,
    /// It was wrong too often: the session is over.
    Over,
}

fn totp(secret: Vec<u8>, account: &str) -> Result<Totp, Denied> {
    let built = Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some("Lotus")).build();
    built.map_err(|error| {
        tracing::error!(%error, "a second factor can't be used");
        Denied::Unavailable
    })
}

impl Platform {
    /// The secret that the asker has still to put into an authenticator; none where one is confirmed.
    pub async fn second_factor_enrol(&self, asker: &Asker) -> Result<Option<Enrolment>, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (city, account) = (&person.access.city, &person.account.id);
        let factor = match self.store().second_factor_get(city, account).await? {
            Some(factor) if factor.confirmed => return Ok(None),
            Some(factor) => factor.secret,
            None => {
                let secret = rand::random::<[u8; 20]>().to_vec();
                self.store().second_factor_propose(city.clone(), account.clone(), secret.clone()).await?;
                secret
            }
        };
        let totp = totp(factor.clone(), account.0.as_str())?;
        let url = totp.to_url().map_err(|_| Denied::Unavailable)?;
        Ok(Some(Enrolment { url, secret: base_32(&factor) }))
    }

    /// Takes a code, each only once, and makes the session a strong one.
    pub async fn second_factor_give(&self, asker: &Asker, before: &SessionSecret, code: &str) -> Result<Coded, Denied> {
        let person = asker.person().ok_or(Denied::SignIn)?;
        let (city, account) = (&person.access.city, &person.account.id);
        let factor = self.store().second_factor_get(city, account).await?.ok_or(Denied::NotFound)?;
        let now = u64::try_from(self.now().as_second()).unwrap_or(0);
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        // Of the step that it belongs to, which may be the one before or the next: else it could be given again there.
        let step = totp(factor.secret, account.0.as_str())?.check(&digits, now);
        if let Some(step) = step
            && self.store().second_factor_take(city.clone(), account.clone(), step).await?
        {
            self.wrong_codes_forget(person);
            self.note(asker, city, "second-factor", account.0.as_str(), "done").await;
            return Ok(Coded::Right(self.session_strengthen(person, before).await?));
        }
        self.note(asker, city, "second-factor", account.0.as_str(), "wrong code").await;
        if self.wrong_codes_count(person) < WRONG {
            return Ok(Coded::Wrong);
        }
        // The session ends, not the account: nobody can lock another out.
        self.store().session_end(city.clone(), person.session.id).await?;
        self.wrong_codes_forget(person);
        self.note(asker, city, "session-ended", account.0.as_str(), "too many wrong codes").await;
        Ok(Coded::Over)
    }

    fn wrong_codes_count(&self, person: &Person) -> u32 {
        let Ok(mut wrong) = self.inner.wrong_codes.lock() else { return WRONG };
        let count = wrong.entry(to_hex(&person.session.id.0)).or_insert(0);
        *count += 1;
        *count
    }

    fn wrong_codes_forget(&self, person: &Person) {
        if let Ok(mut wrong) = self.inner.wrong_codes.lock() {
            wrong.remove(&to_hex(&person.session.id.0));
        }
    }
}

/// RFC 4648, without padding: what authenticators take when a secret is typed.
fn base_32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            let index = usize::try_from(bits >> count & 31).unwrap_or(0);
            text.extend(ALPHABET.get(index).map(|b| char::from(*b)));
        }
    }
    if count > 0 {
        let index = usize::try_from(bits << (5 - count) & 31).unwrap_or(0);
        text.extend(ALPHABET.get(index).map(|b| char::from(*b)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_typed_as_the_standard_writes_it() {
        assert_eq!(base_32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base_32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }
}
