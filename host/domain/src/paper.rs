//! Papers 文书 of a case: which of its events is given in writing, and the code that proves that a paper is one.
//!
//! Invariant: a paper says what its event says. Its code comes from the event's hash, so that no other event has it and
//! whoever alters the event loses it.

use crate::case::{Case, Event, Happening, Subject};
use crate::chain::Hash;
use crate::kind::Meaning;

/// What an event is given in writing as, where it is: Administrative Licence Law, articles 32, 38, 42 and 45.
pub fn of(case: &Case, happening: &Happening) -> Option<Meaning> {
    if !matches!(case.subject, Subject::Item { .. }) {
        return None;
    }
    let means = case.definition.transition(&happening.action)?.means?;
    match means {
        Meaning::Accepted
        | Meaning::NotAccepted
        | Meaning::CorrectionAsked
        | Meaning::SpecialProcedure
        | Meaning::Extended
        | Meaning::Granted
        | Meaning::Refused => Some(means),
        Meaning::Delivered | Meaning::Withdrawn | Meaning::Suspended | Meaning::Renewed | Meaning::Ended => None,
    }
}

/// A paper's number 文书编号: the case's, and the event's place in it.
pub fn number(case: &Case, sequence: u32) -> String {
    format!("{}-{sequence:03}", case.number)
}

/// The code that a paper of this event carries: twelve characters of base 32, `XXXX-XXXX-XXXX`.
pub fn code(event: &Event) -> String {
    let mut bytes = b"lotus paper code 1\0".to_vec();
    bytes.extend(event.hash.0);
    let Hash(hash) = Hash::of(&bytes);
    let bits = hash.iter().take(8).fold(0, |bits: u64, byte| bits << 8 | u64::from(*byte));
    crate::case::shown_base_32(bits)
}

/// Whether a code, as people type it, is this event's.
pub fn is_code(event: &Event, typed: &str) -> bool {
    let plain = |text: &str| crate::case::forgiving(text);
    Hash::of(plain(typed).as_bytes()).same(&Hash::of(plain(&code(event)).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Actor, CaseNumber};
    use crate::district::Division;
    use crate::kind::{NumberCode, Role};

    #[test]
    fn a_code_is_one_events_alone_and_survives_the_telephone() {
        let division = Division::parse("411081").unwrap();
        let number = CaseNumber::new(&division, jiff::civil::date(2026, 3, 1), NumberCode::APPLICATION, 7);
        let event = |to: &str| {
            let happening = Happening {
                at: jiff::Timestamp::from_second(1_772_000_000).unwrap(),
                actor: Actor { role: Role::Clerk, account: None },
                action: "accept".to_owned(),
                from: None,
                to: to.to_owned(),
                reason: None,
                basis: None,
                remark: None,
            };
            Event::seal(&number, None, happening)
        };
        let (one, other) = (event("accepted"), event("not-accepted"));
        assert_eq!(code(&one).len(), 14);
        assert!(is_code(&one, &code(&one).to_lowercase().replace('0', "o").replace('-', " ")));
        assert!(!is_code(&one, &code(&other)) && !is_code(&one, ""));
    }
}
