//! Files in a directory and in an S3-compatible store, with and without a scanner: what is read is what was written, and
//! what broke off or was refused left nothing.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use std::path::Path;
use std::time::Duration;

use futures::TryStreamExt as _;
use lotus_domain::chain::Hash;
use lotus_domain::district::Division;
use lotus_domain::material::{Accepts, FileKey, FileSuite, MaterialId, MediaType, Unacceptable, Verdict};
use lotus_objects::{ObjectError, Objects, ObjectsConfig, Place, S3Config, ScannerAddress, Taken};
use lotus_test_services::{clamav, s3};

fn place(id: u128) -> Place {
    Place { division: Division::parse("411081").unwrap(), id: MaterialId::new(id) }
}

fn key(suite: FileSuite) -> FileKey {
    FileKey { suite, secret: [3; 32] }
}

/// A file of so many bytes that is a PDF by its first ones.
fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((bytes.len()..size).map(|at| u8::try_from(at * 31 % 251).unwrap()));
    bytes
}

async fn give(objects: &Objects, place: &Place, key: &FileKey, bytes: &[u8]) -> Result<Taken, ObjectError> {
    let accepts = Accepts { types: vec![MediaType::Pdf], most_bytes: 20 << 20 };
    let mut intake = objects.take(place, key, accepts.bound()).await?;
    for part in bytes.chunks(50_000) {
        intake.write(part).await?;
    }
    intake.finish(&accepts, Some(MediaType::Pdf)).await
}

async fn read(objects: &Objects, place: &Place, key: &FileKey, size: u64) -> Result<Vec<u8>, ObjectError> {
    let parts: Vec<_> = objects.read(place, key, size).await?.try_collect().await?;
    Ok(parts.concat())
}

fn directory() -> (tempfile::TempDir, Objects) {
    let directory = tempfile::tempdir().unwrap();
    let objects = Objects::open(&ObjectsConfig::directory(directory.path())).unwrap();
    (directory, objects)
}

/// Every file below a directory.
fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_is_what_was_written_at_every_size_and_sealed_on_the_disk() {
    let (directory, objects) = directory();
    let chunk = 64 << 10;
    for (at, size) in [9, chunk - 1, chunk, chunk + 1, 3 * chunk, 11 << 20].into_iter().enumerate() {
        for suite in [FileSuite::AesGcm, FileSuite::Sm4Gcm] {
            let (place, key, bytes) = (place(at as u128), key(suite), pdf(size));
            let taken = give(&objects, &place, &key, &bytes).await.unwrap();
            assert_eq!((taken.size, taken.media, taken.verdict), (size as u64, MediaType::Pdf, Verdict::NotScanned));
            assert_eq!(taken.sha256, Hash::of(&bytes));
            assert!(read(&objects, &place, &key, taken.size).await.unwrap() == bytes, "{size}");
            let kept = std::fs::read(directory.path().join("411081").join(place.id.as_str())).unwrap();
            assert!(!kept.windows(8).any(|part| part == b"%PDF-1.7"), "sealed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_altered_cut_off_or_lengthened_is_not_shown() {
    let (directory, objects) = directory();
    let (place, key) = (place(1), key(FileSuite::AesGcm));
    let bytes = pdf(200_000);
    give(&objects, &place, &key, &bytes).await.unwrap();
    let path = directory.path().join("411081").join(place.id.as_str());
    let whole = std::fs::read(&path).unwrap();
    let mut altered = whole.clone();
    altered[100_000] ^= 1;
    let sealed_chunk = (64 << 10) + 16;
    let cut = whole[..2 * sealed_chunk].to_vec();
    let doubled = [&whole[..sealed_chunk], &whole[..]].concat();
    for broken in [altered, cut, doubled, Vec::new()] {
        std::fs::write(&path, broken).unwrap();
        let error = read(&objects, &place, &key, 200_000).await.unwrap_err();
        assert!(matches!(error, ObjectError::Altered), "{error}");
    }
    std::fs::write(&path, whole).unwrap();
    let other = FileKey { secret: [4; 32], ..key };
    assert!(matches!(read(&objects, &place, &other, 200_000).await, Err(ObjectError::Altered)));
    objects.remove(&place).await.unwrap();
    assert!(matches!(read(&objects, &place, &other, 200_000).await, Err(ObjectError::NotFound)));
    objects.remove(&place).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_broke_off_or_was_refused_leaves_nothing() {
    let (directory, objects) = directory();
    let key = key(FileSuite::AesGcm);
    let mut intake = objects.take(&place(1), &key, 20 << 20).await.unwrap();
    intake.write(&pdf(8 << 20)).await.unwrap();
    drop(intake);
    let too_large = {
        let mut intake = objects.take(&place(2), &key, 1000).await.unwrap();
        intake.write(&pdf(1001)).await.unwrap_err()
    };
    assert!(matches!(too_large, ObjectError::Unacceptable(Unacceptable::TooLarge { most_bytes: 1000 })));
    let program = [b"MZ\x90\0".to_vec(), vec![7; 8 << 20]].concat();
    let refused = give(&objects, &place(3), &key, &program).await.unwrap_err();
    assert!(matches!(refused, ObjectError::Unacceptable(Unacceptable::Unknown { .. })), "{refused}");
    let empty = give(&objects, &place(4), &key, b"").await.unwrap_err();
    assert!(matches!(empty, ObjectError::Unacceptable(Unacceptable::Empty)));
    for _ in 0..100 {
        if files(directory.path()).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(files(directory.path()), Vec::<std::path::PathBuf>::new());
    // What a process left that was killed in the middle is swept.
    std::fs::write(directory.path().join("411081").join(format!("{}#1", place(5).id)), b"half").unwrap();
    assert_eq!(objects.sweep_unfinished(Duration::from_hours(1)).unwrap(), 0, "it may still be coming");
    assert_eq!(objects.sweep_unfinished(Duration::ZERO).unwrap(), 1);
    assert_eq!(objects.list(&place(1).division).await.unwrap(), Vec::new());
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_python), ignore = "Python is not installed: apt-get install python3-venv")]
async fn an_s3_compatible_store_keeps_the_same_and_no_half_of_anything() {
    let server = s3::Server::start();
    let config = S3Config {
        endpoint: server.endpoint().to_owned(),
        bucket: s3::BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        access_key: s3::ACCESS_KEY.to_owned(),
        secret_key: s3::SECRET_KEY.to_owned(),
    };
    let config = ObjectsConfig { s3: Some(config), ..ObjectsConfig::directory("unused") };
    let (objects, key) = (Objects::open(&config).unwrap(), key(FileSuite::AesGcm));
    for (id, size) in [(1, 2_000), (2, 12 << 20)] {
        let bytes = pdf(size);
        let taken = give(&objects, &place(id), &key, &bytes).await.unwrap();
        assert!(read(&objects, &place(id), &key, taken.size).await.unwrap() == bytes);
    }
    assert_eq!((server.objects(), server.unfinished()), (2, 0));
    assert!(!server.everything().contains("255044462d312e37"), "sealed: no “%PDF-1.7” in it");
    let mut intake = objects.take(&place(3), &key, 20 << 20).await.unwrap();
    intake.write(&pdf(8 << 20)).await.unwrap();
    assert_eq!(server.unfinished(), 1, "its first part is there");
    drop(intake);
    for _ in 0..100 {
        if server.unfinished() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((server.objects(), server.unfinished()), (2, 0));
    assert_eq!(objects.list(&place(1).division).await.unwrap().len(), 2);
    objects.remove(&place(2)).await.unwrap();
    assert_eq!(server.objects(), 1);
    assert!(matches!(read(&objects, &place(2), &key, 1).await, Err(ObjectError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(has_clamav), ignore = "ClamAV is not installed: apt-get install clamav-daemon")]
async fn a_scanner_is_asked_about_every_byte_and_one_that_is_away_lets_nothing_in() {
    let scanner = clamav::Scanner::start();
    let directory = tempfile::tempdir().unwrap();
    let with = |address| ObjectsConfig { scanner: Some(address), ..ObjectsConfig::directory(directory.path()) };
    let key = key(FileSuite::AesGcm);
    let infected = [pdf(300_000), clamav::infected().into_bytes(), pdf(10)].concat();
    for address in [ScannerAddress::Tcp(scanner.address()), ScannerAddress::Unix(scanner.socket().to_owned())] {
        let objects = Objects::open(&with(address)).unwrap();
        let taken = give(&objects, &place(1), &key, &pdf(300_000)).await.unwrap();
        assert_eq!(taken.verdict, Verdict::Clean);
        let refused = give(&objects, &place(2), &key, &infected).await.unwrap_err();
        let ObjectError::Unacceptable(Unacceptable::Infected(name)) = refused else { panic!("{refused}") };
        assert!(name.contains("EICAR"), "{name}");
    }
    assert_eq!(files(directory.path()).len(), 1);
    scanner.stop();
    let objects = Objects::open(&with(ScannerAddress::Tcp(scanner.address()))).unwrap();
    let away = give(&objects, &place(3), &key, &pdf(10)).await.unwrap_err();
    assert!(matches!(away, ObjectError::Unavailable(_)), "{away}");
    assert_eq!(files(directory.path()).len(), 1);
}
