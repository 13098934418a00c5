//! Article 30: policies are published with conditions, procedure, time and money; whoever is signed in sees what they get,
//! what is missing by how much and what isn't known, with the reasons; departments write them, count who would match, and
//! everybody is matched in the background; a district's plugin adds its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_articles::until;
use lotus_domain::Slug;
use lotus_domain::district::Division;
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const CRAFTS: &str = "91411081DEMA00001Q";
const MACHINES: &str = "91411082DEMA00002A";
const DESK: &str = "/staff/d/411081/policies";

/// Somebody who acts for an enterprise.
async fn agent(city: &City, credit_code: &str) -> Browser {
    let browser = city.sign_in("agent").await;
    browser.post_and_follow("/me/act-for", &[("credit_code", credit_code)]).await;
    browser
}

/// The card of a policy on a page of one's own policies.
fn card(page: &Answer, title: &str) -> Option<String> {
    page.texts("article.card").into_iter().find(|text| text.contains(title))
}

/// What a page's form would send, with some of it typed anew.
async fn written(browser: &Browser, page: &str, typed: &[(&str, &str)]) -> Answer {
    let form = browser.get(page).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    let mut sent: Vec<(String, String)> = Vec::new();
    for name in form.attributes("form[data-count] input[type=hidden]", "name") {
        let value = form.attributes(&format!("form[data-count] input[name={name}]"), "value").remove(0);
        sent.push((name, value));
    }
    for name in form.attributes("form[data-count] input[type=text], form[data-count] input[type=date]", "name") {
        let value = form.attributes(&format!("form[data-count] input[name={name}]"), "value").remove(0);
        sent.push((name, value));
    }
    for name in form.attributes("form[data-count] textarea", "name") {
        sent.push((name.clone(), form.texts(&format!("textarea[name={name}]")).remove(0)));
    }
    for name in ["benefit", "way"] {
        let chosen = form.attributes(&format!("select[name={name}] option[selected]"), "value");
        sent.push((name.to_owned(), chosen.first().cloned().unwrap_or_default()));
    }
    for value in form.attributes("input[name=whom][checked]", "value") {
        sent.push(("whom".to_owned(), value));
    }
    sent.retain(|(name, _)| !typed.iter().any(|(typed, _)| typed == name));
    let mut fields: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(typed);
    browser.post("/staff/d/411081/policies/edit", &fields).await
}

const NEW: &[(&str, &str)] = &[
    ("id", "kiln-jobs"),
    ("title", "陶瓷企业稳岗奖励"),
    ("summary", "陶瓷企业参保职工20人以上的，每人奖励100元。"),
    ("whom", "enterprise"),
    ("benefit", "reward"),
    ("way", "direct"),
    ("condition", "industry(\"C307\") and enterprise.employees >= 20 people"),
    ("amount", "enterprise.employees * 100 yuan"),
    ("since", "2026-01-01"),
    ("days", "10"),
    ("procedure", "数据比对\n拨付"),
    ("basis", "《禹州市稳岗办法（演示）》"),
    ("department", "禹州市人力资源和社会保障局"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_district_publishes_its_policies_with_conditions_procedure_time_and_money() {
    let city = City::sqlite().await;
    let browser = city.browser();
    let mut all = 0;
    for district in city.platform.districts() {
        let division = district.division.as_str();
        let list = browser.get(&format!("/d/{division}/policies")).await;
        assert_eq!(list.status, StatusCode::OK);
        let own = city.platform.policies_of(&district.division);
        all += own.len();
        for edition in own {
            let policy = &edition.policy;
            let path = format!("/d/{division}/policies/{}", policy.id);
            assert!(list.attributes("a", "href").contains(&path), "{path}");
        }
        assert!(
            browser
                .get(&format!("/d/{division}"))
                .await
                .attributes("a", "href")
                .contains(&format!("/d/{division}/policies"))
        );
    }
    assert_eq!(all, 120);
    let guide = browser.get("/d/411081/policies/master-studio").await;
    let conditions = guide.texts("#conditions ol li");
    assert_eq!(
        conditions,
        [
            "登记地在禹州市",
            "企业资质与称号有省级工艺美术大师工作室",
            "上年度销售收入不低于200万元",
            "未列入严重失信名单"
        ]
    );
    for said in ["5万元", "10 个工作日", "免申即享", "公示", "演示〔2026〕1号", "禹州市文化广电和旅游局"]
    {
        assert!(guide.body.contains(said), "{said}");
    }
    let english = city.browser().get("/d/411081/policies/master-studio?lang=en").await;
    assert!(english.body.contains("Sales of last year: at least 2,000,000 yuan"), "{}", english.body);
    let city_wide = browser.get("/d/411081/policies/stable-jobs").await;
    assert!(city_wide.body.contains("全市政策") && city_wide.body.contains("5.5%"), "{}", city_wide.body);
    let found = browser.get("/d/411081/policies?q=窑炉&for=enterprise").await;
    assert!(found.texts(".row h2").iter().any(|title| title.contains("窑炉")), "{:?}", found.texts(".row h2"));
    assert_eq!(browser.get("/d/411081/policies/none").await.status, StatusCode::NOT_FOUND);
    let listed = browser.get("/api/v1/districts/411081/policies").await.json();
    assert_eq!(listed["policies"].as_array().unwrap().len(), 32, "eleven of its own and the city's twenty-one");
    let one = browser.get("/api/v1/districts/411081/policies/gap-base").await.json();
    assert_eq!(one["amount_in_words"]["zh"], "中药材种植基地面积×200元");
    assert_eq!(one["at_most"], 100_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_sees_what_it_gets_what_is_missing_by_how_much_and_what_is_not_known() {
    let city = City::sqlite().await;
    let nobody = city.browser().get("/d/411081/my-policies").await;
    assert_ne!(nobody.status, StatusCode::OK, "one's own facts are one's own");
    let browser = agent(&city, CRAFTS).await;
    let page = browser.get("/d/411081/my-policies").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let met = card(&page, "大师工作室奖励").unwrap();
    assert!(met.contains("50,000 元") && met.contains("税务申报，截至2026-03-31"), "{met}");
    // Its kiln saves 36 tonnes; 50 are needed.
    let near = card(&page, "窑炉节能改造补助").unwrap();
    assert!(near.contains("还差14吨"), "{near}");
    let online = card(&page, "钧瓷网络销售奖励").unwrap();
    assert!(online.contains("为86万元") && online.contains("还差14万元"), "{online}");
    // Nobody knows what interest it pays: it is asked, by name, and says it.
    assert!(card(&page, "陶瓷企业贷款贴息").unwrap().contains("尚不知道"), "{}", page.body);
    assert!(page.attributes("input[name=fact]", "value").contains(&"enterprise.loan-interest".to_owned()));
    let facts = "/d/411081/my-policies/facts";
    let wrong = browser.post(facts, &[("fact", "enterprise.loan-interest"), ("value", "许多")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.attributes("input", "value").contains(&"许多".to_owned()), "what was typed stays");
    let registers = browser.post(facts, &[("fact", "enterprise.dishonest"), ("value", "no")]).await;
    assert_eq!(registers.status, StatusCode::UNPROCESSABLE_ENTITY, "a register's alone");
    let persons = browser.post(facts, &[("fact", "person.children"), ("value", "3")]).await;
    assert_eq!(persons.status, StatusCode::UNPROCESSABLE_ENTITY, "an enterprise has no children");
    let known = browser.post(facts, &[("fact", "enterprise.sales"), ("value", "9000000")]).await;
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY, "the tax office has said it");
    assert_eq!(browser.post(facts, &[("fact", "enterprise.luck"), ("value", "1")]).await.status, StatusCode::NOT_FOUND);
    for (fact, value) in [("enterprise.loan", "3000000"), ("enterprise.loan-interest", "120000")] {
        let said = browser.post(facts, &[("fact", fact), ("value", value)]).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    }
    let page = browser.get("/d/411081/my-policies").await;
    let loan = card(&page, "陶瓷企业贷款贴息").unwrap();
    assert!(loan.contains("48,000 元") && loan.contains("企业填报"), "{loan}");
    // What it said it takes back.
    let back = [("fact", "enterprise.loan-interest")];
    browser.post_and_follow("/d/411081/my-policies/forget", &back).await;
    let page = browser.get("/d/411081/my-policies").await;
    assert!(card(&page, "陶瓷企业贷款贴息").unwrap().contains("尚不知道"));
    // The same for a program, and nothing of another enterprise.
    let matches = browser.get("/api/v1/districts/411081/policy-matches").await.json();
    let all = matches["matches"].as_array().unwrap();
    let studio = all.iter().find(|found| found["policy"] == "master-studio").unwrap();
    assert_eq!((studio["verdict"].as_str(), studio["amount"].as_i64()), (Some("met"), Some(5_000_000)));
    assert!(all.iter().filter(|found| found["near"] == true).count() >= 2);
    let machines = agent(&city, MACHINES).await;
    let page = machines.get("/d/411082/my-policies").await;
    assert!(card(&page, "设备更新技术改造补助").unwrap().contains("1,024,000 元"), "8 % of 12.8 million");
    assert!(card(&page, "节能降碳补助").unwrap().contains("还差80吨"));
    assert!(card(&page, "稳岗返还").unwrap().contains("超出0.9%"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_sees_policies_for_people_by_what_registers_say() {
    let city = City::sqlite().await;
    let browser = city.sign_in("citizen").await;
    let page = browser.get("/d/411081/my-policies").await;
    let grain = card(&page, "种粮大户补贴").unwrap();
    assert!(grain.contains("3,720 元"), "62 mu at 60 yuan: {grain}");
    assert!(card(&page, "设备更新技术改造补助").is_none(), "nothing for enterprises");
    let english = browser.get("/d/411081/my-policies?lang=en").await;
    assert!(english.body.contains("Large grain growers"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_writes_counts_publishes_and_everybody_is_matched_in_the_background() {
    let city = City::sqlite().await;
    let administrator = city.sign_in("yuzhou-administrator").await;
    assert!(administrator.get("/staff/d/411081").await.attributes("a", "href").contains(&DESK.to_owned()));
    // What can't be meant is refused with its place, and nothing that was typed is lost.
    for (condition, place, says) in [
        ("enterprise.luck > 3", "第1行第1个字符", "没有“enterprise.luck”"),
        ("industry(\"C307\")\n and enterprise.sales / 0 > 1 yuan", "第2行第25个字符", "除数为零"),
        ("enterprise.founded in {\"2024\"}", "第1行第20个字符", "日期不能与集合比较"),
    ] {
        let typed: Vec<_> =
            NEW.iter().map(|(name, value)| (*name, if *name == "condition" { condition } else { *value })).collect();
        let refused = written(&administrator, &format!("{DESK}/new"), &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{condition}");
        let error = refused.texts("#condition-error").remove(0);
        assert!(error.contains(place) && error.contains(says), "{error}");
        assert_eq!(refused.attributes("input[name=title]", "value"), ["陶瓷企业稳岗奖励"]);
    }
    // How many would match, by the button, and for the page's script.
    let mut counting = NEW.to_vec();
    counting.push(("do", "count"));
    let counted = written(&administrator, &format!("{DESK}/new"), &counting).await;
    assert_eq!(counted.texts("[data-counted]"), ["符合1户，信息不足0户，共1户（全部计算）"]);
    let live = administrator.post(&format!("{DESK}/count"), NEW).await.json();
    assert_eq!(
        (live["said"].as_str(), live["is_wrong"].as_bool()),
        (Some("符合1户，信息不足0户，共1户（全部计算）"), Some(false))
    );
    assert!(
        city.platform.policy(&Division::parse("411081").unwrap(), "kiln-jobs").is_none(),
        "counting publishes nothing"
    );
    // Published, everybody is matched, and the enterprise sees it.
    let published = written(&administrator, &format!("{DESK}/new"), NEW).await;
    assert_eq!(published.location().as_deref(), Some("/staff/d/411081/policies/kiln-jobs"), "{}", published.body);
    let own = format!("{DESK}/kiln-jobs");
    let page = until(&administrator, &own, |page| page.body.contains("100%")).await;
    assert!(page.body.contains("现在符合1户"), "{}", page.body);
    let enterprise = agent(&city, CRAFTS).await;
    let mine = enterprise.get("/d/411081/my-policies").await;
    assert!(card(&mine, "陶瓷企业稳岗奖励").unwrap().contains("2,800 元"), "28 people at 100 yuan");
    // The next version asks for more: the old one stays readable, and nobody meets it any more.
    let stricter = "industry(\"C307\") and enterprise.employees >= 30 people";
    let second = written(&administrator, &own, &[("condition", stricter)]).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.body);
    let page = until(&administrator, &own, |page| page.body.contains("第2版 · 100%")).await;
    assert!(page.body.contains("现在符合0户"), "{}", page.body);
    assert_eq!(page.texts("#history ~ article h3"), ["第2版", "第1版"]);
    let mine = enterprise.get("/d/411081/my-policies").await;
    assert!(card(&mine, "陶瓷企业稳岗奖励").unwrap().contains("还差2人"));
    let (division, id) = (Division::parse("411081").unwrap(), Slug::parse("kiln-jobs").unwrap());
    let first = city.platform.policy_get(&division, &id, 1).await.unwrap().unwrap();
    assert!(first.policy.condition.source().contains(">= 20"), "a claim keeps the version that it was made with");
    // Who works on an old page is told that another version is there.
    let mut stale = NEW.to_vec();
    stale.push(("seen", "1"));
    let conflict = administrator.post("/staff/d/411081/policies/edit", &stale).await;
    assert_eq!(conflict.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(conflict.body.contains("第2版"), "{}", conflict.body);
    // Withdrawn with a reason, it is gone from the list and its history stays.
    let unsaid = administrator.post(&format!("{own}/withdraw"), &[("reason", " ")]).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    administrator.post_and_follow(&format!("{own}/withdraw"), &[("reason", "政策到期")]).await;
    assert_eq!(city.browser().get("/d/411081/policies/kiln-jobs").await.status, StatusCode::NOT_FOUND);
    assert!(administrator.get(&own).await.body.contains("政策到期"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_writes_a_districts_policies() {
    let city = City::sqlite().await;
    for (who, status) in [
        ("citizen", StatusCode::NOT_FOUND),
        ("yuzhou-clerk", StatusCode::FORBIDDEN),
        ("changge-administrator", StatusCode::NOT_FOUND),
    ] {
        let browser = city.sign_in(who).await;
        for path in [DESK.to_owned(), format!("{DESK}/new"), format!("{DESK}/master-studio")] {
            assert_eq!(browser.get(&path).await.status, status, "{who} {path}");
        }
        assert_eq!(browser.post(&format!("{DESK}/count"), NEW).await.status, status, "{who}");
        assert_eq!(browser.post(&format!("{DESK}/edit"), NEW).await.status, status, "{who}");
        let withdrawn = browser.post(&format!("{DESK}/master-studio/withdraw"), &[("reason", "不要了")]).await;
        assert_eq!(withdrawn.status, status, "{who}");
    }
    assert!(city.platform.policy(&Division::parse("411081").unwrap(), "master-studio").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_districts_plugin_adds_a_policy_with_its_reasons_and_its_basis() {
    let city = City::sqlite().await;
    let browser = agent(&city, CRAFTS).await;
    let page = browser.get("/d/411081/my-policies").await;
    let added = card(&page, "窑炉改造贷款贴息办法").unwrap();
    assert!(added.contains("尚不知道上年度贷款利息") && added.contains("cn.xuchang.yuzhou.jun-porcelain"), "{added}");
    let said = [("fact", "enterprise.loan-interest"), ("value", "30000")];
    browser.post_and_follow("/d/411081/my-policies/facts", &said).await;
    let page = browser.get("/d/411081/my-policies").await;
    let added = card(&page, "窑炉改造贷款贴息办法").unwrap();
    assert!(added.contains("15,000 元") && added.contains("第三十条"), "half of the interest: {added}");
    // Where the plugin doesn't serve it adds nothing.
    let elsewhere = browser.get("/d/411082/my-policies").await;
    assert!(card(&elsewhere, "窑炉改造贷款贴息办法").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_where_it_was_after_a_restart_and_two_hosts_count_nobody_twice() {
    let city = City::sqlite().await;
    let other = city.replica().await;
    let (division, id) = (Division::parse("411000").unwrap(), Slug::parse("high-tech").unwrap());
    for _ in 0..200 {
        // Both hosts at the same runs, besides their own background work.
        let (one, two) = tokio::join!(city.platform.policy_runs_step(), other.platform.policy_runs_step());
        if !one.unwrap() && !two.unwrap() {
            break;
        }
    }
    let run = city.platform.policy_run(&division, &id).await.unwrap().unwrap();
    assert!(run.is_done());
    assert_eq!((run.tally.seen, run.tally.met), (2, 1), "two enterprises are on file, one of them is high-tech");
    let matched = city.platform.policy_matched(&division, &id, 1, None).await.unwrap();
    assert_eq!(matched.len(), 1);
    assert_eq!((matched[0].place.as_str(), matched[0].version), ("411082", 1));
}
