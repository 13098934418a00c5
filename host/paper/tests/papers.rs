//! Every paper, set and read back with poppler as whoever receives it would read it.

#![allow(clippy::unwrap_used, reason = "tests may fail loudly; clippy sees only the functions marked as tests")]

use std::sync::LazyLock;

use jiff::civil::date;
use lotus_domain::case::CaseNumber;
use lotus_domain::district::Division;
use lotus_domain::kind::NumberCode;
use lotus_domain::law::{Fen, LegalBasis};
use lotus_paper::{Ending, Fault, Help, Line, Office, Paper, PaperError, Press, Proof, Receipt, Says};
use lotus_test_services::pdf;

/// One press for all tests: the font is read once.
static PRESS: LazyLock<Press> = LazyLock::new(Press::default);

fn basis(title: &str, article: &str) -> LegalBasis {
    LegalBasis { title: title.to_owned(), article: Some(article.to_owned()) }
}

fn case() -> CaseNumber {
    CaseNumber::new(&Division::parse("411081").unwrap(), date(2026, 3, 2), NumberCode::APPLICATION, 9)
}

fn paper(number: &str, says: Says) -> Paper {
    Paper {
        number: number.to_owned(),
        office: Office {
            name: "禹州市市场监督管理局".to_owned(),
            address: "禹州市禹王大道政务服务中心二楼".to_owned(),
            telephone: "0374-0000001".to_owned(),
            supervision: "0374-0000002".to_owned(),
        },
        to: "禹州市神垕镇钧台瓷坊".to_owned(),
        day: date(2026, 3, 5),
        case: Some(case()),
        matter: "食品经营许可".to_owned(),
        says,
        proof: None,
    }
}

fn receipt() -> Paper {
    let proof = Proof {
        address: "https://zwfw.example.cn/receipts/411081202600000017?code=7GQX-4M2K".to_owned(),
        code: "7GQX-4M2K".to_owned(),
    };
    let line = |name: &str, unit, count: u32| Line {
        name: name.to_owned(),
        basis: basis("《中华人民共和国居民身份证法》", "第二十一条"),
        unit: Fen(unit),
        count,
        amount: Fen(unit * i64::from(count)),
    };
    let paid = Receipt {
        lines: vec![line("居民身份证换领工本费", 2_000, 1), line("不动产登记费（住宅类）", 8_000, 3)],
        means: "电子支付".to_owned(),
        by: "禹州市政务服务中心".to_owned(),
        at: "2026年3月5日 09:41".to_owned(),
    };
    Paper { proof: Some(proof), ..paper("411081202600000017", Says::Receipt(paid)) }
}

/// Each paper, and words that must stand in it.
fn papers() -> Vec<(Paper, Vec<&'static str>)> {
    let helper = || "陈桂兰（帮办代办员，工号 0117）".to_owned();
    let scope = || vec!["指导填写申请表".to_owned(), "到窗口递交材料".to_owned()];
    let law = || basis("《中华人民共和国食品安全法》", "第三十五条");
    let faults = vec![
        Fault {
            what: "经营场所平面图".to_owned(), how: "补一张标明灶台、水池和出口的平面图，手绘拍照也可".to_owned()
        },
        Fault { what: "健康证明".to_owned(), how: "补从业人员有效的健康证明".to_owned() },
    ];
    let all = [
        (
            Says::Accepted {
                materials: vec!["食品经营许可申请书".to_owned(), "主要设备设施、经营布局和操作流程图".to_owned()],
                promise: "5个工作日".to_owned(),
                due: Some(date(2026, 3, 12)),
            },
            vec!["受理通知书", "5个工作日", "2026年3月12日", "食品经营许可申请书"],
        ),
        (
            Says::NotAccepted {
                reason: "该事项依法不需要取得行政许可。".to_owned(),
                basis: basis("《中华人民共和国行政许可法》", "第三十二条"),
                turn_to: Some("禹州市卫生健康委员会".to_owned()),
            },
            vec!["不予受理通知书", "不需要取得行政许可", "禹州市卫生健康委员会", "行政复议"],
        ),
        (
            Says::Correction { faults, until: Some(date(2026, 3, 19)) },
            vec!["一次性补正告知书", "经营场所平面图", "健康证明", "2026年3月19日", "即为受理"],
        ),
        (
            Says::SpecialProcedure {
                procedure: "现场核查".to_owned(),
                reason: "首次申请，须核实经营场所。".to_owned(),
                takes: "3个工作日".to_owned(),
                basis: law(),
            },
            vec!["特别程序告知书", "现场核查", "3个工作日", "第四十五条"],
        ),
        (
            Says::Extended {
                reason: "须与消防部门会同核实。".to_owned(),
                by: "10个工作日".to_owned(),
                due: Some(date(2026, 4, 16)),
                basis: basis("《中华人民共和国行政许可法》", "第四十二条"),
            },
            vec!["延长办理期限告知书", "消防部门", "10个工作日", "2026年4月16日", "第四十二条"],
        ),
        (
            Says::Granted {
                result: "食品经营许可证".to_owned(), validity: Some("5年".to_owned()), basis: vec![law()]
            },
            vec!["准予行政许可决定书", "食品经营许可证", "5年", "第三十五条"],
        ),
        (
            Says::Refused {
                reason: "经营场所与公共厕所相距不足规定的距离。".to_owned(),
                basis: vec![law()],
                reconsideration: "禹州市人民政府".to_owned(),
                court: "禹州市人民法院".to_owned(),
            },
            vec!["不予行政许可决定书", "公共厕所", "禹州市人民政府", "禹州市人民法院", "六十日"],
        ),
        (
            Says::Assistance(Help::Accepted { helper: helper(), scope: scope() }),
            vec!["帮办代办受理单", "陈桂兰", "到窗口递交材料", "不收取任何费用"],
        ),
        (
            Says::Assistance(Help::Mandate { helper: helper(), scope: scope(), until: date(2026, 4, 5) }),
            vec!["帮办代办委托书", "委托人", "2026年4月5日", "由申请人本人提交"],
        ),
        (
            Says::Assistance(Help::Suspended {
                reason: "申请人外出。".to_owned(),
                resumes: "申请人返回后告知帮办代办员。".to_owned(),
            }),
            vec!["帮办代办中止告知书", "申请人外出", "不需要重新申请"],
        ),
        (
            Says::Assistance(Help::Renewed { helper: helper(), scope: scope(), until: date(2026, 5, 5) }),
            vec!["帮办代办续期委托书", "续期", "2026年5月5日"],
        ),
        (
            Says::Assistance(Help::Ended(Ending {
                helper: helper(), outcome: "事项已办结，证件已送达。".to_owned()
            })),
            vec!["帮办代办终结单", "证件已送达"],
        ),
    ];
    let mut papers: Vec<_> = all
        .into_iter()
        .enumerate()
        .map(|(at, (says, words))| (paper(&format!("禹市监〔2026〕第{}号", at + 1), says), words))
        .collect();
    let words = vec![
        "政务服务收费票据",
        "贰佰陆拾元整",
        "260.00",
        "第二十一条",
        "电子支付",
        "7GQX-4M2K",
        "/receipts/411081202600000017?code=7GQX-4M2K",
    ];
    papers.push((receipt(), words));
    papers
}

/// Words as they are compared: pages break lines where they like.
fn run(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn every_paper_says_what_the_law_wants_in_it() {
    for (paper, words) in papers() {
        let bytes = PRESS.print(&paper).unwrap();
        if let Some(folder) = std::env::var_os("LOTUS_PAPERS") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{}.pdf", paper.says.title())), &bytes).unwrap();
        }
        let text = run(&pdf::text(&bytes).unwrap());
        for word in words.iter().copied().chain([
            "禹州市市场监督管理局",
            "禹州市神垕镇钧台瓷坊",
            "2026年3月5日",
            "0374-0000002",
        ]) {
            assert!(text.contains(&run(word)), "{}: “{word}” is missing in:\n{text}", paper.says.title());
        }
        assert!(text.contains(case().as_str()), "{}: no case number", paper.says.title());
        assert!(text.contains(&run(&paper.number)), "{}: no number", paper.says.title());
        assert!(!text.contains("sys.inputs") && !text.contains("#paper"), "{}: source shows", paper.says.title());
    }
}

#[test]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn the_same_paper_is_the_same_bytes_and_another_is_not() {
    let one = PRESS.print(&receipt()).unwrap();
    // Another press, and other papers in between.
    let other = Press::default();
    other.print(&papers().remove(0).0).unwrap();
    assert!(one == other.print(&receipt()).unwrap(), "two presses, two papers");
    assert!(one == PRESS.print(&receipt()).unwrap(), "two prints, two papers");
    let another = Paper { to: "别人".to_owned(), ..receipt() };
    assert!(one != PRESS.print(&another).unwrap());
    assert!(one.len() < 150_000, "{} bytes: the font goes in as far as it is used", one.len());
}

#[test]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn a_name_in_which_somebody_wrote_code_is_a_strange_name() {
    let strange = "#read(\"/etc/passwd\") #{1/0} $x$ *粗* _斜_ \\ ] } “引号” <标签> @某人 = 标题 // 注释";
    let hostile = Paper { to: strange.to_owned(), ..papers().remove(0).0 };
    let text = run(&pdf::text(&PRESS.print(&hostile).unwrap()).unwrap());
    assert!(text.contains(&run(strange)), "{text}");
}

#[test]
#[cfg_attr(not(has_poppler), ignore = "poppler is not installed: apt-get install poppler-utils")]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn a_long_list_of_faults_runs_on_over_pages() {
    let fault = |at: usize| Fault { what: format!("第{at}项材料"), how: "按样表补齐。".repeat(6) };
    let long = paper("长号", Says::Correction { faults: (1..=60).map(fault).collect(), until: None });
    let text = run(&pdf::text(&PRESS.print(&long).unwrap()).unwrap());
    assert!(text.contains("第1项材料") && text.contains("第60项材料"));
    assert!(text.contains("第2页"), "{text}");
}

#[test]
fn a_machine_without_a_chinese_font_says_which_package_brings_one() {
    let empty = tempfile::tempdir().unwrap();
    let error = Press::new(Some(empty.path().to_path_buf())).print(&receipt()).unwrap_err();
    assert!(matches!(error, PaperError::NoFont { .. }));
    assert!(error.to_string().contains("fonts-noto-cjk"), "{error}");
}

#[test]
#[cfg_attr(not(has_chinese_font), ignore = "no Chinese font is installed: apt-get install fonts-noto-cjk")]
fn an_address_too_long_for_a_code_is_refused_and_not_cut() {
    let proof = Proof { address: "https://zwfw.example.cn/".repeat(200), code: "X".to_owned() };
    let error = PRESS.print(&Paper { proof: Some(proof), ..receipt() }).unwrap_err();
    assert!(matches!(error, PaperError::Code), "{error}");
}
