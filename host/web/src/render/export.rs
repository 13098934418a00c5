//! A worklist as a file: CSV (RFC 4180) in UTF-8, its first line the watermark.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use lotus_domain::district::Division;
use lotus_platform::{Export, Exported};

use crate::error::Error;
use crate::language::Words;

/// What tells programs that a file is of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// The answer that a browser keeps as a file.
pub(crate) fn file(words: Words, division: &Division, export: &Export, zone: &TimeZone) -> Result<Response, Error> {
    let written = written(words, export, zone).map_err(|error| {
        tracing::error!(%error, "an export could not be written");
        Error::Broken
    })?;
    let name = format!("attachment; filename=\"worklist-{division}-{}.csv\"", export.entry);
    let mut response =
        ([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CACHE_CONTROL, "no-store")], written).into_response();
    let headers = response.headers_mut();
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    let whole = if export.is_whole { "true" } else { "false" };
    headers.insert(HeaderName::from_static("lotus-export-whole"), HeaderValue::from_static(whole));
    Ok(response)
}

fn written(words: Words, export: &Export, zone: &TimeZone) -> Result<Vec<u8>, csv::Error> {
    let mut file =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    let mark = words.with(
        "export-watermark",
        &[
            ("who", &export.by),
            ("when", &words.moment(&export.at, zone)),
            ("purpose", &export.purpose),
            ("entry", &export.entry.to_string()),
        ],
    );
    let mut mark = vec![tame(&mark)];
    if !export.is_whole {
        mark.push(words.t1("export-cut", "n", export.rows.len().to_string()));
    }
    file.write_record(&mark)?;
    let heads = [
        "case-number",
        "case-service",
        "guide-department",
        "worklist-state",
        "export-submitted",
        "case-due",
        "worklist-left",
        "export-name",
        "export-telephone",
        "export-identity",
    ];
    file.write_record(heads.map(|head| words.t(head)))?;
    for row in &export.rows {
        file.write_record(record(words, row, zone))?;
    }
    file.into_inner().map_err(|error| csv::Error::from(std::io::Error::other(error.to_string())))
}

fn record(words: Words, row: &Exported, zone: &TimeZone) -> [String; 10] {
    let given = |text: &Option<String>| text.as_deref().map(tame).unwrap_or_default();
    [
        row.number.clone(),
        tame(words.text(&row.service)),
        tame(words.text(&row.department)),
        tame(words.text(&row.state)),
        zone.to_datetime(row.submitted).strftime("%Y-%m-%d %H:%M").to_string(),
        row.due.map(|due| due.to_string()).unwrap_or_default(),
        row.left.map(|left| left.to_string()).unwrap_or_default(),
        given(&row.name),
        given(&row.telephone),
        given(&row.identity_number),
    ]
}

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front.
fn tame(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotus_domain::text::{Language, Text};

    #[test]
    fn a_file_begins_with_its_watermark_and_holds_no_formula() {
        let row = Exported {
            number: "4110812026030129ABCDEFGH1".into(),
            service: Text::zh("=HYPERLINK(\"http://x\")"),
            department: Text::zh("文化,广电"),
            state: Text::zh("受理"),
            submitted: jiff::Timestamp::from_second(1_772_000_000).unwrap(),
            due: Some(jiff::civil::date(2026, 3, 6)),
            left: Some(-2),
            name: Some("李**".into()),
            telephone: Some("138****0000".into()),
            identity_number: None,
        };
        let export = Export {
            entry: 7,
            by: "a1".into(),
            at: jiff::Timestamp::from_second(1_772_000_000).unwrap(),
            purpose: "季度核对".into(),
            rows: vec![row],
            is_whole: false,
        };
        let bytes = written(Words::of(Language::Zh), &export, &TimeZone::UTC).unwrap();
        let text = std::str::from_utf8(bytes.strip_prefix(MARK).unwrap()).unwrap();
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let mark = &records[0][0];
        assert!(mark.contains("a1") && mark.contains("季度核对") && mark.contains('7'), "{mark}");
        assert_eq!(records[0].len(), 2, "that it is cut off is said");
        assert_eq!(records[1].len(), 10);
        assert_eq!((&records[2][1], &records[2][2]), ("'=HYPERLINK(\"http://x\")", "文化,广电"));
        assert_eq!((&records[2][6], &records[2][8]), ("-2", "138****0000"));
    }
}
