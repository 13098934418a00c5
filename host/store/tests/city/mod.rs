//! A store of each kind in a place of its own, and things to keep in it.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "only tests use it, and they can't go on")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use lotus_domain::activation::{Activation, Grant};
use lotus_domain::calendar::Calendar;
use lotus_domain::case::{Actor, Application, Case, CaseNumber, Event, FollowSecret, Happening, Subject};
use lotus_domain::catalog::{DistrictItem, Item};
use lotus_domain::clock::{Clocks, Office};
use lotus_domain::district::{District, Division};
use lotus_domain::form::{FieldValue, Value};
use lotus_domain::kind::{Definition, NumberCode, Role};
use lotus_domain::law::{Fen, LegalBasis, Period};
use lotus_domain::package::Package;
use lotus_domain::record::{CallRecord, Ending};
use lotus_domain::supervision::Rules;
use lotus_domain::text::Text;
use lotus_store::{Keyring, NewCase, Store, StoreConfig};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

/// Writes each test once for each database.
macro_rules! on_both {
    ($(async fn $name:ident($kept:ident: Kept) $body:block)*) => {
        mod sqlite {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread")] async fn $name() { let $kept = Kept::sqlite().await; $body })*
        }
        mod postgres {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                #[cfg_attr(not(has_postgres), ignore = "PostgreSQL is not installed: apt-get install postgresql")]
                async fn $name() { let $kept = Kept::postgres().await; $body }
            )*
        }
    };
}

/// A store and where it is kept.
pub(crate) struct Kept {
    pub(crate) store: Store,
    pub(crate) config: StoreConfig,
    _directory: Option<tempfile::TempDir>,
}

impl Kept {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = StoreConfig::sqlite(directory.path().join("lotus.db"));
        Self { store: Store::open(&config, keyring()).await.unwrap(), config, _directory: Some(directory) }
    }

    pub(crate) async fn postgres() -> Self {
        let config = StoreConfig::Postgres { url: lotus_test_services::postgres::server().database(), connections: 4 };
        Self { store: Store::open(&config, keyring()).await.unwrap(), config, _directory: None }
    }

    /// The same data, opened anew.
    pub(crate) async fn reopened(&self) -> Store {
        self.store.close().await;
        Store::open(&self.config, keyring()).await.unwrap()
    }

    /// Does behind the store's back what nobody should.
    pub(crate) async fn tamper(&self, sql: &str) {
        match &self.config {
            StoreConfig::Sqlite { file, .. } => {
                let url = format!("sqlite:{}", file.display());
                let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
                db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            }
            StoreConfig::Postgres { url, .. } => {
                let mut db = sqlx::PgConnection::connect(url).await.unwrap();
                db.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            }
        }
    }

    /// Every byte that the database keeps of what was written.
    pub(crate) async fn dump(&self) -> Vec<u8> {
        self.dump_of(&["case_file", "case_event", "call_record", "plugin_entry", "case_kind"]).await
    }

    /// The same of some tables; SQLite's file has them all.
    pub(crate) async fn dump_of(&self, tables: &[&str]) -> Vec<u8> {
        match &self.config {
            StoreConfig::Sqlite { file, .. } => {
                let mut all = std::fs::read(file).unwrap();
                all.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
                all
            }
            StoreConfig::Postgres { url, .. } => {
                let mut db = sqlx::PgConnection::connect(url).await.unwrap();
                let mut all = Vec::new();
                for table in tables {
                    // A row as text shows bytes as hexadecimal; both forms are looked through.
                    let sql = format!("SELECT convert_to(t::text, 'UTF8') FROM {table} AS t");
                    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut db).await.unwrap();
                    for row in rows {
                        let text: Vec<u8> = row.get(0);
                        let shown = String::from_utf8_lossy(&text).into_owned();
                        for part in shown.split("\\x").skip(1) {
                            let hex: String = part.chars().take_while(char::is_ascii_hexdigit).collect();
                            all.extend(
                                (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()),
                            );
                        }
                        all.extend(text);
                    }
                }
                all
            }
        }
    }

    /// Each table's columns, by name.
    pub(crate) async fn columns(&self) -> BTreeMap<String, Vec<String>> {
        let rows: Vec<(String, String)> = match &self.config {
            StoreConfig::Sqlite { file, .. } => {
                let url = format!("sqlite:{}", file.display());
                let mut db = sqlx::SqliteConnection::connect(&url).await.unwrap();
                let sql = "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
                           WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
            StoreConfig::Postgres { url, .. } => {
                let mut db = sqlx::PgConnection::connect(url).await.unwrap();
                let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns
                           WHERE table_schema = 'public'";
                let rows = sqlx::query(sql).fetch_all(&mut db).await.unwrap();
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (table, column) in rows {
            tables.entry(table).or_default().push(column);
        }
        tables.retain(|table, _| !table.starts_with("_sqlx"));
        for columns in tables.values_mut() {
            columns.sort();
        }
        tables
    }
}

/// The keyring that all tests open their stores with.
pub(crate) fn keyring() -> Keyring {
    Keyring::parse(KEYRING).unwrap()
}

pub(crate) const KEYRING: &str =
    "[[key]]\nid = \"test\"\nsecret = \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\"\n";

pub(crate) fn division(code: &str) -> Division {
    Division::parse(code).unwrap()
}

pub(crate) fn district(code: &str) -> District {
    let source = format!(
        "division = \"{code}\"\nname = \"禹州市\"\nmotto = \"钧都\"\n[theme]\nprimary = \"#9a3412\"\naccent = \"#ffedd5\"\n\
         [hall]\naddress = \"市民之家\"\nhours = \"9:00—17:00\"\ntelephone = \"0374-1\"\nsupervision = \"0374-2\"\n"
    );
    toml::from_str(&source).unwrap()
}

fn at(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(1_772_000_000_000 + millisecond).unwrap()
}

pub(crate) fn item(code: &str, version: u32) -> DistrictItem {
    let source = r#"
        code = "XC01"
        basic_code = "XC01"
        name = "食品经营许可"
        summary = "开饭店前办理。"
        item_type = "01"
        basis = [{ title = "《中华人民共和国食品安全法》", article = "第三十五条" }]
        level = "4"
        body = "1"
        department = "市场监督管理局"
        served = ["enterprise"]
        handling = "promised"
        statutory = { amount = 20, unit = "working-day" }
        promised = { amount = 5, unit = "working-day" }
        conditions = ["已取得营业执照。"]
        process = [{ name = "受理", by = "综合窗口" }]
        result = { name = "食品经营许可证" }
        channels = ["online"]
        visits = 0
    "#;
    let item: Item = toml::from_str(source).unwrap();
    DistrictItem { division: division("411081"), item: Item { code: code.to_owned(), version, ..item } }
}

pub(crate) fn case(random: u64) -> (Case, Event) {
    let number = CaseNumber::new(&division("411081"), jiff::civil::date(2026, 3, 1), NumberCode::SERVICE, random);
    let definition = Definition::plain(Period::working_days(5), None);
    let happening = Happening {
        at: at(0),
        actor: Actor { role: Role::Applicant, account: None },
        action: "submit".to_owned(),
        from: None,
        to: "submitted".to_owned(),
        reason: None,
        basis: Some(LegalBasis {
            title: "《许昌市政务服务条例》".to_owned(), article: Some("第二十九条".to_owned())
        }),
        remark: Some(Text::new("已收到", "Received")),
    };
    let first = Event::seal(&number, None, happening);
    let case = Case {
        division: division("411081"),
        number,
        title: Text::new("钧瓷工作室奖补", "Studio award"),
        message: Some(Text::zh("我们将在 5 个工作日内答复。")),
        subject: Subject::Service {
            service: "studio-award".to_owned(),
            title: Text::zh("大师工作室奖补"),
            department: Text::zh("文化广电和旅游局"),
            package: "00".repeat(32),
        },
        definition,
        application: Application {
            values: vec![FieldValue { name: "sales".to_owned(), value: Value::Money(Fen(200_000_000)) }],
            labels: vec![("sales".to_owned(), Text::zh("上年度销售额"))],
            options: Vec::new(),
        },
        state: "submitted".to_owned(),
        revision: 1,
        submitted: at(0),
        clocks: clocks(Period::working_days(5)),
        priority: 0,
        parent: None,
        assigned: None,
        secret: FollowSecret::new(random).hash(),
        account: None,
    };
    (case, first)
}

/// The clocks of a case that begins now and has so much time.
pub(crate) fn clocks(promised: Period) -> Clocks {
    let calendar = Calendar::new(2025, 2028, &[]).unwrap();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let office = Office { calendar: &calendar, zone: &zone, rules: &Rules::default() };
    Clocks::begin(office, &Definition::plain(promised, None), at(0)).unwrap()
}

/// What may follow on a new case.
pub(crate) fn event_after(new: &NewCase, action: &str, to: &str) -> Event {
    let happening = Happening {
        at: at(1000),
        actor: Actor { role: Role::Handler, account: Some("clerk".to_owned()) },
        action: action.to_owned(),
        from: Some("submitted".to_owned()),
        to: to.to_owned(),
        reason: Some(Text::zh("材料齐全\0")),
        basis: None,
        remark: None,
    };
    Event::seal(&new.case.number, Some(&new.first), happening)
}

pub(crate) fn record(function: &str, ending: &str, case: Option<&CaseNumber>) -> CallRecord {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    let ending = Ending::parse(ending).unwrap();
    CallRecord {
        division: division("411081"),
        id: NEXT.fetch_add(1, Ordering::Relaxed),
        plugin: "cn.example.porcelain".to_owned(),
        package: package().digest,
        function: function.to_owned(),
        at: at(5),
        ending,
        message: (ending != Ending::Answer).then(|| "it trapped: \0".to_owned()),
        took: Duration::from_micros(17),
        case: case.map(ToString::to_string),
        transcript: b"{}".to_vec(),
    }
}

pub(crate) fn package() -> Package {
    let manifest = r#"
        id = "cn.example.porcelain"
        version = "1.0.0"
        contract = "1.0"
        title = "钧瓷"
        publisher = "禹州市"
        points = ["zones"]
    "#;
    Package::read(manifest, b"\0asm".to_vec(), at(0)).unwrap()
}

pub(crate) fn activation(district: &str, package: &Package) -> Activation {
    Activation {
        division: division(district),
        plugin: package.manifest.id.clone(),
        package: package.digest,
        grant: Grant::requested(&package.manifest),
        settings: BTreeMap::from([("award-amount".to_owned(), Value::Money(Fen(1)))]),
        since: at(0),
    }
}
