//! What a file is, by its bytes: the beginning tells most, and the list at a zip's end tells what kind of zip it is.

use std::collections::VecDeque;

use lotus_domain::material::MediaType;

/// Bytes of the beginning that are looked at.
const HEAD: usize = 4096;
/// Bytes of the end that are looked at: the list of a zip's entries is there.
const TAIL: usize = 64 << 10;
/// A zip entry's record in the list at its end (APPNOTE 4.3.12): signature, and where its name and the name's length are.
const ENTRY: &[u8; 4] = b"PK\x01\x02";
const NAME_LENGTH: usize = 28;
const NAME: usize = 46;

/// Looks at a file as it goes by.
#[derive(Default)]
pub(crate) struct Sniffer {
    head: Vec<u8>,
    tail: VecDeque<u8>,
}

impl Sniffer {
    /// The next bytes.
    pub(crate) fn see(&mut self, bytes: &[u8]) {
        let wanted = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend(bytes.iter().take(wanted));
        let kept = bytes.len().min(TAIL);
        self.tail.extend(bytes.iter().skip(bytes.len() - kept));
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
    }

    /// What it was; none where it is nothing that is known.
    pub(crate) fn media(mut self) -> Option<MediaType> {
        match infer::get(&self.head)?.mime_type() {
            "application/pdf" => Some(MediaType::Pdf),
            "image/jpeg" => Some(MediaType::Jpeg),
            "image/png" => Some(MediaType::Png),
            _ if self.head.starts_with(b"PK\x03\x04") => {
                let names = entries(self.tail.make_contiguous());
                let holds = |wanted: &str| names.contains(&wanted.as_bytes());
                if holds("OFD.xml") {
                    Some(MediaType::Ofd)
                } else if holds("[Content_Types].xml") && holds("word/document.xml") {
                    Some(MediaType::Docx)
                } else if names.is_empty() {
                    // No list of entries: a zip that was cut off, or none.
                    None
                } else {
                    Some(MediaType::Zip)
                }
            }
            _ => None,
        }
    }
}

/// The names in the list of entries at a zip's end.
fn entries(tail: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = tail.get(at..).and_then(|rest| rest.windows(4).position(|four| four == ENTRY)) {
        at += found;
        let length = tail.get(at + NAME_LENGTH..at + NAME_LENGTH + 2).and_then(|two| two.try_into().ok());
        let length = usize::from(length.map_or(0, u16::from_le_bytes));
        names.extend(tail.get(at + NAME..at + NAME + length));
        at += 4;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip with these entries, all empty.
    fn zip(names: &[&str]) -> Vec<u8> {
        let mut zip = Vec::new();
        for name in names {
            zip.extend(b"PK\x03\x04");
            zip.extend([0; 22]);
            zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            zip.extend([0; 2]);
            zip.extend(name.as_bytes());
        }
        for name in names {
            zip.extend(ENTRY);
            zip.extend([0; 24]);
            zip.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            zip.extend([0; 16]);
            zip.extend(name.as_bytes());
        }
        zip.extend(b"PK\x05\x06");
        zip.extend([0; 18]);
        zip
    }

    fn media(bytes: &[u8], step: usize) -> Option<MediaType> {
        let mut sniffer = Sniffer::default();
        bytes.chunks(step).for_each(|part| sniffer.see(part));
        sniffer.media()
    }

    #[test]
    fn a_file_is_known_by_its_bytes_however_they_come() {
        for step in [1, 7, 100_000] {
            assert_eq!(media(b"%PDF-1.7\n", step), Some(MediaType::Pdf));
            assert_eq!(media(b"\xff\xd8\xff\xe0....", step), Some(MediaType::Jpeg));
            assert_eq!(media(b"\x89PNG\r\n\x1a\n....", step), Some(MediaType::Png));
            assert_eq!(media(&zip(&["OFD.xml", "Doc_0/Document.xml"]), step), Some(MediaType::Ofd));
            assert_eq!(media(&zip(&["[Content_Types].xml", "word/document.xml"]), step), Some(MediaType::Docx));
            assert_eq!(media(&zip(&["a.txt"]), step), Some(MediaType::Zip));
            assert_eq!(media(b"MZ\x90\x00 a program", step), None);
            assert_eq!(media(b"<html>", step), None);
            assert_eq!(media(b"", step), None);
        }
        let cut = zip(&["OFD.xml"]);
        assert_eq!(media(&cut[..40], 8), None, "a zip that was cut off");
    }
}
