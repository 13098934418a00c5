//! Uses storage and http, neither of which its manifest declares: the host must refuse it when it is loaded.

use lotus_sdk::http::{self, Method, Request};
use lotus_sdk::prelude::*;
use lotus_sdk::storage;

/// The guest.
pub struct Undeclared;

impl lotus_sdk::zones::Guest for Undeclared {
    fn list_zones(_: Context) -> Vec<Zone> {
        vec![Zone::new("undeclared", ("未申报", "Undeclared"), ("使用未申报的能力。", "Uses what it did not declare."))]
    }

    fn render(_: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let stored = storage::get(&request.zone);
        let sent = http::send(&Request {
            method: Method::Get,
            url: "https://example.com/".into(),
            headers: Vec::new(),
            body: None,
        });
        Ok(Page::new(("未申报", "Undeclared")).markdown(Text::same(format!("{stored:?}\n\n{sent:?}"))))
    }
}

lotus_sdk::export!(Undeclared: zones);
