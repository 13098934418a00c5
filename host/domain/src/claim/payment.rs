//! The payment file 兑付文件 of a batch of claims, and the receipt by which it comes back.
//!
//! A file is CSV as offices open it: UTF-8 with a byte order mark, lines ended by CR LF, a cell quoted where it has to be.
//! Its first line names the columns ([`COLUMNS`]); one line for each claim; the last line is the total. Whoever pays
//! answers with a file of [`RECEIPT_COLUMNS`]. Invariant: a receipt is taken whole or refused with the line that is wrong;
//! it can't name a line, a batch or an amount that was not in the file.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PayTo;
use crate::account::AccountId;
use crate::case::CaseNumber;
use crate::chain::Hash;
use crate::law::Fen;
use crate::text::Text;

/// The columns of a payment file, in their order: batch number, line (from 1), case number, policy's title, name of the
/// account, bank, account number, amount in yuan with two decimals and no separators, purpose.
pub const COLUMNS: [&str; 9] =
    ["批次号", "序号", "办件编号", "政策名称", "收款户名", "开户银行", "收款账号", "金额（元）", "用途"];
/// The columns of a receipt: batch number, line, case number, amount in yuan, result (成功 or 失败), what the bank said.
pub const RECEIPT_COLUMNS: [&str; 6] = ["批次号", "序号", "办件编号", "金额（元）", "结果", "说明"];
/// Lines of one file at most.
pub const MOST_LINES: usize = 500;
/// Characters of a cell of a receipt at most.
const LONGEST: usize = 500;

/// How it stands with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchState {
    /// The file was made; some lines have no answer yet.
    Open,
    /// Every line has its answer.
    Settled,
}

/// How it stands with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// With the bank.
    Open,
    /// 成功
    Paid,
    /// 失败
    Failed,
}

impl LineState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Paid, Self::Failed];

    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Failed => "failed",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A line of a payment file. Sensitive: sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLine {
    /// From 1.
    pub line: u32,
    /// Which claim.
    pub number: String,
    /// The policy's title.
    pub policy: String,
    /// Where to.
    pub to: PayTo,
    /// How much.
    pub amount: Fen,
    /// How it stands.
    #[serde(skip, default = "open")]
    pub state: LineState,
    /// What the bank said.
    #[serde(skip)]
    pub said: String,
}

const fn open() -> LineState {
    LineState::Open
}

/// A batch: what was put into one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number: division, day, eight hexadecimal digits.
    pub id: String,
    /// The department that pays; none is the whole district's.
    pub department: Option<String>,
    /// When the file was made.
    pub made: Timestamp,
    /// By whom.
    pub by: AccountId,
    /// Its lines, in order.
    pub lines: Vec<BatchLine>,
    /// Over the file's bytes.
    pub hash: Hash,
}

/// A cell, quoted where it has to be; one that a spreadsheet would take for a formula begins with an apostrophe.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Yuan with two decimals, without separators.
fn yuan(amount: Fen) -> String {
    amount.to_string().replace(',', "")
}

impl Batch {
    /// The file's bytes: the same whenever they are asked for.
    pub fn file(id: &str, lines: &[BatchLine]) -> Vec<u8> {
        let row = |cells: &[String]| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n";
        let mut text = String::from('\u{feff}');
        text.push_str(&row(&COLUMNS.map(str::to_owned)));
        for line in lines {
            text.push_str(&row(&[
                id.to_owned(),
                line.line.to_string(),
                line.number.clone(),
                line.policy.clone(),
                line.to.name.clone(),
                line.to.bank.clone(),
                line.to.account.clone(),
                yuan(line.amount),
                "惠企利民政策兑现".to_owned(),
            ]));
        }
        let mut total = vec![String::new(); COLUMNS.len()];
        for (at, value) in
            [(0, id.to_owned()), (1, "合计".to_owned()), (2, lines.len().to_string()), (7, yuan(Self::sum(lines)))]
        {
            if let Some(place) = total.get_mut(at) {
                *place = value;
            }
        }
        text.push_str(&row(&total));
        text.into_bytes()
    }

    /// What it pays in all.
    pub fn sum(lines: &[BatchLine]) -> Fen {
        Fen(lines.iter().map(|line| line.amount.0).sum())
    }

    /// The same.
    pub fn total(&self) -> Fen {
        Self::sum(&self.lines)
    }

    /// How it stands.
    pub fn state(&self) -> BatchState {
        let open = self.lines.iter().any(|line| line.state == LineState::Open);
        if open { BatchState::Open } else { BatchState::Settled }
    }
}

/// What the bank says of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineOutcome {
    /// 成功
    Paid,
    /// 失败
    Failed,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// Which line of the file.
    pub line: u32,
    /// Which claim.
    pub number: CaseNumber,
    /// What became of it.
    pub outcome: LineOutcome,
    /// What the bank said.
    pub said: String,
}

/// Why a receipt is not taken: the row, from 1, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It can't be read as CSV, or has no rows.
    #[error("row {0}: not readable as CSV with the columns of a receipt")]
    Unreadable(usize),
    /// Another batch's.
    #[error("row {0}: of another batch")]
    OtherBatch(usize),
    /// A line, claim or amount that the file does not have.
    #[error("row {0}: no such line in the batch")]
    NoSuchLine(usize),
    /// The same line twice.
    #[error("row {0}: this line stands there twice")]
    Twice(usize),
    /// Neither 成功 nor 失败, or a failure without a word.
    #[error("row {0}: the result is 成功, or 失败 with a reason")]
    Result(usize),
    /// A line that was answered before, otherwise.
    #[error("row {0}: this line was answered otherwise before")]
    Answered(usize),
}

impl ReceiptError {
    /// The row.
    pub const fn row(&self) -> usize {
        match self {
            Self::Unreadable(row)
            | Self::OtherBatch(row)
            | Self::NoSuchLine(row)
            | Self::Twice(row)
            | Self::Result(row)
            | Self::Answered(row) => *row,
        }
    }

    /// In words, with what to do.
    pub fn words(&self) -> Text {
        let row = self.row();
        let (zh, en) = match self {
            Self::Unreadable(_) => {
                ("无法读取，请按回执模板的列填写", "it can't be read; please use the columns of a receipt")
            }
            Self::OtherBatch(_) => ("批次号不是本批次", "it is of another batch"),
            Self::NoSuchLine(_) => ("序号、办件编号或金额与兑付文件不一致", "line, case or amount are not the file's"),
            Self::Twice(_) => ("同一序号出现两次", "the line stands there twice"),
            Self::Result(_) => ("结果应为“成功”，或“失败”并写明原因", "the result is 成功, or 失败 with a reason"),
            Self::Answered(_) => ("与此前的回执不一致", "it was answered otherwise before"),
        };
        Text::new(format!("第{row}行：{zh}。整份回执未被采用。"), format!("Row {row}: {en}. Nothing of it was taken."))
    }
}

/// Rows of cells; none where quotes don't end.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (quoted, c) {
            (true, '"') if characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            (true, '"') => quoted = false,
            (false, '"') if cell.is_empty() => quoted = true,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
        if cell.chars().count() > LONGEST {
            return None;
        }
    }
    if quoted {
        return None;
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    Some(rows)
}

/// Reads a receipt for a batch. Lines that were answered the same way before are left out, so that a receipt can come
/// again; everything else that is not the batch's refuses the whole.
pub fn read_receipt(batch: &Batch, bytes: &[u8]) -> Result<Vec<ReceiptLine>, ReceiptError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Unreadable(1))?;
    let rows = rows(text.trim_start_matches('\u{feff}')).ok_or(ReceiptError::Unreadable(1))?;
    let mut rows = rows.into_iter().enumerate().filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    let head = rows.next().map(|(_, row)| row).unwrap_or_default();
    if head.iter().map(|cell| cell.trim()).ne(RECEIPT_COLUMNS) {
        return Err(ReceiptError::Unreadable(1));
    }
    let (mut seen, mut lines) = (BTreeSet::new(), Vec::new());
    for (at, row) in rows {
        let at = at + 1;
        let cells: Vec<&str> = row.iter().map(|cell| cell.trim().trim_start_matches('\'')).collect();
        let [id, line, number, amount, result, said] = cells.as_slice() else {
            return Err(ReceiptError::Unreadable(at));
        };
        if *id != batch.id {
            return Err(ReceiptError::OtherBatch(at));
        }
        let line: u32 = line.parse().map_err(|_| ReceiptError::NoSuchLine(at))?;
        let amount = Fen::parse_yuan(amount).map_err(|_| ReceiptError::NoSuchLine(at))?;
        let known = batch.lines.iter().find(|known| known.line == line);
        let known = known.filter(|known| known.number == *number && known.amount == amount);
        let known = known.ok_or(ReceiptError::NoSuchLine(at))?;
        if !seen.insert(line) {
            return Err(ReceiptError::Twice(at));
        }
        let outcome = match *result {
            "成功" => LineOutcome::Paid,
            "失败" if !said.is_empty() => LineOutcome::Failed,
            _ => return Err(ReceiptError::Result(at)),
        };
        match (known.state, outcome) {
            (LineState::Open, _) => lines.push(ReceiptLine {
                line,
                number: CaseNumber::parse(number).map_err(|_| ReceiptError::NoSuchLine(at))?,
                outcome,
                said: (*said).to_owned(),
            }),
            (LineState::Paid, LineOutcome::Paid) | (LineState::Failed, LineOutcome::Failed) => {}
            _ => return Err(ReceiptError::Answered(at)),
        }
    }
    if seen.is_empty() { Err(ReceiptError::Unreadable(2)) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::district::Division;
    use crate::kind::NumberCode;

    fn batch() -> Batch {
        let division = Division::parse("411081").unwrap();
        let code = NumberCode::try_from("41".to_owned()).unwrap();
        let lines: Vec<BatchLine> = (1..=2_u32)
            .map(|line| BatchLine {
                line,
                number: CaseNumber::new(&division, jiff::civil::date(2026, 3, 1), code, u64::from(line)).to_string(),
                policy: "补贴，按月".into(),
                to: PayTo { name: format!("户名{line}"), bank: "=银行".into(), account: "6222000000000001".into() },
                amount: Fen(123_456_700),
                state: LineState::Open,
                said: String::new(),
            })
            .collect();
        let hash = Hash::of(&Batch::file("B1", &lines));
        Batch { id: "B1".into(), department: None, made: Timestamp::UNIX_EPOCH, by: AccountId("a".into()), lines, hash }
    }

    fn receipt(rows: &[String]) -> Vec<u8> {
        format!("\u{feff}{}\r\n{}\r\n", RECEIPT_COLUMNS.join(","), rows.join("\r\n")).into_bytes()
    }

    fn row(batch: &Batch, line: usize, rest: &str) -> String {
        format!("B1,{line},{},1234567.00,{rest}", batch.lines[line - 1].number)
    }

    #[test]
    fn the_file_has_its_columns_a_line_for_each_claim_and_the_total() {
        let batch = batch();
        let text = String::from_utf8(Batch::file("B1", &batch.lines)).unwrap();
        assert!(text.starts_with('\u{feff}') && text.matches("\r\n").count() == 4);
        assert!(text.contains("\"补贴，按月\"") || text.contains("补贴，按月"), "a Chinese comma needs no quotes");
        assert!(text.contains(",'=银行,"), "no cell is taken for a formula");
        assert!(text.ends_with("B1,合计,2,,,,,2469134.00,\r\n"), "{text}");
        assert_eq!(Hash::of(text.as_bytes()), batch.hash);
    }

    #[test]
    fn a_receipt_is_taken_whole_line_by_line() {
        let batch = batch();
        let good = receipt(&[row(&batch, 1, "成功,"), row(&batch, 2, "失败,\"账号不符, 退回\"")]);
        let lines = read_receipt(&batch, &good).unwrap();
        assert_eq!(lines[0].outcome, LineOutcome::Paid);
        assert_eq!((lines[1].outcome, lines[1].said.as_str()), (LineOutcome::Failed, "账号不符, 退回"));
    }

    #[test]
    fn what_is_wrong_refuses_the_whole_with_its_row() {
        let mut batch = batch();
        let wrong = |batch: &Batch, rows: &[String]| read_receipt(batch, &receipt(rows)).unwrap_err();
        let one = row(&batch, 1, "成功,");
        assert_eq!(wrong(&batch, &[one.clone(), one.replace("B1", "B2")]), ReceiptError::OtherBatch(3));
        assert_eq!(wrong(&batch, &[one.replace("1234567", "7")]), ReceiptError::NoSuchLine(2));
        assert_eq!(wrong(&batch, &[one.clone(), one.clone()]), ReceiptError::Twice(3));
        assert_eq!(wrong(&batch, &[row(&batch, 1, "失败,")]), ReceiptError::Result(2));
        assert_eq!(wrong(&batch, &[row(&batch, 1, "也许,")]), ReceiptError::Result(2));
        assert_eq!(wrong(&batch, &[]), ReceiptError::Unreadable(2));
        assert_eq!(read_receipt(&batch, b"\xff\xfe").unwrap_err(), ReceiptError::Unreadable(1));
        batch.lines[0].state = LineState::Paid;
        assert_eq!(read_receipt(&batch, &receipt(std::slice::from_ref(&one))), Ok(Vec::new()), "it may come again");
        assert_eq!(wrong(&batch, &[row(&batch, 1, "失败,查无此户")]), ReceiptError::Answered(2));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = read_receipt(&batch(), &bytes);
        }
    }
}
