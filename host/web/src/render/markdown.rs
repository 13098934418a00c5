//! Markdown as HTML: `CommonMark` with tables. HTML in it is shown as text, images are left out, links lead to `https://`.

use askama::filters::Safe;
use lotus_domain::page::LinkTarget;
use lotus_domain::text::Text;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::language::{Words, escaped};

/// Renders a text's markdown.
pub(crate) fn markdown(words: Words, text: &Text) -> Safe<String> {
    let html = render(words.text(text));
    Safe(match words.foreign(text) {
        Some(tag) => format!("<div class=\"prose\" lang=\"{tag}\">{html}</div>"),
        None => format!("<div class=\"prose\">{html}</div>"),
    })
}

fn render(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    // How deep we are in images, whose every part is left out.
    let mut images = 0_u32;
    // For each open link, whether it was let through.
    let mut links: Vec<bool> = Vec::new();
    let events = Parser::new_ext(source, Options::ENABLE_TABLES).filter_map(move |event| match event {
        Event::Start(Tag::Image { .. }) => {
            images += 1;
            None
        }
        Event::End(TagEnd::Image) => {
            images = images.saturating_sub(1);
            None
        }
        _ if images > 0 => None,
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let allowed = LinkTarget::Site(dest_url.to_string()).check().is_ok();
            links.push(allowed);
            allowed.then(|| {
                let opened = format!("<a href=\"{}\" rel=\"external noopener noreferrer\">", escaped(&dest_url));
                Event::InlineHtml(CowStr::from(opened))
            })
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then_some(Event::InlineHtml(CowStr::from("</a>"))),
        // A page's own headings are of level 1 to 3: what stands inside a text comes below them.
        Event::Start(Tag::Heading { level, .. }) => {
            Some(Event::Start(Tag::Heading { level: lowered(level), id: None, classes: Vec::new(), attrs: Vec::new() }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lowered(level)))),
        // A wide table scrolls by itself, so that the page does not.
        Event::Start(Tag::Table(_)) => Some(Event::Html(CowStr::from("<div class=\"scroll\" tabindex=\"0\"><table>"))),
        Event::End(TagEnd::Table) => Some(Event::Html(CowStr::from("</tbody></table></div>"))),
        other => Some(other),
    });
    html::push_html(&mut out, table_cells(events));
    out
}

/// Writes a table's cells without the style attributes that the library gives aligned columns: our pages forbid them.
fn table_cells<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut in_head = false;
    events.map(move |event| {
        let html = match event {
            Event::Start(Tag::TableHead) => {
                in_head = true;
                "<thead><tr>"
            }
            Event::End(TagEnd::TableHead) => {
                in_head = false;
                "</tr></thead><tbody>"
            }
            Event::Start(Tag::TableRow) => "<tr>",
            Event::End(TagEnd::TableRow) => "</tr>",
            Event::Start(Tag::TableCell) if in_head => "<th scope=\"col\">",
            Event::End(TagEnd::TableCell) if in_head => "</th>",
            Event::Start(Tag::TableCell) => "<td>",
            Event::End(TagEnd::TableCell) => "</td>",
            other => return other,
        };
        Event::Html(CowStr::from(html))
    })
}

fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is left of a rendering when every tag that we write ourselves is taken out.
    fn without_our_tags(html: &str) -> String {
        let mut rest = html.to_owned();
        for name in [
            "p",
            "strong",
            "em",
            "ul",
            "ol",
            "li",
            "code",
            "pre",
            "blockquote",
            "h4",
            "h5",
            "h6",
            "table",
            "thead",
            "tbody",
            "tr",
            "td",
            "th scope=\"col\"",
            "th",
            "br /",
            "hr /",
            "div class=\"scroll\" tabindex=\"0\"",
            "div",
        ] {
            rest = rest.replace(&format!("<{name}>"), "").replace(&format!("</{name}>"), "");
        }
        rest
    }

    #[test]
    fn what_people_write_comes_out_as_they_mean_it() {
        insta::assert_snapshot!(render(
            "# 申请条件\n\n企业 **一律不收费**，见[省网](https://www.hnzwfw.gov.cn/a?b=1&c=2)。\n\n- 甲\n- 乙\n\n| 项 | 额 |\n|:--|--:|\n| 奖补 | 5 |\n\n1. 一\n2. 二"
        ));
    }

    #[test]
    fn hostile_text_does_nothing() {
        let hostile = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>1</script>)",
            "[x](http://example.com)",
            "[x](//example.com)",
            "[x](/console)",
            "<https://example.com/\"onclick=alert(1)>",
            "<javascript:alert(1)>",
            "![x](https://example.com/track.png)",
            "![a ![b](https://e.com/1.png) <b>c</b>](https://e.com/2.png)",
            "[a](https://e.com \"t\" onmouseover=alert(1))",
            "[![x](https://e.com/i.png)](javascript:alert(1))",
            "<div style=\"position:fixed\">x</div>",
            "<!-- --><svg/onload=alert(1)>",
            "[r]\n\n[r]: javascript:alert(1)",
            "# h {#id .c onclick=x}",
            "```\"><script>alert(1)</script>\nx\n```",
            "| a |\n|---|\n| <iframe src=x> |",
        ];
        for source in hostile {
            let html = render(source);
            for evil in [
                "<script",
                "<img",
                "<svg",
                "<iframe",
                "<div style",
                "href=\"j",
                "href=\"h",
                "href=\"d",
                "href=\"/",
                "<!--",
            ] {
                let allowed = evil == "href=\"h" && html.contains("href=\"https://");
                assert!(allowed || !html.to_lowercase().contains(evil), "{source} became {html}");
            }
        }
        insta::assert_snapshot!(hostile.map(render).join("\n---\n"));
    }

    proptest! {
        #[test]
        fn nothing_but_our_own_tags_comes_out(source in "[a-z<>\"'=/!\\[\\]()`*#|&;: \n-]{0,80}") {
            let html = without_our_tags(&render(&source));
            for tag in html.split('<').skip(1) {
                let ours = tag.starts_with("a href=\"https://") || tag.starts_with("/a>") || tag.starts_with("ol start=\"")
                    || tag.starts_with("code class=\"language-");
                prop_assert!(ours, "{source:?} became {html}");
            }
        }
    }
}
