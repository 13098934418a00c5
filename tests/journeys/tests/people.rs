//! Who is there: every row of the role table through HTTP, allowed and denied, for two districts; sessions, tokens, the
//! audit chain; and that one district's cases are not there for another.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests can't go on")]

use lotus_domain::access::{Deed, Reach, Role};
use lotus_journeys::{Answer, Browser, City};
use reqwest::StatusCode;

const TWO: [(&str, &str); 2] = [("yuzhou", "411081"), ("changge", "411082")];

/// Somebody signed in with a ready account.
async fn signed_in(city: &City, subject: &str) -> Browser {
    let browser = city.browser();
    let answer = browser.post("/sign-in/ready", &[("subject", subject), ("then", "/me")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{subject}: {}", answer.body);
    assert_eq!(answer.location().as_deref(), Some("/me"));
    browser
}

/// A case of a district, submitted by whoever has this browser; its number.
async fn submitted(browser: &Browser, division: &str) -> String {
    let (service, fields): (&str, &[(&str, &str)]) = match division {
        "411081" => (
            "studio-award",
            &[
                ("enterprise", "莲城钧瓷工坊"),
                ("credit-code", "91350100M000100Y43"),
                ("contact", "经办人"),
                ("telephone", "0374-8000000"),
                ("studio", "莲城工作室"),
                ("title-level", "provincial"),
                ("title-date", "2019-05-01"),
                ("sales", "2000000"),
                ("once", "yes"),
            ],
        ),
        _ => ("calm", &[("word", "荷花")]),
    };
    let path = format!("/d/{division}/services/{service}");
    let token = browser.get(&path).await.form().remove("_token").unwrap();
    let mut sent = vec![("_token", token.as_str())];
    sent.extend(fields);
    let opened = browser.post(&path, &sent).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    opened.location().unwrap().trim_start_matches("/cases/").to_owned()
}

/// The ready account that holds a role in a district, or in the city.
fn subject(role: Role, prefix: &str) -> String {
    let name = match role {
        Role::Helper => "helper",
        Role::Clerk => "clerk",
        Role::Handler => "handler",
        Role::DepartmentHead => "head",
        Role::DistrictAdministrator => "administrator",
        Role::PluginDeveloper => "developer",
        Role::Supervisor => "supervisor",
        Role::GrievanceDesk => "desk",
        Role::SupervisionOfficer => return "supervision".to_owned(),
        Role::SupervisoryOrgan => return "organ".to_owned(),
        Role::Evaluator => return "evaluator".to_owned(),
        Role::CityOperator => return "operator".to_owned(),
        Role::SecurityAdministrator => return "security".to_owned(),
        Role::Auditor => return "auditor".to_owned(),
        Role::Citizen | Role::EnterpriseAgent => return "citizen".to_owned(),
    };
    format!("{prefix}-{name}")
}

/// Does a deed in a district as its page offers it; what came back.
async fn tried(browser: &Browser, deed: Deed, division: &str, number: &str) -> Option<Answer> {
    Some(match deed {
        Deed::SeeWorklist => browser.get(&format!("/staff/d/{division}")).await,
        Deed::SeeCase => browser.get(&format!("/staff/cases/{number}")).await,
        // Nothing that exists: allowed and impossible is told from forbidden.
        Deed::MoveCase => {
            let path = format!("/staff/cases/{number}/actions/no-such-step");
            browser.post(&path, &[("revision", "1"), ("reason", "")]).await
        }
        Deed::SearchCases => browser.post(&format!("/staff/d/{division}/search"), &[("term", number)]).await,
        Deed::ExportCases => browser.post(&format!("/staff/d/{division}/export"), &[("purpose", "季度核对")]).await,
        Deed::SeeRoles => browser.get(&format!("/console/d/{division}/roles")).await,
        Deed::ChangeRoles => {
            let path = format!("/console/d/{division}/roles/take");
            browser.post(&path, &[("account", "nobody"), ("role", "clerk"), ("department", "")]).await
        }
        Deed::MakeTokens => browser.get(&format!("/console/d/{division}/tokens")).await,
        Deed::RunNotices => browser.get(&format!("/console/d/{division}/notices")).await,
        Deed::WarnOfRisks => browser.get(&format!("/staff/d/{division}/warnings")).await,
        Deed::EditPolicies => browser.get(&format!("/staff/d/{division}/policies")).await,
        Deed::ReadAudit => browser.get(&format!("/console/d/{division}/audit")).await,
        Deed::SeeClocks => browser.get(&format!("/staff/d/{division}/clocks")).await,
        Deed::RunCounters => browser.get(&format!("/staff/d/{division}/counters")).await,
        // A card that was never given: whoever may answer cards is led back to the board.
        Deed::ExplainCard | Deed::CloseCard => {
            let answer = if deed == Deed::ExplainCard { "explain" } else { "close" };
            let path = format!("/staff/d/{division}/cards/{number}/red/promise-overdue/0/{answer}");
            browser.post(&path, &[("words", "已督促")]).await
        }
        Deed::Help => browser.get(&format!("/staff/d/{division}/helper")).await,
        Deed::SetPriority => {
            browser.post(&format!("/staff/cases/{number}/priority"), &[("revision", "1"), ("priority", "1")]).await
        }
        Deed::ChangePlugins => {
            browser.post(&format!("/console/d/{division}/plugins/stop"), &[("plugin", "no.such.plugin")]).await
        }
        Deed::TakeFees => browser.get(&format!("/staff/cases/{number}/fees")).await,
        Deed::KeepIntermediaries => browser.get(&format!("/staff/d/{division}/intermediaries")).await,
        Deed::SettleFees => browser.get(&format!("/staff/d/{division}/closing")).await,
        Deed::RunClaims => browser.get(&format!("/staff/d/{division}/claims")).await,
        Deed::EndSessions => {
            browser.post(&format!("/console/d/{division}/sessions/end"), &[("account", "nobody")]).await
        }
        Deed::RecordGrievances => browser.get(&format!("/staff/d/{division}/grievances")).await,
        Deed::SeeRatings => browser.get(&format!("/staff/d/{division}/ratings")).await,
        Deed::RecordRatings => browser.get(&format!("/staff/d/{division}/ratings/telephone")).await,
        Deed::CheckRatings => browser.get(&format!("/staff/d/{division}/ratings/checks")).await,
        Deed::CallBackRaters => browser.get(&format!("/staff/d/{division}/call-backs")).await,
        Deed::IssueRatingDevices => browser.get(&format!("/staff/d/{division}/ratings/devices")).await,
        // No grievance: allowed and impossible is told from forbidden only where one is.
        Deed::SeeEscalated => {
            let seen = browser.get(&format!("/staff/d/{division}/escalations")).await;
            let lists = seen.body.contains("仅监督机关可见") || seen.body.contains("只有监督机关可见");
            // Whoever only hands something over is not shown what was.
            return (lists || seen.status != StatusCode::OK).then_some(seen);
        }
        // Told with a grievance, an opinion and an evaluation of their own, and a draw that is not
        // revealed: articles 38, 35 and 32. The last two are looked at below: everybody who is signed in has their own
        // cases, and the console is one page for all districts.
        Deed::EscalateGrievances
        | Deed::SuperviseDraws
        | Deed::RevealComplainant
        | Deed::PublishAnswers
        | Deed::GiveOpinions
        | Deed::RunEvaluations
        | Deed::SeeEvaluations
        | Deed::FollowOwnCases
        | Deed::SeePlugins => return None,
    })
}

/// Whether an answer lets it be done; a denial must be one, not a mistake.
fn is_allowed(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        200 | 303 | 409 | 422 => true,
        403 | 404 => false,
        other => panic!("{other}: {}", answer.body),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_the_role_table_is_what_the_pages_do_in_two_districts() {
    let city = City::sqlite().await;
    city.activate_guest("hostile", "411082").await;
    let applicant = city.browser();
    let numbers = [submitted(&applicant, "411081").await, submitted(&applicant, "411082").await];
    for role in Role::ALL {
        for (at, (prefix, _)) in TWO.into_iter().enumerate() {
            let browser = signed_in(&city, &subject(role, prefix)).await;
            for (there, (_, division)) in TWO.into_iter().enumerate() {
                let reaches = role.reach() == Reach::City || (role.reach() != Reach::Own && at == there);
                for deed in Deed::ALL {
                    let Some(answer) = tried(&browser, deed, division, &numbers[there]).await else { continue };
                    // The security administrator changes roles, but a clerk's is not theirs to take.
                    let gives = deed != Deed::ChangeRoles || role.gives().contains(&Role::Clerk);
                    // The desk and the organ have their own department's list, and nobody else's case.
                    let at_home =
                        role.deeds_at_home().contains(&deed) && !matches!(deed, Deed::SeeCase | Deed::MoveCase);
                    let expected = reaches && (role.deeds().contains(&deed) || at_home) && gives;
                    assert_eq!(is_allowed(&answer), expected, "{role:?} of {prefix} does {deed:?} in {division}");
                    // Whoever has no role there is not told that there is something.
                    if !reaches {
                        assert_eq!(
                            answer.status,
                            StatusCode::NOT_FOUND,
                            "{role:?} of {prefix}: {deed:?} in {division}"
                        );
                    }
                }
            }
            assert_eq!(browser.get("/me").await.status, StatusCode::OK, "{role:?} has a page of their own");
            let console = browser.get("/console").await;
            let sees = console.body.contains("cn.xuchang");
            assert_eq!(sees, role.deeds().contains(&Deed::SeePlugins), "{role:?} sees plugins");
        }
    }
    let clocks = signed_in(&city, "supervision").await.get("/staff/d/411081/clocks").await;
    assert!(clocks.body.contains(&numbers[0]) && !clocks.body.contains("钧瓷工坊"), "clocks name nobody");
    let nobody = city.browser();
    for path in ["/staff", "/staff/d/411081", "/console", "/console/d/411081/audit", "/me"] {
        let led = nobody.get(path).await;
        assert!(led.location().is_some_and(|to| to.starts_with("/sign-in?then=")), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_one_district_is_not_there_for_anothers_staff() {
    let city = City::sqlite().await;
    let number = submitted(&city.browser(), "411081").await;
    let other = signed_in(&city, "changge-handler").await;
    let theirs = other.get(&format!("/staff/cases/{number}")).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND);
    let none = other.get("/staff/cases/4110822026030129000000000").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert_eq!(theirs.texts("main h1"), none.texts("main h1"), "the same words for what is there and what is not");
    let act = other.post(&format!("/staff/cases/{number}/actions/take"), &[("revision", "1")]).await;
    assert_eq!(act.status, StatusCode::NOT_FOUND);
    let list = other.get("/staff/d/411081").await;
    assert_eq!(list.status, StatusCode::NOT_FOUND);
    assert!(!list.body.contains(&number));
    assert!(!other.get("/staff/d/411082").await.body.contains(&number));
    let audit = signed_in(&city, "auditor").await.get("/console/d/411081/audit").await;
    assert!(audit.body.contains(&number) && audit.body.contains("refused"), "the attempt is in the chain");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_through_the_hands_of_its_staff_and_its_applicant_sees_each_step() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let number = submitted(&citizen, "411081").await;
    let mine = citizen.get("/me").await;
    assert!(mine.body.contains(&number), "{}", mine.body);
    let handler = signed_in(&city, "yuzhou-handler").await;
    let worklist = handler.get("/staff/d/411081").await;
    assert!(worklist.body.contains(&number) && worklist.body.contains("工作日"), "{}", worklist.body);
    let step = async |action: &str, revision: &str, reason: &str| {
        let path = format!("/staff/cases/{number}/actions/{action}");
        handler.post(&path, &[("revision", revision), ("reason", reason)]).await
    };
    assert_eq!(step("take", "1", "").await.status, StatusCode::SEE_OTHER);
    let stale = step("take", "1", "").await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "somebody was faster");
    let bare = step("return", "2", " ").await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "a return needs its reason");
    assert_eq!(step("return", "2", "请补充授权书").await.status, StatusCode::SEE_OTHER);
    let seen = citizen.get(&format!("/me/cases/{number}")).await;
    assert!(seen.body.contains("退回补正") && seen.body.contains("请补充授权书"), "{}", seen.body);
    let correct = format!("/me/cases/{number}/actions/correct");
    assert_eq!(citizen.post(&correct, &[("revision", "3"), ("reason", "")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(step("answer", "4", "").await.status, StatusCode::SEE_OTHER);
    assert!(!handler.get("/staff/d/411081").await.body.contains(&number), "what is over is on no worklist");
    // A helper sees the list, not the case.
    let helper = signed_in(&city, "yuzhou-helper").await;
    assert_eq!(helper.get(&format!("/staff/cases/{number}")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_renewed_at_sign_in_listed_and_ended_by_its_owner() {
    let city = City::sqlite().await;
    let browser = signed_in(&city, "citizen").await;
    let again = browser.post("/sign-in/ready", &[("subject", "citizen"), ("then", "/me")]).await;
    let cookie = again.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let me = browser.get("/me").await;
    let ends = |page: &Answer| {
        page.attributes("form", "action").into_iter().filter(|to| to.ends_with("/end")).collect::<Vec<_>>()
    };
    assert_eq!(ends(&me).len(), 1, "the session before is gone");
    let elsewhere = signed_in(&city, "citizen").await;
    let both = ends(&browser.get("/me").await);
    assert_eq!(both.len(), 2);
    // The one used last stands first: that of the other browser, or this one's; end both and nobody is signed in.
    for end in &both {
        browser.post(end, &[]).await;
    }
    for signed_out in [&browser, &elsewhere] {
        let led = signed_out.get("/me").await.location();
        if led.is_none() {
            // Ending its own session first keeps a browser from ending the other.
            signed_out.post("/sign-out", &[]).await;
            assert!(signed_out.get("/me").await.location().is_some());
        }
    }
    let old = cookie.split(';').next().unwrap().to_owned();
    let copied = city.browser();
    let reply = copied.send(copied.request("GET", "/me").header("cookie", old)).await;
    assert!(reply.location().is_some_and(|to| to.starts_with("/sign-in")), "a copied cookie is worth nothing after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_its_maker_put_into_it_and_no_more() {
    let city = City::sqlite().await;
    let administrator = signed_in(&city, "yuzhou-administrator").await;
    let path = "/console/d/411081/tokens";
    let made = administrator.post(path, &[("label", "CI"), ("deed", "see-worklist"), ("days", "30")]).await;
    let token = made.texts(".confirmation .number").remove(0);
    assert!(token.starts_with("lotus_"));
    assert!(!administrator.get(path).await.body.contains(&token), "shown once");
    let machine = city.browser();
    let with = |path: &str, token: &str| {
        let request = machine.request("GET", path).header("authorization", format!("Bearer {token}"));
        machine.send(request)
    };
    assert_eq!(with("/staff/d/411081", &token).await.status, StatusCode::OK);
    assert_eq!(with("/staff/d/411082", &token).await.status, StatusCode::NOT_FOUND);
    assert_eq!(with("/console/d/411081/roles", &token).await.status, StatusCode::FORBIDDEN);
    assert_eq!(with("/staff/d/411081", "lotus_00").await.status, StatusCode::UNAUTHORIZED);
    // More than its maker may do can't be put in.
    let more = administrator.post(path, &[("label", "CI"), ("deed", "read-audit"), ("days", "30")]).await;
    assert_eq!(more.status, StatusCode::FORBIDDEN);
    let end = administrator.get(path).await.attributes("form", "action");
    let end = end.into_iter().find(|to| to.ends_with("/end")).unwrap();
    administrator.post(&end, &[]).await;
    assert_eq!(with("/staff/d/411081", &token).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_given_by_those_whose_they_are_and_the_three_administrators_stay_three() {
    let city = City::sqlite().await;
    signed_in(&city, "operator").await;
    let security = signed_in(&city, "security").await;
    let roles = security.get("/console/d/411000/roles").await;
    let held = roles.texts("tbody th").into_iter().zip(roles.texts("tbody code"));
    let account = held.into_iter().find(|(role, _)| role == "系统管理员").unwrap().1;
    let give = |role: &'static str, account: String| {
        let security = security.clone();
        async move {
            let fields = [("account", account.as_str()), ("role", role), ("department", ""), ("days", "")];
            security.post("/console/d/411000/roles/give", &fields).await
        }
    };
    let refused = give("auditor", account.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("不同的人"), "{}", refused.body);
    assert_eq!(give("supervision-officer", account).await.status, StatusCode::SEE_OTHER);
    assert_eq!(give("supervision-officer", "nobody".to_owned()).await.status, StatusCode::FORBIDDEN);
    let audit = signed_in(&city, "auditor").await.get("/console/d/411000/audit").await;
    assert!(audit.body.contains("role-given") && audit.body.contains("审计链完整"), "{}", audit.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_is_acted_for_by_a_mandate_alone() {
    let city = City::sqlite().await;
    let agent = signed_in(&city, "agent").await;
    let me = agent.get("/me").await;
    let codes = me.attributes("input[name=credit_code]", "value");
    assert_eq!(codes.len(), 3, "two enterprises and oneself");
    let code = codes.iter().find(|code| !code.is_empty()).unwrap();
    let acting = agent.post_and_follow("/me/act-for", &[("credit_code", code)]).await;
    assert!(acting.body.contains("现在代表"), "{}", acting.body);
    let stranger = agent.post("/me/act-for", &[("credit_code", "91350100M000100Y43")]).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_site_sends_is_refused() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    let forged = citizen
        .request("POST", "/sign-out")
        .header("origin", "https://elsewhere.example")
        .header("sec-fetch-site", "cross-site")
        .form(&[("a", "b")]);
    assert_eq!(citizen.send(forged).await.status, StatusCode::FORBIDDEN);
    assert_eq!(citizen.get("/me").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstrations_numbers_stand_nowhere_in_the_database_file() {
    let city = City::sqlite().await;
    let citizen = signed_in(&city, "citizen").await;
    signed_in(&city, "agent").await;
    submitted(&citizen, "411081").await;
    let mut bytes = Vec::new();
    for file in ["lotus.db", "lotus.db-wal"] {
        bytes.extend(std::fs::read(city.directory.path().join(file)).unwrap_or_default());
    }
    assert!(bytes.len() > 100_000);
    for account in city.platform.ready_accounts() {
        let profile = &account.vouched.profile;
        for secret in [&profile.name, profile.identity_number.as_ref().unwrap(), profile.telephone.as_ref().unwrap()] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
}
