//! No steering 不得指定 (article 32): finds the intermediaries of the list in what a plugin answers.
//!
//! Only the host names intermediaries, all of them, in a drawn order. A plugin that names one, however it writes it, steers.
//! Names, short names, names without their legal form, credit codes, web sites and telephones are looked for at once
//! (Aho-Corasick), in the words of an answer with everything but letters and digits left out, so that neither spaces, marks,
//! full-width letters nor a name cut in two hide one. What stands in pictures or is said in other words is not found.
//!
//! Invariant: the automaton is built once from a list and never changes; an answer is looked through once.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

use super::Listing;
use crate::page::Page;

/// Ends of names that say what kind of organisation it is, the longest first.
const FORMS: [&str; 8] =
    ["有限责任公司", "股份有限公司", "（普通合伙）", "(普通合伙)", "有限公司", "事务所", "研究院", "集团"];
/// The shortest name, in letters, that is looked for: shorter ones are everybody's words.
const SHORTEST_NAME: usize = 6;
/// The shortest short name, which its bearer chose, in letters.
const SHORTEST_SHORT: usize = 4;
/// The shortest number or address, in letters and digits.
const SHORTEST_CODE: usize = 7;

/// Words with everything but letters and digits left out, in small letters and half width.
#[derive(Debug, Default)]
struct Plain(String);

impl Plain {
    fn add(&mut self, words: &str) {
        for c in words.chars() {
            let c = match c {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
                c => c,
            };
            if c.is_alphanumeric() {
                self.0.extend(c.to_lowercase());
            }
        }
    }

    fn of(words: &str) -> Self {
        let mut plain = Self::default();
        plain.add(words);
        plain
    }
}

/// Fields whose values are the contract's own words, e.g. which block it is: between two blocks they would cut a name in two.
const OURS: [&str; 3] = ["block", "to", "tone"];

/// Takes every text of a value that is written as JSON, and no name of a field.
struct Texts<'a> {
    plain: &'a mut Plain,
    in_key: bool,
    key: String,
}

impl Formatter for Texts<'_> {
    fn begin_object_key<W: ?Sized + std::io::Write>(&mut self, _: &mut W, _: bool) -> std::io::Result<()> {
        self.in_key = true;
        self.key.clear();
        Ok(())
    }

    fn end_object_key<W: ?Sized + std::io::Write>(&mut self, _: &mut W) -> std::io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + std::io::Write>(&mut self, _: &mut W, words: &str) -> std::io::Result<()> {
        if self.in_key {
            self.key.push_str(words);
        } else if !OURS.contains(&self.key.as_str()) {
            self.plain.add(words);
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + std::io::Write>(&mut self, _: &mut W, _: CharEscape) -> std::io::Result<()> {
        Ok(())
    }
}

fn add<T: Serialize>(plain: &mut Plain, value: &T) {
    let mut texts = Serializer::with_formatter(std::io::sink(), Texts { plain, in_key: false, key: String::new() });
    // Nothing is written, so nothing can go wrong but a value that is no JSON, which no answer is.
    let _ = value.serialize(&mut texts);
}

/// Whom an answer names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steering {
    /// The intermediary's credit code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// In which block of a page, from 1; 0 is the page's head, none where it is no page.
    pub block: Option<usize>,
}

impl std::fmt::Display for Steering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(block) = self.block {
            write!(f, "block {block}: ")?;
        }
        write!(f, "it names the intermediary {} ({}); nobody may be steered to one (article 32)", self.name, self.code)
    }
}

/// The list, ready to be looked for.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    found_by: Option<AhoCorasick>,
    /// For each pattern, whose it is.
    whose: Vec<usize>,
    /// Codes and names.
    names: Vec<(String, String)>,
}

/// What a listing is known by.
fn known_by(listing: &Listing) -> Vec<String> {
    let name = Plain::of(&listing.name).0;
    let core = FORMS.iter().find_map(|form| listing.name.strip_suffix(form)).map(|core| Plain::of(core).0);
    let long = |text: &String, least: usize| text.chars().count() >= least;
    let mut known: Vec<String> = [Some(name), core].into_iter().flatten().filter(|n| long(n, SHORTEST_NAME)).collect();
    known.extend(listing.short.iter().map(|short| Plain::of(short).0).filter(|n| long(n, SHORTEST_SHORT)));
    let codes = [Some(&listing.code), Some(&listing.telephone), listing.website.as_ref()].into_iter().flatten();
    known.extend(codes.map(|code| Plain::of(code).0).filter(|code| long(code, SHORTEST_CODE)));
    known.sort();
    known.dedup();
    known
}

impl Watch {
    /// Looks for everybody of a list.
    pub fn new<'a>(listings: impl IntoIterator<Item = &'a Listing>) -> Self {
        let (mut patterns, mut whose, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for (at, listing) in listings.into_iter().enumerate() {
            for known in known_by(listing) {
                patterns.push(known);
                whose.push(at);
            }
            names.push((listing.code.clone(), listing.name.clone()));
        }
        let found_by = AhoCorasick::new(&patterns).ok().filter(|_| !patterns.is_empty());
        Self { found_by, whose, names }
    }

    fn find(&self, plain: &Plain, blocks: Option<&[usize]>, exempt: &dyn Fn(&str) -> bool) -> Option<Steering> {
        let found_by = self.found_by.as_ref()?;
        found_by.find_overlapping_iter(&plain.0).find_map(|found| {
            let whose = self.whose.get(found.pattern().as_usize())?;
            let (code, name) = self.names.get(*whose)?;
            if exempt(code) {
                return None;
            }
            let block = blocks.map(|starts| starts.iter().filter(|start| **start < found.end()).count());
            Some(Steering { code: code.clone(), name: name.clone(), block })
        })
    }

    /// Everybody whom a value names, by code: what somebody typed themselves is not steering when it is said back.
    pub fn named_in<T: Serialize>(&self, value: &T) -> BTreeSet<String> {
        let mut plain = Plain::default();
        add(&mut plain, value);
        let Some(found_by) = &self.found_by else { return BTreeSet::new() };
        let named = found_by.find_overlapping_iter(&plain.0).filter_map(|found| {
            let (code, _) = self.names.get(*self.whose.get(found.pattern().as_usize())?)?;
            Some(code.clone())
        });
        named.collect()
    }

    /// The first intermediary that a page names and that is not exempt.
    pub fn in_page(&self, page: &Page, exempt: &dyn Fn(&str) -> bool) -> Option<Steering> {
        let mut plain = Plain::default();
        add(&mut plain, &(&page.title, &page.summary));
        let mut starts = Vec::with_capacity(page.blocks.len());
        for block in &page.blocks {
            starts.push(plain.0.len());
            add(&mut plain, block);
        }
        self.find(&plain, Some(&starts), exempt)
    }

    /// The same of anything else that is answered.
    pub fn in_value<T: Serialize>(&self, value: &T, exempt: &dyn Fn(&str) -> bool) -> Option<Steering> {
        let mut plain = Plain::default();
        add(&mut plain, value);
        self.find(&plain, None, exempt)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Slug;
    use crate::district::Division;
    use crate::intermediary::{Offer, Qualification};
    use crate::law::Period;
    use crate::page::{Block, Card, Contact, Link, LinkTarget};
    use crate::text::Text;
    use jiff::civil::date;

    pub(in crate::intermediary) fn listing(code: &str, name: &str) -> Listing {
        Listing {
            code: code.into(),
            name: name.into(),
            short: vec!["甲乙咨询".into()],
            website: Some("www.jiayi-consulting.example.cn".into()),
            telephone: "0374-5550001".into(),
            address: "许昌市魏都区演示路 1 号".into(),
            qualifications: vec![Qualification {
                name: "施工图审查机构资格".into(),
                number: "演示-001".into(),
                until: date(2027, 1, 1),
            }],
            offers: vec![Offer {
                service: Slug::parse("drawing-review").unwrap(),
                promised: Period::working_days(5),
                fee: "按建筑面积每平方米 2 元".into(),
                fee_basis: "市场调节价".into(),
                from: None,
            }],
            districts: vec![Division::parse("411081").unwrap()],
            conditions: "图纸齐全。".into(),
            process: vec!["接收图纸".into(), "审查".into()],
            listed: date(2026, 1, 1),
        }
    }

    fn watch() -> Watch {
        Watch::new([
            &listing("91411081DEMA00001Q", "许昌甲乙工程咨询有限公司"),
            &Listing {
                short: Vec::new(),
                telephone: "0374-5550002".into(),
                website: None,
                ..listing("91411082DEMA00002A", "长葛丙丁测绘事务所")
            },
        ])
    }

    fn page(blocks: Vec<Block>) -> Page {
        Page { title: Text::zh("施工图审查"), summary: None, blocks, basis: Vec::new() }
    }

    const NOBODY: fn(&str) -> bool = |_| false;

    #[test]
    fn one_intermediary_is_found_wherever_and_however_it_is_written() {
        let watch = watch();
        let markdown = |text: &str| Block::Markdown { text: Text::zh(text) };
        let link = |target| Link { label: Text::zh("点这里"), target };
        let contact = Contact {
            name: Text::zh("推荐机构"),
            telephone: Some("0374 555 0001".into()),
            email: None,
            address: None,
            hours: None,
        };
        let hidden = [
            markdown("请找许昌甲乙工程咨询有限公司"),
            markdown("请找许 昌**甲乙**工程\n咨询"),
            markdown("许\u{200b}昌甲乙工程咨询"),
            markdown("编码９１４１１０８１ＤＥＭＡ００００１Ｑ"),
            markdown("编码 91411081 dema 00001q"),
            Block::Cards {
                cards: vec![Card {
                    title: Text::zh("许昌甲乙"),
                    body: Text::zh("工程咨询"),
                    tags: Vec::new(),
                    link: None,
                }],
            },
            Block::Links { links: vec![link(LinkTarget::Site("https://www.jiayi-consulting.example.cn/a".into()))] },
            Block::Links { links: vec![link(LinkTarget::Telephone("03745550001".into()))] },
            Block::Contact(contact),
            Block::Heading { text: Text::new("机构", "ask 甲乙咨询"), level: 2 },
        ];
        for block in hidden {
            let found = watch.in_page(&page(vec![markdown("说明"), block.clone()]), &NOBODY);
            let found = found.unwrap_or_else(|| panic!("{block:?}"));
            assert_eq!((found.code.as_str(), found.block), ("91411081DEMA00001Q", Some(2)), "{block:?}");
        }
        let cut = page(vec![markdown("请找许昌"), markdown("甲乙工程咨询")]);
        assert_eq!(watch.in_page(&cut, &NOBODY).unwrap().block, Some(2), "a name over two blocks");
        let named = Page { title: Text::zh("长葛丙丁测绘"), ..page(Vec::new()) };
        assert_eq!(watch.in_page(&named, &NOBODY).unwrap().block, Some(0));
        let own = |code: &str| code == "91411082DEMA00002A";
        assert_eq!(watch.in_page(&named, &own), None, "one's own name is no steering");
    }

    #[test]
    fn what_names_nobody_is_let_through() {
        let watch = watch();
        let text =
            "依法需要施工图审查的，请在中介服务页面自主选择机构；许昌、长葛均有工程咨询、测绘机构。电话 0374-12345。";
        let fine = page(vec![Block::Markdown { text: Text::zh(text) }]);
        assert_eq!(watch.in_page(&fine, &NOBODY), None);
        assert_eq!(Watch::default().in_page(&fine, &NOBODY), None);
        assert!(watch.in_value(&vec![Text::zh("甲乙咨询")], &NOBODY).is_some());
    }
}
