//! Materials 材料: files that people hand in, what may be one, and in whose drawer 材料库 it lies.
//!
//! Invariant: what a file is called says nothing; what it *is* was seen in its bytes, and only types that an item accepts
//! are kept. Nothing is asked twice (Regulation on optimising the business environment, article 40): an earlier material
//! of the same name is offered again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::chain::Hash;
use crate::text::Text;

/// A material's id: 32 hexadecimal characters of randomness, tells nothing of what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MaterialId(String);

/// A text that is no material's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a material's id is 32 hexadecimal characters")]
pub struct NotAMaterialId;

impl MaterialId {
    /// Makes an id of 128 random bits.
    pub fn new(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// Parses an id.
    pub fn parse(text: &str) -> Result<Self, NotAMaterialId> {
        let shape = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if shape { Ok(Self(text.to_owned())) } else { Err(NotAMaterialId) }
    }

    /// Its characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MaterialId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MaterialId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaType {
    /// ISO 32000.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// 开放版式文档 (GB/T 33190-2016), which electronic licences come as.
    Ofd,
    /// A word processor's document (ISO/IEC 29500).
    Docx,
    /// Several files in one.
    Zip,
}

impl MediaType {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Ofd, Self::Docx, Self::Zip];

    /// As it stands in data and columns, and as a file's extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Ofd => "ofd",
            Self::Docx => "docx",
            Self::Zip => "zip",
        }
    }

    /// As HTTP names it.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Zip => "application/zip",
        }
    }

    /// The type that a file's name claims, by its extension.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        match extension.as_str() {
            "jpeg" => Some(Self::Jpeg),
            extension => Self::parse(extension),
        }
    }

    /// The type of this extension.
    pub fn parse(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.extension() == extension)
    }
}

/// What a material may be: data of an item's material, the setting's default where it says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepts {
    /// Which types, at least one.
    #[serde(default = "every_type")]
    pub types: Vec<MediaType>,
    /// The most bytes.
    #[serde(default = "twenty_megabytes")]
    pub most_bytes: u64,
}

fn every_type() -> Vec<MediaType> {
    MediaType::ALL.to_vec()
}

/// The most that any item may accept: the host bounds a request by it.
pub const LARGEST: u64 = 100 << 20;

const fn twenty_megabytes() -> u64 {
    20 << 20
}

impl Default for Accepts {
    fn default() -> Self {
        Self { types: every_type(), most_bytes: twenty_megabytes() }
    }
}

impl Accepts {
    /// Its own bound within the host's.
    pub fn bound(&self) -> u64 {
        self.most_bytes.min(LARGEST)
    }

    /// What a file is taken as: what its bytes are, where its name claims the same and the material accepts it.
    pub fn take(&self, claimed: Option<MediaType>, seen: Option<MediaType>) -> Result<MediaType, Unacceptable> {
        let accepted = || self.types.clone();
        match (claimed, seen) {
            (_, None) => Err(Unacceptable::Unknown { accepted: accepted() }),
            (Some(claimed), Some(seen)) if claimed != seen => Err(Unacceptable::Disguised { claimed, seen }),
            (_, Some(seen)) if self.types.contains(&seen) => Ok(seen),
            (_, Some(seen)) => Err(Unacceptable::Type { seen, accepted: accepted() }),
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// More than the material may have.
    #[error("the file has more than {most_bytes} bytes")]
    TooLarge {
        /// The most.
        most_bytes: u64,
    },
    /// None of the types that are known.
    #[error("the file is of no known type")]
    Unknown {
        /// What would be taken.
        accepted: Vec<MediaType>,
    },
    /// Known, but not for this material.
    #[error("the file is {seen:?}, which is not taken here")]
    Type {
        /// What it is.
        seen: MediaType,
        /// What would be taken.
        accepted: Vec<MediaType>,
    },
    /// Its name says one thing, its bytes another.
    #[error("the file's name says {claimed:?}, its content is {seen:?}")]
    Disguised {
        /// What its name says.
        claimed: MediaType,
        /// What it is.
        seen: MediaType,
    },
    /// The scanner found something.
    #[error("the scanner found {0}")]
    Infected(String),
}

fn names(types: &[MediaType]) -> String {
    types.iter().map(|kind| kind.extension()).collect::<Vec<_>>().join("、")
}

impl Unacceptable {
    /// In words for whoever sent it: what is wrong and what would be right.
    pub fn message(&self) -> Text {
        match self {
            Self::Empty => Text::new("文件是空的，请重新选择文件。", "The file is empty. Please choose another."),
            Self::TooLarge { most_bytes } => {
                let megabytes = most_bytes >> 20;
                Text::new(
                    format!("文件太大，最多 {megabytes} MB。请压缩，或拆成几个文件上传。"),
                    format!("The file is too large: at most {megabytes} MB. Please compress it or send it in parts."),
                )
            }
            Self::Unknown { accepted } | Self::Type { accepted, .. } => Text::new(
                format!("不接受这种文件，请使用 {}。", names(accepted)),
                format!("This kind of file is not taken. Please use {}.", names(accepted).replace('、', ", ")),
            ),
            Self::Disguised { claimed, seen } => Text::new(
                format!("文件名是 .{}，内容却是 {}。请按真实格式另存后再上传。", claimed.extension(), seen.extension()),
                format!(
                    "The file is called .{} but holds {}. Please save it in its true format and send it again.",
                    claimed.extension(),
                    seen.extension()
                ),
            ),
            Self::Infected(_) => Text::new(
                "安全检查发现文件带有病毒，没有接收。请先杀毒，或换一台设备重新扫描、拍照后上传。",
                "A virus was found in the file, so it was not taken. Please clean it, or scan or photograph the paper again on another device.",
            ),
        }
    }
}

/// What the scanner said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Looked through, nothing found.
    Clean,
    /// No scanner is configured.
    NotScanned,
}

impl Verdict {
    /// For columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::NotScanned => "not-scanned",
        }
    }

    /// The verdict of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Clean, Self::NotScanned].into_iter().find(|verdict| verdict.name() == name)
    }
}

/// Whose something is that is not yet a case's: an account's, or whoever's browser holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A person who is signed in.
    Account(AccountId),
    /// A browser, by the hash of the secret in its cookie.
    Browser(Hash),
}

impl Holder {
    /// For columns: two holders never share one.
    pub fn column(&self) -> String {
        match self {
            Self::Account(account) => format!("account/{account}"),
            Self::Browser(hash) => format!("browser/{hash}"),
        }
    }

    /// The holder of a column.
    pub fn parse(column: &str) -> Option<Self> {
        if let Some(account) = column.strip_prefix("account/") {
            return Some(Self::Account(AccountId(account.to_owned())));
        }
        let hex = column.strip_prefix("browser/").filter(|hex| hex.len() == 64 && hex.is_ascii())?;
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self::Browser(Hash(bytes)))
    }
}

/// A material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its id.
    pub id: MaterialId,
    /// Whose drawer it lies in.
    pub holder: Holder,
    /// Which material it is, as items call it in Chinese, e.g. 居民身份证; by this it is offered again.
    pub name: String,
    /// What its file was called.
    pub file: String,
    /// What it is.
    pub media: MediaType,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// What the scanner said.
    pub verdict: Verdict,
    /// What it was given for, e.g. the item that asked for it.
    pub purpose: String,
    /// When.
    pub given: Timestamp,
}

/// The suite that a file is sealed with: the district's own at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSuite {
    /// AES-256-GCM.
    AesGcm,
    /// SM4-GCM (GB/T 32907).
    Sm4Gcm,
}

/// A file's own key: random, kept sealed beside the file's row, gone with it.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey {
    /// With which suite.
    pub suite: FileSuite,
    /// The key; SM4 takes half of it.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileKey").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl FileKey {
    /// As it is sealed: the suite, then the secret.
    pub fn to_bytes(&self) -> Vec<u8> {
        let suite = match self.suite {
            FileSuite::AesGcm => 1,
            FileSuite::Sm4Gcm => 2,
        };
        [[suite].as_slice(), &self.secret].concat()
    }

    /// As it was sealed.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (suite, secret) = bytes.split_first()?;
        let suite = match suite {
            1 => FileSuite::AesGcm,
            2 => FileSuite::Sm4Gcm,
            _ => return None,
        };
        Some(Self { suite, secret: secret.try_into().ok()? })
    }
}

/// A file's name as it may be shown and sent: no path, no control characters, at most 120 characters.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).take(120).collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    if clean.is_empty() { "file".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_for_what_it_is_and_not_for_what_it_is_called() {
        let accepts = Accepts { types: vec![MediaType::Pdf, MediaType::Jpeg], most_bytes: 1 };
        assert_eq!(accepts.take(MediaType::of_name("a.PDF"), Some(MediaType::Pdf)), Ok(MediaType::Pdf));
        assert_eq!(accepts.take(None, Some(MediaType::Pdf)), Ok(MediaType::Pdf), "a name may claim nothing");
        let disguised = accepts.take(MediaType::of_name("a.jpeg"), Some(MediaType::Pdf));
        assert_eq!(disguised, Err(Unacceptable::Disguised { claimed: MediaType::Jpeg, seen: MediaType::Pdf }));
        assert!(matches!(accepts.take(None, Some(MediaType::Zip)), Err(Unacceptable::Type { .. })));
        assert!(matches!(accepts.take(MediaType::of_name("a.pdf"), None), Err(Unacceptable::Unknown { .. })));
    }

    #[test]
    fn a_name_brings_no_path_and_no_control_characters() {
        assert_eq!(clean_name("..\\..\\etc/pass\u{0}wd\r\n"), "passwd");
        assert_eq!(clean_name("../.."), "file");
        assert_eq!(clean_name("身份证 正面.jpg"), "身份证 正面.jpg");
    }

    #[test]
    fn a_holder_comes_back_from_its_column() {
        for holder in [Holder::Account(AccountId("a1".into())), Holder::Browser(Hash::of(b"secret"))] {
            assert_eq!(Holder::parse(&holder.column()), Some(holder));
        }
        assert_eq!(Holder::parse("browser/xyz"), None);
    }

    #[test]
    fn a_files_key_comes_back_as_it_was_and_is_never_shown() {
        let key = FileKey { suite: FileSuite::Sm4Gcm, secret: [7; 32] };
        assert_eq!(FileKey::from_bytes(&key.to_bytes()), Some(key.clone()));
        assert_eq!(FileKey::from_bytes(&[9; 33]), None);
        assert!(!format!("{key:?}").contains('7'));
    }
}
