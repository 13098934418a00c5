//! A fast guest for the benchmark: about 1 KiB in, about 2 KiB out, no capability.

use lotus_sdk::prelude::*;

/// The guest.
pub struct Echo;

impl lotus_sdk::zones::Guest for Echo {
    fn list_zones(_: Context) -> Vec<Zone> {
        vec![Zone::new("echo", ("回声", "Echo"), ("请求中的页名原样返回。", "Gives the request's page back."))]
    }

    /// A page with the request's `page` in it twice.
    fn render(_: Context, request: PageRequest) -> Result<Page, AnswerError> {
        let payload = request.page.unwrap_or_default();
        Ok(Page::new(("回声", "Echo")).summary(Text::zh(request.zone)).markdown(Text::zh(payload.clone())).notice(
            Tone::Info,
            ("原样返回", "Given back"),
            Text::zh(payload),
        ))
    }
}

lotus_sdk::export!(Echo: zones);

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_sdk::types::Language;
    use lotus_sdk::zones::Guest as _;

    #[test]
    fn a_kibibyte_comes_back_as_two() {
        let ctx = Context { district: "411081".into(), language: Language::Zh, now: 0, today: Date::new(2026, 1, 1) };
        let page = Echo::render(ctx, PageRequest { zone: "echo".into(), page: Some("x".repeat(1024)) }).unwrap();
        let text: usize = page
            .blocks
            .iter()
            .map(|block| match block {
                Block::Markdown(text) => text.zh.len(),
                Block::Notice(notice) => notice.body.zh.len(),
                _ => 0,
            })
            .sum();
        assert_eq!(text, 2048);
    }
}
